//! `results.jsonl`: all that a shard did, a line for each document in the order of the manifest.
//!
//! Merging reads this one file of each shard instead of several small ones of each document, which is what a file system
//! or an object store is slowest at.

use std::io::{self, Write};
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::shelf::Shelf;
use crate::batch::status::DocumentStatus;
use crate::ingest::Document;

/// The name of the file in a shard's folder.
pub const FILE: &str = "results.jsonl";

/// Documents read ahead, on all cores.
const CHUNK: usize = 128;

/// What became of a document.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResultLine {
    /// Its place below `documents/`.
    pub document: String,
    /// Its status.
    pub status: DocumentStatus,
    /// Its record; `None` where it failed, or none was asked for.
    pub record: Option<Box<RawValue>>,
    /// Its text, a form feed between pages.
    pub text: Option<String>,
}

/// Writes a line for each document, from what is filed of it.
///
/// # Errors
/// If a status is missing or anything cannot be read or written.
pub fn write(shelf: &Shelf, documents: &[Document], to: &mut impl Write) -> io::Result<()> {
    for chunk in documents.chunks(CHUNK) {
        let line = |document: &Document| {
            let mut line = serde_json::to_vec(&ResultLine::read(shelf, &document.output)?)?;
            line.push(b'\n');
            Ok(line)
        };
        let lines: Vec<Vec<u8>> = chunk.par_iter().map(line).collect::<io::Result<_>>()?;
        lines.iter().try_for_each(|line| to.write_all(line))?;
    }
    Ok(())
}

impl ResultLine {
    fn read(shelf: &Shelf, place: &Path) -> io::Result<Self> {
        let document = place.display().to_string();
        let folder = format!("documents/{document}");
        let missing = |file| io::Error::other(format!("{folder}/{file} is missing"));
        let status = shelf.read(&format!("{folder}/status.json"))?.ok_or_else(|| missing("status.json"))?;
        let status: DocumentStatus = serde_json::from_slice(&status)?;
        let file = |name: &'static str| match status.files.iter().any(|file| file == name) {
            true => shelf.read(&format!("{folder}/{name}"))?.ok_or_else(|| missing(name)).map(Some),
            false => Ok(None),
        };
        let record = match file("record.json")? {
            Some(bytes) => Some(to_raw_value(&serde_json::from_slice::<serde_json::Value>(&bytes)?)?),
            None => None,
        };
        let text = file("text.txt")?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Self { document, status, record, text })
    }
}
