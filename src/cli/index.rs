//! `vanthu index DIR`: the catalogue of a results folder, built anew.

use std::path::PathBuf;

use super::{CliError, Exit};
use crate::write::catalog;

/// Build the catalogue of a results folder anew.
///
/// `vanthu run` keeps DIR/catalog.sqlite up to date by itself; this builds it from DIR/documents where it was lost, or
/// where results were copied together or corrected by hand.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of the results.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

/// Builds the catalogue.
pub fn run(args: Args) -> Result<Exit, CliError> {
    if !args.dir.join("documents").is_dir() {
        let message =
            format!("{}: no results here; name the folder given to `vanthu run --out`", args.dir.display());
        return Err(CliError::new(Exit::NotFound, message));
    }
    let indexed = catalog::rebuild(&args.dir)?;
    eprintln!("{} documents, {} pages", indexed.documents, indexed.pages);
    if indexed.unreadable == 0 {
        return Ok(Exit::Done);
    }
    eprintln!(
        "{} folders hold no readable record; run `vanthu run` on their inputs again",
        indexed.unreadable
    );
    Ok(Exit::BadInput)
}
