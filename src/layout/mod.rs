//! Finds the shape of a page: lines, paragraphs, the letterhead's and the signature's two columns, tables,
//! page furniture and the order in which they are read.
//!
//! Reads an [`OcrPage`](crate::recognize::ocr_page::OcrPage) or plain text ([`from_text`]), produces a
//! [`page_layout::PageLayout`]. Never changes a word.

mod bullet;
mod column;
pub mod from_text;
mod furniture;
mod line;
pub mod page_layout;
mod paragraph;
mod reading_order;
mod reading_text;
mod straight;
mod table;

pub use reading_order::{LayoutOptions, arrange};
pub use reading_text::reading_text;
