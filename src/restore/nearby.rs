//! What the words around a doubtful one say of its candidates, once all have been read for a first time.
//!
//! Holds the words of one document as they were read, and asks the dictionary's
//! [`Neighbourhood`](crate::dictionary::Neighbourhood) about one place at a time. The words before and after decide more surely
//! than those before alone, and words farther off tell the subject. Never reads text.

use std::ops::Range;

use crate::dictionary::neighbourhood::{Feature, notice};
use crate::dictionary::vocabulary::BOUNDARY;
use crate::dictionary::{Cost, Dictionary, WordId};

use super::outcome::Outcome;

/// How much the neighbourhood's word counts, in hundredths: the trigram has heard part of it already.
const SHARE: Cost = 70;

/// The document as read, and what is noticed at one place of it.
pub struct Nearby<'d> {
    dictionary: &'d Dictionary,
    /// The words of all passages in order, a boundary after each passage.
    words: Vec<WordId>,
    features: Vec<Feature>,
    /// Prices at this place, of words and of their rivals.
    known: Vec<(Range<WordId>, Vec<Cost>)>,
}

impl<'d> Nearby<'d> {
    /// Nothing read yet.
    pub fn new(dictionary: &'d Dictionary) -> Self {
        Nearby { dictionary, words: Vec::new(), features: Vec::new(), known: Vec::new() }
    }

    /// Adds a passage as it was read; gives back the place of its first word.
    pub fn add(&mut self, outcome: &Outcome) -> usize {
        let start = self.words.len();
        self.words.extend_from_slice(&outcome.words);
        self.words.push(BOUNDARY);
        start
    }

    /// Looks around at one place.
    pub fn look(&mut self, place: usize) {
        self.known.clear();
        notice(&self.words, place, self.dictionary.ngram(), &mut self.features);
    }

    /// How much dearer a word is for what is around this place, milli-nats.
    pub fn cost(&mut self, word: WordId) -> Cost {
        let rivals = match self.known.iter().position(|(rivals, _)| rivals.contains(&word)) {
            Some(at) => at,
            None => {
                let (rivals, mut costs) = (self.dictionary.vocabulary().rivals(word), Vec::new());
                self.dictionary.neighbourhood().costs(&self.features, rivals.clone(), &mut costs);
                self.known.push((rivals, costs));
                self.known.len() - 1
            }
        };
        let cost = self
            .known
            .get(rivals)
            .and_then(|(rivals, costs)| costs.get(usize::from(word.checked_sub(rivals.start)?)));
        cost.map_or(0, |cost| cost * SHARE / 100)
    }
}
