//! `report.json`: every input accounted for, with reasons and timings.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::filing::Filed;
use super::run::Run;
use super::status::State;
use super::work::Done;
use crate::ingest::IngestError;
use crate::pipeline::{Clock, Stage};

/// What a run did. Every page of every document found is in exactly one of the counts of pages.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// Version of the program.
    pub version: String,
    /// The engine's version and model.
    pub engine: String,
    /// Documents, and inputs that could not be looked into.
    pub documents: DocumentCounts,
    /// Their pages, whether done in this run or an earlier one; what could not be opened counts as one failed page.
    pub pages: PageCounts,
    /// Every input that failed, wholly or in part, in the order of the inputs.
    pub failures: Vec<Failure>,
    /// Pages that a person should look at, the riskiest first.
    pub pages_to_review: Vec<Review>,
    /// Files and links in the folders that are of no kind that is read.
    pub passed_over: Vec<String>,
    /// How long things took.
    pub timings: Timings,
    /// How much memory they took at most.
    pub memory: Memory,
    /// Whether the run was interrupted before everything was done.
    pub interrupted: bool,
}

/// Counts of documents.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DocumentCounts {
    /// Found among the inputs.
    pub found: usize,
    /// Done in this run, none of their pages failed.
    pub done: usize,
    /// Left as an earlier run had made them.
    pub skipped: usize,
    /// Failed wholly or in part.
    pub failed: usize,
    /// Not reached before the interruption.
    pub not_reached: usize,
}

/// Counts of pages.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PageCounts {
    /// All of them: the sum of the next four.
    pub total: usize,
    /// Read and likely right.
    pub ok: usize,
    /// Without print.
    pub blank: usize,
    /// To be looked at.
    pub low_confidence: usize,
    /// Not read.
    pub failed: usize,
    /// Those that this run read; the others were read by an earlier one, are text, or failed.
    pub read_now: u64,
}

/// What a look at the inputs gave.
pub struct Seen<'a> {
    /// How many documents there are.
    pub documents: usize,
    /// Inputs and folders that cannot be read.
    pub problems: &'a [IngestError],
    /// Files of other kinds and links.
    pub passed_over: &'a [PathBuf],
}

impl Report {
    /// Adds up what was filed, in the order of the documents' places.
    pub fn new(run: &Run<'_>, seen: &Seen<'_>, done: &Done, memory: Memory, wall: Duration) -> Self {
        let filed: Vec<&Filed> = done.filed.values().collect();
        let of_this_run = || filed.iter().filter(|filed| !filed.skipped);
        let failed = filed.iter().filter(|filed| filed.failed()).count() + seen.problems.len();
        let found = seen.documents.max(filed.len());
        let mut failures: Vec<Failure> = seen.problems.iter().map(Failure::of_input).collect();
        failures.extend(filed.iter().flat_map(|filed| filed.failures()));
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: run.pipeline.engine().to_owned(),
            documents: DocumentCounts {
                found: found + seen.problems.len(),
                done: of_this_run().filter(|filed| !filed.failed()).count(),
                skipped: filed.iter().filter(|filed| filed.skipped).count(),
                failed,
                not_reached: found - filed.len(),
            },
            pages: PageCounts { read_now: done.pages_read, ..PageCounts::new(&filed, seen.problems.len()) },
            failures,
            pages_to_review: reviews(&filed),
            passed_over: seen.passed_over.iter().map(|path| path.display().to_string()).collect(),
            timings: Timings::new(&done.clock, wall),
            memory,
            interrupted: run.stop.load(Ordering::Relaxed),
        }
    }

    /// Counts a document among several runs' done and failed ones.
    pub fn count(&mut self, filed: &Filed) {
        self.documents.found += 1;
        match filed.failed() {
            true => self.documents.failed += 1,
            false => self.documents.done += 1,
        }
        self.pages.add_all(filed);
    }

    /// Counts an input that could not be looked into.
    pub fn count_problem(&mut self) {
        self.documents.found += 1;
        self.documents.failed += 1;
        self.pages.add(State::Failed);
    }

    /// Adds what another run needed; what it did is counted document by document.
    pub fn add_run(&mut self, other: &Report) {
        self.version.clone_from(&other.version);
        self.engine.clone_from(&other.engine);
        self.pages.read_now += other.pages.read_now;
        self.timings.add(&other.timings);
        self.memory.run_bytes = self.memory.run_bytes.max(other.memory.run_bytes);
        self.memory.worker_bytes = self.memory.worker_bytes.max(other.memory.worker_bytes);
        self.memory.total_bytes = self.memory.total_bytes.max(other.memory.total_bytes);
    }
}

/// The pages that a person should look at, the riskiest first.
fn reviews(filed: &[&Filed]) -> Vec<Review> {
    let mut reviews: Vec<Review> = filed.iter().flat_map(|filed| filed.reviews()).collect();
    reviews.sort_by(Review::by_risk);
    reviews
}

impl PageCounts {
    fn new(filed: &[&Filed], problems: usize) -> Self {
        let mut counts = Self::default();
        filed.iter().for_each(|filed| counts.add_all(filed));
        (0..problems).for_each(|_| counts.add(State::Failed));
        counts
    }

    /// Counts the pages of a document; one without pages counts as one.
    pub fn add_all(&mut self, filed: &Filed) {
        filed.status.pages.iter().for_each(|page| self.add(page.state));
        if filed.status.pages.is_empty() {
            self.add(filed.status.state);
        }
    }

    /// Counts one page.
    pub fn add(&mut self, state: State) {
        self.total += 1;
        match state {
            State::Ok => self.ok += 1,
            State::Blank => self.blank += 1,
            State::LowConfidence => self.low_confidence += 1,
            State::Failed => self.failed += 1,
        }
    }
}

/// One thing that went wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// The input, as given.
    pub input: String,
    /// The page, if only that one is concerned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<u32>,
    /// What, where, and what to do.
    pub reason: String,
}

impl Failure {
    /// An input that could not be looked into.
    pub fn of_input(error: &IngestError) -> Self {
        Self { input: error.path().display().to_string(), page: None, reason: error.to_string() }
    }
}

/// The largest resident sets, in bytes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Memory {
    /// Of the run itself.
    pub run_bytes: u64,
    /// Of the largest worker process.
    pub worker_bytes: u64,
    /// Of the run and all its workers, as if each had been at its largest at the same time.
    pub total_bytes: u64,
}

impl Memory {
    /// From the peaks of the workers and of the run.
    pub fn new(workers: impl Iterator<Item = u64>, run_bytes: u64) -> Self {
        let workers: Vec<u64> = workers.collect();
        let worker_bytes = workers.iter().copied().max().unwrap_or(0);
        Self { run_bytes, worker_bytes, total_bytes: run_bytes + workers.iter().sum::<u64>() }
    }
}

/// A page that a person should look at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Review {
    /// The document's folder below `documents/`.
    pub document: String,
    /// 1-based page.
    pub page: u32,
    /// Expected share of characters right, 0–1.
    pub expected_character_accuracy: Option<f64>,
}

impl Review {
    /// The riskier first; among equals by document and page.
    pub fn by_risk(&self, other: &Self) -> std::cmp::Ordering {
        let risk = |review: &Self| review.expected_character_accuracy.unwrap_or(0.0);
        let place = |review: &Self| (review.document.clone(), review.page);
        risk(self).total_cmp(&risk(other)).then_with(|| place(self).cmp(&place(other)))
    }
}

/// CPU seconds, summed over all threads and workers, for each stage; and the wall clock of the run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Timings {
    /// From start to end.
    pub wall_seconds: f64,
    /// Opening and decoding.
    pub ingest_seconds: f64,
    /// Cleaning the image.
    pub prepare_seconds: f64,
    /// Reading.
    pub recognize_seconds: f64,
    /// Lines, columns, tables.
    pub layout_seconds: f64,
    /// Marks and letters.
    pub restore_seconds: f64,
    /// Sections, tables, lists.
    pub extract_seconds: f64,
    /// Filing.
    pub write_seconds: f64,
    /// Everything but reading as a share of all stages, 0–1.
    pub not_recognize_share: f64,
    /// Layout, restoration, extraction and filing as a share of all stages, 0–1.
    pub post_ocr_share: f64,
    /// Restoration and extraction as a share of all stages, 0–1.
    pub restore_extract_share: f64,
}

impl Timings {
    /// The sums of all threads, and the wall clock of the run.
    pub fn new(clock: &Clock, wall: Duration) -> Self {
        let seconds = |stage| clock.spent(stage).as_secs_f64();
        let mut timings = Self {
            wall_seconds: wall.as_secs_f64(),
            ingest_seconds: seconds(Stage::Ingest),
            prepare_seconds: seconds(Stage::Prepare),
            recognize_seconds: seconds(Stage::Recognize),
            layout_seconds: seconds(Stage::Layout),
            restore_seconds: seconds(Stage::Restore),
            extract_seconds: seconds(Stage::Extract),
            write_seconds: seconds(Stage::Write),
            ..Self::default()
        };
        timings.share();
        timings
    }

    /// Adds the times of another run.
    pub fn add(&mut self, other: &Self) {
        self.wall_seconds += other.wall_seconds;
        self.ingest_seconds += other.ingest_seconds;
        self.prepare_seconds += other.prepare_seconds;
        self.recognize_seconds += other.recognize_seconds;
        self.layout_seconds += other.layout_seconds;
        self.restore_seconds += other.restore_seconds;
        self.extract_seconds += other.extract_seconds;
        self.write_seconds += other.write_seconds;
        self.share();
    }

    fn share(&mut self) {
        let understood = self.restore_seconds + self.extract_seconds;
        let post_ocr = self.layout_seconds + understood + self.write_seconds;
        let all = post_ocr + self.ingest_seconds + self.prepare_seconds + self.recognize_seconds;
        let share = |part: f64| if all > 0.0 { part / all } else { 0.0 };
        self.not_recognize_share = share(all - self.recognize_seconds);
        self.post_ocr_share = share(post_ocr);
        self.restore_extract_share = share(understood);
    }
}
