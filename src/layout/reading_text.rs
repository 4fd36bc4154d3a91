//! A page as plain text in reading order.
//!
//! Reads a [`PageLayout`], produces text: a line for each printed line, a blank line between blocks, table rows as
//! tab-separated cells with the lines of a cell joined by blanks. Furniture is not part of the paper's text and stays
//! out. Never changes a word.

use super::page_layout::{Block, Cell, Line, PageLayout, Table};

/// The page as plain text; empty for a page without text, else it ends with a line feed.
pub fn reading_text(page: &PageLayout) -> String {
    let blocks: Vec<String> = page.blocks.iter().filter_map(block_text).collect();
    if blocks.is_empty() { String::new() } else { blocks.join("\n\n") + "\n" }
}

fn block_text(block: &Block) -> Option<String> {
    let text = match block {
        Block::Paragraph(paragraph) => paragraph.lines.iter().map(Line::text).collect::<Vec<_>>().join("\n"),
        Block::Table(table) => table_text(table),
        Block::Furniture(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn table_text(table: &Table) -> String {
    let mut rows: Vec<Vec<String>> = vec![Vec::new(); table.rows as usize];
    for cell in &table.cells {
        if let Some(row) = rows.get_mut(cell.row as usize) {
            row.resize((cell.column as usize).max(row.len()), String::new());
            row.push(cell_text(cell));
        }
    }
    rows.iter().map(|row| row.join("\t").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn cell_text(cell: &Cell) -> String {
    cell.lines.iter().map(Line::text).collect::<Vec<_>>().join(" ")
}
