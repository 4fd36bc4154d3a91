//! Opens what an archive holds: PDF, TIFF, PNG, JPEG, JPEG 2000, BMP, WebP, folders of page images and text.
//!
//! Reads files; produces [`source_page::SourcePage`]s one at a time, so that a document of 1,000 pages never
//! sits in memory. Never changes pixels and never guesses at what a file is by its name alone.
//!
//! [`discover`](discover::discover) turns files and folders into documents, [`open`](open::open) turns a document
//! into a [`PageReader`] or a text.

pub mod density;
pub mod discover;
pub mod error;
pub mod format;
pub mod limits;
pub mod open;
pub mod pdf;
pub mod raster;
pub mod source_page;
pub mod spread;
pub mod text;
pub mod tiff;

pub use discover::{DiscoverOptions, Discovery, Document, Grouping, discover};
pub use error::IngestError;
pub use limits::Limits;
pub use open::{Opened, PageReader, check_size, open};
