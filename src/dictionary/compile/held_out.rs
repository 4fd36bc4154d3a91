//! How well a model gives marks back to text that was kept out of training.
//!
//! The held-out lines are stripped of all marks and read again with a plain beam over the dictionary's candidates: no error
//! channel, no case model, no document prior. What `restore` makes of the model is better; this is the model's own figure.

use super::corpus::{Part, sources};
use crate::alphabet::{fold_key, tokens};
use crate::dictionary::Dictionary;
use crate::dictionary::error::DictionaryError;
use crate::dictionary::ngram::{Context, Cost, Pair};
use crate::dictionary::vocabulary::{BOUNDARY, Reading, UNKNOWN, WordId, reading};
use std::path::Path;

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HeldOutFigures {
    /// Words in the held-out lines.
    pub words: usize,
    /// Words read right again with the most frequent form alone.
    pub right_by_frequency: usize,
    /// Words read right again with the model, each line alone.
    pub right: usize,
    /// Words not in the vocabulary.
    pub unknown: usize,
    /// Sum of the costs of the true words, milli-nats.
    pub cost: i64,
    /// Words and classes that cost was summed over.
    pub priced: usize,
}

/// Measures a model on the held-out lines of a corpus folder.
///
/// # Errors
/// If the corpus can't be read.
pub fn measure(corpus: &Path, dictionary: &Dictionary) -> Result<HeldOutFigures, DictionaryError> {
    let mut figures = HeldOutFigures::default();
    for source in sources(corpus, &[])?.iter().filter(|source| source.held_out) {
        source.for_each_line(|line, part| {
            if part == Part::HeldOut {
                measure_line(line, dictionary, &mut figures);
            }
        })?;
    }
    Ok(figures)
}

/// The held-out lines of a corpus folder, block by block, blank lines left out.
///
/// # Errors
/// If the corpus can't be read.
pub fn blocks(corpus: &Path) -> Result<Vec<Vec<String>>, DictionaryError> {
    let mut blocks: Vec<Vec<String>> = Vec::new();
    for source in sources(corpus, &[])?.iter().filter(|source| source.held_out) {
        let mut open = false;
        source.for_each_line(|line, part| {
            let held_out = part == Part::HeldOut;
            if held_out && !open {
                blocks.push(Vec::new());
            }
            open = held_out;
            if let Some(block) = blocks.last_mut().filter(|_| held_out && !line.trim().is_empty()) {
                block.push(line.to_owned());
            }
        })?;
    }
    Ok(blocks)
}

/// One token of a line: the true id, and what it might be once stripped.
struct Slot {
    truth: WordId,
    candidates: Vec<WordId>,
    is_word: bool,
}

fn measure_line(line: &str, dictionary: &Dictionary, figures: &mut HeldOutFigures) {
    let slots = slots(line, dictionary);
    let best = decode(&slots, dictionary);
    let mut context = Context::START;
    let mut last = [BOUNDARY; 2];
    for (slot, read) in slots.iter().zip(best) {
        let step = dictionary.ngram().step(context, slot.truth);
        context = step.context;
        figures.cost += i64::from(dictionary.adapt(last[0], last[1], slot.truth, step.cost));
        last = [last[1], slot.truth];
        figures.priced += 1;
        if slot.is_word {
            let frequent = slot.candidates.iter().min_by_key(|&&id| (dictionary.ngram().unigram(id), id));
            figures.words += 1;
            figures.unknown += usize::from(slot.truth == UNKNOWN);
            figures.right += usize::from(read == slot.truth && slot.truth != UNKNOWN);
            figures.right_by_frequency += usize::from(frequent == Some(&slot.truth) && slot.truth != UNKNOWN);
        }
    }
}

fn slots(line: &str, dictionary: &Dictionary) -> Vec<Slot> {
    let slot = |reading| match reading {
        Reading::Nothing => None,
        Reading::Class(class) => Some(Slot { truth: class, candidates: vec![class], is_word: false }),
        Reading::Word(word) => {
            let key = fold_key(&word);
            let mut candidates: Vec<WordId> = dictionary.candidates(&key).collect();
            candidates.extend_from_slice(dictionary.added_candidates(&key));
            if candidates.is_empty() {
                candidates.push(UNKNOWN);
            }
            Some(Slot { truth: dictionary.id(&word).unwrap_or(UNKNOWN), candidates, is_word: true })
        }
    };
    tokens(line).filter_map(|token| slot(reading(&token))).collect()
}

const BEAM: usize = 8;

struct Hypothesis {
    cost: Cost,
    context: Context,
    word: WordId,
    /// The word before it.
    previous: WordId,
    /// Place in the column before.
    from: usize,
}

fn decode(slots: &[Slot], dictionary: &Dictionary) -> Vec<WordId> {
    let ngram = dictionary.ngram();
    let start = Hypothesis { cost: 0, context: Context::START, word: BOUNDARY, previous: BOUNDARY, from: 0 };
    let mut columns = vec![vec![start]];
    for slot in slots {
        let before = columns.last().map_or(&[][..], Vec::as_slice);
        columns.push(column(before, slot, dictionary));
    }
    let ended = |h: &Hypothesis| h.cost + ngram.step(h.context, 0).cost;
    let last = columns.last().map_or(&[][..], Vec::as_slice);
    let mut at = (0..last.len()).min_by_key(|&at| ended(&last[at])).unwrap_or(0);
    let mut words = Vec::with_capacity(slots.len());
    for column in columns.iter().skip(1).rev() {
        words.push(column[at].word);
        at = column[at].from;
    }
    words.reverse();
    words
}

fn column(before: &[Hypothesis], slot: &Slot, dictionary: &Dictionary) -> Vec<Hypothesis> {
    let mut column: Vec<Hypothesis> = Vec::new();
    for &word in &slot.candidates {
        for (from, hypothesis) in before.iter().enumerate() {
            let Pair { cost, context } = dictionary.ngram().step(hypothesis.context, word);
            let previous = hypothesis.word;
            let cost = hypothesis.cost + dictionary.adapt(hypothesis.previous, previous, word, cost);
            match column.iter_mut().find(|other| other.context == context) {
                Some(other) if other.cost <= cost => {}
                Some(other) => *other = Hypothesis { cost, context, word, previous, from },
                None => column.push(Hypothesis { cost, context, word, previous, from }),
            }
        }
    }
    column.sort_by_key(|hypothesis| (hypothesis.cost, hypothesis.word));
    column.truncate(BEAM);
    column
}
