//! One report, one catalogue and one file of records from any number of shards.
//!
//! The manifest and the shards' results stand in one order, so both are read once, side by side and piece by piece; what is
//! held in memory does not grow with them. A merge is whole only if each line of the manifest has met the result of its
//! document, and the manifest is, by its digest, the one that was planned. What is missing is named, and the rest is
//! merged all the same.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, Planned};
use super::results::{self, ResultLine};
use super::shelf::Shelf;
use super::{Shard, ShardError, ShardReport};
use crate::batch::filing::{self, Filed};
use crate::batch::report::{Failure, Report, Review};
use crate::batch::status::DocumentStatus;
use crate::batch::{BatchError, fingerprint};
use crate::extract::record::Record;
use crate::write::atomic::Draft;
use crate::write::catalog::{self, Builder, Entry};
use crate::write::{WriteError, corrections, json};

/// Every failure, a line each; the report holds the first of them.
pub const FAILURES: &str = "failures.jsonl";

/// What a merge files, apart from the page that shows it.
pub const FILES: [&str; 4] = ["records.jsonl", FAILURES, catalog::FILE_NAME, "report.json"];

/// Failures and pages to review that the report holds.
const LISTED: usize = 10_000;

/// Documents read ahead and understood on all cores: some megabytes.
const CHUNK: usize = 256;

/// `report.json` of a merge: the report of all shards together, and the proof that it is of all.
#[derive(Debug, Serialize, Deserialize)]
pub struct Merged {
    /// SHA-256 of the manifest, as hex.
    pub manifest_sha256: String,
    /// Lines of the manifest: the sum of the next two.
    pub planned: u64,
    /// Those that met their result.
    pub accounted: u64,
    /// Those whose shard is not done.
    pub missing: u64,
    /// The shards that are not done, such as `3/8`; run them again.
    pub unfinished: Vec<String>,
    /// All failures; each is a line of `failures.jsonl`, and the first 10,000 are listed here.
    pub all_failures: u64,
    /// All pages to review; the riskiest 10,000 are listed here.
    pub all_pages_to_review: u64,
    /// The sums over all shards. The wall clock is that of all shards one after the other.
    #[serde(flatten)]
    pub report: Report,
}

/// Merges the shards of a manifest whose results are on `shelf`, and files the whole in the folder `out`, which is the shelf
/// itself unless that is an object store; `each` is told every status.
///
/// # Errors
/// If a result does not belong to its line, or shards were run with different options; if the merged files cannot be
/// written. Then earlier ones are still there.
pub fn merge(
    manifest: &Manifest,
    shelf: &Shelf,
    out: &Path,
    mut each: impl FnMut(&DocumentStatus),
) -> Result<Merged, BatchError> {
    let mut merge = Merge::new(manifest, shelf, out)?;
    for number in 1..=manifest.plan.shards.len() {
        merge.shard(Shard { number, of: manifest.plan.shards.len() }, &mut each)?;
    }
    merge.finish()
}

struct Merge<'m> {
    manifest: &'m Manifest,
    out: &'m Path,
    shelf: &'m Shelf,
    records: Draft,
    failures: Draft,
    catalog: Builder,
    digest: Sha256,
    /// The options that all shards were run with.
    options_sha256: Option<String>,
    merged: Merged,
}

/// A document's line and its result, understood.
struct Paired {
    input: PathBuf,
    status: DocumentStatus,
    name: String,
    /// The record on one line, corrected.
    record: Option<Vec<u8>>,
    entry: Option<Entry>,
}

impl<'m> Merge<'m> {
    fn new(manifest: &'m Manifest, shelf: &'m Shelf, out: &'m Path) -> Result<Self, BatchError> {
        let plan = &manifest.plan;
        let mut merged = Merged {
            manifest_sha256: plan.manifest_sha256.clone(),
            planned: plan.total.documents,
            accounted: 0,
            missing: 0,
            unfinished: Vec::new(),
            all_failures: 0,
            all_pages_to_review: 0,
            report: Report { passed_over: plan.passed_over.clone(), ..Report::default() },
        };
        let mut failures = Draft::at(&out.join(FAILURES))?;
        for problem in &plan.problems {
            merged.report.count_problem();
            merged.fail(problem.clone(), &mut failures).map_err(|source| io(out, FAILURES, source))?;
        }
        Ok(Self {
            manifest,
            out,
            shelf,
            records: Draft::at(&out.join("records.jsonl"))?,
            failures,
            catalog: Builder::new(out)?,
            digest: Sha256::new(),
            options_sha256: None,
            merged,
        })
    }

    fn shard(&mut self, shard: Shard, each: &mut impl FnMut(&DocumentStatus)) -> Result<(), BatchError> {
        let share = self.manifest.share(shard.number, shard.of)?;
        let mut lines = self.manifest.lines(&share)?;
        let Some(mut results) = self.results(shard)? else {
            for line in lines {
                self.digest.update(line?.1);
                self.merged.missing += 1;
            }
            self.merged.unfinished.push(shard.to_string());
            return Ok(());
        };
        let wrong = || ShardError::Mismatch(shard);
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            for line in lines.by_ref().take(CHUNK) {
                let (planned, bytes) = line?;
                self.digest.update(bytes);
                chunk.push((planned, next_line(&mut results)?.ok_or_else(wrong)?));
            }
            if chunk.is_empty() {
                break;
            }
            let (root, out) = (self.manifest.plan.root.as_path(), self.out);
            let pair = |(planned, bytes): &(Planned, Vec<u8>)| Paired::new(planned, bytes, root, out);
            let pairs = chunk.par_iter().map(pair).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
            self.add(pairs, each)?;
        }
        if next_line(&mut results)?.is_some() { Err(wrong().into()) } else { Ok(()) }
    }

    /// The results of a shard; `None` where it is not done.
    fn results(&mut self, shard: Shard) -> Result<Option<Box<dyn BufRead + Send>>, BatchError> {
        let key = |file: &str| format!("{}/{file}", shard.folder());
        let report = self.shelf.read(&key("report.json")).map_err(ShardError::Shelf)?;
        let report: Option<ShardReport> = report.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let of_this = |report: &ShardReport| report.manifest_sha256 == self.manifest.plan.manifest_sha256;
        let Some(ShardReport { options_sha256, report, .. }) = report.filter(of_this) else {
            return Ok(None);
        };
        if report.documents.not_reached > 0 {
            return Ok(None);
        }
        if self.options_sha256.get_or_insert_with(|| options_sha256.clone()) != &options_sha256 {
            return Err(ShardError::Differ(shard).into());
        }
        self.merged.report.add_run(&report);
        Ok(Some(self.shelf.open(&key(results::FILE), None).map_err(ShardError::Shelf)?))
    }

    fn add(&mut self, pairs: Vec<Paired>, each: &mut impl FnMut(&DocumentStatus)) -> Result<(), BatchError> {
        self.catalog.add(pairs.iter().filter_map(|pair| pair.entry.as_ref()))?;
        for Paired { input, status, name, record, .. } in pairs {
            if let Some(record) = record {
                let written = self.records.write_all(&record).and_then(|()| self.records.write_all(b"\n"));
                written.map_err(|source| io(self.out, "records.jsonl", source))?;
            }
            each(&status);
            let filed = Filed { document: name, input: input.display().to_string(), status, skipped: false };
            self.merged.count(&filed, &mut self.failures).map_err(|source| io(self.out, FAILURES, source))?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Merged, BatchError> {
        if fingerprint::hex(self.digest) != self.merged.manifest_sha256 {
            return Err(self.manifest.changed().into());
        }
        self.merged.report.interrupted = self.merged.missing > 0;
        self.merged.report.documents.not_reached = self.merged.missing as usize;
        self.merged.report.documents.found += self.merged.missing as usize;
        riskiest(&mut self.merged.report.pages_to_review);
        self.records.finish()?;
        self.failures.finish()?;
        self.catalog.finish()?;
        json::write(&self.out.join("report.json"), &self.merged)?;
        Ok(self.merged)
    }
}

impl Paired {
    /// `None` where the result is not that of the line.
    fn new(planned: &Planned, bytes: &[u8], root: &Path, out: &Path) -> Option<Self> {
        let result: ResultLine = serde_json::from_slice(bytes).ok()?;
        if result.document != planned.document {
            return None;
        }
        let input = planned.at(root).files.into_iter().next().unwrap_or_default();
        let corrections = corrections::bytes(&filing::folder(out, &planned.at(Path::new(""))));
        let record = result.record.and_then(|record| match corrections.is_empty() {
            true => Some(record.get().as_bytes().to_vec()),
            false => corrected(record.get(), &corrections),
        });
        let understood = record.as_deref().and_then(|record| serde_json::from_slice::<Record>(record).ok());
        let entry = understood.and_then(|record| {
            let (name, status) = (result.document.clone(), json::bytes(&result.status).ok()?);
            Some(Entry::new(name, &status, record, result.text.as_deref(), corrections))
        });
        Some(Self { input, status: result.status, name: result.document, record, entry })
    }
}

impl Merged {
    fn count(&mut self, filed: &Filed, failures: &mut Draft) -> std::io::Result<()> {
        self.accounted += 1;
        self.report.count(filed);
        for review in filed.reviews() {
            self.all_pages_to_review += 1;
            self.report.pages_to_review.push(review);
        }
        if self.report.pages_to_review.len() > 2 * LISTED {
            riskiest(&mut self.report.pages_to_review);
        }
        filed.failures().try_for_each(|failure| self.fail(failure, failures))
    }

    fn fail(&mut self, failure: Failure, to: &mut Draft) -> std::io::Result<()> {
        serde_json::to_writer(&mut *to, &failure)?;
        to.write_all(b"\n")?;
        self.all_failures += 1;
        if self.report.failures.len() < LISTED {
            self.report.failures.push(failure);
        }
        Ok(())
    }
}

/// The riskiest pages first, and no more than are listed.
fn riskiest(reviews: &mut Vec<Review>) {
    reviews.sort_by(Review::by_risk);
    reviews.truncate(LISTED);
}

/// The record with what people put right, on one line.
fn corrected(record: &str, corrections: &[u8]) -> Option<Vec<u8>> {
    let mut record: serde_json::Value = serde_json::from_str(record).ok()?;
    corrections::apply(&mut record, &corrections::parse(corrections));
    serde_json::to_vec(&record).ok()
}

fn next_line(from: &mut impl BufRead) -> Result<Option<Vec<u8>>, ShardError> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line).map_err(ShardError::Shelf)?;
    Ok((!line.is_empty()).then_some(line))
}

fn io(out: &Path, name: &str, source: std::io::Error) -> WriteError {
    WriteError::Io { path: out.join(name), source }
}
