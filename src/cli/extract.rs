//! `vanthu extract [FILE|-]`: text to one record as JSON on standard output.

use std::path::PathBuf;

use super::{CliError, Exit, input};
use crate::dictionary::Dictionary;
use crate::extract::{self, ExtractOptions, SourceInfo};
use crate::ingest;
use crate::layout::from_text;
use crate::restore::{RestoreOptions, Restorer};

/// Turn text (clean, stripped of marks or garbled) into a record.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  vanthu extract plan.txt > plan.json\n  pdftotext -layout plan.pdf - | vanthu extract | jq .tasks"
)]
pub struct Args {
    /// A text file; standard input for `-` or none.
    file: Option<PathBuf>,
}

/// Prints the record.
pub fn run(args: Args) -> Result<Exit, CliError> {
    let name = input::name(args.file.as_ref());
    let text = ingest::text::decode(&input::read(args.file.as_deref())?);
    let restorer = Restorer::new(Dictionary::builtin()?, RestoreOptions::default());
    let pages = restorer.document(from_text::from_text(&text));
    let record = extract::extract(
        &pages,
        SourceInfo { file: name, ..SourceInfo::default() },
        &ExtractOptions::default(),
    );
    let json =
        serde_json::to_string_pretty(&record).map_err(|error| CliError::new(Exit::Io, error.to_string()))?;
    input::print(&(json + "\n"))?;
    Ok(Exit::Done)
}
