//! The cells of a table as lines between columns and rows, and the words that fall into them.
//!
//! Reads edges and [`Token`]s, produces a [`Table`]. Never drops a word: one that falls outside is handed back.

use crate::geometry::Rect;
use crate::layout::line::{Segment, build_column};
use crate::layout::page_layout::{Cell, Line, Table};
use crate::layout::straight::Token;

/// A table's skeleton in the straight frame.
#[derive(Debug, Clone)]
pub(in crate::layout) struct Grid {
    /// Column edges from left to right, one more than columns.
    pub xs: Vec<f32>,
    /// Row edges from top to bottom, one more than rows.
    pub ys: Vec<f32>,
    /// Cells in order of row, then column; together they cover every place once.
    pub spans: Vec<Span>,
    /// Whether rules are drawn.
    pub ruled: bool,
}

/// The places a cell covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::layout) struct Span {
    pub row: usize,
    pub column: usize,
    pub rows: usize,
    pub columns: usize,
}

impl Grid {
    pub fn rows(&self) -> usize {
        self.ys.len().saturating_sub(1)
    }

    pub fn columns(&self) -> usize {
        self.xs.len().saturating_sub(1)
    }

    pub fn top(&self) -> f32 {
        self.ys.first().copied().unwrap_or(0.0)
    }

    /// Whether the point lies within the outer edges.
    pub fn contains(&self, x: f32, y: f32) -> bool {
        place(&self.xs, x).is_some() && place(&self.ys, y).is_some()
    }

    /// The table with `tokens` in its cells by their centres, and those that lie outside.
    pub fn fill(&self, tokens: Vec<Token>) -> (Table, Vec<Token>) {
        let owners = self.owners();
        let mut cells: Vec<Vec<Token>> = self.spans.iter().map(|_| Vec::new()).collect();
        let mut outside = Vec::new();
        for token in tokens {
            let place = place(&self.ys, token.center_y()).zip(place(&self.xs, token.center_x()));
            let owner = place.and_then(|(row, column)| owners.get(row * self.columns() + column));
            match owner.and_then(|&owner| cells.get_mut(owner)) {
                Some(cell) => cell.push(token),
                None => outside.push(token),
            }
        }
        let bbox = Rect::union_all(cells.iter().flatten().filter_map(|token| token.word.bbox));
        let cells = self.spans.iter().zip(cells).map(|(span, tokens)| self.cell(span, tokens)).collect();
        let (rows, columns) = (self.rows() as u32, self.columns() as u32);
        (Table { rows, columns, cells, bbox, ruled: self.ruled }, outside)
    }

    /// For each place, row by row, the index of the cell that covers it.
    fn owners(&self) -> Vec<usize> {
        let mut owners = vec![0; self.rows() * self.columns()];
        for (index, span) in self.spans.iter().enumerate() {
            for row in span.row..span.row + span.rows {
                for column in span.column..span.column + span.columns {
                    if let Some(owner) = owners.get_mut(row * self.columns() + column) {
                        *owner = index;
                    }
                }
            }
        }
        owners
    }

    fn cell(&self, span: &Span, tokens: Vec<Token>) -> Cell {
        Cell {
            row: span.row as u32,
            column: span.column as u32,
            row_span: span.rows as u32,
            column_span: span.columns as u32,
            lines: cell_lines(tokens),
        }
    }
}

/// The lines of a cell, indents counted from its leftmost word.
fn cell_lines(tokens: Vec<Token>) -> Vec<Line> {
    let segments = build_column(tokens);
    let margin = segments.iter().map(|segment: &Segment| segment.x0).fold(f32::MAX, f32::min);
    segments.into_iter().map(|segment| segment.into_line(margin)).collect()
}

/// Between which two edges a coordinate lies.
fn place(edges: &[f32], at: f32) -> Option<usize> {
    let after = edges.partition_point(|&edge| edge <= at);
    (after > 0 && after < edges.len()).then(|| after - 1)
}
