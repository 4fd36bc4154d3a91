//! Text of somebody else's OCR: finds the encoding, produces a `String`.
//!
//! UTF-8 with or without a byte order mark and UTF-16 with one are decoded. Other bytes become the characters of
//! the same number (Latin-1), as old editors show them; the alphabet stage knows the legacy encodings from there.
//! Never drops a byte silently.

use std::path::Path;

use super::error::IngestError;
use super::limits::Limits;

/// Whether the first bytes of a file look like text in some encoding.
pub fn is_text(head: &[u8]) -> bool {
    if utf16_order(head).is_some() {
        return true;
    }
    // Tab, line feed, vertical tab, form feed and carriage return occur in text, escape in terminal logs.
    let control = |b: &&u8| **b < 0x20 && !matches!(**b, 9..=13 | 0x1b);
    !head.contains(&0) && head.iter().filter(control).count() * 50 <= head.len()
}

/// Byte order of UTF-16 by its mark: `true` for big endian.
fn utf16_order(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0xfe, 0xff, ..] => Some(true),
        [0xff, 0xfe, ..] => Some(false),
        _ => None,
    }
}

/// Decodes bytes to text.
pub fn decode(bytes: &[u8]) -> String {
    if let Some(big_endian) = utf16_order(bytes) {
        let unit = |p: &[u8]| match (p, big_endian) {
            (&[high, low], true) | (&[low, high], false) => u16::from_be_bytes([high, low]),
            _ => 0xfffd,
        };
        let units: Vec<u16> = bytes.get(2..).unwrap_or_default().chunks(2).map(unit).collect();
        return String::from_utf16_lossy(&units);
    }
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(body) {
        Ok(text) => text.to_string(),
        Err(_) => body.iter().map(|&b| char::from(b)).collect(),
    }
}

/// Reads a text file.
pub fn read(path: &Path, limits: &Limits) -> Result<String, IngestError> {
    let size = std::fs::metadata(path).map_err(|e| IngestError::io(path, &e))?.len();
    if size > limits.max_text_bytes {
        let what =
            format!("a text of {} MB, at most {} MB are read", size >> 20, limits.max_text_bytes >> 20);
        return Err(IngestError::TooLarge { path: path.to_path_buf(), what, option: "--max-text-bytes" });
    }
    let bytes = std::fs::read(path).map_err(|e| IngestError::io(path, &e))?;
    if !is_text(&bytes) {
        let found = "named as text, but holds binary data".to_string();
        return Err(IngestError::NotSupported { path: path.to_path_buf(), found });
    }
    Ok(decode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_byte_order_are_obeyed_and_dropped() {
        assert_eq!(decode(b"\xef\xbb\xbfK\xe1\xba\xbf"), "Kế");
        assert_eq!(decode(b"\xff\xfeK\0\xbf\x1e"), "Kế");
        assert_eq!(decode(b"\xfe\xff\0K\x1e\xbf"), "Kế");
    }

    #[test]
    fn bytes_of_a_legacy_encoding_survive_one_by_one() {
        assert_eq!(decode(b"K\xd5 ho\xb9ch"), "KÕ ho¹ch");
    }

    #[test]
    fn binary_data_is_no_text() {
        assert!(is_text("Kế hoạch\r\n\tsố 1".as_bytes()));
        assert!(!is_text(b"\x7fELF\x02\x01\x01\0\0\0"));
    }
}
