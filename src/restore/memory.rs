//! What was found out about words before: candidates, arcs, steps of the language model.
//!
//! Papers repeat their words, so most of the work on a word has been done when it comes again. A [`Memory`] goes from one
//! document to the next; it holds answers only, never evidence of one document, so that what it holds changes the time a
//! text takes and nothing else. It forgets everything when it has grown too large.

use std::collections::HashMap;
use std::sync::Arc as Shared;

use crate::alphabet::TokenKind;
use crate::dictionary::{Context, Cost, Ngram, Pair, WordId};

use super::candidate::Readings;
use super::channel::Damage;
use super::level::{Evidence, Level};
use super::search::Found;

/// Different words kept, at most.
const WORDS: usize = 1 << 15;
/// Steps of the language model kept; a power of two.
const STEPS: usize = 1 << 15;

/// All that the arcs of a word depend on, beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Level of damage of the passage.
    pub level: Level,
    /// What the tokeniser took the word for.
    pub kind: TokenKind,
    /// See [`super::candidate::Observed`].
    pub opens: bool,
    /// See [`super::candidate::Observed`].
    pub capitals: bool,
    /// See [`super::candidate::Observed`].
    pub abbreviation: bool,
    /// See [`super::candidate::Observed`].
    pub surname: bool,
    /// See [`super::candidate::Observed`].
    pub keep: Cost,
}

/// What is known of one word.
#[derive(Debug, Default)]
struct Word {
    readings: Vec<(Key, Readings)>,
    found: Vec<(Damage, Shared<[Found]>)>,
    usual: Option<Shared<[Found]>>,
    evidence: Option<Evidence>,
}

/// A step of the language model. Aligned so that none lies across two lines of the processor's cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(16))]
struct Step {
    context: u32,
    word: WordId,
    pair: Pair,
}

/// In the place of a step that was never taken: no word is numbered so.
const NO_STEP: Step =
    Step { context: u32::MAX, word: WordId::MAX, pair: Pair { cost: 0, context: Context::START } };

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Memory {
    words: HashMap<Box<str>, Word>,
    /// One for each remainder of a hash; a newer step takes the place of an older one.
    steps: Vec<Step>,
}

impl Memory {
    /// The arcs of a word.
    pub fn readings(&self, text: &str, key: &Key) -> Option<&Readings> {
        self.words.get(text)?.readings.iter().find(|known| known.0 == *key).map(|known| &known.1)
    }

    /// Remembers the arcs of a word.
    pub fn keep_readings(&mut self, text: &str, key: Key, readings: Readings) {
        self.word(text).readings.push((key, readings));
    }

    /// The words found for an observed one.
    pub fn found(&self, text: &str, damage: Damage) -> Option<&Shared<[Found]>> {
        self.words.get(text)?.found.iter().find(|known| known.0 == damage).map(|known| &known.1)
    }

    /// Remembers the words found for an observed one.
    pub fn keep_found(&mut self, text: &str, damage: Damage, found: Shared<[Found]>) {
        self.word(text).found.push((damage, found));
    }

    /// The words found for a part of an observed one.
    pub fn usual(&self, part: &str) -> Option<&Shared<[Found]>> {
        self.words.get(part)?.usual.as_ref()
    }

    /// Remembers the words found for a part of an observed one.
    pub fn keep_usual(&mut self, part: &str, found: Shared<[Found]>) {
        self.word(part).usual = Some(found);
    }

    /// The evidence of a word, which `weigh` finds out if it isn't known.
    pub fn evidence(&mut self, text: &str, weigh: impl FnOnce() -> Evidence) -> Evidence {
        if let Some(known) = self.words.get(text).and_then(|word| word.evidence) {
            return known;
        }
        let evidence = weigh();
        self.word(text).evidence = Some(evidence);
        evidence
    }

    fn word(&mut self, text: &str) -> &mut Word {
        if self.words.len() >= WORDS {
            self.words.clear();
        }
        self.words.entry(text.into()).or_default()
    }

    /// [`Ngram::step`], remembered.
    pub fn step(&mut self, ngram: &Ngram, context: Context, word: WordId) -> Pair {
        if self.steps.is_empty() {
            self.steps = vec![NO_STEP; STEPS];
        }
        let number = context.number();
        let hash = (u64::from(number) << 16 | u64::from(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let known = &mut self.steps[(hash >> 40) as usize % STEPS];
        if known.context != number || known.word != word {
            *known = Step { context: number, word, pair: ngram.step(context, word) };
        }
        known.pair
    }
}
