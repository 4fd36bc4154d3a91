//! [`RestoredPage`]: a page whose words have been given back their letters, with the log of every change.

use serde::{Deserialize, Serialize};

use crate::layout::reading_text;

pub use crate::layout::page_layout::{
    Alignment, Block, Cell, Furniture, FurnitureKind, Lane, Line, Origin, PageLayout, Paragraph, Table, Word,
};

/// A page after restoration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RestoredPage {
    /// The page with `text` and `confidence` of its words as restored; `raw` keeps what was read.
    pub layout: PageLayout,
    /// Every change, in reading order.
    pub edits: Vec<WordEdit>,
}

impl RestoredPage {
    /// The restored text in reading order.
    pub fn text(&self) -> String {
        reading_text(&self.layout)
    }
}

/// One change to one or more words of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordEdit {
    /// 1-based page.
    pub page: u32,
    /// Line number, as [`Line::number`].
    pub line: u32,
    /// As read; words joined by blanks.
    pub from: String,
    /// As restored; words joined by blanks.
    pub to: String,
    /// What proposed the new reading.
    pub source: EditSource,
    /// Probability that `to` is right, 0–1, calibrated on held-out pairs.
    pub posterior: f32,
}

/// What proposed a new reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditSource {
    /// Same letters, other marks.
    Marks,
    /// The learned error channel: letters misread.
    Channel,
    /// The engine's own second choice for a letter.
    EngineChoice,
    /// A word that had been split, or words that had been glued.
    Spacing,
    /// A whole term or phrase of the dictionary, matched fuzzily.
    Phrase,
    /// Upper and lower case only.
    Case,
    /// An explicit rule for a code (`Qb-UBND` → `QĐ-UBND`).
    Code,
}
