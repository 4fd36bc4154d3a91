//! The ladder: a page that reads with doubt is read again in other ways, and the best reading stays.
//!
//! Most pages stay on the ground. A doubtful one is read once more for each [`Step`] until a reading is good; a reading is
//! worth its letters, each by how sure the engine is of it beyond even odds, so that lost lines and noise count
//! against it. `benches/hard_scans.py` prints what each step gains and costs.

use serde::{Deserialize, Serialize};

use super::error::RecognizeError;
use super::ocr_page::OcrWord;
use super::tesseract::Segmentation;
use crate::prepare::page_image::PageImage;
use crate::prepare::{smooth, thicken};

/// The way in which a page was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// As every page is read first.
    #[default]
    Plain,
    /// Faint strokes thickened by a pixel.
    Thickened,
    /// Ragged or noisy outlines softened.
    Softened,
    /// Text looked for anywhere, without columns and blocks: dense tables.
    Sparse,
}

/// The steps, the most useful first.
const STEPS: [Step; 3] = [Step::Thickened, Step::Softened, Step::Sparse];

/// A page whose letters are surer than this on average stays as it is.
const GOOD: f32 = 0.9;

/// A letter as likely wrong as right is worth nothing.
const EVEN: f32 = 0.5;

/// A step must be better by this part.
const CLEARLY: f32 = 0.02;

/// Climbs as long as the reading is doubtful; `words` is the plain one. Gives the best reading and its step.
///
/// # Errors
/// Those of `read`.
pub fn climb(
    page: &PageImage,
    words: Vec<OcrWord>,
    mut read: impl FnMut(&PageImage, Segmentation) -> Result<Vec<OcrWord>, RecognizeError>,
) -> Result<(Step, Vec<OcrWord>), RecognizeError> {
    let mut best = (Step::Plain, words);
    for step in STEPS {
        if certainty(&best.1) >= GOOD {
            break;
        }
        let words = match step {
            Step::Plain => continue,
            Step::Thickened => read(&changed(page, thicken::thicken), Segmentation::Auto)?,
            Step::Softened => read(&changed(page, smooth::smooth), Segmentation::Auto)?,
            Step::Sparse => read(page, Segmentation::Sparse)?,
        };
        tracing::debug!(
            page = page.number,
            ?step,
            certainty = certainty(&words),
            worth = worth(&words),
            before = worth(&best.1),
            was = certainty(&best.1),
            "climbed"
        );
        if worth(&words) > worth(&best.1) * (1.0 + CLEARLY) {
            best = (step, words);
        }
    }
    Ok(best)
}

/// The page with its pixels changed.
fn changed(page: &PageImage, change: impl Fn(&mut image::GrayImage)) -> PageImage {
    let mut gray = page.gray.clone();
    change(&mut gray);
    PageImage { gray, rulings: Vec::new(), text_layer: None, ..*page }
}

/// How sure the engine is of a letter, on average; of no letters there is no doubt.
fn certainty(words: &[OcrWord]) -> f32 {
    let all: f32 = words.iter().map(length).sum();
    if all == 0.0 { 1.0 } else { words.iter().map(|word| word.confidence * length(word)).sum::<f32>() / all }
}

fn worth(words: &[OcrWord]) -> f32 {
    words.iter().map(|word| (word.confidence - EVEN) * length(word)).sum::<f32>().max(0.0)
}

fn length(word: &OcrWord) -> f32 {
    word.text.chars().filter(|c| c.is_alphanumeric()).count() as f32
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;
    use crate::geometry::Affine;

    fn page() -> PageImage {
        PageImage {
            number: 1,
            gray: GrayImage::from_pixel(40, 40, Luma([255])),
            dpi: 300.0,
            source_width: 40,
            source_height: 40,
            to_source: Affine::identity(),
            rulings: Vec::new(),
            blank: false,
            text_layer: None,
        }
    }

    fn reading(text: &str, confidence: f32) -> Vec<OcrWord> {
        let word = |text: &str| OcrWord { text: text.into(), confidence, ..OcrWord::default() };
        text.split(' ').map(word).collect()
    }

    #[test]
    fn a_good_page_is_not_read_again() {
        let plain = reading("Thực hiện kế hoạch", 0.95);
        let (step, words) = climb(&page(), plain.clone(), |_, _| panic!("no need")).expect("no engine");
        assert_eq!((step, words), (Step::Plain, plain));
    }

    #[test]
    fn the_best_reading_wins_and_ends_the_climb_once_it_is_good() {
        let mut reads = 0;
        let (step, words) = climb(&page(), reading("Thực kế hoạch", 0.7), |_, _| {
            reads += 1;
            Ok(reading("Thực hiện kế hoạch", if reads == 1 { 0.6 } else { 0.92 }))
        })
        .expect("no engine");
        assert_eq!((step, reads, words.len()), (Step::Softened, 2, 4));
    }

    #[test]
    fn a_surer_reading_that_loses_half_the_text_does_not_win() {
        let plain = reading("Thực hiện kế hoạch số hóa", 0.85);
        let (step, _) = climb(&page(), plain, |_, _| Ok(reading("Thực hiện kế", 0.99))).expect("no engine");
        assert_eq!(step, Step::Plain);
    }
}
