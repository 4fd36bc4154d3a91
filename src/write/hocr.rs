//! hOCR 1.2: all pages of a document as one XHTML file, for the tools that read it (and for a browser).
//!
//! Reads [`RestoredPage`]s, writes `ocr_page` → `ocr_carea` → `ocr_par` → `ocr_line` → `ocrx_word`, in reading order and in
//! pixels of the source page. A table is an `ocr_table` with a cell a `td`. `x_wconf` is 0–100; where restoration changed
//! a word, its `title` attribute's `x_vanthu_raw` holds it as read. Never loads anything from elsewhere.

use std::path::Path;

use super::place::{of_lines, on_source};
use super::xml::escape;
use super::{WriteError, atomic};
use crate::geometry::Rect;
use crate::restore::restored_page::{
    Block, Furniture, FurnitureKind, Line, PageLayout, RestoredPage, Table, Word,
};

/// Files a document as hOCR.
///
/// # Errors
/// [`WriteError`] if the file cannot be written.
pub fn write(path: &Path, pages: &[RestoredPage], source_file: &str) -> Result<(), WriteError> {
    atomic::write(path, hocr(pages, source_file).as_bytes())
}

/// A document as hOCR; `source_file` is the name of the scan.
pub fn hocr(pages: &[RestoredPage], source_file: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let title = escape(source_file);
    let mut html = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="vi" xml:lang="vi">
<head>
<meta charset="utf-8"/>
<title>{title}</title>
<meta name="ocr-system" content="vanthu {version}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocr_table ocrx_word"/>
<meta name="ocr-langs" content="vi"/>
</head>
<body>
"#
    );
    for page in pages {
        Hocr { page: &page.layout, html: &mut html }.page(source_file);
    }
    html.push_str("</body>\n</html>\n");
    html
}

struct Hocr<'a> {
    page: &'a PageLayout,
    html: &'a mut String,
}

impl Hocr<'_> {
    fn push(&mut self, text: &str) {
        self.html.push_str(text);
    }

    fn page(&mut self, source_file: &str) {
        let page = self.page;
        let number = page.number;
        // The format gives no way to write a quote inside the quoted name.
        let image = source_file.replace('"', "'");
        let size = match (page.source_width, page.source_height) {
            (0, _) | (_, 0) => String::new(),
            (width, height) => format!("bbox 0 0 {width} {height}; "),
        };
        let title = format!("image \"{image}\"; {size}ppageno {}", number.saturating_sub(1));
        self.push(&format!("<div class=\"ocr_page\" id=\"page_{number}\" title=\"{}\">\n", escape(&title)));
        for (index, block) in page.blocks.iter().enumerate() {
            self.block(&format!("{number}_{}", index + 1), block);
        }
        self.push("</div>\n");
    }

    fn block(&mut self, id: &str, block: &Block) {
        match block {
            Block::Table(table) => self.table(id, table),
            Block::Paragraph(paragraph) => self.area(id, "ocr_carea", &paragraph.lines),
            Block::Furniture(Furniture { kind, lines }) => {
                let class = match kind {
                    FurnitureKind::PageNumber => "ocr_pageno",
                    FurnitureKind::Stamp | FurnitureKind::Noise => "ocr_float",
                };
                self.area(id, class, lines);
            }
        }
    }

    fn area(&mut self, id: &str, class: &str, lines: &[Line]) {
        let title = bbox(of_lines(self.page, lines));
        self.push(&format!(
            "<div class=\"{class}\" id=\"block_{id}\"{title}>\n<p class=\"ocr_par\" id=\"par_{id}\"{title}>\n"
        ));
        lines.iter().for_each(|line| self.line(line));
        self.push("</p>\n</div>\n");
    }

    fn table(&mut self, id: &str, table: &Table) {
        let rect = table.bbox.as_ref().map(|rect| on_source(self.page, rect));
        self.push(&format!("<table class=\"ocr_table\" id=\"block_{id}\"{}>\n", bbox(rect)));
        for row in table.cells.chunk_by(|a, b| a.row == b.row) {
            self.push("<tr>\n");
            for cell in row {
                let (rows, columns) = (cell.row_span.max(1), cell.column_span.max(1));
                self.push(&format!("<td rowspan=\"{rows}\" colspan=\"{columns}\">\n"));
                cell.lines.iter().for_each(|line| self.line(line));
                self.push("</td>\n");
            }
            self.push("</tr>\n");
        }
        self.push("</table>\n");
    }

    fn line(&mut self, line: &Line) {
        self.push(&format!("<span class=\"ocr_line\"{}>", bbox(of_lines(self.page, [line]))));
        for (index, word) in line.words.iter().enumerate() {
            if index > 0 {
                self.push(" ");
            }
            self.word(word);
        }
        self.push("</span>\n");
    }

    fn word(&mut self, word: &Word) {
        let mut properties = Vec::new();
        if let Some(rect) = word.bbox.as_ref().map(|rect| on_source(self.page, rect)) {
            properties.push(corners(rect));
        }
        // A NaN becomes 0 in the cast: nothing known.
        properties.push(format!("x_wconf {}", (word.confidence.clamp(0.0, 1.0) * 100.0).round() as u32));
        if word.raw != word.text && !word.raw.is_empty() {
            // Quotes and semicolons separate properties.
            properties.push(format!("x_vanthu_raw \"{}\"", word.raw.replace('"', "'")));
        }
        let (title, text) = (properties.join("; "), escape(&word.text));
        self.push(&format!("<span class=\"ocrx_word\" title=\"{}\">{text}</span>", escape(&title)));
    }
}

fn bbox(rect: Option<Rect>) -> String {
    rect.map(|rect| format!(" title=\"{}\"", corners(rect))).unwrap_or_default()
}

fn corners(r: Rect) -> String {
    format!("bbox {} {} {} {}", r.x0, r.y0, r.x1, r.y1)
}
