//! The paper as one flow: all pages of it, passages and tables in reading order.
//!
//! Page furniture stays out (a page number is no text), a table that goes on over a page break is one table again.
//! Nothing else is joined or split here: that needs to know the part of the paper.

use super::passage::Passage;
use crate::restore::restored_page::{Alignment, Block, FurnitureKind, Lane, PageLayout, RestoredPage, Table};

/// A table, cell by cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    /// Rows of cells; a cell that is spanned over or blank is an empty passage.
    pub rows: Vec<Vec<Passage>>,
}

/// A part of the flow.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Text(Passage),
    Table(Grid),
}

/// The flow of a paper, and what its stamps say.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    pub items: Vec<Item>,
    pub stamps: Vec<Passage>,
}

/// No table has more cells than this; what a wrong count claims is not made.
const MOST_CELLS: u64 = 200_000;

/// The flow of all pages.
pub(crate) fn read(pages: &[RestoredPage]) -> Flow {
    let mut flow = Flow::default();
    for page in pages {
        let mut fresh = true;
        for block in &page.layout.blocks {
            match block {
                Block::Paragraph(p) => {
                    let passage = Passage::of_lines(&p.lines, &page.layout, p.lane, p.alignment);
                    if !passage.tokens.is_empty() {
                        flow.items.push(Item::Text(passage));
                        fresh = false;
                    }
                }
                Block::Table(table) => {
                    add_table(grid(table, &page.layout), fresh, &mut flow.items);
                    fresh = false;
                }
                Block::Furniture(f) if f.kind == FurnitureKind::Stamp => {
                    flow.stamps.push(Passage::of_lines(&f.lines, &page.layout, Lane::Full, Alignment::Left));
                }
                Block::Furniture(_) => {}
            }
        }
    }
    flow
}

fn grid(table: &Table, page: &PageLayout) -> Grid {
    let (rows, columns) = (table.rows as usize, table.columns as usize);
    if u64::from(table.rows) * u64::from(table.columns) > MOST_CELLS {
        return Grid::default();
    }
    let mut grid = vec![vec![Passage::default(); columns]; rows];
    for cell in &table.cells {
        let place = grid.get_mut(cell.row as usize).and_then(|row| row.get_mut(cell.column as usize));
        if let Some(place) = place {
            place.append(Passage::of_lines(&cell.lines, page, Lane::Full, Alignment::Left));
        }
    }
    grid.retain(|row| row.iter().any(|cell| !cell.tokens.is_empty()));
    Grid { rows: grid }
}

/// A table at the head of a page goes on with one at the end of the page before, if their columns agree.
fn add_table(mut grid: Grid, fresh: bool, items: &mut Vec<Item>) {
    let width = |grid: &Grid| grid.rows.first().map_or(0, Vec::len);
    let Some(Item::Table(last)) = items.last_mut() else {
        return if grid.rows.is_empty() {
        } else {
            items.push(Item::Table(grid))
        };
    };
    if !fresh || width(last) != width(&grid) {
        items.push(Item::Table(grid));
        return;
    }
    let texts = |row: &[Passage]| row.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
    if last.rows.first().map(|row| texts(row)) == grid.rows.first().map(|row| texts(row)) {
        grid.rows.remove(0);
    }
    let mut rows = grid.rows.into_iter();
    if let Some(first) = rows.next() {
        continue_row(first, &mut last.rows);
    }
    last.rows.extend(rows);
}

/// A first row without a number of its own, over a table that has numbers, is the rest of a row broken by the page.
fn continue_row(first: Vec<Passage>, rows: &mut Vec<Vec<Passage>>) {
    let numbered = |row: &Vec<Passage>| row.first().is_some_and(|cell| !cell.tokens.is_empty());
    let goes_on = !numbered(&first) && rows.last().is_some_and(numbered);
    match rows.last_mut() {
        Some(last) if goes_on => {
            for (cell, rest) in last.iter_mut().zip(first) {
                cell.append(rest);
            }
        }
        _ => rows.push(first),
    }
}
