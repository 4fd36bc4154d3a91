//! How many characters of a page are expected to be right, from what the reading shows of itself.
//!
//! Neither the engine's confidence nor the language model's is a probability for a character: both doubt names and figures
//! that are right, and trust a word that has lost its neighbour. So signs of both kinds are summed up over a page as
//! shares of its characters and weighed by least squares, no weight below zero, on 92 worn pages whose text is known
//! (12 papers of letters, tables and lists at five levels of wear and four harsher ones); `benches/hard_scans.py` prints
//! the error on other pages. Text without pixels has no signs but the language model's doubt.

use crate::alphabet::is_possible_syllable;
use crate::restore::restored_page::{Block, FurnitureKind, RestoredPage, Word};

/// How many signs there are.
pub const SIGNS: usize = 11;

/// Errors expected for each part of the page that shows a sign, in the order of [`Signs::shares`]. The least squares give
/// nothing to the doubt of syllables, as names are what is doubted; a little stays, for pages worse than any measured.
const WEIGHTS: [f64; SIGNS] = [0.1, 1.5, 0.35, 0.0, 2.3, 0.0, 0.0, 0.0, 0.0, 0.2, 0.1];

/// The signs of a page, each as a share of its characters.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signs {
    /// Characters read, blanks and furniture not counted.
    pub characters: u64,
    /// In order: the language model's doubt of syllables, of other words and of what holds figures; the engine's doubt
    /// of the letters of the same three; words changed; words that are no syllable; strokes that stand alone; letters
    /// set aside as noise; letters no word covers.
    pub shares: [f64; SIGNS],
    /// Read from an image, not from a text.
    pub has_pixels: bool,
}

impl Signs {
    /// Reads the signs of a page.
    pub fn of(page: &RestoredPage) -> Self {
        let (mut characters, mut sums) = (0, [0.0; SIGNS]);
        for block in &page.layout.blocks {
            let words = block.lines().flat_map(|line| &line.words);
            match block {
                // Seals and page numbers are no text of the paper: doubt of them says nothing of it.
                Block::Furniture(furniture) => {
                    let noise = furniture.kind == FurnitureKind::Noise;
                    sums[9] += words.filter(|_| noise).map(|word| letters(&word.raw) as f64).sum::<f64>();
                }
                _ => words.for_each(|word| {
                    characters += letters(&word.text);
                    weigh(word, &mut sums);
                }),
            }
        }
        let mut shares = sums.map(|sum| sum / characters.max(1) as f64);
        shares[10] = f64::from(page.layout.uncovered);
        Self { characters, shares, has_pixels: page.layout.width > 0 }
    }

    /// The expected share of characters right, 0–1.
    pub fn expected_accuracy(&self) -> f64 {
        let errors: f64 = match self.has_pixels {
            true => self.shares.iter().zip(WEIGHTS).map(|(share, weight)| share * weight).sum(),
            false => self.shares.iter().take(3).sum(),
        };
        (1.0 - errors).clamp(0.0, 1.0)
    }
}

/// Adds a word's signs.
fn weigh(word: &Word, sums: &mut [f64; SIGNS]) {
    let length = letters(&word.text) as f64;
    let bare = word.text.trim_matches(|c: char| !c.is_alphanumeric());
    let kind = match bare {
        syllable if is_possible_syllable(syllable) => 0,
        figure if figure.chars().any(|c| c.is_ascii_digit()) => 2,
        _ => 1,
    };
    sums[kind] += f64::from(1.0 - word.confidence.clamp(0.0, 1.0)) * length;
    let doubt: f32 = word.symbols.iter().map(|symbol| 1.0 - symbol.confidence).sum();
    sums[3 + kind] += f64::from(doubt);
    sums[6] += f64::from(u8::from(word.text != word.raw));
    let code = bare.chars().all(|c| !c.is_lowercase()) || bare.contains(['/', '.', '@', '-', '–']);
    match kind {
        1 if bare.is_empty() => sums[8] += length,
        1 if !code => sums[7] += length,
        _ => {}
    }
}

fn letters(text: &str) -> u64 {
    text.chars().filter(|c| !c.is_whitespace()).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::restore::restored_page::{Furniture, Line, PageLayout, Paragraph};

    fn page(words: &[(&str, f32)], width: u32) -> RestoredPage {
        let word = |&(text, confidence): &(&str, f32)| Word {
            text: text.into(),
            raw: text.into(),
            confidence,
            ..Word::default()
        };
        let line = Line { words: words.iter().map(word).collect(), ..Line::default() };
        let stamp = Furniture { kind: FurnitureKind::Stamp, lines: vec![line.clone()] };
        let text = Block::Paragraph(Paragraph { lines: vec![line], ..Paragraph::default() });
        let blocks = vec![text, Block::Furniture(stamp)];
        RestoredPage { layout: PageLayout { width, blocks, ..PageLayout::default() }, edits: vec![] }
    }

    fn expected(words: &[(&str, f32)]) -> f64 {
        Signs::of(&page(words, 2480)).expected_accuracy()
    }

    #[test]
    fn doubt_of_names_weighs_little_and_doubt_of_what_is_no_word_weighs_much() {
        let name = expected(&[("Tẩn", 0.5), ("Láo", 0.5), ("Lở", 0.5)]);
        let garbled = expected(&[("Tđn", 0.5), ("Lbo", 0.5), ("Lgở", 0.5)]);
        assert!(name > 0.9 && garbled < 0.5, "{name} {garbled}");
        assert_eq!(expected(&[("Ủy", 1.0), ("ban", 1.0)]), 1.0);
    }

    #[test]
    fn print_that_no_word_covers_lowers_what_is_expected() {
        let mut page = page(&[("Ủy", 1.0), ("ban", 1.0)], 2480);
        page.layout.uncovered = 0.3;
        assert!(Signs::of(&page).expected_accuracy() < 0.98);
    }

    #[test]
    fn text_without_pixels_goes_by_the_language_model_alone() {
        let signs = Signs::of(&page(&[("nghiêng", 0.5), ("a", 1.0)], 0));
        assert_eq!((signs.characters, signs.expected_accuracy()), (8, 0.5625));
    }
}
