//! The training text: files of a folder, line by line, with the held-out blocks told apart.
//!
//! Reads `*.txt` and `*.txt.zst`, one paragraph or line per line, in the order of their names. Memory stays bounded by the
//! longest line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use ruzstd::decoding::StreamingDecoder;

use crate::dictionary::error::DictionaryError;

/// Lines in one block of the held-out split; long enough for several papers.
const BLOCK: usize = 500;
/// Of so many blocks the last is held out.
const BLOCKS_PER_HELD_OUT: usize = 10;
/// Lines on both sides of a held-out block that aren't used at all, because a paper may straddle the edge.
const GUARD: usize = 60;

/// What a line is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// To train on.
    Train,
    /// To test on, never to train on.
    HeldOut,
    /// Beside a held-out block: for neither.
    Guard,
}

/// The part of a line of the held-out source, by its 0-based number: every tenth block of 500 lines is held out.
#[must_use]
pub fn part_of_line(line: usize) -> Part {
    let period = BLOCK * BLOCKS_PER_HELD_OUT;
    let start = period - BLOCK;
    let at = line % period;
    if at >= start {
        Part::HeldOut
    } else if at + GUARD >= start || (at < GUARD && line >= period) {
        Part::Guard
    } else {
        Part::Train
    }
}

/// One source file of the corpus.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// Are blocks of it held out? (Those whose name begins with `admin_laocai`, papers of local offices.)
    pub held_out: bool,
}

/// The sources of a folder, in the order of their names; those whose name contains one of `without` are left out.
///
/// # Errors
/// If the folder can't be read or has no text in it.
pub fn sources(folder: &Path, without: &[String]) -> Result<Vec<Source>, DictionaryError> {
    let read = |source| DictionaryError::Read { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = name.ends_with(".txt") || name.ends_with(".txt.zst");
        if text && !without.iter().any(|part| name.contains(part.as_str())) {
            found.push(Source { path, held_out: name.starts_with("admin_laocai") });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    if found.is_empty() {
        return Err(DictionaryError::Training(format!("no .txt or .txt.zst in {}", folder.display())));
    }
    Ok(found)
}

impl Source {
    /// Hands every line to `each`, with its part.
    ///
    /// # Errors
    /// If the file can't be read or decompressed.
    pub fn for_each_line(&self, mut each: impl FnMut(&str, Part)) -> Result<(), DictionaryError> {
        let fail = |source| DictionaryError::Read { path: self.path.clone(), source };
        let file = File::open(&self.path).map_err(fail)?;
        let plain: Box<dyn Read> = if self.path.extension().is_some_and(|e| e == "zst") {
            Box::new(StreamingDecoder::new(file).map_err(|e| fail(std::io::Error::other(e.to_string())))?)
        } else {
            Box::new(file)
        };
        let mut reader = BufReader::with_capacity(1 << 20, plain);
        let mut line = Vec::new();
        for number in 0.. {
            line.clear();
            if reader.read_until(b'\n', &mut line).map_err(fail)? == 0 {
                break;
            }
            let part = if self.held_out { part_of_line(number) } else { Part::Train };
            each(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']), part);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tenth_block_is_held_out_behind_a_guard() {
        let count = |part| (0..50_000).filter(|&line| part_of_line(line) == part).count();
        assert_eq!(count(Part::HeldOut), 5_000);
        assert_eq!(count(Part::Guard), 10 * 60 + 9 * 60);
        assert_eq!(part_of_line(0), Part::Train);
        assert_eq!(part_of_line(4_499), Part::Guard);
        assert_eq!(part_of_line(5_059), Part::Guard);
    }
}
