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
    /// Leave out steps of cleaning and reading, to see what each is good for.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "STEPS")]
    without: Vec<Step>,
    /// Folder of the engine's models, instead of the system's.
    #[arg(long, value_name = "DIR")]
    tessdata: Option<PathBuf>,
}

/// A step that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Step {
    /// Even out the paper
    Flatten,
    /// Straighten the lines
    Deskew,
    /// Lift seals
    Seals,
    /// Take off specks, holes and edges
    Despeckle,
    /// Soften bilevel print
    Smooth,
    /// Bring the print to the engine's favourite size
    Scale,
    /// Read a doubtful page in other ways
    Climb,
    /// Read doubtful cells by themselves
    Cells,
    /// Read lines passed over
    Missed,
}

impl Step {
    fn leave_out(self, options: &mut Options) {
        let (prepare, recognize) = (&mut options.prepare, &mut options.recognize);
        match self {
            Self::Flatten => prepare.flatten = false,
            Self::Deskew => prepare.deskew = false,
            Self::Seals => prepare.remove_seals = false,
            Self::Despeckle => prepare.despeckle = false,
            Self::Smooth => prepare.smooth = false,
            Self::Scale => prepare.target_dpi = None,
            Self::Climb => recognize.climb = false,
            Self::Cells => recognize.reread_cells = false,
            Self::Missed => recognize.reread_missed = false,
        }
    }
}

/// Prints the text.
pub fn run(args: Args) -> Result<Exit, CliError> {
    let mut options = Options::default();
    options.recognize.tessdata = args.tessdata;
    args.without.iter().for_each(|step| step.leave_out(&mut options));
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
