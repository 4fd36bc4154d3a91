//! [`FuzzyIndex`]: which of many phrases a damaged one is nearest to.
//!
//! *Idea.* A phrase is reduced to its bare letters and digits (`Độc lập - Tự do` → `doclaptudo`), so that lost marks, blanks and
//! dashes cost nothing. Phrases that share enough letter triples with the question are looked up in an inverted index; only the
//! best few of them are compared in full (normalized Damerau–Levenshtein, `strsim`). So a question costs in proportion to
//! the postings of its triples, not to the number of phrases times their length.
//!
//! Ties go to the phrase that was added first.

use crate::alphabet::fold_key_into;

/// The phrases compared in full for one question.
const COMPARED: usize = 12;
/// Longer questions are no phrases (and comparing costs the square of the length).
const LONGEST: usize = 200;

/// Phrases by number, found by likeness.
#[derive(Debug, Clone, Default)]
pub struct FuzzyIndex {
    keys: Vec<String>,
    /// (letter triple, phrase), sorted.
    postings: Vec<(u32, u32)>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FuzzyHit {
    /// Number of the phrase, in the order in which they were given.
    pub number: usize,
    /// 0–1: 1 if bare letters and digits are equal.
    pub similarity: f64,
}

/// The letters and digits of a text, bare of marks, in small letters.
#[must_use]
pub fn bare_letters(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    fold_key_into(text, &mut key);
    key.retain(char::is_alphanumeric);
    key
}

impl FuzzyIndex {
    /// An index of phrases, numbered in the order given.
    #[must_use]
    pub fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> FuzzyIndex {
        let keys: Vec<String> = phrases.into_iter().map(bare_letters).collect();
        let mut postings: Vec<(u32, u32)> = Vec::new();
        for (number, key) in keys.iter().enumerate() {
            postings.extend(triples(key).into_iter().map(|triple| (triple, number as u32)));
        }
        postings.sort_unstable();
        postings.dedup();
        FuzzyIndex { keys, postings }
    }

    /// The phrase most like `text`, if its similarity is at least `least` (0–1).
    #[must_use]
    pub fn nearest(&self, text: &str, least: f64) -> Option<FuzzyHit> {
        let key = bare_letters(text);
        if key.is_empty() || key.len() > LONGEST {
            return None;
        }
        let compare = |number: usize| {
            let similarity = strsim::normalized_damerau_levenshtein(&key, self.keys.get(number)?);
            Some(FuzzyHit { number, similarity })
        };
        let mut best: Option<FuzzyHit> = None;
        for hit in self.promising(&key, least).into_iter().filter_map(compare) {
            let better = best.is_none_or(|best| {
                hit.similarity > best.similarity
                    || (hit.similarity == best.similarity && hit.number < best.number)
            });
            if better && hit.similarity >= least {
                best = Some(hit);
            }
        }
        best
    }

    /// The few phrases that share most triples with the key, of those that may reach `least` at all: their lengths are alike,
    /// and they share the triples that so few edits cannot have broken (two neighbours exchanged break four).
    fn promising(&self, key: &str, least: f64) -> Vec<usize> {
        let asked = triples(key);
        let mut shared = vec![0usize; self.keys.len()];
        for number in asked.iter().flat_map(|&triple| self.with_triple(triple)) {
            shared[number as usize] += 1;
        }
        let may_reach = |&(count, number): &(usize, usize)| {
            let other = self.keys.get(number).map_or(0, String::len);
            let (short, long) = (key.len().min(other), key.len().max(other));
            let edits = (long as f64 * (1.0 - least)) as usize + 1;
            count > 0 && short as f64 >= long as f64 * least && count + 4 * edits >= asked.len()
        };
        let mut counted: Vec<(usize, usize)> = shared.into_iter().zip(0..).filter(may_reach).collect();
        counted.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        counted.into_iter().take(COMPARED).map(|(_, number)| number).collect()
    }

    fn with_triple(&self, triple: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.postings.partition_point(|posting| posting.0 < triple);
        self.postings
            .iter()
            .skip(from)
            .take_while(move |posting| posting.0 == triple)
            .map(|posting| posting.1)
    }
}

/// The different letter triples of a key, begin and end counted as letters.
fn triples(key: &str) -> Vec<u32> {
    let letter = |c: char| (c as u32) & 0x3FF;
    let padded: Vec<u32> = std::iter::once(1).chain(key.chars().map(letter)).chain([2]).collect();
    let mut found: Vec<u32> = padded.windows(3).map(|w| w[0] << 20 | w[1] << 10 | w[2]).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_phrase_finds_its_original() {
        let index = FuzzyIndex::new(["Nơi nhận:", "Độc lập - Tự do - Hạnh phúc", "Kính gửi:"]);
        let found = |text| index.nearest(text, 0.7).map(|hit| hit.number);
        assert_eq!(found("DPoc 1ap - Tw do - Hanh phlc"), Some(1));
        assert_eq!(found("Noi nhan"), Some(0));
        assert_eq!(found("Kinh giri:"), Some(2));
        assert_eq!((found("Căn cứ Luật Tổ chức"), found(""), found("…")), (None, None, None));
    }

    #[test]
    fn equal_letters_are_wholly_similar() {
        let index = FuzzyIndex::new(["Ủy ban nhân dân"]);
        assert_eq!(index.nearest("UY BAN NHAN DAN", 0.9).map(|hit| hit.similarity), Some(1.0));
    }
}
