//! [`RecognizeError`]: why a page could not be read.

use std::path::PathBuf;

use thiserror::Error;

/// Why a page could not be read. Each message is one line: what, where, and what to do.
#[derive(Debug, Error)]
pub enum RecognizeError {
    /// The language model is not on this machine.
    #[error(
        "the model {language}.traineddata was not found in {searched}; install it with: apt-get install tesseract-ocr-{language}"
    )]
    ModelMissing {
        /// Language of the model.
        language: String,
        /// The folders searched, separated by commas.
        searched: String,
    },
    /// The model is there, but the engine does not take it.
    #[error("{path}: the engine cannot load this model; install it anew with: apt-get install --reinstall tesseract-ocr-{language}", path = path.display())]
    ModelRejected {
        /// The model file.
        path: PathBuf,
        /// Language of the model.
        language: String,
    },
    /// The engine failed on a page.
    #[error("page {page}: the engine could not read the page ({reason})")]
    Engine {
        /// 1-based.
        page: u32,
        /// What is known.
        reason: String,
    },
    /// The engine did not finish in time.
    #[error("page {page}: not read within {seconds} s; give it longer with --page-timeout")]
    Deadline {
        /// 1-based.
        page: u32,
        /// The time allowed.
        seconds: u64,
    },
}
