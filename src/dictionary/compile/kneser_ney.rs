//! Modified Kneser–Ney smoothing (Chen & Goodman 1998), interpolated, for three words.
//!
//! *Idea.* From every count a discount is taken (one for counts of 1, of 2, of 3 and more, estimated from the counts of
//! counts); what is taken is shared out by the next shorter model. And that model isn't made from how often a pair
//! occurs but from after how many *different* words it occurs: `Kông` is frequent, but only after `Hồng`.
//!
//! Reads sorted triples, produces the probabilities of every triple, pair and word. Floating point is summed in a fixed order,
//! so the same counts give the same bits.

use super::count::{TripleCounts, parts};
use crate::dictionary::vocabulary::{BOUNDARY, WordId};

/// One n-gram with its probability.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    /// The words, packed as by [`super::count::triple`]; for a pair the first is 0.
    pub words: u64,
    /// How often it occurs in the text.
    pub count: u32,
    /// P(last word | words before).
    pub probability: f32,
}

/// All probabilities, n-grams in sorted order.
#[derive(Debug)]
pub struct Estimates {
    /// P(w) for each id.
    pub unigrams: Vec<f32>,
    /// Pairs.
    pub bigrams: Vec<Estimate>,
    /// Weight of the shorter model after each id.
    pub unigram_backoff: Vec<f32>,
    /// Triples, but for those that begin a paragraph.
    pub trigrams: Vec<Estimate>,
    /// Weight of the shorter model after each pair, in the order of `bigrams`.
    pub bigram_backoff: Vec<f32>,
}

/// Discounts for counts of 1, 2, and 3 or more.
#[derive(Debug, Clone, Copy)]
struct Discounts([f64; 3]);

impl Discounts {
    fn of(counts: impl Iterator<Item = u32>) -> Discounts {
        let mut n = [0f64; 5];
        for count in counts {
            if let Some(slot) = n.get_mut(count as usize) {
                *slot += 1.0;
            }
        }
        let y = n[1] / (n[1] + 2.0 * n[2]).max(1.0);
        let discount = |k: usize| {
            let estimate = k as f64 - (k as f64 + 1.0) * y * n[k + 1] / n[k].max(1.0);
            // Small corpora have odd counts of counts; half the count is always safe.
            if n[k] > 0.0 && n[k + 1] > 0.0 { estimate.clamp(0.05, k as f64 - 0.05) } else { k as f64 * 0.5 }
        };
        Discounts(std::array::from_fn(|k| if k < 3 { discount(k + 1) } else { 0.0 }))
    }

    fn take(&self, count: u32) -> f64 {
        match count {
            0 => 0.0,
            1..=3 => self.0[count as usize - 1],
            _ => self.0[2],
        }
    }
}

/// Estimates all probabilities over `ids` words.
#[must_use]
pub fn estimate(triples: &TripleCounts, ids: usize) -> Estimates {
    let pairs = pair_counts(triples);
    let (unigrams, unigram_backoff, bigrams) = estimate_pairs(&pairs, ids);
    let (trigrams, bigram_backoff) = estimate_triples(triples, &bigrams);
    Estimates { unigrams, bigrams, unigram_backoff, trigrams, bigram_backoff }
}

/// A pair with its count in the text and the number of different words before it.
#[derive(Debug, Clone, Copy)]
struct PairCount {
    words: u64,
    count: u32,
    /// Different words before; the plain count for a pair that begins a paragraph, which has nothing before it.
    continuations: u32,
}

fn pair_counts(triples: &TripleCounts) -> Vec<PairCount> {
    let mut by_pair: Vec<(u32, u32)> = triples.iter().map(|&(words, count)| (words as u32, count)).collect();
    by_pair.sort_unstable();
    by_pair
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| {
            let words = u64::from(same[0].0);
            let count = same.iter().map(|&(_, count)| count).sum();
            let first = parts(words)[1];
            let continuations = if first == BOUNDARY { count } else { same.len() as u32 };
            PairCount { words, count, continuations }
        })
        .collect()
}

fn estimate_pairs(pairs: &[PairCount], ids: usize) -> (Vec<f32>, Vec<f32>, Vec<Estimate>) {
    let unigrams = estimate_words(pairs, ids);
    let discounts = Discounts::of(pairs.iter().map(|pair| pair.continuations));
    let mut backoff = vec![1.0f32; ids];
    let mut bigrams = Vec::with_capacity(pairs.len());
    for run in pairs.chunk_by(|a, b| parts(a.words)[1] == parts(b.words)[1]) {
        let total: f64 = run.iter().map(|pair| f64::from(pair.continuations)).sum();
        let taken: f64 = run.iter().map(|pair| discounts.take(pair.continuations)).sum();
        let [_, first, _] = parts(run[0].words);
        let gamma = taken / total;
        set(&mut backoff, first, gamma);
        bigrams.extend(run.iter().map(|pair| {
            let own = (f64::from(pair.continuations) - discounts.take(pair.continuations)) / total;
            let lower = f64::from(get(&unigrams, parts(pair.words)[2]));
            Estimate { words: pair.words, count: pair.count, probability: (own + gamma * lower) as f32 }
        }));
    }
    (unigrams, backoff, bigrams)
}

fn estimate_words(pairs: &[PairCount], ids: usize) -> Vec<f32> {
    let mut continuations = vec![0u32; ids];
    for pair in pairs {
        if let Some(slot) = continuations.get_mut(usize::from(parts(pair.words)[2])) {
            *slot += 1;
        }
    }
    let discounts = Discounts::of(continuations.iter().copied());
    let total: f64 = continuations.iter().map(|&count| f64::from(count)).sum::<f64>().max(1.0);
    let taken: f64 = continuations.iter().map(|&count| discounts.take(count)).sum();
    let floor = taken.max(1.0) / total / ids.max(1) as f64;
    let own = |&count: &u32| (f64::from(count) - discounts.take(count)) / total;
    continuations.iter().map(|count| (own(count) + floor) as f32).collect()
}

fn estimate_triples(triples: &TripleCounts, bigrams: &[Estimate]) -> (Vec<Estimate>, Vec<f32>) {
    let inner = |words: u64| parts(words)[1] != BOUNDARY;
    let discounts = Discounts::of(triples.iter().filter(|t| inner(t.0)).map(|&(_, count)| count));
    let mut trigrams = Vec::with_capacity(triples.len());
    let mut backoff = vec![1.0f32; bigrams.len()];
    let mut context = 0;
    for run in triples.chunk_by(|a, b| a.0 >> 16 == b.0 >> 16).filter(|run| inner(run[0].0)) {
        let total: f64 = run.iter().map(|&(_, count)| f64::from(count)).sum();
        let taken: f64 = run.iter().map(|&(_, count)| discounts.take(count)).sum();
        let gamma = taken / total;
        // Runs come in the order of their first two words, and so do the bigrams.
        while bigrams.get(context).is_some_and(|bigram| bigram.words < run[0].0 >> 16) {
            context += 1;
        }
        if let Some(slot) = backoff.get_mut(context) {
            *slot = gamma as f32;
        }
        for &(words, count) in run {
            let own = (f64::from(count) - discounts.take(count)) / total;
            let lower = f64::from(probability(bigrams, words & 0xFFFF_FFFF));
            trigrams.push(Estimate { words, count, probability: (own + gamma * lower) as f32 });
        }
    }
    (trigrams, backoff)
}

/// Probability of the n-gram with these words among sorted estimates; 0 if it isn't there.
#[must_use]
pub fn probability(sorted: &[Estimate], words: u64) -> f32 {
    find(sorted, words).map_or(0.0, |at| sorted[at].probability)
}

/// Index of the n-gram with these words among sorted estimates.
#[must_use]
pub fn find(sorted: &[Estimate], words: u64) -> Option<usize> {
    sorted.binary_search_by_key(&words, |estimate| estimate.words).ok()
}

fn get(values: &[f32], word: WordId) -> f32 {
    values.get(usize::from(word)).copied().unwrap_or(0.0)
}

fn set(values: &mut [f32], word: WordId, value: f64) {
    if let Some(slot) = values.get_mut(usize::from(word)) {
        *slot = value as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::super::count::triple;
    use super::*;

    fn sample() -> TripleCounts {
        let mut counts = std::collections::BTreeMap::new();
        // A small language: words 9..40, with a bent for the successor.
        let mut state = 1u32;
        let (mut u, mut v) = (0u16, 0u16);
        for _ in 0..20_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let w = if state >> 30 == 0 { 0 } else { 9 + ((u32::from(v) + (state >> 27)) % 31) as u16 };
            *counts.entry(triple(u, v, w)).or_insert(0) += 1;
            (u, v) = if w == 0 { (0, 0) } else { (v, w) };
        }
        counts.into_iter().collect()
    }

    #[test]
    fn probabilities_of_every_context_sum_to_one() {
        let estimates = estimate(&sample(), 40);
        let words: f32 = estimates.unigrams.iter().sum();
        assert!((words - 1.0).abs() < 1e-3, "{words}");
        for run in estimates.bigrams.chunk_by(|a, b| a.words >> 16 == b.words >> 16) {
            let first = (run[0].words >> 16) as usize;
            let seen: f32 = run.iter().map(|e| e.probability).sum();
            let rest: f32 =
                1.0 - run.iter().map(|e| estimates.unigrams[(e.words & 0xFFFF) as usize]).sum::<f32>();
            let sum = seen + estimates.unigram_backoff[first] * rest;
            assert!((sum - 1.0).abs() < 1e-3, "context {first}: {sum}");
        }
    }
}
