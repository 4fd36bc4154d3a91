//! Names of persons: surnames and given names, and what a full name looks like.
//!
//! The lists hold the usual names only. A name that isn't in them is still a name: these are cues for protecting words, and for
//! telling what a damaged one was, never a reason to change a right one.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::list::rows;
use crate::alphabet::{CasePattern, canonical, case_of, is_possible_syllable};

static SURNAMES: LazyLock<HashSet<String>> =
    LazyLock::new(|| words(include_str!("../../dictionaries/surnames.tsv")));
static GIVEN_NAMES: LazyLock<HashSet<String>> =
    LazyLock::new(|| words(include_str!("../../dictionaries/given_names.tsv")));

fn words(list: &'static str) -> HashSet<String> {
    rows(list).map(|row| canonical(row.cell(0)).into_owned()).collect()
}

/// Is this one of the usual surnames (`Nguyễn`, `Trần` …), with its marks, in any case?
#[must_use]
pub fn is_surname(word: &str) -> bool {
    SURNAMES.contains(canonical(word).as_ref())
}

/// Is this one of the usual given names, with its marks, in any case?
#[must_use]
pub fn is_given_name(word: &str) -> bool {
    GIVEN_NAMES.contains(canonical(word).as_ref())
}

/// Do these words look like a full name: two to five syllables, each with a capital, the first a surname?
#[must_use]
pub fn looks_like_person(words: &[&str]) -> bool {
    let capital = |word: &&str| matches!(case_of(word), CasePattern::Title | CasePattern::Upper);
    (2..=5).contains(&words.len())
        && words.first().is_some_and(|first| is_surname(first))
        && words.iter().all(|word| capital(word) && is_possible_syllable(word))
}

/// Usual full names, one for each pair of a middle and a given name, with the surnames in turn.
pub fn full_names() -> impl Iterator<Item = String> {
    let surnames = rows(include_str!("../../dictionaries/surnames.tsv")).cycle();
    let given = rows(include_str!("../../dictionaries/given_name_pairs.tsv"));
    surnames.zip(given).map(|(surname, given)| format!("{} {}", surname.cell(0), given.cell(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_surname_and_shape() {
        assert!(is_surname("NGUYỄN") && !is_surname("của"));
        assert!(looks_like_person(&["Trần", "Thị", "Ngoan"]));
        assert!(!looks_like_person(&["Trần"]) && !looks_like_person(&["Kế", "hoạch"]));
        assert!(!looks_like_person(&["Trần", "nhà"]));
    }
}
