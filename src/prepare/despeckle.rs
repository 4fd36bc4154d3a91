//! Takes off what is not print: lone specks, punch holes, the dark edges of a scanned sheet.
//!
//! Reads the page and its connected pieces of ink; paints over with white. A speck goes only if it stands quite alone,
//! as a dot of a letter, a full stop or a leader never does; a hole only in the margin.

use image::{GrayImage, Luma};

use super::components::{Component, INK};
use crate::geometry::Rect;

/// Specks are at most this wide and high, in inches: five pixels at 300 dpi, as large as a full stop.
const SPECK: f32 = 0.017;

/// A speck has no other ink this near, in inches: a third of a letter.
const ALONE: f32 = 0.055;

/// Punch holes are about 6 mm wide and lie within this part of the sheet from its edge.
const HOLE: std::ops::RangeInclusive<f32> = 0.12..=0.40;
const MARGIN: f32 = 0.1;

/// Dark edges are looked for within this part of the sheet from its edge.
const EDGE: f32 = 0.06;

/// Cleans the page in place; `dpi` is its resolution.
pub fn despeckle(gray: &mut GrayImage, components: &[Component], dpi: f32) {
    let sheet = Rect::new(0, 0, gray.width() as i32, gray.height() as i32);
    let (most, near) = ((SPECK * dpi).round() as i32, (ALONE * dpi).round() as i32);
    let mut wiped = Vec::new();
    for component in components {
        let size = component.bbox.width().max(component.bbox.height());
        let speck = size <= most && ink_within(gray, &grown(&component.bbox, near, &sheet)) <= component.area;
        if speck || is_hole(component, &sheet, dpi) || is_edge(component, &sheet) {
            wiped.push(component.bbox);
        }
    }
    for bbox in wiped {
        wipe(gray, &grown(&bbox, 1, &sheet));
    }
}

fn grown(rect: &Rect, by: i32, within: &Rect) -> Rect {
    Rect::new(
        (rect.x0 - by).max(within.x0),
        (rect.y0 - by).max(within.y0),
        (rect.x1 + by).min(within.x1),
        (rect.y1 + by).min(within.y1),
    )
}

fn ink_within(gray: &GrayImage, rect: &Rect) -> u32 {
    lines(gray, rect).map(|line| line.iter().filter(|&&v| v < INK).count() as u32).sum()
}

fn lines<'a>(gray: &'a GrayImage, rect: &Rect) -> impl Iterator<Item = &'a [u8]> {
    let (width, rect) = (gray.width() as usize, *rect);
    (rect.y0..rect.y1).filter_map(move |y| {
        let start = y as usize * width;
        gray.as_raw().get(start + rect.x0 as usize..start + rect.x1 as usize)
    })
}

fn wipe(gray: &mut GrayImage, rect: &Rect) {
    for y in rect.y0..rect.y1 {
        for x in rect.x0..rect.x1 {
            gray.put_pixel(x as u32, y as u32, Luma([255]));
        }
    }
}

/// A solid round piece in the margin.
fn is_hole(component: &Component, sheet: &Rect, dpi: f32) -> bool {
    let (width, height) = (component.bbox.width() as f32, component.bbox.height() as f32);
    let round = (width / height - 1.0).abs() < 0.35 && component.area as f32 > 0.65 * width * height;
    let (x, y) = (component.bbox.center_x() as f32, component.bbox.center_y() as f32);
    let (across, down) = (sheet.width() as f32, sheet.height() as f32);
    let marginal = x.min(across - x) < MARGIN * across || y.min(down - y) < MARGIN * down;
    round && marginal && HOLE.contains(&(width / dpi)) && HOLE.contains(&(height / dpi))
}

/// A piece that touches the sheet's edge and stays near it.
fn is_edge(component: &Component, sheet: &Rect) -> bool {
    let b = &component.bbox;
    let (across, down) = ((EDGE * sheet.width() as f32) as i32, (EDGE * sheet.height() as f32) as i32);
    (b.x0 <= 2 && b.x1 < across)
        || (b.y0 <= 2 && b.y1 < down)
        || (b.x1 >= sheet.x1 - 2 && b.x0 > sheet.x1 - across)
        || (b.y1 >= sheet.y1 - 2 && b.y0 > sheet.y1 - down)
}

#[cfg(test)]
mod tests {
    use super::super::components;
    use super::*;

    fn dot(gray: &mut GrayImage, x: u32, y: u32, size: u32) {
        (0..size * size).for_each(|i| gray.put_pixel(x + i % size, y + i / size, Luma([0])));
    }

    #[test]
    fn a_lone_speck_and_a_punch_hole_go_and_a_full_stop_stays() {
        let mut gray = GrayImage::from_pixel(1200, 1200, Luma([255]));
        dot(&mut gray, 600, 300, 4); // speck
        dot(&mut gray, 600, 600, 30); // letter
        dot(&mut gray, 634, 626, 4); // full stop
        dot(&mut gray, 40, 500, 60); // hole
        dot(&mut gray, 0, 900, 40); // shadow at the edge
        let found = components::find(&gray).unwrap();
        despeckle(&mut gray, &found, 300.0);
        let left = components::find(&gray).unwrap();
        assert_eq!(left.iter().map(|c| c.area).collect::<Vec<_>>(), [900, 16]);
    }
}
