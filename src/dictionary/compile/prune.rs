//! Pruning: which pairs and triples are worth their bytes.
//!
//! *Idea.* A triple is worth what it saves: how often it occurs times how much dearer the word would be without it (weighted difference,
//! Seymore & Rosenfeld 1996). The best are kept until the budget is full; pairs that a kept triple stands on stay, then the best of
//! the rest. Relative entropy pruning is known to fit Kneser–Ney badly, because its shorter models aren't
//! probabilities of the text (Chelba et al. 2010); real counts as weights avoid that.
//!
//! Afterwards the weights of the contexts are worked out anew, so that every context still sums to one.

use super::count::parts;
use super::kneser_ney::{Estimate, Estimates, find};

/// How many to keep.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Pairs.
    pub bigrams: usize,
    /// Triples.
    pub trigrams: usize,
}

/// The kept n-grams, with the new weights of their contexts.
#[derive(Debug)]
pub struct Pruned {
    /// P(w) for each id.
    pub unigrams: Vec<f32>,
    /// Weight of the shorter model after each id.
    pub unigram_backoff: Vec<f32>,
    /// Kept pairs, sorted.
    pub bigrams: Vec<Estimate>,
    /// Weight of the shorter model after each kept pair; 1 if no triple stands on it.
    pub bigram_backoff: Vec<f32>,
    /// Kept triples, sorted.
    pub trigrams: Vec<Estimate>,
}

/// Keeps what is worth most. `rivals[w]` says whether other words have the same bare letters as `w`: where there is no
/// rival, the model mostly confirms what is there anyway, so the n-gram is worth less.
#[must_use]
pub fn prune(estimates: Estimates, budget: Budget, rivals: &[bool]) -> Pruned {
    let trigrams = best_trigrams(&estimates, budget.trigrams, rivals);
    let bigrams = best_bigrams(&estimates, &trigrams, budget.bigrams, rivals);
    let unigram_backoff = weigh_words(&estimates.unigrams, &bigrams);
    let bigram_backoff = weigh_pairs(&estimates.unigrams, &unigram_backoff, &bigrams, &trigrams);
    Pruned { unigrams: estimates.unigrams, unigram_backoff, bigrams, bigram_backoff, trigrams }
}

/// What the confirmation of a word without rival is worth, against the choice between rivals.
const WITHOUT_RIVAL: f32 = 0.4;

fn worth(count: u32, probability: f32, shorter: f32, word: u64, rivals: &[bool]) -> f32 {
    let weight =
        if rivals.get(word as usize & 0xFFFF).copied().unwrap_or(true) { 1.0 } else { WITHOUT_RIVAL };
    // A count of 1 is half luck.
    weight * (count as f32 - 0.5) * (probability / shorter.max(1e-12)).ln()
}

fn best_trigrams(estimates: &Estimates, budget: usize, rivals: &[bool]) -> Vec<Estimate> {
    let mut context = 0;
    let worths: Vec<f32> = estimates
        .trigrams
        .iter()
        .map(|trigram| {
            while estimates.bigrams.get(context).is_some_and(|b| b.words < trigram.words >> 16) {
                context += 1;
            }
            let backoff = estimates.bigram_backoff.get(context).copied().unwrap_or(1.0);
            let tail = find(&estimates.bigrams, trigram.words & 0xFFFF_FFFF);
            let shorter = backoff * tail.map_or(0.0, |at| estimates.bigrams[at].probability);
            worth(trigram.count, trigram.probability, shorter, trigram.words, rivals)
        })
        .collect();
    keep(&estimates.trigrams, &worths, budget)
}

fn best_bigrams(
    estimates: &Estimates,
    trigrams: &[Estimate],
    budget: usize,
    rivals: &[bool],
) -> Vec<Estimate> {
    let mut worths: Vec<f32> = estimates
        .bigrams
        .iter()
        .map(|bigram| {
            let [_, first, word] = parts(bigram.words).map(usize::from);
            let backoff = estimates.unigram_backoff.get(first).copied().unwrap_or(1.0);
            let shorter = backoff * estimates.unigrams.get(word).copied().unwrap_or(0.0);
            worth(bigram.count, bigram.probability, shorter, bigram.words, rivals)
        })
        .collect();
    for run in trigrams.chunk_by(|a, b| a.words >> 16 == b.words >> 16) {
        if let Some(worth) = find(&estimates.bigrams, run[0].words >> 16).and_then(|at| worths.get_mut(at)) {
            *worth = f32::INFINITY;
        }
    }
    keep(&estimates.bigrams, &worths, budget)
}

/// The `budget` entries of highest worth, if it's above 0, in their old order; those of infinite worth in any case.
/// Of equal ones the earlier stays.
fn keep(entries: &[Estimate], worths: &[f32], budget: usize) -> Vec<Estimate> {
    let mut order: Vec<u32> = (0..entries.len() as u32).filter(|&at| worths[at as usize] > 0.0).collect();
    let endless = order.iter().filter(|&&at| worths[at as usize] == f32::INFINITY).count();
    let budget = budget.max(endless);
    let dearer = |a: &u32, b: &u32| worths[*b as usize].total_cmp(&worths[*a as usize]).then(a.cmp(b));
    if order.len() > budget {
        order.select_nth_unstable_by(budget, dearer);
        order.truncate(budget);
    }
    order.sort_unstable();
    order.into_iter().map(|at| entries[at as usize]).collect()
}

fn weigh_words(unigrams: &[f32], bigrams: &[Estimate]) -> Vec<f32> {
    let mut weights = vec![1.0; unigrams.len()];
    for run in bigrams.chunk_by(|a, b| a.words >> 16 == b.words >> 16) {
        let shorter = run.iter().map(|b| unigrams.get(b.words as usize & 0xFFFF).copied().unwrap_or(0.0));
        if let Some(weight) = weights.get_mut(parts(run[0].words)[1] as usize) {
            *weight = left_over(run, shorter);
        }
    }
    weights
}

fn weigh_pairs(unigrams: &[f32], backoff: &[f32], bigrams: &[Estimate], trigrams: &[Estimate]) -> Vec<f32> {
    let mut weights = vec![1.0; bigrams.len()];
    for run in trigrams.chunk_by(|a, b| a.words >> 16 == b.words >> 16) {
        let shorter = run.iter().map(|trigram| {
            let [_, v, w] = parts(trigram.words);
            match find(bigrams, trigram.words & 0xFFFF_FFFF) {
                Some(at) => bigrams[at].probability,
                None => backoff[usize::from(v)] * unigrams[usize::from(w)],
            }
        });
        if let Some(at) = find(bigrams, run[0].words >> 16) {
            weights[at] = left_over(run, shorter);
        }
    }
    weights
}

/// Share of probability that the kept words of a context leave, over what they have in the shorter model.
fn left_over(run: &[Estimate], shorter: impl Iterator<Item = f32>) -> f32 {
    let own: f64 = run.iter().map(|estimate| f64::from(estimate.probability)).sum();
    let other: f64 = shorter.map(f64::from).sum();
    ((1.0 - own).max(1e-4) / (1.0 - other).max(1e-4)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worthiest_stay_in_order() {
        let entry = |words| Estimate { words, count: 1, probability: 0.5 };
        let entries = [entry(1), entry(2), entry(3), entry(4)];
        let kept = keep(&entries, &[0.2, f32::INFINITY, -1.0, 0.2], 2);
        assert_eq!(kept.iter().map(|e| e.words).collect::<Vec<_>>(), [1, 2]);
    }
}
