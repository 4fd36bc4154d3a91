//! The paper as one flow: all pages of it, passages and tables in reading order.
//!
//! Page furniture stays out (a page number is no text), a table that goes on over a page break is one table again.
//! Nothing else is joined or split here: that needs to know the part of the paper.

use super::passage::Passage;
use super::record::CellSpan;
use crate::restore::restored_page::{
    Alignment, Block, Cell, FurnitureKind, Lane, PageLayout, RestoredPage, Table,
};

/// A table, cell by cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    /// Rows of cells; a cell that is spanned over or blank is an empty passage.
    pub rows: Vec<Vec<Passage>>,
    /// Cells that cover more than one place.
    pub spans: Vec<CellSpan>,
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
    let filled: Vec<bool> = grid.iter().map(|row| row.iter().any(|cell| !cell.tokens.is_empty())).collect();
    let spans = table.cells.iter().filter_map(|cell| span(cell, &filled)).collect();
    let mut filled = filled.into_iter();
    grid.retain(|_| filled.next().unwrap_or(false));
    Grid { rows: grid, spans }
}

/// The places a merged cell covers among the rows that hold text; `None` if only one is left.
fn span(cell: &Cell, filled: &[bool]) -> Option<CellSpan> {
    let kept = |rows: std::ops::Range<usize>| {
        filled.get(rows).unwrap_or_default().iter().filter(|filled| **filled).count() as u32
    };
    let (first, end) = (cell.row as usize, cell.row as usize + cell.row_span as usize);
    let span = CellSpan {
        row: kept(0..first),
        column: cell.column,
        rows: kept(first..end.min(filled.len())),
        columns: cell.column_span,
    };
    (span.rows > 0 && span.rows * span.columns > 1).then_some(span)
}

/// A table at the head of a page goes on with one at the end of the page before, if their columns agree.
fn add_table(grid: Grid, fresh: bool, items: &mut Vec<Item>) {
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
    let count = grid.rows.len();
    let mut heads = 0;
    while heads + 1 < grid.rows.len()
        && last.rows.get(heads).map(|row| texts(row)) == grid.rows.get(heads).map(|row| texts(row))
    {
        heads += 1;
    }
    let mut rows = grid.rows.into_iter().skip(heads);
    if let Some(first) = rows.next() {
        continue_row(first, &mut last.rows);
    }
    last.rows.extend(rows);
    // The rows of this page are the last of the whole; a row that went on is not counted twice.
    let shift = last.rows.len().saturating_sub(count) as u32;
    let below_heads = grid.spans.into_iter().filter(|span| span.row as usize >= heads);
    last.spans.extend(below_heads.map(|span| CellSpan { row: span.row + shift, ..span }));
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
