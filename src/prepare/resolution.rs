//! The resolution a page really has, and by how much to scale it for the engine.
//!
//! A file's own statement may be missing or wrong; the print is a ruler of its own, because administrative papers
//! are set in 13 or 14 point type (Decree 30/2020/NĐ-CP, Appendix I), whose x-height is known. Most pieces of ink on
//! a page are letters without ascenders, so the commonest height is the x-height.

use image::GrayImage;

use super::components::Component;

/// The resolution of a page and the scale that brings it to the engine's liking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Dots per inch as it came.
    pub dpi: f32,
    /// Enlargement.
    pub factor: f32,
}

/// Shorter side of an A4 sheet in inches: what a page is taken for where nothing better is known.
const A4: f32 = 8.27;

/// Shorter sides of usual sheets: A5, A4, letter, A3.
const SHEETS: [f32; 4] = [5.83, A4, 8.5, 11.69];

/// x-heights to an inch: 13.5 points of a Times face, whose x-height is 0.448 of its size.
const X_HEIGHTS_PER_INCH: f32 = 72.0 / (0.448 * 13.5);

/// Stated and measured resolution agree within this factor; type from 9 to 20 points does.
const AGREE: f32 = 1.5;

/// Type is not believed against a whole sheet of A format within this factor.
const FAR: f32 = 2.4;

/// Height to width of a sheet of A format.
const SHEET_SHAPE: f32 = std::f32::consts::SQRT_2;

/// Fewer letters than this say nothing.
const FEWEST_LETTERS: u32 = 60;

/// Weighs the stated resolution against the page itself; `target` is the engine's favourite, `None` leaves the size alone.
pub fn scale(gray: &GrayImage, components: &[Component], stated: Option<f32>, target: Option<f32>) -> Scale {
    let shorter = gray.width().min(gray.height()) as f32;
    let longer = gray.width().max(gray.height()) as f32;
    let whole = (longer / shorter.max(1.0) / SHEET_SHAPE - 1.0).abs() < 0.02;
    let dpi = weigh(stated, x_height(components).map(|h| h * X_HEIGHTS_PER_INCH), shorter, whole);
    let factor = match target.map_or(1.0, |target| dpi / target) {
        r if (0.8..1.4).contains(&r) => 1.0,
        r => (1.0 / r).min(4.0),
    };
    Scale { dpi, factor: bounded(factor, gray) }
}

/// The stated resolution if it makes the page a sheet of a usual size or the print agrees with it; else that of an A4
/// sheet if the print agrees with that; else the print's.
fn weigh(stated: Option<f32>, by_type: Option<f32>, shorter: f32, whole: bool) -> f32 {
    let by_sheet = shorter / A4;
    match (stated, by_type) {
        (Some(stated), _) if SHEETS.iter().any(|side| (shorter / stated / side - 1.0).abs() < 0.04) => stated,
        (Some(stated), Some(by_type)) if agree(stated, by_type) => stated,
        (_, Some(by_type)) if agree(by_sheet, by_type) => by_sheet,
        // On a whole sheet specks or capitals are taken for the usual letters rather than the sheet for another.
        (_, Some(by_type)) if whole && apart(by_sheet, by_type) <= FAR => by_sheet,
        (_, Some(by_type)) => by_type,
        // Without print to ask, a sheet between A6 and A2 is believed.
        (Some(stated), None) if (0.45..=2.2).contains(&(by_sheet / stated)) => stated,
        _ => by_sheet,
    }
}

fn agree(a: f32, b: f32) -> bool {
    apart(a, b) <= AGREE
}

fn apart(a: f32, b: f32) -> f32 {
    (a / b).max(b / a)
}

/// Keeps the enlarged page below what the engine takes.
fn bounded(factor: f32, gray: &GrayImage) -> f32 {
    let longest = gray.width().max(gray.height()) as f32;
    factor.min(14_000.0 / longest).max(0.05)
}

/// The commonest height of pieces of letter shape, in pixels.
fn x_height(components: &[Component]) -> Option<f32> {
    let mut heights = [0u32; 128];
    let letters = components.iter().filter(|c| {
        let (width, height) = (c.bbox.width(), c.bbox.height());
        let filled = c.area as f32 / (width * height).max(1) as f32;
        height >= 5 && width * 5 >= height * 2 && width <= height * 2 && (0.2..0.85).contains(&filled)
    });
    for letter in letters {
        if let Some(count) = heights.get_mut(letter.bbox.height() as usize) {
            *count += 1;
        }
    }
    // Print wavers by a tenth of its height. Heavier weight for taller pieces, as noise has many small ones; the
    // smaller height wins a tie.
    let weight = |h: usize| -> u64 {
        let reach = (h / 10).max(1);
        let near = heights.get(h - reach..(h + reach + 1).min(heights.len())).unwrap_or_default();
        near.iter().map(|&n| u64::from(n)).sum::<u64>() * h as u64 * 1000 / (2 * reach as u64 + 1)
    };
    let (_, height) = (5..heights.len())
        .map(|h| (weight(h), h))
        .fold((0, 0), |best, next| if next.0 > best.0 { next } else { best });
    let enough = heights.get(height).is_some_and(|_| heights.iter().sum::<u32>() >= FEWEST_LETTERS);
    (enough && height > 0).then_some(height as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Rect;

    fn letters(height: i32) -> Vec<Component> {
        let bbox = Rect::new(0, 0, height, height);
        vec![Component { bbox, area: (height * height / 2) as u32 }; 200]
    }

    fn found(width: u32, height: u32, type_height: i32, stated: Option<f32>) -> Scale {
        scale(&GrayImage::new(width, height), &letters(type_height), stated, Some(300.0))
    }

    #[test]
    fn an_a4_page_is_believed_and_a_wrong_statement_is_not() {
        assert_eq!(found(2480, 3508, 25, Some(300.0)).factor, 1.0);
        let small = found(1240, 1754, 12, Some(96.0));
        assert!((small.dpi - 150.0).abs() < 1.0 && (small.factor - 2.0).abs() < 0.02);
        assert!((found(4960, 7016, 50, None).factor - 0.5).abs() < 0.01);
    }

    #[test]
    fn specks_on_a_whole_sheet_do_not_make_it_a_small_one() {
        let sheet = found(2480, 3508, 14, None);
        assert!((sheet.dpi - 300.0).abs() < 1.0 && sheet.factor == 1.0);
    }

    #[test]
    fn a_cropped_photo_is_measured_by_its_type() {
        let scale = found(600, 400, 25, Some(72.0));
        assert!((250.0..350.0).contains(&scale.dpi));
        assert_eq!(scale.factor, 1.0);
    }
}
