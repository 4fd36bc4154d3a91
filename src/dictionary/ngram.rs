//! The language model: a modified Kneser–Ney trigram over words, read side.
//!
//! *Idea.* P(w | u v) is looked up among the trigrams that begin with u v; if it isn't there, it's the weight of
//! the context u v times P(w | v), and so on down to single words (Chen & Goodman 1998). Probabilities are kept as costs, −ln P
//! in milli-nats, so that decoding adds integers and ties are exact.
//!
//! *Layout.* Two levels of sorted runs. For every word v there is a run of bigrams (v, w), sorted by w; every bigram
//! owns a run of trigrams (v, w, x), sorted by x. An entry packs word, cost and context weight into one `u32`, so
//! a search touches one array. Costs are numbers of 256-entry codebooks.
//!
//! *Speed.* Words with the same letters have neighbouring ids (see [`super::vocabulary`]), so one binary search finds all
//! candidates of an ambiguous word. [`Ngram::pair`] depends on two words only: a decoder asks once for each pair
//! of candidates and then [`Ngram::triple`] for each hypothesis.
//!
//! Never trains anything: that's [`super::compile`].

use std::ops::Range;

use super::vocabulary::{BOUNDARY, WordId};

/// Cost in milli-nats: −1000 ln P, rounded.
pub type Cost = i32;

/// Where the decoder stands: the last one or two words, as far as the model tells them apart.
///
/// Two histories with the same context have the same future costs, so a decoder may merge them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Context(u32);

impl Context {
    /// At the start of a paragraph.
    pub const START: Context = single(BOUNDARY);

    /// Its number: equal for equal contexts.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

/// Cost of a word after one other word, and the context the two of them make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// −1000 ln P(w | w1).
    pub cost: Cost,
    /// The context (w1, w), for the next word.
    pub context: Context,
}

/// One word's own figures.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Unigram {
    pub cost: i32,
    pub backoff: i32,
}

/// The model. Made by [`super::model_file`] from checked bytes or by the trainer.
#[derive(Debug, Clone, Default)]
pub struct Ngram {
    pub(super) unigrams: Vec<Unigram>,
    /// Start of each word's run in `bigrams`, and the end of the last; one longer than `unigrams`.
    pub(super) bigram_starts: Vec<u32>,
    /// word << 16 | cost code << 8 | backoff code
    pub(super) bigrams: Vec<u32>,
    /// Start of each bigram's run in `trigrams`, and the end of the last.
    pub(super) trigram_starts: Vec<u32>,
    /// word << 16 | cost code << 8
    pub(super) trigrams: Vec<u32>,
    pub(super) codebooks: Codebooks,
}

/// What the 8-bit codes mean, in milli-nats; code 0 of `backoff` is always 0 (no trigram follows).
#[derive(Debug, Clone, Default)]
pub(super) struct Codebooks {
    pub bigram: Vec<i32>,
    pub backoff: Vec<i32>,
    pub trigram: Vec<i32>,
}

/// The context after a lone word: numbered as the word. Contexts of two words come after all of these.
const fn single(word: WordId) -> Context {
    Context(word as u32)
}

const PAIR_CONTEXTS: u32 = 1 << 16;

impl Ngram {
    /// Number of unigrams, bigrams and trigrams.
    #[must_use]
    pub fn sizes(&self) -> [usize; 3] {
        [self.unigrams.len(), self.bigrams.len(), self.trigrams.len()]
    }

    /// −1000 ln P(w), without context. An id out of range costs what the rarest word costs.
    #[must_use]
    pub fn unigram(&self, word: WordId) -> Cost {
        self.unigrams.get(usize::from(word)).map_or(20_000, |unigram| unigram.cost)
    }

    /// −1000 ln P(w | w2 w1): the plain way to ask, which the fast ways below equal.
    #[must_use]
    pub fn cost(&self, w2: WordId, w1: WordId, word: WordId) -> Cost {
        let pair = self.pair(w1, word);
        self.triple(self.pair(w2, w1).context, word, pair)
    }

    /// Takes one word from a context: its cost, and the context after it.
    #[must_use]
    pub fn step(&self, context: Context, word: WordId) -> Pair {
        let pair = self.pair(self.last_word(context), word);
        Pair { cost: self.triple(context, word, pair), context: pair.context }
    }

    /// Cost of `word` after `previous` alone, and the context they make.
    #[must_use]
    pub fn pair(&self, previous: WordId, word: WordId) -> Pair {
        let run = self.bigram_run(previous);
        let entries = self.bigrams.get(run.clone()).unwrap_or_default();
        let at = lower_bound(entries, word);
        match entries.get(at) {
            Some(&entry) if word_of(entry) == word => self.found_pair(run.start + at, entry),
            _ => self.missed_pair(previous, word),
        }
    }

    /// [`Ngram::pair`] for every word of a range, pushed to `out` in order: one search for all of them.
    pub fn pairs_into(&self, previous: WordId, words: Range<WordId>, out: &mut Vec<Pair>) {
        let run = self.bigram_run(previous);
        let entries = self.bigrams.get(run.clone()).unwrap_or_default();
        let mut at = lower_bound(entries, words.start);
        for word in words {
            match entries.get(at) {
                Some(&entry) if word_of(entry) == word => {
                    out.push(self.found_pair(run.start + at, entry));
                    at += 1;
                }
                _ => out.push(self.missed_pair(previous, word)),
            }
        }
    }

    /// Cost of `word` in `context`, whose last word and `word` make `pair`.
    #[must_use]
    pub fn triple(&self, context: Context, word: WordId, pair: Pair) -> Cost {
        let Some(bigram) = context.0.checked_sub(PAIR_CONTEXTS) else { return pair.cost };
        let entries = self.trigram_run(bigram as usize);
        match entries.get(lower_bound(entries, word)) {
            Some(&entry) if word_of(entry) == word => code(&self.codebooks.trigram, entry >> 8),
            _ => pair.cost + self.backoff(bigram as usize),
        }
    }

    /// [`Ngram::triple`] for every word of a range that starts at `first`, one for each of `pairs`: one search for all.
    pub fn triples_into(&self, context: Context, first: WordId, pairs: &[Pair], out: &mut Vec<Cost>) {
        let Some(bigram) = context.0.checked_sub(PAIR_CONTEXTS) else {
            out.extend(pairs.iter().map(|pair| pair.cost));
            return;
        };
        let entries = self.trigram_run(bigram as usize);
        let backoff = self.backoff(bigram as usize);
        let mut at = lower_bound(entries, first);
        let mut word = first;
        for pair in pairs {
            match entries.get(at) {
                Some(&entry) if word_of(entry) == word => {
                    out.push(code(&self.codebooks.trigram, entry >> 8));
                    at += 1;
                }
                _ => out.push(pair.cost + backoff),
            }
            word = word.wrapping_add(1);
        }
    }

    /// The last word of a context.
    #[must_use]
    pub fn last_word(&self, context: Context) -> WordId {
        match context.0.checked_sub(PAIR_CONTEXTS) {
            None => context.0 as WordId,
            Some(bigram) => self.bigrams.get(bigram as usize).map_or(BOUNDARY, |&entry| word_of(entry)),
        }
    }

    fn found_pair(&self, index: usize, entry: u32) -> Pair {
        // Backoff code 0 says that no trigram follows: then the history may as well be the one word.
        let context =
            if entry & 0xFF == 0 { single(word_of(entry)) } else { Context(index as u32 + PAIR_CONTEXTS) };
        Pair { cost: code(&self.codebooks.bigram, entry >> 8), context }
    }

    fn missed_pair(&self, previous: WordId, word: WordId) -> Pair {
        let backoff = self.unigrams.get(usize::from(previous)).map_or(0, |unigram| unigram.backoff);
        Pair { cost: self.unigram(word) + backoff, context: single(word) }
    }

    fn backoff(&self, bigram: usize) -> Cost {
        self.bigrams.get(bigram).map_or(0, |&entry| code(&self.codebooks.backoff, entry))
    }

    fn bigram_run(&self, word: WordId) -> Range<usize> {
        run(&self.bigram_starts, usize::from(word))
    }

    fn trigram_run(&self, bigram: usize) -> &[u32] {
        self.trigrams.get(run(&self.trigram_starts, bigram)).unwrap_or_default()
    }
}

fn run(starts: &[u32], number: usize) -> Range<usize> {
    match (starts.get(number), starts.get(number + 1)) {
        (Some(&start), Some(&end)) => start as usize..end as usize,
        _ => 0..0,
    }
}

pub(super) fn word_of(entry: u32) -> WordId {
    (entry >> 16) as WordId
}

fn code(book: &[i32], entry: u32) -> Cost {
    book.get((entry & 0xFF) as usize).copied().unwrap_or(0)
}

/// Index of the first entry whose word isn't below `word`.
fn lower_bound(entries: &[u32], word: WordId) -> usize {
    let least = u32::from(word) << 16;
    entries.partition_point(|&entry| entry < least)
}
