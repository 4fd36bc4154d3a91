//! Which lines of an interleaved table make a row.
//!
//! A row's number stands on one of its lines, often the middle one. Between two numbers the lines are parted where it
//! reads best: a row begins with a capital, after a blank line, and has one text in each column.

use super::columns::Strip;

/// For each row the strips that make it, in order; none if no strip carries a number.
pub fn rows(strips: &[Strip]) -> Vec<Vec<usize>> {
    let openings: Vec<usize> =
        strips.iter().enumerate().filter(|(_, strip)| strip.opens).map(|(at, _)| at).collect();
    let mut bounds = vec![0];
    for pair in openings.windows(2) {
        if let [first, second] = pair {
            bounds.push(parting(strips, *first, *second));
        }
    }
    if openings.is_empty() {
        return Vec::new();
    }
    bounds.push(strips.len());
    bounds
        .windows(2)
        .map(|pair| (pair.first().copied().unwrap_or(0)..pair.get(1).copied().unwrap_or(0)).collect())
        .collect()
}

/// The first strip of the second row: somewhere behind the first number and not behind the second. Ties go to the later.
fn parting(strips: &[Strip], first: usize, second: usize) -> usize {
    let mut best = (second, f64::NEG_INFINITY);
    for at in first + 1..=second {
        let score = score(strips, first, at, second);
        if score >= best.1 {
            best = (at, score);
        }
    }
    best.0
}

fn score(strips: &[Strip], first: usize, at: usize, second: usize) -> f64 {
    let Some(head) = strips.get(at) else { return f64::NEG_INFINITY };
    let mut score = if head.after_blank { 1.0 } else { 0.0 };
    score += match (head.has_content(), head.continues()) {
        (true, true) => -3.0,
        (true, false) => 1.0,
        (false, _) => -1.0,
    };
    // Lines of the second column alone belong to the row that has nothing there yet.
    let settled = |from: usize, to: usize| {
        (from..to).filter_map(|i| strips.get(i)).any(|s| s.has_content() && s.has_second())
    };
    let alone = |from: usize, to: usize| {
        (from..to).filter_map(|i| strips.get(i)).any(|s| !s.has_content() && s.has_second())
    };
    if alone(first + 1, at) && settled(first, at) || alone(at, second) && settled(at, second + 1) {
        score -= 2.0;
    }
    score
}
