//! Plain text to [`PageLayout`]s: the geometry is only form feeds, pipes, tabs, runs of blanks and line order.
//!
//! Reads text that somebody else's engine wrote, clean or garbled; produces one page for each form feed, with the
//! letterhead's and the foot's two columns apart again, tables as cells, and lines gathered to paragraphs. Words keep
//! what was read in `raw`; only typographic markup (`**`, `<i>`) is left out of `text`. Never drops a word: what fits
//! nowhere stays a paragraph. Time is linear in the text.
//!
//! The order of work: lines ([`source_line`]), then the zones of a paper from top to bottom: head ([`head`]), body with
//! its tables ([`rows`], [`spaced`], [`interleaved`]) and paragraphs ([`wrap`]), foot ([`foot`]).

mod foot;
mod head;
mod interleaved;
mod rows;
mod source_line;
mod spaced;
mod wrap;

use crate::alphabet::{decode_legacy, detect_legacy_by_shape};

use super::page_layout::{Block, Furniture, FurnitureKind, Origin, PageLayout};
use source_line::SourceLine;

/// The pages of a plain text, as blocks in reading order. Text in an encoding older than Unicode (TCVN3, VNI, VISCII) is
/// decoded first, where the evidence is clear.
#[must_use]
pub fn from_text(text: &str) -> Vec<PageLayout> {
    let decoded = detect_legacy_by_shape(text).map(|evidence| decode_legacy(text, evidence.encoding));
    let pages = source_line::pages(decoded.as_deref().unwrap_or(text));
    let shape = wrap::Shape::of(&pages);
    let mut state = Zone::Head;
    let pairs = interleaved::Pairs::of(&pages);
    let mut layouts = Vec::with_capacity(pages.len());
    for (index, lines) in pages.iter().enumerate() {
        let (lines, number) = page_number(lines, index);
        let mut blocks = page_blocks(lines, &shape, &pairs, &mut state);
        blocks.extend(number);
        layouts.push(PageLayout {
            number: u32::try_from(index + 1).unwrap_or(u32::MAX),
            origin: Origin::TextLayer,
            blank: blocks.is_empty(),
            blocks,
            ..PageLayout::default()
        });
    }
    layouts
}

/// A page without the number that it begins or ends with, and that number: none on the first page.
fn page_number(lines: &[SourceLine], index: usize) -> (&[SourceLine], Option<Block>) {
    let written = |line: &SourceLine| line.text().trim_matches(['-', '–', ' ']).parse() == Ok(index + 1);
    let mut filled = lines.iter().enumerate().filter(|(_, line)| !line.is_blank());
    let first = filled.next().filter(|(_, line)| index > 0 && written(line));
    let last = filled.next_back().filter(|(_, line)| index > 0 && written(line));
    let number = |line: &SourceLine| {
        let (kind, lines) = (FurnitureKind::PageNumber, vec![line.whole()]);
        Some(Block::Furniture(Furniture { kind, lines }))
    };
    match (first, last) {
        (Some((at, line)), _) => (lines.get(at + 1..).unwrap_or_default(), number(line)),
        (None, Some((at, line))) => (lines.get(..at).unwrap_or_default(), number(line)),
        (None, None) => (lines, None),
    }
}

/// Which part of the paper comes next; it is carried over a page break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    Head,
    Body,
    Foot,
}

fn page_blocks(
    lines: &[SourceLine],
    shape: &wrap::Shape,
    pairs: &interleaved::Pairs,
    zone: &mut Zone,
) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    if *zone == Zone::Head {
        at = head::read(lines, &mut blocks);
        if lines.iter().any(|line| !line.is_blank()) {
            *zone = Zone::Body;
        }
    }
    while at < lines.len() {
        let rest = lines.get(at..).unwrap_or_default();
        at += match *zone {
            Zone::Foot => foot::read(rest, &mut blocks, zone),
            _ => body(rest, shape, pairs, zone, &mut blocks),
        };
    }
    blocks
}

/// The body up to the foot or the end of the page; returns the lines taken, at least one.
fn body(
    lines: &[SourceLine],
    shape: &wrap::Shape,
    pairs: &interleaved::Pairs,
    zone: &mut Zone,
    blocks: &mut Vec<Block>,
) -> usize {
    let mut open = 0;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if foot::begins(line) {
            *zone = Zone::Foot;
            break;
        }
        let rest = lines.get(at..).unwrap_or_default();
        let found = rows::read(rest).or_else(|| spaced::read(rest));
        match found.or_else(|| interleaved::read(rest, shape, pairs)) {
            Some((table, taken)) => {
                wrap::paragraphs(lines.get(open..at).unwrap_or_default(), shape, blocks);
                blocks.push(Block::Table(table));
                at += taken.max(1);
                open = at;
            }
            None => at += 1,
        }
    }
    wrap::paragraphs(lines.get(open..at).unwrap_or_default(), shape, blocks);
    at
}
