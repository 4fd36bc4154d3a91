//! What restoration mended, and what it broke.
//!
//! Takes a text before restoration, after it, and as it ought to be. *Harm*: of the syllables that were right before,
//! the share that is wrong after. *Repair*: of the syllables that were wrong before, the share that is right after.
//! Both texts are laid beside the gold one by the same rule. Words with a digit or an `@` (numbers, dates, codes,
//! addresses) are counted once more on their own, because not one of them may change.

use serde::Serialize;

use super::align::align;
use super::alternatives::Alternatives;
use super::normalize::{Normalizer, syllables};

/// Counts before and after, and the two rates that follow from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct RepairScore {
    /// Syllables of the gold text.
    pub gold_syllables: usize,
    /// Right before restoration.
    pub right_before: usize,
    /// Right before and wrong after.
    pub harmed: usize,
    /// Wrong before and right after.
    pub repaired: usize,
    /// harmed / right before, 0–1.
    pub harm_rate: f64,
    /// repaired / wrong before, 0–1; 1 where nothing was wrong.
    pub repair_rate: f64,
    /// Words with a digit or an `@` that were right before.
    pub codes_right_before: usize,
    /// Of these, wrong after.
    pub codes_harmed: usize,
}

/// Compares a text before and after restoration with the gold one.
///
/// When all three have the same number of lines, each line is aligned alone: exact, and linear in the document.
pub fn score_repair(raw: &str, restored: &str, gold: &str, alternatives: &Alternatives) -> RepairScore {
    let n = Normalizer { alternatives };
    let mut score = RepairScore::default();
    for (raw, restored, gold) in parallel_parts(raw, restored, gold) {
        let (raw, restored, gold) = (n.text(raw), n.text(restored), n.text(gold));
        score.add_syllables(&syllables(&raw), &syllables(&restored), &syllables(&gold));
        score.add_codes(&codes(&raw), &codes(&restored), &codes(&gold));
    }
    score.harm_rate = rate(score.harmed, score.right_before, 0.0);
    score.repair_rate = rate(score.repaired, score.gold_syllables - score.right_before, 1.0);
    score
}

fn parallel_parts<'a>(raw: &'a str, restored: &'a str, gold: &'a str) -> Vec<(&'a str, &'a str, &'a str)> {
    let count = gold.lines().count();
    if count == 0 || raw.lines().count() != count || restored.lines().count() != count {
        return vec![(raw, restored, gold)];
    }
    raw.lines()
        .zip(restored.lines())
        .zip(gold.lines())
        .map(|((raw, restored), gold)| (raw, restored, gold))
        .collect()
}

fn rate(part: usize, whole: usize, of_none: f64) -> f64 {
    if whole == 0 { of_none } else { part as f64 / whole as f64 }
}

/// Blank-separated words with a digit or an `@`, without the punctuation around them.
fn codes(text: &str) -> Vec<&str> {
    let words = text.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.filter(|word| word.contains(|c: char| c.is_numeric() || c == '@')).collect()
}

impl RepairScore {
    fn add_syllables(&mut self, raw: &[&str], restored: &[&str], gold: &[&str]) {
        let (before, after) = (right(gold, raw), right(gold, restored));
        let count =
            |was: bool, is: bool| before.iter().zip(&after).filter(|&pair| pair == (&was, &is)).count();
        self.gold_syllables += gold.len();
        self.right_before += before.iter().filter(|&&right| right).count();
        self.harmed += count(true, false);
        self.repaired += count(false, true);
    }

    fn add_codes(&mut self, raw: &[&str], restored: &[&str], gold: &[&str]) {
        let (before, after) = (right(gold, raw), right(gold, restored));
        self.codes_right_before += before.iter().filter(|&&right| right).count();
        self.codes_harmed += before.iter().zip(&after).filter(|&(was, is)| *was && !is).count();
    }
}

/// For each gold token, whether the text has it.
fn right(gold: &[&str], text: &[&str]) -> Vec<bool> {
    let same = |(gold, at): (&&str, Option<usize>)| {
        at.and_then(|at| text.get(at)).is_some_and(|token| token == gold)
    };
    gold.iter().zip(align(gold, text)).map(same).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(raw: &str, restored: &str, gold: &str) -> RepairScore {
        score_repair(raw, restored, gold, &Alternatives::default())
    }

    #[test]
    fn mended_and_broken_syllables_are_told_apart() {
        let score = score("Ke hoach số hóa", "Kế hoạch số hoa", "Kế hoạch số hóa");
        assert_eq!((score.repaired, score.repair_rate), (2, 1.0));
        assert_eq!((score.harmed, score.harm_rate), (1, 0.5));
    }

    #[test]
    fn text_left_alone_is_not_harmed() {
        let text = "Ủy ban nhân dân xã\nSố 265/KH-UBND";
        assert_eq!(score(text, text, text).harmed, 0);
    }

    #[test]
    fn a_split_word_put_together_is_a_repair() {
        let score = score("tri ển khai", "triển khai", "triển khai");
        assert_eq!((score.right_before, score.repaired, score.harmed), (1, 1, 0));
    }

    #[test]
    fn a_changed_number_is_counted_by_itself() {
        let score = score("ngày 12/12/2025.", "ngày 12/12/2026.", "ngày 12/12/2025.");
        assert_eq!((score.codes_right_before, score.codes_harmed, score.harmed), (1, 1, 0));
    }
}
