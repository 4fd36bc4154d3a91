//! A second opinion on the cells of ruled tables.
//!
//! Reads a page's rules and its words; reads anew, each by itself and without its borders, the cells that the engine
//! passed over though there is ink in them (narrow columns of numbers, mostly), or read with a border (`2_`, `|Lê`),
//! across a border, or with doubt. The better reading stays, by the engine's own confidence. Cells with a good
//! reading cost nothing.

use super::error::RecognizeError;
use super::ocr_page::OcrWord;
use super::tesseract::Segmentation;
use crate::geometry::Rect;
use crate::prepare::page_image::{Direction, PageImage, Ruling};

/// A cell whose letters are surer than this on average is left alone.
const SURE: f32 = 0.8;

/// What fills a gap must be at least so sure.
const LIKELY: f32 = 0.5;

/// A new reading must be surer by this than the old one.
const CLEARLY: f32 = 0.03;

/// Where the old reading holds a border, the new one may be a little less sure.
const SPOILED: f32 = 0.1;

/// Part of the old reading's letters that the new one may lose, beside a single one: strokes of the border.
const LOST: f32 = 0.1;

/// The same where an old word stands across the border: the rest of it is another cell's.
const LOST_ACROSS: f32 = 0.5;

/// The most cells read anew on a page; a page of nothing but doubtful cells is none that this helps.
const MOST: usize = 150;

/// Improves `words` by reading doubtful cells with `read`.
///
/// # Errors
/// Those of `read`.
pub fn second_opinion(
    page: &PageImage,
    words: &mut Vec<OcrWord>,
    mut read: impl FnMut(&PageImage, Segmentation) -> Result<Vec<OcrWord>, RecognizeError>,
) -> Result<(), RecognizeError> {
    let inch = |part: f32| (part * page.dpi).round() as i32;
    let doubtful: Vec<Rect> = cells(&page.rulings, inch(0.02).max(2), inch(0.1).max(8))
        .into_iter()
        .filter(|cell| is_doubtful(page, cell, words, inch(0.02)))
        .take(MOST)
        .collect();
    for cell in doubtful {
        let layout = if cell.height() < inch(0.33) { Segmentation::Line } else { Segmentation::Block };
        let mut again = read(&page.part(&cell), layout)?;
        again.retain(|word| word.text.chars().any(char::is_alphanumeric) || word.confidence > SURE);
        again.iter_mut().for_each(|word| word.bbox = word.bbox.shifted(cell.x0, cell.y0));
        if is_better(&again, &inside(words, &cell), &cell, inch(0.02)) {
            replace(words, &cell, again);
        }
    }
    Ok(())
}

/// The boxes with a rule on each of their four sides, borders left out.
fn cells(rulings: &[Ruling], margin: i32, least: i32) -> Vec<Rect> {
    let of = |direction| {
        let mut rules: Vec<Rect> =
            rulings.iter().filter(|r| r.direction == direction).map(|r| r.bbox).collect();
        rules.sort_by_key(|r| if direction == Direction::Vertical { (r.x0, r.y0) } else { (r.y0, r.x0) });
        rules
    };
    let (level, upright) = (of(Direction::Horizontal), of(Direction::Vertical));
    let mut found = Vec::new();
    for top in &level {
        let (y, reach) = (top.y1, margin * 2);
        let spans = |v: &&Rect| {
            v.y0 <= y + reach && v.y1 >= y + least && v.x1 >= top.x0 - reach && v.x0 <= top.x1 + reach
        };
        let sides: Vec<&Rect> = upright.iter().filter(spans).collect();
        for pair in sides.windows(2) {
            let [left, right] = pair else { continue };
            let middle = (left.x1 + right.x0) / 2;
            let beneath = |b: &&Rect| b.y0 >= y + least && b.x0 <= middle && middle <= b.x1;
            let Some(bottom) = level.iter().find(beneath) else { continue };
            let closed = left.y1 >= bottom.y0 - reach && right.y1 >= bottom.y0 - reach;
            let cell = Rect::new(left.x1 + margin, y + margin, right.x0 - margin, bottom.y0 - margin);
            if closed && cell.width() >= least && cell.height() >= least {
                found.push(cell);
            }
        }
    }
    found
}

fn is_doubtful(page: &PageImage, cell: &Rect, words: &[OcrWord], slack: i32) -> bool {
    let own = inside(words, cell);
    // A thin `1` is now and then read as a stroke.
    if letters(&own) == 0 {
        return holds_print(page, cell);
    }
    own.iter().any(|word| is_bordered(word))
        || certainty(&own) < SURE
        || words.iter().any(|word| stands_across(word, cell, slack))
}

/// Whether a word holds what a border is read as.
fn is_bordered(word: &OcrWord) -> bool {
    word.text.contains(['_', '|', '¦'])
}

/// Whether a word reaches from this cell into the next one.
fn stands_across(word: &OcrWord, cell: &Rect, slack: i32) -> bool {
    let touches = word.bbox.overlap_x(cell) > slack && word.bbox.overlap_y(cell) > slack;
    touches && (word.bbox.x0 < cell.x0 - 2 * slack || word.bbox.x1 > cell.x1 + 2 * slack)
}

/// Whether rows of ink stand as high as a letter: specks and the shade of a rule do not.
fn holds_print(page: &PageImage, cell: &Rect) -> bool {
    let high = ((page.dpi * 0.05) as usize).max(5);
    let dark = |x: i32, y: i32| {
        let at = u32::try_from(x).ok().zip(u32::try_from(y).ok());
        at.and_then(|(x, y)| page.gray.get_pixel_checked(x, y)).is_some_and(|p| p.0[0] < 128)
    };
    let mut run = 0;
    (cell.y0..cell.y1).any(|y| {
        let inked = (cell.x0..cell.x1).filter(|&x| dark(x, y)).count();
        run = if inked >= 2 { run + 1 } else { 0 };
        run >= high
    })
}

fn inside<'w>(words: &'w [OcrWord], cell: &Rect) -> Vec<&'w OcrWord> {
    words.iter().filter(|w| cell.contains(w.bbox.center_x(), w.bbox.center_y())).collect()
}

fn is_better(again: &[OcrWord], before: &[&OcrWord], cell: &Rect, slack: i32) -> bool {
    let again: Vec<&OcrWord> = again.iter().collect();
    let (new, old) = (letters(&again), letters(before));
    if old == 0 {
        return new > 0 && certainty(&again) >= LIKELY;
    }
    let across = before.iter().any(|word| stands_across(word, cell, slack));
    let spoiled = across || before.iter().any(|word| is_bordered(word));
    let gain = if spoiled { -SPOILED } else { CLEARLY };
    let lost = if across { LOST_ACROSS } else { LOST };
    (new + 1) as f32 >= (1.0 - lost) * old as f32 && certainty(&again) > certainty(before) + gain
}

/// The confidence of words, weighed by their letters.
fn certainty(words: &[&OcrWord]) -> f32 {
    let sum: f32 = words.iter().map(|w| w.confidence * length(w) as f32).sum();
    sum / words.iter().map(|w| length(w)).sum::<usize>().max(1) as f32
}

fn letters(words: &[&OcrWord]) -> usize {
    words.iter().map(|w| w.text.chars().filter(|c| c.is_alphanumeric()).count()).sum()
}

fn length(word: &OcrWord) -> usize {
    word.text.chars().count()
}

/// Puts a cell's new words in the place of its old ones, as a block of their own.
fn replace(words: &mut Vec<OcrWord>, cell: &Rect, mut again: Vec<OcrWord>) {
    let after = |count: fn(&OcrWord) -> u32| words.iter().map(count).max().map_or(0, |n| n + 1);
    let (block, paragraph, line) = (after(|w| w.block), after(|w| w.paragraph), after(|w| w.line));
    for word in &mut again {
        (word.block, word.paragraph, word.line) =
            (word.block + block, word.paragraph + paragraph, word.line + line);
    }
    let is_old = |w: &OcrWord| cell.contains(w.bbox.center_x(), w.bbox.center_y());
    let place = words.iter().position(is_old).unwrap_or(words.len());
    words.retain(|word| !is_old(word));
    words.splice(place..place, again);
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;

    /// A page of 300 dpi with a row of two cells, 300 wide and 120 high, and a letter's ink in the first.
    fn page() -> PageImage {
        let rule = |direction, x0, y0, x1, y1| Ruling { direction, bbox: Rect::new(x0, y0, x1, y1) };
        let (level, upright) = (Direction::Horizontal, Direction::Vertical);
        let mut gray = GrayImage::from_pixel(700, 200, Luma([255]));
        (60..90).for_each(|y| (100..112).for_each(|x| gray.put_pixel(x, y, Luma([0]))));
        PageImage {
            number: 1,
            gray,
            dpi: 300.0,
            source_width: 700,
            source_height: 200,
            to_source: crate::geometry::Affine::identity(),
            rulings: vec![
                rule(level, 10, 10, 620, 13),
                rule(level, 10, 130, 620, 133),
                rule(upright, 10, 10, 13, 133),
                rule(upright, 310, 10, 313, 133),
                rule(upright, 617, 10, 620, 133),
            ],
            blank: false,
            text_layer: None,
        }
    }

    fn word(text: &str, x0: i32, x1: i32, confidence: f32) -> OcrWord {
        OcrWord { text: text.into(), bbox: Rect::new(x0, 50, x1, 90), confidence, ..OcrWord::default() }
    }

    /// The words of the page after a second look that finds `found`, and how often it looked.
    fn looked(mut words: Vec<OcrWord>, found: &[OcrWord]) -> (Vec<String>, usize) {
        let mut looks = 0;
        second_opinion(&page(), &mut words, |_, _| {
            looks += 1;
            Ok(found.to_vec())
        })
        .expect("the closure never fails");
        (words.into_iter().map(|w| w.text).collect(), looks)
    }

    #[test]
    fn a_cell_passed_over_is_read_by_itself() {
        let (words, looks) = looked(vec![word("Lê", 330, 380, 0.95)], &[word("7", 20, 32, 0.9)]);
        assert_eq!((words, looks), (vec!["Lê".to_string(), "7".to_string()], 1));
    }

    #[test]
    fn good_cells_and_empty_cells_are_not_read_again() {
        let (words, looks) = looked(vec![word("7", 100, 112, 0.95)], &[]);
        assert_eq!((words, looks), (vec!["7".to_string()], 0));
    }

    #[test]
    fn a_border_read_as_a_stroke_goes_with_the_better_reading() {
        let (words, _) = looked(vec![word("2_", 100, 130, 0.93)], &[word("2", 85, 97, 0.9)]);
        assert_eq!(words, ["2"]);
    }

    #[test]
    fn a_reading_that_loses_letters_is_not_better() {
        let (words, _) = looked(vec![word("UBND_", 100, 250, 0.6)], &[word("UB", 85, 150, 0.99)]);
        assert_eq!(words, ["UBND_"]);
    }

    #[test]
    fn boxes_lead_back_to_the_page() {
        let mut words = Vec::new();
        second_opinion(&page(), &mut words, |_, _| Ok(vec![word("7", 20, 32, 0.9)])).expect("never fails");
        assert_eq!(
            words.first().map(|w| w.bbox.x0),
            Some(20 + 13 + 6),
            "the cell begins 6 pixels after its rule"
        );
    }
}
