//! A named file or standard input, and standard output that may be a closed pipe.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{CliError, Exit};

/// The bytes of a file, or of standard input for `-` or no name.
pub fn read(path: Option<&Path>) -> Result<Vec<u8>, CliError> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    };
    std::fs::read(path).map_err(|error| {
        let error = CliError::from(error);
        CliError::new(
            error.exit,
            format!("{}: {}; check the name and the rights", path.display(), error.message),
        )
    })
}

/// What to call the input in messages and records.
pub fn name(path: Option<&PathBuf>) -> String {
    path.map_or_else(|| "-".to_owned(), |path| path.display().to_string())
}

/// Prints to standard output; a reader that has gone away ends the program quietly.
pub fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            Err(CliError::new(Exit::Io, "output closed"))
        }
        other => Ok(other?),
    }
}
