//! PDF: the pixels of each page, and the text it may carry.
//!
//! Reads a file through `hayro`; produces [`SourcePage`]s. Where a page is exactly one image its own pixels are
//! taken, untouched by any renderer; every other page (layered scans, born-digital text) is rendered. A page whose
//! content is missing or damaged is an error, never a white sheet.

pub mod lost;
pub mod native;
pub mod original;
pub mod survey;
pub mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro::hayro_interpret::{InterpreterSettings, InterpreterWarning};
use hayro::hayro_syntax::object::Dict;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::{DynamicImage, GrayImage, RgbImage};

use self::survey::Survey;
use super::error::IngestError;
use super::limits::Limits;
use super::open::{PageReader, is_wide, too_many_pages};
use super::source_page::{SourcePage, TextLayer};
use crate::geometry::Affine;

/// Resolution at which pages are rendered that have none of their own.
const RENDER_DPI: f32 = 300.0;

/// A scan in several layers or strips is rendered at its own resolution where that is within these bounds.
const NATIVE_DPI: std::ops::RangeInclusive<f32> = 150.0..=450.0;

/// An open PDF, held in memory once and shared by all threads that want its pages.
pub struct PdfPages {
    path: PathBuf,
    limits: Limits,
    pdf: Pdf,
}

impl PdfPages {
    /// Reads the file and its page tree; renders nothing.
    ///
    /// # Errors
    /// [`IngestError`] for encrypted, cut-off and unreadable files.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, IngestError> {
        let bytes = std::fs::read(path).map_err(|e| IngestError::io(path, &e))?;
        let ends_properly = has_end_mark(&bytes);
        let pdf = guarded(|| Pdf::new(bytes))
            .ok_or_else(|| IngestError::damaged(path, "its structure cannot be followed"))?
            .map_err(|e| match e {
                LoadPdfError::Decryption(_) => IngestError::Encrypted(path.to_path_buf()),
                LoadPdfError::Invalid if ends_properly => IngestError::damaged(path, "it holds no page"),
                LoadPdfError::Invalid => {
                    IngestError::damaged(path, "it ends too early: no end-of-file mark and no page")
                }
            })?;
        let found = pdf.pages().len() as u64;
        let stated = stated_pages(&pdf);
        if !ends_properly && stated.is_none_or(|stated| found < stated) {
            let of = stated.map_or(String::new(), |n| format!(" of {n}"));
            return Err(IngestError::damaged(
                path,
                format!("it ends too early: {found}{of} pages are left of it"),
            ));
        }
        if found == 0 {
            return Err(IngestError::damaged(path, "it holds no page"));
        }
        if found > u64::from(limits.max_pages) {
            return Err(too_many_pages(path, u32::try_from(found).unwrap_or(u32::MAX), limits));
        }
        Ok(Self { path: path.to_path_buf(), limits: limits.clone(), pdf })
    }

    fn fail(&self, number: u32, reason: &str) -> IngestError {
        IngestError::page(&self.path, number, format!("{reason}; copy or scan it again"))
    }

    fn decode(&self, number: u32) -> Result<SourcePage, IngestError> {
        let page = (number as usize)
            .checked_sub(1)
            .and_then(|index| self.pdf.pages().get(index))
            .ok_or_else(|| self.fail(number, "the page is missing from the file"))?;
        if lost::content(page) {
            return Err(self.fail(number, "its content is missing or damaged"));
        }
        let survey = Survey::of(page);
        let (width, height) = survey.largest_image;
        self.check_pixels(width, height)?;
        let sole_image = survey.sole_image();
        if let Some(reason) = lost::image(page, sole_image.is_none()) {
            return Err(self.fail(number, reason));
        }
        if let Some(place) = sole_image {
            let scan =
                native::take(page, &place).ok_or_else(|| self.fail(number, "its image cannot be decoded"))?;
            let text_layer = survey.text_layer(&scan.from_points);
            return Ok(SourcePage { number, image: scan.image, dpi: scan.dpi, text_layer });
        }
        self.render(page, number, survey)
    }

    fn check_pixels(&self, width: u32, height: u32) -> Result<(), IngestError> {
        if self.limits.admits(width, height) {
            return Ok(());
        }
        Err(IngestError::too_many_pixels(&self.path, width, height, self.limits.max_pixels))
    }

    fn render(&self, page: &Page<'_>, number: u32, survey: Survey) -> Result<SourcePage, IngestError> {
        let dpi = render_dpi(&survey);
        let scale = dpi / 72.0;
        let (width_px, height_px) = rendered_size(page, dpi);
        self.check_pixels(width_px, height_px)?;
        if width_px.max(height_px) > u32::from(u16::MAX) {
            return Err(self.fail(number, "the page is too long to be rendered"));
        }
        let failed = Arc::new(AtomicBool::new(false));
        let image =
            rendered(page, scale, &failed).ok_or_else(|| self.fail(number, "it cannot be rendered"))?;
        if failed.load(Ordering::Relaxed) {
            return Err(self.fail(number, "an image on it cannot be decoded"));
        }
        if is_of_one_colour(&image) && lost::ink(page, &survey) {
            return Err(self.fail(number, "it comes out blank although it draws an image or text"));
        }
        let text_layer = survey.text_layer(&Affine::scale(f64::from(scale), f64::from(scale)));
        Ok(SourcePage { number, image, dpi: Some(dpi), text_layer })
    }
}

impl PageReader for PdfPages {
    fn page_count(&self) -> u32 {
        self.pdf.pages().len() as u32
    }

    fn size(&self, number: u32) -> Option<(u32, u32)> {
        let page = self.pdf.pages().get((number as usize).checked_sub(1)?)?;
        let survey = guarded(|| Survey::of(page))?;
        Some(match survey.sole_image() {
            Some(place) => (place.width, place.height),
            None => rendered_size(page, render_dpi(&survey)),
        })
    }

    fn is_wide(&self, number: u32) -> bool {
        let page = (number as usize).checked_sub(1).and_then(|index| self.pdf.pages().get(index));
        page.is_some_and(|page| {
            let (width, height) = page.render_dimensions();
            is_wide(width, height)
        })
    }

    fn jpeg(&self, number: u32) -> Option<Vec<u8>> {
        let page = self.pdf.pages().get((number as usize).checked_sub(1)?)?;
        guarded(|| original::jpeg(page, &Survey::of(page).sole_image()?)).flatten()
    }

    fn page(&self, number: u32) -> Result<SourcePage, IngestError> {
        guarded(|| self.decode(number)).unwrap_or_else(|| Err(self.fail(number, "it cannot be interpreted")))
    }
}

fn render_dpi(survey: &Survey) -> f32 {
    survey.scan_dpi().filter(|d| NATIVE_DPI.contains(d)).unwrap_or(RENDER_DPI)
}

fn rendered_size(page: &Page<'_>, dpi: f32) -> (u32, u32) {
    let (width, height) = page.render_dimensions();
    ((width * dpi / 72.0).ceil() as u32, (height * dpi / 72.0).ceil() as u32)
}

/// The interpreter is young; should it panic on a hostile file, that costs the page and not the run.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Whether the end-of-file mark stands near the end; mail gateways append a little behind it.
fn has_end_mark(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(4096)..).unwrap_or_default();
    tail.windows(5).any(|w| w == b"%%EOF")
}

/// The number of pages the page tree claims.
fn stated_pages(pdf: &Pdf) -> Option<u64> {
    let xref = pdf.xref();
    let root: Dict<'_> = xref.get(xref.root_id())?;
    root.get::<Dict<'_>>("Pages")?.get::<u32>("Count").map(u64::from)
}

/// Renders on white; grey where no pixel has a colour.
fn rendered(page: &Page<'_>, scale: f32, failed: &Arc<AtomicBool>) -> Option<DynamicImage> {
    let flag = Arc::clone(failed);
    let settings = InterpreterSettings {
        warning_sink: Arc::new(move |warning| {
            if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
                flag.store(true, Ordering::Relaxed);
            }
        }),
        ..Default::default()
    };
    let target = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let cache = RenderCache::new();
    let pixmap = hayro::render(page, &cache, &settings, &RenderSettings::default(), &target);
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    let pixels = pixmap.data_as_u8_slice();
    if pixels.chunks_exact(4).all(|p| p.first() == p.get(1) && p.get(1) == p.get(2)) {
        let data = pixels.iter().step_by(4).copied().collect();
        return GrayImage::from_raw(width, height, data).map(DynamicImage::ImageLuma8);
    }
    let data = pixels.chunks_exact(4).flat_map(|p| p.iter().take(3).copied()).collect();
    RgbImage::from_raw(width, height, data).map(DynamicImage::ImageRgb8)
}

fn is_of_one_colour(image: &DynamicImage) -> bool {
    let bytes = image.as_bytes();
    let channels = usize::from(image.color().channel_count());
    bytes.get(channels..).is_some_and(|rest| rest.iter().eq(bytes.iter().take(rest.len())))
}

/// A text layer, or none where there are no words.
fn layer(words: Vec<super::source_page::LayerWord>, visible: bool, over_scan: bool) -> Option<TextLayer> {
    (!words.is_empty()).then_some(TextLayer { words, visible, over_scan })
}
