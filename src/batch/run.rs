//! A whole run: finds what there is, works it off on all threads, and accounts for it in `report.json`.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::acceptance::{self, Acceptance};
use super::lock::Lock;
use super::options::{Format, RunOptions};
use super::progress::Progress;
use super::reading::Reader;
use super::reading::here::InProcess;
use super::reading::pixels::PixelGate;
use super::reading::remote::Worker;
use super::report::{Memory, Report, Seen};
use super::unfinished::Unfinished;
use super::watch::Watch;
use super::work::{Done, Work};
use super::{BatchError, fingerprint, memory};
use crate::ingest::{self, DiscoverOptions};
use crate::pipeline::Pipeline;
use crate::write::{atomic, catalog, json, jsonl};

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
    /// This program, whose `worker` command reads pages in processes of their own; `None` reads them in this process.
    pub program: Option<&'a Path>,
}

/// Does everything there is to do and files `report.json`; with `watch`, goes on as files arrive until it is stopped.
///
/// # Errors
/// Only if results cannot be filed at all, another run has the folder, or no thread or worker can be started; bad inputs
/// are in the report.
pub fn run(inputs: &[PathBuf], run: &Run<'_>) -> Result<Report, BatchError> {
    let start = Instant::now();
    let _lock = Lock::take(run.out)?;
    atomic::clear_temporaries(run.out);
    let threads = rayon::ThreadPoolBuilder::new().num_threads(run.options.jobs).build()?;
    let gate = PixelGate::new(run.options.max_pixels_at_once);
    // A worker dies with the thread that started it, so each thread of the pool keeps its own.
    let readers: Vec<Mutex<Box<dyn Reader + '_>>> =
        (0..threads.current_num_threads()).map(|_| Mutex::new(reader(run, &gate))).collect();
    let looking = DiscoverOptions { grouping: run.options.group.into(), exclude: Some(run.out.to_owned()) };
    let options_sha256 = fingerprint::options(run.options, run.pipeline.engine());

    let (mut watch, mut done) = (run.options.watch.then(Watch::default), Done::default());
    loop {
        let mut discovery = ingest::discover(inputs, &looking);
        let found = discovery.documents.len();
        if let Some(watch) = &mut watch {
            discovery.documents = watch.settled(discovery.documents);
        }
        let busy = watch.is_none() || !discovery.documents.is_empty();
        if busy {
            if watch.is_none() {
                discovery.problems.iter().for_each(|problem| run.progress.problem(&problem.to_string()));
            }
            run.progress.found(discovery.documents.len() as u64);
            let work = Work::new(run, &options_sha256, std::mem::take(&mut discovery.documents), done);
            threads.broadcast(|thread| {
                work.until_done(lock(&readers[thread.index()]).as_mut());
            });
            done = work.finish()?;
            threads.install(|| sum_up(run))?;
        }
        let account = || {
            let peaks = readers.iter().map(|reader| lock(reader).peak_memory());
            let memory = Memory::new(peaks, memory::peak());
            let (problems, passed_over) = (&discovery.problems, &discovery.skipped);
            let seen = Seen { documents: found, problems, passed_over };
            let report = Report::new(run, &seen, &done, memory, start.elapsed());
            if let Some(sample) = run.options.sample {
                let acceptance = Acceptance::new(sample, done.filed.values());
                json::write(&run.out.join(acceptance::FILE_NAME), &acceptance)?;
            }
            json::write(&run.out.join("report.json"), &report).map(|()| report)
        };
        if let Some(watch) = &mut watch {
            if busy {
                account()?;
            }
            if watch.wait(run.stop) {
                continue;
            }
        }
        let report = account()?;
        if report.documents.not_reached == 0 {
            Unfinished::forget_all(run.out);
        }
        run.progress.finish();
        return Ok(report);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reader<'a>(run: &Run<'a>, gate: &'a PixelGate) -> Box<dyn Reader + 'a> {
    match run.program {
        Some(program) => Box::new(Worker::new(program, run.options, gate)),
        None => Box::new(InProcess::new(run.pipeline.options().clone(), run.options.keep_images, gate)),
    }
}

/// Brings up to date what is made of all results together.
fn sum_up(run: &Run<'_>) -> Result<(), BatchError> {
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
