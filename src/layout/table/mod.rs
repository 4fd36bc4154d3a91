//! Tables: `ruled` finds grids of printed rules, `aligned` columns kept apart by white space, `grid` puts words into
//! cells.

pub(super) mod aligned;
pub(super) mod grid;
pub(super) mod ruled;
