//! [`PageImage`]: a page cleaned for reading, with the way back to the source pixels.

use image::GrayImage;
use serde::{Deserialize, Serialize};

use crate::geometry::{Affine, Rect};
pub use crate::ingest::source_page::{LayerWord, TextLayer};

/// A page cleaned for reading. All coordinates but the source size are in the upright frame of `gray`.
#[derive(Debug)]
pub struct PageImage {
    /// 1-based place in the document.
    pub number: u32,
    /// Upright page, ink dark on a white background, 0–255.
    pub gray: GrayImage,
    /// Dots per inch of `gray`: from the file, else from the height of the text.
    pub dpi: f32,
    /// Width of the source page in pixels.
    pub source_width: u32,
    /// Height of the source page in pixels.
    pub source_height: u32,
    /// From pixels of `gray` to pixels of the source page.
    pub to_source: Affine,
    /// Straight printed rules (table borders, letterhead rules).
    pub rulings: Vec<Ruling>,
    /// The page holds no print worth reading.
    pub blank: bool,
    /// A PDF's own text, in source pixels.
    pub text_layer: Option<TextLayer>,
}

/// A straight rule as a thin box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// Which way it runs.
    pub direction: Direction,
    /// The box around its ink.
    pub bbox: Rect,
}

/// The way a rule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Left to right.
    Horizontal,
    /// Top to bottom.
    Vertical,
}
