//! The resolution a page really has, and by how much to scale it for the engine.
//!
//! A file's own statement may be missing or wrong; the print is a ruler of its own, because administrative papers
//! are set in 13 or 14 point type (Decree 30/2020/NĐ-CP, Appendix I), whose x-height is known.

use image::GrayImage;

use super::sketch::Sketch;

/// The resolution of a page and the scale that brings it to the engine's liking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Dots per inch as it came.
    pub dpi: f32,
    /// Enlargement.
    pub factor: f32,
}

/// A sheet's shorter side in inches, where nothing better is known: A4.
const SHEET: f32 = 8.27;

/// Weighs the stated resolution against the page itself.
pub fn scale(gray: &GrayImage, _sketch: &Sketch, stated: Option<f32>, target: f32) -> Scale {
    let by_sheet = gray.width().min(gray.height()) as f32 / SHEET;
    let dpi = stated.filter(|d| (by_sheet / d).max(d / by_sheet) < 3.0).unwrap_or(by_sheet);
    let factor = match dpi / target {
        r if r < 0.8 => (1.0 / r).clamp(1.0, 3.0),
        r if r > 1.4 => 1.0 / r,
        _ => 1.0,
    };
    Scale { dpi, factor }
}
