//! What a file is, by its first bytes.
//!
//! Reads at most [`HEAD`] bytes; produces a [`Format`]. A name is looked at only to tell a text that is meant
//! to be one from a text in an image's clothes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error::IngestError;

/// As many bytes as are looked at: a PDF header may stand anywhere in the first 1,024.
pub const HEAD: usize = 4096;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// TIFF or BigTIFF, one or more pages.
    Tiff,
    /// Portable Network Graphics.
    Png,
    /// JPEG, JFIF or EXIF.
    Jpeg,
    /// JPEG 2000, boxed or a bare codestream.
    Jpeg2000,
    /// Windows bitmap.
    Bmp,
    /// WebP.
    WebP,
    /// Plain text in some encoding.
    Text,
}

impl Format {
    /// Whether a file of this format is one page image (or several, for TIFF).
    pub fn is_image(self) -> bool {
        !matches!(self, Format::Pdf | Format::Text)
    }
}

/// Names that usually hold something readable; other files of a folder are looked into first.
const READABLE: &[&str] = &[
    "pdf", "tif", "tiff", "png", "jpg", "jpeg", "jpe", "jfif", "jp2", "j2k", "jpf", "jpx", "j2c", "bmp",
    "dib", "webp", "txt",
];

/// Whether the name says that the file is meant to be read.
pub fn has_readable_name(path: &Path) -> bool {
    extension(path).is_some_and(|e| READABLE.contains(&e.as_str()))
}

/// The extension in lower case.
pub fn extension(path: &Path) -> Option<String> {
    path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase)
}

/// The first bytes of a file, at most [`HEAD`].
pub fn head(path: &Path) -> Result<Vec<u8>, IngestError> {
    let file = File::open(path).map_err(|e| IngestError::io(path, &e))?;
    let mut bytes = Vec::with_capacity(HEAD);
    file.take(HEAD as u64).read_to_end(&mut bytes).map_err(|e| IngestError::io(path, &e))?;
    Ok(bytes)
}

/// The format of an image or PDF by its magic bytes; `None` for anything else, text included.
pub fn by_magic(head: &[u8]) -> Option<Format> {
    const MAGIC: &[(&[u8], Format)] = &[
        (b"II*\0", Format::Tiff),
        (b"MM\0*", Format::Tiff),
        (b"II+\0", Format::Tiff),
        (b"MM\0+", Format::Tiff),
        (b"\x89PNG\r\n\x1a\n", Format::Png),
        (b"\xff\xd8\xff", Format::Jpeg),
        (b"\0\0\0\x0cjP  \r\n\x87\n", Format::Jpeg2000),
        (b"\xff\x4f\xff\x51", Format::Jpeg2000),
        (b"BM", Format::Bmp),
    ];
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(Format::WebP);
    }
    let found = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|&(_, format)| format);
    found.filter(|&f| f != Format::Bmp || looks_like_bmp(head)).or_else(|| {
        let early = head.get(..head.len().min(1024)).unwrap_or_default();
        early.windows(5).any(|w| w == b"%PDF-").then_some(Format::Pdf)
    })
}

/// `BM` may begin a text ("BM. …"); a bitmap's next header states one of a few sizes.
fn looks_like_bmp(head: &[u8]) -> bool {
    matches!(head.get(14..18), Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// The format of a file, or a clear error for what is none.
pub fn sniff(path: &Path) -> Result<Format, IngestError> {
    let head = head(path)?;
    if head.is_empty() {
        return Err(IngestError::Empty(path.to_path_buf()));
    }
    if let Some(format) = by_magic(&head) {
        return Ok(format);
    }
    let name = extension(path).unwrap_or_default();
    let is_text = super::text::is_text(&head);
    let refuse = |found: String| Err(IngestError::NotSupported { path: path.to_path_buf(), found });
    match (is_text, name.as_str()) {
        (true, "txt" | "text" | "") => Ok(Format::Text),
        (true, name) => refuse(format!("holds text, not what its name .{name} says")),
        (false, "txt") => refuse("named .txt, but holds binary data".to_string()),
        (false, name) if has_readable_name(path) => {
            refuse(format!("is no .{name} file in spite of its name"))
        }
        (false, _) => refuse("is of an unknown kind".to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_bytes() {
        assert_eq!(by_magic(b"\xef\xbb\xbf\n%PDF-1.7"), Some(Format::Pdf));
        assert_eq!(by_magic(b"II*\0\x08\0\0\0"), Some(Format::Tiff));
        assert_eq!(by_magic(b"RIFF\0\0\0\0WEBPVP8 "), Some(Format::WebP));
        assert_eq!(by_magic("BMTU là tên viết tắt".as_bytes()), None);
        assert_eq!(by_magic(b""), None);
    }
}
