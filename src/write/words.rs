//! `words.jsonl`: every word of a document with its place, a page a line, for whoever looks at page and text together.
//!
//! Written from restored pages beside the record; read by the review page. Boxes are in pixels of the source page, blocks
//! in reading order. Where restoration changed a word, `raw` holds it as it was read; `choices` are the words that the
//! engine's second choices for a letter would make. A page of plain text has no boxes.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::place::on_source;
use super::{WriteError, atomic};
use crate::restore::restored_page::{Block, FurnitureKind, PageLayout, RestoredPage, Word};

/// The name of the file in the document's folder.
pub const FILE_NAME: &str = "words.jsonl";

/// Most second choices told of one word.
const MOST_CHOICES: usize = 4;

/// The words of a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageWords {
    /// 1-based page.
    pub page: u32,
    /// Width of the source page in pixels, the frame of all boxes; 0 for plain text.
    pub width: u32,
    /// Height of the source page in pixels; 0 for plain text.
    pub height: u32,
    /// In reading order.
    pub blocks: Vec<WordBlock>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Its lines; those of a table cell by cell.
    pub lines: Vec<Vec<PlacedWord>>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// Running text.
    Paragraph,
    /// Rows and columns.
    Table,
    /// A number in the margin.
    PageNumber,
    /// A seal.
    Stamp,
    /// Specks read as letters.
    Noise,
}

/// A word and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlacedWord {
    /// As restored.
    pub text: String,
    /// `[x0, y0, x1, y1]` in pixels of the source page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[i32; 4]>,
    /// 0–1: how likely `text` is right.
    pub confidence: f64,
    /// As read, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// Other readings of the engine, the likeliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// Files the words of a document.
///
/// # Errors
/// [`WriteError`] if the file cannot be written.
pub fn write(path: &Path, pages: &[RestoredPage]) -> Result<(), WriteError> {
    atomic::write_with(path, |file| {
        pages.iter().try_for_each(|page| {
            serde_json::to_writer(&mut *file, &of_page(&page.layout))?;
            file.write_all(b"\n")
        })
    })
}

/// The words of all pages; of a file that is missing or damaged what can be read of it.
pub fn read(path: &Path) -> Vec<PageWords> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn of_page(page: &PageLayout) -> PageWords {
    let line = |words: &[Word]| words.iter().map(|word| place(page, word)).collect();
    let block = |block: &Block| WordBlock {
        kind: kind(block),
        lines: block.lines().map(|printed| line(&printed.words)).collect(),
    };
    PageWords {
        page: page.number,
        width: page.source_width,
        height: page.source_height,
        blocks: page.blocks.iter().map(block).collect(),
    }
}

fn kind(block: &Block) -> BlockKind {
    match block {
        Block::Paragraph(_) => BlockKind::Paragraph,
        Block::Table(_) => BlockKind::Table,
        Block::Furniture(furniture) => match furniture.kind {
            FurnitureKind::PageNumber => BlockKind::PageNumber,
            FurnitureKind::Stamp => BlockKind::Stamp,
            FurnitureKind::Noise => BlockKind::Noise,
        },
    }
}

fn place(page: &PageLayout, word: &Word) -> PlacedWord {
    let bbox = word.bbox.as_ref().map(|rect| on_source(page, rect));
    let confidence = if word.confidence.is_nan() { 0.0 } else { f64::from(word.confidence.clamp(0.0, 1.0)) };
    PlacedWord {
        text: word.text.clone(),
        bbox: bbox.map(|rect| [rect.x0, rect.y0, rect.x1, rect.y1]),
        confidence: (confidence * 1e3).round() / 1e3,
        raw: (word.raw != word.text && !word.raw.is_empty()).then(|| word.raw.clone()),
        choices: choices(word),
    }
}

/// The word with one letter as the engine's second choice has it, the likeliest choice first.
fn choices(word: &Word) -> Vec<String> {
    let mut other: Vec<(f32, usize, &str)> = Vec::new();
    for (place, symbol) in word.symbols.iter().enumerate() {
        other.extend(symbol.alternatives.iter().map(|(text, share)| (*share, place, text.as_str())));
    }
    other.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    let spelled = |(_, place, text): &(f32, usize, &str)| {
        let letters = word.symbols.iter().enumerate();
        letters.map(|(at, symbol)| if at == *place { *text } else { &symbol.text }).collect::<String>()
    };
    let mut seen = BTreeSet::from([word.text.clone(), word.raw.clone()]);
    let fresh = other.iter().map(spelled).filter(|choice| seen.insert(choice.clone()));
    fresh.take(MOST_CHOICES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Affine, Rect};
    use crate::layout::page_layout::OcrSymbol;
    use crate::restore::restored_page::{Line, Paragraph};

    #[test]
    fn words_come_back_as_they_were_filed() {
        let letter = |text: &str, other: &[(&str, f32)]| OcrSymbol {
            text: text.into(),
            confidence: 0.6,
            alternatives: other.iter().map(|(text, share)| ((*text).into(), *share)).collect(),
        };
        let word = Word {
            text: "kế".into(),
            raw: "ké".into(),
            bbox: Some(Rect::new(10, 20, 30, 40)),
            confidence: 0.97,
            symbols: vec![letter("k", &[("h", 0.1)]), letter("é", &[("ế", 0.3), ("e", 0.05)])],
        };
        let lines = vec![Line { words: vec![word], ..Line::default() }];
        let layout = PageLayout {
            number: 3,
            source_width: 100,
            source_height: 100,
            to_source: Affine::scale(0.5, 0.5),
            blocks: vec![Block::Paragraph(Paragraph { lines, ..Paragraph::default() })],
            ..PageLayout::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        write(&path, &[RestoredPage { layout, edits: vec![] }]).unwrap();
        let [page] = read(&path).try_into().unwrap();
        let word = &page.blocks[0].lines[0][0];
        assert_eq!((page.page, word.bbox, word.raw.as_deref()), (3, Some([5, 10, 15, 20]), Some("ké")));
        assert_eq!(word.choices, ["hé", "ke"], "neither what was read nor what was restored");
    }
}
