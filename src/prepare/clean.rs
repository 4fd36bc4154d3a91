//! [`prepare`]: the order of the cleaning steps, and the way back to the source.
//!
//! Reads a [`SourcePage`]; produces a [`PageImage`]. Each step is a module of its own and a no-op on a page that
//! does not need it, so that a clean page costs little more than its conversion to grey.

use image::GrayImage;
use thiserror::Error;

use super::page_image::PageImage;
use super::resample::resample;
use super::sketch::Sketch;
use super::turn::{Turn, turn};
use super::{
    background, blank, components, deskew, despeckle, gray, orientation, resolution, ruling, seal, smooth,
};
use crate::geometry::Affine;
use crate::ingest::source_page::SourcePage;

/// What is done to a page. The defaults are the cheap pass that most pages need no more than.
#[derive(Debug, Clone, PartialEq)]
pub struct PrepareOptions {
    /// A turn known beforehand, applied before all else.
    pub turn: Turn,
    /// Even out the paper (yellowed, shaded, folded).
    pub flatten: bool,
    /// Above this part of the paper's brightness all is paper; higher keeps faint strokes and more stains.
    pub white_point: f32,
    /// Straighten lines that are askew, up to 15°.
    pub deskew: bool,
    /// Take seals off the text beneath them: red ones by colour, others by their ring.
    pub remove_seals: bool,
    /// Take off lone specks, punch holes and dark edges.
    pub despeckle: bool,
    /// Soften the ragged outlines of bilevel print.
    pub smooth: bool,
    /// The resolution the engine is given, in dots per inch; `None` leaves pages at their own.
    pub target_dpi: Option<f32>,
}

impl Default for PrepareOptions {
    fn default() -> Self {
        Self {
            turn: Turn::None,
            flatten: true,
            white_point: background::WHITE_POINT,
            deskew: true,
            remove_seals: true,
            despeckle: true,
            smooth: true,
            target_dpi: Some(300.0),
        }
    }
}

/// Why a page cannot be prepared.
#[derive(Debug, Error)]
pub enum PrepareError {
    /// An image without pixels.
    #[error("page {page}: the image has no pixels")]
    Empty {
        /// 1-based.
        page: u32,
    },
}

/// Skew below this is left alone: over the width of a page it moves a line by two pixels.
const LEAST_SKEW: f64 = 0.05;

/// Cleans a page for reading.
///
/// # Errors
/// [`PrepareError::Empty`] for an image without pixels; everything else can be prepared, if only as a blank page.
pub fn prepare(page: &SourcePage, options: &PrepareOptions) -> Result<PageImage, PrepareError> {
    let (source_width, source_height) = (page.image.width(), page.image.height());
    if source_width == 0 || source_height == 0 {
        return Err(PrepareError::Empty { page: page.number });
    }
    let mut gray = gray::to_gray(&page.image, options.remove_seals);
    let mut turned = turn(&mut gray, options.turn);
    gray::darken_ink(&mut gray);
    if options.flatten {
        background::flatten(&mut gray, options.white_point);
    }
    let pieces = components::find(&gray).unwrap_or_default();
    let scale = resolution::scale(&gray, &pieces, page.dpi, options.target_dpi);
    if options.despeckle {
        despeckle::despeckle(&mut gray, &pieces, scale.dpi);
    }
    if options.remove_seals {
        seal::lift(&mut gray, &pieces, scale.dpi);
    }
    let mut sketch = Sketch::of(&gray);
    if options.turn == Turn::None && orientation::is_sideways(&sketch) {
        turned = turn(&mut gray, Turn::Right);
        sketch = Sketch::of(&gray);
    }
    let skew = if options.deskew { deskew::skew(&sketch) } else { 0.0 };
    let blank = blank::is_blank(&pieces, gray.width(), gray.height(), scale.dpi);
    let bilevel = background::is_bilevel(&gray);
    let (mut gray, straightened) = straighten(gray, scale.factor, skew);
    if options.smooth && bilevel {
        smooth::smooth(&mut gray);
    }
    let dpi = scale.dpi * scale.factor;
    Ok(PageImage {
        number: page.number,
        blank,
        dpi,
        source_width,
        source_height,
        to_source: turned.then(&straightened).inverse().unwrap_or_default(),
        rulings: ruling::find(&gray, dpi),
        text_layer: page.text_layer.clone(),
        gray,
    })
}

/// Scales and rotates in one resampling; the sheet grows so that no corner is cut off. Gives the transform.
fn straighten(gray: GrayImage, factor: f32, skew: f64) -> (GrayImage, Affine) {
    if (factor - 1.0).abs() < 0.01 && skew.abs() < LEAST_SKEW {
        return (gray, Affine::identity());
    }
    let scale = f64::from(factor);
    let (width, height) = (f64::from(gray.width()) * scale, f64::from(gray.height()) * scale);
    let forward = if skew.abs() < LEAST_SKEW {
        Affine::scale(scale, scale)
    } else {
        let turned = Affine::rotate_about(-skew.to_radians(), width / 2.0, height / 2.0);
        Affine::scale(scale, scale).then(&turned)
    };
    (resample(&gray, &forward, width.round().max(1.0) as u32, height.round().max(1.0) as u32), forward)
}
