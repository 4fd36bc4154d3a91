//! `vanthu plan INPUT --out DIR`: lists the documents once, for many machines to share.

use std::path::PathBuf;

use super::run::this_program;
use super::{CliError, Exit};
use crate::batch::RunOptions;
use crate::batch::options::Group;
use crate::batch::shards::plan::{Planning, plan};

/// List the documents of an input and cut the list into shards, for many machines.
///
/// DIR/manifest.jsonl holds a line for each document, with its files, pages and expected cost; DIR/plan.json says where each
/// shard begins. Each shard is then one `vanthu run --manifest DIR/manifest.jsonl --shard K/N --out DIR`, anywhere,
/// and `vanthu merge DIR` makes one of them all. The same input gives the same list.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example, the smallest engine there is:
  vanthu plan scans/ --out results --shards 8
  seq 8 | xargs -P 2 -I K vanthu run --manifest results/manifest.jsonl --shard K/8 --out results --jobs 1
  vanthu merge results")]
pub struct Args {
    /// A folder of scans, or one file.
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// The folder of the results, or s3://BUCKET/PREFIX.
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// How many shards [default: as many as take about half an hour of one core each].
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    shards: Option<u32>,
    /// How images in a folder become documents.
    #[arg(long, value_enum, default_value = "auto")]
    group: Group,
    /// Do not open the files: guess their pages from their size.
    #[arg(long)]
    quick: bool,
    /// Files opened at one time [default: one for each core].
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
}

/// Plans.
pub fn run(args: Args) -> Result<Exit, CliError> {
    super::run::check_inputs(std::slice::from_ref(&args.input))?;
    let options = RunOptions { group: args.group, jobs: args.jobs.unwrap_or(0), ..RunOptions::default() };
    let program = (!args.quick).then(this_program).transpose()?;
    let shards = args.shards.map(|n| n as usize);
    let plan =
        plan(&args.input, &args.out, &Planning { options: &options, shards, program: program.as_deref() })?;
    for problem in &plan.problems {
        eprintln!("{}", problem.reason);
    }
    eprintln!(
        "{} documents, {} pages, about {:.1} core-hours; {} shards",
        plan.total.documents,
        plan.total.pages,
        plan.total.cost_ms as f64 / 3_600_000.0,
        plan.shards.len()
    );
    Ok(if plan.problems.is_empty() { Exit::Done } else { Exit::BadInput })
}
