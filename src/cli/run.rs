//! `vanthu run INPUT... --out DIR`: the main job.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{CliError, Exit, summary};
use crate::batch::RunOptions;
use crate::batch::acceptance::Sample;
use crate::batch::options::{Format, Formats, Group, PageSet};
use crate::batch::progress::{Progress, ProgressMode};
use crate::batch::report::Report;
use crate::batch::shards::manifest::Manifest;
use crate::batch::shards::shelf::{Shelf, is_address};
use crate::batch::shards::{Shard, run_shard};
use crate::batch::{BatchError, Run, run as run_batch};
use crate::pipeline::Pipeline;
use crate::review::summary_page;
use crate::write::WriteError;

/// Turn scans into restored text and JSON records.
///
/// Folders are searched through; images whose names differ only in a trailing number are the pages of one document.
/// Results mirror the input under DIR/documents, and DIR/report.json says what became of every input. What is done is
/// skipped on the next run, so a run that was broken off is gone on with by the same command.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vanthu run scans/ --out results
  vanthu run a.pdf b.tif --out results --formats json --pages 1-3
  vanthu run scans/ --out results --progress json 2> progress.jsonl
  vanthu run --manifest results/manifest.jsonl --shard 3/8 --out results     (see `vanthu help plan`)")]
pub struct Args {
    /// Files or folders: PDF, TIFF, PNG, JPEG, JPEG 2000, BMP, WebP, TXT.
    #[arg(required_unless_present = "manifest", conflicts_with = "manifest", value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Instead of inputs: the list that `vanthu plan` made, of which one shard is done.
    #[arg(long, value_name = "FILE", requires = "shard", conflicts_with_all = ["group", "watch", "sample", "summary"])]
    manifest: Option<PathBuf>,
    /// Which shard of the manifest, for instance 3/8. Ends with 0 if it is done, 65 if it is done and some inputs are
    /// bad, 75 if it is to be run again.
    #[arg(long, value_name = "K/N", requires = "manifest")]
    shard: Option<Shard>,
    /// Where the files of the manifest lie on this machine, if not where they were when it was planned.
    #[arg(long, value_name = "DIR", requires = "manifest")]
    input_root: Option<PathBuf>,
    /// The folder of the results; for a shard also s3://BUCKET/PREFIX.
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// With results in an object store: keep unfinished pages here, so that this machine goes on where it was.
    #[arg(long, value_name = "DIR", requires = "shard")]
    scratch: Option<PathBuf>,
    /// Pages read at one time, each by a process of its own [default: one for each core].
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// What to file for each document; the record (json) always is [default: json,txt].
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    formats: Option<Vec<Format>>,
    /// How images in a folder become documents [default: auto].
    #[arg(long, value_enum)]
    group: Option<Group>,
    /// Only these pages of every document, for instance 1-3,7.
    #[arg(long, value_name = "PAGES")]
    pages: Option<PageSet>,
    /// Give up reading a page after so many seconds, and read it once more in the plainest way; 0 for never
    /// [default: 120].
    #[arg(long, value_name = "SECONDS")]
    page_timeout: Option<u64>,
    /// Refuse pages of more pixels [default: 200 million].
    #[arg(long, value_name = "PIXELS")]
    max_pixels: Option<u64>,
    /// Decode no more pixels at one time, over all jobs; a larger page is read alone [default: 100 million].
    #[arg(long, value_name = "PIXELS")]
    max_pixels_at_once: Option<u64>,
    /// Stop a process that takes more bytes of memory to read a page [default: 4 GiB].
    #[arg(long, value_name = "BYTES")]
    max_memory: Option<u64>,
    /// Refuse files of more bytes [default: 2 GiB].
    #[arg(long, value_name = "BYTES")]
    max_file_bytes: Option<u64>,
    /// Refuse documents of more pages [default: 20000].
    #[arg(long, value_name = "N")]
    max_pages: Option<u32>,
    /// Refuse text files of more bytes [default: 64 MiB].
    #[arg(long, value_name = "BYTES")]
    max_text_bytes: Option<u64>,
    /// Draw this share of the pages and write `acceptance.json`: how right they are expected to be, with the interval of
    /// confidence, and whether that is enough (98 %).
    #[arg(long, value_name = "N%")]
    sample: Option<Sample>,
    /// Do again what is done.
    #[arg(long)]
    force: bool,
    /// Go on as files arrive, until Ctrl-C. A file is taken when its size has been still for two seconds.
    #[arg(long)]
    watch: bool,
    /// File the cleaned page images and the engine's reading, too.
    #[arg(long)]
    keep_images: bool,
    /// Folder of the engine's models, instead of the system's.
    #[arg(long, value_name = "DIR")]
    tessdata: Option<PathBuf>,
    /// Your own terms, one a line, on top of the built-in dictionary.
    #[arg(long, value_name = "FILE")]
    dictionary: Option<PathBuf>,
    /// A TOML file with any of these options as keys; the command line goes first.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How to tell how far it is.
    #[arg(long, value_enum, default_value = "auto")]
    progress: ProgressMode,
    /// Say nothing but errors.
    #[arg(short, long)]
    quiet: bool,
    /// At the end, print a table of the documents on standard output.
    #[arg(long)]
    summary: bool,
}

/// Runs the batch.
pub fn run(args: Args) -> Result<Exit, CliError> {
    check_inputs(&args.inputs)?;
    let mut options = options(&args)?;
    let manifest = args.manifest.as_deref().map(Manifest::open).transpose()?;
    if let Some(manifest) = &manifest {
        options.group = manifest.plan.group;
    }
    let pipeline = Pipeline::new(options.pipeline())?;
    let mode = if args.quiet { ProgressMode::None } else { args.progress };
    let (progress, stop) = (Progress::new(mode), stop_on_ctrl_c());
    let program = this_program()?;
    let run = Run {
        pipeline: &pipeline,
        options: &options,
        out: &args.out,
        progress: &progress,
        stop: &stop,
        program: Some(&program),
        shard: None,
    };
    if let (Some(manifest), Some(shard)) = (&manifest, args.shard) {
        stop_on_termination(&stop);
        return one_shard(&args, manifest, shard, run);
    }
    if is_address(&args.out) {
        let message = "only shards are filed in an object store; see `vanthu help plan`";
        return Err(CliError::new(Exit::Usage, message));
    }
    let report = run_batch(&args.inputs, &run)?;
    summary_page::write(&args.out, &report)?;
    if args.summary {
        super::input::print(&summary::table(&args.out)?)?;
    }
    Ok(exit(&report))
}

fn exit(report: &Report) -> Exit {
    match report {
        Report { interrupted: true, .. } => Exit::Interrupted,
        Report { failures, .. } if !failures.is_empty() => Exit::BadInput,
        _ => Exit::Done,
    }
}

fn one_shard(args: &Args, manifest: &Manifest, shard: Shard, run: Run<'_>) -> Result<Exit, CliError> {
    let root = args.input_root.as_ref().unwrap_or(&manifest.plan.root);
    let shelf = Shelf::at(&args.out)?;
    let elsewhere = is_address(&args.out);
    let passing = (elsewhere && args.scratch.is_none()).then(tempfile::tempdir).transpose()?;
    let out = match (&args.scratch, &passing) {
        (Some(scratch), _) if elsewhere => scratch.as_path(),
        (_, Some(passing)) => passing.path(),
        _ => run.out,
    };
    let report = run_shard(manifest, shard, root, &shelf, &Run { out, ..run });
    report.map(|report| shard_exit(&report)).map_err(of_shard)
}

/// Whoever started a shard only asks whether to start it again.
fn shard_exit(report: &Report) -> Exit {
    match exit(report) {
        Exit::Interrupted => Exit::TryAgain,
        exit => exit,
    }
}

/// What a shared file system does to one node now it may not do to another, or later. Only what will never be allowed is
/// not to be tried again.
fn of_shard(error: BatchError) -> CliError {
    use std::io::ErrorKind::{NotADirectory, PermissionDenied, ReadOnlyFilesystem};
    let never = |source: &std::io::Error| {
        matches!(source.kind(), PermissionDenied | NotADirectory | ReadOnlyFilesystem)
    };
    let passing = matches!(&error, BatchError::Write(WriteError::Io { source, .. }) if !never(source));
    let error = CliError::from(error);
    if passing { CliError { exit: Exit::TryAgain, ..error } } else { error }
}

/// A name that is not there is most likely mistyped: better said at once than in the morning.
pub fn check_inputs(inputs: &[PathBuf]) -> Result<(), CliError> {
    match inputs.iter().find(|path| std::fs::symlink_metadata(path).is_err()) {
        None => Ok(()),
        Some(path) => {
            Err(CliError::new(Exit::NotFound, format!("{}: not found; check the name", path.display())))
        }
    }
}

fn options(args: &Args) -> Result<RunOptions, CliError> {
    let mut options = args.config.as_deref().map(read_config).transpose()?.unwrap_or_default();
    set(&mut options.jobs, args.jobs);
    set(&mut options.formats, args.formats.clone().map(Formats::from));
    set(&mut options.group, args.group);
    set(&mut options.page_timeout, args.page_timeout);
    set(&mut options.max_pixels, args.max_pixels);
    set(&mut options.max_pixels_at_once, args.max_pixels_at_once);
    set(&mut options.max_memory, args.max_memory);
    set(&mut options.max_file_bytes, args.max_file_bytes);
    set(&mut options.max_pages, args.max_pages);
    set(&mut options.max_text_bytes, args.max_text_bytes);
    options.pages = args.pages.clone().or(options.pages);
    options.tessdata = args.tessdata.clone().or(options.tessdata);
    options.dictionary = args.dictionary.clone().or(options.dictionary);
    options.sample = args.sample.or(options.sample);
    options.force |= args.force;
    options.watch |= args.watch;
    options.keep_images |= args.keep_images;
    Ok(options)
}

fn set<T>(option: &mut T, told: Option<T>) {
    if let Some(value) = told {
        *option = value;
    }
}

fn read_config(path: &Path) -> Result<RunOptions, CliError> {
    let bytes = super::input::read(Some(path))?;
    let text = String::from_utf8_lossy(&bytes);
    toml::from_str(&text).map_err(|error| {
        CliError::new(Exit::Usage, format!("{}: {}; see `vanthu help run`", path.display(), error.message()))
    })
}

/// This very program, also when a newer one has meanwhile been put in its place.
pub fn this_program() -> Result<PathBuf, CliError> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() { Ok(running) } else { Ok(std::env::current_exe()?) }
}

/// The first Ctrl-C ends the run after the pages in hand, the second at once.
fn stop_on_ctrl_c() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let handler = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
        eprintln!(
            "vanthu: finishing the pages in hand; Ctrl-C again stops at once, and nothing done is lost"
        );
    });
    if let Err(error) = handler {
        tracing::warn!("Ctrl-C cannot be caught ({error}); it will stop the run at once");
    }
    stop
}

/// Schedulers say SIGTERM before they take a machine away: the shard ends after the pages in hand.
fn stop_on_termination(stop: &Arc<AtomicBool>) {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            if let Ok(mut terminated) = signal(SignalKind::terminate()) {
                terminated.recv().await;
                stop.store(true, Ordering::Relaxed);
            }
        });
    });
}
