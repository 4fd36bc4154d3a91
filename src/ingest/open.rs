//! Opens a document: finds out what each file is and hands back its pages or its text.
//!
//! Reads a [`Document`]; produces an [`Opened`]. Pages are decoded only when they are asked for.

use super::discover::Document;
use super::error::IngestError;
use super::format::{Format, sniff};
use super::limits::Limits;
use super::source_page::SourcePage;
use super::{pdf, raster, spread, text, tiff};

/// The pages of a document, decoded one at a time. Several threads may ask the same reader for pages.
pub trait PageReader: Send + Sync {
    /// How many pages there are.
    fn page_count(&self) -> u32;

    /// Decodes page `number` (1-based). An error concerns this page alone.
    fn page(&self, number: u32) -> Result<SourcePage, IngestError>;

    /// Width and height of page `number` in pixels as it will be decoded, from its header alone; `None` where that says
    /// nothing.
    fn size(&self, number: u32) -> Option<(u32, u32)>;

    /// Whether page `number` is clearly wider than high; asked of every page at opening, so it must be quick.
    fn is_wide(&self, number: u32) -> bool {
        self.size(number).is_some_and(|(width, height)| is_wide(width as f32, height as f32))
    }

    /// The JPEG stream of page `number` as it stands in the file, where that alone shows what `page` gives (perhaps
    /// more, beyond the page's edge: then the sizes differ).
    fn jpeg(&self, number: u32) -> Option<Vec<u8>> {
        let _ = number;
        None
    }
}

/// Whether a sheet is clearly wider than high.
pub(super) fn is_wide(width: f32, height: f32) -> bool {
    width > 1.2 * height
}

/// An opened document.
pub enum Opened {
    /// Page images, perhaps with text of their own.
    Pages(Box<dyn PageReader>),
    /// Text of somebody else's OCR.
    Text(String),
}

/// Opens a document.
///
/// # Errors
/// [`IngestError`] where a file is missing, empty, damaged, encrypted, too large or of no readable kind.
pub fn open(document: &Document, limits: &Limits) -> Result<Opened, IngestError> {
    if let [path] = document.files.as_slice() {
        check_size(path, limits)?;
        return match sniff(path)? {
            Format::Text => text::read(path, limits).map(Opened::Text),
            _ => open_one(path, limits).map(spread::apart).map(Opened::Pages),
        };
    }
    let readers = document.files.iter().map(|path| member(path, limits)).collect();
    Group::new(readers, limits, document).map(|group| Opened::Pages(spread::apart(Box::new(group))))
}

/// Refuses what is no regular file (a pipe would never end) and what is too large.
///
/// # Errors
/// [`IngestError`] that says so, before a byte is read.
pub fn check_size(path: &std::path::Path, limits: &Limits) -> Result<(), IngestError> {
    let meta = std::fs::metadata(path).map_err(|e| IngestError::io(path, &e))?;
    if !meta.is_file() {
        let found = "is a folder, pipe or device, not a file".to_string();
        return Err(IngestError::NotSupported { path: path.to_path_buf(), found });
    }
    let bytes = meta.len();
    if bytes <= limits.max_file_bytes {
        return Ok(());
    }
    let what = format!("a file of {} MB, at most {} MB are read", bytes >> 20, limits.max_file_bytes >> 20);
    Err(IngestError::TooLarge { path: path.to_path_buf(), what, option: "--max-file-bytes" })
}

fn open_one(path: &std::path::Path, limits: &Limits) -> Result<Box<dyn PageReader>, IngestError> {
    check_size(path, limits)?;
    Ok(match sniff(path)? {
        Format::Pdf => Box::new(pdf::PdfPages::open(path, limits)?),
        Format::Tiff => Box::new(tiff::TiffPages::open(path, limits)?),
        Format::Text => {
            let found = "holds text, not a page image".to_string();
            return Err(IngestError::NotSupported { path: path.to_path_buf(), found });
        }
        format => Box::new(raster::RasterPage::open(path, format, limits)?),
    })
}

/// A group's file that cannot be opened still holds its place: the page is there, and failed.
fn member(path: &std::path::Path, limits: &Limits) -> Box<dyn PageReader> {
    open_one(path, limits)
        .unwrap_or_else(|error| Box::new(Unopened { path: path.to_path_buf(), reason: error.to_string() }))
}

/// A file of a group that cannot be opened, as one failed page.
struct Unopened {
    path: std::path::PathBuf,
    reason: String,
}

impl PageReader for Unopened {
    fn page_count(&self) -> u32 {
        1
    }

    fn size(&self, _: u32) -> Option<(u32, u32)> {
        None
    }

    fn page(&self, number: u32) -> Result<SourcePage, IngestError> {
        Err(IngestError::page(&self.path, number, self.reason.clone()))
    }
}

/// Several files as one document.
struct Group {
    readers: Vec<Box<dyn PageReader>>,
    /// Pages before each reader, and their sum at the end.
    starts: Vec<u32>,
}

impl Group {
    fn new(
        readers: Vec<Box<dyn PageReader>>,
        limits: &Limits,
        document: &Document,
    ) -> Result<Self, IngestError> {
        let mut starts = vec![0u32];
        for reader in &readers {
            let before = starts.last().copied().unwrap_or(0);
            starts.push(before.saturating_add(reader.page_count()));
        }
        let pages = starts.last().copied().unwrap_or(0);
        if pages > limits.max_pages {
            return Err(too_many_pages(&document.output, pages, limits));
        }
        Ok(Self { readers, starts })
    }
}

impl PageReader for Group {
    fn page_count(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    fn size(&self, number: u32) -> Option<(u32, u32)> {
        let index = self.starts.partition_point(|&start| start < number).saturating_sub(1);
        self.readers.get(index)?.size(number - self.starts.get(index)?)
    }

    fn is_wide(&self, number: u32) -> bool {
        let index = self.starts.partition_point(|&start| start < number).saturating_sub(1);
        let reader = self.readers.get(index).zip(self.starts.get(index));
        reader.is_some_and(|(reader, start)| reader.is_wide(number - start))
    }

    fn jpeg(&self, number: u32) -> Option<Vec<u8>> {
        let index = self.starts.partition_point(|&start| start < number).saturating_sub(1);
        self.readers.get(index)?.jpeg(number - self.starts.get(index)?)
    }

    fn page(&self, number: u32) -> Result<SourcePage, IngestError> {
        let index = self.starts.partition_point(|&start| start < number).saturating_sub(1);
        let (Some(reader), Some(&start)) = (self.readers.get(index), self.starts.get(index)) else {
            return Err(IngestError::page(std::path::Path::new(""), number, "the document has no such page"));
        };
        let mut page = reader.page(number - start)?;
        page.number = number;
        Ok(page)
    }
}

/// The error for a document of too many pages.
pub(super) fn too_many_pages(path: &std::path::Path, pages: u32, limits: &Limits) -> IngestError {
    let what = format!("a document of {pages} pages, at most {} are read", limits.max_pages);
    IngestError::TooLarge { path: path.to_path_buf(), what, option: "--max-pages" }
}
