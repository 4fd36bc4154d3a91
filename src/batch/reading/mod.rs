//! Who opens documents and reads their pages: this process, or a worker process that may be lost without harm.
//!
//! A [`Reader`] belongs to one thread of a run. [`here::InProcess`] works in the thread itself and is what library users
//! get; [`remote::Worker`] asks a process of its own ([`serve`]), so that a crash, an endless loop or a memory blow-up in
//! a decoder or in the engine costs one page. Both give the same words for the same page.

#[cfg(debug_assertions)]
pub(super) mod fault;
pub mod here;
mod message;
pub mod pixels;
pub mod remote;
pub mod serve;

use serde::{Deserialize, Serialize};

use super::BatchError;
use crate::ingest::Document;
use crate::pipeline::Clock;
use crate::recognize::ocr_page::OcrPage;
use crate::write::pdf::Scan;

/// Opens documents and reads pages, for one thread.
pub trait Reader: Send {
    /// Opens a document; what it holds, or why it cannot be opened.
    fn open(&mut self, document: &Document, clock: &mut Clock) -> Result<Contents, Trouble>;

    /// Reads a page (1-based).
    fn read(&mut self, document: &Document, number: u32, clock: &mut Clock) -> Result<Sight, Trouble>;

    /// The image of a page for a PDF. `size` is the page's width and height in pixels, where it was read.
    fn scan(&mut self, document: &Document, number: u32, size: Option<(u32, u32)>) -> Option<Scan>;

    /// The most memory, in bytes, that a process of the reader's own has held; 0 if it has none.
    fn peak_memory(&self) -> u64;
}

/// What a document holds.
#[derive(Debug)]
pub enum Contents {
    /// So many pages.
    Pages(u32),
    /// Text of somebody else's OCR.
    Text(String),
}

/// A page as read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sight {
    /// The words.
    pub ocr: OcrPage,
    /// The cleaned page image as PNG, if it is to be kept.
    #[serde(skip)]
    pub image: Option<Vec<u8>>,
    /// Why the page was read a second time, in the plainest way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plainly: Option<String>,
}

/// What kept a document or page from being read.
#[derive(Debug)]
pub enum Trouble {
    /// It is its own fault, in one line; the run goes on.
    Input(String),
    /// The run cannot go on.
    Run(BatchError),
}

impl Trouble {
    /// A bad document or page.
    pub fn input(reason: impl ToString) -> Self {
        Self::Input(reason.to_string())
    }
}
