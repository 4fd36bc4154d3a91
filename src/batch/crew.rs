//! The threads of a run, each with a reader of its own, and the account of what they did.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::reading::Reader;
use super::reading::here::InProcess;
use super::reading::pixels::PixelGate;
use super::reading::remote::Worker;
use super::report::{Memory, Report, Seen};
use super::run::Run;
use super::work::{Done, Work};
use super::{BatchError, fingerprint, memory};
use crate::ingest::Document;

/// Threads and readers, ready to work off documents.
pub struct Crew<'a> {
    run: &'a Run<'a>,
    threads: rayon::ThreadPool,
    /// A worker dies with the thread that started it, so each thread of the pool keeps its own.
    readers: Vec<Mutex<Box<dyn Reader + 'a>>>,
    options_sha256: String,
    start: Instant,
}

impl<'a> Crew<'a> {
    /// As many threads as the run has jobs; they share the gate.
    ///
    /// # Errors
    /// [`BatchError::Threads`] if they cannot be started.
    pub fn new(run: &'a Run<'a>, gate: &'a PixelGate) -> Result<Self, BatchError> {
        let start = Instant::now();
        let threads = rayon::ThreadPoolBuilder::new().num_threads(run.options.jobs).build()?;
        let readers = (0..threads.current_num_threads()).map(|_| Mutex::new(reader(run, gate))).collect();
        let options_sha256 = fingerprint::options(run.options, run.pipeline.engine());
        Ok(Self { run, threads, readers, options_sha256, start })
    }

    /// Works off documents, on top of what is done, until all are or the run is stopped.
    ///
    /// # Errors
    /// What keeps the run from going on.
    pub fn work_off(&self, documents: Vec<Document>, done: Done) -> Result<Done, BatchError> {
        self.run.progress.found(documents.len() as u64);
        let work = Work::new(self.run, &self.options_sha256, documents, done);
        self.threads.broadcast(|thread| work.until_done(lock(&self.readers[thread.index()]).as_mut()));
        work.finish()
    }

    /// Does something else with all threads.
    pub fn install<T: Send>(&self, task: impl FnOnce() -> T + Send) -> T {
        self.threads.install(task)
    }

    /// SHA-256 over the options that can change a result, as every status holds it.
    pub fn options_sha256(&self) -> &str {
        &self.options_sha256
    }

    /// What was seen and done so far.
    pub fn account(&self, seen: &Seen<'_>, done: &Done) -> Report {
        let peaks = self.readers.iter().map(|reader| lock(reader).peak_memory());
        let memory = Memory::new(peaks, memory::peak());
        Report::new(self.run, seen, done, memory, self.start.elapsed())
    }
}

fn reader<'a>(run: &Run<'a>, gate: &'a PixelGate) -> Box<dyn Reader + 'a> {
    match run.program {
        Some(program) => Box::new(Worker::new(program, run.options, gate)),
        None => Box::new(InProcess::new(run.pipeline.options().clone(), run.options.keep_images, gate)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
