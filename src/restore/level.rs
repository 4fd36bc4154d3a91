//! How damaged a stretch of text is: right, stripped of its marks, or garbled.
//!
//! Reads tokens and the dictionary, weighs three signs: words that should bear marks and bear none, words that are no
//! words, and words that bear their marks well. About three syllables in four bear a mark in print, so ten words are
//! enough to tell. Never changes text.

use crate::alphabet::{Token, TokenKind, canonical, fold_key, is_marked, is_possible_syllable};
use crate::dictionary::{Dictionary, WordId};

/// How damaged a stretch of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Right, or nearly so: at most some marks misread.
    Right,
    /// All marks gone, the letters right.
    Stripped,
    /// Letters misread too.
    Garbled,
}

/// The signs of damage counted so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Words looked at.
    words: u32,
    /// Words that bear marks and are attested.
    marked: u32,
    /// Words without marks where forms with marks are far more usual.
    bare: u32,
    /// Words with signs or digits in them, or marks no syllable bears.
    broken: u32,
}

/// Fewer words than this say nothing of their own.
const ENOUGH: u32 = 8;
/// A bare form rarer than its marked sister by this much (milli-nats) was stripped.
const FAR_RARER: i32 = 1_500;

impl Evidence {
    /// The evidence of one token.
    pub fn of(token: &Token<'_>, dictionary: &Dictionary) -> Evidence {
        let mut evidence = Evidence::default();
        evidence.weigh(token, dictionary);
        evidence
    }

    /// Both together.
    pub fn and(self, other: Evidence) -> Evidence {
        Evidence {
            words: self.words + other.words,
            marked: self.marked + other.marked,
            bare: self.bare + other.bare,
            broken: self.broken + other.broken,
        }
    }

    fn weigh(&mut self, token: &Token<'_>, dictionary: &Dictionary) {
        match token.kind {
            TokenKind::Word if token.text.chars().nth(1).is_some() => self.weigh_word(token.text, dictionary),
            TokenKind::Mixed if token.text.chars().any(char::is_lowercase) && !is_label(token.text) => {
                self.words += 1;
                self.broken += 1;
            }
            _ => {}
        }
    }

    fn weigh_word(&mut self, text: &str, dictionary: &Dictionary) {
        let word = canonical(text);
        let known = dictionary.id(&word);
        let marked = word.chars().any(is_marked);
        if known.is_none() && !marked && dictionary.candidates(&fold_key(&word)).is_empty() {
            // A foreign word, or a mangled one: no evidence either way.
            return;
        }
        self.words += 1;
        if marked && known.is_some() {
            self.marked += 1;
        } else if marked {
            self.broken += u32::from(!is_possible_syllable(&word));
        } else if self.is_bare(&word, known, dictionary) {
            self.bare += 1;
        }
    }

    fn is_bare(&self, word: &str, known: Option<WordId>, dictionary: &Dictionary) -> bool {
        let usual = |id: WordId| dictionary.ngram().unigram(id);
        let best = dictionary.vocabulary().candidates(word).map(usual).min();
        best.is_some_and(|best| known.is_none_or(|id| usual(id) > best + FAR_RARER))
    }

    /// The level, where there is enough to tell.
    pub fn level(&self) -> Option<Level> {
        (self.words >= ENOUGH).then(|| {
            let share = |count: u32| f64::from(count) / f64::from(self.words);
            if share(self.bare + self.broken) < 0.15 {
                Level::Right
            } else if share(self.marked + self.broken) < 0.04 {
                Level::Stripped
            } else {
                Level::Garbled
            }
        })
    }

    /// The level of a stretch within text of the level `around`.
    pub fn level_within(&self, around: Option<Level>) -> Level {
        match (self.level(), around) {
            // A line of capitals loses its marks and nothing else; in a garbled text it may still be garbled.
            (Some(Level::Stripped), Some(Level::Garbled)) => Level::Garbled,
            (Some(level), _) => level,
            (None, Some(around)) => around,
            (None, None) => self.guess(),
        }
    }

    /// The likeliest level of a few words alone.
    fn guess(&self) -> Level {
        match (self.marked, self.bare + self.broken) {
            (0, bare) if bare >= 2 && bare * 2 >= self.words => {
                if self.broken > 0 {
                    Level::Garbled
                } else {
                    Level::Stripped
                }
            }
            (_, bad) if bad >= 2 && bad * 5 >= self.words * 2 => Level::Garbled,
            _ => Level::Right,
        }
    }
}

/// An item's label: digits and a letter (`4a`), a letter and a digit (`c3`).
fn is_label(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters == 1 && digits + 1 == text.chars().count() && "abcdđeghk".contains(|c| text.contains(c))
}
