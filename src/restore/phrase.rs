//! Lets a mangled formula snap to the whole phrase that it is: motto, national title, usual headings.
//!
//! Reads garbled lines with the changes found so far; adds changes word by word where a line is, but for a few letters,
//! a phrase of the dictionary (compared by `strsim` over bare letters). A word that makes sense as it stands and has other
//! letters speaks against the phrase: then nothing is touched. Punctuation stays as read.

use std::ops::Range;

use crate::alphabet::{canonical, fold_key};
use crate::dictionary::{Dictionary, Phrases};

use super::outcome::{Change, Outcome};
use super::restored_page::EditSource;

/// Bare letters that must agree; a formula of twenty letters may have three wrong.
const LEAST: f64 = 0.85;
/// Shorter lines are like too many phrases.
const SHORTEST: usize = 12;

/// Snaps the lines of a passage to phrases.
pub fn snap(text: &str, dictionary: &Dictionary, outcome: &mut Outcome) {
    let mut start = 0;
    for line in text.split('\n') {
        if let Some(changes) = snapped(text, start..start + line.len(), dictionary, outcome) {
            for change in changes {
                let clear = |known: &Change| {
                    known.range.end <= change.range.start || change.range.end <= known.range.start
                };
                outcome.changes.retain(clear);
                outcome.changes.push(change);
            }
        }
        start += line.len() + 1;
    }
    outcome.changes.sort_by_key(|change| change.range.start);
}

/// The changes that make a line the phrase it resembles.
fn snapped(
    text: &str,
    line: Range<usize>,
    dictionary: &Dictionary,
    outcome: &Outcome,
) -> Option<Vec<Change>> {
    let words = words(text, line);
    // The numeral of a section stands before its heading.
    let numbered = words.first().is_some_and(|word| text.get(word.clone()).is_some_and(|w| w.ends_with('.')));
    let words = words.get(usize::from(numbered)..)?;
    let now: Vec<String> = words.iter().map(|word| as_it_stands(text, word, outcome)).collect();
    let whole = now.join(" ");
    if whole.len() < SHORTEST {
        return None;
    }
    let own = dictionary.own_phrases().and_then(|own| own.nearest(&whole, LEAST));
    let found = own.or_else(|| Phrases::builtin().nearest(&whole, LEAST))?;
    let phrase: Vec<&str> = found.phrase.text.split_whitespace().collect();
    if phrase.len() != words.len() || is_in_capitals(&whole) != is_in_capitals(&found.phrase.text) {
        return None;
    }
    let mut changes = Vec::new();
    for ((range, now), meant) in words.iter().zip(&now).zip(phrase) {
        let (now, meant) = (core(now), core(meant));
        if now == meant || canonical(now) == canonical(meant) {
            continue;
        }
        let other_letters = fold_key(now) != fold_key(meant);
        if other_letters && dictionary.vocabulary().id(&canonical(now)).is_some() {
            return None;
        }
        let read = text.get(range.clone())?;
        let from = range.start + read.find(core(read))?;
        let range = from..from + core(read).len();
        let posterior = found.similarity as f32;
        changes.push(Change { range, to: meant.to_owned(), source: EditSource::Phrase, posterior });
    }
    Some(changes)
}

/// The words of a line with their places.
fn words(text: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let Some(part) = text.get(line.clone()) else { return Vec::new() };
    let place = |word: &str| word.as_ptr() as usize - part.as_ptr() as usize + line.start;
    part.split_whitespace().map(|word| place(word)..place(word) + word.len()).collect()
}

/// A word with the changes found so far.
fn as_it_stands(text: &str, word: &Range<usize>, outcome: &Outcome) -> String {
    let mut now = text.get(word.clone()).unwrap_or_default().to_owned();
    let within = |change: &&Change| word.start <= change.range.start && change.range.end <= word.end;
    for change in outcome.changes.iter().rev().filter(within) {
        now.replace_range(change.range.start - word.start..change.range.end - word.start, &change.to);
    }
    now
}

fn is_in_capitals(line: &str) -> bool {
    let letters = || line.chars().filter(|c| c.is_alphabetic());
    letters().filter(|c| c.is_uppercase()).count() * 2 > letters().count()
}

/// A word without the signs around it.
fn core(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapped_text(text: &str) -> String {
        let dictionary = Dictionary::builtin().unwrap();
        let mut outcome = Outcome::default();
        snap(text, &dictionary, &mut outcome);
        let mut done = text.to_owned();
        for change in outcome.changes.iter().rev() {
            done.replace_range(change.range.clone(), &change.to);
        }
        done
    }

    #[test]
    fn formulas_snap_and_keep_their_signs() {
        assert_eq!(snapped_text("DPoc lập - Tự do - Hạnh phlc"), "Độc lập - Tự do - Hạnh phúc");
        assert_eq!(snapped_text("I. MUC PiCH, YÊU CẦU:"), "I. MỤC ĐÍCH, YÊU CẦU:");
    }

    #[test]
    fn another_heading_that_makes_sense_is_no_formula() {
        let line = "MỤC TIÊU, YÊU CẦU";
        assert_eq!(snapped_text(line), line);
    }
}
