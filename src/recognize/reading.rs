//! [`recognize`]: one page to words.
//!
//! Reads a [`PageImage`]; produces an [`OcrPage`]. One engine is kept for each thread; it is loaded at the thread's
//! first page.

use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

use super::cell;
use super::error::RecognizeError;
use super::ladder::{self, Step};
use super::layer;
use super::missed::read_missed;
use super::model::Model;
use super::ocr_page::{OcrPage, Origin};
use super::tesseract::{Engine, Segmentation};
use super::upright::read_upright;
use crate::prepare::Turn;
use crate::prepare::page_image::PageImage;

/// How pages are read.
#[derive(Debug, Clone, PartialEq)]
pub struct RecognizeOptions {
    /// Name of the model; default `vie`.
    pub language: String,
    /// A folder with models of the user's own.
    pub tessdata: Option<PathBuf>,
    /// How the engine cuts up the page; default [`Segmentation::Auto`].
    pub segmentation: Segmentation,
    /// Take over a PDF's own text where it is good; default `true`.
    pub text_layer: bool,
    /// Try a page that reads badly turned by quarters; default `true`.
    pub find_upright: bool,
    /// Read a doubtful page again in other ways and keep the best reading; default `true`.
    pub climb: bool,
    /// Read doubtful cells of ruled tables by themselves; default `true`.
    pub reread_cells: bool,
    /// Read lines by themselves that the engine passed over; default `true`.
    pub reread_missed: bool,
    /// Ask for second choices of letters; costs about a tenth of the time.
    pub alternatives: bool,
    /// Give up on a page after this long. Layout analysis does not look at the clock, so it may take longer.
    pub deadline: Option<Duration>,
}

impl Default for RecognizeOptions {
    fn default() -> Self {
        Self {
            language: "vie".to_string(),
            tessdata: None,
            segmentation: Segmentation::Auto,
            text_layer: true,
            find_upright: true,
            climb: true,
            reread_cells: true,
            reread_missed: true,
            alternatives: true,
            deadline: None,
        }
    }
}

thread_local! {
    static ENGINE: RefCell<Option<(Model, Engine)>> = const { RefCell::new(None) };
}

/// Reads a page.
///
/// # Errors
/// [`RecognizeError`] where the model is missing, the engine fails or the time is up. A page without print is no
/// error: it comes back without words.
pub fn recognize(page: &PageImage, options: &RecognizeOptions) -> Result<OcrPage, RecognizeError> {
    if let Some(words) = options.text_layer.then(|| layer::take_over(page)).flatten() {
        return Ok(OcrPage { words, origin: Origin::TextLayer, blank: false, ..sheet(page) });
    }
    if page.blank {
        return Ok(sheet(page));
    }
    let read = |page: &PageImage| with_engine(options, |engine| engine.read(page, options));
    let (turn, mut words) =
        if options.find_upright { read_upright(page, read)? } else { (Turn::None, read(page)?) };
    let turned = (turn != Turn::None).then(|| page.turned(turn));
    let page = turned.as_ref().unwrap_or(page);
    let mut read_part = |part: &PageImage, segmentation| {
        let options = RecognizeOptions { segmentation, ..options.clone() };
        with_engine(&options, |engine| engine.read(part, &options))
    };
    let mut step = Step::Plain;
    if options.climb {
        (step, words) = ladder::climb(page, words, &mut read_part)?;
    }
    if options.reread_cells {
        cell::second_opinion(page, &mut words, &mut read_part)?;
    }
    let uncovered = if options.reread_missed { read_missed(page, &mut words, &mut read_part)? } else { 0.0 };
    Ok(OcrPage { words, step, uncovered, ..sheet(page) })
}

/// The page without its words.
fn sheet(page: &PageImage) -> OcrPage {
    OcrPage {
        number: page.number,
        width: page.gray.width(),
        height: page.gray.height(),
        dpi: page.dpi,
        source_width: page.source_width,
        source_height: page.source_height,
        to_source: page.to_source,
        origin: Origin::Engine,
        words: Vec::new(),
        rulings: page.rulings.clone(),
        blank: page.blank,
        step: Step::Plain,
        uncovered: 0.0,
    }
}

/// Lends this thread's engine, loading it first if there is none or another model is wanted.
fn with_engine<T>(
    options: &RecognizeOptions,
    work: impl FnOnce(&mut Engine) -> Result<T, RecognizeError>,
) -> Result<T, RecognizeError> {
    let model = Model::find(options.tessdata.as_deref(), &options.language)?;
    ENGINE.with_borrow_mut(|slot| {
        let engine = match slot.take() {
            Some((loaded, engine)) if loaded == model => engine,
            _ => Engine::load(&model)?,
        };
        let (_, engine) = slot.insert((model, engine));
        work(engine)
    })
}
