//! Puts the words of a page into a straight frame: no residual skew, every word with its baseline and type size.
//!
//! Reads the words of an `OcrPage`, produces [`Token`]s, each of which owns its [`Word`]. Never changes a box: the
//! straight frame is only for comparing places, the word keeps its own.
//!
//! The height of a box depends on the letters in it (`nên` has no descender, `gặp` has two), so baseline and size are
//! worked out from the letters: their usual extents above and below the baseline, in units of the type size.

use unicode_normalization::UnicodeNormalization;

use super::page_layout::Word;
use crate::geometry::Rect;
use crate::recognize::ocr_page::{OcrPage, OcrWord};

/// A word in the straight frame; lengths in pixels of the upright frame.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub word: Word,
    pub x0: f32,
    pub x1: f32,
    pub top: f32,
    pub bottom: f32,
    pub baseline: f32,
    /// Type size (the em), from the height of its letters.
    pub em: f32,
}

impl Token {
    pub fn text(&self) -> &str {
        &self.word.text
    }

    pub fn center_x(&self) -> f32 {
        (self.x0 + self.x1) / 2.0
    }

    pub fn center_y(&self) -> f32 {
        (self.top + self.bottom) / 2.0
    }

    pub fn has_letter_or_digit(&self) -> bool {
        self.word.text.chars().any(char::is_alphanumeric)
    }
}

/// The page without its skew.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Frame {
    /// Rise of the lines: pixels downwards per pixel to the right.
    slope: f32,
    /// The point that stays where it is.
    center: (f32, f32),
    /// Usual type size in pixels.
    pub em: f32,
}

impl Frame {
    /// A rectangle shifted as its centre moves; it stays upright.
    pub fn straighten(&self, rect: &Rect) -> (f32, f32, f32, f32) {
        let x = (rect.x0 as f32 + rect.x1 as f32) / 2.0 - self.center.0;
        let y = (rect.y0 as f32 + rect.y1 as f32) / 2.0 - self.center.1;
        let (dx, dy) = (self.slope * y, -self.slope * x);
        (rect.x0 as f32 + dx, rect.y0 as f32 + dy, rect.x1 as f32 + dx, rect.y1 as f32 + dy)
    }
}

/// Moves the words of a page into the straight frame, in the order of the engine; words without text stay out.
pub(super) fn tokens(page: &OcrPage) -> (Vec<Token>, Frame) {
    let words: Vec<&OcrWord> = page.words.iter().filter(|word| !word.text.trim().is_empty()).collect();
    let sizes: Vec<(f32, f32)> = words.iter().map(|word| size_and_drop(word)).collect();
    let em = usual_size(&words, &sizes);
    let baselines: Vec<f32> =
        words.iter().zip(&sizes).map(|(word, &(size, drop))| baseline(word, size, drop, em)).collect();
    let frame = Frame {
        slope: slope(&words, &baselines, em),
        center: (page.width as f32 / 2.0, page.height as f32 / 2.0),
        em,
    };
    let tokens = words.iter().zip(&sizes).zip(&baselines).map(|((word, &(size, _)), &baseline)| {
        let (x0, top, x1, bottom) = frame.straighten(&word.bbox);
        let size = if size > 0.0 { size } else { em };
        let shift = top - word.bbox.y0 as f32;
        Token { word: own(word), x0, x1, top, bottom, baseline: baseline + shift, em: size }
    });
    (tokens.collect(), frame)
}

/// A word without the stop before it: `.phố` is a speck and a word.
fn without_speck(text: &str) -> &str {
    let rest = text
        .strip_prefix('.')
        .filter(|rest| rest.starts_with(char::is_alphabetic) && !rest.contains(['.', '/', '@']));
    rest.unwrap_or(text)
}

/// A word as a layout keeps it. The Icelandic eth looks like a `Đ`, and no paper means it.
fn own(word: &OcrWord) -> Word {
    Word {
        text: without_speck(&word.text).replace('Ð', "Đ").replace('ð', "đ"),
        raw: word.text.clone(),
        bbox: Some(word.bbox),
        confidence: word.confidence,
        symbols: word.symbols.clone(),
    }
}

/// Type size by the letters' extents (0 where there is no letter or digit to measure by), and the part of the size
/// by which the box reaches below the baseline.
fn size_and_drop(word: &OcrWord) -> (f32, f32) {
    let extents = word.text.chars().map(extent);
    let (above, below) =
        extents.fold((0.0f32, -0.7f32), |(a, b), (above, below)| (a.max(above), b.max(below)));
    let measurable = word.text.chars().any(char::is_alphanumeric);
    let size = if measurable { word.bbox.height() as f32 / (above + below).max(0.2) } else { 0.0 };
    (size, below)
}

/// How far a letter reaches above and below the baseline, in parts of the type size, as in Times, the type of nearly
/// all papers.
fn extent(letter: char) -> (f32, f32) {
    let mut parts = letter.nfd();
    let base = parts.next().unwrap_or(letter);
    let (mut above, mut below) = match base {
        'g' | 'p' | 'q' | 'y' => (0.46, 0.22),
        'j' => (0.68, 0.22),
        'a' | 'c' | 'e' | 'm' | 'n' | 'o' | 'r' | 's' | 'u' | 'v' | 'w' | 'x' | 'z' => (0.46, 0.0),
        't' => (0.58, 0.0),
        'Q' => (0.67, 0.18),
        '(' | ')' | '[' | ']' | '{' | '}' | '|' => (0.68, 0.2),
        ',' | ';' => (0.1, 0.14),
        '.' | '_' | '…' => (0.1, 0.0),
        '-' | '–' | '—' | '+' | '=' | '~' => (0.3, -0.19),
        '"' | '\'' | '“' | '”' | '‘' | '’' | '*' | '^' => (0.68, -0.43),
        _ => (0.67, 0.0),
    };
    let mut over = 0;
    for mark in parts {
        match mark {
            '\u{0323}' => below = f32::max(below, 0.2),
            '\u{031b}' => {}
            _ => over += 1,
        }
    }
    if over > 0 {
        above += if base.is_uppercase() { 0.19 } else { 0.22 } + if over > 1 { 0.1 } else { 0.0 };
    }
    (above, below)
}

/// Median type size, each word weighing as many letters as it has.
fn usual_size(words: &[&OcrWord], sizes: &[(f32, f32)]) -> f32 {
    let weighted = words.iter().zip(sizes).filter(|(word, (size, _))| *size > 0.0 && word.confidence > 0.3);
    let median = weighted_median(
        weighted.map(|(word, (size, _))| (*size, word.text.chars().count() as f32)).collect(),
    );
    median.filter(|em| *em >= 4.0).unwrap_or(40.0)
}

/// The lower edge of the box less what reaches below the line; a size far off the page's is not believed.
fn baseline(word: &OcrWord, size: f32, drop: f32, em: f32) -> f32 {
    let size = if size > 0.5 * em && size < 2.0 * em { size } else { em };
    word.bbox.y1 as f32 - drop * size
}

/// The page's residual skew: the median slope of runs of neighbouring words, the longer the weightier.
fn slope(words: &[&OcrWord], baselines: &[f32], em: f32) -> f32 {
    let mut slopes = Vec::new();
    let mut run: Vec<(f32, f32)> = Vec::new();
    for (index, (word, &y)) in words.iter().zip(baselines).enumerate() {
        let follows = index > 0 && words.get(index - 1).is_some_and(|before| is_next(before, word, em));
        if !follows {
            slopes.extend(run_slope(&run, em));
            run.clear();
        }
        run.push(((word.bbox.x0 as f32 + word.bbox.x1 as f32) / 2.0, y));
    }
    slopes.extend(run_slope(&run, em));
    weighted_median(slopes).unwrap_or(0.0).clamp(-0.06, 0.06)
}

fn is_next(before: &OcrWord, word: &OcrWord, em: f32) -> bool {
    let gap = word.bbox.x0 as f32 - before.bbox.x1 as f32;
    let shared = before.bbox.overlap_y(&word.bbox) as f32;
    gap > -0.3 * em && gap < 1.5 * em && shared > 0.4 * before.bbox.height().min(word.bbox.height()) as f32
}

/// Slope and length of a run of word centres, from the means of its outer thirds.
fn run_slope(run: &[(f32, f32)], em: f32) -> Option<(f32, f32)> {
    let third = run.len() / 3;
    if third == 0 {
        return None;
    }
    let mean = |part: &[(f32, f32)]| {
        let count = part.len() as f32;
        (part.iter().map(|p| p.0).sum::<f32>() / count, part.iter().map(|p| p.1).sum::<f32>() / count)
    };
    let (left, right) = (mean(run.get(..third)?), mean(run.get(run.len() - third..)?));
    let length = right.0 - left.0;
    (length > 5.0 * em).then(|| ((right.1 - left.1) / length, length))
}

/// The value at half of the weight; `None` for none.
pub(super) fn weighted_median(mut values: Vec<(f32, f32)>) -> Option<f32> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|v| v.1).sum::<f32>() / 2.0;
    let mut sum = 0.0;
    for &(value, weight) in &values {
        sum += weight;
        if sum >= half {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, x0: i32, y0: i32, x1: i32, y1: i32) -> OcrWord {
        OcrWord { text: text.into(), bbox: Rect::new(x0, y0, x1, y1), confidence: 0.9, ..OcrWord::default() }
    }

    #[test]
    fn words_of_one_line_share_a_baseline_whatever_their_letters() {
        // "nên" reaches from the circumflex to the baseline, "gặp" has a breve above and descender and dot below.
        let page = OcrPage {
            width: 1000,
            height: 1000,
            words: vec![
                word("nên", 100, 460, 200, 500),
                word("gặp", 220, 460, 320, 513),
                word("ma", 340, 473, 400, 500),
            ],
            ..OcrPage::default()
        };
        let (tokens, _) = tokens(&page);
        for token in &tokens {
            assert!((token.baseline - 500.0).abs() < 4.0, "{} {}", token.text(), token.baseline);
        }
    }

    #[test]
    fn skew_is_taken_out() {
        let words =
            (0..20).map(|i| word("nam", 100 + i * 80, 500 + i * 2, 160 + i * 80, 527 + i * 2)).collect();
        let page = OcrPage { width: 2000, height: 1000, words, ..OcrPage::default() };
        let (tokens, frame) = tokens(&page);
        assert!((frame.slope - 0.025).abs() < 0.002);
        let spread =
            tokens.iter().map(|t| t.baseline).fold((f32::MAX, f32::MIN), |(a, b), y| (a.min(y), b.max(y)));
        assert!(spread.1 - spread.0 < 4.0);
    }
}
