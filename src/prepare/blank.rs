//! Tells whether a page holds print at all.
//!
//! A back or a separator sheet has specks, shadows at the edges, perhaps a seal that shows through; print has pieces of
//! the size and shape of letters.

use super::components::Component;
use crate::geometry::Rect;

/// Letters, with and without ascenders, from 7 to 40 points, in inches.
const LETTER: std::ops::RangeInclusive<f32> = 0.04..=0.4;

/// A page with fewer pieces of letter shape than this is blank; a page number has up to four digits.
const FEWEST: usize = 5;

/// The outer part of each side that does not count: shadows, holes, tape.
const MARGIN: f32 = 0.04;

/// Whether a page of `width` × `height` pixels at `dpi` holds no print.
pub fn is_blank(components: &[Component], width: u32, height: u32, dpi: f32) -> bool {
    let (x, y) = ((width as f32 * MARGIN) as i32, (height as f32 * MARGIN) as i32);
    let inner = Rect::new(x, y, width as i32 - x, height as i32 - y);
    let letters = components.iter().filter(|c| is_letter(c, dpi) && inner.contains(c.bbox.x0, c.bbox.y0));
    letters.take(FEWEST).count() < FEWEST
}

fn is_letter(component: &Component, dpi: f32) -> bool {
    let (width, height) = (component.bbox.width() as f32, component.bbox.height() as f32);
    let filled = component.area as f32 / (width * height).max(1.0);
    LETTER.contains(&(height / dpi)) && width / dpi < 0.6 && (0.12..0.9).contains(&filled)
}
