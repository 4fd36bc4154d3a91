//! `vanthu merge DIR`: one report, one catalogue and one file of records from any number of shards.

use std::path::PathBuf;

use super::{CliError, Exit};
use crate::batch::shards::manifest::{MANIFEST, Manifest};
use crate::batch::shards::merge::{FILES, merge};
use crate::batch::shards::shelf::{Shelf, is_address};
use crate::review::summary_page::{self, Histogram};

/// Make one report, one catalogue and one file of records of the shards in a results folder.
///
/// Every line of the manifest is held against the result of its document: DIR/report.json says how many there are, how many
/// are accounted for, and which shards are not done. DIR/records.jsonl has a record a line, DIR/failures.jsonl a
/// failure a line, DIR/catalog.sqlite is what `vanthu search` asks.
///
/// Exits with 0 if everything is there and well, 65 if some inputs are bad, 75 if a shard is not done.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of the results, or s3://BUCKET/PREFIX.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The manifest, where it lies elsewhere.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

/// Merges.
pub fn run(args: Args) -> Result<Exit, CliError> {
    let manifest = Manifest::open(&args.manifest.unwrap_or_else(|| args.dir.join(MANIFEST)))?;
    let shelf = Shelf::at(&args.dir)?;
    // What goes to an object store is put together here first.
    let scratch = is_address(&args.dir).then(tempfile::tempdir).transpose()?;
    let out = scratch.as_ref().map_or(args.dir.as_path(), |scratch| scratch.path());
    let mut accuracies = Histogram::default();
    let merged = merge(&manifest, &shelf, out, |status| accuracies.add(status))?;
    summary_page::write_with(out, &merged.report, &accuracies)?;
    for file in FILES.iter().chain([&summary_page::FILE_NAME]) {
        shelf.upload(file, &out.join(file))?;
    }
    eprintln!(
        "{} of {} documents accounted for, {} failures",
        merged.accounted, merged.planned, merged.all_failures
    );
    if !merged.unfinished.is_empty() {
        const SHOWN: usize = 20;
        let shown = merged.unfinished.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        let more = if merged.unfinished.len() > SHOWN { " and more, in report.json" } else { "" };
        let message = format!("not done: shard {shown}{more}; run them again");
        return Err(CliError::new(Exit::TryAgain, message));
    }
    Ok(if merged.all_failures == 0 { Exit::Done } else { Exit::BadInput })
}
