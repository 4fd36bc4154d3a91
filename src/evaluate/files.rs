//! Finds and reads the files to compare: one gold file against one candidate, or a folder against a folder.
//!
//! In a folder of right answers, `gold.tsv` says which document each of them belongs to: gold file TAB document, where
//! the document is a path below the candidate folder (`ke-hoach/a.pdf`), the folder of its results. A gold `.json` is
//! held against its `record.json`, a gold text against its `text.txt`. Without that list, files pair by name.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::alternatives::Alternatives;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A file is missing or cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not of the form it ought to have.
    #[error("{} is not {wanted}: {source}", path.display())]
    Form {
        /// Which file.
        path: PathBuf,
        /// What it ought to be.
        wanted: &'static str,
        /// Where it fails.
        source: serde_json::Error,
    },
    /// The gold folder has no file that pairs with a candidate.
    #[error("{} holds no right answers: no gold.tsv and no .json or .txt files", .0.display())]
    NothingToCompare(PathBuf),
}

/// A gold file and what is held against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// How the pair is called in a table.
    pub name: String,
    /// The right answer.
    pub gold: PathBuf,
    /// What is measured; it may be missing, and then scores nothing.
    pub candidate: PathBuf,
}

/// The pairs of two folders, or the one pair of two files, in order of name.
///
/// # Errors
/// When the gold folder or its list cannot be read, or holds nothing to compare.
pub fn pair_files(gold: &Path, candidate: &Path) -> Result<Vec<Pair>, EvaluateError> {
    if !gold.is_dir() {
        let name = gold.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        return Ok(vec![Pair { name, gold: gold.to_path_buf(), candidate: candidate.to_path_buf() }]);
    }
    let list = gold.join("gold.tsv");
    let pairs =
        if list.is_file() { listed_pairs(gold, candidate, &list)? } else { pairs_by_name(gold, candidate)? };
    if pairs.is_empty() { Err(EvaluateError::NothingToCompare(gold.to_path_buf())) } else { Ok(pairs) }
}

fn listed_pairs(gold: &Path, candidate: &Path, list: &Path) -> Result<Vec<Pair>, EvaluateError> {
    let text = read_text(list)?;
    // A run is named by its folder or by the `documents/` in it.
    let documents = candidate.join("documents");
    let candidate = if documents.is_dir() { &documents } else { candidate };
    let pair = |line: &str| {
        let (file, document) = line.split_once('\t')?;
        let document = document.split('\t').next().unwrap_or(document).trim();
        let (path, result) =
            (gold.join(file.trim()), if is_record(Path::new(file)) { "record.json" } else { "text.txt" });
        Some(Pair {
            name: document.to_string(),
            gold: path,
            candidate: candidate.join(document).join(result),
        })
    };
    Ok(text.lines().filter(|line| !line.starts_with('#')).filter_map(pair).collect())
}

fn pairs_by_name(gold: &Path, candidate: &Path) -> Result<Vec<Pair>, EvaluateError> {
    let unreadable = |source| EvaluateError::Read { path: gold.to_path_buf(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(gold).map_err(unreadable)? {
        names.push(entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| {
        (name.ends_with(".json") || name.ends_with(".txt")) && !name.ends_with(".alternatives.json")
    });
    names.sort();
    let pair = |name: String| Pair { gold: gold.join(&name), candidate: candidate.join(&name), name };
    Ok(names.into_iter().map(pair).collect())
}

/// Whether a gold file is a record; anything else is a text.
pub fn is_record(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// The text of a file, invalid UTF-8 replaced and a byte-order mark dropped.
///
/// # Errors
/// When it cannot be read.
pub fn read_text(path: &Path) -> Result<String, EvaluateError> {
    let bytes = fs::read(path).map_err(|source| EvaluateError::Read { path: path.to_path_buf(), source })?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_string())
}

/// The JSON of a file.
///
/// # Errors
/// When it cannot be read or is not JSON.
pub fn read_record(path: &Path) -> Result<Value, EvaluateError> {
    let form = |source| EvaluateError::Form { path: path.to_path_buf(), wanted: "JSON", source };
    serde_json::from_str(&read_text(path)?).map_err(form)
}

/// The alternatives file that belongs to a gold file, if there is one: `gold_003.json` → `gold_003.alternatives.json`.
pub fn alternatives_beside(gold: &Path) -> Option<PathBuf> {
    let name = gold.file_name()?.to_string_lossy().into_owned();
    let stem = name.split('.').next().unwrap_or(&name);
    Some(gold.with_file_name(format!("{stem}.alternatives.json"))).filter(|path| path.is_file())
}

/// The accepted readings of an alternatives file.
///
/// # Errors
/// When it cannot be read or has another form.
pub fn read_alternatives(path: &Path) -> Result<Alternatives, EvaluateError> {
    let form =
        |source| EvaluateError::Form { path: path.to_path_buf(), wanted: "a list of alternatives", source };
    Alternatives::parse(&read_text(path)?).map_err(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_leads_from_answers_to_results() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("gold.tsv"), "# gold\tdocument\ngold_000.json\tke-hoach/a.pdf\n")
            .unwrap();
        let pairs = pair_files(folder.path(), Path::new("out/documents")).unwrap();
        assert_eq!(pairs[0].name, "ke-hoach/a.pdf");
        assert_eq!(pairs[0].candidate, Path::new("out/documents/ke-hoach/a.pdf/record.json"));
    }

    #[test]
    fn an_empty_gold_folder_is_an_error_that_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let error = pair_files(folder.path(), Path::new("out")).unwrap_err();
        assert!(error.to_string().contains("no right answers"));
    }
}
