//! `status.json`: what was done to a document, from what and how; the next run skips what still holds.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The state of a page or of a whole document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Read, and likely right.
    Ok,
    /// Holds no print.
    Blank,
    /// Read, but a person should look at it.
    LowConfidence,
    /// Not read; the reason says why.
    Failed,
}

/// The state of one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageStatus {
    /// 1-based page.
    pub page: u32,
    /// Its state.
    pub state: State,
    /// Expected share of characters right, 0–1; `None` where nothing was read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected_character_accuracy: Option<f64>,
    /// Why it failed or should be looked at.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// What was done to a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentStatus {
    /// The worst state of its pages; failed if it could not be opened.
    pub state: State,
    /// Why the whole document failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Where the input lay, in page order: there `vanthu review` finds the page images.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub input_files: Vec<PathBuf>,
    /// SHA-256 over the bytes of the input files, in page order, as hex.
    pub input_sha256: String,
    /// Version of the program.
    pub version: String,
    /// SHA-256 over every option and dictionary that can change the result, as hex.
    pub options_sha256: String,
    /// The result files, relative to the document's folder.
    pub files: Vec<String>,
    /// Every page, in order.
    pub pages: Vec<PageStatus>,
}

impl DocumentStatus {
    /// Reads a status; `None` where there is none or it is not one (then the document is done again).
    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    /// The status of a document that could not be opened.
    pub fn failed(reason: String, input_sha256: String, options_sha256: String) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let (files, pages) = (Vec::new(), Vec::new());
        Self {
            state: State::Failed,
            reason: Some(reason),
            input_files: Vec::new(),
            input_sha256,
            version,
            options_sha256,
            files,
            pages,
        }
    }

    /// Whether this result still holds for the same input, options and program.
    ///
    /// A failed document is tried again: the reason may have been mended.
    pub fn holds(&self, input_sha256: &str, options_sha256: &str) -> bool {
        self.state != State::Failed
            && self.pages.iter().all(|page| page.state != State::Failed)
            && self.input_sha256 == input_sha256
            && self.options_sha256 == options_sha256
            && self.version == env!("CARGO_PKG_VERSION")
    }

    /// Whether its files are there.
    pub fn files_are_in(&self, folder: &Path) -> bool {
        self.files.iter().all(|file| folder.join(file).is_file())
    }
}
