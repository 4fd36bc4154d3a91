//! Lines that the engine passed over.
//!
//! Reads a page and the words found on it; reads by themselves the rows of letter-like ink that no word covers. On uneven
//! light or beside folds, rules and seals the engine's layout analysis now and then drops a whole line, and nothing in
//! what it did read shows it. What is still uncovered afterwards is told as a share of the page's letters. Costs one look
//! at a quarter of the pixels where nothing was missed.

use image::{GrayImage, Luma, imageops};

use super::error::RecognizeError;
use super::ocr_page::OcrWord;
use super::tesseract::Segmentation;
use crate::alphabet::is_possible_syllable;
use crate::geometry::Rect;
use crate::prepare::components;
use crate::prepare::page_image::PageImage;
use crate::prepare::sketch::Sketch;

/// Letters from 7 to 40 points, in inches: height and width.
const HEIGHT: std::ops::RangeInclusive<f32> = 0.04..=0.3;
const WIDTH: std::ops::RangeInclusive<f32> = 0.012..=0.4;

/// Letters of one line are no further apart than this, in inches.
const GAP: f32 = 0.35;

/// Fewer letters are no line, as they may be specks or strokes of a signature,
const FEWEST: usize = 4;

/// unless there are so many, flush with the line above or below: the last word of a paragraph. No further from it than
/// this, in inches: beginning beside beginning, and edge to edge.
const FEWEST_FLUSH: usize = 2;
const FLUSH: (f32, f32) = (0.05, 0.25);

/// The most lines read on a page; where more are uncovered, they are a picture, a form filled in by hand, or noise.
const MOST: usize = 24;

/// What is read must be so sure on average, and so much of it possible syllables and figures: seals and signatures are not.
const SURE: f32 = 0.6;
const SURE_FLUSH: f32 = 0.85;
const POSSIBLE: f32 = 0.6;

/// Adds the lines passed over to `words`, reading each with `read`; gives the share of the page's letters, 0–1, that no
/// word covers even then.
///
/// # Errors
/// Those of `read`.
pub fn read_missed(
    page: &PageImage,
    words: &mut Vec<OcrWord>,
    mut read: impl FnMut(&PageImage, Segmentation) -> Result<Vec<OcrWord>, RecognizeError>,
) -> Result<f32, RecognizeError> {
    let ink = Ink::of(page);
    let all = letters(&ink.picture(), page.dpi / ink.block as f32).len();
    let mut bare = ink.uncovered(page, words);
    let mut left = letters(&bare, page.dpi / ink.block as f32);
    let mut lines = lines(&left, page.dpi / ink.block as f32);
    lines.iter_mut().for_each(|line| line.bbox = ink.on_page(&line.bbox));
    lines.retain(|line| line.letters >= FEWEST || is_flush(&line.bbox, words, page.dpi));
    if (1..=MOST).contains(&lines.len()) {
        for line in lines {
            let found = read_line(page, &line, words, &mut read)?;
            words.extend(found);
        }
        bare = ink.uncovered(page, words);
        left = letters(&bare, page.dpi / ink.block as f32);
    }
    Ok(left.len() as f32 / all.max(left.len()).max(1) as f32)
}

/// Reads one line, the words already known painted over; nothing where it does not read as text.
fn read_line(
    page: &PageImage,
    line: &Line,
    known: &[OcrWord],
    read: &mut impl FnMut(&PageImage, Segmentation) -> Result<Vec<OcrWord>, RecognizeError>,
) -> Result<Vec<OcrWord>, RecognizeError> {
    let place = &with_margins(&line.bbox, page.dpi);
    let mut part = page.part(place);
    if part.gray.width() == 0 || part.gray.height() == 0 {
        return Ok(Vec::new());
    }
    let (x, y) = (place.x0.max(0), place.y0.max(0));
    for word in known.iter().filter(|word| word.bbox.overlap_x(place) > 0 && word.bbox.overlap_y(place) > 0) {
        paint_white(&mut part.gray, &word.bbox.shifted(-x, -y));
    }
    let mut found = read(&part, Segmentation::Line)?;
    found.retain(|word| word.text.chars().any(char::is_alphanumeric));
    found.iter_mut().for_each(|word| word.bbox = word.bbox.shifted(x, y));
    let (fewest, sure) = if line.letters < FEWEST { (FEWEST_FLUSH, SURE_FLUSH) } else { (FEWEST, SURE) };
    Ok(if reads_as_text(&found, fewest, sure) { found } else { Vec::new() })
}

fn reads_as_text(words: &[OcrWord], fewest: usize, least_sure: f32) -> bool {
    let length = |word: &OcrWord| word.text.chars().count() as f32;
    let all: f32 = words.iter().map(length).sum();
    let sure: f32 = words.iter().map(|word| word.confidence * length(word)).sum();
    let bare = |word: &OcrWord| word.text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let figure = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    let possible = words.iter().filter(|word| is_possible_syllable(&bare(word)) || figure(&bare(word)));
    all >= fewest as f32 && sure >= least_sure * all && possible.map(length).sum::<f32>() >= POSSIBLE * all
}

/// The page's ink, small.
struct Ink {
    sketch: Sketch,
    block: i32,
}

impl Ink {
    fn of(page: &PageImage) -> Self {
        let sketch = Sketch::of(&page.gray);
        let block = i32::try_from(sketch.block).unwrap_or(1).max(1);
        Self { sketch, block }
    }

    fn picture(&self) -> GrayImage {
        let shades = self.sketch.ink.iter().map(|&ink| if ink { 0 } else { 255 }).collect();
        let (width, height) = (self.sketch.width as u32, self.sketch.height as u32);
        GrayImage::from_raw(width, height, shades).unwrap_or_default()
    }

    /// The ink that is neither a word's nor a rule's.
    fn uncovered(&self, page: &PageImage, words: &[OcrWord]) -> GrayImage {
        let mut picture = self.picture();
        let margin = (page.dpi * 0.012).ceil() as i32;
        let covered = words.iter().map(|word| &word.bbox).chain(page.rulings.iter().map(|rule| &rule.bbox));
        for bbox in covered {
            let (b, m) = (self.block, margin);
            let scaled =
                Rect::new((bbox.x0 - m) / b, (bbox.y0 - m) / b, (bbox.x1 + m) / b + 1, (bbox.y1 + m) / b + 1);
            paint_white(&mut picture, &scaled);
        }
        picture
    }

    /// A box on the page.
    fn on_page(&self, line: &Rect) -> Rect {
        let b = self.block;
        Rect::new(line.x0 * b, line.y0 * b, line.x1 * b, line.y1 * b)
    }
}

/// The box with room for marks above and below.
fn with_margins(line: &Rect, dpi: f32) -> Rect {
    let (x, y) = ((dpi * 0.05) as i32, (dpi * 0.045) as i32);
    Rect::new(line.x0 - x, line.y0 - y, line.x1 + x, line.y1 + y)
}

/// Whether a box begins where a line next to it begins.
fn is_flush(line: &Rect, words: &[OcrWord], dpi: f32) -> bool {
    let (beside, away) = ((FLUSH.0 * dpi) as i32, (FLUSH.1 * dpi) as i32);
    let begins_there = |word: &&OcrWord| {
        let b = &word.bbox;
        (b.x0 - line.x0).abs() <= beside && b.y0 - line.y1 <= away && line.y0 - b.y1 <= away
    };
    words.iter().filter(begins_there).any(|word| word.text.chars().any(char::is_alphanumeric))
}

fn paint_white(picture: &mut GrayImage, place: &Rect) {
    let clip = |v: i32, most: u32| v.clamp(0, most as i32) as u32;
    let (x0, x1) = (clip(place.x0, picture.width()), clip(place.x1, picture.width()));
    let (y0, y1) = (clip(place.y0, picture.height()), clip(place.y1, picture.height()));
    if x0 < x1 && y0 < y1 {
        let white = GrayImage::from_pixel(x1 - x0, y1 - y0, Luma([255]));
        imageops::replace(picture, &white, i64::from(x0), i64::from(y0));
    }
}

/// The pieces of ink of the size and shape of letters, from left to right.
fn letters(picture: &GrayImage, dpi: f32) -> Vec<Rect> {
    let is_letter = |bbox: &Rect, area: u32| {
        let (width, height) = (bbox.width() as f32, bbox.height() as f32);
        let filled = area as f32 / (width * height).max(1.0);
        HEIGHT.contains(&(height / dpi)) && WIDTH.contains(&(width / dpi)) && (0.12..0.95).contains(&filled)
    };
    let pieces = components::find(picture).unwrap_or_default();
    let mut found: Vec<Rect> = pieces.iter().filter(|p| is_letter(&p.bbox, p.area)).map(|p| p.bbox).collect();
    found.sort_by_key(|bbox| (bbox.x0, bbox.y0));
    found
}

/// Letters side by side: the box round them, and how many they are.
struct Line {
    bbox: Rect,
    letters: usize,
}

/// The lines that letters stand in, from top to bottom.
fn lines(letters: &[Rect], dpi: f32) -> Vec<Line> {
    let gap = (GAP * dpi) as i32;
    let mut lines: Vec<Line> = Vec::new();
    for letter in letters {
        let beside = |line: &&mut Line| {
            let shared = line.bbox.overlap_y(letter);
            shared * 2 >= line.bbox.height().min(letter.height()) && letter.x0 - line.bbox.x1 <= gap
        };
        match lines.iter_mut().find(beside) {
            Some(line) => *line = Line { bbox: line.bbox.union(letter), letters: line.letters + 1 },
            None => lines.push(Line { bbox: *letter, letters: 1 }),
        }
    }
    lines.retain(|line| line.letters >= FEWEST_FLUSH && line.bbox.width() > line.bbox.height());
    lines.sort_by_key(|line| (line.bbox.y0, line.bbox.x0));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Affine;

    /// A page of 300 dpi with two lines of ten letters, at 200 and at 400 pixels from the top.
    fn page() -> PageImage {
        let mut gray = GrayImage::from_pixel(1700, 800, Luma([255]));
        for (line, letter) in [200, 400].into_iter().flat_map(|y| (0..10).map(move |i| (y, 100 + i * 40))) {
            let stroke = |x: u32, y: u32| !(6..18).contains(&x) || !(8..22).contains(&y);
            for (x, y) in (0..24).flat_map(|x| (0..30).map(move |y| (x, y))).filter(|&(x, y)| stroke(x, y)) {
                gray.put_pixel(letter + x, line + y, Luma([0]));
            }
        }
        PageImage {
            number: 1,
            gray,
            dpi: 300.0,
            source_width: 1700,
            source_height: 800,
            to_source: Affine::identity(),
            rulings: Vec::new(),
            blank: false,
            text_layer: None,
        }
    }

    fn word(text: &str, bbox: Rect, confidence: f32) -> OcrWord {
        OcrWord { text: text.into(), bbox, confidence, ..OcrWord::default() }
    }

    fn first_line() -> Vec<OcrWord> {
        vec![
            word("Thực", Rect::new(100, 195, 280, 235), 0.9),
            word("hiện", Rect::new(290, 195, 490, 235), 0.9),
        ]
    }

    #[test]
    fn a_line_without_words_is_read_where_it_stands() {
        let mut words = first_line();
        let found = word("nhiệm vụ".split(' ').next().unwrap_or_default(), Rect::new(20, 15, 380, 45), 0.9);
        let left = read_missed(&page(), &mut words, |part, segmentation| {
            assert_eq!(segmentation, Segmentation::Line);
            assert!(part.gray.height() < 70 && part.gray.pixels().any(|p| p.0[0] == 0));
            Ok(vec![found.clone()])
        });
        assert!(left.is_ok_and(|left| left < 0.1));
        assert_eq!(words.len(), 3);
        assert!((390..420).contains(&words[2].bbox.y0), "{:?}", words[2].bbox);
    }

    #[test]
    fn a_last_word_is_read_if_it_begins_where_its_paragraph_does() {
        let mut short = page();
        let wide = Rect::new(190, 390, 1700, 450);
        paint_white(&mut short.gray, &wide);
        let found = word("môn", Rect::new(15, 15, 90, 45), 0.95);
        let mut words = vec![word("Thực", Rect::new(100, 330, 280, 370), 0.9)];
        read_missed(&short, &mut words, |_, _| Ok(vec![found.clone()])).expect("the closure never fails");
        assert_eq!(words.last().map(|w| w.text.as_str()), Some("môn"));
        let mut words = vec![word("Thực", Rect::new(160, 330, 280, 370), 0.9)];
        read_missed(&short, &mut words, |part, _| {
            assert!(part.gray.width() > 200, "only the long line is read");
            Ok(Vec::new())
        })
        .expect("the closure never fails");
    }

    #[test]
    fn a_page_read_whole_costs_no_reading_and_scribbles_stay_uncovered() {
        let mut words = first_line();
        words.push(word("nhiệm", Rect::new(95, 395, 490, 435), 0.9));
        let left = read_missed(&page(), &mut words, |_, _| panic!("nothing is left to read"));
        assert!(left.is_ok_and(|left| left == 0.0));
        let mut words = first_line();
        let scribble = word("Jw~q", Rect::new(0, 0, 90, 40), 0.3);
        let left = read_missed(&page(), &mut words, |_, _| Ok(vec![scribble.clone()]));
        assert!(left.is_ok_and(|left| (0.4..0.6).contains(&left)));
        assert_eq!(words.len(), 2);
    }
}
