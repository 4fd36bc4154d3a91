//! A page as plain text in reading order.
//!
//! Reads a [`PageLayout`], produces text: a line for each printed line, a blank line between blocks, table rows as
//! tab-separated cells with the lines of a cell joined by blanks. Furniture is not part of the paper's text and stays
//! out. Never changes a word.

use super::page_layout::{Block, Cell, Lane, Line, PageLayout, Table};
use crate::alphabet::fold_key;

/// The page as plain text; empty for a page without text, else it ends with a line feed.
pub fn reading_text(page: &PageLayout) -> String {
    let blocks: Vec<String> = order(&page.blocks).into_iter().filter_map(block_text).collect();
    if blocks.is_empty() { String::new() } else { blocks.join("\n\n") + "\n" }
}

/// The order of the blocks, but for the letterhead: it has two rows, issuer beside national title and number beside
/// place and date, and is read row by row.
fn order(blocks: &[Block]) -> Vec<&Block> {
    let lane = |block: &&Block| match block {
        Block::Paragraph(paragraph) => Some(paragraph.lane),
        _ => None,
    };
    let start = blocks.iter().position(|b| lane(&b) == Some(Lane::Left)).unwrap_or(blocks.len());
    let left = blocks.iter().skip(start).take_while(|b| lane(b) == Some(Lane::Left)).count();
    let right = blocks.iter().skip(start + left).take_while(|b| lane(b) == Some(Lane::Right)).count();
    let (before, rest) = blocks.split_at(start);
    let (left, rest) = rest.split_at(left);
    let (right, rest) = rest.split_at(right);
    let cut = |column: &[Block], cue: fn(&str) -> bool| {
        column.iter().position(|block| block.lines().any(|line| cue(&fold_key(&line.text()))))
    };
    let (number, date) = (cut(left, is_number), cut(right, is_date));
    let (Some(number), Some(date)) = (number, date) else { return blocks.iter().collect() };
    let (issuer, number) = left.split_at(number);
    let (title, date) = right.split_at(date);
    [before, issuer, title, number, date, rest].into_iter().flatten().collect()
}

/// `Số: 265/KH-UBND`, `S6:265`
fn is_number(key: &str) -> bool {
    let figure = key.contains(|c: char| c.is_ascii_digit() || c == ':' || c == '/');
    (key.starts_with("so") || key.starts_with("s6")) && figure || key.contains('/') && key.contains('-')
}

/// `Hà Nội, ngày 26 tháng 9 năm 2025`
fn is_date(key: &str) -> bool {
    ["ngay", "thang", "nam"].iter().filter(|word| key.contains(*word)).count() >= 2
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
