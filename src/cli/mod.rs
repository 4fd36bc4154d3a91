//! The command line: one file for each subcommand, each of which parses, calls the library and prints.
//!
//! Results go to standard output or to files, everything else to standard error. An error is one line that says what,
//! where and what to do; the exit codes are those of `sysexits.h`.

mod completions;
mod dict;
mod doctor;
mod eval;
mod exit;
mod extract;
mod index;
mod input;
mod merge;
mod ocr;
mod plan;
mod restore;
mod review;
mod run;
mod schema;
mod search;
mod summary;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

pub use exit::{CliError, Exit};

/// Scanned Vietnamese administrative papers to restored text and JSON records.
///
/// Reads PDF, TIFF, PNG, JPEG, JPEG 2000, BMP, WebP and text, offline, on a plain processor. Text whose marks were lost
/// or garbled is restored; sections, agenda, attendees, tasks, recipients and signature come out as JSON, each
/// value with its place on the page. A value that is not on the paper is not in the record.
#[derive(Debug, Parser)]
#[command(name = "vanthu", version, after_help = EXAMPLES)]
pub struct Cli {
    /// More detail on standard error; twice for all of it.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  vanthu run scans/ --out results          a folder of scans, overnight; run it again to go on
  vanthu ocr plan.pdf > plan.txt           one paper to restored text
  vanthu restore < stripped.txt            give text its marks back
  vanthu extract plan.txt | jq .subject    text to a record
  vanthu search results ke hoach           find a page again, with or without marks
  vanthu review results                    check and correct in a browser
  vanthu doctor                            is everything in place?";

#[derive(Debug, Subcommand)]
enum Command {
    Run(Box<run::Args>),
    Plan(plan::Args),
    Merge(merge::Args),
    Ocr(ocr::Args),
    Restore(restore::Args),
    Extract(extract::Args),
    Eval(eval::Args),
    Search(search::Args),
    Review(review::Args),
    Index(index::Args),
    Dict(dict::Args),
    Schema(schema::Args),
    Doctor(doctor::Args),
    Completions(completions::Args),
    #[command(hide = true)]
    Worker(worker::Args),
}

/// Parses the command line and does what it says.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    log_to_stderr(cli.verbose);
    let outcome = match cli.command {
        Command::Run(args) => run::run(*args),
        Command::Plan(args) => plan::run(args),
        Command::Merge(args) => merge::run(args),
        Command::Ocr(args) => ocr::run(args),
        Command::Restore(args) => restore::run(args),
        Command::Extract(args) => extract::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Search(args) => search::run(args),
        Command::Review(args) => review::run(args),
        Command::Index(args) => index::run(args),
        Command::Dict(args) => dict::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Doctor(args) => doctor::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Worker(args) => worker::run(args),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("vanthu: {error}");
            error.exit.into()
        }
    }
}

/// Help and version are no errors; everything else is wrong usage (64, where clap itself would say 2).
fn usage(error: &clap::Error) -> ExitCode {
    // A closed pipe (`vanthu --help | head`) is nothing to complain about.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() }
}

fn log_to_stderr(verbose: u8) {
    let level = ["vanthu=warn", "vanthu=info", "vanthu=debug"][usize::from(verbose.min(2))];
    let filter = EnvFilter::try_from_env("VANTHU_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}
