//! The invisible text: each word over its image, on the line's baseline, stretched to the word's width.

use std::collections::BTreeSet;

use pdf_writer::types::TextRenderingMode;
use pdf_writer::{Content, Name, Str};

use super::font::{self, BlankFont, Reach};
use super::scan::Scan;
use super::setting::{Setting, Sizes};
use crate::alphabet::nfc;
use crate::geometry::Affine;
use crate::restore::restored_page::{Block, FurnitureKind, Line, PageLayout, Word};

/// The name of the page image in a page's resources.
pub const IMAGE: &[u8] = b"I";

/// A4 in points, for a page of which nothing is known.
const A4: (f32, f32) = (595.0, 842.0);
/// The shortest and the longest side PDF/A allows, in points.
const SHORTEST_SIDE: f64 = 3.0;
/// See [`SHORTEST_SIDE`].
const LONGEST_SIDE: f64 = 14_400.0;
/// Radians up to which a tilt is the skew of a scan.
const MOST_SKEW: f64 = 0.15;
/// Type sizes by which the words of one line may differ in height.
const MOST_DRIFT: f64 = 0.4;
/// Bytes in a string; PDF/A allows 32,767.
const LONGEST_STRING: usize = 16_000;

/// How pixels lie on the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Width of the sheet in points, as scanned.
    pub width: f32,
    /// Height of the sheet in points, as scanned.
    pub height: f32,
    /// Degrees by which a viewer turns the sheet clockwise, so that the text stands upright: 0, 90, 180 or 270.
    pub turn: i32,
    /// Points in a pixel of the source page.
    pub scale: f64,
    /// From the upright frame to points of the sheet, y upwards.
    pub from_upright: Affine,
}

impl Frame {
    /// The frame of a page; its size comes from the image, where there is one.
    pub fn of(page: &PageLayout, scan: Option<&Scan>) -> Self {
        let (width, height) = scan.map_or((page.source_width, page.source_height), Scan::size);
        if width == 0 || height == 0 {
            let (width, height) = A4;
            return Self { width, height, turn: 0, scale: 1.0, from_upright: Affine::identity() };
        }
        let (width, height) = (f64::from(width), f64::from(height));
        let scale = (72.0 / source_dpi(page)).max(SHORTEST_SIDE / width.min(height));
        let scale = scale.min(LONGEST_SIDE / width.max(height));
        let flip = Affine { coefficients: [scale, 0.0, 0.0, 0.0, -scale, height * scale] };
        Self {
            width: (width * scale) as f32,
            height: (height * scale) as f32,
            turn: turn(&page.to_source),
            scale,
            from_upright: page.to_source.then(&flip),
        }
    }
}

/// Dots per inch of the source page; 300 where the page does not say, or says what cannot be.
fn source_dpi(page: &PageLayout) -> f64 {
    let [a, b, _, d, e, _] = page.to_source.coefficients;
    let dpi = f64::from(page.dpi) * (a * e - b * d).abs().sqrt();
    if (30.0..=4800.0).contains(&dpi) { dpi } else { 300.0 }
}

/// The quarter turns that bring the text upright, in degrees clockwise.
fn turn(to_source: &Affine) -> i32 {
    let [a, _, _, d, _, _] = to_source.coefficients;
    let quarters = (d.atan2(a) / std::f64::consts::FRAC_PI_2).round() as i32;
    (-quarters).rem_euclid(4) * 90
}

/// The instructions of a page, its image, then its words, and the fonts they ask for. What was taken for a word and is
/// none (rules, bits of a seal) is left out, as in the paper's text.
pub fn content(
    page: &PageLayout,
    frame: &Frame,
    has_image: bool,
    letters: &mut BlankFont,
) -> (Vec<u8>, BTreeSet<Reach>) {
    let (mut content, mut reaches) = (Content::new(), BTreeSet::new());
    if has_image {
        content.save_state().transform([frame.width, 0.0, 0.0, frame.height, 0.0, 0.0]);
        content.x_object(Name(IMAGE)).restore_state();
    }
    content.begin_text().set_text_rendering_mode(TextRenderingMode::Invisible);
    let noise = |block: &&Block| matches!(block, Block::Furniture(f) if f.kind == FurnitureKind::Noise);
    let sizes = Sizes::of(page);
    for block in page.blocks.iter().filter(|block| !noise(block)) {
        let size = sizes.of_block(block);
        for line in block.lines() {
            lay_line(&mut content, line, size, frame, letters, &mut reaches);
        }
    }
    content.end_text();
    (content.finish().to_vec(), reaches)
}

/// A word ready to be laid: its text, its stretch, its foot on the sheet along and across the line, in points, and the
/// reach of its ink above and below the foot, in type sizes.
struct Laid {
    text: String,
    stretch: f64,
    along: f64,
    across: f64,
    up: f64,
    down: f64,
}

fn lay_line(
    content: &mut Content,
    line: &Line,
    size: f64,
    frame: &Frame,
    letters: &mut BlankFont,
    reaches: &mut BTreeSet<Reach>,
) {
    let Some(setting) = Setting::of(line).map(|setting| setting.at_size(size)) else { return };
    let [a, b, _, d, e, _] = frame.from_upright.coefficients;
    let size = setting.size * (a * e - b * d).abs().sqrt();
    let (right, up) = directions(&frame.from_upright);
    let mut words: Vec<Laid> =
        line.words.iter().filter_map(|word| lay(word, &setting, frame, right, up)).collect();
    flatten(&mut words, size);
    let mut current = None;
    let last = words.len().saturating_sub(1);
    for (index, word) in words.iter().enumerate() {
        let foot = [0, 1].map(|axis| word.along * right[axis] + word.across * up[axis]);
        let matrix = [right[0] * word.stretch, right[1] * word.stretch, up[0], up[1], foot[0], foot[1]];
        let matrix = matrix.map(|n| n as f32);
        if !matrix.iter().all(|n| n.is_finite()) {
            continue;
        }
        let reach = Reach::of(word.up, word.down);
        reaches.insert(reach);
        if current.replace(reach) != Some(reach) {
            content.set_font(Name(&reach.resource()), size as f32);
        }
        content.set_text_matrix(matrix);
        // A blank after the word, so that what is copied has one, whatever the viewer thinks of gaps.
        let blank = if index < last { " " } else { "" };
        for part in letters.encode(&format!("{}{blank}", word.text)).chunks(LONGEST_STRING) {
            content.show(Str(part));
        }
    }
}

fn lay(word: &Word, setting: &Setting, frame: &Frame, right: [f64; 2], up: [f64; 2]) -> Option<Laid> {
    let (rect, text) = (word.bbox?, shown(&word.text));
    if text.is_empty() {
        return None;
    }
    let natural = font::text_width(&text) / 1000.0 * setting.size;
    let stretch = (f64::from(rect.width().max(1)) / natural.max(1e-3)).clamp(0.05, 20.0);
    let foot = |x: i32| frame.from_upright.apply(f64::from(x), setting.baseline(x));
    let ((x, y), (middle_x, middle_y)) = (foot(rect.x0), foot(rect.center_x()));
    let (along, across) = (x * right[0] + y * right[1], middle_x * up[0] + middle_y * up[1]);
    let baseline = setting.baseline(rect.center_x());
    let up = (baseline - f64::from(rect.y0)) / setting.size;
    let down = (f64::from(rect.y1) - baseline) / setting.size;
    Some(Laid { text, stretch, along, across, up, down })
}

/// Unit vectors to the right of the text and up, on the sheet.
///
/// The skew of a scan is taken out: text extractors break words apart whose letters climb (Poppler: by half a point).
fn directions(from_upright: &Affine) -> ([f64; 2], [f64; 2]) {
    let [a, _, _, d, _, _] = from_upright.coefficients;
    let angle = d.atan2(a);
    let square = (angle / std::f64::consts::FRAC_PI_2).round() * std::f64::consts::FRAC_PI_2;
    let (sin, cos) = if (angle - square).abs() < MOST_SKEW { square } else { angle }.sin_cos();
    ([cos, sin], [-sin, cos])
}

/// On a skewed page the words of a line stand each at its own height; no further apart than extractors still take for
/// one line, or the page would be read in stripes. The middle of the line stays in its place, and so do all boxes.
fn flatten(words: &mut [Laid], size: f64) {
    let low = words.iter().map(|word| word.across).fold(f64::INFINITY, f64::min);
    let high = words.iter().map(|word| word.across).fold(f64::NEG_INFINITY, f64::max);
    let (middle, drift) = ((low + high) / 2.0, high - low);
    if drift > MOST_DRIFT * size {
        let share = MOST_DRIFT * size / drift;
        for word in words {
            let lift = (share - 1.0) * (word.across - middle);
            word.across += lift;
            word.up -= lift / size;
            word.down += lift / size;
        }
    }
}

/// NFC, without what a font must not mean (PDF/A) and what no text holds: control characters, non-characters.
fn shown(text: &str) -> String {
    let stray = |c: char| c.is_control() || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    nfc(text).chars().filter(|c| !stray(*c)).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Rect;
    use crate::restore::restored_page::Paragraph;

    fn word(text: &str, x: i32, y0: i32, y1: i32) -> Word {
        Word { text: text.into(), bbox: Some(Rect::new(x, y0, x + 100, y1)), ..Word::default() }
    }

    #[test]
    fn a_page_scanned_on_its_side_is_turned_upright() {
        let quarter = std::f64::consts::FRAC_PI_2;
        for (turns, degrees) in [(0, 0), (1, 270), (2, 180), (3, 90)] {
            assert_eq!(turn(&Affine::rotate_about(quarter * f64::from(turns) + 0.01, 0.0, 0.0)), degrees);
        }
    }

    #[test]
    fn a_skewed_line_stays_one_line_and_its_middle_in_place() {
        let ((right, up), tilted) = (
            directions(&Affine::rotate_about(0.035, 0.0, 0.0)),
            directions(&Affine::rotate_about(0.5, 0.0, 0.0)),
        );
        assert_eq!((right, up), ([1.0, 0.0], [0.0, 1.0]));
        assert!(tilted.0[1] > 0.4);
        let laid = |across| Laid { text: "a".into(), stretch: 1.0, along: 0.0, across, up: 0.7, down: 0.2 };
        let mut words = [laid(700.0), laid(708.0), laid(716.0)];
        flatten(&mut words, 12.0);
        assert_eq!(words.map(|word| (word.across * 10.0).round()), [7056.0, 7080.0, 7104.0]);
    }

    #[test]
    fn a_page_of_absurd_shape_stays_within_what_pdf_allows() {
        for (width, height) in [(1, 1_000_000), (1_000_000, 1), (1, 1)] {
            let page = PageLayout { source_width: width, source_height: height, ..PageLayout::default() };
            let frame = Frame::of(&page, None);
            assert!(frame.width <= 14_400.0 && frame.height <= 14_400.0 && frame.scale > 0.0, "{frame:?}");
        }
        let page = PageLayout {
            source_width: 100,
            source_height: 100,
            dpi: f32::NAN,
            to_source: Affine { coefficients: [f64::NAN; 6] },
            blocks: vec![Block::Paragraph(Paragraph {
                lines: vec![Line { words: vec![word("a", 0, 0, 9)], ..Line::default() }],
                ..Paragraph::default()
            })],
            ..PageLayout::default()
        };
        let (text, _) = content(&page, &Frame::of(&page, None), true, &mut BlankFont::default());
        assert!(!String::from_utf8_lossy(&text).contains("Tj"));
    }

    #[test]
    fn what_a_font_must_not_mean_is_left_out() {
        assert_eq!(shown("a\u{0}\u{feff}b "), "ab");
        assert_eq!(shown("ha\u{300}nh"), "hành");
    }
}
