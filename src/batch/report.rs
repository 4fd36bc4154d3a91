//! `report.json`: every input accounted for, with reasons and timings.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;

use super::filing::Filed;
use super::queue::Run;
use super::status::State;
use crate::ingest::IngestError;
use crate::pipeline::{Clock, Stage};

/// What a run did. Every page of every input is in exactly one of the counts of pages.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Version of the program.
    pub version: String,
    /// The engine's version and model.
    pub engine: String,
    /// Documents.
    pub documents: DocumentCounts,
    /// Pages of the documents done in this run.
    pub pages: PageCounts,
    /// Every input that failed, wholly or in part, in the order of the inputs.
    pub failures: Vec<Failure>,
    /// Pages that a person should look at, the riskiest first.
    pub pages_to_review: Vec<Review>,
    /// How long things took.
    pub timings: Timings,
    /// Whether the run was interrupted before everything was done.
    pub interrupted: bool,
}

/// Counts of documents.
#[derive(Debug, Clone, Default, Serialize)]
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
#[derive(Debug, Clone, Default, Serialize)]
pub struct PageCounts {
    /// All pages of the documents done in this run.
    pub total: usize,
    /// Read and likely right.
    pub ok: usize,
    /// Without print.
    pub blank: usize,
    /// To be looked at.
    pub low_confidence: usize,
    /// Not read.
    pub failed: usize,
}

impl Report {
    /// Adds up what was filed, in the order of the inputs.
    pub fn new(
        run: &Run<'_>,
        found: usize,
        problems: &[IngestError],
        filed: &[Filed],
        clock: &Clock,
        wall: Duration,
    ) -> Self {
        let done_now = || filed.iter().filter(|filed| !filed.skipped);
        let mut pages = PageCounts::default();
        done_now().flat_map(|filed| &filed.status.pages).for_each(|page| pages.add(page.state));
        let failed = filed.iter().filter(|filed| filed.failed()).count();
        let mut failures: Vec<Failure> = problems
            .iter()
            .map(|problem| Failure {
                input: problem.path().display().to_string(),
                page: None,
                reason: problem.to_string(),
            })
            .collect();
        failures.extend(filed.iter().flat_map(Filed::failures));
        let mut pages_to_review: Vec<Review> = filed.iter().flat_map(Filed::reviews).collect();
        pages_to_review.sort_by(|a, b| {
            let risk = |review: &Review| review.expected_character_accuracy.unwrap_or(0.0);
            risk(a).total_cmp(&risk(b)).then_with(|| (&a.document, a.page).cmp(&(&b.document, b.page)))
        });
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: run.pipeline.engine().to_owned(),
            documents: DocumentCounts {
                found,
                done: done_now().filter(|filed| !filed.failed()).count(),
                skipped: filed.iter().filter(|filed| filed.skipped).count(),
                failed,
                not_reached: found.saturating_sub(filed.len()),
            },
            pages,
            failures,
            pages_to_review,
            timings: Timings::new(clock, wall),
            interrupted: run.stop.load(Ordering::Relaxed),
        }
    }
}

impl PageCounts {
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
#[derive(Debug, Clone, Serialize)]
pub struct Failure {
    /// The input, as given.
    pub input: String,
    /// The page, if only that one is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// What, where, and what to do.
    pub reason: String,
}

/// A page that a person should look at.
#[derive(Debug, Clone, Serialize)]
pub struct Review {
    /// The document's folder below `documents/`.
    pub document: String,
    /// 1-based page.
    pub page: u32,
    /// Expected share of characters right, 0–1.
    pub expected_character_accuracy: Option<f64>,
}

/// Seconds, summed over the threads, for each stage; and the wall clock of the run.
#[derive(Debug, Clone, Default, Serialize)]
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
    /// Layout, restoration, extraction and filing as a share of all stages, 0–1.
    pub post_ocr_share: f64,
}

impl Timings {
    /// The sums of all threads, and the wall clock of the run.
    pub fn new(clock: &Clock, wall: Duration) -> Self {
        let seconds = |stage| clock.spent(stage).as_secs_f64();
        let post_ocr =
            [Stage::Layout, Stage::Restore, Stage::Extract, Stage::Write].map(seconds).iter().sum::<f64>();
        let all =
            post_ocr + [Stage::Ingest, Stage::Prepare, Stage::Recognize].map(seconds).iter().sum::<f64>();
        Self {
            wall_seconds: wall.as_secs_f64(),
            ingest_seconds: seconds(Stage::Ingest),
            prepare_seconds: seconds(Stage::Prepare),
            recognize_seconds: seconds(Stage::Recognize),
            layout_seconds: seconds(Stage::Layout),
            restore_seconds: seconds(Stage::Restore),
            extract_seconds: seconds(Stage::Extract),
            write_seconds: seconds(Stage::Write),
            post_ocr_share: if all > 0.0 { post_ocr / all } else { 0.0 },
        }
    }
}
