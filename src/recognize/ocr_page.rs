//! [`OcrPage`]: what was read on a page, word by word, before anything is understood.

use serde::{Deserialize, Serialize};

pub use super::ladder::Step;
use crate::geometry::{Affine, Rect};
pub use crate::prepare::page_image::{Direction, Ruling};

/// What was read on one page. Boxes are in the upright frame; `to_source` leads back to the source pixels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OcrPage {
    /// 1-based place in the document.
    pub number: u32,
    /// Width of the upright frame in pixels.
    pub width: u32,
    /// Height of the upright frame in pixels.
    pub height: u32,
    /// Dots per inch of the upright frame.
    pub dpi: f32,
    /// Width of the source page in pixels.
    pub source_width: u32,
    /// Height of the source page in pixels.
    pub source_height: u32,
    /// From the upright frame to the source page.
    pub to_source: Affine,
    /// Where the words come from.
    pub origin: Origin,
    /// Words in the order of the engine.
    pub words: Vec<OcrWord>,
    /// Printed rules found in the image.
    pub rulings: Vec<Ruling>,
    /// The page holds no print.
    pub blank: bool,
    /// The way in which it was read.
    #[serde(default)]
    pub step: Step,
    /// The share of the page's letters, 0–1, that no word covers: print passed over, seals, handwriting.
    #[serde(default)]
    pub uncovered: f32,
}

/// Where the words of a page come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The engine read the image.
    #[default]
    Engine,
    /// A PDF's own text layer was good enough to be taken over.
    TextLayer,
}

/// A word as read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OcrWord {
    /// As read, NFC.
    pub text: String,
    /// In the upright frame.
    pub bbox: Rect,
    /// The engine's confidence, 0–1.
    pub confidence: f32,
    /// The engine's block, paragraph and line, each counted from 0 on the page.
    pub block: u32,
    /// See `block`.
    pub paragraph: u32,
    /// See `block`.
    pub line: u32,
    /// Letters with the engine's second choices; empty where it gave none.
    pub symbols: Vec<OcrSymbol>,
}

/// One letter of a word.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OcrSymbol {
    /// As read, NFC; mostly one letter.
    pub text: String,
    /// The engine's confidence, 0–1.
    pub confidence: f32,
    /// Other readings with their confidence 0–1, best first, the chosen one left out.
    pub alternatives: Vec<(String, f32)>,
}
