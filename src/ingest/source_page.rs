//! [`SourcePage`]: one page as it came, its pixels untouched.

use image::DynamicImage;

use crate::geometry::Rect;

/// One page as it came.
#[derive(Debug)]
pub struct SourcePage {
    /// 1-based place in the document.
    pub number: u32,
    /// The pixels, at the page's own resolution; every box in a record is in this frame.
    pub image: DynamicImage,
    /// Dots per inch as the file states them; `None` where it states none or an absurd value.
    pub dpi: Option<f32>,
    /// The text a born-digital or layered PDF carries.
    pub text_layer: Option<TextLayer>,
}

/// The words of a PDF's own text layer, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TextLayer {
    /// Words in file order.
    pub words: Vec<LayerWord>,
    /// Drawn for the eye; `false` for the hidden text that another program's OCR lays under a scan.
    pub visible: bool,
    /// An image covers a good part of the page, so the words may not be all of its text.
    pub over_scan: bool,
}

/// A word of a text layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerWord {
    /// As encoded in the PDF; may be stripped of marks, mojibake or legacy-encoded.
    pub text: String,
    /// In pixels of [`SourcePage::image`].
    pub bbox: Rect,
}
