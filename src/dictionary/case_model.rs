//! How words are capitalised: for each word, how often it stands in small letters, with a capital, all in capitals.
//!
//! Counted inside sentences only, in lines that aren't wholly in capitals, so that `Hà` says something and `HÀ NỘI` in a
//! title line doesn't. Costs are milli-nats, in steps of [`STEP`]. Never decides anything: the decoder weighs.

use super::ngram::Cost;
use super::vocabulary::WordId;

/// Resolution of the stored costs, milli-nats.
const STEP: i32 = 40;

/// Costs of the three cases of every word.
#[derive(Debug, Clone, Default)]
pub struct CaseModel {
    /// Small letters, capital first, all capitals: codes in units of [`STEP`].
    pub(super) codes: Vec<[u8; 3]>,
}

impl CaseModel {
    /// −1000 ln P(small letters | word), inside a sentence.
    #[must_use]
    pub fn lower(&self, word: WordId) -> Cost {
        self.cost(word, 0)
    }

    /// −1000 ln P(first letter a capital | word), inside a sentence.
    #[must_use]
    pub fn title(&self, word: WordId) -> Cost {
        self.cost(word, 1)
    }

    /// −1000 ln P(all letters capitals | word), in a line that isn't wholly in capitals: low for abbreviations.
    #[must_use]
    pub fn upper(&self, word: WordId) -> Cost {
        self.cost(word, 2)
    }

    fn cost(&self, word: WordId, pattern: usize) -> Cost {
        let row = self.codes.get(usize::from(word)).copied().unwrap_or([17; 3]);
        Cost::from(row[pattern]) * STEP
    }

    /// From counts of the three patterns of every word; half a count is added to each, so nothing is impossible.
    pub(super) fn from_counts(counts: &[[u32; 3]]) -> CaseModel {
        let code = |count: u32, total: u32| {
            let share = (f64::from(count) + 0.5) / (f64::from(total) + 1.5);
            ((-share.ln() * 1000.0 / f64::from(STEP)).round() as i64).clamp(0, 255) as u8
        };
        let row = |row: &[u32; 3]| {
            let total = row.iter().fold(0u32, |sum, &count| sum.saturating_add(count));
            row.map(|count| code(count, total))
        };
        CaseModel { codes: counts.iter().map(row).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_follow_the_counts() {
        let model = CaseModel::from_counts(&[[990, 10, 0], [0, 0, 50]]);
        assert!(model.lower(0) < 100 && model.title(0) > 4000);
        assert!(model.upper(1) < 100 && model.lower(1) > 4000);
        assert_eq!(model.lower(9), model.title(9));
    }
}
