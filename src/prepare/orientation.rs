//! Finds pages whose lines run down the sheet.
//!
//! Along lines of text the projection profile is sharp, across them it is not; so the profile of the sketch is
//! compared with that of its transpose. Whether a page stands on its head cannot be told this way: the engine's
//! reading decides that.

use super::deskew::{COARSE, Profile, skew_with_sharpness};
use super::sketch::Sketch;

/// Sideways lines must be this much sharper, as ruled tables have columns too.
const CLEARLY: f64 = 2.0;

/// Whether the lines run down the page.
pub fn is_sideways(sketch: &Sketch) -> bool {
    let (across, down) = (Profile::of(sketch, COARSE), Profile::of(&sketch.transposed(), COARSE));
    if across.is_scant() || down.is_scant() {
        return false;
    }
    let (_, across) = skew_with_sharpness(&across);
    let (_, down) = skew_with_sharpness(&down);
    down > across * CLEARLY
}
