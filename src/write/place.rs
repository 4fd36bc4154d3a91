//! Where things stand on the source page, in its own pixels: the frame of every file that leaves the house.

use crate::geometry::Rect;
use crate::restore::restored_page::{Line, PageLayout};

/// A box of the upright frame as the upright box around it on the source page, never beyond the page's edge.
pub fn on_source(page: &PageLayout, rect: &Rect) -> Rect {
    let placed = page.to_source.apply_rect(rect);
    let side = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
    let (width, height) = (side(page.source_width), side(page.source_height));
    let (x0, y0) = (placed.x0.clamp(0, width), placed.y0.clamp(0, height));
    Rect::new(x0, y0, placed.x1.clamp(x0, width), placed.y1.clamp(y0, height))
}

/// The box around lines on the source page; `None` for plain text and for no words.
pub fn of_lines<'a>(page: &PageLayout, lines: impl IntoIterator<Item = &'a Line>) -> Option<Rect> {
    let words = lines.into_iter().flat_map(|line| &line.words);
    Rect::union_all(words.filter_map(|word| word.bbox.as_ref()).map(|rect| on_source(page, rect)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Affine;

    #[test]
    fn a_box_is_scaled_back_and_held_within_the_page() {
        let page = PageLayout {
            source_width: 100,
            source_height: 50,
            to_source: Affine::scale(0.5, 0.5),
            ..PageLayout::default()
        };
        assert_eq!(on_source(&page, &Rect::new(20, 10, 60, 30)), Rect::new(10, 5, 30, 15));
        assert_eq!(on_source(&page, &Rect::new(-20, 90, 600, i32::MAX)), Rect::new(0, 45, 100, 50));
        assert_eq!(on_source(&page, &Rect::new(i32::MIN, i32::MIN, -5, -5)), Rect::new(0, 0, 0, 0));
    }
}
