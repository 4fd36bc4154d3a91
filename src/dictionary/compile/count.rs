//! Counting: words with their cases in a first pass, triples of words in a second.
//!
//! Memory: the first pass keeps every distinct word, the second eight bytes for each running word (about 300 MB for 35 million).

use std::collections::HashMap;

use rayon::prelude::*;

use super::corpus::{Part, Source};
use crate::alphabet::{CasePattern, TokenKind, case_of, tokens};
use crate::dictionary::error::DictionaryError;
use crate::dictionary::vocabulary::{BOUNDARY, Reading, Vocabulary, WordId, reading};

/// How often a word occurs, and in which case inside sentences.
#[derive(Debug, Clone, Copy, Default)]
pub struct WordCount {
    /// Occurrences in all.
    pub total: u32,
    /// Small letters, capital first, all capitals: inside sentences, outside lines of capitals.
    pub cases: [u32; 3],
}

/// Words of the training part, with counts.
pub type WordCounts = HashMap<String, WordCount>;

/// Counts the words of all sources.
///
/// # Errors
/// If a source can't be read.
pub fn count_words(sources: &[Source]) -> Result<WordCounts, DictionaryError> {
    let counted: Result<Vec<WordCounts>, _> = sources.par_iter().map(count_source).collect();
    let mut all = WordCounts::new();
    for counts in counted? {
        for (word, count) in counts {
            let sum = all.entry(word).or_default();
            sum.total += count.total;
            for (mine, theirs) in sum.cases.iter_mut().zip(count.cases) {
                *mine += theirs;
            }
        }
    }
    Ok(all)
}

fn count_source(source: &Source) -> Result<WordCounts, DictionaryError> {
    let mut counts = WordCounts::new();
    source.for_each_line(|line, part| {
        if part == Part::Train {
            count_line(line, &mut counts);
        }
    })?;
    Ok(counts)
}

fn count_line(line: &str, counts: &mut WordCounts) {
    let shouted = is_shouted(line);
    let mut inside = false;
    for token in tokens(line) {
        if let Reading::Word(word) = reading(&token) {
            let count = match counts.get_mut(word.as_ref()) {
                Some(count) => count,
                None => counts.entry(word.into_owned()).or_default(),
            };
            count.total += 1;
            if inside && !shouted {
                match case_of(token.text) {
                    CasePattern::Lower => count.cases[0] += 1,
                    CasePattern::Title => count.cases[1] += 1,
                    CasePattern::Upper => count.cases[2] += 1,
                    CasePattern::Mixed | CasePattern::Caseless => {}
                }
            }
        }
        inside = continues_sentence(token.kind, token.text, inside);
    }
}

/// Is the next word inside a sentence? After a word or a comma yes, after a full stop, colon, bracket or dash no.
fn continues_sentence(kind: TokenKind, text: &str, inside: bool) -> bool {
    match kind {
        TokenKind::Blank => inside,
        TokenKind::Punctuation => inside && text == ",",
        TokenKind::Number => inside,
        _ => true,
    }
}

/// Is the line written in capitals (a title), so that case says nothing about its words?
fn is_shouted(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    line.chars().filter(|c| c.is_uppercase()).count() * 2 > letters
}

/// Three words in a row in one number, the first in the highest bits.
#[must_use]
pub fn triple(u: WordId, v: WordId, w: WordId) -> u64 {
    u64::from(u) << 32 | u64::from(v) << 16 | u64::from(w)
}

/// The words of a triple.
#[must_use]
pub fn parts(triple: u64) -> [WordId; 3] {
    [(triple >> 32) as WordId, (triple >> 16) as WordId, triple as WordId]
}

/// A sorted list of distinct triples with their counts. A paragraph counts as `<s> <s> w1 … wn <s>`.
pub type TripleCounts = Vec<(u64, u32)>;

/// Counts the triples of all sources and of the extra lines, each of which counts as often as it says.
///
/// # Errors
/// If a source can't be read.
pub fn count_triples(
    sources: &[Source],
    extra: &[(String, u32)],
    vocabulary: &Vocabulary,
) -> Result<TripleCounts, DictionaryError> {
    let found: Result<Vec<Vec<u64>>, _> =
        sources.par_iter().map(|source| source_triples(source, vocabulary)).collect();
    let mut all = found?.concat();
    for (line, times) in extra {
        for _ in 0..*times {
            push_triples(line, vocabulary, &mut all);
        }
    }
    all.par_sort_unstable();
    Ok(all.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect())
}

fn source_triples(source: &Source, vocabulary: &Vocabulary) -> Result<Vec<u64>, DictionaryError> {
    let mut found = Vec::new();
    source.for_each_line(|line, part| {
        if part == Part::Train {
            push_triples(line, vocabulary, &mut found);
        }
    })?;
    Ok(found)
}

/// The triples of one paragraph.
pub fn push_triples(line: &str, vocabulary: &Vocabulary, out: &mut Vec<u64>) {
    let (mut u, mut v) = (BOUNDARY, BOUNDARY);
    for token in tokens(line) {
        if let Some(w) = vocabulary.id_of_token(&token) {
            out.push(triple(u, v, w));
            (u, v) = (v, w);
        }
    }
    if v != BOUNDARY {
        out.push(triple(u, v, BOUNDARY));
    }
}
