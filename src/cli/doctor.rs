//! `vanthu doctor`: is everything in place, and the command that mends what is not.

use std::path::PathBuf;

use super::{CliError, Exit, input};
use crate::dictionary::Dictionary;
use crate::pipeline::{Options, Pipeline};

/// Check that everything needed is in place; say which command mends what is missing.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the engine's models, instead of the system's.
    #[arg(long, value_name = "DIR")]
    tessdata: Option<PathBuf>,
}

/// Prints a line for each part.
pub fn run(args: Args) -> Result<Exit, CliError> {
    let checks = [("dictionary", dictionary()), ("engine", engine(args.tessdata)), ("cores", Ok(cores()))];
    let lines = checks.iter().map(|(part, check)| match check {
        Ok(found) => format!("ok       {part:<12}{found}\n"),
        Err(lack) => format!("missing  {part:<12}{lack}\n"),
    });
    input::print(&lines.collect::<String>())?;
    Ok(if checks.iter().all(|(_, check)| check.is_ok()) { Exit::Done } else { Exit::Missing })
}

fn dictionary() -> Result<String, String> {
    let dictionary = Dictionary::builtin().map_err(|error| error.to_string())?;
    Ok(format!("built in, {} syllables", dictionary.vocabulary().len()))
}

fn engine(tessdata: Option<PathBuf>) -> Result<String, String> {
    let mut options = Options::default();
    options.recognize.tessdata = tessdata;
    Pipeline::new(options).map(|pipeline| pipeline.engine().to_owned()).map_err(|error| error.to_string())
}

fn cores() -> String {
    std::thread::available_parallelism().map_or_else(|_| "unknown".to_owned(), |n| n.to_string())
}
