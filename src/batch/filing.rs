//! Files a document: its folder, its status, and what the report says of it.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::exports::{self, Scans};
use super::options::Formats;
use super::report::{Failure, Review};
use super::status::{DocumentStatus, PageStatus, State};
use crate::extract::quality::{PageQuality, REVIEW_BELOW};
use crate::extract::{SourceInfo, Warning};
use crate::ingest::Document;
use crate::layout::page_layout::{Origin, PageLayout, Step};
use crate::pipeline::Paper;
use crate::write::{WriteError, json as json_file};

/// What became of a page.
#[derive(Debug)]
pub enum PageResult {
    /// It was read.
    Read {
        /// Its shape.
        layout: Box<PageLayout>,
        /// Why it was read a second time, in the plainest way.
        plainly: Option<String>,
    },
    /// It was not, and why.
    Failed {
        /// 1-based page.
        number: u32,
        /// What, and what to do.
        reason: String,
    },
}

impl PageResult {
    /// A page that was not read.
    pub fn failed(number: u32, reason: impl Into<String>) -> Self {
        Self::Failed { number, reason: reason.into() }
    }

    /// 1-based page.
    pub fn number(&self) -> u32 {
        match self {
            Self::Read { layout, .. } => layout.number,
            Self::Failed { number, .. } => *number,
        }
    }

    /// The page's shape; empty, but there, for a failed one, so that no page is ever missing.
    pub fn layout(&self) -> PageLayout {
        match self {
            Self::Read { layout, .. } => layout.as_ref().clone(),
            Self::Failed { number, .. } => PageLayout { number: *number, ..PageLayout::default() },
        }
    }

    /// The size of the page image: the frame of every box in the record.
    fn size(&self) -> serde_json::Value {
        let (page, width, height, text, step) = match self {
            Self::Read { layout, .. } => {
                (layout.number, layout.source_width, layout.source_height, layout.origin, layout.step)
            }
            Self::Failed { number, .. } => (*number, 0, 0, Origin::default(), Step::default()),
        };
        json!({"page": page, "width": width, "height": height, "text": text, "reading": step})
    }

    /// The state as far as reading alone tells it.
    pub fn state(&self) -> State {
        match self {
            Self::Read { layout, .. } if layout.blank => State::Blank,
            Self::Read { plainly: Some(_), .. } => State::LowConfidence,
            Self::Read { .. } => State::Ok,
            Self::Failed { .. } => State::Failed,
        }
    }
}

/// A document as the report sees it.
#[derive(Debug)]
pub struct Filed {
    /// Its folder below `documents/`.
    pub document: String,
    /// The input, as shown to the user.
    pub input: String,
    /// Its status.
    pub status: DocumentStatus,
    /// An earlier run had done it.
    pub skipped: bool,
}

impl Filed {
    /// Filed in this run.
    pub fn done(document: &Document, status: DocumentStatus) -> Self {
        Self { document: name(document), input: shown(document), status, skipped: false }
    }

    /// Found done.
    pub fn skipped(document: &Document, status: DocumentStatus) -> Self {
        Self { skipped: true, ..Self::done(document, status) }
    }

    /// Whether all or a part of it failed.
    pub fn failed(&self) -> bool {
        self.status.state == State::Failed
    }

    /// The failures of the document or of its pages.
    pub fn failures(&self) -> impl Iterator<Item = Failure> + '_ {
        let failure = |page, reason: &Option<String>| Failure {
            input: self.input.clone(),
            page,
            reason: reason.clone().unwrap_or_default(),
        };
        let whole = self.status.reason.iter().map(move |_| failure(None, &self.status.reason));
        let pages = self.status.pages.iter().filter(|page| page.state == State::Failed);
        whole.chain(pages.map(move |page| failure(Some(page.page), &page.reason)))
    }

    /// The pages that a person should look at.
    pub fn reviews(&self) -> impl Iterator<Item = Review> + '_ {
        let risky = |page: &&PageStatus| matches!(page.state, State::LowConfidence | State::Failed);
        self.status.pages.iter().filter(risky).map(|page| Review {
            document: self.document.clone(),
            page: page.page,
            expected_character_accuracy: page.expected_character_accuracy,
        })
    }
}

/// The place of a document's results below `documents/`, as text.
pub fn name(document: &Document) -> String {
    document.output.display().to_string()
}

/// What to call a document in messages: its file, or the first of its page images.
pub fn shown(document: &Document) -> String {
    document.files.first().map(|file| file.display().to_string()).unwrap_or_default()
}

/// What the record says of where it comes from; `results` for a document of page images.
pub fn source(document: &Document, sha256: &str, results: Option<&[PageResult]>) -> SourceInfo {
    let mut source = SourceInfo { file: name(document), pages: None, ..SourceInfo::default() };
    source.more.insert("sha256".to_owned(), json!(sha256));
    if let Some(results) = results {
        source.pages = u32::try_from(results.len()).ok();
        let sizes = results.iter().map(PageResult::size).collect();
        source.more.insert("page_images".to_owned(), serde_json::Value::Array(sizes));
    }
    source
}

/// The folder of a document's results.
pub fn folder(out: &Path, document: &Document) -> PathBuf {
    out.join("documents").join(&document.output)
}

/// The input files by their full names, so that they are found from wherever the results are looked at; none where a
/// name is not UTF-8, which JSON cannot hold.
pub fn input_files(document: &Document) -> Vec<PathBuf> {
    let full = |file: &PathBuf| std::path::absolute(file).unwrap_or_else(|_| file.clone());
    let files: Vec<PathBuf> = document.files.iter().map(full).collect();
    if files.iter().all(|file| file.to_str().is_some()) { files } else { Vec::new() }
}

/// The status of a finished document.
pub fn status(
    paper: &Paper,
    results: &[PageResult],
    input_sha256: String,
    options_sha256: String,
    formats: &Formats,
) -> DocumentStatus {
    let result = |number| results.iter().find(|result| result.number() == number);
    let quality = paper.record.quality.as_ref();
    let pages: Vec<PageStatus> = quality
        .iter()
        .flat_map(|quality| &quality.pages)
        .map(|page| page_status(page, result(page.page)))
        .collect();
    DocumentStatus {
        state: pages.iter().map(|page| page.state).max().unwrap_or(State::Ok),
        reason: None,
        input_files: Vec::new(),
        input_sha256,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        options_sha256,
        files: formats.iter().flat_map(|format| exports::files(format, paper, results)).collect(),
        pages,
    }
}

fn page_status(page: &PageQuality, result: Option<&PageResult>) -> PageStatus {
    let accuracy = page.expected_character_accuracy;
    let (state, reason) = match (result, accuracy) {
        (Some(PageResult::Failed { reason, .. }), _) => (State::Failed, Some(reason.clone())),
        (Some(PageResult::Read { plainly: Some(reason), .. }), _) => {
            (State::LowConfidence, Some(read_plainly(reason)))
        }
        (_, None) => (State::Blank, None),
        (_, Some(accuracy)) if accuracy < REVIEW_BELOW => {
            (State::LowConfidence, Some(format!("expected accuracy {accuracy:.3} is below {REVIEW_BELOW}")))
        }
        (_, Some(_)) => (State::Ok, None),
    };
    PageStatus { page: page.page, state, expected_character_accuracy: accuracy, reason }
}

fn read_plainly(reason: &str) -> String {
    format!("read in the plainest way, as at first: {reason}")
}

/// Writes the results and, last, the status: a document without a status is done again.
///
/// # Errors
/// [`WriteError`] if a file cannot be written.
pub fn file(
    folder: &Path,
    paper: &Paper,
    status: &DocumentStatus,
    formats: &Formats,
    scans: Scans<'_>,
) -> Result<(), WriteError> {
    formats.iter().try_for_each(|format| exports::write(format, folder, paper, scans))?;
    json_file::write(&folder.join("status.json"), status)
}

/// Adds a warning for every page that was lost, wholly or at the first try, so that the record itself says what it lacks.
pub fn warn_of_lost_pages(paper: &mut Paper, results: &[PageResult]) {
    for result in results {
        let (code, message) = match result {
            PageResult::Failed { reason, .. } => ("page_failed", reason.clone()),
            PageResult::Read { plainly: Some(reason), .. } => ("page_read_plainly", read_plainly(reason)),
            PageResult::Read { .. } => continue,
        };
        let (code, page) = (code.to_owned(), Some(result.number()));
        paper.record.warnings.push(Warning { code, message, page, pointer: None });
    }
}
