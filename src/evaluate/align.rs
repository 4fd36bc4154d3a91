//! Lays a text beside the right one, syllable by syllable.
//!
//! The cheapest alignment under a small table of costs: syllables that differ in marks or case alone go together
//! before strangers do, and two strangers go together before one is dropped and the other put in. Hirschberg's method
//! (1975) splits the longer text in half where the two half-tables meet cheapest, so memory stays linear; ties fall to
//! the diagonal, then to the gap in the candidate, so that equal surroundings are always aligned alike.

use super::normalize::fold;

const MARKS_DIFFER: u32 = 2;
const STRANGERS: u32 = 3;
const GAP: u32 = 2;
/// Tables of up to this many cells are walked back directly.
const SMALL: usize = 1 << 16;

/// A syllable with what it is compared by.
struct Token<'a> {
    text: &'a str,
    bare: String,
}

/// For each gold syllable the index of the candidate's syllable beside it; `None` where it was dropped.
pub fn align(gold: &[&str], candidate: &[&str]) -> Vec<Option<usize>> {
    let (gold, candidate) = (tokens(gold), tokens(candidate));
    let mut beside = vec![None; gold.len()];
    halve(&gold, &candidate, 0, &mut beside);
    beside
}

fn tokens<'a>(texts: &[&'a str]) -> Vec<Token<'a>> {
    texts.iter().map(|text| Token { text, bare: fold(text).to_lowercase() }).collect()
}

fn cost(gold: &Token, candidate: &Token) -> u32 {
    match () {
        () if gold.text == candidate.text => 0,
        () if gold.bare == candidate.bare => MARKS_DIFFER,
        () => STRANGERS,
    }
}

/// Fills `beside` for the gold syllables; `offset` is the place of the first candidate syllable.
fn halve(gold: &[Token], candidate: &[Token], offset: usize, beside: &mut [Option<usize>]) {
    let shared = gold.iter().zip(candidate).take_while(|(g, c)| g.text == c.text).count();
    (0..shared).for_each(|at| beside[at] = Some(offset + at));
    let (gold, candidate, beside) = (&gold[shared..], &candidate[shared..], &mut beside[shared..]);
    let offset = offset + shared;
    if gold.len() < 2 || (gold.len() + 1) * (candidate.len() + 1) <= SMALL {
        return walk_back(gold, candidate, offset, beside);
    }
    let (upper, lower) = gold.split_at(gold.len() / 2);
    let meeting = meeting_place(upper, lower, candidate);
    let (upper_beside, lower_beside) = beside.split_at_mut(upper.len());
    halve(upper, &candidate[..meeting], offset, upper_beside);
    halve(lower, &candidate[meeting..], offset + meeting, lower_beside);
}

fn meeting_place(upper: &[Token], lower: &[Token], candidate: &[Token]) -> usize {
    let down = last_row(upper.iter(), candidate.iter());
    let up = last_row(lower.iter().rev(), candidate.iter().rev());
    let total = |&at: &usize| down[at] + up[candidate.len() - at];
    (0..=candidate.len()).min_by_key(total).unwrap_or(0)
}

/// The cost of laying all of `gold` beside each beginning of `candidate`.
fn last_row<'t, 'a: 't>(
    gold: impl Iterator<Item = &'t Token<'a>>,
    candidate: impl Iterator<Item = &'t Token<'a>> + Clone,
) -> Vec<u32> {
    let mut row: Vec<u32> = (0..=candidate.clone().count() as u32).map(|gaps| gaps * GAP).collect();
    for token in gold {
        let mut corner = row[0];
        row[0] += GAP;
        for (at, other) in candidate.clone().enumerate() {
            let best = (corner + cost(token, other)).min(row[at] + GAP).min(row[at + 1] + GAP);
            corner = std::mem::replace(&mut row[at + 1], best);
        }
    }
    row
}

fn walk_back(gold: &[Token], candidate: &[Token], offset: usize, beside: &mut [Option<usize>]) {
    let width = candidate.len() + 1;
    let mut table: Vec<u32> = (0..width as u32).map(|gaps| gaps * GAP).collect();
    for (i, token) in gold.iter().enumerate() {
        table.push((i as u32 + 1) * GAP);
        for (j, other) in candidate.iter().enumerate() {
            let (above, left) = (table[i * width + j + 1], table[(i + 1) * width + j]);
            table.push((table[i * width + j] + cost(token, other)).min(above + GAP).min(left + GAP));
        }
    }
    let (mut i, mut j) = (gold.len(), candidate.len());
    while i > 0 && j > 0 {
        let here = table[i * width + j];
        if here == table[(i - 1) * width + j - 1] + cost(&gold[i - 1], &candidate[j - 1]) {
            (i, j) = (i - 1, j - 1);
            beside[i] = Some(offset + j);
        } else if here == table[(i - 1) * width + j] + GAP {
            i -= 1;
        } else {
            j -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_that_differ_in_marks_go_together() {
        let gold = ["kế", "hoạch", "số", "hóa"];
        assert_eq!(align(&gold, &["ke", "hoach", "hoa"]), [Some(0), Some(1), None, Some(2)]);
    }

    #[test]
    fn halving_costs_no_more_than_the_whole_table() {
        let gold: Vec<&str> = "một hai ba bốn năm sáu bảy".split(' ').cycle().take(400).collect();
        let candidate: Vec<&str> =
            gold.iter().enumerate().filter(|(i, _)| i % 9 != 0).map(|(_, s)| *s).collect();
        let beside = align(&gold, &candidate);
        let right =
            beside.iter().zip(&gold).filter(|(at, s)| at.is_some_and(|at| candidate[at] == **s)).count();
        assert_eq!(right, candidate.len());
    }
}
