//! One input on many machines: a manifest cut into shards, each worked off by a run of its own, and a merge of the whole.
//!
//! Whatever starts the shards (`xargs`, Ray, Slurm, Kubernetes) needs to know this much and no more:
//!
//! - [`plan::plan`] lists the documents once; [`run_shard`] does one shard of them; [`merge::merge`] makes one report, one
//!   catalogue and one file of records, and proves that every line of the manifest is accounted for.
//! - Shards share nothing but the place of the results. A shard may be run twice, one after the other, at once, or after a
//!   kill at any moment: each document has one folder, each file in it appears whole, and the same input gives the same
//!   bytes.
//! - What a shard did stands in `shards/K-of-N/`: `results.jsonl`, a line for each document with its status, record and
//!   text; then `report.json`, which says that the shard is done.
//! - A document that takes its process with it is given up after three deaths, and named ([`attempts`]).

pub mod attempts;
pub mod manifest;
pub mod merge;
pub mod plan;
pub mod results;
pub mod shelf;
pub mod store;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::crew::Crew;
use super::filing::{self, Filed};
use super::lock::Lock;
use super::reading::pixels::PixelGate;
use super::report::{Report, Seen};
use super::run::Run;
use super::status::{DocumentStatus, State};
use super::unfinished::Unfinished;
use super::work::Done;
use super::{BatchError, fingerprint};
use crate::ingest::Document;
use crate::write::{WriteError, atomic, json};

use attempts::Attempts;
use manifest::Manifest;
use shelf::Shelf;

/// What keeps a shard or a merge from being done.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// There is no manifest, or none that can be read.
    #[error("{path}: no manifest ({reason}); `vanthu plan` makes one", path = .path.display())]
    Manifest {
        /// Where it should be.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The manifest is cut otherwise.
    #[error("there is no shard {number}/{of}: the manifest is cut into {cut}")]
    Cut {
        /// The shard asked for, 1-based.
        number: usize,
        /// Out of so many.
        of: usize,
        /// So many there are.
        cut: usize,
    },
    /// The input is not there, which on a cluster is more likely a missing mount than missing papers.
    #[error("{root}: the input of the manifest is not here; mount it, or say where it is with --input-root", root = .0.display())]
    NoInput(PathBuf),
    /// What a shard filed is not what the manifest asks of it.
    #[error("shards/{}-of-{}: its results are not those of the manifest; run it again", .0.number, .0.of)]
    Mismatch(Shard),
    /// A shard was run with other options, another dictionary or another version than those before it.
    #[error("shard {0} was run with other options than those before it; run it again with the same")]
    Differ(Shard),
    /// The address of the results is none.
    #[error("{0}")]
    Place(std::io::Error),
    /// The place of the results does not answer.
    #[error("the results cannot be read ({0}); try again")]
    Shelf(std::io::Error),
}

/// Shard `number` of `of`, written `3/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// 1-based.
    pub number: usize,
    /// So many there are.
    pub of: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((number, of)) if 1 <= number && number <= of => Ok(Self { number, of }),
            _ => Err(format!("`{text}` is no shard; write for instance 3/8, from 1/8 to 8/8")),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// Where it keeps what is its own.
    pub fn folder(self) -> String {
        format!("shards/{}-of-{}", self.number, self.of)
    }
}

/// What a run of a shard does otherwise than a run of a whole input.
#[derive(Debug)]
pub struct Task {
    /// The folder of its lock and its unfinished pages.
    pub home: PathBuf,
    /// What it has in hand.
    pub attempts: Attempts,
    shelf: Shelf,
}

impl Task {
    /// The status of a document that an earlier run, here or elsewhere, has filed.
    ///
    /// # Errors
    /// If the place of the results does not answer.
    pub fn status(&self, document: &Document) -> Result<Option<DocumentStatus>, ShardError> {
        let key = format!("documents/{}/{STATUS}", filing::name(document));
        let bytes = self.shelf.read(&key).map_err(ShardError::Shelf)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Whether documents are filed here first, to be handed over to an object store.
    pub fn is_elsewhere(&self) -> bool {
        matches!(self.shelf, Shelf::Store(_))
    }

    /// Hands over what is filed of a document, its status last, and keeps nothing of it here.
    ///
    /// # Errors
    /// If the place of the results does not take it; then the document is done again.
    pub fn hand_over(&self, document: &Document, folder: &Path) -> Result<(), WriteError> {
        if !self.is_elsewhere() {
            return Ok(());
        }
        let place = format!("documents/{}", filing::name(document));
        let files = WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
        for file in files.filter(|entry| entry.file_type().is_file() && entry.file_name() != STATUS) {
            let name = file.path().strip_prefix(folder).unwrap_or(file.path()).display().to_string();
            if !file.file_name().to_string_lossy().starts_with(atomic::TEMPORARY_PREFIX) {
                self.shelf.upload(&format!("{place}/{name}"), file.path())?;
            }
        }
        self.shelf.upload(&format!("{place}/{STATUS}"), &folder.join(STATUS))?;
        // What stays takes room and is never looked at.
        let _ = std::fs::remove_dir_all(folder);
        Ok(())
    }
}

const STATUS: &str = "status.json";

/// `shards/K-of-N/report.json`: the report of a run, and what it is a report of.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShardReport {
    /// The shard, such as `3/8`.
    pub shard: String,
    /// SHA-256 of the manifest, as hex.
    pub manifest_sha256: String,
    /// SHA-256 over every option and dictionary that can change a result, as hex.
    pub options_sha256: String,
    /// What was done.
    #[serde(flatten)]
    pub report: Report,
}

/// Does one shard of a manifest whose files lie below `root`, and files what it did on `shelf`: the folder the run works in,
/// or an object store, for which that folder is a scratch one.
///
/// # Errors
/// If the manifest has no such shard, the input is not there, the shard is being run here already, or results cannot be
/// filed. Bad documents are in the report.
pub fn run_shard(
    manifest: &Manifest,
    shard: Shard,
    root: &Path,
    shelf: &Shelf,
    run: &Run<'_>,
) -> Result<Report, BatchError> {
    let share = manifest.share(shard.number, shard.of)?;
    if !root.is_dir() {
        return Err(ShardError::NoInput(root.to_owned()).into());
    }
    let lines = manifest.lines(&share)?;
    let documents: Vec<Document> =
        lines.map(|line| Ok(line?.0.at(root))).collect::<Result<_, ShardError>>()?;
    let home = run.out.join(shard.folder());
    let _lock = Lock::take(&home)?;
    let attempts = Attempts::new(shelf, format!("{}/attempts", shard.folder()));
    let task = Task { home, attempts, shelf: shelf.clone() };
    let run = Run { shard: Some(&task), ..*run };
    let report = until_told(run.stop, &task.attempts, || work_off(&run, &task, &documents))?;

    let finished = report.report.documents.not_reached == 0;
    if finished {
        let name = format!("{}/{}", shard.folder(), results::FILE);
        shelf.write_with(&name, |to| results::write(shelf, &documents, to))?;
    }
    let report = ShardReport {
        shard: shard.to_string(),
        manifest_sha256: manifest.plan.manifest_sha256.clone(),
        ..report
    };
    let key = format!("{}/report.json", shard.folder());
    let bytes = json::bytes(&report).map_err(|source| WriteError::Json { path: (&key).into(), source })?;
    shelf.write(&key, &bytes)?;
    if finished {
        Unfinished::forget_all(&task.home);
    }
    run.progress.finish();
    Ok(report.report)
}

/// Does the work; as soon as it is told to stop, deaths are nobody's fault.
fn until_told<T>(stop: &AtomicBool, attempts: &Attempts, work: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) && !stop.load(Ordering::Relaxed) {
                std::thread::park_timeout(Duration::from_millis(100));
            }
            attempts.release();
        });
        let done = work();
        over.store(true, Ordering::Relaxed);
        watch.thread().unpark();
        done
    })
}

/// First, one by one, the documents at whose side a process has died; then all others.
fn work_off(run: &Run<'_>, task: &Task, documents: &[Document]) -> Result<ShardReport, BatchError> {
    if run.options.force {
        task.attempts.forget()?;
    }
    let marks = task.attempts.marks()?;
    let marks = |document: &Document| marks.get(&filing::name(document)).copied().unwrap_or(0);
    let gate = PixelGate::new(run.options.max_pixels_at_once);
    let crew = Crew::new(run, &gate)?;
    let (marked, others): (Vec<&Document>, Vec<&Document>) =
        documents.iter().partition(|document| marks(document) > 0);
    let mut done = Done::default();
    let mut quarantined = false;
    for document in marked {
        if marks(document) >= attempts::FATAL && !is_done(task, document)? {
            quarantine(run, task, &crew, document, &mut done)?;
            quarantined = true;
        } else {
            done = crew.work_off(vec![document.clone()], done)?;
        }
    }
    done = crew.work_off(others.into_iter().cloned().collect(), done)?;
    if !quarantined && done.filed.len() == documents.len() {
        task.attempts.forget()?;
    }
    let seen = Seen { documents: documents.len(), problems: &[], passed_over: &[] };
    Ok(ShardReport {
        shard: String::new(),
        manifest_sha256: String::new(),
        options_sha256: crew.options_sha256().to_owned(),
        report: crew.account(&seen, &done),
    })
}

fn is_done(task: &Task, document: &Document) -> Result<bool, ShardError> {
    Ok(task.status(document)?.is_some_and(|status| status.state != State::Failed))
}

/// Gives a document up: its folder holds a status that says so.
fn quarantine(
    run: &Run<'_>,
    task: &Task,
    crew: &Crew<'_>,
    document: &Document,
    done: &mut Done,
) -> Result<(), BatchError> {
    let reason = format!(
        "{}: quarantined, as it killed its worker {} times; look at it, and try it again with --force",
        filing::shown(document),
        attempts::FATAL
    );
    run.progress.problem(&reason);
    let input_sha256 = fingerprint::files(&document.files).unwrap_or_default();
    let status = DocumentStatus::failed(reason, input_sha256, crew.options_sha256().to_owned());
    let folder = filing::folder(run.out, document);
    json::write(&folder.join(STATUS), &status)?;
    task.hand_over(document, &folder)?;
    done.filed.insert(document.output.clone(), Filed::done(document, status));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_one_of_so_many() {
        assert_eq!("3/8".parse(), Ok(Shard { number: 3, of: 8 }));
        for wrong in ["", "3", "0/8", "9/8", "a/b", "-1/8"] {
            assert!(wrong.parse::<Shard>().unwrap_err().contains("3/8"), "{wrong}");
        }
    }
}
