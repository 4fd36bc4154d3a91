//! What one document is wont to say: its subject comes back, its names come back.
//!
//! Reads words as they were decoded with certainty; produces favours, in milli-nats, for a second reading of what was left
//! in doubt. A word is favoured against its rivals (the words of the same bare letters) as far as the document has it more
//! often than the language at large; a pair of words, if it came more than once. Knows one document at a time.

use std::collections::HashMap;

use crate::alphabet::fold_key;
use crate::dictionary::vocabulary::FIRST_WORD;
use crate::dictionary::{Cost, Dictionary, WordId};

/// How much a pair of words is favoured for each e-fold of its count, milli-nats.
const PAIR: f64 = 700.0;
/// The most a pair of words is favoured, milli-nats.
const MOST_FOR_PAIR: f64 = 2_000.0;
/// The language at large weighs as much as so many words of the document.
const AT_LARGE: f64 = 3.0;
/// A word is favoured or disfavoured by this share of what the document's counts alone would say.
const SHARE: f64 = 500.0;
/// No word is favoured or disfavoured by more.
const MOST_FOR_WORD: f64 = 2_500.0;

/// Counts of what was read with certainty.
#[derive(Debug, Default)]
pub struct Habits {
    words: HashMap<WordId, u32>,
    pairs: HashMap<(WordId, WordId), u32>,
}

/// What follows from the counts. Looked up only; nothing depends on an order.
#[derive(Debug, Default)]
pub struct Prior {
    words: HashMap<WordId, Cost>,
    pairs: HashMap<(WordId, WordId), Cost>,
}

impl Habits {
    /// Counts a word after another.
    pub fn note(&mut self, previous: WordId, word: WordId) {
        if word >= FIRST_WORD {
            *self.words.entry(word).or_default() += 1;
            *self.pairs.entry((previous, word)).or_default() += 1;
        }
    }

    /// What they say of words still in doubt.
    pub fn prior(&self, dictionary: &Dictionary) -> Prior {
        let pair = |(&pair, &times): (_, &u32)| {
            (times > 1).then(|| (pair, (f64::from(times).ln() * PAIR).min(MOST_FOR_PAIR) as Cost))
        };
        let mut prior = Prior { words: HashMap::new(), pairs: self.pairs.iter().filter_map(pair).collect() };
        for &word in self.words.keys() {
            if !prior.words.contains_key(&word) {
                self.weigh_rivals(word, dictionary, &mut prior);
            }
        }
        prior
    }

    /// Favours a word and its rivals by their counts.
    fn weigh_rivals(&self, word: WordId, dictionary: &Dictionary, prior: &mut Prior) {
        let rivals = dictionary.candidates(&fold_key(dictionary.text(word)));
        let usual = |id: WordId| (-f64::from(dictionary.ngram().unigram(id)) / 1000.0).exp();
        let count = |id: WordId| f64::from(self.words.get(&id).copied().unwrap_or(0));
        let (all, here) = rivals.clone().fold((0.0, 0.0), |(a, h), id| (a + usual(id), h + count(id)));
        for id in rivals {
            let share = usual(id) / all;
            let seen = (count(id) + AT_LARGE * share) / (here + AT_LARGE);
            let favour = ((seen / share).ln() * SHARE).clamp(-MOST_FOR_WORD, MOST_FOR_WORD);
            prior.words.insert(id, favour as Cost);
        }
    }
}

impl Prior {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How much a word is favoured.
    pub fn word(&self, word: WordId) -> Cost {
        self.words.get(&word).copied().unwrap_or(0)
    }

    /// How much a word is favoured after another.
    pub fn pair(&self, previous: WordId, word: WordId) -> Cost {
        self.pairs.get(&(previous, word)).copied().unwrap_or(0)
    }
}
