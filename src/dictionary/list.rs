//! The source lists that are part of the program: tab-separated rows below one header line.
//!
//! They are embedded as they stand in `dictionaries/` and taken apart at first use. A cell is a slice of the
//! embedded text, so nothing is copied. Provenance: `dictionaries/README.md`.

/// Rows of an embedded list, without its header line.
pub(super) fn rows(list: &'static str) -> impl Iterator<Item = Row> + Clone {
    list.lines().skip(1).filter(|line| !line.is_empty()).map(Row)
}

/// One row.
#[derive(Clone, Copy)]
pub(super) struct Row(&'static str);

impl Row {
    /// The cell of a column, empty if the row is shorter.
    pub(super) fn cell(self, column: usize) -> &'static str {
        self.0.split('\t').nth(column).unwrap_or("")
    }

    /// The number in a column, 0 if there is none.
    pub(super) fn number(self, column: usize) -> u32 {
        self.cell(column).parse().unwrap_or(0)
    }
}
