//! Which files a format makes of a document, and the making of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::filing::PageResult;
use super::options::Format;
use crate::ingest::PageReader;
use crate::pipeline::Paper;
use crate::write::pdf::{self, Scan};
use crate::write::{WriteError, alto, hocr, json, markdown, table, text, words};

/// The files of a format, relative to the document's folder; none of a format that is one file over the whole run, and
/// no PDF of what came without page images.
pub fn files(format: Format, paper: &Paper, results: &[PageResult]) -> Vec<String> {
    let one = |name: &str| vec![name.to_owned()];
    match format {
        Format::Json => vec!["record.json".to_owned(), words::FILE_NAME.to_owned()],
        Format::Txt => one("text.txt"),
        Format::Alto => {
            paper.pages.iter().map(|page| alto::file_name(page.layout.number).display().to_string()).collect()
        }
        Format::Hocr => one("text.hocr"),
        Format::Md => one("text.md"),
        Format::Csv => table::NAMES.map(|name| format!("tables/{name}.csv")).to_vec(),
        Format::Xlsx => one("tables.xlsx"),
        Format::Pdf if results.is_empty() => Vec::new(),
        Format::Pdf => one("searchable.pdf"),
        Format::Jsonl => Vec::new(),
    }
}

/// Writes the files of a format; `reader` gives the page images.
///
/// # Errors
/// [`WriteError`] if a file cannot be written.
pub fn write(
    format: Format,
    folder: &Path,
    paper: &Paper,
    reader: Option<&dyn PageReader>,
) -> Result<(), WriteError> {
    let (pages, record) = (&paper.pages, &paper.record);
    let source = &record.source.file;
    match (format, reader) {
        (Format::Json, _) => {
            words::write(&folder.join(words::FILE_NAME), pages)?;
            json::write(&folder.join("record.json"), record)
        }
        (Format::Txt, _) => text::write(&folder.join("text.txt"), pages),
        (Format::Alto, _) => alto::write(folder, pages, source),
        (Format::Hocr, _) => hocr::write(&folder.join("text.hocr"), pages, source),
        (Format::Md, _) => markdown::write(&folder.join("text.md"), pages),
        (Format::Csv, _) => table::write_csv(&folder.join("tables"), record),
        (Format::Xlsx, _) => table::write_xlsx(&folder.join("tables.xlsx"), record),
        (Format::Pdf, Some(reader)) => {
            let size =
                |number| pages.iter().find(|page| page.layout.number == number).map(|page| &page.layout);
            let scan = |number| {
                scan(reader, number, size(number).map(|page| (page.source_width, page.source_height)))
            };
            pdf::write(&folder.join("searchable.pdf"), pages, record, scan)
        }
        (Format::Pdf, None) | (Format::Jsonl, _) => Ok(()),
    }
}

/// The image of a page for the PDF: its own JPEG stream where that shows just the page, else its pixels.
fn scan(reader: &dyn PageReader, number: u32, size: Option<(u32, u32)>) -> Option<Scan> {
    // As when the page was read: a panic in an image decoder must not cost more than the page's image.
    let jpeg = || reader.jpeg(number).and_then(Scan::from_jpeg).filter(|scan| Some(scan.size()) == size);
    let pixels = || reader.page(number).ok().map(|page| Scan::Pixels(page.image));
    catch_unwind(AssertUnwindSafe(|| jpeg().or_else(pixels))).ok().flatten()
}
