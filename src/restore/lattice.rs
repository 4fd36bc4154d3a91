//! The lattice: every way in which a stretch of observed words may be read, as arcs from place to place.
//!
//! Place `n` lies before observed word `n`. An arc covers one observed word, or two where a word was read as two, and
//! stands for one dictionary word, or two where two were glued together. Knows prices, not language.

use std::sync::Arc as Shared;

use super::channel::Cost;
use super::restored_page::EditSource;
use super::search::Dress;

/// One way of reading one observed word, or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arc {
    /// The words it stands for; the second is used if `glued`.
    pub words: [u16; 2],
    /// Two words that were read as one.
    pub glued: bool,
    /// Where the blank is missing, bytes from the start, if nothing else is wrong; else 0.
    pub split: u8,
    /// Observed words covered, 1 or 2.
    pub span: usize,
    /// Price before the language model has spoken, milli-nats.
    pub cost: Cost,
    /// The case in which the words are printed; `None`: as observed.
    pub dress: Option<Dress>,
    /// What proposed it; `None` for the text as read.
    pub source: Option<EditSource>,
}

impl Arc {
    /// The observed word as it was read, standing for `word` of the model.
    pub fn as_read(word: u16, cost: Cost) -> Arc {
        Arc { words: [word, word], glued: false, split: 0, span: 1, cost, dress: None, source: None }
    }

    /// The words it stands for, in order.
    pub fn words(&self) -> &[u16] {
        let count = if self.glued { 2 } else { 1 };
        self.words.get(..count).unwrap_or_default()
    }
}

/// The arcs that begin at one place.
#[derive(Debug, Clone)]
pub struct Place {
    /// Over the one word that follows; shared, since words repeat.
    pub alone: Shared<[Arc]>,
    /// Over the next two words.
    pub merged: Vec<Arc>,
    /// The one arc that is taken where the choice has been made.
    pub only: Option<usize>,
}

impl Place {
    /// All arcs that may be taken, with their numbers.
    pub fn arcs(&self) -> impl Iterator<Item = (usize, &Arc)> {
        let first = self.only.unwrap_or(0);
        let count = self.only.map_or(usize::MAX, |_| 1);
        self.alone.iter().chain(&self.merged).enumerate().skip(first).take(count)
    }

    /// The arc of this number.
    pub fn arc(&self, number: usize) -> Option<&Arc> {
        self.alone.get(number).or_else(|| self.merged.get(number.checked_sub(self.alone.len())?))
    }
}

/// All arcs over a stretch of observed words.
#[derive(Debug, Clone, Default)]
pub struct Lattice {
    /// By the place at which an arc begins.
    pub from: Vec<Place>,
}
