//! What can go wrong with dictionaries.

use std::path::PathBuf;

use thiserror::Error;

/// Why a dictionary can't be had.
#[derive(Debug, Error)]
pub enum DictionaryError {
    /// A file can't be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file can't be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The bytes are no usable model.
    #[error("not a usable language model: {0}")]
    Model(#[from] ModelError),
    /// A line of a user's list is wrong.
    #[error("{}, line {line}: {reason}", path.display())]
    List {
        /// The list.
        path: PathBuf,
        /// 1-based line.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The corpus can't be made into a model.
    #[error("cannot train: {0}")]
    Training(String),
}

/// What is wrong with the bytes of a model.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ModelError {
    /// The first bytes are not those of a model.
    #[error("it doesn't begin like one")]
    Magic,
    /// A version that this program doesn't read.
    #[error(
        "its format version is {found}, this program reads {wanted}; train it again with `vanthu dict train`"
    )]
    Version {
        /// Version in the file.
        found: u32,
        /// Version this program reads.
        wanted: u32,
    },
    /// Shorter or longer than it says.
    #[error("it's cut off or has bytes too many")]
    Length,
    /// A part that contradicts another.
    #[error("its {0} are damaged")]
    Damaged(&'static str),
}
