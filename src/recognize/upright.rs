//! Reads a page that may stand on its head or lie on its side.
//!
//! Only the reading itself tells up from down: upside down, the engine finds hardly a word it is sure of. So a page
//! read with little confidence is read again turned, and the turn with the most letters read for sure wins. Good
//! pages cost nothing extra.

use super::error::RecognizeError;
use super::ocr_page::OcrWord;
use crate::prepare::Turn;
use crate::prepare::page_image::PageImage;

/// A word the engine is sure of.
const SURE: f32 = 0.75;

/// A page with this share of its letters in sure words is upright, whatever its quality.
const UPRIGHT: f32 = 0.4;

/// A turn must read so much better to be believed.
const CLEARLY: usize = 2;

/// Reads with `read`, as it stands and, if that is doubtful, turned. Gives the words and the turn they were read at.
pub fn read_upright(
    page: &PageImage,
    mut read: impl FnMut(&PageImage) -> Result<Vec<OcrWord>, RecognizeError>,
) -> Result<(Turn, Vec<OcrWord>), RecognizeError> {
    let mut best = (Turn::None, read(page)?);
    if is_upright(&best.1) {
        return Ok(best);
    }
    for turn in [Turn::Half, Turn::Right, Turn::Left] {
        let words = read(&page.turned(turn))?;
        let (sure, before) = (sure_letters(&words), sure_letters(&best.1));
        if sure > before * CLEARLY && sure >= 20 {
            best = (turn, words);
        }
        if is_upright(&best.1) {
            break;
        }
    }
    Ok(best)
}

fn is_upright(words: &[OcrWord]) -> bool {
    let all: usize = words.iter().map(letters).sum();
    all > 0 && sure_letters(words) as f32 >= UPRIGHT * all as f32
}

/// Letters of sure words; single letters are what noise is read as.
fn sure_letters(words: &[OcrWord]) -> usize {
    words.iter().filter(|w| w.confidence >= SURE).map(letters).filter(|&n| n > 1).sum()
}

fn letters(word: &OcrWord) -> usize {
    word.text.chars().filter(|c| c.is_alphanumeric()).count()
}
