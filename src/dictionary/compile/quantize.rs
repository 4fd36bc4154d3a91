//! Quantising: probabilities to 8-bit costs, each level of the model with a codebook of its own.
//!
//! Values are sorted and cut into 255 groups of equal size; the code of a group stands for its mean. Code 0 is kept free for
//! "no context weight". The error is below 40 milli-nats for nearly all entries, a tenth of what decides between rivals.

use super::kneser_ney::Estimate;
use super::prune::Pruned;
use crate::dictionary::ngram::{Codebooks, Ngram, Unigram};

const GROUPS: usize = 255;

/// The model in the form that decoding uses.
#[must_use]
pub fn quantize(pruned: &Pruned) -> Ngram {
    let costs = |list: &[Estimate]| list.iter().map(|e| milli_nats(e.probability)).collect::<Vec<i32>>();
    let weights: Vec<i32> = pruned.bigram_backoff.iter().map(|&weight| milli_nats(weight)).collect();
    let children = children(pruned);
    let (bigram, bigram_codes) = codebook(&costs(&pruned.bigrams), |_| true);
    let (backoff, backoff_codes) = codebook(&weights, |at| children[at] > 0);
    let (trigram, trigram_codes) = codebook(&costs(&pruned.trigrams), |_| true);
    let bigrams = pruned.bigrams.iter().zip(bigram_codes.iter().zip(&backoff_codes));
    Ngram {
        unigrams: unigrams(pruned),
        bigram_starts: starts(pruned),
        bigrams: bigrams.map(|(entry, (&cost, &weight))| pack(entry, cost) | u32::from(weight)).collect(),
        trigram_starts: running_sums(&children),
        trigrams: pruned
            .trigrams
            .iter()
            .zip(&trigram_codes)
            .map(|(entry, &cost)| pack(entry, cost))
            .collect(),
        codebooks: Codebooks { bigram, backoff, trigram },
    }
}

fn milli_nats(probability: f32) -> i32 {
    (-1000.0 * f64::from(probability).max(1e-13).ln()).round() as i32
}

fn pack(entry: &Estimate, code: u8) -> u32 {
    (entry.words as u32 & 0xFFFF) << 16 | u32::from(code) << 8
}

fn unigrams(pruned: &Pruned) -> Vec<Unigram> {
    let pairs = pruned.unigrams.iter().zip(&pruned.unigram_backoff);
    pairs.map(|(&p, &weight)| Unigram { cost: milli_nats(p), backoff: milli_nats(weight) }).collect()
}

/// Start of each word's run of bigrams.
fn starts(pruned: &Pruned) -> Vec<u32> {
    let mut counts = vec![0u32; pruned.unigrams.len()];
    for bigram in &pruned.bigrams {
        counts[(bigram.words >> 16) as usize] += 1;
    }
    running_sums(&counts)
}

/// How many trigrams stand on each bigram.
fn children(pruned: &Pruned) -> Vec<u32> {
    let mut counts = vec![0u32; pruned.bigrams.len()];
    let mut at = 0;
    for trigram in &pruned.trigrams {
        while pruned.bigrams[at].words < trigram.words >> 16 {
            at += 1;
        }
        counts[at] += 1;
    }
    counts
}

fn running_sums(counts: &[u32]) -> Vec<u32> {
    let mut sum = 0;
    let sums = counts.iter().map(|count| {
        sum += count;
        sum
    });
    std::iter::once(0).chain(sums).collect()
}

/// A codebook for the chosen values, and the code of each value (0 for those not chosen).
fn codebook(values: &[i32], chosen: impl Fn(usize) -> bool) -> (Vec<i32>, Vec<u8>) {
    let mut sorted: Vec<i32> = (0..values.len()).filter(|&at| chosen(at)).map(|at| values[at]).collect();
    sorted.sort_unstable();
    let size = sorted.len().div_ceil(GROUPS).max(1);
    let mean = |group: &[i32]| (group.iter().map(|&v| i64::from(v)).sum::<i64>() / group.len() as i64) as i32;
    let mut book = vec![0];
    book.extend(sorted.chunks(size).map(mean));
    let code = |at: usize| if chosen(at) { nearest(&book, values[at]) } else { 0 };
    let codes = (0..values.len()).map(code).collect();
    (book, codes)
}

/// The code, from 1, whose value is nearest; of two the lower.
fn nearest(book: &[i32], value: i32) -> u8 {
    let above = book[1..].partition_point(|&level| level < value) + 1;
    let below = above.saturating_sub(1).max(1);
    let distance =
        |code: usize| book.get(code).map_or(i64::MAX, |&level| (i64::from(level) - i64::from(value)).abs());
    if distance(above) < distance(below) { above as u8 } else { below as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_for_values_near_by() {
        let values: Vec<i32> = (0..10_000).map(|n| n * n / 8000).collect();
        let (book, codes) = codebook(&values, |at| at != 3);
        assert_eq!((book.len() <= 256, codes[3]), (true, 0));
        for (value, code) in values.iter().zip(&codes).skip(4) {
            assert!((book[usize::from(*code)] - value).abs() <= 60, "{value}");
        }
    }
}
