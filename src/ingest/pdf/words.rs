//! Words from the glyphs a PDF page draws.
//!
//! Reads glyph runs in drawing order; produces words with the box of their ink. A gap wider than a quarter of the
//! letter size, a jump back or to another line ends a word, as does a space. A glyph without a known letter becomes
//! U+FFFD, so that a layer full of them is seen to be bad.

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::kurbo::{Affine, Point, Rect, Shape};

use crate::geometry;
use crate::ingest::source_page::LayerWord;

/// A gap in letter sizes (em) that ends a word.
const GAP: f64 = 0.2;

/// Builds words glyph by glyph, in points.
#[derive(Default)]
pub struct WordBuilder {
    words: Vec<(String, Rect)>,
    text: String,
    bounds: Option<Rect>,
    /// Where the next glyph of the word would stand.
    pen: Option<Point>,
}

impl WordBuilder {
    /// Whether no letter was seen.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.text.is_empty()
    }

    /// Whether a letter or figure was seen that has a name.
    pub fn knows_a_letter(&self) -> bool {
        let texts = self.words.iter().map(|(text, _)| text).chain([&self.text]);
        texts.flat_map(|text| text.chars()).any(char::is_alphanumeric)
    }

    /// Adds the glyphs of one run.
    pub fn push_run(&mut self, run: &GlyphRun<'_, '_>, transform: Affine) {
        for glyph in run.glyphs() {
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(s)) => s,
                None => '\u{fffd}'.to_string(),
            };
            self.push(&text, glyph, transform * glyph.transform());
        }
    }

    fn push(&mut self, text: &str, glyph: &Glyph<'_>, transform: Affine) {
        if text.chars().all(|c| c.is_whitespace() || c.is_control()) {
            return self.end_word();
        }
        let origin = transform * Point::ORIGIN;
        let advance = match glyph {
            Glyph::Outline(g) => g.advance_width(),
            Glyph::Type3(g) => g.advance_width(),
        };
        let advance = f64::from(advance.unwrap_or(500.0));
        let em = (transform * Point::new(1000.0, 0.0) - origin).hypot().max(1e-6);
        if self.pen.is_some_and(|pen| (origin - pen).hypot() > GAP * em) {
            self.end_word();
        }
        let ink = match glyph {
            Glyph::Outline(g) => Some(g.outline().bounding_box()).filter(|b| b.area() > 0.0),
            Glyph::Type3(_) => None,
        };
        let ink = transform.transform_rect_bbox(ink.unwrap_or(Rect::new(0.0, -200.0, advance, 700.0)));
        self.bounds = Some(self.bounds.map_or(ink, |b| b.union(ink)));
        self.text.push_str(text.trim_matches(|c: char| c.is_whitespace() || c.is_control()));
        self.pen = Some(transform * Point::new(advance, 0.0));
    }

    fn end_word(&mut self) {
        self.pen = None;
        let text = std::mem::take(&mut self.text);
        if let Some(bounds) = self.bounds.take().filter(|_| !text.is_empty()) {
            self.words.push((text, bounds));
        }
    }

    /// The words, their boxes in pixels.
    pub fn finish(mut self, from_points: &geometry::Affine) -> Vec<LayerWord> {
        self.end_word();
        let to_pixels = |r: Rect| {
            let (x0, y0) = from_points.apply(r.x0, r.y0);
            let (x1, y1) = from_points.apply(r.x1, r.y1);
            let (low_x, high_x, low_y, high_y) = (x0.min(x1), x0.max(x1), y0.min(y1), y0.max(y1));
            geometry::Rect::new(
                low_x.floor() as i32,
                low_y.floor() as i32,
                high_x.ceil() as i32,
                high_y.ceil() as i32,
            )
        };
        self.words.into_iter().map(|(text, bounds)| LayerWord { text, bbox: to_pixels(bounds) }).collect()
    }
}
