//! What every fuzz target does with its bytes: hand them to the reader as a file or text would be, under small limits.
//!
//! The fuzz targets call these functions, and so does `tests/it/fuzz.rs`. An error is as good as a value; a panic is a bug.

use std::io::Write;

use vanthu::alphabet::{decode_legacy, detect_legacy_by_shape};
use vanthu::batch::RunOptions;
use vanthu::ingest::{self, Document, Limits, Opened};
use vanthu::recognize::replay;
use vanthu::write::corrections;

/// As many pages of a document are decoded.
const PAGES: u32 = 3;

/// PNG, JPEG, JPEG 2000, BMP, WebP.
pub fn image(data: &[u8]) {
    document(data);
}

/// PDF, page by page as it is read in a run.
pub fn pdf(data: &[u8]) {
    document(data);
}

/// TIFF, one or more pages.
pub fn tiff(data: &[u8]) {
    document(data);
}

/// Opens a file of these bytes, whatever they are, and asks for all that a run asks of its first pages.
fn document(data: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(data).expect("room for a temporary file");
    let limits =
        Limits { max_pixels: 1_000_000, max_file_bytes: 1 << 20, max_pages: 50, max_text_bytes: 1 << 20 };
    let Ok(Opened::Pages(reader)) = ingest::open(&Document::of_file(file.path()), &limits) else { return };
    for number in 0..=reader.page_count().min(PAGES) {
        let _ = (reader.size(number), reader.jpeg(number));
        if let Ok(page) = reader.page(number) {
            assert!(limits.admits(page.image.width(), page.image.height()), "a page beyond the limits");
        }
    }
}

/// Text of any encoding.
pub fn text(data: &[u8]) {
    let text = ingest::text::decode(data);
    let _ = ingest::text::is_text(data);
    if let Some(found) = detect_legacy_by_shape(&text) {
        let _ = decode_legacy(&text, found.encoding);
    }
}

/// A recorded reading; what is read can be recorded and read again.
pub fn replay(data: &[u8]) {
    if let Ok(pages) = replay::read(&String::from_utf8_lossy(data)) {
        assert_eq!(replay::read(&replay::write(&pages)).as_ref(), Ok(&pages));
    }
}

/// The configuration file of a run.
pub fn config(data: &[u8]) {
    if let Ok(options) = toml::from_str::<RunOptions>(&String::from_utf8_lossy(data)) {
        let _ = toml::to_string(&options);
    }
}

/// A restored text, a zero byte, and the edit log that leads back.
pub fn edit_log(data: &[u8]) {
    let end = data.iter().position(|&byte| byte == 0).unwrap_or(data.len());
    let (restored, log) = data.split_at(end);
    let log = log.strip_prefix(b"\0").unwrap_or(log);
    let _ = vanthu::restore::undo(restored, log, std::io::sink());
}

/// The corrections beside a record, applied to one.
pub fn corrections(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(corrections::FILE_NAME), data).expect("room for a temporary file");
    let read = corrections::read(folder.path());
    corrections::apply(&mut serde_json::json!({"a": ["x"]}), &read);
    corrections::apply_words(&mut [], &read);
}
