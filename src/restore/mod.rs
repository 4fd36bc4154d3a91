//! Gives damaged text its letters and marks back, and says of every change where, from what, to what and why.
//!
//! Reads [`PageLayout`](crate::layout::page_layout::PageLayout)s or running text, produces
//! [`restored_page::RestoredPage`]s and an edit log from which the input can be had back byte for byte. Never changes
//! digits, codes, addresses or foreign names, and never rewrites what was right.
//!
//! The way of a passage: [`level`] tells how damaged it is, [`candidate`] what each word may stand for (by the dictionary's
//! keys, or by [`search`] under the prices of the [`channel`]), [`decode`] finds the best way through the [`lattice`], and
//! [`passage`] turns it into changes. [`page`] does this for pages, [`text`] for text of any size.

pub mod restored_page;

mod authorship;
mod candidate;
mod channel;
mod code;
mod decode;
mod dress;
mod edit_log;
mod enumerator;
mod habit;
mod language;
mod lattice;
mod level;
mod memory;
mod nearby;
mod outcome;
mod page;
mod passage;
mod phrase;
mod protect;
mod restorer;
mod search;
mod slot;
mod spacing;
mod text;

pub use channel::misreadings;
pub use edit_log::{Edit, UndoError, undo};
pub use level::Level;
pub use passage::Weighed;
pub use restorer::{RestoreOptions, Restorer};
