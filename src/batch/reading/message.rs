//! What a run and its worker processes say to each other: a JSON object a line, and bytes after the line that says so.

use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Sight;
use crate::batch::RunOptions;
use crate::ingest::Document;
use crate::pipeline::Clock;

/// From the run to the worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// First of all: how to work. Answered by [`Reply::Ready`].
    Begin(Box<RunOptions>),
    /// Open a document, in place of the one before. Answered by `Pages`, `Text` or `Failed`.
    Open(Names),
    /// Read a page of the open document. Answered by `Admit`, then, after [`Request::Go`], by `Sight` or `Failed`.
    Read {
        /// 1-based.
        number: u32,
        /// In the plainest way, as it was lost the first time.
        plainly: bool,
    },
    /// There is room for the pixels.
    Go,
    /// The image of a page of the open document. Answered by `Jpeg`, `Pixels` or `NoScan`.
    Scan {
        /// 1-based.
        number: u32,
        /// Width and height of the page, where it was read.
        size: Option<(u32, u32)>,
    },
}

/// From the worker to the run.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// The engine is there.
    Ready,
    /// The document holds so many pages.
    Pages(u32),
    /// The document is a text.
    Text(String),
    /// About to decode so many pixels; waits for [`Request::Go`].
    Admit(u64),
    /// A page, with its cleaned image in the bytes if that is kept.
    Sight(Box<Sight>),
    /// A JPEG stream in the bytes.
    Jpeg,
    /// Pixels in the bytes, row by row: 1 (grey) or 3 (RGB) to a pixel.
    Pixels {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Bytes to a pixel.
        channels: u8,
    },
    /// There is no image.
    NoScan,
    /// It cannot be done; why, in one line.
    Failed(String),
}

/// A reply with what every reply carries.
#[derive(Debug, Serialize, Deserialize)]
pub struct Envelope {
    /// The reply.
    pub reply: Reply,
    /// CPU time spent on it.
    pub clock: Clock,
    /// The most memory the process has held so far, in bytes.
    pub peak_memory: u64,
    /// So many bytes come after the line.
    pub bytes: usize,
}

/// A document; file names are bytes, as they need not be UTF-8.
#[derive(Debug, Serialize, Deserialize)]
pub struct Names {
    files: Vec<Vec<u8>>,
    output: Vec<u8>,
}

impl From<&Document> for Names {
    fn from(document: &Document) -> Self {
        let bytes = |path: &PathBuf| path.as_os_str().as_bytes().to_vec();
        Self { files: document.files.iter().map(bytes).collect(), output: bytes(&document.output) }
    }
}

impl From<Names> for Document {
    fn from(names: Names) -> Self {
        let path = |bytes| PathBuf::from(OsString::from_vec(bytes));
        Self { files: names.files.into_iter().map(path).collect(), output: path(names.output) }
    }
}

/// Sends a message and the bytes that belong to it.
pub fn send(to: &mut impl Write, message: &impl Serialize, bytes: &[u8]) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.write_all(bytes)?;
    to.flush()
}

/// The next message; `None` when the other side has hung up.
pub fn receive<T: DeserializeOwned>(from: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&line)?))
}
