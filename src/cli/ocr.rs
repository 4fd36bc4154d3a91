//! `vanthu ocr FILE`: one file to text on standard output.

use std::path::PathBuf;

use super::{CliError, Exit, input};
use crate::ingest::{self, Document, Opened};
use crate::layout::reading_text;
use crate::pipeline::{Clock, Options, Pipeline};
use crate::write::text;

/// Read one file and print its text, restored and in reading order.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vanthu ocr plan.pdf > plan.txt")]
pub struct Args {
    /// A scan or a PDF.
    file: PathBuf,
    /// The text as the engine read it, before restoration.
    #[arg(long)]
    raw: bool,
    /// Folder of the engine's models, instead of the system's.
    #[arg(long, value_name = "DIR")]
    tessdata: Option<PathBuf>,
}

/// Prints the text.
pub fn run(args: Args) -> Result<Exit, CliError> {
    let mut options = Options::default();
    options.recognize.tessdata = args.tessdata;
    let pipeline = Pipeline::new(options)?;
    if !args.raw {
        let paper = pipeline.document(&args.file)?;
        input::print(&text::text(&paper.pages))?;
        return Ok(Exit::Done);
    }
    match ingest::open(&Document::of_file(&args.file), pipeline.limits())? {
        Opened::Text(text) => input::print(&text)?,
        Opened::Pages(reader) => {
            for number in 1..=reader.page_count() {
                let page = reader.page(number)?;
                let read = pipeline.read(page, &mut Clock::default())?;
                let end = if number < reader.page_count() { "\u{c}" } else { "" };
                input::print(&format!("{}{end}", reading_text(&read.layout)))?;
            }
        }
    }
    Ok(Exit::Done)
}
