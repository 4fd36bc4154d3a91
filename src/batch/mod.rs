//! A folder through the pipeline: what there is to do, what is done, what went wrong.
//!
//! Reads files and folders, writes `documents/…` and `report.json`. One bad input costs only itself; what is done is
//! skipped on the next run; the same input gives the same bytes with any number of jobs.

pub mod exports;
pub mod filing;
pub mod fingerprint;
pub mod options;
pub mod progress;
pub mod queue;
pub mod report;
pub mod status;

pub use options::RunOptions;
pub use queue::run;

use crate::write::WriteError;

/// Why a whole run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The results cannot be filed.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The threads could not be started.
    #[error("cannot start the worker threads ({0}); try --jobs 1")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}
