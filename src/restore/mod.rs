//! Gives damaged text its letters and marks back, and says of every change where, from what, to what and why.
//!
//! Reads [`PageLayout`](crate::layout::page_layout::PageLayout)s or running text, produces
//! [`restored_page::RestoredPage`]s and an edit log from which the input can be had back byte for byte. Never changes
//! digits, codes, addresses or foreign names, and never rewrites what was right.

pub mod restored_page;
