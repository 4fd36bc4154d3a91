//! How well a paper was read: expected share of right characters, page by page, and which pages a person should look at.
//!
//! Sums up what [`Signs`] say of each page. Never changes a value.

use serde::{Deserialize, Serialize};

use super::accuracy::Signs;
use crate::restore::restored_page::RestoredPage;

/// The share of characters that must be right: the archive's official bar.
pub const REQUIRED: f64 = 0.98;

/// Below this expected share of right characters a person should look at a page: the bar and what the expectation is
/// usually off by.
pub const REVIEW_BELOW: f64 = 0.984;

/// How well a paper was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Characters read, blanks not counted.
    pub characters: u64,
    /// Expected share of characters right, 0–1; `None` where nothing was read.
    pub expected_character_accuracy: Option<f64>,
    /// The 1-based pages below the bar, the riskiest first.
    pub pages_to_review: Vec<u32>,
    /// Every page.
    pub pages: Vec<PageQuality>,
}

/// How well a page was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageQuality {
    /// 1-based page.
    pub page: u32,
    /// Characters read, blanks not counted.
    pub characters: u64,
    /// Expected share of characters right, 0–1; `None` for a page without print.
    pub expected_character_accuracy: Option<f64>,
}

/// Sums up the confidence of the words of a paper.
pub fn measure(pages: &[RestoredPage]) -> Quality {
    let pages: Vec<PageQuality> = pages.iter().map(measure_page).collect();
    let characters = pages.iter().map(|page| page.characters).sum();
    let right = |page: &PageQuality| Some(page.expected_character_accuracy? * page.characters as f64);
    let expected = pages.iter().filter_map(right).sum::<f64>();
    let mut review: Vec<&PageQuality> = pages.iter().filter(|page| below_bar(page)).collect();
    review.sort_by(|a, b| {
        let risk = |page: &PageQuality| page.expected_character_accuracy.unwrap_or(1.0);
        risk(a).total_cmp(&risk(b)).then(a.page.cmp(&b.page))
    });
    Quality {
        characters,
        expected_character_accuracy: (characters > 0).then(|| round(expected / characters as f64)),
        pages_to_review: review.iter().map(|page| page.page).collect(),
        pages,
    }
}

fn below_bar(page: &PageQuality) -> bool {
    page.expected_character_accuracy.is_some_and(|accuracy| accuracy < REVIEW_BELOW)
}

fn measure_page(page: &RestoredPage) -> PageQuality {
    let signs = Signs::of(page);
    tracing::debug!(page = page.layout.number, characters = signs.characters, shares = ?signs.shares, "signs");
    PageQuality {
        page: page.layout.number,
        characters: signs.characters,
        expected_character_accuracy: (signs.characters > 0).then(|| round(signs.expected_accuracy())),
    }
}

/// Four places: more would claim more than is known, and floating dust would differ between machines.
fn round(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::restore::restored_page::{Block, Furniture, FurnitureKind, Line, PageLayout, Paragraph, Word};

    fn line(words: &[(&str, f32)]) -> Line {
        let word =
            |&(text, confidence): &(&str, f32)| Word { text: text.into(), confidence, ..Word::default() };
        Line { words: words.iter().map(word).collect(), ..Line::default() }
    }

    fn page(number: u32, blocks: Vec<Block>) -> RestoredPage {
        RestoredPage { layout: PageLayout { number, blocks, ..PageLayout::default() }, edits: vec![] }
    }

    #[test]
    fn long_words_weigh_more_and_doubtful_pages_come_first() {
        let sure =
            Block::Paragraph(Paragraph { lines: vec![line(&[("UBND", 1.0)])], ..Paragraph::default() });
        let doubtful = Block::Paragraph(Paragraph {
            lines: vec![line(&[("nghiêng", 0.5), ("a", 1.0)])],
            ..Paragraph::default()
        });
        let seal =
            Block::Furniture(Furniture { kind: FurnitureKind::Stamp, lines: vec![line(&[("x7", 0.1)])] });
        let quality = measure(&[page(1, vec![sure, seal]), page(2, vec![doubtful]), page(3, vec![])]);
        assert_eq!(quality.pages_to_review, [2]);
        assert_eq!(quality.pages[1].expected_character_accuracy, Some(0.5625));
        assert_eq!(quality.pages[2].expected_character_accuracy, None);
        assert_eq!(quality.characters, 12);
    }
}
