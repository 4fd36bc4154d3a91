//! Whether a stated probability can be believed.
//!
//! Reads JSON Lines, each with a `posterior` (or `confidence`) 0–1 and the text it speaks for (`to`, or `text`):
//!
//! - the edit log of a text: `offset` is the byte of the text before restoration at which `from` stood; suspicions that
//!   were not acted on (`"applied": false`) say nothing about the candidate and are not judged;
//! - the edit log of a document: `line` (1-based) of the candidate, and `page`, which counts form feeds;
//! - or every word of the candidate in order, with neither.
//!
//! A claim is right when every syllable of its text stands beside the same syllable in the gold text. The expected
//! calibration error is the mean distance between what ten equal bins of probability say and how often they are right,
//! weighted by their size (Naeini et al. 2015).

use std::collections::HashMap;
use std::ops::Range;

use serde::Serialize;
use serde_json::Value;

use super::align::align;
use super::alternatives::Alternatives;
use super::normalize::{Normalizer, syllable_spans, syllables};

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
    place: Place,
}

/// Where the text of a claim is to be found.
#[derive(Clone, Copy)]
enum Place {
    /// At this byte of the candidate.
    Byte(usize),
    /// On this page and line of the candidate, after the claims already judged there.
    Line(u64, u64),
    /// After the last claim.
    Next,
}

/// Judges the claims of an edit log or word list about a candidate text.
pub fn score_calibration(
    log: &str,
    candidate: &str,
    gold: &str,
    alternatives: &Alternatives,
) -> CalibrationScore {
    let n = Normalizer { alternatives };
    let mut judge = Judge::new(candidate, gold, n);
    let (mut judged, mut unjudged, mut grown) = (Vec::new(), 0, 0);
    for line in log.lines().filter(|line| !line.trim().is_empty()) {
        match claim(line, &mut grown).and_then(|claim| Some((claim.probability, judge.right(&claim, n)?))) {
            Some(verdict) => judged.push(verdict),
            None => unjudged += 1,
        }
    }
    of_claims(&judged, unjudged)
}

/// The reliability of judged claims.
pub(super) fn of_claims(judged: &[(f64, bool)], unjudged: usize) -> CalibrationScore {
    let bins = reliability(judged);
    let gap = |bin: &Bin| bin.count as f64 * (bin.stated - bin.right).abs();
    let ece = bins.iter().map(gap).sum::<f64>() / judged.len().max(1) as f64;
    CalibrationScore { claims: judged.len(), unjudged, ece, bins }
}

/// Reads a line; `grown` is by how many bytes the edits so far have lengthened the text.
fn claim(line: &str, grown: &mut i64) -> Option<Claim> {
    let value: Value = serde_json::from_str(line).ok()?;
    if value.get("applied") == Some(&Value::Bool(false)) {
        return None;
    }
    let text = value.get("to").or(value.get("text"))?.as_str()?.to_string();
    let number = |name: &str| value.get(name).and_then(Value::as_u64);
    let place = match (number("offset"), number("line")) {
        (Some(offset), _) => {
            let byte = i64::try_from(offset).ok()?.checked_add(*grown)?;
            *grown +=
                text.len() as i64 - value.get("from").and_then(Value::as_str).map_or(0, str::len) as i64;
            Place::Byte(usize::try_from(byte).ok()?)
        }
        (None, Some(line)) => Place::Line(number("page").unwrap_or(1), line),
        (None, None) => Place::Next,
    };
    let probability = value.get("posterior").or(value.get("confidence"))?.as_f64()?;
    (0.0..=1.0).contains(&probability).then_some(Claim { text, probability, place })
}

/// The candidate's syllables, which of them are right, and how far the claims have come.
struct Judge {
    syllables: Vec<String>,
    /// The byte of the candidate at which each syllable ends.
    ends: Vec<usize>,
    right: Vec<bool>,
    /// The syllables of each page and line not yet claimed.
    lines: HashMap<(u64, u64), Range<usize>>,
    next: usize,
}

impl Judge {
    fn new(candidate: &str, gold: &str, n: Normalizer) -> Self {
        let spans = syllable_spans(candidate);
        let own: Vec<String> =
            spans.iter().filter_map(|span| Some(n.text(candidate.get(span.clone())?))).collect();
        let ends: Vec<usize> = spans.iter().map(|span| span.end).collect();
        let gold = n.text(gold);
        let (gold, texts) = (syllables(&gold), own.iter().map(String::as_str).collect::<Vec<_>>());
        let mut right = vec![false; own.len()];
        for (syllable, at) in gold.iter().zip(align(&gold, &texts)) {
            if let Some(at) = at.filter(|&at| texts[at] == *syllable) {
                right[at] = true;
            }
        }
        Self { lines: lines_of(candidate, &ends), syllables: own, ends, right, next: 0 }
    }

    /// Whether the claimed text is right; `None` where it is not in the candidate, or holds no syllable.
    fn right(&mut self, claim: &Claim, n: Normalizer) -> Option<bool> {
        let text = n.text(&claim.text);
        let wanted = syllables(&text);
        let claimed = match claim.place {
            Place::Byte(byte) => self.ending_in(byte..byte + claim.text.len()),
            Place::Line(page, line) => {
                let rest = self.lines.get_mut(&(page, line))?;
                let claimed = find(&self.syllables, rest.clone(), &wanted)?;
                rest.start = claimed.end;
                claimed
            }
            Place::Next => {
                let claimed = find(&self.syllables, self.next..self.syllables.len(), &wanted)?;
                self.next = claimed.end;
                claimed
            }
        };
        let verdicts = self.right.get(claimed).filter(|verdicts| !verdicts.is_empty())?;
        Some(verdicts.iter().all(|&right| right))
    }

    fn ending_in(&self, bytes: Range<usize>) -> Range<usize> {
        let first_after = |byte: usize| self.ends.partition_point(|&end| end <= byte);
        first_after(bytes.start)..first_after(bytes.end)
    }
}

fn find(syllables: &[String], within: Range<usize>, wanted: &[&str]) -> Option<Range<usize>> {
    let places = syllables.get(within.clone())?;
    let at = places.windows(wanted.len().max(1)).position(|window| window == wanted)? + within.start;
    Some(at..at + wanted.len())
}

/// The syllables of each line, by page and line from 1.
fn lines_of(text: &str, ends: &[usize]) -> HashMap<(u64, u64), Range<usize>> {
    let mut lines = HashMap::new();
    let (mut byte, mut first) = (0, 0);
    for (page, text) in (1u64..).zip(text.split_inclusive('\u{c}')) {
        for (number, line) in (1u64..).zip(text.split_inclusive('\n')) {
            byte += line.len();
            let after = ends.partition_point(|&end| end <= byte);
            lines.insert((page, number), first..after);
            first = after;
        }
    }
    lines
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
    fn the_log_of_a_text_counts_bytes_before_the_edits() {
        let log = [
            r#"{"offset":0,"from":"Ke","to":"Kế","posterior":0.9,"applied":true}"#,
            r#"{"offset":3,"from":"so","to":"sổ","posterior":0.9,"applied":false}"#,
            r#"{"offset":10,"from":"hoa","to":"hóa","posterior":0.9,"applied":true}"#,
        ];
        let score = score(&log.join("\n"), "Kế so và hóa", "Kế số và hoá");
        assert_eq!((score.claims, score.unjudged), (2, 1));
        assert_eq!(score.bins[9].right, 0.5);
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
