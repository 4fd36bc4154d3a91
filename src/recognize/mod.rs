//! Reads the print on a page: the Tesseract engine, a PDF's own good text, or a recorded reading.
//!
//! Reads a [`PageImage`](crate::prepare::page_image::PageImage), produces an [`ocr_page::OcrPage`]: words with boxes,
//! confidences and the engine's own second choices. Never corrects what it read.

pub mod ocr_page;
