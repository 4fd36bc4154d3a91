//! Tells what in right text is the writer's own and stays as read: names, abbreviations, the choice of capitals.
//!
//! A language model knows what is usual; a name is what is not. `xã Thanh Lĩnh` must not become the better known `Thanh
//! Bình`, nor an office's `TT` a `TP`. Such a word is changed only where the engine itself was in doubt of it: by a low
//! confidence, or by a second choice that the change takes up. Never proposes anything.

use crate::alphabet::{CasePattern, case_of, fold_char, is_possible_syllable, is_vowel};

use super::outcome::Change;
use super::restored_page::EditSource;
use super::restorer::Spoken;

/// An engine less sure than this of a word may have misread a name; right readings of names lie above it.
const DOUBTED: f32 = 0.6;
/// An engine surer than this of every letter of a syllable hardly ever misread it.
const CERTAIN: f32 = 0.94;
/// A change of such a syllable must be likelier right than this.
const OVERWHELMING: f32 = 0.9995;

/// Whether the word stays as read although the model would have another.
pub fn is_the_writers_own(change: &Change, passage: &Spoken<'_>) -> bool {
    let Some(read) = passage.text.get(change.range.clone()) else { return true };
    // A letter alone is a sign in a formula or a label (`W = 2180 kg`), never a misread word.
    let label = read.chars().count() == 1 && change.source == EditSource::Channel;
    if label || read.to_lowercase() == change.to.to_lowercase() {
        return true;
    }
    let doubted = confidence(passage, change) < DOUBTED || change.source == EditSource::EngineChoice;
    !doubted
        && (is_abbreviation(read) || is_name(read, change, passage.text) || is_plain(read, change, passage))
}

/// A syllable as good as the one proposed, which the engine read without a second thought: if it's wrong, its author wrote it.
fn is_plain(read: &str, change: &Change, passage: &Spoken<'_>) -> bool {
    let heard = passage.heard.iter().find(|heard| heard.range.end > change.range.start);
    let certain = heard.is_some_and(|heard| heard.asked && heard.confidence > CERTAIN);
    certain && is_possible_syllable(read) && change.posterior < OVERWHELMING
}

/// The engine's confidence in the word; none was heard for text, where the writer has the benefit of the doubt.
fn confidence(passage: &Spoken<'_>, change: &Change) -> f32 {
    let heard = passage.heard.iter().find(|heard| heard.range.end > change.range.start);
    heard.map_or(1.0, |heard| heard.confidence)
}

/// Capitals without a vowel: nobody's syllable, so somebody's abbreviation.
fn is_abbreviation(word: &str) -> bool {
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    letters().count() >= 2 && letters().all(|c| c.is_uppercase() && !is_vowel(fold_char(c)))
}

/// A capitalised word beside another one, or one whose letters (not only marks) would change.
fn is_name(word: &str, change: &Change, text: &str) -> bool {
    let titled = |word: &str| case_of(word) == CasePattern::Title;
    let before = text.get(..change.range.start).and_then(|text| text.split_whitespace().next_back());
    let after = text.get(change.range.end..).and_then(|text| text.split_whitespace().next());
    // Across a stop there is another name, or none.
    let joined = |word: &str| titled(word) && word.chars().all(char::is_alphabetic);
    let after = after
        .filter(|_| text.get(change.range.end..).is_some_and(|rest| rest.starts_with(char::is_whitespace)));
    titled(word)
        && (change.source == EditSource::Channel || [before, after].into_iter().flatten().any(joined))
}

#[cfg(test)]
mod tests {
    use super::super::passage::Heard;
    use super::*;

    fn own(text: &str, from: &str, to: &str, confidence: f32, source: EditSource) -> bool {
        let start = text.find(from).unwrap();
        let range = start..start + from.len();
        let heard = vec![Heard { range: range.clone(), confidence, choices: Vec::new(), asked: false }];
        let change = Change { range, to: to.to_owned(), source, posterior: 0.9 };
        is_the_writers_own(&change, &Spoken { text, heard })
    }

    #[test]
    fn names_and_abbreviations_stay_unless_the_engine_doubted_them() {
        assert!(own("xã Thanh Lĩnh", "Lĩnh", "Bình", 0.95, EditSource::Channel));
        assert!(own("Ninh Công Thưởng", "Thưởng", "Thương", 0.95, EditSource::Marks));
        assert!(own("Hà Nội, TT TT", "TT", "TP", 0.9, EditSource::Channel));
        assert!(!own("Tân Câm", "Câm", "Cẩm", 0.3, EditSource::Marks));
        assert!(!own("Tân Câm", "Câm", "Cẩm", 0.9, EditSource::EngineChoice));
    }

    #[test]
    fn small_words_are_not_names_and_capitals_are_never_taken_away() {
        assert!(!own("các điểm câu của", "câu", "cầu", 0.95, EditSource::Marks));
        assert!(own("công tác Cải cách", "Cải", "cải", 0.2, EditSource::Case));
        assert!(own("; W = 2180 kg", "W", "H", 0.9, EditSource::Channel));
    }
}
