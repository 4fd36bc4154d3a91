//! A document through all stages: the only module that knows all seven.
//!
//! ```no_run
//! use vanthu::pipeline::{Options, Pipeline};
//!
//! let pipeline = Pipeline::new(Options::default())?;
//! let paper = pipeline.document("ke-hoach.pdf".as_ref())?;
//! println!("{}", paper.record.subject.as_deref().unwrap_or("no subject"));
//! # Ok::<(), vanthu::pipeline::PipelineError>(())
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::dictionary::{Dictionary, DictionaryError};
use crate::extract::record::Record;
use crate::extract::{self, ExtractOptions, SourceInfo, quality};
use crate::ingest::source_page::SourcePage;
use crate::ingest::{self, Document, IngestError, Limits, Opened};
use crate::layout::page_layout::PageLayout;
use crate::layout::{self, LayoutOptions, from_text};
use crate::prepare::page_image::PageImage;
use crate::prepare::{self, PrepareError, PrepareOptions};
use crate::recognize::ocr_page::OcrPage;
use crate::recognize::tesseract::Segmentation;
use crate::recognize::{self, Model, RecognizeError, RecognizeOptions, engine_version};
use crate::restore::restored_page::RestoredPage;
use crate::restore::{RestoreOptions, Restorer};

/// What each stage may be told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Sizes above which an input is refused.
    pub limits: Limits,
    /// Cleaning.
    pub prepare: PrepareOptions,
    /// Reading.
    pub recognize: RecognizeOptions,
    /// Lines, columns, tables.
    pub layout: LayoutOptions,
    /// Marks and letters.
    pub restore: RestoreOptions,
    /// Sections, tables, lists.
    pub extract: ExtractOptions,
    /// The user's own terms, a term a line, on top of the built-in dictionary.
    pub dictionary: Option<PathBuf>,
}

impl Options {
    /// The plainest way to read a page: hardly any cleaning, one block of text. For pages that upset the engine.
    pub fn simplest(&self) -> Self {
        let mut options = self.clone();
        options.prepare = PrepareOptions {
            flatten: false,
            deskew: false,
            remove_seals: false,
            despeckle: false,
            smooth: false,
            target_dpi: Some(200.0),
            ..options.prepare
        };
        options.recognize.segmentation = Segmentation::Block;
        options.recognize.find_upright = false;
        options.recognize.climb = false;
        options.recognize.reread_missed = false;
        options.recognize.alternatives = false;
        options
    }
}

/// Why a document or page could not be done.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// It could not be opened or decoded.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// It could not be cleaned.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// It could not be read.
    #[error(transparent)]
    Recognize(#[from] RecognizeError),
    /// The dictionary is not usable.
    #[error(transparent)]
    Dictionary(#[from] DictionaryError),
}

/// All stages, ready to work; shared by all threads.
pub struct Pipeline {
    options: Options,
    restorer: Restorer,
    engine: String,
}

/// A page on its way: what was seen and read.
#[derive(Debug)]
pub struct ReadPage {
    /// The cleaned image.
    pub image: PageImage,
    /// What the engine read.
    pub ocr: OcrPage,
    /// Its shape.
    pub layout: PageLayout,
}

/// A document at the end of the line.
#[derive(Debug)]
pub struct Paper {
    /// Its pages, restored.
    pub pages: Vec<RestoredPage>,
    /// What it says.
    pub record: Record,
}

/// The stages, in order, as [`Clock`] tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Opening and decoding.
    Ingest,
    /// Cleaning the image.
    Prepare,
    /// Reading.
    Recognize,
    /// Lines, columns, tables.
    Layout,
    /// Marks and letters.
    Restore,
    /// Sections, tables, lists.
    Extract,
    /// Filing.
    Write,
}

/// CPU time spent in each stage by one thread of work.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Clock {
    spent: [Duration; 7],
}

impl Clock {
    /// Runs `work` and books its time on `stage`.
    pub fn time<T>(&mut self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let start = thread_time();
        let result = work();
        self.spent[stage as usize] += thread_time().saturating_sub(start);
        result
    }

    /// Time booked on a stage.
    pub fn spent(&self, stage: Stage) -> Duration {
        self.spent[stage as usize]
    }

    /// Adds another clock's times.
    pub fn add(&mut self, other: &Clock) {
        self.spent.iter_mut().zip(other.spent).for_each(|(mine, theirs)| *mine += theirs);
    }
}

/// CPU time of this thread since it began; unlike the wall clock it says the same on a busy machine.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Cleans and reads one page: all that touches pixels, and needs no dictionary. A worker process does this much.
///
/// # Errors
/// If the page cannot be cleaned or the engine gives up.
pub fn see(
    page: &SourcePage,
    options: &Options,
    clock: &mut Clock,
) -> Result<(PageImage, OcrPage), PipelineError> {
    let image = clock.time(Stage::Prepare, || prepare::prepare(page, &options.prepare))?;
    let ocr = clock.time(Stage::Recognize, || recognize::recognize(&image, &options.recognize))?;
    Ok((image, ocr))
}

impl Pipeline {
    /// Loads the dictionary and checks that the engine is there.
    ///
    /// # Errors
    /// If the engine's model is missing, or the user's dictionary cannot be read.
    pub fn new(options: Options) -> Result<Self, PipelineError> {
        let mut dictionary = Dictionary::builtin()?;
        if let Some(path) = &options.dictionary {
            dictionary = Arc::new(dictionary.with_terms(path)?);
        }
        let model = Model::find(options.recognize.tessdata.as_deref(), &options.recognize.language)?;
        let engine = format!("tesseract {}, model {}", engine_version(), model.version());
        let restorer = Restorer::new(dictionary, options.restore.clone());
        Ok(Self { options, restorer, engine })
    }

    /// What each stage was told.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The limits inputs are held to.
    pub fn limits(&self) -> &Limits {
        &self.options.limits
    }

    /// The engine and the model that read, with their versions.
    pub fn engine(&self) -> &str {
        &self.engine
    }

    /// Cleans, reads and lays out one page.
    ///
    /// # Errors
    /// If the page cannot be cleaned or the engine gives up.
    pub fn read(&self, page: SourcePage, clock: &mut Clock) -> Result<ReadPage, PipelineError> {
        let (image, ocr) = see(&page, &self.options, clock)?;
        let layout = self.arrange(&ocr, clock);
        Ok(ReadPage { image, ocr, layout })
    }

    /// What the engine reads on every page of a scanned file; nothing of a file of text.
    ///
    /// # Errors
    /// At the first page that cannot be read.
    pub fn readings(&self, path: &Path) -> Result<Vec<OcrPage>, PipelineError> {
        let Opened::Pages(reader) = ingest::open(&Document::of_file(path), &self.options.limits)? else {
            return Ok(Vec::new());
        };
        let read = |n| Ok(see(&reader.page(n)?, &self.options, &mut Clock::default())?.1);
        (1..=reader.page_count()).map(read).collect()
    }

    /// Lays out one page.
    pub fn arrange(&self, ocr: &OcrPage, clock: &mut Clock) -> PageLayout {
        clock.time(Stage::Layout, || layout::arrange(ocr, &self.options.layout))
    }

    /// Restores and understands a whole document.
    pub fn understand(&self, pages: Vec<PageLayout>, source: SourceInfo, clock: &mut Clock) -> Paper {
        let pages = clock.time(Stage::Restore, || self.restorer.document(pages));
        let mut record =
            clock.time(Stage::Extract, || extract::extract(&pages, source, &self.options.extract));
        record.quality = Some(quality::measure(&pages));
        Paper { pages, record }
    }

    /// Plain text, read by somebody else's engine or typed, to a record.
    pub fn text(&self, text: &str, source: SourceInfo, clock: &mut Clock) -> Paper {
        let pages = clock.time(Stage::Layout, || from_text::from_text(text));
        self.understand(pages, source, clock)
    }

    /// One file through all stages.
    ///
    /// # Errors
    /// At the first page that cannot be read; the `batch` module goes on instead.
    pub fn document(&self, path: &Path) -> Result<Paper, PipelineError> {
        let mut clock = Clock::default();
        let source = SourceInfo { file: path.display().to_string(), ..SourceInfo::default() };
        match ingest::open(&Document::of_file(path), &self.options.limits)? {
            Opened::Text(text) => Ok(self.text(&text, source, &mut clock)),
            Opened::Pages(reader) => {
                let read = |n| Ok(self.read(reader.page(n)?, &mut Clock::default())?.layout);
                let pages = (1..=reader.page_count()).map(read).collect::<Result<_, PipelineError>>()?;
                Ok(self.understand(pages, source, &mut clock))
            }
        }
    }
}
