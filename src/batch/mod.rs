//! A folder through the pipeline: what there is to do, what is done, what went wrong.
//!
//! Reads files and folders, writes `documents/…` and `report.json`. One bad input costs only itself, whatever it does to
//! the process that reads it; what is done is skipped on the next run, page by page; the same input gives the same bytes
//! with any number of jobs.
//!
//! [`run::run`] is the whole; [`crew`] has the threads, [`queue`] says what is next, [`work`] does it, [`reading`] is who
//! reads. [`shards`] is the same over many machines.

pub mod acceptance;
pub mod crew;
pub mod exports;
pub mod filing;
pub mod fingerprint;
pub mod lock;
pub mod memory;
pub mod options;
pub mod progress;
pub mod queue;
pub mod reading;
pub mod report;
pub mod run;
pub mod shards;
pub mod status;
pub mod unfinished;
pub mod watch;
pub mod work;

pub use options::RunOptions;
pub use run::{Run, run};

use std::path::PathBuf;

use crate::write::WriteError;
use crate::write::catalog::CatalogError;

/// Why a whole run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The results cannot be filed.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The threads could not be started.
    #[error("cannot start the worker threads ({0}); try --jobs 1")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// A worker process could not be started.
    #[error("cannot start a worker process ({0}); `vanthu doctor` tells what is missing")]
    Worker(std::io::Error),
    /// The shard or its manifest is not there.
    #[error(transparent)]
    Shard(#[from] shards::ShardError),
    /// The catalogue cannot be made.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Another run is at work on the same results.
    #[error("{out}: another run is at work here ({holder}); wait for it, or use another folder", out = .out.display())]
    Locked {
        /// The folder of the results.
        out: PathBuf,
        /// Process and host.
        holder: String,
    },
}
