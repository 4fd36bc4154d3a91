//! Learning what the words around say: stochastic gradient descent over the training text, word by word.
//!
//! At every word that has rivals the weights of its features are moved towards what stands there, by steps that grow smaller
//! for features often moved (Duchi, Hazan, Singer 2011, *AdaGrad*). The largest source is read first and the local papers
//! last, twice: what is read last is remembered best. One thread and one order, so the same text gives the same bits.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::corpus::{Part, Source};
use crate::alphabet::tokens;
use crate::dictionary::error::DictionaryError;
use crate::dictionary::neighbourhood::{Feature, Neighbourhood, UNIT, notice};
use crate::dictionary::ngram::Ngram;
use crate::dictionary::vocabulary::{BOUNDARY, FIRST_WORD, Vocabulary, WordId};

/// Length of a step.
const STEP: f32 = 0.15;
/// Added to what makes steps smaller, so that the first are not wild.
const CAUTION: f32 = 0.3;
/// A word foretold with more certainty than this teaches nothing.
const KNOWN: f32 = 0.996;
/// How often the local papers are read.
const ROUNDS: usize = 2;

/// The words of a source in order, a boundary after each paragraph.
type Stream = Vec<WordId>;

/// Learns a table of `size` weights, a power of two.
///
/// # Errors
/// If a source can't be read.
pub fn learn(
    sources: &[Source],
    vocabulary: &Vocabulary,
    ngram: &Ngram,
    size: usize,
) -> Result<Neighbourhood, DictionaryError> {
    let read = |source: &Source| Ok((source.held_out, stream(source, vocabulary)?));
    let streams: Result<Vec<(bool, Stream)>, DictionaryError> = sources.par_iter().map(read).collect();
    let mut streams = streams?;
    streams.sort_by_key(|(local, words)| (*local, Reverse(words.len())));
    let mut learner = Learner::new(size);
    for (local, words) in &streams {
        for _ in 0..if *local { ROUNDS } else { 1 } {
            learner.read(words, vocabulary, ngram);
        }
    }
    let code = |weight: &f32| (weight * UNIT).round().clamp(-127.0, 127.0) as i8;
    Ok(Neighbourhood { weights: learner.weights.iter().map(code).collect() })
}

fn stream(source: &Source, vocabulary: &Vocabulary) -> Result<Stream, DictionaryError> {
    let mut words = Stream::new();
    source.for_each_line(|line, part| {
        if part == Part::Train {
            words.extend(tokens(line).filter_map(|token| vocabulary.id_of_token(&token)));
            words.push(BOUNDARY);
        }
    })?;
    Ok(words)
}

struct Learner {
    weights: Vec<f32>,
    /// For each weight the sum of the squares of how far it was to be moved.
    moved: Vec<f32>,
    features: Vec<Feature>,
    /// Of each rival: its probability, then how wrong it was.
    rivals: Vec<f32>,
}

impl Learner {
    fn new(size: usize) -> Learner {
        Learner { weights: vec![0.0; size], moved: vec![0.0; size], features: Vec::new(), rivals: Vec::new() }
    }

    fn read(&mut self, words: &[WordId], vocabulary: &Vocabulary, ngram: &Ngram) {
        for (at, &word) in words.iter().enumerate().filter(|(_, word)| **word >= FIRST_WORD) {
            let rivals = vocabulary.rivals(word);
            if rivals.len() > 1 {
                notice(words, at, ngram, &mut self.features);
                self.weigh(rivals.start, rivals.len());
                self.correct(rivals.start, usize::from(word - rivals.start));
            }
        }
    }

    /// The probability of each rival.
    fn weigh(&mut self, first: WordId, count: usize) {
        self.rivals.clear();
        self.rivals.resize(count, 0.0);
        for feature in &self.features {
            let weights = &self.weights[feature.place(first, self.weights.len())..];
            let times = feature.times as f32 / 2.0;
            self.rivals.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += times * weight);
        }
        let most = self.rivals.iter().copied().fold(f32::MIN, f32::max);
        self.rivals.iter_mut().for_each(|sum| *sum = (*sum - most).exp());
        let all: f32 = self.rivals.iter().sum();
        self.rivals.iter_mut().for_each(|share| *share /= all);
    }

    /// Moves the weights towards the rival that stands there.
    fn correct(&mut self, first: WordId, truth: usize) {
        if self.rivals[truth] > KNOWN {
            return;
        }
        self.rivals[truth] -= 1.0;
        for feature in &self.features {
            let from = feature.place(first, self.weights.len());
            let times = feature.times as f32 / 2.0;
            let table = self.weights[from..].iter_mut().zip(&mut self.moved[from..]);
            for ((weight, moved), wrong) in table.zip(&self.rivals) {
                let slope = wrong * times;
                *moved += slope * slope;
                *weight -= STEP * slope / (moved.sqrt() + CAUTION);
            }
        }
    }
}
