//! Whether a stated probability can be believed.
//!
//! Reads JSON Lines, each with a `posterior` (or `confidence`) 0–1 and the text it speaks for (`to`, or `text`):
//! an edit log, whose lines also say which `line` of the candidate they changed (1-based; a `page` counts form feeds),
//! or the words of the whole candidate in order. A claim is right when every syllable of its text stands beside the
//! same syllable in the gold text. The expected calibration error is the mean distance between what ten equal bins of
//! probability say and how often they are right, weighted by their size (Naeini et al. 2015).

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::align::align;
use super::alternatives::Alternatives;
use super::normalize::{Normalizer, syllables};

const BINS: usize = 10;

/// The claims of one stretch of probability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Lower end, included.
    pub from: f64,
    /// Upper end, excluded but for 1.
    pub to: f64,
    /// Claims in it.
    pub count: usize,
    /// Mean stated probability, 0–1.
    pub stated: f64,
    /// Share of claims that are right, 0–1.
    pub right: f64,
}

/// How far stated probabilities are from what they ought to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CalibrationScore {
    /// Claims that could be judged.
    pub claims: usize,
    /// Lines that are no claim, or whose text is not found where they say.
    pub unjudged: usize,
    /// Expected calibration error, 0–1.
    pub ece: f64,
    /// The reliability table: ten bins of equal width.
    pub bins: Vec<Bin>,
}

/// A line of the log: a text, how sure it is, and where in the candidate it stands.
struct Claim {
    text: String,
    probability: f64,
    line: Option<(u64, u64)>,
}

/// Judges the claims of an edit log or word list about a candidate text.
pub fn score_calibration(
    log: &str,
    candidate: &str,
    gold: &str,
    alternatives: &Alternatives,
) -> CalibrationScore {
    let n = Normalizer { alternatives };
    let mut unjudged = 0;
    let mut judge = Judge::new(candidate, gold, n);
    let mut judged = Vec::new();
    for line in log.lines().filter(|line| !line.trim().is_empty()) {
        match claim(line).and_then(|claim| Some((claim.probability, judge.right(&claim, n)?))) {
            Some(verdict) => judged.push(verdict),
            None => unjudged += 1,
        }
    }
    let bins = reliability(&judged);
    let gap = |bin: &Bin| bin.count as f64 * (bin.stated - bin.right).abs();
    let ece = bins.iter().map(gap).sum::<f64>() / judged.len().max(1) as f64;
    CalibrationScore { claims: judged.len(), unjudged, ece, bins }
}

fn claim(line: &str) -> Option<Claim> {
    let value: Value = serde_json::from_str(line).ok()?;
    let probability = value.get("posterior").or(value.get("confidence"))?.as_f64()?;
    let text = value.get("to").or(value.get("text"))?.as_str()?.to_string();
    let page = value.get("page").and_then(Value::as_u64).unwrap_or(1);
    let line = value.get("line").and_then(Value::as_u64).map(|line| (page, line));
    (0.0..=1.0).contains(&probability).then_some(Claim { text, probability, line })
}

/// The candidate's syllables, which of them are right, and how far the claims about each line have come.
struct Judge {
    syllables: Vec<String>,
    right: Vec<bool>,
    lines: HashMap<(u64, u64), std::ops::Range<usize>>,
    next: usize,
}

impl Judge {
    fn new(candidate: &str, gold: &str, n: Normalizer) -> Self {
        let (mut found, mut lines) = (Vec::new(), HashMap::new());
        for (page, text) in (1u64..).zip(candidate.split('\u{c}')) {
            for (number, line) in (1u64..).zip(text.lines()) {
                let start = found.len();
                found.extend(syllables(&n.text(line)).into_iter().map(String::from));
                lines.insert((page, number), start..found.len());
            }
        }
        let gold = n.text(gold);
        let (gold, own) = (syllables(&gold), found.iter().map(String::as_str).collect::<Vec<_>>());
        let mut right = vec![false; own.len()];
        for (syllable, at) in gold.iter().zip(align(&gold, &own)) {
            if let Some(at) = at.filter(|&at| own[at] == *syllable) {
                right[at] = true;
            }
        }
        Self { right, syllables: found, lines, next: 0 }
    }

    /// Whether the claimed text is right; `None` where it is not in the candidate, or holds no syllable.
    fn right(&mut self, claim: &Claim, n: Normalizer) -> Option<bool> {
        let text = n.text(&claim.text);
        let wanted = syllables(&text);
        let within = match claim.line {
            Some(place) => self.lines.get(&place)?.clone(),
            None => self.next..self.syllables.len(),
        };
        let places = self.syllables.get(within.clone())?;
        let at = places.windows(wanted.len().max(1)).position(|window| window == wanted)? + within.start;
        let end = at + wanted.len();
        match claim.line {
            Some(place) => drop(self.lines.insert(place, end..within.end)),
            None => self.next = end,
        }
        Some(self.right.get(at..end)?.iter().all(|&right| right))
    }
}

fn reliability(judged: &[(f64, bool)]) -> Vec<Bin> {
    let width = 1.0 / BINS as f64;
    let bin_of = |probability: f64| ((probability * BINS as f64) as usize).min(BINS - 1);
    let bin = |index: usize| {
        let inside: Vec<_> = judged.iter().filter(|(probability, _)| bin_of(*probability) == index).collect();
        let count = inside.len();
        let share = |sum: f64| if count == 0 { 0.0 } else { sum / count as f64 };
        Bin {
            from: index as f64 * width,
            to: (index + 1) as f64 * width,
            count,
            stated: share(inside.iter().map(|(probability, _)| probability).sum()),
            right: share(inside.iter().filter(|(_, right)| *right).count() as f64),
        }
    };
    (0..BINS).map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(log: &str, candidate: &str, gold: &str) -> CalibrationScore {
        score_calibration(log, candidate, gold, &Alternatives::default())
    }

    #[test]
    fn sure_and_right_is_calibrated_and_sure_and_wrong_is_not() {
        let log = r#"{"page":1,"line":1,"from":"Ke","to":"Kế","posterior":1.0}"#;
        assert_eq!(score(log, "Kế hoạch", "Kế hoạch").ece, 0.0);
        assert_eq!(score(log, "Kế hoạch", "Kẻ hoạch").ece, 1.0);
    }

    #[test]
    fn the_same_word_twice_on_a_line_is_judged_twice() {
        let log =
            "{\"line\":1,\"to\":\"số\",\"posterior\":0.5}\n{\"line\":1,\"to\":\"số\",\"posterior\":0.5}";
        let score = score(log, "số và số", "số và sổ");
        assert_eq!((score.claims, score.ece), (2, 0.0));
    }

    #[test]
    fn lines_that_claim_nothing_are_counted_and_not_judged() {
        let score =
            score("x\n{\"to\":\"a\",\"posterior\":7}\n{\"to\":\"vắng\",\"posterior\":0.9}", "số", "số");
        assert_eq!((score.claims, score.unjudged, score.ece), (0, 3, 0.0));
    }
}
