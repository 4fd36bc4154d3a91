//! The manifest: every document of an input, listed once, and its cut into shards.
//!
//! `manifest.jsonl` has a line for each document, in the order of their places, which is the order of everything made of
//! all results together. `plan.json` beside it says where each shard begins and ends, in bytes: a shard reads its own part
//! alone, however long the manifest is. Paths are relative to the root, which may lie elsewhere on another node. The
//! same input gives the same bytes.

use std::ffi::OsString;
use std::io::{self, BufRead};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ShardError;
use super::shelf::Shelf;
use crate::batch::options::Group;
use crate::batch::report::Failure;
use crate::ingest::Document;

/// The list of documents.
pub const MANIFEST: &str = "manifest.jsonl";

/// The cut, beside the list.
pub const PLAN: &str = "plan.json";

/// Changes with the shape of either file.
pub const VERSION: u32 = 1;

/// A line of the manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The place of its results below `documents/`.
    pub document: String,
    /// Its files in page order, relative to the root.
    pub files: Vec<FileName>,
    /// Their size together.
    pub bytes: u64,
    /// Its pages; `null` where it was not opened, could not be, or is text.
    pub pages: Option<u32>,
    /// Processor time it is expected to take, in milliseconds.
    pub cost_ms: u64,
}

/// A file name, which need not be UTF-8: then it is an array of its bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FileName {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Bytes(Vec<u8>),
}

impl FileName {
    /// The name of a path.
    pub fn of(path: &Path) -> Self {
        match path.to_str() {
            Some(text) => Self::Text(text.to_owned()),
            None => Self::Bytes(path.as_os_str().as_bytes().to_vec()),
        }
    }

    fn path(&self) -> PathBuf {
        match self {
            Self::Text(text) => PathBuf::from(text),
            Self::Bytes(bytes) => PathBuf::from(OsString::from_vec(bytes.clone())),
        }
    }
}

impl Planned {
    /// The document, its files below `root`.
    pub fn at(&self, root: &Path) -> Document {
        let files = self.files.iter().map(|file| root.join(file.path())).collect();
        Document { files, output: PathBuf::from(&self.document) }
    }
}

/// `plan.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Of both files.
    pub version: u32,
    /// The folder that the files' names are relative to.
    pub root: PathBuf,
    /// How images became documents.
    pub group: Group,
    /// SHA-256 of the manifest, as hex.
    pub manifest_sha256: String,
    /// All of it.
    #[serde(flatten)]
    pub total: Share,
    /// The shards in order.
    pub shards: Vec<Share>,
    /// Inputs and folders that could not be looked into.
    pub problems: Vec<Failure>,
    /// Files and links of no kind that is read.
    pub passed_over: Vec<String>,
}

/// A part of the manifest: lines that follow one another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Where its first line begins, in bytes.
    pub start: u64,
    /// Where its last line ends.
    pub end: u64,
    /// Its lines.
    pub documents: u64,
    /// Their pages, as far as they are known.
    pub pages: u64,
    /// Processor time expected, in milliseconds.
    pub cost_ms: u64,
}

impl Share {
    fn add(&mut self, line: &Planned, bytes: u64) {
        self.end += bytes;
        self.documents += 1;
        self.pages += u64::from(line.pages.unwrap_or(0));
        self.cost_ms += line.cost_ms;
    }
}

/// Cuts the lines, each with its length in bytes, into `shards` parts that follow one another.
///
/// A document belongs to the part in which the middle of its cost falls when all costs are laid end to end. So no part
/// is off the ideal by more than the dearest document, and a document that comes or goes moves the cuts only a little.
pub fn cut<'l>(lines: impl Iterator<Item = (&'l Planned, u64)> + Clone, shards: usize) -> Vec<Share> {
    let shards = shards.max(1);
    let total: u128 = lines.clone().map(|(line, _)| weight(line)).sum();
    let mut parts = vec![Share::default(); shards];
    let (mut before, mut at, mut offset) = (0, 0, 0);
    for (line, bytes) in lines {
        let middle = 2 * before + weight(line);
        let part = usize::try_from(middle * shards as u128 / (2 * total)).unwrap_or(0).min(shards - 1);
        while at < part {
            at += 1;
            parts[at] = Share { start: offset, end: offset, ..Share::default() };
        }
        parts[part].add(line, bytes);
        (before, offset) = (before + weight(line), offset + bytes);
    }
    for part in &mut parts[at + 1..] {
        (part.start, part.end) = (offset, offset);
    }
    parts
}

/// What costs nothing still takes its turn.
fn weight(line: &Planned) -> u128 {
    u128::from(line.cost_ms.max(1))
}

/// The sum of parts.
pub fn sum(parts: &[Share]) -> Share {
    parts.iter().fold(Share::default(), |sum, part| Share {
        start: 0,
        end: sum.end.max(part.end),
        documents: sum.documents + part.documents,
        pages: sum.pages + part.pages,
        cost_ms: sum.cost_ms + part.cost_ms,
    })
}

/// A manifest that was planned.
#[derive(Debug)]
pub struct Manifest {
    /// Its cut.
    pub plan: Plan,
    shelf: Shelf,
    path: PathBuf,
}

impl Manifest {
    /// The manifest of that name, with the plan beside it.
    ///
    /// # Errors
    /// [`ShardError::Manifest`] where there is none, or none of this version.
    pub fn open(path: &Path) -> Result<Self, ShardError> {
        let wrong = |reason: String| ShardError::Manifest { path: path.to_owned(), reason };
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let shelf = Shelf::at(folder)?;
        let bytes = shelf.read(PLAN).map_err(|error| wrong(format!("{PLAN} beside it: {error}")))?;
        let bytes = bytes.ok_or_else(|| wrong(format!("there is no {PLAN} beside it")))?;
        let plan: Plan =
            serde_json::from_slice(&bytes).map_err(|error| wrong(format!("{PLAN} beside it: {error}")))?;
        if plan.version != VERSION {
            return Err(wrong("it was made by another version".to_owned()));
        }
        Ok(Self { plan, shelf, path: path.to_owned() })
    }

    /// The lines of one of the shards, each as parsed and with its bytes.
    ///
    /// # Errors
    /// [`ShardError`] if the manifest cannot be read, or a line is none.
    pub fn lines(
        &self,
        share: &Share,
    ) -> Result<impl Iterator<Item = Result<(Planned, Vec<u8>), ShardError>> + use<>, ShardError> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let range = Some(share.start..share.end);
        let mut from = self.shelf.open(&name, range).map_err(ShardError::Shelf)?;
        let (mut left, path) = (share.documents, self.path.clone());
        Ok(std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            Some(line(&mut from).map_err(ShardError::Shelf).and_then(|bytes| {
                let planned = serde_json::from_slice(&bytes).map_err(|_| changed(&path))?;
                Ok((planned, bytes))
            }))
        }))
    }

    /// What to say of a manifest that is not the one that was planned.
    pub fn changed(&self) -> ShardError {
        changed(&self.path)
    }

    /// Shard `number` (1-based) of `of`.
    ///
    /// # Errors
    /// [`ShardError::Cut`] if the manifest is not cut so.
    pub fn share(&self, number: usize, of: usize) -> Result<Share, ShardError> {
        let cut = self.plan.shards.len();
        let share = number.checked_sub(1).and_then(|index| self.plan.shards.get(index));
        share.filter(|_| of == cut).copied().ok_or(ShardError::Cut { number, of, cut })
    }
}

fn changed(path: &Path) -> ShardError {
    ShardError::Manifest { path: path.to_owned(), reason: "it has changed since it was planned".to_owned() }
}

fn line(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.read_until(b'\n', &mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn planned(cost_ms: u64) -> Planned {
        Planned { document: "a".into(), files: Vec::new(), bytes: 1, pages: Some(2), cost_ms }
    }

    proptest! {
        #[test]
        fn parts_follow_one_another_hold_everything_and_are_balanced(
            costs in prop::collection::vec(0_u64..10_000, 0..200),
            shards in 1_usize..40,
        ) {
            let lines: Vec<Planned> = costs.iter().map(|cost| planned(*cost)).collect();
            let parts = cut(lines.iter().map(|line| (line, 10)), shards);
            prop_assert_eq!(parts.len(), shards);
            let mut end = 0;
            for part in &parts {
                prop_assert_eq!((part.start, part.end - part.start), (end, 10 * part.documents));
                end = part.end;
            }
            let whole = sum(&parts);
            prop_assert_eq!((whole.documents, whole.pages), (costs.len() as u64, 2 * costs.len() as u64));
            prop_assert_eq!(whole.cost_ms, costs.iter().sum::<u64>());
            let weights: u64 = costs.iter().map(|cost| (*cost).max(1)).sum();
            let dearest = costs.iter().copied().max().unwrap_or(0).max(1);
            for part in parts {
                let weight = part.cost_ms + part.documents; // what costs nothing weighs 1
                prop_assert!(part.cost_ms <= weights / shards as u64 + dearest + 1);
                prop_assert!(weight + dearest + 1 >= weights / shards as u64);
            }
        }
    }

    #[test]
    fn names_that_are_not_utf8_come_back() {
        let path = PathBuf::from(OsString::from_vec(b"k\xd5/a.pdf".to_vec()));
        let line = Planned { files: vec![FileName::of(&path), FileName::of(Path::new("b"))], ..planned(1) };
        let back: Planned = serde_json::from_str(&serde_json::to_string(&line).unwrap()).unwrap();
        assert_eq!(back.at(Path::new("/r")).files, [Path::new("/r").join(path), PathBuf::from("/r/b")]);
    }
}
