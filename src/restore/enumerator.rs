//! Tells the fifth item of a list from the fourth where both have lost their marks: `a) b) c) d) d) e)`.
//!
//! Reads the items of a document in order, changes the second `d)` of two to `đ)`; in garbled text `4)` after `d)` too. No
//! neighbour in the sentence could tell, only the place in the list. Right text is never touched.

use super::code::line_heads;
use super::level::Level;
use super::outcome::{Change, Outcome};
use super::restored_page::EditSource;

/// How sure the place in the list makes it.
const SURE: f32 = 0.97;

/// Walks through a document's passages in order.
#[derive(Debug, Default)]
pub struct Enumerator {
    last: Option<char>,
}

impl Enumerator {
    /// Mends the items of one passage.
    pub fn mend(&mut self, text: &str, level: Level, outcome: &mut Outcome) {
        for (start, head) in line_heads(text) {
            let mut letters = head.chars();
            let (Some(letter), Some(')'), None) = (letters.next(), letters.next(), letters.next()) else {
                continue;
            };
            let as_read = letter == 'd' && level != Level::Right || letter == '4' && level == Level::Garbled;
            let fifth = as_read && self.last == Some('d');
            self.last = Some(if fifth { 'đ' } else { letter });
            if fifth {
                let range = start..start + 1;
                outcome.changes.retain(|change| change.range != range);
                let change =
                    Change { range, to: "đ".to_owned(), source: EditSource::Marks, posterior: SURE };
                let at = outcome.changes.partition_point(|known| known.range.start < start);
                outcome.changes.insert(at, change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(items: &[&str], level: Level) -> Vec<usize> {
        let mut enumerator = Enumerator::default();
        let has_change = |item: &&str| {
            let mut outcome = Outcome::default();
            enumerator.mend(item, level, &mut outcome);
            !outcome.changes.is_empty()
        };
        let found: Vec<bool> = items.iter().map(has_change).collect();
        (0..items.len()).filter(|&n| found[n]).collect()
    }

    #[test]
    fn the_second_d_of_a_list_is_the_fifth_item() {
        let items = ["a) mot", "b) hai", "c) ba", "d) bon", "d) nam", "e) sau", "a) lai", "d) khac"];
        assert_eq!(changed(&items, Level::Stripped), [4]);
        assert!(changed(&items, Level::Right).is_empty());
        assert_eq!(changed(&["3) ba", "4) bon", "c) ba", "d) bon", "4) nam"], Level::Garbled), [4]);
    }
}
