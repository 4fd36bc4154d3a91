//! What the source lists add to the training text: headings, place names, names of bodies, and words that must be known.
//!
//! Lines of the corpus are de-duplicated, so the national title, though on every paper, occurs once: headings get back the weight
//! of their document counts. Place names count once each.

use std::path::Path;

use crate::alphabet::{canonical, is_possible_syllable, tokens};
use crate::dictionary::error::DictionaryError;
use crate::dictionary::vocabulary::{Reading, reading};

/// Lines with the number of times they count, and words to know in any case.
#[derive(Debug, Default)]
pub struct TrainingLines {
    /// Extra training text.
    pub lines: Vec<(String, u32)>,
    /// Canonical words.
    pub words: Vec<String>,
}

/// A usual heading written by hand counts as often as if it were in so many papers.
const CURATED_HEADING: u32 = 60;
/// No heading counts more often than this.
const MOST: u32 = 400;
/// A syllable of the list is known if it occurs so often in Wikipedia or stands in the spelling dictionary.
const LISTED_SYLLABLE: u32 = 20;

/// Reads the lists that are there; a missing list adds nothing.
///
/// # Errors
/// If a list can't be read.
pub fn training_lines(lists: &Path) -> Result<TrainingLines, DictionaryError> {
    let mut all = TrainingLines::default();
    for row in rows(lists, "headings_curated.tsv")? {
        all.lines.push((cell(&row, 0), CURATED_HEADING));
    }
    for row in rows(lists, "headings_mined.tsv")? {
        all.lines.push((cell(&row, 0), number(&row, 1).min(MOST)));
    }
    for row in
        rows(lists, "abbreviations_curated.tsv")?.iter().chain(&rows(lists, "abbreviations_mined.tsv")?)
    {
        all.lines.push((format!("{} ({})", cell(row, 1), cell(row, 0)), 2));
    }
    for name in [
        "communes_2025.tsv",
        "communes_old.tsv",
        "districts_old.tsv",
        "provinces_2025.tsv",
        "provinces_old63.tsv",
    ] {
        all.lines.extend(rows(lists, name)?.iter().map(|row| (place(name, row), 1)));
    }
    for row in rows(lists, "given_name_pairs.tsv")? {
        all.lines.push((cell(&row, 0), 1));
    }
    for row in rows(lists, "surnames.tsv")?.iter().chain(&rows(lists, "given_names.tsv")?) {
        all.lines.push((cell(row, 0), 1));
    }
    for row in rows(lists, "syllables.tsv")? {
        let word = canonical(&cell(&row, 0)).into_owned();
        if is_possible_syllable(&word) && (cell(&row, 3) == "1" || number(&row, 2) >= LISTED_SYLLABLE) {
            all.words.push(word);
        }
    }
    for (line, _) in &all.lines {
        all.words.extend(tokens(line).filter_map(|token| match reading(&token) {
            Reading::Word(word) => Some(word.into_owned()),
            _ => None,
        }));
    }
    Ok(all)
}

/// `Xã Phúc Xá, Ba Đình, Hà Nội`: the unit and what it lies in.
fn place(list: &str, row: &[String]) -> String {
    let columns: &[usize] = match list {
        "communes_old.tsv" => &[2, 5, 7],
        "communes_2025.tsv" => &[2, 5],
        "districts_old.tsv" => &[2, 4],
        _ => &[2],
    };
    columns.iter().map(|&column| cell(row, column)).collect::<Vec<_>>().join(", ")
}

fn cell(row: &[String], column: usize) -> String {
    row.get(column).cloned().unwrap_or_default()
}

fn number(row: &[String], column: usize) -> u32 {
    row.get(column).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The rows of a list without its header line; none if there is no such list.
fn rows(lists: &Path, name: &str) -> Result<Vec<Vec<String>>, DictionaryError> {
    let path = lists.join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            Ok(text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(DictionaryError::Read { path, source }),
    }
}
