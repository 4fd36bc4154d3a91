//! JSON files: two-space indent, UTF-8 as it is, a line feed at the end.

use std::path::Path;

use serde::Serialize;

use super::{WriteError, atomic};

/// Files any value as JSON.
///
/// # Errors
/// [`WriteError`] if the value cannot be encoded or the file cannot be written.
pub fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), WriteError> {
    let bytes = bytes(value).map_err(|source| WriteError::Json { path: path.to_owned(), source })?;
    atomic::write(path, &bytes)
}

/// What such a file holds.
///
/// # Errors
/// If the value cannot be encoded.
pub fn bytes<T: Serialize>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
