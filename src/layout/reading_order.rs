//! Puts a page together: finds its parts and sets them in the order in which they are read.
//!
//! Reads an [`OcrPage`], produces a [`PageLayout`]. Never changes or drops a word, never trusts the engine's own
//! blocks: they glue the letterhead's columns and tear tables.

use super::bullet;
use super::column::{self, Columns, Margins};
use super::furniture;
use super::line::{self, Segment};
use super::page_layout::{Block, FurnitureKind, Lane, PageLayout};
use super::paragraph;
use super::straight::{self, Frame, Token};
use super::table::grid::Grid;
use super::table::{aligned, continued, ruled};
use crate::recognize::ocr_page::Direction;
use crate::recognize::ocr_page::OcrPage;

/// How a page is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutOptions {
    /// Look for tables; without, their words come out as lines. Default: yes.
    pub tables: bool,
}

impl Default for LayoutOptions {
    fn default() -> Self {
        Self { tables: true }
    }
}

/// The blocks of a page in reading order: letterhead left, then right; the body and its tables from top to bottom;
/// recipients, then signature. Every word that was read is in exactly one block.
pub fn arrange(page: &OcrPage, options: &LayoutOptions) -> PageLayout {
    let mut blocks = blocks(page, options);
    number(&mut blocks);
    PageLayout {
        number: page.number,
        width: page.width,
        height: page.height,
        dpi: page.dpi,
        source_width: page.source_width,
        source_height: page.source_height,
        to_source: page.to_source,
        origin: page.origin,
        blank: page.blank,
        step: page.step,
        uncovered: page.uncovered,
        blocks,
    }
}

/// Counts the lines of a page from 1 in the order of its blocks.
fn number(blocks: &mut [Block]) {
    let mut next = 1;
    for block in blocks {
        let lines: Box<dyn Iterator<Item = &mut super::page_layout::Line>> = match block {
            Block::Paragraph(paragraph) => Box::new(paragraph.lines.iter_mut()),
            Block::Table(table) => Box::new(table.cells.iter_mut().flat_map(|cell| cell.lines.iter_mut())),
            Block::Furniture(furniture) => Box::new(furniture.lines.iter_mut()),
        };
        for line in lines {
            line.number = next;
            next += 1;
        }
    }
}

/// A part of the page that is not running text, and where it begins.
struct Part {
    top: f32,
    blocks: Vec<Block>,
}

fn blocks(page: &OcrPage, options: &LayoutOptions) -> Vec<Block> {
    let height = page.height as f32;
    let (mut tokens, frame) = straight::tokens(page);
    let mut specks = furniture::take_specks(&mut tokens, &page.rulings, &frame);
    let mut parts = Vec::new();
    if options.tables {
        let mut grids = ruled::find(&page.rulings, &tokens, &frame);
        grids.extend(continued::find(&page.rulings, &tokens, &frame));
        for grid in grids {
            let (mut inside, outside): (Vec<_>, Vec<_>) =
                tokens.into_iter().partition(|t| grid.contains(t.center_x(), t.center_y()));
            tokens = outside;
            specks.extend(furniture::take_rule_remains(&mut inside));
            let (table, left_over) = grid.fill(inside);
            tokens.extend(left_over);
            parts.push(Part { top: grid.top(), blocks: vec![Block::Table(table)] });
        }
    }
    let mut segments = line::build(tokens);
    let margins =
        Margins::of(segments.iter(), frame.em).unwrap_or(Margins { left: 0.0, right: page.width as f32 });
    let page_number = furniture::take_page_number(&mut segments, &margins, height);
    let letterhead = column::letterhead(&mut segments, &margins, height);
    let head = letterhead.as_ref().map_or(0.15 * height, Columns::top);
    let mut stamps = furniture::take_signing_stamps(&mut segments, frame.em, head);
    specks.extend(furniture::take_lone_specks(&mut segments));
    let mut foot = column::foot(&mut segments, &margins);
    if let Some(foot) = &mut foot {
        stamps.extend(furniture::take_seal(&mut foot.right));
    }
    let signatures = column::signatures(&mut segments, &margins);
    if options.tables {
        for grid in aligned::find(&segments, &level_rules(page, &frame), frame.em) {
            let tokens = take_inside(&mut segments, &grid);
            let (table, left_over) = grid.fill(tokens);
            segments.extend(line::build(left_over));
            parts.push(Part { top: grid.top(), blocks: vec![Block::Table(table)] });
        }
        line::sort_down(&mut segments);
    }
    let mut segments = line::join_level(segments);
    bullet::put_back(&mut segments);
    let margins = Margins::of(segments.iter(), frame.em).unwrap_or(margins);
    let pitch = paragraph::pitch(&segments).unwrap_or(1.3 * frame.em);
    parts.extend(
        [letterhead, signatures, foot].into_iter().flatten().map(|columns| part(columns, &margins, pitch)),
    );
    parts.extend(page_number.map(|segment| {
        Part {
            top: segment.top,
            blocks: furniture::of_tokens(FurnitureKind::PageNumber, segment.tokens)
                .map(Block::Furniture)
                .into_iter()
                .collect(),
        }
    }));
    let mut blocks = Vec::new();
    blocks.extend(furniture::of_tokens(FurnitureKind::Stamp, stamps).map(Block::Furniture));
    blocks.extend(weave(segments, parts, &margins, pitch));
    blocks.extend(furniture::of_tokens(FurnitureKind::Noise, specks).map(Block::Furniture));
    blocks
}

/// Horizontal rules in the straight frame.
fn level_rules(page: &OcrPage, frame: &Frame) -> Vec<aligned::Level> {
    let level = page.rulings.iter().filter(|r| r.direction == Direction::Horizontal);
    level.map(|r| frame.straighten(&r.bbox)).map(|(x0, y0, x1, y1)| ((y0 + y1) / 2.0, x0, x1)).collect()
}

/// Takes the words of the segments that lie within a grid.
fn take_inside(segments: &mut Vec<Segment>, grid: &Grid) -> Vec<Token> {
    let (inside, outside): (Vec<_>, Vec<_>) = std::mem::take(segments)
        .into_iter()
        .partition(|s| grid.contains(s.center_x(), (s.top + s.bottom) / 2.0));
    *segments = outside;
    inside.into_iter().flat_map(|segment| segment.tokens).collect()
}

/// The two columns, left before right, each with margins of its own.
fn part(columns: Columns, margins: &Margins, pitch: f32) -> Part {
    let top = columns.top();
    let mut blocks = Vec::new();
    for (segments, lane) in [(columns.left, Lane::Left), (columns.right, Lane::Right)] {
        let segments = line::join_level(segments);
        let edges = Margins {
            left: segments.iter().map(|s| s.x0).fold(f32::MAX, f32::min),
            right: segments.iter().map(|s| s.x1).fold(margins.left, f32::max),
        };
        blocks.extend(paragraph::build(segments, lane, &edges, pitch).into_iter().map(Block::Paragraph));
    }
    Part { top, blocks }
}

/// Running text and the other parts from top to bottom.
fn weave(segments: Vec<Segment>, mut parts: Vec<Part>, margins: &Margins, pitch: f32) -> Vec<Block> {
    parts.sort_by(|a, b| a.top.total_cmp(&b.top));
    let mut blocks = Vec::new();
    let mut text: Vec<Segment> = Vec::new();
    let mut segments = segments.into_iter().peekable();
    for part in parts {
        while let Some(segment) = segments.next_if(|s| (s.top + s.bottom) / 2.0 < part.top) {
            text.push(segment);
        }
        blocks.extend(paragraphs(std::mem::take(&mut text), margins, pitch));
        blocks.extend(part.blocks);
    }
    text.extend(segments);
    blocks.extend(paragraphs(text, margins, pitch));
    blocks
}

fn paragraphs(text: Vec<Segment>, margins: &Margins, pitch: f32) -> impl Iterator<Item = Block> {
    paragraph::build(text, Lane::Full, margins, pitch).into_iter().map(Block::Paragraph)
}
