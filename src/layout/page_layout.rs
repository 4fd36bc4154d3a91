//! [`PageLayout`]: a page as blocks in reading order.

use crate::geometry::{Affine, Rect};
pub use crate::recognize::ocr_page::{OcrSymbol, Origin, Step};

/// A page as blocks in reading order.
///
/// Boxes are in the upright frame of `width` × `height` pixels; `to_source` leads to the source page's pixels.
/// A page of plain text has no boxes and a size of 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageLayout {
    /// 1-based place in the document.
    pub number: u32,
    /// Width of the upright frame in pixels; 0 for plain text.
    pub width: u32,
    /// Height of the upright frame in pixels; 0 for plain text.
    pub height: u32,
    /// Dots per inch of the upright frame; 0 for plain text.
    pub dpi: f32,
    /// Width of the source page in pixels; 0 for plain text.
    pub source_width: u32,
    /// Height of the source page in pixels; 0 for plain text.
    pub source_height: u32,
    /// From the upright frame to the source page.
    pub to_source: Affine,
    /// Where the words come from.
    pub origin: Origin,
    /// The page holds no print.
    pub blank: bool,
    /// The way in which it was read.
    pub step: Step,
    /// The share of the page's letters, 0–1, that no word covers; 0 for plain text.
    pub uncovered: f32,
    /// Everything on the page, in reading order.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Running text, a heading, a list item, a letterhead line.
    Paragraph(Paragraph),
    /// Rows and columns.
    Table(Table),
    /// What is on the page but not part of the paper's text.
    Furniture(Furniture),
}

/// Lines that belong together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paragraph {
    /// From top to bottom; never empty.
    pub lines: Vec<Line>,
    /// Where it stands on the page.
    pub lane: Lane,
    /// How it is set.
    pub alignment: Alignment,
}

/// Which column of the page a paragraph stands in.
///
/// Papers have one column, but for two places: the letterhead (issuer left, national title right) and the foot
/// (recipients left, signature right). There the left column is read first, whole, then the right one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Lane {
    /// The whole width.
    #[default]
    Full,
    /// The left of two columns.
    Left,
    /// The right of two columns.
    Right,
}

/// How a paragraph is set, as its line ends show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Alignment {
    /// Flush left or justified, or not known (plain text).
    #[default]
    Left,
    /// Centred in its lane.
    Center,
    /// Flush right.
    Right,
}

/// A printed line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// Words from left to right.
    pub words: Vec<Word>,
    /// 1-based: the line of the source text, or the line's place among the page's lines in reading order.
    pub number: u32,
    /// Left edge of the first word relative to its lane's left margin, in units of the line's x-height,
    /// or in blanks for plain text; 0 where not known.
    pub indent: f32,
}

/// A word, as read and as it stands now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Word {
    /// The text as it stands now: as read by `layout`, restored by `restore`.
    pub text: String,
    /// The text as read; several words merged into one are joined by a blank, the parts of a split word each
    /// hold the whole.
    pub raw: String,
    /// In the upright frame; `None` for plain text.
    pub bbox: Option<Rect>,
    /// 0–1: how likely `text` is right. The engine's own figure until `restore` replaces it.
    pub confidence: f32,
    /// Letters with the engine's second choices; empty where it gave none.
    pub symbols: Vec<OcrSymbol>,
}

/// Rows and columns of cells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Number of rows.
    pub rows: u32,
    /// Number of columns.
    pub columns: u32,
    /// In order of row, then column.
    pub cells: Vec<Cell>,
    /// In the upright frame; `None` for plain text.
    pub bbox: Option<Rect>,
    /// Whether rules were drawn round the cells.
    pub ruled: bool,
}

/// A cell of a table; it may span rows and columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// 0-based first row.
    pub row: u32,
    /// 0-based first column.
    pub column: u32,
    /// Rows covered, at least 1.
    pub row_span: u32,
    /// Columns covered, at least 1.
    pub column_span: u32,
    /// Its text; empty for a blank cell.
    pub lines: Vec<Line>,
}

/// What is on the page but not part of the paper's text; kept, so that nothing read is lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Furniture {
    /// What it is.
    pub kind: FurnitureKind,
    /// Its text.
    pub lines: Vec<Line>,
}

/// The kinds of page furniture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FurnitureKind {
    /// A page number in the top or bottom margin.
    PageNumber,
    /// A seal or stamp, or the text of an electronic signature.
    Stamp,
    /// Specks read as letters, remains of rules.
    Noise,
}

impl Line {
    /// The words as they stand now, joined by blanks.
    pub fn text(&self) -> String {
        join(self.words.iter().map(|word| word.text.as_str()))
    }

    /// The words as read, joined by blanks.
    pub fn raw(&self) -> String {
        join(self.words.iter().map(|word| word.raw.as_str()))
    }

    /// The box around its words; `None` for plain text.
    pub fn bbox(&self) -> Option<Rect> {
        Rect::union_all(self.words.iter().filter_map(|word| word.bbox))
    }
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

impl Block {
    /// All lines of the block; those of a table cell by cell.
    pub fn lines(&self) -> Box<dyn Iterator<Item = &Line> + '_> {
        match self {
            Block::Paragraph(paragraph) => Box::new(paragraph.lines.iter()),
            Block::Table(table) => Box::new(table.cells.iter().flat_map(|cell| cell.lines.iter())),
            Block::Furniture(furniture) => Box::new(furniture.lines.iter()),
        }
    }
}
