//! [`Neighbourhood`]: which of the words with the same letters one is, by the words around it, near and far.
//!
//! *Idea.* The trigram knows the two words before. Here a word's rivals (same bare letters) are weighed against each other by
//! everything about: the three words on each side, pairs of them, and, in no order, all telling words within
//! [`FAR`], so that a paper on blasting has its `kíp nổ` and its `khô`, one on stores its `kho`. Each thing noticed is a feature; a
//! rival's weight is the sum of the weights of its features, its probability the softmax over the rivals (a log-linear model).
//!
//! *Layout.* Weights lie in one table of bytes, a power of two long, at a hash of feature and bare letters (Weinberger et al.
//! 2009, *Feature hashing*); those of the rivals side by side, so that one look serves all. Features that fall on the same
//! place share it. Trained by [`super::compile`]; never sees text, only ids.

use std::ops::Range;

use super::ngram::{Cost, Ngram};
use super::vocabulary::{BOUNDARY, FIRST_WORD, WordId};

/// Telling words are noticed so many words away, on either side.
pub const FAR: usize = 30;
/// Words nearer than this are noticed by their place.
const NEAR: usize = 2;
/// A word commoner than this (milli-nats, without context) tells nothing of the subject.
const TELLING: Cost = 6_400;
/// A weight of 1 in the table; a feature of the near words counts twice what one of the far words does.
pub const UNIT: f32 = 32.0;
/// No rival is dearer than this, milli-nats.
const MOST: f64 = 12_000.0;

/// Something noticed about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    hash: u64,
    /// By how much it counts: 2 near, 1 far.
    pub times: i32,
}

/// The weights.
#[derive(Debug, Clone, Default)]
pub struct Neighbourhood {
    /// As many as a power of two, or none at all.
    pub(super) weights: Vec<i8>,
}

impl Neighbourhood {
    /// Whether nothing was learned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// −1000 ln P(rival | neighbourhood) of each of the words with the same bare letters; all 0 if there is only one.
    pub fn costs(&self, features: &[Feature], rivals: Range<WordId>, costs: &mut Vec<Cost>) {
        costs.clear();
        costs.resize(rivals.len(), 0);
        if rivals.len() < 2 || self.is_empty() {
            return;
        }
        for feature in features {
            let from = feature.place(rivals.start, self.weights.len());
            let weights = self.weights.get(from..).unwrap_or_default();
            costs
                .iter_mut()
                .zip(weights)
                .for_each(|(sum, &weight)| *sum += feature.times * Cost::from(weight));
        }
        let weight = |sum: Cost| f64::from(sum) / f64::from(2.0 * UNIT);
        let most = costs.iter().copied().max().map_or(0.0, weight);
        let all: f64 = costs.iter().map(|&sum| (weight(sum) - most).exp()).sum();
        for cost in costs.iter_mut() {
            *cost = ((most - weight(*cost) + all.ln()) * 1000.0).min(MOST) as Cost;
        }
    }
}

impl Feature {
    fn new(kind: u64, [first, second]: [WordId; 2], times: i32) -> Feature {
        Feature { hash: mixed(kind << 40 | u64::from(first) << 20 | u64::from(second)), times }
    }

    /// Where in a table of so many weights those of the rivals begin of which `first` is the first.
    #[must_use]
    pub fn place(&self, first: WordId, weights: usize) -> usize {
        mixed(self.hash ^ u64::from(first) << 44) as usize & weights.wrapping_sub(1)
    }
}

/// What is noticed about the word at `at`.
pub fn notice(words: &[WordId], at: usize, ngram: &Ngram, features: &mut Vec<Feature>) {
    let behind = |n: usize| at.checked_sub(n).and_then(|at| words.get(at)).copied().unwrap_or(BOUNDARY);
    let ahead = |n: usize| words.get(at + n).copied().unwrap_or(BOUNDARY);
    let near = [
        [0, 0],
        [behind(1), 0],
        [ahead(1), 0],
        [behind(2), 0],
        [ahead(2), 0],
        [behind(3), 0],
        [ahead(3), 0],
        [behind(1), ahead(1)],
        [behind(2), behind(1)],
        [ahead(1), ahead(2)],
        [behind(2), ahead(1)],
        [behind(1), ahead(2)],
    ];
    features.clear();
    features.extend(near.into_iter().zip(1..).map(|(words, kind)| Feature::new(kind, words, 2)));
    let left = words.get(at.saturating_sub(FAR)..at.saturating_sub(NEAR)).unwrap_or_default();
    let right =
        words.get((at + NEAR + 1).min(words.len())..(at + FAR + 1).min(words.len())).unwrap_or_default();
    let telling = left.iter().chain(right).filter(|&&w| w >= FIRST_WORD && ngram.unigram(w) > TELLING);
    features.extend(telling.map(|&word| Feature::new(20, [word, 0], 1)));
}

/// A number whose bits all depend on all bits of `n` (the end of splitmix64).
fn mixed(n: u64) -> u64 {
    let mut z = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z ^ (z >> 32)
}

#[cfg(test)]
mod tests {
    use super::super::Dictionary;
    use super::*;

    #[test]
    fn the_subject_tells_dry_from_stores() {
        let dictionary = Dictionary::builtin().expect("built in");
        let id = |word: &str| dictionary.id(word).expect("a common word");
        let cost = |before: &str, after: &str| {
            let mut words: Vec<WordId> = before.split(' ').map(id).collect();
            let at = words.len();
            words.push(id("kho"));
            words.extend(after.split(' ').map(id));
            let (mut features, mut costs) = (Vec::new(), Vec::new());
            notice(&words, at, dictionary.ngram(), &mut features);
            let rivals = dictionary.candidates("kho");
            dictionary.neighbourhood().costs(&features, rivals.clone(), &mut costs);
            costs[usize::from(id("khô") - rivals.start)] - costs[usize::from(id("kho") - rivals.start)]
        };
        assert!(
            cost("hóa chất ở dạng", "hoặc làm ẩm với nước")
                < cost("xuất hàng ra khỏi", "bãi ngoại quan của cảng")
        );
    }

    #[test]
    fn probabilities_sum_to_one() {
        let table = Neighbourhood { weights: (0..64).map(|n| (n * 37 % 100) as i8 - 50).collect() };
        let mut costs = Vec::new();
        table.costs(&[Feature::new(1, [9, 10], 2), Feature::new(2, [9, 0], 1)], 20..25, &mut costs);
        let all: f64 = costs.iter().map(|&cost| (-f64::from(cost) / 1000.0).exp()).sum();
        assert!((all - 1.0).abs() < 0.01, "{all}");
    }
}
