//! Which found item stands for which right one.
//!
//! Items are paired one to one: equal items first, in order; the rest by the assignment of the highest total similarity,
//! where a pair below one half counts as no pair. The similarity of two items is the weighted mean over their fields.

use std::collections::{HashMap, VecDeque};

use super::assignment::assign;
use super::distance::similarity;
use super::record_items::Item;

/// Below this, two items have nothing to do with each other.
const LEAST_SIMILARITY: f64 = 0.5;
/// So small that it decides only between equals: which of them stand nearest to each other.
const ORDER_MATTERS_LEAST: f64 = 1e-6;

/// A gold item and a candidate item that stand for the same thing.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// Index of the gold item.
    pub gold: usize,
    /// Index of the candidate item.
    pub cand: usize,
    /// 0.5–1.
    pub similarity: f64,
    /// All key fields are equal, but for optional ones left out.
    pub equal: bool,
}

/// Pairs the items of two blocks one to one; the answer is in order of the gold items.
pub fn pair_items(gold: &[Item], cand: &[Item]) -> Vec<Match> {
    let mut pairing = Pairing { gold, cand, pairs: Vec::new(), taken: vec![false; cand.len()] };
    let rest = pairing.take_equal((0..gold.len()).collect());
    let rest = pairing.take_equal_but_for_optional(rest);
    pairing.take_similar(&rest);
    pairing.pairs.sort_by_key(|pair| (pair.gold, pair.cand));
    pairing.pairs
}

struct Pairing<'a> {
    gold: &'a [Item],
    cand: &'a [Item],
    pairs: Vec<Match>,
    taken: Vec<bool>,
}

impl Pairing<'_> {
    fn take(&mut self, gold: usize, cand: usize) {
        self.taken[cand] = true;
        self.pairs.push(Match { gold, cand, similarity: 1.0, equal: true });
    }

    fn take_equal(&mut self, items: Vec<usize>) -> Vec<usize> {
        let mut places: HashMap<&[(&str, String)], VecDeque<usize>> = HashMap::new();
        for (at, item) in self.cand.iter().enumerate() {
            places.entry(&item.fields).or_default().push_back(at);
        }
        let mut rest = Vec::new();
        for at in items {
            match places.get_mut(self.gold[at].fields.as_slice()).and_then(VecDeque::pop_front) {
                Some(partner) => self.take(at, partner),
                None => rest.push(at),
            }
        }
        rest
    }

    fn take_equal_but_for_optional(&mut self, items: Vec<usize>) -> Vec<usize> {
        let mut rest = Vec::new();
        for at in items {
            let item = &self.gold[at];
            let fits = |&other: &usize| !self.taken[other] && equal_but_for_optional(item, &self.cand[other]);
            let searched = !item.optional_fields.is_empty();
            match (0..self.cand.len()).filter(|_| searched).find(fits) {
                Some(partner) => self.take(at, partner),
                None => rest.push(at),
            }
        }
        rest
    }

    /// The assignment of the highest total similarity; of equals, the one nearest to the order on the page.
    fn take_similar(&mut self, rows: &[usize]) {
        let columns: Vec<usize> = (0..self.cand.len()).filter(|&at| !self.taken[at]).collect();
        if rows.is_empty() || columns.is_empty() {
            return;
        }
        let score = |&g: &usize, &c: &usize| item_similarity(&self.gold[g], &self.cand[c]);
        let likeness: Vec<Vec<f64>> =
            rows.iter().map(|g| columns.iter().map(|c| score(g, c)).collect()).collect();
        let flip = rows.len() > columns.len();
        let (short, long) = if flip { (columns.len(), rows.len()) } else { (rows.len(), columns.len()) };
        let cell = |x: usize, y: usize| if flip { (y, x) } else { (x, y) };
        let cost = |x: usize, y: usize| {
            let (r, c) = cell(x, y);
            let gain = if likeness[r][c] >= LEAST_SIMILARITY { likeness[r][c] } else { 0.0 };
            1.0 - gain + ORDER_MATTERS_LEAST * self.apart(rows[r], columns[c])
        };
        let costs: Vec<Vec<f64>> = (0..short).map(|x| (0..long).map(|y| cost(x, y)).collect()).collect();
        for (x, y) in assign(&costs).into_iter().enumerate() {
            let (r, c) = cell(x, y);
            if likeness[r][c] >= LEAST_SIMILARITY {
                let similarity = likeness[r][c];
                self.pairs.push(Match { gold: rows[r], cand: columns[c], similarity, equal: false });
            }
        }
    }

    fn apart(&self, gold: usize, cand: usize) -> f64 {
        (gold as f64 / self.gold.len().max(1) as f64 - cand as f64 / self.cand.len().max(1) as f64).abs()
    }
}

fn equal_but_for_optional(gold: &Item, cand: &Item) -> bool {
    gold.fields.iter().all(|(name, value)| {
        let other = cand.get(name);
        value == other || other.is_empty() && gold.optional_fields.contains(name)
    })
}

/// Weighted mean similarity of the fields; 0 for items of different kinds.
fn item_similarity(gold: &Item, cand: &Item) -> f64 {
    let (mut weights, mut sum) = (0.0, 0.0);
    for (name, value) in &gold.fields {
        let other = cand.get(name);
        if matches!(*name, "name" | "kind") {
            if value != other {
                return 0.0;
            }
            continue;
        }
        let left_out = other.is_empty() && gold.optional_fields.contains(name);
        let both_empty = value.is_empty() && other.is_empty();
        if !(left_out || both_empty) {
            weights += weight(name);
            sum += weight(name) * similarity(value, other);
        }
    }
    if weights > 0.0 { sum / weights } else { 1.0 }
}

/// How much a field says about which thing an item is.
fn weight(field: &str) -> f64 {
    match field {
        "content" | "text" => 4.0,
        "raw" | "number" | "organisation" => 3.0,
        "responsible" | "unit" | "date" | "title" => 2.0,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(unit: &str, text: &str) -> Item {
        Item { fields: vec![("unit", unit.into()), ("text", text.into())], ..Item::default() }
    }

    #[test]
    fn a_damaged_item_finds_its_own_and_a_stranger_finds_none() {
        let gold = [task("Sở Nội vụ", "Chuẩn bị tài liệu"), task("Văn phòng", "Gửi giấy mời")];
        let cand = [task("Văn phòng", "Gửi giây mời"), task("", "Kinh phí thực hiện từ ngân sách")];
        let pairs = pair_items(&gold, &cand);
        assert_eq!(pairs.len(), 1);
        assert_eq!((pairs[0].gold, pairs[0].cand, pairs[0].equal), (1, 0, false));
    }

    #[test]
    fn a_field_that_was_inferred_may_be_left_out() {
        let gold = Item { optional_fields: vec!["unit"], ..task("Sở Nội vụ", "Gửi giấy mời") };
        assert!(pair_items(&[gold], &[task("", "Gửi giấy mời")])[0].equal);
    }
}
