//! How words are cased: what a case costs in its place, and how a candidate is written there.
//!
//! Adds to what [`Finder`] knows of a candidate. Small letters, a capital first, all capitals: the dictionary's case model says
//! how usual each is inside a sentence; where a sentence opens or a line is set in capitals, the place says it.

use crate::alphabet::{CasePattern, TonePlacement, apply_case, canonical, case_of, place_tone, recase};
use crate::dictionary::WordId;
use crate::dictionary::vocabulary::FIRST_WORD;

use super::candidate::{Finder, Observed};
use super::channel::Cost;
use super::lattice::Arc;
use super::restored_page::EditSource;
use super::search::Dress;

/// How an arc is written in its place.
#[derive(Debug, Clone)]
pub struct Written {
    /// The word, cased for its place, its tone where the older way puts it.
    pub text: Box<str>,
    /// What to put the change down to; `None` if it is the word as read.
    pub source: Option<EditSource>,
}

impl Written {
    /// How a candidate that `source` proposed is written, beside what was read.
    pub fn of(text: String, source: Option<EditSource>, observed: &str) -> Written {
        let same_word = source.is_some() && canonical(&text) == canonical(observed);
        let source = match same_word {
            true if case_of(&text) == case_of(observed) => None,
            true => Some(EditSource::Case),
            false => source,
        };
        Written { text: place_tone(&text, TonePlacement::Old).into(), source }
    }
}

/// Price of a word standing in capitals alone among small letters, unless it often does as acronyms do. The case model
/// counts those among others in capitals too, which is why it is not asked.
const SHOUTED: Cost = 7_500;
/// See [`SHOUTED`].
const ACRONYM: Cost = 1_000;

impl Finder<'_> {
    /// Price of a word standing in this case in this place.
    pub(super) fn case_cost(&self, word: WordId, dress: Option<Dress>, place: &Observed<'_>) -> Cost {
        let case = self.dictionary.case();
        let Some(dress) = dress.filter(|_| word >= FIRST_WORD) else { return 0 };
        match (dress, place.capitals, place.opens) {
            (Dress::Upper, true, _) => 0,
            (_, true, _) => 3_000,
            (Dress::Upper, ..) if case.upper(word) < ACRONYM => case.upper(word),
            (Dress::Upper, ..) => SHOUTED,
            (Dress::Title, _, true) => 0,
            (Dress::Lower, _, true) => 700,
            (Dress::Title, ..) => case.title(word),
            (Dress::Lower, ..) => case.lower(word),
        }
    }

    /// The text of an arc, cased for its place; blanks between words.
    pub fn render(&self, arc: &Arc, observed: &str) -> String {
        if arc.source.is_none() && arc.dress.is_none() || arc.words[0] < FIRST_WORD {
            return observed.to_owned();
        }
        let text = |word: WordId| self.dictionary.text(word);
        let [first, second] = arc.words;
        if let Some((head, tail)) =
            observed.split_at_checked(usize::from(arc.split)).filter(|_| arc.split > 0)
        {
            return format!("{head} {tail}");
        }
        match (arc.dress, arc.glued) {
            (None, _) => recase(text(first), observed),
            (Some(dress), false) => apply_case(text(first), pattern(dress)),
            (Some(dress), true) => {
                let follower = if dress == Dress::Upper { Dress::Upper } else { Dress::Lower };
                format!(
                    "{} {}",
                    apply_case(text(first), pattern(dress)),
                    apply_case(text(second), pattern(follower))
                )
            }
        }
    }
}

/// The case in which a word was read; `None` for a mixed one.
pub fn dress_of(text: &str) -> Option<Dress> {
    match case_of(text) {
        CasePattern::Lower => Some(Dress::Lower),
        CasePattern::Title => Some(Dress::Title),
        CasePattern::Upper => Some(Dress::Upper),
        CasePattern::Mixed | CasePattern::Caseless => None,
    }
}

fn pattern(dress: Dress) -> CasePattern {
    match dress {
        Dress::Lower => CasePattern::Lower,
        Dress::Title => CasePattern::Title,
        Dress::Upper => CasePattern::Upper,
    }
}
