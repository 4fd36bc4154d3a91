//! Makes a manifest: finds the documents, counts their pages, estimates what each costs, and cuts the list into shards.
//!
//! Pages are counted by worker processes, as a broken file may take with it whoever opens it; what cannot be opened keeps
//! its line, and the run that comes to it says why. Nothing else is looked at, so a plan takes a few milliseconds a file.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::manifest::{self, FileName, MANIFEST, PLAN, Plan, Planned, Share};
use super::shelf::Shelf;
use crate::batch::reading::pixels::PixelGate;
use crate::batch::reading::remote::Worker;
use crate::batch::reading::{Contents, Reader, Trouble};
use crate::batch::report::Failure;
use crate::batch::{BatchError, RunOptions, fingerprint};
use crate::ingest::{self, DiscoverOptions, Discovery, Document};
use crate::pipeline::Clock;
use crate::write::{WriteError, json};

/// Processor time of a page and of opening a document, and of a kilobyte of text, in milliseconds. Means over
/// `fixtures/scans`, as `report.json` states them; only their proportions matter for the cut.
const PAGE_MS: u64 = 1500;
const DOCUMENT_MS: u64 = 20;
const TEXT_KB_MS: u64 = 30;

/// Bytes taken for a page where nobody has counted: between a fax and a colour photograph.
const PAGE_BYTES: u64 = 150_000;

/// What a shard costs where nobody says how many there are to be: half an hour, so that little is lost with one and the
/// last ones end soon after another.
const SHARD_MS: u64 = 30 * 60 * 1000;

/// How to plan.
#[derive(Debug)]
pub struct Planning<'a> {
    /// How images become documents, and what is refused.
    pub options: &'a RunOptions,
    /// So many shards; `None` for as many as take about half an hour of one core each.
    pub shards: Option<usize>,
    /// This program, whose workers count pages; `None` not to count but to go by size.
    pub program: Option<&'a Path>,
}

/// Lists what is in `input` and files the manifest and its cut in `out`.
///
/// # Errors
/// If they cannot be filed, or no worker can be started.
pub fn plan(input: &Path, out: &Path, planning: &Planning<'_>) -> Result<Plan, BatchError> {
    let grouping = planning.options.group.into();
    let exclude = Some(out.to_owned());
    let mut found = ingest::discover(&[input.to_owned()], &DiscoverOptions { grouping, exclude });
    // The order in which the results stand on disk, as everything that walks them has it.
    found.documents.sort_by(|a, b| a.output.cmp(&b.output));
    let root = root(input);
    let lines = lines(&found.documents, input, &root, planning)?;
    file(out, lines, root, found, planning)
}

/// The full name of the folder that paths are relative to.
fn root(input: &Path) -> PathBuf {
    let folder = if input.is_dir() { input } else { input.parent().unwrap_or(Path::new("")) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

fn lines(
    documents: &[Document],
    input: &Path,
    root: &Path,
    planning: &Planning<'_>,
) -> Result<Vec<Planned>, BatchError> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(planning.options.jobs).build()?;
    let gate = PixelGate::new(planning.options.max_pixels_at_once);
    let worker = || planning.program.map(|program| Mutex::new(Worker::new(program, planning.options, &gate)));
    let workers: Vec<_> = (0..threads.current_num_threads()).map(|_| worker()).collect();
    let line = |document: &Document| {
        let worker = rayon::current_thread_index().and_then(|index| workers.get(index)?.as_ref());
        let pages = match worker {
            Some(worker) => count(document, &mut worker.lock().unwrap_or_else(PoisonError::into_inner))?,
            None => None,
        };
        Ok(planned(document, input, root, pages))
    };
    threads.install(|| documents.par_iter().map(line).collect())
}

/// The pages of a document; `None` for text and for what cannot be opened.
fn count(document: &Document, worker: &mut Worker<'_>) -> Result<Option<u32>, BatchError> {
    if is_text(document) {
        return Ok(None);
    }
    match worker.open(document, &mut Clock::default()) {
        Ok(Contents::Pages(pages)) => Ok(Some(pages)),
        Ok(Contents::Text(_)) | Err(Trouble::Input(_)) => Ok(None),
        Err(Trouble::Run(error)) => Err(error),
    }
}

fn planned(document: &Document, input: &Path, root: &Path, pages: Option<u32>) -> Planned {
    let bytes =
        document.files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|meta| meta.len()).sum();
    let relative = |file: &PathBuf| match file.strip_prefix(input) {
        Ok(inner) if !inner.as_os_str().is_empty() => FileName::of(inner),
        _ => FileName::of(file.file_name().map_or(root, Path::new)),
    };
    Planned {
        document: document.output.display().to_string(),
        files: document.files.iter().map(relative).collect(),
        bytes,
        pages,
        cost_ms: cost(document, bytes, pages),
    }
}

fn is_text(document: &Document) -> bool {
    document.files.iter().all(|file| file.extension().is_some_and(|e| e.eq_ignore_ascii_case("txt")))
}

fn cost(document: &Document, bytes: u64, pages: Option<u32>) -> u64 {
    if is_text(document) {
        return DOCUMENT_MS + bytes * TEXT_KB_MS / 1000;
    }
    let pages = pages.map_or_else(|| (bytes / PAGE_BYTES).max(document.files.len() as u64), u64::from);
    DOCUMENT_MS + pages * PAGE_MS
}

fn file(
    out: &Path,
    lines: Vec<Planned>,
    root: PathBuf,
    found: Discovery,
    planning: &Planning<'_>,
) -> Result<Plan, BatchError> {
    let shelf = Shelf::at(out)?;
    let (mut lengths, mut digest) = (Vec::with_capacity(lines.len()), Sha256::new());
    shelf.write_with(MANIFEST, |to| {
        for line in &lines {
            let mut bytes = serde_json::to_vec(line)?;
            bytes.push(b'\n');
            digest.update(&bytes);
            lengths.push(bytes.len() as u64);
            std::io::Write::write_all(to, &bytes)?;
        }
        Ok(())
    })?;
    let measured = || lines.iter().zip(lengths.iter().copied());
    let whole = manifest::cut(measured(), 1);
    let shards = planning.shards.unwrap_or_else(|| usual(&whole[0]));
    let plan = Plan {
        version: manifest::VERSION,
        root,
        group: planning.options.group,
        manifest_sha256: fingerprint::hex(digest),
        total: whole[0],
        shards: manifest::cut(measured(), shards),
        problems: found.problems.iter().map(Failure::of_input).collect(),
        passed_over: found.skipped.iter().map(|path| path.display().to_string()).collect(),
    };
    let bytes = json::bytes(&plan).map_err(|source| WriteError::Json { path: out.join(PLAN), source })?;
    shelf.write(PLAN, &bytes)?;
    Ok(plan)
}

fn usual(whole: &Share) -> usize {
    usize::try_from(whole.cost_ms.div_ceil(SHARD_MS)).unwrap_or(1).max(1)
}
