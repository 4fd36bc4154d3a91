//! `vanthu restore [FILE|-]`: text in, restored text on standard output; the edit log, and the way back.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{CliError, Exit};
use crate::dictionary::Dictionary;
use crate::restore::{RestoreOptions, Restorer, UndoError, undo};

/// Give text its letters and marks back.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A text file; standard input for `-` or none.
    file: Option<PathBuf>,
    /// Write every change, and every suspicion that was not acted on, as JSON Lines.
    #[arg(long, value_name = "FILE")]
    edits: Option<PathBuf>,
    /// Take the restored text and this edit log, and give back the text as it was, byte for byte.
    #[arg(long, value_name = "LOG", conflicts_with = "edits")]
    undo: Option<PathBuf>,
    /// Show what a word may stand for, with the prices (milli-nats), and stop.
    #[arg(long, value_name = "WORD", conflicts_with_all = ["edits", "undo", "file"])]
    explain: Option<String>,
    /// Your own terms, one a line, or what `vanthu dict learn` wrote; or a model to use instead of the one in the program.
    /// May be given several times.
    #[arg(long, value_name = "FILE")]
    dictionary: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Clean text passes through unchanged, line structure and blanks stay as they are, and text may be of any size.

Examples:
  vanthu restore stripped.txt > whole.txt
  vanthu restore --edits log.jsonl old.txt > new.txt
  vanthu restore --undo log.jsonl new.txt | cmp - old.txt
  vanthu restore --dictionary so_noi_vu.tsv stripped.txt
  vanthu restore --explain nghi¢p";

/// Restores, undoes or explains.
pub fn run(args: Args) -> Result<Exit, CliError> {
    if let Some(log) = &args.undo {
        return go_back(args.file.as_deref(), log);
    }
    let mut dictionary = Dictionary::builtin()?;
    for path in &args.dictionary {
        dictionary = Arc::new(dictionary.with(path)?);
    }
    let restorer = Restorer::new(dictionary, RestoreOptions::default());
    match &args.explain {
        Some(word) => explain(&restorer, word),
        None => restore(&restorer, args.file.as_deref(), args.edits.as_deref()),
    }
}

fn restore(restorer: &Restorer, file: Option<&Path>, edits: Option<&Path>) -> Result<Exit, CliError> {
    let mut log = edits.map(create).transpose()?;
    let done = restorer.stream(open(file)?, io::stdout().lock(), |edit| match &mut log {
        Some(log) => writeln!(log, "{}", serde_json::to_string(edit)?),
        None => Ok(()),
    });
    done.and_then(|()| log.as_mut().map_or(Ok(()), Write::flush))
        .map_or_else(|e| stopped(&e), |()| Ok(Exit::Done))
}

fn go_back(file: Option<&Path>, log: &Path) -> Result<Exit, CliError> {
    let log = BufReader::new(open(Some(log))?);
    let mut out = BufWriter::new(io::stdout().lock());
    match undo(open(file)?, log, &mut out).and_then(|()| Ok(out.flush()?)) {
        Ok(()) => Ok(Exit::Done),
        Err(UndoError::Io(error)) => stopped(&error),
        Err(error) => Err(CliError::new(Exit::BadInput, error.to_string())),
    }
}

fn explain(restorer: &Restorer, word: &str) -> Result<Exit, CliError> {
    let mut out = String::from("level\tcandidate\tchannel\tlanguage\n");
    for candidate in restorer.explain(word) {
        let level = format!("{:?}", candidate.level).to_lowercase();
        out += &format!("{level}\t{}\t{}\t{}\n", candidate.text, candidate.channel, candidate.language);
    }
    io::stdout().lock().write_all(out.as_bytes()).map_or_else(|e| stopped(&e), |()| Ok(Exit::Done))
}

/// A reader that went away (`| head`) is no error.
fn stopped(error: &io::Error) -> Result<Exit, CliError> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        _ => Err(CliError::new(Exit::Io, error.to_string())),
    }
}

fn open(file: Option<&Path>) -> Result<Box<dyn Read>, CliError> {
    match file.filter(|path| *path != Path::new("-")) {
        None => Ok(Box::new(io::stdin().lock())),
        Some(path) => match File::open(path) {
            Ok(file) => Ok(Box::new(BufReader::new(file))),
            Err(error) => Err(CliError::new(Exit::NotFound, format!("{}: {error}", path.display()))),
        },
    }
}

fn create(path: &Path) -> Result<BufWriter<File>, CliError> {
    let cannot = |error| CliError::new(Exit::CannotCreate, format!("{}: {error}", path.display()));
    File::create(path).map(BufWriter::new).map_err(cannot)
}
