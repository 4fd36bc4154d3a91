//! Training: from text and lists to the compiled model.
//!
//! Reads a folder of text ([`corpus`]) and the folder of source lists, produces a [model file](super::model_file) that
//! is byte-identical for the same input at any number of threads. Local papers are partly held out
//! ([`corpus::part_of_line`]) and never trained on.
//!
//! *Choices.* A paragraph is one sentence between two boundaries: papers are lists and clauses, full stops
//! are rare and come after numbers too. Punctuation is kept in five classes, numbers and dates are one class,
//! codes another: they carry structure (`ngày <number> tháng <number>`) but no marks to restore. Words
//! below the thresholds read as unknown. Lines are de-duplicated in the source, so the usual headings come from the lists,
//! with the weights stated in [`training_lines`].

pub mod corpus;
mod count;
pub mod held_out;
mod kneser_ney;
mod neighbourhood;
mod prune;
mod quantize;
mod training_lines;

use std::path::Path;

use super::Dictionary;
use super::case_model::CaseModel;
use super::error::DictionaryError;
use super::model_file::Model;
use super::neighbourhood::Neighbourhood;
use super::vocabulary::{FIRST_WORD, Vocabulary};
use crate::alphabet::{fold_key, is_bare_syllable};
use corpus::Source;
use count::WordCounts;
pub use prune::Budget;

/// What to train, and how large.
#[derive(Debug, Clone)]
pub struct TrainOptions {
    /// Sources whose names contain one of these are left out.
    pub without: Vec<String>,
    /// Size of the model.
    pub budget: Budget,
    /// Weights of what the words around say; a power of two, or 0.
    pub weights: usize,
    /// A word of syllable shape is known if it occurs so often.
    pub syllable_threshold: u32,
    /// Any other word is known if it occurs so often.
    pub word_threshold: u32,
}

impl Default for TrainOptions {
    fn default() -> TrainOptions {
        TrainOptions {
            without: Vec::new(),
            budget: Budget { bigrams: 620_000, trigrams: 1_550_000 },
            weights: 1 << 22,
            syllable_threshold: 3,
            word_threshold: 10,
        }
    }
}

/// A trained model: its bytes, and the dictionary they make.
#[derive(Debug)]
pub struct Trained {
    /// The model file.
    pub bytes: Vec<u8>,
    /// What `Dictionary::from_bytes` makes of it.
    pub dictionary: Dictionary,
    /// Running words it was trained on.
    pub running_words: u64,
}

/// Trains a model on the text in `corpus` and the lists in `lists`.
///
/// # Errors
/// If something can't be read, or the vocabulary gets too large for 16-bit ids.
pub fn train(corpus: &Path, lists: &Path, options: &TrainOptions) -> Result<Trained, DictionaryError> {
    let sources = corpus::sources(corpus, &options.without)?;
    let extra = training_lines::training_lines(lists)?;
    let counts = count::count_words(&sources)?;
    let vocabulary = choose_words(&counts, &extra, options)?;
    let case = case_model(&vocabulary, &counts);
    let ngram = quantize::quantize(&smoothed(&sources, &extra.lines, &vocabulary, options)?);
    let neighbourhood = match options.weights {
        0 => Neighbourhood::default(),
        size => neighbourhood::learn(&sources, &vocabulary, &ngram, size.next_power_of_two())?,
    };
    let bytes = Model { vocabulary, case, ngram, neighbourhood }.to_bytes();
    let running_words = counts.values().map(|count| u64::from(count.total)).sum();
    Ok(Trained { dictionary: Dictionary::from_bytes(&bytes)?, bytes, running_words })
}

fn smoothed(
    sources: &[Source],
    extra: &[(String, u32)],
    vocabulary: &Vocabulary,
    options: &TrainOptions,
) -> Result<prune::Pruned, DictionaryError> {
    let triples = count::count_triples(sources, extra, vocabulary)?;
    let estimates = kneser_ney::estimate(&triples, vocabulary.len());
    Ok(prune::prune(estimates, options.budget, &rivals(vocabulary)))
}

fn choose_words(
    counts: &WordCounts,
    extra: &training_lines::TrainingLines,
    options: &TrainOptions,
) -> Result<Vocabulary, DictionaryError> {
    let frequent = counts.iter().filter(|(word, count)| {
        let threshold =
            if is_bare_syllable(word) { options.syllable_threshold } else { options.word_threshold };
        count.total >= threshold && word.chars().count() <= LONGEST_WORD
    });
    let words = frequent.map(|(word, _)| word.as_str()).chain(extra.words.iter().map(String::as_str));
    Vocabulary::from_words(words)
        .ok_or_else(|| DictionaryError::Training("more than 65,000 words: raise the thresholds".to_owned()))
}

/// Longer "words" are glued text.
const LONGEST_WORD: usize = 24;

fn case_model(vocabulary: &Vocabulary, counts: &WordCounts) -> CaseModel {
    let mut rows = vec![[0; 3]; usize::from(FIRST_WORD)];
    rows.extend(vocabulary.words().map(|word| counts.get(word).map_or([0; 3], |count| count.cases)));
    CaseModel::from_counts(&rows)
}

/// For each id: are there other words with the same bare letters?
fn rivals(vocabulary: &Vocabulary) -> Vec<bool> {
    let mut rivals = vec![false; usize::from(FIRST_WORD)];
    rivals.extend(vocabulary.words().map(|word| vocabulary.candidates(&fold_key(word)).len() > 1));
    rivals
}
