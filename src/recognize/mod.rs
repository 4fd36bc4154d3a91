//! Reads the print on a page: the Tesseract engine, a PDF's own good text, or a recorded reading.
//!
//! Reads a [`PageImage`](crate::prepare::page_image::PageImage), produces an [`ocr_page::OcrPage`]: words with boxes,
//! confidences and the engine's own second choices. Never corrects what it read.

pub mod cell;
pub mod error;
pub mod ladder;
pub mod layer;
pub mod missed;
pub mod model;
pub mod ocr_page;
pub mod reading;
pub mod replay;
pub mod tesseract;
pub mod upright;

pub use error::RecognizeError;
pub use model::{Model, engine_version};
pub use reading::{RecognizeOptions, recognize};
