//! `text.txt`: the restored text in reading order, a form feed between pages.

use std::path::Path;

use super::{WriteError, atomic};
use crate::restore::restored_page::RestoredPage;

/// The text of a document, a form feed between pages.
pub fn text(pages: &[RestoredPage]) -> String {
    pages.iter().map(RestoredPage::text).collect::<Vec<_>>().join("\u{c}")
}

/// Files the text of a document.
///
/// # Errors
/// [`WriteError`] if the file cannot be written.
pub fn write(path: &Path, pages: &[RestoredPage]) -> Result<(), WriteError> {
    atomic::write(path, text(pages).as_bytes())
}
