//! A whole run: finds what there is, works it off on all threads, and accounts for it in `report.json`.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::BatchError;
use super::acceptance::{self, Acceptance};
use super::crew::Crew;
use super::lock::Lock;
use super::options::{Format, RunOptions};
use super::progress::Progress;
use super::reading::pixels::PixelGate;
use super::report::{Report, Seen};
use super::shards::Task;
use super::unfinished::Unfinished;
use super::watch::Watch;
use super::work::Done;
use crate::ingest::{self, DiscoverOptions};
use crate::pipeline::Pipeline;
use crate::write::{atomic, catalog, json, jsonl};

/// What a run works with.
#[derive(Clone, Copy)]
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
    /// For a shard, what it does otherwise.
    pub shard: Option<&'a Task>,
}

impl Run<'_> {
    /// The folder of what concerns this run alone: its lock, its unfinished pages.
    pub fn home(&self) -> &Path {
        self.shard.map_or(self.out, |task| &task.home)
    }
}

/// Does everything there is to do and files `report.json`; with `watch`, goes on as files arrive until it is stopped.
///
/// # Errors
/// Only if results cannot be filed at all, another run has the folder, or no thread or worker can be started; bad inputs
/// are in the report.
pub fn run(inputs: &[PathBuf], run: &Run<'_>) -> Result<Report, BatchError> {
    let _lock = Lock::take(run.out)?;
    atomic::clear_temporaries(run.out);
    let gate = PixelGate::new(run.options.max_pixels_at_once);
    let crew = Crew::new(run, &gate)?;
    let looking = DiscoverOptions { grouping: run.options.group.into(), exclude: Some(run.out.to_owned()) };

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
            done = crew.work_off(std::mem::take(&mut discovery.documents), done)?;
            crew.install(|| sum_up(run))?;
        }
        let account = || {
            let (problems, passed_over) = (&discovery.problems, &discovery.skipped);
            let report = crew.account(&Seen { documents: found, problems, passed_over }, &done);
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

/// Brings up to date what is made of all results together.
fn sum_up(run: &Run<'_>) -> Result<(), BatchError> {
    if run.options.formats.contains(Format::Jsonl) {
        let broken = |name: &str| run.progress.problem(&format!("{name}: its record cannot be read"));
        atomic::write_with(&run.out.join("records.jsonl"), |to| jsonl::write(run.out, to, broken).map(drop))?;
    }
    // The catalogue is derived: a run is not lost for it, and `vanthu index` makes it anew.
    if let Err(error) = catalog::update(run.out) {
        run.progress.problem(&format!("the catalogue was not brought up to date: {error}"));
    }
    Ok(())
}
