//! Tables: `ruled` finds grids of printed rules, `grid` puts words into cells.

pub(super) mod grid;
pub(super) mod ruled;
