//! Which files a format makes of a document, and the making of them.

use std::path::Path;

use super::filing::PageResult;
use super::options::Format;
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
        Format::Pdf | Format::PdfRecord if results.is_empty() => Vec::new(),
        Format::Pdf | Format::PdfRecord => one("searchable.pdf"),
        Format::Jsonl => Vec::new(),
    }
}

/// Gives the image of a page by its number and, where the page was read, its width and height.
pub type Scans<'a> = &'a mut dyn FnMut(u32, Option<(u32, u32)>) -> Option<Scan>;

/// Writes the files of a format; `scans` gives the page images.
///
/// # Errors
/// [`WriteError`] if a file cannot be written.
pub fn write(format: Format, folder: &Path, paper: &Paper, scans: Scans<'_>) -> Result<(), WriteError> {
    let (pages, record) = (&paper.pages, &paper.record);
    let source = &record.source.file;
    match format {
        Format::Json => {
            words::write(&folder.join(words::FILE_NAME), pages)?;
            json::write(&folder.join("record.json"), record)
        }
        Format::Txt => text::write(&folder.join("text.txt"), pages),
        Format::Alto => alto::write(folder, pages, source),
        Format::Hocr => hocr::write(&folder.join("text.hocr"), pages, source),
        Format::Md => markdown::write(&folder.join("text.md"), pages),
        Format::Csv => table::write_csv(&folder.join("tables"), record),
        Format::Xlsx => table::write_xlsx(&folder.join("tables.xlsx"), record),
        // What came as text has no page images.
        Format::Pdf | Format::PdfRecord if record.source.pages.is_none() => Ok(()),
        Format::Pdf | Format::PdfRecord => {
            let size = |number| {
                let page = pages.iter().find(|page| page.layout.number == number)?;
                Some((page.layout.source_width, page.layout.source_height))
            };
            let scan = |number| scans(number, size(number));
            let path = folder.join("searchable.pdf");
            let attached = (format == Format::PdfRecord).then(|| json::bytes(record)).transpose();
            let attached = attached.map_err(|source| WriteError::Json { path: path.clone(), source })?;
            pdf::write(&path, pages, record, attached.as_deref(), scan)
        }
        Format::Jsonl => Ok(()),
    }
}
