//! Blanks that are missing, and blanks too many: one observed word that was two, two that were one.
//!
//! Adds to what [`Finder`] proposes. In garbled text the parts may be misread too; in right text nothing but the blank may
//! be wrong, and both parts must be words that go together. Codes, addresses and numerals never come here.

use std::sync::Arc as Shared;

use crate::alphabet::{
    CasePattern, TokenKind, canonical, case_of, fold_key, is_marked, is_possible_syllable,
};

use super::candidate::{Finder, Observed, is_closed};
use super::channel::{Cost, Damage};
use super::lattice::Arc;
use super::restored_page::EditSource;
use super::search::{Dress, Found, Limits};

/// Parts of one word, put together again, must be as cheap as this.
const CHEAP: Cost = 5_000;
/// Of a part, the few likeliest readings are enough.
const LIKELY: Limits = Limits { cost: CHEAP - 1, worth: 18_000, spread: 8_000, most: 10 };
/// Readings of each part of a glued word that are tried.
const PARTS: usize = 5;
/// The second of two glued words is not rarer after the first than this.
const ATTESTED: Cost = 6_500;
/// A word explained at this price is taken to be whole.
const WHOLE: Cost = 4_000;
/// The same where both were read as they are printed.
const PARTED: Cost = 9_500;
/// Price of a missing blank, and of one too many.
const GLUED: Cost = 6_000;
/// See [`GLUED`].
const CLOVEN: Cost = 5_500;
impl Finder<'_> {
    /// Arcs over two observed words that may have been one.
    pub fn merged(&mut self, first: &Observed<'_>, second: &Observed<'_>) -> Vec<Arc> {
        let text = format!("{}{}", first.text, second.text);
        if text.chars().count() > 8 || is_closed(first) || is_closed(second) {
            return Vec::new();
        }
        if [first, second].iter().all(|part| self.is_word(part)) {
            return Vec::new();
        }
        let capitals = first.capitals || second.capitals;
        let whole = Observed { text: &text, kind: TokenKind::Word, choices: &[], capitals, ..*first };
        let key = fold_key(&text);
        let mut arcs: Vec<Arc> = Vec::new();
        for found in self.usual(&text).iter() {
            let cost = found.cost + self.case_cost(found.word, Some(found.dress), &whole);
            if cost < CHEAP && arcs.iter().all(|arc| arc.words[0] != found.word) {
                arcs.push(Arc {
                    span: 2,
                    source: Some(EditSource::Spacing),
                    ..self.arc(found, cost + CLOVEN, &key)
                });
            }
        }
        arcs.truncate(6);
        arcs
    }

    /// Whether a word of two letters or more is easily explained as it stands, so that it's no part of another.
    fn is_word(&mut self, part: &Observed<'_>) -> bool {
        let letters = part.text.chars().count();
        letters > 1 && self.found(part.text, Damage::English).iter().any(|found| found.cost < WHOLE)
    }

    /// Two words read as one: `Noivu` for `Nội vụ`.
    pub(super) fn unglue(&mut self, observed: &Observed<'_>, arcs: &mut Vec<Arc>) {
        let letters: Vec<(usize, char)> = observed.text.char_indices().collect();
        let cheap = arcs.iter().map(|arc| arc.cost).min().unwrap_or(GLUED);
        if letters.len() < 4 || letters.len() > 14 || cheap < GLUED / 2 {
            return;
        }
        for &(at, _) in letters.get(2..letters.len() - 1).unwrap_or_default() {
            let (head, tail) = observed.text.split_at(at);
            let (heads, tails) = (self.usual(head), self.usual(tail));
            for first in heads.iter().take(PARTS) {
                arcs.extend(tails.iter().take(PARTS).filter_map(|second| self.pair(first, second, observed)));
            }
        }
        arcs.sort_by_key(|arc| arc.cost);
    }

    /// Two words with nothing wrong but the blank that is missing: `bắntừ`, `XuânLãm`, `tịchUBND`.
    pub(super) fn part(&self, observed: &Observed<'_>, arcs: &mut Vec<Arc>) {
        let text = observed.text;
        let whole = self.dictionary.id(&canonical(text)).is_some() || is_possible_syllable(text);
        if whole || text.len() > 40 || !text.chars().any(is_marked) {
            return;
        }
        let letters = |part: &str| part.chars().count();
        for (at, _) in text.char_indices() {
            let (head, tail) = text.split_at(at);
            if letters(head) < 2 || letters(tail) < 2 || !may_stand_behind(head, tail) {
                continue;
            }
            let known = |part: &str| self.dictionary.id(&canonical(part)).filter(|_| !is_closed_case(part));
            if let (Some(first), Some(second)) = (known(head), known(tail))
                && self.dictionary.ngram().pair(first, second).cost < PARTED
            {
                arcs.push(Arc {
                    words: [first, second],
                    glued: true,
                    split: at as u8,
                    source: Some(EditSource::Spacing),
                    ..Arc::as_read(first, GLUED)
                });
            }
        }
    }

    /// The few words likeliest to stand behind a part of a word.
    fn usual(&mut self, part: &str) -> Shared<[Found]> {
        if let Some(known) = self.memory.usual(part) {
            return Shared::clone(known);
        }
        let found = self.search(part, Damage::English, &[], LIKELY);
        let found: Shared<[Found]> = found.into();
        self.memory.keep_usual(part, Shared::clone(&found));
        found
    }

    /// Two words read as the one observed, if they go together at all.
    fn pair(&self, first: &Found, second: &Found, observed: &Observed<'_>) -> Option<Arc> {
        let after = Observed { opens: false, ..*observed };
        let case = self.case_cost(first.word, Some(first.dress), observed)
            + self.case_cost(second.word, Some(second.dress), &after);
        let attested = self.dictionary.ngram().pair(first.word, second.word).cost < ATTESTED;
        (attested && first.cost + second.cost < CHEAP && plain(second.dress, first.dress)).then(|| Arc {
            words: [first.word, second.word],
            glued: true,
            dress: Some(first.dress),
            source: Some(EditSource::Spacing),
            ..Arc::as_read(first.word, GLUED + first.cost + second.cost + case)
        })
    }
}

/// Whether the case of two glued words speaks for two words: all small, all capitals, or anew with a capital.
fn may_stand_behind(head: &str, tail: &str) -> bool {
    let upper = |word: &str| word.chars().all(char::is_uppercase);
    tail.chars().all(char::is_lowercase) && !upper(head)
        || upper(head) && upper(tail)
        || tail.starts_with(char::is_uppercase)
}

/// Mixed case, as no word has it.
fn is_closed_case(part: &str) -> bool {
    case_of(part) == CasePattern::Mixed
}

/// Whether two glued words may be cased so: the second as the first, or small after a capital.
fn plain(second: Dress, first: Dress) -> bool {
    if first == Dress::Upper { second == Dress::Upper } else { second == Dress::Lower }
}
