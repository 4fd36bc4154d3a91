//! Learning from an agency's own checked papers: counts of word pairs and triples, as an overlay file.
//!
//! Reads text, one paragraph a line; produces the lines of a file of learned counts (see [`super::overlay`]). What the base
//! expects anyway is counted too: without it the shares of the rest would be too great. Takes seconds; never touches the base.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Dictionary;
use super::overlay::HEADER;
use super::vocabulary::{BOUNDARY, Reading, reading};
use crate::alphabet::{is_possible_syllable, tokens};

/// A new word must occur so often: once may be a slip.
const LEAST_NEW_WORD: u32 = 2;

/// Counts gathered from checked text.
#[derive(Debug, Default)]
pub struct Learner {
    words: BTreeMap<String, u32>,
    pairs: BTreeMap<[String; 2], u32>,
    triples: BTreeMap<[String; 3], u32>,
    /// Words read so far.
    pub running_words: u64,
}

impl Learner {
    /// Counts one paragraph.
    pub fn read_paragraph(&mut self, paragraph: &str, dictionary: &Dictionary) {
        let boundary = dictionary.text(BOUNDARY).to_owned();
        let mut last = [boundary.clone(), boundary.clone()];
        for token in tokens(paragraph) {
            let word = match reading(&token) {
                Reading::Nothing => continue,
                Reading::Class(class) => dictionary.text(class).to_owned(),
                Reading::Word(word) => word.into_owned(),
            };
            self.running_words += 1;
            let [u, v] = last;
            *self.words.entry(word.clone()).or_default() += 1;
            *self.pairs.entry([v.clone(), word.clone()]).or_default() += 1;
            if v != boundary {
                *self.triples.entry([u, v.clone(), word.clone()]).or_default() += 1;
            }
            last = [v, word];
        }
    }

    /// The overlay file.
    #[must_use]
    pub fn to_overlay(&self, dictionary: &Dictionary) -> String {
        let mut file = format!("{HEADER}\n");
        for ([v, w], &count) in &self.pairs {
            if self.usable(v, dictionary) && self.usable(w, dictionary) {
                let _ = writeln!(file, "{count}\t{v}\t{w}");
            }
        }
        for ([u, v, w], &count) in &self.triples {
            if [u, v, w].iter().all(|word| self.usable(word, dictionary)) {
                let _ = writeln!(file, "{count}\t{u}\t{v}\t{w}");
            }
        }
        file
    }

    /// A word the base knows, or a new one that may be learned.
    fn usable(&self, word: &str, dictionary: &Dictionary) -> bool {
        let often = || self.words.get(word).is_some_and(|&count| count >= LEAST_NEW_WORD);
        dictionary.vocabulary().id_or_class(word).is_some() || (often() && is_possible_syllable(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_expected_afterwards() {
        let base = Dictionary::builtin().expect("built in");
        let mut learner = Learner::default();
        for _ in 0..3 {
            learner.read_paragraph("Hiệp hội chè cổ thụ Xỉnh Choảng họp ngày 12/3/2024.", &base);
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("learned.tsv");
        std::fs::write(&path, learner.to_overlay(&base)).expect("written");
        let adapted = base.with_terms(&path).expect("sound");
        let ids: Vec<_> = ["chè", "cổ", "thụ"].iter().filter_map(|word| adapted.id(word)).collect();
        assert!(
            adapted.adapted_cost(ids[0], ids[1], ids[2]) < base.adapted_cost(ids[0], ids[1], ids[2]) - 500
        );
        assert!(adapted.id("choảng").is_some());
    }
}
