//! [`PageImage`]: a page cleaned for reading, with the way back to the source pixels.

use image::{GrayImage, imageops};
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

impl PageImage {
    /// A part of the page as a page of its own, without rules and text layer; empty where `rect` lies outside.
    pub fn part(&self, rect: &Rect) -> PageImage {
        let clip = |v: i32, most: u32| u32::try_from(v.max(0)).unwrap_or(0).min(most);
        let (x0, y0) = (clip(rect.x0, self.gray.width()), clip(rect.y0, self.gray.height()));
        let (x1, y1) = (clip(rect.x1, self.gray.width()), clip(rect.y1, self.gray.height()));
        let gray = imageops::crop_imm(&self.gray, x0, y0, x1.saturating_sub(x0), y1.saturating_sub(y0));
        PageImage {
            gray: gray.to_image(),
            to_source: Affine::translate(f64::from(x0), f64::from(y0)).then(&self.to_source),
            rulings: Vec::new(),
            text_layer: None,
            ..*self
        }
    }
}
