//! The review page: a person looks at what the program doubts, puts it right or finds it right.
//!
//! Reads the results below `DIR/documents` and the scans they were made of; serves a local web page; writes nothing but
//! lines at the end of `corrections.jsonl` beside a record ([`crate::write::corrections`]). Never changes a record, never
//! reaches out to another machine, and never takes a file name from a request: a document is known by its place in the
//! list of results.
//!
//! - [`fields`]: the values of a record, in order, with where they stand and how sure they are
//! - [`queue`]: all documents, the riskiest first
//! - [`follow`]: what else changes when a word or a value is put right
//! - [`scan`]: page images for a browser
//! - [`desk`]: all of it behind one door: documents by name, corrections checked and kept
//! - [`guard`]: who may ask
//! - [`server`]: the routes
//! - [`export`]: corrections as training pairs, dictionary terms and corrected records
//! - [`summary_page`]: a run at a glance, as a file

pub mod desk;
pub mod export;
pub mod fields;
pub mod follow;
pub mod guard;
pub mod queue;
pub mod scan;
pub mod server;
pub mod summary_page;

pub use server::{ReviewOptions, serve};

use crate::write::WriteError;

/// Why something asked of the review page was not done.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There are no results in the folder.
    #[error("{0}: no results here; name the folder given to `vanthu run --out`")]
    NoResults(std::path::PathBuf),
    /// The address cannot be listened on.
    #[error("cannot listen on {address} ({source}); try another --port")]
    Address {
        /// Address and port.
        address: std::net::SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server broke off.
    #[error("the review page broke off ({0})")]
    Server(#[from] std::io::Error),
    /// No such document, page or value.
    #[error("not found: {0}")]
    NotFound(String),
    /// What was asked makes no sense.
    #[error("{0}")]
    Refused(String),
    /// The value was changed meanwhile.
    #[error("it no longer says what it did when you opened it; look again")]
    Outdated,
    /// A correction could not be kept.
    #[error(transparent)]
    Write(#[from] WriteError),
}
