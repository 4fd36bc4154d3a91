//! Markdown: the text of a paper as an office would paste it: paragraphs, tables, pages.
//!
//! Reads [`RestoredPage`]s, writes paragraphs in reading order, tables as pipe tables (a spanning cell's text stands in its
//! first place), a rule between pages. Page numbers, stamps and specks are left out. What would be markup in Markdown or
//! HTML is escaped, so that the paper's own signs are seen as they are.

use std::path::Path;

use super::{WriteError, atomic};
use crate::restore::restored_page::{Alignment, Block, Line, Paragraph, RestoredPage, Table};

/// A table wider or taller than this is no table of a paper; its cells are given as paragraphs.
const MOST_CELLS: u64 = 100_000;

/// Files a document as Markdown.
///
/// # Errors
/// [`WriteError`] if the file cannot be written.
pub fn write(path: &Path, pages: &[RestoredPage]) -> Result<(), WriteError> {
    atomic::write(path, markdown(pages).as_bytes())
}

/// A document as Markdown.
pub fn markdown(pages: &[RestoredPage]) -> String {
    let mut text = pages.iter().map(page).collect::<Vec<_>>().join("\n---\n\n");
    if text.is_empty() {
        text.push('\n');
    }
    text
}

fn page(page: &RestoredPage) -> String {
    let parts = page.layout.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(paragraph) => Some(self::paragraph(paragraph)),
        Block::Table(table) => Some(self::table(table)),
        Block::Furniture(_) => None,
    });
    parts.filter(|part| !part.is_empty()).map(|part| part + "\n").collect::<Vec<_>>().join("\n")
}

/// Lines of running text flow together; centred ones (letterhead, titles) keep their breaks and are bold in capitals.
fn paragraph(paragraph: &Paragraph) -> String {
    let lines: Vec<String> =
        paragraph.lines.iter().map(Line::text).filter(|line| !line.trim().is_empty()).collect();
    if paragraph.alignment != Alignment::Center {
        return escape(&lines.join(" "));
    }
    let set = |line: &String| match is_capitals(line) {
        true => format!("**{}**", escape(line.trim())),
        false => escape(line),
    };
    lines.iter().map(set).collect::<Vec<_>>().join("\\\n")
}

fn is_capitals(line: &str) -> bool {
    line.chars().any(char::is_uppercase) && !line.chars().any(char::is_lowercase)
}

fn table(table: &Table) -> String {
    let cells = u64::from(table.rows) * u64::from(table.columns);
    if cells == 0 || cells > MOST_CELLS {
        return table.cells.iter().map(|cell| text(&cell.lines)).collect::<Vec<_>>().join("\n\n");
    }
    let mut grid = vec![vec![String::new(); table.columns as usize]; table.rows as usize];
    for cell in &table.cells {
        if let Some(place) = grid.get_mut(cell.row as usize).and_then(|row| row.get_mut(cell.column as usize))
        {
            *place = text(&cell.lines);
        }
    }
    let mut rows: Vec<String> = grid.iter().map(|row| format!("| {} |", row.join(" | "))).collect();
    rows.insert(1, format!("|{}", " --- |".repeat(table.columns as usize)));
    rows.join("\n")
}

fn text(lines: &[Line]) -> String {
    escape(&lines.iter().map(Line::text).collect::<Vec<_>>().join(" "))
}

/// The text with a backslash before every sign that could be markup where it stands.
fn escape(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut safe = String::with_capacity(text.len() + 8);
    let start = marker_end(&text);
    for (index, c) in text.char_indices() {
        let anywhere = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '!');
        if anywhere || Some(index) == start {
            safe.push('\\');
        }
        safe.push(if c.is_control() { '\u{fffd}' } else { c });
    }
    safe
}

/// Where a list marker or heading sign at the start of a paragraph has to be defused: `-`, `+`, `#`, the dot of `1.`.
fn marker_end(text: &str) -> Option<usize> {
    match text.chars().next()? {
        '-' | '+' | '#' | '=' => Some(0),
        _ => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            (digits > 0 && matches!(text.as_bytes().get(digits), Some(b'.' | b')'))).then_some(digits)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::restore::restored_page::{Cell, PageLayout, Word};

    fn line(text: &str) -> Line {
        let word = |text: &str| Word { text: text.into(), raw: text.into(), ..Word::default() };
        Line { words: text.split(' ').map(word).collect(), ..Line::default() }
    }

    fn paragraph(lines: &[&str], alignment: Alignment) -> Block {
        Block::Paragraph(Paragraph {
            lines: lines.iter().map(|l| line(l)).collect(),
            alignment,
            ..Paragraph::default()
        })
    }

    fn pages(blocks: Vec<Block>) -> Vec<RestoredPage> {
        vec![RestoredPage { layout: PageLayout { blocks, ..PageLayout::default() }, edits: vec![] }]
    }

    #[test]
    fn paragraphs_flow_and_titles_keep_their_lines() {
        let text = markdown(&pages(vec![
            paragraph(&["KẾ HOẠCH", "Tổ chức hội nghị"], Alignment::Center),
            paragraph(&["1. Mục đích", "và yêu cầu"], Alignment::Left),
            paragraph(&["- Gửi a_b*c <script>"], Alignment::Left),
        ]));
        assert_eq!(
            text,
            "**KẾ HOẠCH**\\\nTổ chức hội nghị\n\n1\\. Mục đích và yêu cầu\n\n\\- Gửi a\\_b\\*c \\<script\\>\n"
        );
    }

    #[test]
    fn a_table_is_a_pipe_table_and_a_huge_claim_is_none() {
        let cell =
            |row, column, text| Cell { row, column, row_span: 1, column_span: 1, lines: vec![line(text)] };
        let cells = vec![
            cell(0, 0, "TT"),
            cell(0, 1, "Nội dung"),
            cell(1, 0, "1"),
            cell(1, 1, "Khai | mạc"),
            cell(9, 9, "x"),
        ];
        let table = Table { rows: 2, columns: 2, cells: cells.clone(), ..Table::default() };
        assert_eq!(
            markdown(&pages(vec![Block::Table(table)])),
            "| TT | Nội dung |\n| --- | --- |\n| 1 | Khai \\| mạc |\n"
        );
        let huge = Table { rows: u32::MAX, columns: u32::MAX, cells, ..Table::default() };
        assert!(markdown(&pages(vec![Block::Table(huge)])).starts_with("TT\n\nNội dung"));
    }
}
