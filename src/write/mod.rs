//! Files the results: JSON, text, ALTO, hOCR, tables, searchable PDF, the catalogue, each by atomic rename.
//!
//! Reads a [`Record`](crate::extract::record::Record) and the restored pages, writes one folder a document. A reader
//! never sees half a file, and the same input gives the same bytes.

pub mod alto;
pub mod atomic;
pub mod catalog;
pub mod corrections;
pub mod hocr;
pub mod json;
pub mod jsonl;
pub mod markdown;
pub mod pdf;
mod place;
pub mod results;
pub mod table;
pub mod text;
pub mod words;
pub mod xml;

/// Why a result could not be filed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder or file could not be written.
    #[error("{path}: cannot write ({source}); check that the folder exists, is writable and has room")]
    Io {
        /// The file in question.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A value could not be put into JSON.
    #[error("{path}: cannot encode as JSON ({source})")]
    Json {
        /// The file in question.
        path: std::path::PathBuf,
        /// What the encoder said.
        source: serde_json::Error,
    },
}
