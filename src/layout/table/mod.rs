//! Tables: `ruled` finds grids of printed rules, `aligned` columns kept apart by white space, `grid` puts words into
//! cells; `continued` finds what a page break left of a ruled table.

pub(super) mod aligned;
pub(super) mod continued;
pub(super) mod grid;
pub(super) mod ruled;
