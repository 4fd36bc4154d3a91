//! Searchable PDF/A-2b: the page image as it came, the restored text invisible over it, each word at its place.
//!
//! Reads [`RestoredPage`]s, the [`Record`] and a [`Scan`] of each page; writes one file, page by page, so that a paper of
//! 1,000 pages never sits in memory. JPEG streams are passed through byte for byte, black-and-white pages are CCITT G4
//! (lossless), all others Flate (lossless). Text is NFC, in reading order, in text render mode 3 with an embedded font of
//! blank letters. Title, author, subject and date come from the record, the outline from its sections; no clock.
//!
//! With the record attached the file is PDF/A-3b, which differs in nothing else.
//!
//! ISO 19005-2 (PDF/A-2), level B, asks for: an embedded font with true widths, an output intent for device colours, XMP
//! metadata that agree with the document information, a file identifier, no encryption, no transparency, no scripts.

mod attachment;
mod file;
mod font;
mod intent;
mod metadata;
mod outline;
mod scan;
mod setting;
mod text;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use pdf_writer::{Chunk, Filter, Finish, Name, Rect as PdfRect, Ref, TextStr, writers};

use self::file::PdfFile;
use self::font::{BlankFont, Reach};
use self::text::Frame;
use super::{WriteError, atomic};
use crate::extract::record::Record;
use crate::restore::restored_page::RestoredPage;

pub use scan::Scan;

/// Files a searchable PDF; `scan` hands over the image of a page, or `None` where there is none. `attached` are the bytes of
/// the record's own file, if it is to be inside.
///
/// # Errors
/// [`WriteError`] if the file cannot be written.
pub fn write(
    path: &Path,
    pages: &[RestoredPage],
    record: &Record,
    attached: Option<&[u8]>,
    scan: impl FnMut(u32) -> Option<Scan>,
) -> Result<(), WriteError> {
    atomic::write_with(path, |file| pdf(file, pages, record, attached, scan))
}

/// Writes a searchable PDF to anything.
///
/// # Errors
/// What `to` says.
pub fn pdf(
    to: &mut impl Write,
    pages: &[RestoredPage],
    record: &Record,
    attached: Option<&[u8]>,
    mut scan: impl FnMut(u32) -> Option<Scan>,
) -> io::Result<()> {
    let mut file = PdfFile::begin(to)?;
    let mut book = Book {
        tree: file.fresh(),
        fonts: BTreeMap::new(),
        letters: BlankFont::default(),
        leaves: Vec::new(),
    };
    for page in pages {
        book.page(&mut file, page, scan(page.layout.number))?;
    }
    book.letters.write(&mut file, book.fonts.iter().map(|(reach, font)| (*reach, *font)))?;
    book.tree(&mut file)?;
    let outline = outline::write(&mut file, record, &book.leaves)?;
    let metadata = metadata::Metadata::of(record, if attached.is_some() { 3 } else { 2 });
    let attached = attached.map(|bytes| attachment::write(&mut file, bytes, &metadata)).transpose()?;
    let (info, xmp, profile) = (file.fresh(), file.fresh(), intent::write(&mut file)?);
    file.put(info, |chunk| metadata.info(chunk, info))?;
    file.put(xmp, |chunk| metadata.xmp(chunk, xmp))?;
    let catalog = file.fresh();
    file.put(catalog, |chunk| {
        let mut catalog = chunk.indirect(catalog).start::<writers::Catalog>();
        catalog.pages(book.tree).metadata(xmp).lang(TextStr("vi"));
        catalog.viewer_preferences().display_doc_title(true);
        if let Some(outline) = outline {
            catalog.outlines(outline).page_mode(pdf_writer::types::PageMode::UseOutlines);
        }
        intent::declare(&mut catalog, profile);
        if let Some(spec) = attached {
            attachment::declare(&mut catalog, spec);
        }
    })?;
    file.end(catalog, info, &metadata.file_id())
}

/// What the pages have in common, and the pages written so far.
struct Book {
    tree: Ref,
    fonts: BTreeMap<Reach, Ref>,
    letters: BlankFont,
    leaves: Vec<Leaf>,
}

/// A page in the file.
struct Leaf {
    number: u32,
    id: Ref,
    frame: Frame,
}

impl Book {
    fn page<W: Write>(
        &mut self,
        file: &mut PdfFile<W>,
        page: &RestoredPage,
        scan: Option<Scan>,
    ) -> io::Result<()> {
        let (id, contents, image) = (file.fresh(), file.fresh(), file.fresh());
        let frame = Frame::of(&page.layout, scan.as_ref());
        let has_image = match &scan {
            Some(scan) => scan.write(file, image)?,
            None => false,
        };
        if !has_image {
            // The reserved number is used up, so that every number in the file has its object.
            file.put(image, |chunk| chunk.indirect(image).primitive(pdf_writer::Null))?;
        }
        let (content, reaches) = text::content(&page.layout, &frame, has_image, &mut self.letters);
        let content = file::deflate(&content);
        let fonts: Vec<(Reach, Ref)> = reaches
            .into_iter()
            .map(|reach| (reach, *self.fonts.entry(reach).or_insert_with(|| file.fresh())))
            .collect();
        file.put(contents, |chunk| {
            chunk.stream(contents, &content).filter(Filter::FlateDecode);
        })?;
        file.put(id, |chunk| self.leaf(chunk, id, contents, has_image.then_some(image), &fonts, &frame))?;
        self.leaves.push(Leaf { number: page.layout.number, id, frame });
        Ok(())
    }

    fn leaf(
        &self,
        chunk: &mut Chunk,
        id: Ref,
        contents: Ref,
        image: Option<Ref>,
        fonts: &[(Reach, Ref)],
        frame: &Frame,
    ) {
        let mut page = chunk.page(id);
        page.parent(self.tree)
            .media_box(PdfRect::new(0.0, 0.0, frame.width, frame.height))
            .contents(contents);
        if frame.turn != 0 {
            page.rotate(frame.turn);
        }
        let mut resources = page.resources();
        let mut names = resources.fonts();
        for (reach, font) in fonts {
            names.pair(Name(&reach.resource()), *font);
        }
        names.finish();
        if let Some(image) = image {
            resources.x_objects().pair(Name(text::IMAGE), image);
        }
        resources.finish();
    }

    fn tree<W: Write>(&self, file: &mut PdfFile<W>) -> io::Result<()> {
        file.put(self.tree, |chunk| {
            let count = i32::try_from(self.leaves.len()).unwrap_or(i32::MAX);
            chunk.pages(self.tree).kids(self.leaves.iter().map(|leaf| leaf.id)).count(count);
        })
    }
}
