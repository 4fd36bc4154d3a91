//! What a thread of a run does: opens documents, reads pages, and files the document whose last page it has read.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::filing::{self, Filed, PageResult};
use super::queue::{Job, Opening, Queue};
#[cfg(debug_assertions)]
use super::reading::fault;
use super::reading::{Contents, Reader, Sight, Trouble};
use super::run::Run;
use super::status::{DocumentStatus, State};
use super::unfinished::Unfinished;
use super::{BatchError, fingerprint};
use crate::ingest::{self, Document};
use crate::pipeline::{Clock, Paper, Stage};
use crate::write::{WriteError, atomic, json};

/// What all threads share while they work off a queue.
pub struct Work<'a> {
    run: &'a Run<'a>,
    options_sha256: &'a str,
    queue: Queue<Page>,
    done: Mutex<Done>,
    /// The first thing that keeps the run from going on.
    broken: Mutex<Option<BatchError>>,
}

/// What has been done so far.
#[derive(Debug, Default)]
pub struct Done {
    /// Every document, by its place.
    pub filed: BTreeMap<PathBuf, Filed>,
    /// Pages read in this run, as against those that were taken up from an earlier one.
    pub pages_read: u64,
    /// CPU time by stage, over all threads and workers.
    pub clock: Clock,
}

/// A page to read: its document, and its place among the pages asked for.
type Page = (Arc<OpenDocument>, usize);

/// A document some of whose pages are being read.
struct OpenDocument {
    document: Document,
    folder: PathBuf,
    print: Fingerprint,
    /// `None` for a document of one page, which is filed as soon as it is read.
    unfinished: Option<Unfinished>,
    /// The page numbers to read and what became of each.
    pages: Mutex<Vec<(u32, Option<PageResult>)>>,
    waiting: AtomicUsize,
}

/// What a result was made from.
#[derive(Debug, Clone)]
struct Fingerprint {
    input_sha256: String,
    options_sha256: String,
}

impl<'a> Work<'a> {
    /// Work on documents, on top of what is done.
    pub fn new(run: &'a Run<'a>, options_sha256: &'a str, documents: Vec<Document>, done: Done) -> Self {
        let (queue, broken) = (Queue::new(documents), Mutex::default());
        Self { run, options_sha256, queue, done: Mutex::new(done), broken }
    }

    /// Works until nothing is left to do or the run is stopped. Every thread calls this with a reader of its own.
    pub fn until_done(&self, reader: &mut dyn Reader) {
        while let Some(job) = self.queue.next(|| self.stopped()) {
            let mut desk = Desk { work: self, reader: &mut *reader, clock: Clock::default() };
            let outcome = match job {
                Job::Open(document, opening) => desk.open(document, opening),
                Job::Page(page) => desk.page(&page),
            };
            let clock = desk.clock;
            lock(&self.done).clock.add(&clock);
            if let Err(error) = outcome {
                lock(&self.broken).get_or_insert(error);
            }
        }
    }

    /// What was done, once all threads have come back.
    ///
    /// # Errors
    /// What kept the run from going on.
    pub fn finish(self) -> Result<Done, BatchError> {
        match self.broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(self.done.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn stopped(&self) -> bool {
        self.run.stop.load(Ordering::Relaxed) || lock(&self.broken).is_some()
    }

    fn filed(&self, document: &Document, filed: Filed) {
        lock(&self.done).filed.insert(document.output.clone(), filed);
    }
}

/// One thread at work on one job.
struct Desk<'w, 'a> {
    work: &'w Work<'a>,
    reader: &'w mut dyn Reader,
    clock: Clock,
}

impl<'w, 'a> Desk<'w, 'a> {
    fn run(&self) -> &'a Run<'a> {
        self.work.run
    }

    /// Opens a document: text is done at once, what is done or bad is filed, pages go to the queue.
    fn open(&mut self, document: Document, opening: Opening<'_, Page>) -> Result<(), BatchError> {
        let run = self.run();
        let folder = filing::folder(run.out, &document);
        let options_sha256 = self.work.options_sha256.to_owned();
        let mut print = Fingerprint { input_sha256: String::new(), options_sha256 };
        match self.input_sha256(&document) {
            Ok(sha256) => print.input_sha256 = sha256,
            Err(reason) => return self.fail(&document, &print, reason),
        }
        if let Some(status) = self.earlier(&document, &folder, &print)? {
            run.progress.skipped(&filing::name(&document));
            self.work.filed(&document, Filed::skipped(&document, status));
            return Ok(());
        }
        clear_temporaries(&folder);
        if let Some(task) = run.shard {
            task.attempts.begin(&document)?;
            #[cfg(debug_assertions)]
            fault::strike(&document, "shard");
        }
        let pages = match self.reader.open(&document, &mut self.clock) {
            Ok(Contents::Pages(pages)) => pages,
            Ok(Contents::Text(text)) => return self.text(&document, &print, &text),
            Err(Trouble::Input(reason)) => return self.fail(&document, &print, reason),
            Err(Trouble::Run(error)) => return Err(error),
        };
        let wanted = |page: &u32| run.options.pages.as_ref().is_none_or(|set| set.contains(*page));
        let numbers: Vec<u32> = (1..=pages).filter(wanted).collect();
        if numbers.is_empty() {
            let reason = format!("{}: none of its {pages} pages was asked for", filing::shown(&document));
            return self.fail(&document, &print, reason);
        }
        run.progress.opened(numbers.len() as u64);
        let open = Arc::new(OpenDocument::new(run, document, print, &numbers));
        // The first page is this thread's, whose reader has the document open.
        opening.pages((1..numbers.len()).map(|slot| (Arc::clone(&open), slot)));
        self.page(&(open, 0))
    }

    /// What an earlier run made of the document, if that still holds and is not to be done again. In an object store the
    /// status is put last, so the files it names are there.
    fn earlier(
        &self,
        document: &Document,
        folder: &Path,
        print: &Fingerprint,
    ) -> Result<Option<DocumentStatus>, BatchError> {
        let run = self.run();
        let holds = |status: &DocumentStatus| status.holds(&print.input_sha256, &print.options_sha256);
        let status = match run.shard.filter(|task| task.is_elsewhere()) {
            Some(task) => task.status(document)?.filter(holds),
            None => DocumentStatus::read(&folder.join("status.json"))
                .filter(|status| holds(status) && status.files_are_in(folder)),
        };
        Ok(status.filter(|_| !run.options.force))
    }

    fn input_sha256(&self, document: &Document) -> Result<String, String> {
        let limits = self.run().pipeline.limits();
        let checked = document.files.iter().try_for_each(|path| ingest::check_size(path, limits));
        // In a group, what is too large or gone costs a page; in a file of its own, all of it.
        if document.files.len() == 1 {
            checked.map_err(|error| error.to_string())?;
        }
        fingerprint::files(&document.files).map_err(|(path, error)| {
            format!("{}: cannot be read ({error}); check the rights", path.display())
        })
    }

    fn text(&mut self, document: &Document, print: &Fingerprint, text: &str) -> Result<(), BatchError> {
        self.run().progress.opened(1);
        let source = filing::source(document, &print.input_sha256, None);
        let pipeline = self.run().pipeline;
        let clock = &mut self.clock;
        let Some(paper) = guarded(|| pipeline.text(text, source, clock)) else {
            return self.fail(document, print, upset(document));
        };
        self.run().progress.page(&filing::name(document), 1, State::Ok);
        self.file(document, &paper, &[], print)
    }

    fn page(&mut self, (open, slot): &Page) -> Result<(), BatchError> {
        let number = lock(&open.pages)[*slot].0;
        let result = self.read(open, number)?;
        if let PageResult::Failed { reason, .. } = &result {
            let name = filing::shown(&open.document);
            self.run().progress.problem(&format!("{name}: page {number}: {reason}"));
        }
        self.run().progress.page(&filing::name(&open.document), number, result.state());
        lock(&open.pages)[*slot].1 = Some(result);
        if open.waiting.fetch_sub(1, Ordering::AcqRel) == 1 { self.finish(open) } else { Ok(()) }
    }

    /// Reads a page, unless an earlier run has read it.
    fn read(&mut self, open: &OpenDocument, number: u32) -> Result<PageResult, BatchError> {
        let kept = open.unfinished.as_ref().filter(|_| !self.run().options.force);
        let sight = match kept.and_then(|kept| kept.take_up(number)) {
            Some(sight) => sight,
            None => match self.reader.read(&open.document, number, &mut self.clock) {
                Ok(sight) => {
                    lock(&self.work.done).pages_read += 1;
                    self.keep(open, number, &sight)?;
                    sight
                }
                Err(Trouble::Input(reason)) => return Ok(PageResult::failed(number, reason)),
                Err(Trouble::Run(error)) => return Err(error),
            },
        };
        let (pipeline, clock) = (self.run().pipeline, &mut self.clock);
        Ok(match guarded(|| pipeline.arrange(&sight.ocr, clock)) {
            Some(layout) => PageResult::Read { layout: Box::new(layout), plainly: sight.plainly },
            None => PageResult::failed(number, upset(&open.document)),
        })
    }

    fn keep(&mut self, open: &OpenDocument, number: u32, sight: &Sight) -> Result<(), WriteError> {
        self.clock.time(Stage::Write, || {
            if let Some(png) = &sight.image {
                atomic::write(&open.folder.join(format!("pages/{number:04}.png")), png)?;
            }
            open.unfinished.as_ref().map_or(Ok(()), |unfinished| unfinished.keep(number, sight))
        })
    }

    /// All pages of a document are in: understands and files it.
    fn finish(&mut self, open: &OpenDocument) -> Result<(), BatchError> {
        let results: Vec<PageResult> =
            std::mem::take(&mut *lock(&open.pages)).into_iter().filter_map(|p| p.1).collect();
        let layouts = results.iter().map(PageResult::layout).collect();
        let source = filing::source(&open.document, &open.print.input_sha256, Some(&results));
        let (pipeline, clock) = (self.run().pipeline, &mut self.clock);
        let Some(mut paper) = guarded(|| pipeline.understand(layouts, source, clock)) else {
            return self.fail(&open.document, &open.print, upset(&open.document));
        };
        filing::warn_of_lost_pages(&mut paper, &results);
        self.file(&open.document, &paper, &results, &open.print)?;
        if let Some(unfinished) = &open.unfinished {
            unfinished.forget();
        }
        Ok(())
    }

    fn file(
        &mut self,
        document: &Document,
        paper: &Paper,
        results: &[PageResult],
        print: &Fingerprint,
    ) -> Result<(), BatchError> {
        let (run, reader) = (self.run(), &mut *self.reader);
        let status = filing::status(
            paper,
            results,
            print.input_sha256.clone(),
            print.options_sha256.clone(),
            &run.options.formats,
        );
        let status = DocumentStatus { input_files: filing::input_files(document), ..status };
        let mut scan = |number, size| reader.scan(document, number, size);
        let folder = filing::folder(run.out, document);
        self.clock
            .time(Stage::Write, || filing::file(&folder, paper, &status, &run.options.formats, &mut scan))?;
        run.progress.document(&filing::name(document), "done");
        self.filed(document, status)
    }

    /// A document that could not even be opened: its folder holds a status that says so.
    fn fail(&self, document: &Document, print: &Fingerprint, reason: String) -> Result<(), BatchError> {
        let run = self.run();
        run.progress.problem(&reason);
        run.progress.failed(&filing::name(document));
        let status = DocumentStatus::failed(reason, print.input_sha256.clone(), print.options_sha256.clone());
        json::write(&filing::folder(run.out, document).join("status.json"), &status)?;
        self.filed(document, status)
    }

    /// The document's folder is whole.
    fn filed(&self, document: &Document, status: DocumentStatus) -> Result<(), BatchError> {
        if let Some(task) = self.run().shard {
            task.hand_over(document, &filing::folder(self.run().out, document))?;
            task.attempts.end(document)?;
        }
        self.work.filed(document, Filed::done(document, status));
        Ok(())
    }
}

impl OpenDocument {
    fn new(run: &Run<'_>, document: Document, print: Fingerprint, numbers: &[u32]) -> Self {
        let unfinished = (numbers.len() > 1)
            .then(|| Unfinished::of(run.home(), &document, &print.input_sha256, &print.options_sha256));
        if let Some(unfinished) = &unfinished {
            unfinished.clear_temporaries();
        }
        Self {
            folder: filing::folder(run.out, &document),
            document,
            print,
            unfinished,
            pages: Mutex::new(numbers.iter().map(|&number| (number, None)).collect()),
            waiting: AtomicUsize::new(numbers.len()),
        }
    }
}

/// What a killed run left half-written among a document's results. Folders within that are documents of their own, at
/// which another thread may be working, are left alone.
fn clear_temporaries(folder: &Path) {
    ["", "alto", "tables", "pages"].iter().for_each(|part| atomic::clear_temporaries(&folder.join(part)));
}

/// No panic ends a run, wherever it comes from.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn upset(document: &Document) -> String {
    format!("{}: what is on it upset the program; please report it", filing::shown(document))
}

/// A thread that panicked while it held a lock left whole values behind: nothing here is half-changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
