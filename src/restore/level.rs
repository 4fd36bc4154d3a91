//! How damaged a stretch of text is: right, stripped of its marks, or garbled.
//!
//! Reads tokens and the dictionary; asks of each word how likely it is in right, in stripped and in garbled text (a naive Bayes
//! classifier). `duoc` is hardly ever right, `trong` may be, `được` is never stripped, `s6` is garbled. About three syllables in
//! four bear a mark in print, so a few words are enough to tell. Never changes text.

use crate::alphabet::{
    CasePattern, Token, TokenKind, canonical, case_of, fold_key, is_marked, is_possible_syllable,
};
use crate::dictionary::{Cost, Dictionary, WordId};

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

/// The signs of damage weighed so far: what the words seen cost (-ln P, milli-nats) if the text is right, stripped, or
/// garbled, each against the cheapest way to explain the same letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    right: i32,
    stripped: i32,
    garbled: i32,
}

/// No word weighs more than this.
const MOST: Cost = 5_000;
/// How much at most it weighs that a word with a capital is rare: names are.
const RARE_NAME: Cost = 1_500;
/// A word with digits or signs among its letters, where nothing was misread, and in garbled text.
const BROKEN: [Cost; 2] = [6_000, 2_300];
/// A word with marks in garbled text; one whose marks are wrong in nearly right text.
const MARKED: Cost = 1_500;
/// See [`MARKED`].
const SLIP: Cost = 2_500;
/// A word without marks in garbled text, where it is one of many ways to be misread.
const BARE: Cost = 400;
/// What damage costs to begin with.
const DAMAGE: Cost = 2_000;
/// What it costs a stretch to be damaged otherwise than the text around it.
const ALONE: Cost = 4_000;

impl Evidence {
    /// The evidence of one token.
    pub fn of(token: &Token<'_>, dictionary: &Dictionary) -> Evidence {
        match token.kind {
            TokenKind::Word if token.text.chars().nth(1).is_some() => {
                Evidence::of_word(token.text, dictionary)
            }
            TokenKind::Mixed if token.text.chars().any(char::is_lowercase) && !is_label(token.text) => {
                Evidence { right: BROKEN[0], stripped: BROKEN[0], garbled: BROKEN[1] }
            }
            _ => Evidence::default(),
        }
    }

    /// Both together.
    pub fn and(self, other: Evidence) -> Evidence {
        Evidence {
            right: self.right.saturating_add(other.right),
            stripped: self.stripped.saturating_add(other.stripped),
            garbled: self.garbled.saturating_add(other.garbled),
        }
    }

    /// Whether there are no marks, and the words one by one leave it open where they have gone.
    pub fn is_bare(&self) -> bool {
        self.stripped == 0 && self.level() == Level::Right
    }

    /// The same, if the words together are this much less likely in right text than stripped of their marks.
    pub fn unlikely(self, by: Cost) -> Evidence {
        Evidence { right: self.right.max(by), ..self }
    }

    fn of_word(text: &str, dictionary: &Dictionary) -> Evidence {
        let word = canonical(text);
        let known = dictionary.id(&word);
        let rivals = dictionary.candidates(&fold_key(&word));
        let usual = |id: WordId| dictionary.ngram().unigram(id);
        let best = rivals.map(usual).min();
        let most = if case_of(text) == CasePattern::Title { RARE_NAME } else { MOST };
        // How much rarer the word as read is than the most usual one of its letters.
        let rarer = match (best, known) {
            (Some(best), Some(id)) => (usual(id) - best).clamp(0, most),
            _ => MOST,
        };
        match (known.is_some(), word.chars().any(is_marked)) {
            // A foreign word, or a mangled one: no evidence either way.
            (_, false) if best.is_none() => Evidence::default(),
            (_, false) => Evidence { right: rarer, stripped: 0, garbled: BARE },
            (true, true) => Evidence { right: rarer, stripped: MOST, garbled: MARKED },
            (false, true) if is_possible_syllable(&word) => {
                Evidence { right: SLIP, stripped: MOST, garbled: MARKED }
            }
            (false, true) => Evidence { right: MOST, stripped: MOST, garbled: MARKED },
        }
    }

    /// The likeliest level.
    pub fn level(&self) -> Level {
        self.level_at([0, DAMAGE, DAMAGE])
    }

    /// The level of a stretch within text of the level `around`.
    pub fn level_within(&self, around: Level) -> Level {
        let price = |level| if level == around { 0 } else { ALONE };
        // A line of capitals loses its marks and nothing else; in a garbled text it may still be garbled.
        match self.level_at([Level::Right, Level::Stripped, Level::Garbled].map(price)) {
            Level::Stripped if around == Level::Garbled => Level::Garbled,
            level => level,
        }
    }

    fn level_at(&self, before: [Cost; 3]) -> Level {
        let [right, stripped, garbled] = before;
        let costs = [
            (self.right.saturating_add(right), Level::Right),
            (self.stripped.saturating_add(stripped), Level::Stripped),
            (self.garbled.saturating_add(garbled), Level::Garbled),
        ];
        costs.into_iter().min().map_or(Level::Right, |(_, level)| level)
    }
}

/// An item's label: digits and a letter (`4a`), a letter and a digit (`c3`).
fn is_label(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters == 1 && digits + 1 == text.chars().count() && "abcdđeghk".contains(|c| text.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alphabet::tokens;

    fn level(text: &str) -> Level {
        let dictionary = Dictionary::builtin().unwrap();
        let of = |token| Evidence::of(&token, &dictionary);
        tokens(text).map(of).fold(Evidence::default(), Evidence::and).level()
    }

    #[test]
    fn a_few_words_tell() {
        assert_eq!(level("Uy ban nhan dan thanh pho"), Level::Stripped);
        assert_eq!(level("Ủy ban nhân dân thành phố"), Level::Right);
        assert_eq!(level("Thuc hién K& hoach Cai c4ch hanh chinh"), Level::Garbled);
        assert_eq!(level("Phan Thị Ngọc Lam"), Level::Right);
        assert_eq!(level("Phan Thi Ngoc Lam"), Level::Stripped);
        assert_eq!(level("Microsoft Office, Zalo, QCVN 06:2022/BXD"), Level::Right);
    }
}
