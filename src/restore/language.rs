//! [`Model`]: the language as the decoder sees it.
//!
//! The dictionary's trigram, remembered step by step; on top of it what the user added, and a discount for what the same
//! document says elsewhere. Knows words and histories, no lattice.

use crate::dictionary::vocabulary::BOUNDARY;
use crate::dictionary::{Context, Dictionary, WordId};

use super::channel::Cost;
use super::decode::Language;
use super::habit::Prior;
use super::memory::Memory;

/// The language model as the decoder sees it: the dictionary's, with the user's additions and a discount for what the same
/// document says elsewhere.
pub struct Model<'d> {
    /// What is known of the language at large.
    pub dictionary: &'d Dictionary,
    /// Steps taken before.
    pub memory: &'d mut Memory,
    /// What the document is wont to say.
    pub prior: &'d Prior,
}

/// A history: the model's context, and the last two words where the user's additions may tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// As far as the model tells histories apart.
    pub context: Context,
    last: [WordId; 2],
}

impl History {
    /// At the start of a passage.
    pub const START: History = History { context: Context::START, last: [BOUNDARY; 2] };
}

impl Language for Model<'_> {
    type History = History;

    fn step(&mut self, history: History, word: WordId) -> (Cost, History) {
        let ngram = self.dictionary.ngram();
        let pair = self.memory.step(ngram, history.context, word);
        let (mut cost, mut last) = (pair.cost, [BOUNDARY; 2]);
        if self.dictionary.has_overlay() {
            let [before, previous] = history.last;
            cost = self.dictionary.adapt(before, previous, word, cost);
            last = [previous, word];
        }
        if !self.prior.is_empty() {
            cost -= self.prior.pair(ngram.last_word(history.context), word);
        }
        (cost.max(0), History { context: pair.context, last })
    }
}
