//! ALTO 4.4: a page with every word, its place and how sure it is, for libraries and archives.
//!
//! Reads a [`RestoredPage`], writes one XML file a page, in pixels of the source page. What stands where:
//!
//! - `String/@CONTENT` is the restored word, `@WC` how likely it is right.
//! - Where restoration changed a word, `ALTERNATIVE PURPOSE="recognized"` holds it as it was read. (`SUBS_CONTENT` would
//!   be wrong: the schema keeps it for hyphenation and abbreviations. `ALTERNATIVE` is for a word's other writings that
//!   do not come from the recognition of single letters.)
//! - The engine's second choices for a letter are `Glyph/Variant`, which the schema has for just that. Glyphs spell the
//!   word *as read*; the schema allows them to differ from `@CONTENT` after a correction.
//! - Blocks stand in reading order. A table is a `ComposedBlock TYPE="table"` of a `TextBlock` for each cell with text,
//!   whose ID ends in row and column (`t2_r1_c3`, counted from 1). A stamp, or specks read as letters, are
//!   `ComposedBlock`s of that `TYPE`; a page number stands in `TopMargin` or `BottomMargin`.
//!
//! A page of plain text has no positions; the schema lets them be left out.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::place::{of_lines, on_source};
use super::xml::escape;
use super::{WriteError, atomic};
use crate::geometry::Rect;
use crate::restore::restored_page::{
    Block, Furniture, FurnitureKind, Line, Origin, PageLayout, Paragraph, RestoredPage, Table, Word,
};

/// The file of a page, relative to the document's folder.
pub fn file_name(page: u32) -> PathBuf {
    PathBuf::from(format!("alto/{page:04}.xml"))
}

/// Files every page of a document below `folder`.
///
/// # Errors
/// [`WriteError`] if a file cannot be written.
pub fn write(folder: &Path, pages: &[RestoredPage], source_file: &str) -> Result<(), WriteError> {
    pages.iter().try_for_each(|page| {
        atomic::write(&folder.join(file_name(page.layout.number)), alto(page, source_file).as_bytes())
    })
}

/// A page as an ALTO document; `source_file` is the name of the scan.
pub fn alto(page: &RestoredPage, source_file: &str) -> String {
    let mut alto = Alto { page: &page.layout, xml: String::with_capacity(1 << 16), strings: 0, lines: 0 };
    alto.description(source_file);
    alto.layout();
    alto.xml
}

/// The document as it grows, and the counters its IDs come from.
struct Alto<'a> {
    page: &'a PageLayout,
    xml: String,
    strings: u32,
    lines: u32,
}

impl Alto<'_> {
    fn push(&mut self, text: &str) {
        self.xml.push_str(text);
    }

    fn description(&mut self, source_file: &str) {
        let step = match self.page.origin {
            Origin::Engine => "text recognised by Tesseract, then restored",
            Origin::TextLayer => "text taken over from the PDF, then restored",
        };
        let (file, version) = (escape(source_file), env!("CARGO_PKG_VERSION"));
        self.push(&format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" SCHEMAVERSION="4.4">
<Description>
<MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>{file}</fileName></sourceImageInformation>
<Processing ID="processing"><processingCategory>contentGeneration</processingCategory><processingStepDescription>{step}</processingStepDescription><processingSoftware><softwareName>vanthu</softwareName><softwareVersion>{version}</softwareVersion></processingSoftware></Processing>
</Description>
"#
        ));
    }

    fn layout(&mut self) {
        let page = self.page;
        let size = match (page.source_width, page.source_height) {
            (0, _) | (_, 0) => String::new(),
            (width, height) => format!(r#" WIDTH="{width}" HEIGHT="{height}""#),
        };
        let number = page.number;
        self.push(&format!(
            "<Layout>\n<Page ID=\"page_{number}\" PHYSICAL_IMG_NR=\"{number}\"{size} PROCESSINGREFS=\"processing\" LANG=\"vi\">\n"
        ));
        let blocks: Vec<(usize, &Block)> = page.blocks.iter().enumerate().map(|(i, b)| (i + 1, b)).collect();
        for margin in [Space::Top, Space::Bottom, Space::Print] {
            self.space(margin, blocks.iter().copied().filter(|(_, block)| Space::of(page, block) == margin));
        }
        self.push("</Page>\n</Layout>\n</alto>\n");
    }

    fn space<'b>(&mut self, space: Space, blocks: impl Iterator<Item = (usize, &'b Block)> + Clone) {
        if space != Space::Print && blocks.clone().next().is_none() {
            return;
        }
        let name = space.element();
        let rect = of_lines(self.page, blocks.clone().flat_map(|(_, block)| block.lines()));
        self.push(&format!("<{name}{}>\n", position(rect)));
        blocks.for_each(|(number, block)| self.block(number, block));
        self.push(&format!("</{name}>\n"));
    }

    fn block(&mut self, number: usize, block: &Block) {
        match block {
            Block::Paragraph(Paragraph { lines, .. }) => self.text_block(&format!("b{number}"), lines),
            Block::Table(table) => self.table(number, table),
            Block::Furniture(Furniture { kind: FurnitureKind::PageNumber, lines }) => {
                self.text_block(&format!("b{number}"), lines);
            }
            Block::Furniture(Furniture { kind, lines }) => {
                let kind = if *kind == FurnitureKind::Stamp { "stamp" } else { "noise" };
                self.open_composed(&format!("f{number}"), kind, of_lines(self.page, lines));
                self.text_block(&format!("b{number}"), lines);
                self.push("</ComposedBlock>\n");
            }
        }
    }

    fn table(&mut self, number: usize, table: &Table) {
        let rect = table.bbox.as_ref().map(|rect| on_source(self.page, rect));
        let rect = rect.or_else(|| of_lines(self.page, table.cells.iter().flat_map(|cell| &cell.lines)));
        self.open_composed(&format!("t{number}"), "table", rect);
        let mut taken = BTreeSet::new();
        for (index, cell) in table.cells.iter().enumerate() {
            let (row, column) = (cell.row.saturating_add(1), cell.column.saturating_add(1));
            // Two cells that claim one place (a damaged grid) must not share an ID.
            let twin = if taken.insert((row, column)) { String::new() } else { format!("_{index}") };
            let id = format!("t{number}_r{row}_c{column}{twin}");
            self.text_block(&id, &cell.lines);
        }
        self.push("</ComposedBlock>\n");
    }

    fn open_composed(&mut self, id: &str, kind: &str, rect: Option<Rect>) {
        self.push(&format!("<ComposedBlock ID=\"{id}\" TYPE=\"{kind}\"{}>\n", position(rect)));
    }

    /// A block without words is left out: the schema asks for a string in every line.
    fn text_block(&mut self, id: &str, lines: &[Line]) {
        if lines.iter().all(|line| line.words.is_empty()) {
            return;
        }
        self.push(&format!("<TextBlock ID=\"{id}\"{}>\n", position(of_lines(self.page, lines))));
        lines.iter().filter(|line| !line.words.is_empty()).for_each(|line| self.line(line));
        self.push("</TextBlock>\n");
    }

    fn line(&mut self, line: &Line) {
        self.lines += 1;
        let rect = of_lines(self.page, [line]);
        self.push(&format!("<TextLine ID=\"l{}\"{}>\n", self.lines, position(rect)));
        let mut before: Option<Option<Rect>> = None;
        for word in &line.words {
            let rect = word.bbox.as_ref().map(|rect| on_source(self.page, rect));
            if let Some(before) = before {
                self.space_between(before, rect);
            }
            self.word(word, rect);
            before = Some(rect);
        }
        self.push("</TextLine>\n");
    }

    fn space_between(&mut self, left: Option<Rect>, right: Option<Rect>) {
        match (left, right) {
            (Some(left), Some(right)) if right.x0 > left.x1 => {
                let (x, y, width) = (left.x1, left.y0, right.x0 - left.x1);
                self.push(&format!("<SP HPOS=\"{x}\" VPOS=\"{y}\" WIDTH=\"{width}\"/>\n"));
            }
            _ => self.push("<SP/>\n"),
        }
    }

    fn word(&mut self, word: &Word, rect: Option<Rect>) {
        self.strings += 1;
        let (id, content, confidence) = (self.strings, escape(&word.text), share(word.confidence));
        self.push(&format!(
            "<String ID=\"s{id}\" CONTENT=\"{content}\"{} WC=\"{confidence}\"",
            position(rect)
        ));
        let (changed, glyphs) = (word.raw != word.text && !word.raw.is_empty(), has_variants(word));
        if !changed && !glyphs {
            return self.push("/>\n");
        }
        self.push(">");
        if changed {
            let raw = escape(&word.raw);
            self.push(&format!("<ALTERNATIVE PURPOSE=\"recognized\">{raw}</ALTERNATIVE>"));
        }
        if glyphs {
            self.glyphs(word);
        }
        self.push("</String>\n");
    }

    fn glyphs(&mut self, word: &Word) {
        for symbol in &word.symbols {
            let (content, confidence) = (escape(&symbol.text), share(symbol.confidence));
            // Writing to a string cannot fail.
            let _ = write!(self.xml, "<Glyph CONTENT=\"{content}\" GC=\"{confidence}\">");
            for (text, confidence) in symbol.alternatives.iter().filter(|(text, _)| fits_variant(text)) {
                let (content, confidence) = (escape(text), share(*confidence));
                let _ = write!(self.xml, "<Variant CONTENT=\"{content}\" VC=\"{confidence}\"/>");
            }
            self.push("</Glyph>");
        }
    }
}

/// The parts of a page that the schema knows and papers have, in the schema's order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    Top,
    Bottom,
    Print,
}

impl Space {
    /// Page numbers belong to the margins, all else to the print space.
    fn of(page: &PageLayout, block: &Block) -> Self {
        let Block::Furniture(Furniture { kind: FurnitureKind::PageNumber, lines }) = block else {
            return Self::Print;
        };
        match of_lines(page, lines) {
            Some(rect) if i64::from(rect.center_y()) * 2 > i64::from(page.source_height) => Self::Bottom,
            _ => Self::Top,
        }
    }

    fn element(self) -> &'static str {
        match self {
            Self::Top => "TopMargin",
            Self::Bottom => "BottomMargin",
            Self::Print => "PrintSpace",
        }
    }
}

fn position(rect: Option<Rect>) -> String {
    let place = |r: Rect| {
        format!(r#" HPOS="{}" VPOS="{}" WIDTH="{}" HEIGHT="{}""#, r.x0, r.y0, r.width(), r.height())
    };
    rect.map(place).unwrap_or_default()
}

/// Three places of a share; what is no number counts as nothing known.
fn share(value: f32) -> String {
    let value = if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) };
    format!("{value:.3}")
}

/// Whether glyphs would say anything, and the schema can hold them: one code point a glyph.
fn has_variants(word: &Word) -> bool {
    word.symbols.iter().all(|symbol| symbol.text.chars().count() == 1)
        && word.symbols.iter().any(|symbol| symbol.alternatives.iter().any(|(text, _)| fits_variant(text)))
}

fn fits_variant(text: &str) -> bool {
    (1..=3).contains(&text.chars().count())
}
