//! What was found out about a passage: the changes proposed, what is only suspected, how sure each word is.
//!
//! Places are bytes of the passage. Plain data with the questions that a second reading asks of it.

use std::ops::Range;

use crate::dictionary::WordId;

use super::decode::Step;
use super::restored_page::EditSource;

/// A word read with more certainty than this is not looked at again.
const SETTLED: f32 = 0.99;

/// A change proposed for a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Bytes of the passage that are replaced.
    pub range: Range<usize>,
    /// What comes in their place.
    pub to: String,
    /// What proposed it.
    pub source: EditSource,
    /// How likely it is right, 0–1.
    pub posterior: f32,
}

/// What was found out about a passage.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Changes in order; ranges never overlap.
    pub changes: Vec<Change>,
    /// Changes less likely right than the word as it stands, but likely enough to be told.
    pub suspicions: Vec<Change>,
    /// For each word, in order: its bytes, and how likely what now stands there is right.
    pub certainty: Vec<(Range<usize>, f32)>,
    /// The word of the model at each place of the lattice.
    pub words: Vec<WordId>,
    /// The way through the lattice, places counted from the start of the passage.
    pub path: Vec<Step>,
}

impl Outcome {
    /// Whether a second reading could find anything else.
    pub fn is_settled(&self) -> bool {
        self.path.iter().all(|step| step.posterior > SETTLED)
    }

    /// What the first reading settled, by place.
    pub fn settled(&self, places: usize) -> Vec<Option<usize>> {
        let mut settled = vec![None; places];
        for step in self.path.iter().filter(|step| step.posterior > SETTLED) {
            if let Some(place) = settled.get_mut(step.at) {
                *place = Some(step.arc);
            }
        }
        settled
    }
}
