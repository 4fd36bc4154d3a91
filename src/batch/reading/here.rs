//! Reads in this process: the reader of library users, and what a worker process does at the other end.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use super::pixels::PixelGate;
use super::{Contents, Reader, Sight, Trouble};
use crate::ingest::{self, Document, Opened, PageReader};
use crate::pipeline::{self, Clock, Options, Stage};
use crate::prepare::page_image::PageImage;
use crate::write::pdf::Scan;

/// Taken for a page whose header does not say how large it is: A4 at 400 dpi.
const USUAL_PIXELS: u64 = 16_000_000;

/// An open document and what is needed to read it.
pub struct Desk {
    options: Options,
    keep_images: bool,
    open: Option<(PathBuf, Box<dyn PageReader>)>,
}

impl Desk {
    /// A desk that reads with these options.
    pub fn new(options: Options, keep_images: bool) -> Self {
        Self { options, keep_images, open: None }
    }

    /// Opens a document in place of the one before.
    pub fn open(&mut self, document: &Document, clock: &mut Clock) -> Result<Contents, String> {
        self.open = None;
        let opened = guarded(|| clock.time(Stage::Ingest, || ingest::open(document, &self.options.limits)))
            .ok_or_else(|| format!("{}: {UPSET}", super::super::filing::shown(document)))?;
        match opened.map_err(|error| error.to_string())? {
            Opened::Text(text) => Ok(Contents::Text(text)),
            Opened::Pages(reader) => {
                let pages = reader.page_count();
                self.open = Some((document.output.clone(), reader));
                Ok(Contents::Pages(pages))
            }
        }
    }

    fn reader(&mut self, document: &Document, clock: &mut Clock) -> Result<&dyn PageReader, String> {
        if self.open.as_ref().is_none_or(|(output, _)| *output != document.output) {
            self.open(document, clock)?;
        }
        match &self.open {
            Some((_, reader)) => Ok(reader.as_ref()),
            None => Err("the document holds text and no pages".to_owned()),
        }
    }

    /// Reads a page. `admit` is told how many pixels will be decoded, and what it gives is kept until the page is read.
    pub fn read<T>(
        &mut self,
        document: &Document,
        number: u32,
        plainly: bool,
        admit: impl FnOnce(u64) -> T,
        clock: &mut Clock,
    ) -> Result<Sight, String> {
        let options = if plainly { self.options.simplest() } else { self.options.clone() };
        let keep_image = self.keep_images;
        let reader = self.reader(document, clock)?;
        let see = || {
            let pixels = reader.size(number).map(|(width, height)| u64::from(width) * u64::from(height));
            let _admitted = admit(pixels.unwrap_or(USUAL_PIXELS));
            let page =
                clock.time(Stage::Ingest, || reader.page(number)).map_err(|error| error.to_string())?;
            let (image, ocr) = pipeline::see(&page, &options, clock).map_err(|error| error.to_string())?;
            let image = keep_image.then(|| png(&image)).transpose()?;
            Ok(Sight { ocr, image, plainly: None })
        };
        // A panic in an image decoder must not cost more than its page.
        guarded(see).unwrap_or_else(|| Err(UPSET.to_owned()))
    }

    /// The image of a page: its own JPEG stream where that shows just the page, else its pixels.
    pub fn scan(&mut self, document: &Document, number: u32, size: Option<(u32, u32)>) -> Option<Scan> {
        let reader = self.reader(document, &mut Clock::default()).ok()?;
        let jpeg = || reader.jpeg(number).and_then(Scan::from_jpeg).filter(|scan| Some(scan.size()) == size);
        let pixels = || reader.page(number).ok().map(|page| Scan::Pixels(page.image));
        guarded(|| jpeg().or_else(pixels)).flatten()
    }
}

const UPSET: &str = "the page upset the program; please report it";

fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn png(image: &PageImage) -> Result<Vec<u8>, String> {
    let mut png = Cursor::new(Vec::new());
    let written = image.gray.write_to(&mut png, image::ImageFormat::Png);
    written.map_err(|error| format!("its cleaned image cannot be packed ({error})"))?;
    Ok(png.into_inner())
}

/// Reads in the thread that asks.
pub struct InProcess<'a> {
    desk: Desk,
    gate: &'a PixelGate,
}

impl<'a> InProcess<'a> {
    /// A reader that keeps to the gate.
    pub fn new(options: Options, keep_images: bool, gate: &'a PixelGate) -> Self {
        Self { desk: Desk::new(options, keep_images), gate }
    }
}

impl Reader for InProcess<'_> {
    fn open(&mut self, document: &Document, clock: &mut Clock) -> Result<Contents, Trouble> {
        self.desk.open(document, clock).map_err(Trouble::Input)
    }

    fn read(&mut self, document: &Document, number: u32, clock: &mut Clock) -> Result<Sight, Trouble> {
        let gate = self.gate;
        let admit = |pixels| gate.take(pixels);
        self.desk.read(document, number, false, admit, clock).map_err(Trouble::Input)
    }

    fn scan(&mut self, document: &Document, number: u32, size: Option<(u32, u32)>) -> Option<Scan> {
        self.desk.scan(document, number, size)
    }

    fn peak_memory(&self) -> u64 {
        0
    }
}
