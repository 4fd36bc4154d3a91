//! What corrections are good for beyond their paper: pairs to train on, terms for the dictionary, corrected records.
//!
//! Reads all corrections below `documents/`, in the order of the documents' names; prints tab-separated lines. Only what is
//! in effect counts: a correction that was taken back, or made of a reading that is gone, is left out.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use super::fields::{Standing, fields};
use super::queue::Filed;
use crate::write::corrections::{self, Change};
use crate::write::results;
use crate::write::words;

/// Longest text, in words, that is taken for a term as a whole.
const LONGEST_TERM: usize = 6;
/// How much a term weighs for each time it was put right; the dictionary's own measure for a term of a user.
const WEIGHT: u32 = 20;

/// As the engine read it, and as a person says it is; they may be equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// As read, before restoration.
    pub read: String,
    /// As the program had restored it.
    pub was: String,
    /// As it should be.
    pub is: String,
}

/// `read TAB right` lines: what the engine read and what stands there, of all that was put right or found right.
///
/// # Errors
/// If `to` cannot be written.
pub fn write_pairs(out: &Path, to: &mut impl Write) -> io::Result<()> {
    each(out, |pair| match pair.read.is_empty() || pair.is.is_empty() {
        true => Ok(()),
        false => writeln!(to, "{}\t{}", pair.read, pair.is),
    })
}

/// `term TAB weight` lines, as `--dictionary` reads them: the words that were put right, and whole values that are short.
///
/// # Errors
/// If `to` cannot be written.
pub fn write_terms(out: &Path, to: &mut impl Write) -> io::Result<()> {
    let mut terms: BTreeMap<String, u32> = BTreeMap::new();
    each(out, |pair| {
        terms_of(&pair).into_iter().for_each(|term| *terms.entry(term).or_default() += WEIGHT);
        Ok(())
    })?;
    terms.iter().try_for_each(|(term, weight)| writeln!(to, "{term}\t{weight}"))
}

fn each(out: &Path, mut take: impl FnMut(Pair) -> io::Result<()>) -> io::Result<()> {
    for folder in results::folders(out) {
        if let Some(filed) = Filed::read(&folder).filter(|filed| !filed.corrections.is_empty()) {
            pairs(&filed, &folder).into_iter().try_for_each(&mut take)?;
        }
    }
    Ok(())
}

/// The pairs of a document: its values as listed, then its words by page.
fn pairs(filed: &Filed, folder: &results::ResultFolder) -> Vec<Pair> {
    let marked = fields(&filed.record, &filed.corrections)
        .into_iter()
        .filter(|field| field.mark.as_ref().is_some_and(|mark| mark.standing != Standing::Outdated));
    let mut pairs: Vec<Pair> = marked
        .filter_map(|field| {
            let was = wording(filed.record.pointer(&field.pointer)?)?;
            // The engine's reading is of the whole passage; it is the value's only where the value is its wording.
            let read = field.raw.filter(|read| as_long(read, &was)).unwrap_or_else(|| was.clone());
            Some(Pair { read: flat(&read), was, is: wording(&field.value)? })
        })
        .collect();
    let mut pages = words::read(&folder.path.join(words::FILE_NAME));
    let as_filed = pages.clone();
    corrections::apply_words(&mut pages, &filed.corrections);
    let all = |pages: &[words::PageWords]| -> Vec<words::PlacedWord> {
        pages
            .iter()
            .flat_map(|page| &page.blocks)
            .flat_map(|block| block.lines.iter().flatten())
            .cloned()
            .collect()
    };
    let changed = all(&as_filed).into_iter().zip(all(&pages)).filter(|(was, is)| was.text != is.text);
    pairs.extend(changed.map(|(was, is)| Pair {
        read: flat(was.raw.as_ref().unwrap_or(&was.text)),
        was: was.text,
        is: is.text,
    }));
    pairs.extend(confirmed(filed));
    pairs
}

/// Words that were looked at and found right.
fn confirmed(filed: &Filed) -> impl Iterator<Item = Pair> + '_ {
    filed.corrections.iter().filter_map(|correction| match &correction.change {
        Change::Word { was, is, read: Some(read), .. } if was == is => {
            Some(Pair { read: flat(read), was: was.clone(), is: is.clone() })
        }
        _ => None,
    })
}

/// A value as one line of text; lists by semicolons.
fn wording(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(flat(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            Some(items.iter().filter_map(Value::as_str).map(flat).collect::<Vec<_>>().join("; "))
        }
        _ => None,
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn as_long(a: &str, b: &str) -> bool {
    let words = |text: &str| text.split_whitespace().count();
    words(a) == words(b)
}

/// Of a text that was put right: itself where short, else the words in it that changed.
fn terms_of(pair: &Pair) -> Vec<String> {
    if pair.was == pair.is {
        return Vec::new();
    }
    let (was, is): (Vec<&str>, Vec<&str>) =
        (pair.was.split_whitespace().collect(), pair.is.split_whitespace().collect());
    let term = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let worth = |term: &String| term.chars().filter(|c| c.is_alphabetic()).count() > 1;
    if is.len() <= LONGEST_TERM {
        return vec![term(&pair.is)].into_iter().filter(worth).collect();
    }
    if was.len() != is.len() {
        return Vec::new();
    }
    let changed = was.iter().zip(&is).filter(|(was, is)| was != is);
    changed.map(|(_, is)| term(is)).filter(worth).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_a_term_and_of_a_long_one_the_words_that_changed() {
        let pair = |was: &str, is: &str| Pair { read: String::new(), was: was.into(), is: is.into() };
        assert_eq!(terms_of(&pair("Tô Quang Dóa", "Tô Quang Đóa,")), ["Tô Quang Đóa"]);
        let long = "Thực hiện kế hoach của tỉnh An Hải";
        assert_eq!(terms_of(&pair(long, &long.replace("hoach", "hoạch"))), ["hoạch"]);
        assert!(terms_of(&pair("như cũ", "như cũ")).is_empty());
        assert!(terms_of(&pair("12", "13")).is_empty());
    }
}
