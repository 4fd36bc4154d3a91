//! [`IngestError`]: why an input, or one page of it, cannot be read.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why an input cannot be read. Each message is one line: what, where, and what to do.
#[derive(Debug, Error)]
pub enum IngestError {
    /// The path names nothing.
    #[error("{path}: no such file or folder; check the name", path = .0.display())]
    NotFound(PathBuf),
    /// The system refuses to give the bytes.
    #[error("{path}: cannot be read ({reason}); check the permissions and the disk", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// In the system's words.
        reason: String,
    },
    /// A file of zero bytes.
    #[error("{path}: the file is empty (0 bytes); copy or scan it again", path = .0.display())]
    Empty(PathBuf),
    /// The content is of no kind that can be read here.
    #[error(
        "{path}: {found}; readable are PDF, TIFF, PNG, JPEG, JPEG 2000, BMP, WebP and .txt",
        path = path.display()
    )]
    NotSupported {
        /// The file.
        path: PathBuf,
        /// What the content looks like.
        found: String,
    },
    /// The file asks for a password.
    #[error("{path}: the PDF asks for a password; save a copy without one", path = .0.display())]
    Encrypted(PathBuf),
    /// The file ends early or contradicts itself.
    #[error("{path}: the file is damaged ({reason}); copy or scan it again", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        reason: String,
    },
    /// The file asks for more than [`Limits`](crate::ingest::Limits) allow.
    #[error("{path}: {what}; if it is meant, raise the limit with {option}", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What is too large, with both figures.
        what: String,
        /// The option that raises the limit.
        option: &'static str,
    },
    /// One page cannot be read; the others may be.
    #[error("{path}, page {page}: {reason}", path = path.display())]
    Page {
        /// The file.
        path: PathBuf,
        /// 1-based.
        page: u32,
        /// What is wrong and what to do.
        reason: String,
    },
}

impl IngestError {
    /// The file or folder concerned.
    pub fn path(&self) -> &Path {
        match self {
            Self::NotFound(path) | Self::Empty(path) | Self::Encrypted(path) => path,
            Self::Unreadable { path, .. }
            | Self::NotSupported { path, .. }
            | Self::Damaged { path, .. }
            | Self::TooLarge { path, .. }
            | Self::Page { path, .. } => path,
        }
    }

    /// From an I/O error at `path`.
    pub fn io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let path = path.to_path_buf();
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound(path),
            ErrorKind::UnexpectedEof => Self::damaged(&path, "it ends too early"),
            _ => Self::Unreadable { path, reason: without_os_number(&error.to_string()) },
        }
    }

    /// A damaged file.
    pub fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_path_buf(), reason: one_line(&reason.into()) }
    }

    /// One bad page of a document.
    pub fn page(path: &Path, page: u32, reason: impl Into<String>) -> Self {
        Self::Page { path: path.to_path_buf(), page, reason: one_line(&reason.into()) }
    }

    /// A page of more pixels than allowed.
    pub fn too_many_pixels(path: &Path, width: u32, height: u32, limit: u64) -> Self {
        let what = format!(
            "a page of {width} × {height} pixels ({} million, at most {} million are read)",
            u64::from(width) * u64::from(height) / 1_000_000,
            limit / 1_000_000
        );
        Self::TooLarge { path: path.to_path_buf(), what, option: "--max-pixels" }
    }
}

/// `Permission denied (os error 13)` without its number.
fn without_os_number(message: &str) -> String {
    one_line(message.split(" (os error").next().unwrap_or(message))
}

/// Decoders' messages may run over lines or hold control characters; a report line must not.
fn one_line(message: &str) -> String {
    let flat: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    flat.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}
