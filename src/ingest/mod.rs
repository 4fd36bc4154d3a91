//! Opens what an archive holds: PDF, TIFF, PNG, JPEG, JPEG 2000, BMP, WebP, folders of page images and text.
//!
//! Reads files; produces [`source_page::SourcePage`]s one at a time, so that a document of 1,000 pages never
//! sits in memory. Never changes pixels and never guesses at what a file is by its name alone.

pub mod source_page;
