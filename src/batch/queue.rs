//! Works off documents page by page on all cores.
//!
//! The queue is a flat sequence of (document, page), drawn lazily: a document is opened when its first page is due,
//! so that one document of 1,000 pages and 1,000 documents of one page use the cores equally. The thread that
//! finishes a document's last page restores, understands and files it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use rayon::iter::{ParallelBridge, ParallelIterator};

use super::filing::{self, Filed, PageResult};
use super::options::{Format, RunOptions};
use super::progress::Progress;
use super::report::Report;
use super::status::{DocumentStatus, State};
use super::{BatchError, fingerprint};
use crate::ingest::{self, DiscoverOptions, Document, Opened, PageReader};
use crate::pipeline::{Clock, Paper, Pipeline, Stage};
use crate::write::{WriteError, atomic, catalog, json, jsonl};

/// What a run works with.
pub struct Run<'a> {
    /// The stages.
    pub pipeline: &'a Pipeline,
    /// What the user asked for.
    pub options: &'a RunOptions,
    /// The folder of the results.
    pub out: &'a Path,
    /// Who hears how far it is.
    pub progress: &'a Progress,
    /// Set from outside to end the run after the pages in hand.
    pub stop: &'a AtomicBool,
}

/// Does everything there is to do and files `report.json`.
///
/// # Errors
/// Only if results cannot be filed at all, or no thread can be started; bad inputs are in the report.
pub fn run(inputs: &[PathBuf], run: &Run<'_>) -> Result<Report, BatchError> {
    let start = Instant::now();
    let threads = rayon::ThreadPoolBuilder::new().num_threads(run.options.jobs).build()?;
    let looking = DiscoverOptions { grouping: run.options.group.into(), exclude: Some(run.out.to_owned()) };
    let discovery = ingest::discover(inputs, &looking);
    discovery.problems.iter().for_each(|problem| run.progress.problem(&problem.to_string()));

    let shared = Shared { run, filed: Mutex::default(), clock: Mutex::default(), broken: Mutex::default() };
    let found = discovery.documents.len();
    let options_sha256 = fingerprint::options(run.options, run.pipeline.engine());
    let jobs = Jobs { shared: &shared, options_sha256, waiting: discovery.documents.into(), pages: None };
    threads.install(|| jobs.par_bridge().for_each(|job| shared.work(job)));

    if let Some(error) = into_inner(shared.broken) {
        return Err(error.into());
    }
    threads.install(|| sum_up(run))?;
    let mut filed = into_inner(shared.filed);
    filed.sort_by(|a, b| a.document.cmp(&b.document));
    let report =
        Report::new(run, found, &discovery.problems, &filed, &into_inner(shared.clock), start.elapsed());
    json::write(&run.out.join("report.json"), &report)?;
    run.progress.finish();
    Ok(report)
}

/// Brings up to date what is made of all results together.
fn sum_up(run: &Run<'_>) -> Result<(), WriteError> {
    if run.options.formats.0.contains(&Format::Jsonl) {
        let broken = |name: &str| run.progress.problem(&format!("{name}: its record cannot be read"));
        atomic::write_with(&run.out.join("records.jsonl"), |to| jsonl::write(run.out, to, broken).map(drop))?;
    }
    // The catalogue is derived: a run is not lost for it, and `vanthu index` makes it anew.
    if let Err(error) = catalog::update(run.out) {
        run.progress.problem(&format!("the catalogue was not brought up to date: {error}"));
    }
    Ok(())
}

/// What all threads share.
struct Shared<'a> {
    run: &'a Run<'a>,
    filed: Mutex<Vec<Filed>>,
    clock: Mutex<Clock>,
    /// The first failure to file anything; it ends the run.
    broken: Mutex<Option<WriteError>>,
}

/// A document some of whose pages are being read.
struct OpenDocument {
    document: Document,
    folder: PathBuf,
    input_sha256: String,
    options_sha256: String,
    reader: Box<dyn PageReader>,
    /// The page numbers to read and what became of each.
    pages: Mutex<Vec<(u32, Option<PageResult>)>>,
    waiting: AtomicUsize,
}

/// One piece of work.
enum Job {
    /// A page of an open document, by its place in `pages`.
    Page(Arc<OpenDocument>, usize),
    /// A text, whole.
    Text { document: Document, text: String, input_sha256: String, options_sha256: String },
}

/// The sequence of jobs, drawn by the threads one at a time.
struct Jobs<'a> {
    shared: &'a Shared<'a>,
    options_sha256: String,
    waiting: VecDeque<Document>,
    /// The document whose pages are being handed out, and the next of them.
    pages: Option<(Arc<OpenDocument>, usize)>,
}

impl Iterator for Jobs<'_> {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        loop {
            if self.shared.stopped() {
                return None;
            }
            if let Some((document, next)) = self.pages.take()
                && next < lock(&document.pages).len()
            {
                self.pages = Some((Arc::clone(&document), next + 1));
                return Some(Job::Page(document, next));
            }
            let document = self.waiting.pop_front()?;
            if let Some(job) = self.open(document) {
                return Some(job);
            }
        }
    }
}

impl Jobs<'_> {
    /// Opens the next document: a text is a job; pages are handed out one by one; what is done or bad is filed.
    fn open(&mut self, document: Document) -> Option<Job> {
        let run = self.shared.run;
        let folder = filing::folder(run.out, &document);
        let input_sha256 = match fingerprint::files(&document.files) {
            Ok(hash) => hash,
            Err((path, error)) => {
                let reason = format!("{}: cannot be read ({error}); check the rights", path.display());
                self.shared.fail(&document, String::new(), &self.options_sha256, reason);
                return None;
            }
        };
        let status = DocumentStatus::read(&folder.join("status.json"));
        if let Some(status) =
            status.filter(|s| !run.options.force && s.holds(&folder, &input_sha256, &self.options_sha256))
        {
            run.progress.document(&filing::name(&document), "skipped");
            self.shared.filed(Filed::skipped(&document, status));
            return None;
        }
        atomic::clear_temporaries(&folder);
        let mut clock = Clock::default();
        let opened = clock.time(Stage::Ingest, || ingest::open(&document, run.pipeline.limits()));
        lock(&self.shared.clock).add(&clock);
        let options_sha256 = self.options_sha256.clone();
        match opened {
            Err(error) => {
                self.shared.fail(&document, input_sha256, &options_sha256, error.to_string());
                None
            }
            Ok(Opened::Text(text)) => {
                run.progress.opened(1);
                Some(Job::Text { document, text, input_sha256, options_sha256 })
            }
            Ok(Opened::Pages(reader)) => {
                let wanted = |page: &u32| run.options.pages.as_ref().is_none_or(|set| set.contains(*page));
                let pages: Vec<_> =
                    (1..=reader.page_count()).filter(wanted).map(|page| (page, None)).collect();
                if pages.is_empty() {
                    let reason = format!(
                        "{}: none of its {} pages was asked for",
                        filing::shown(&document),
                        reader.page_count()
                    );
                    self.shared.fail(&document, input_sha256, &options_sha256, reason);
                    return None;
                }
                run.progress.opened(pages.len() as u32);
                let waiting = AtomicUsize::new(pages.len());
                let pages = Mutex::new(pages);
                let open =
                    OpenDocument { document, folder, input_sha256, options_sha256, reader, pages, waiting };
                self.pages = Some((Arc::new(open), 0));
                None
            }
        }
    }
}

impl Shared<'_> {
    fn stopped(&self) -> bool {
        self.run.stop.load(Ordering::Relaxed) || lock(&self.broken).is_some()
    }

    fn work(&self, job: Job) {
        let mut clock = Clock::default();
        match job {
            Job::Text { document, text, input_sha256, options_sha256 } => {
                let paper =
                    self.run.pipeline.text(&text, filing::source(&document, &input_sha256, None), &mut clock);
                self.run.progress.page(&filing::name(&document), 1, State::Ok);
                self.file(&document, paper, &[], (input_sha256, options_sha256), None, &mut clock);
            }
            Job::Page(open, slot) => {
                self.page(&open, slot, &mut clock);
                if open.waiting.fetch_sub(1, Ordering::AcqRel) == 1 {
                    self.finish(&open, &mut clock);
                }
            }
        }
        lock(&self.clock).add(&clock);
    }

    fn page(&self, open: &OpenDocument, slot: usize, clock: &mut Clock) {
        let number = lock(&open.pages)[slot].0;
        // A panic in an image decoder must not cost more than its page.
        let read = catch_unwind(AssertUnwindSafe(|| self.read(open, number, clock)));
        let result = read
            .unwrap_or_else(|_| PageResult::failed(number, "the page upset the program; please report it"));
        if let PageResult::Failed { reason, .. } = &result {
            self.run.progress.problem(&format!("{}: page {number}: {reason}", filing::shown(&open.document)));
        }
        self.run.progress.page(&filing::name(&open.document), number, result.state());
        lock(&open.pages)[slot].1 = Some(result);
    }

    fn read(&self, open: &OpenDocument, number: u32, clock: &mut Clock) -> PageResult {
        let page = match clock.time(Stage::Ingest, || open.reader.page(number)) {
            Ok(page) => page,
            Err(error) => return PageResult::failed(number, error.to_string()),
        };
        match self.run.pipeline.read(page, clock) {
            Err(error) => PageResult::failed(number, error.to_string()),
            Ok(page) => {
                if self.run.options.keep_images
                    && let Err(error) = clock.time(Stage::Write, || filing::keep_images(&open.folder, &page))
                {
                    self.break_off(error);
                }
                PageResult::Read(Box::new(page.layout))
            }
        }
    }

    /// All pages of a document are in: understands and files it.
    fn finish(&self, open: &OpenDocument, clock: &mut Clock) {
        let results: Vec<PageResult> =
            std::mem::take(&mut *lock(&open.pages)).into_iter().filter_map(|p| p.1).collect();
        let layouts = results.iter().map(PageResult::layout).collect();
        let source = filing::source(&open.document, &open.input_sha256, Some(&results));
        let mut paper = self.run.pipeline.understand(layouts, source, clock);
        filing::warn_of_failed_pages(&mut paper, &results);
        self.file(
            &open.document,
            paper,
            &results,
            (open.input_sha256.clone(), open.options_sha256.clone()),
            Some(open.reader.as_ref()),
            clock,
        );
    }
}

impl Shared<'_> {
    fn file(
        &self,
        document: &Document,
        paper: Paper,
        results: &[PageResult],
        (input_sha256, options_sha256): (String, String),
        reader: Option<&dyn PageReader>,
        clock: &mut Clock,
    ) {
        let formats = &self.run.options.formats;
        let status = filing::status(&paper, results, input_sha256, options_sha256, formats);
        let status = DocumentStatus { input_files: filing::input_files(document), ..status };
        let folder = filing::folder(self.run.out, document);
        match clock.time(Stage::Write, || filing::file(&folder, &paper, &status, formats, reader)) {
            Ok(()) => {
                self.run.progress.document(&filing::name(document), "done");
                self.filed(Filed::done(document, status));
            }
            Err(error) => self.break_off(error),
        }
    }

    /// A document that could not even be opened: its folder holds a status that says so.
    fn fail(&self, document: &Document, input_sha256: String, options_sha256: &str, reason: String) {
        self.run.progress.problem(&reason);
        self.run.progress.document(&filing::name(document), "failed");
        let status = DocumentStatus::failed(reason, input_sha256, options_sha256.to_owned());
        match json::write(&filing::folder(self.run.out, document).join("status.json"), &status) {
            Ok(()) => self.filed(Filed::done(document, status)),
            Err(error) => self.break_off(error),
        }
    }

    fn filed(&self, filed: Filed) {
        lock(&self.filed).push(filed);
    }

    fn break_off(&self, error: WriteError) {
        lock(&self.broken).get_or_insert(error);
    }
}

/// A thread that panicked while it held a lock left whole values behind: nothing here is half-changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}
