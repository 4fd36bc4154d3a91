//! Scores a text against the right one: characters, words, syllables, diacritics.

use serde::Serialize;

use super::alternatives::Alternatives;
use super::distance::{common_subsequence, levenshtein};
use super::normalize::{Normalizer, fold, syllables};

/// The figures of one text; rates are 0–1, an error rate may exceed 1 where the candidate is longer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TextScore {
    /// Characters of the gold text after normalisation.
    pub gold_chars: usize,
    /// Characters of the candidate.
    pub cand_chars: usize,
    /// Blank-separated words of the gold text.
    pub gold_words: usize,
    /// Syllables (maximal runs of letters) of the gold text.
    pub gold_syllables: usize,
    /// Syllables of the candidate.
    pub cand_syllables: usize,
    /// Character error rate: edit distance over gold characters.
    pub cer: f64,
    /// The same without diacritics.
    pub cer_folded: f64,
    /// Word error rate.
    pub wer: f64,
    /// Longest common subsequence of syllables over the larger count.
    pub syllable_accuracy: f64,
    /// The same without diacritics.
    pub syllable_accuracy_folded: f64,
    /// Of the syllables with the right letters, the share with the right marks.
    pub diacritic_accuracy: f64,
    /// Of the syllables with the right letters, the share with wrong marks.
    pub diacritic_error_rate: f64,
}

/// Scores a candidate text against the gold one.
pub fn score_text(gold: &str, candidate: &str, alternatives: &Alternatives) -> TextScore {
    let n = Normalizer { alternatives };
    let (gold, cand) = (n.text(gold), n.text(candidate));
    let (gold_bare, cand_bare) = (fold(&gold), fold(&cand));
    let (gold_words, cand_words) = (words(&gold), words(&cand));
    let (gold_syllables, cand_syllables) = (syllables(&gold), syllables(&cand));
    let right = common_subsequence(&gold_syllables, &cand_syllables);
    let right_bare = common_subsequence(&bare(&gold_syllables), &bare(&cand_syllables));
    let longer = gold_syllables.len().max(cand_syllables.len());
    let accuracy = |right: usize| if longer == 0 { 1.0 } else { right as f64 / longer as f64 };
    let diacritic_accuracy = diacritic_accuracy(right, right_bare, longer);
    TextScore {
        gold_chars: gold.chars().count(),
        cand_chars: cand.chars().count(),
        gold_words: gold_words.len(),
        gold_syllables: gold_syllables.len(),
        cand_syllables: cand_syllables.len(),
        cer: error_rate(&characters(&gold), &characters(&cand)),
        cer_folded: error_rate(&characters(&gold_bare), &characters(&cand_bare)),
        wer: error_rate(&gold_words, &cand_words),
        syllable_accuracy: accuracy(right),
        syllable_accuracy_folded: accuracy(right_bare),
        diacritic_accuracy,
        diacritic_error_rate: 1.0 - diacritic_accuracy,
    }
}

fn diacritic_accuracy(right: usize, right_bare: usize, longer: usize) -> f64 {
    match (right_bare, longer) {
        (0, 0) => 1.0,
        (0, _) => 0.0,
        _ => (right as f64 / right_bare as f64).min(1.0),
    }
}

fn error_rate<T: Eq + std::hash::Hash>(gold: &[T], cand: &[T]) -> f64 {
    match (levenshtein(gold, cand), gold.len()) {
        (0, 0) => 0.0,
        (_, 0) => 1.0,
        (errors, length) => errors as f64 / length as f64,
    }
}

fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split(' ').filter(|word| !word.is_empty()).collect()
}

fn bare(syllables: &[&str]) -> Vec<String> {
    syllables.iter().map(|syllable| fold(syllable)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(gold: &str, candidate: &str) -> TextScore {
        score_text(gold, candidate, &Alternatives::default())
    }

    #[test]
    fn stripped_text_has_the_right_letters_and_the_wrong_marks() {
        let score = score("Kế hoạch số 265", "Ke hoach so 265");
        assert_eq!((score.syllable_accuracy, score.syllable_accuracy_folded), (0.0, 1.0));
        assert_eq!(score.diacritic_error_rate, 1.0);
        assert_eq!(score.cer_folded, 0.0);
    }

    #[test]
    fn line_breaks_are_no_errors_and_lost_syllables_are() {
        assert_eq!(score("Kế hoạch\nsố hóa", "Kế hoạch số hóa").cer, 0.0);
        assert_eq!(score("Kế hoạch số hóa", "Kế số hóa").syllable_accuracy, 0.75);
    }

    #[test]
    fn nothing_against_nothing_is_right() {
        assert_eq!(score("", " ").cer, 0.0);
        assert_eq!(score("", "x").cer, 1.0);
    }
}
