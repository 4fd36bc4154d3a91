//! Scores a record against the right one: precision, recall and F1 of each block.
//!
//! Items are paired one to one: equal items first, the rest by the assignment of the highest total similarity, where a
//! pair below one half counts as no pair. *exact* counts pairs equal in all fields, *folded* the same without
//! diacritics, *soft* adds up similarities. The figure to quote is the mean exact F1 over the nine blocks.

use std::collections::{HashMap, VecDeque};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::alternatives::Alternatives;
use super::assignment::assign;
use super::distance::similarity;
use super::normalize::{Normalizer, fold};
use super::record_items::{BLOCKS, DIAGNOSTICS, Item};

/// Precision, recall and F1, each 0–1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Prf(pub f64, pub f64, pub f64);

impl Prf {
    /// From right items, candidate items and gold items; nothing against nothing is perfect.
    pub fn of(right: f64, candidate: usize, gold: usize) -> Self {
        let share = |of: usize, other: usize| match (of, other) {
            (0, 0) => 1.0,
            (0, _) => 0.0,
            _ => right / of as f64,
        };
        let (p, r) = (share(candidate, gold), share(gold, candidate));
        Self(p, r, if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 })
    }
}

/// The three ways of counting a pair as right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measures {
    /// All key fields equal.
    pub exact: Prf,
    /// All key fields equal without diacritics.
    pub folded: Prf,
    /// Similarities added up.
    pub soft: Prf,
}

/// The score of one block.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BlockScore {
    /// Gold items.
    pub gold: usize,
    /// Candidate items.
    pub cand: usize,
    /// Pairs equal in all fields.
    pub tp_exact: usize,
    /// Pairs equal without diacritics.
    pub tp_folded: usize,
    /// Sum of the pair similarities.
    pub tp_soft: f64,
    /// The figures.
    #[serde(flatten)]
    pub measures: Measures,
    /// Pairs that are not equal.
    pub differences: Vec<Difference>,
    /// Gold items without a partner.
    pub missing: Vec<Value>,
    /// Candidate items without a partner.
    pub extra: Vec<Value>,
}

/// A pair that is not equal.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// What is right.
    pub gold: Value,
    /// What was found.
    pub cand: Value,
    /// 0–1, to four decimals.
    pub similarity: f64,
}

/// The totals over the nine blocks.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Total {
    /// Mean over the blocks.
    #[serde(rename = "macro")]
    pub mean: Measures,
    /// All items pooled.
    #[serde(rename = "micro")]
    pub pooled: Measures,
    /// Gold items.
    pub gold: usize,
    /// Candidate items.
    pub cand: usize,
}

/// The score of a record.
#[derive(Clone, Debug, Serialize)]
pub struct RecordScore {
    /// The nine blocks, in order.
    #[serde(serialize_with = "as_map")]
    pub blocks: Vec<(&'static str, BlockScore)>,
    /// Further blocks, not counted in the total.
    #[serde(serialize_with = "as_map")]
    pub diagnostics: Vec<(&'static str, BlockScore)>,
    /// The totals.
    pub total: Total,
}

fn as_map<S: serde::Serializer>(blocks: &[(&'static str, BlockScore)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(blocks.iter().map(|(name, block)| (name, block)))
}

/// Scores a candidate record against the gold one; parts of the wrong type count as absent.
pub fn score_record(gold: &Value, candidate: &Value, alternatives: &Alternatives) -> RecordScore {
    let n = Normalizer { alternatives };
    let score = |(name, read): &(&'static str, super::record_items::Reader)| {
        let (block, pairs) = score_block(read(gold, n), read(candidate, n));
        (*name, block, pairs)
    };
    let scored: Vec<_> = BLOCKS.iter().map(score).collect();
    let order = scored
        .iter()
        .find(|(name, ..)| *name == "sections")
        .map(|(_, block, pairs)| section_order(block, pairs));
    let mut diagnostics: Vec<_> =
        DIAGNOSTICS.iter().map(score).map(|(name, block, _)| (name, block)).collect();
    diagnostics.extend(order.map(|order| ("section_order", order)));
    let blocks: Vec<_> = scored.into_iter().map(|(name, block, _)| (name, block)).collect();
    let total = total_of(&blocks);
    RecordScore { blocks, diagnostics, total }
}

/// A gold item and a candidate item that stand for the same thing.
#[derive(Clone, Copy, Debug)]
struct Match {
    gold: usize,
    cand: usize,
    similarity: f64,
    equal: bool,
}

fn score_block(gold: Vec<Item>, cand: Vec<Item>) -> (BlockScore, Vec<Match>) {
    let gold = without_optional(gold, &cand);
    let pairs = pair_items(&gold, &cand);
    let equal = |pairs: &[Match]| pairs.iter().filter(|pair| pair.equal).count();
    let (exact, folded) = (equal(&pairs), equal(&pair_items(&folded(&gold), &folded(&cand))));
    let soft = pairs.iter().map(|pair| pair.similarity).sum();
    let figure = |right| Prf::of(right, cand.len(), gold.len());
    let block = BlockScore {
        gold: gold.len(),
        cand: cand.len(),
        tp_exact: exact,
        tp_folded: folded,
        tp_soft: soft,
        measures: Measures { exact: figure(exact as f64), folded: figure(folded as f64), soft: figure(soft) },
        differences: differences(&gold, &cand, &pairs),
        missing: unpaired(&gold, pairs.iter().map(|pair| pair.gold)),
        extra: unpaired(&cand, pairs.iter().map(|pair| pair.cand)),
    };
    (block, pairs)
}

/// Field-wise items: an inferred gold value the candidate leaves out is taken out.
fn without_optional(mut gold: Vec<Item>, cand: &[Item]) -> Vec<Item> {
    gold.retain(|item| !item.optional || cand.iter().any(|other| other.get("name") == item.get("name")));
    gold
}

fn folded(items: &[Item]) -> Vec<Item> {
    let fold_item = |item: &Item| Item {
        fields: item.fields.iter().map(|(name, value)| (*name, fold(value))).collect(),
        ..item.clone()
    };
    items.iter().map(fold_item).collect()
}

fn differences(gold: &[Item], cand: &[Item], pairs: &[Match]) -> Vec<Difference> {
    let difference = |pair: &Match| Difference {
        gold: as_object(&gold[pair.gold]),
        cand: as_object(&cand[pair.cand]),
        similarity: format!("{:.4}", pair.similarity).parse().unwrap_or(pair.similarity),
    };
    pairs.iter().filter(|pair| !pair.equal).map(difference).collect()
}

fn unpaired(items: &[Item], paired: impl Iterator<Item = usize>) -> Vec<Value> {
    let mut alone = vec![true; items.len()];
    paired.for_each(|at| alone[at] = false);
    items.iter().zip(alone).filter(|(_, alone)| *alone).map(|(item, _)| as_object(item)).collect()
}

fn as_object(item: &Item) -> Value {
    Value::Object(
        item.fields.iter().map(|(name, value)| (name.to_string(), json!(value))).collect::<Map<_, _>>(),
    )
}

/// Pairs the items of two blocks one to one; the answer is in order of the gold items.
fn pair_items(gold: &[Item], cand: &[Item]) -> Vec<Match> {
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
            let gain = if likeness[r][c] >= 0.5 { likeness[r][c] } else { 0.0 };
            1.0 - gain + 1e-6 * self.apart(rows[r], columns[c])
        };
        let costs: Vec<Vec<f64>> = (0..short).map(|x| (0..long).map(|y| cost(x, y)).collect()).collect();
        for (x, y) in assign(&costs).into_iter().enumerate() {
            let (r, c) = cell(x, y);
            if likeness[r][c] >= 0.5 {
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
        if !left_out && !(value.is_empty() && other.is_empty()) {
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

/// How many neighbouring pairs of sections keep their order.
fn section_order(sections: &BlockScore, pairs: &[Match]) -> BlockScore {
    let kept = pairs.windows(2).filter(|two| two[0].cand < two[1].cand).count();
    let (gold, cand) = (sections.gold.saturating_sub(1), sections.cand.saturating_sub(1));
    let figure = Prf::of(kept as f64, cand, gold);
    let measures = Measures { exact: figure, folded: figure, soft: figure };
    BlockScore {
        gold,
        cand,
        tp_exact: kept,
        tp_folded: kept,
        tp_soft: kept as f64,
        measures,
        ..BlockScore::default()
    }
}

/// Blocks that are empty on both sides are left out.
fn total_of(blocks: &[(&'static str, BlockScore)]) -> Total {
    let live: Vec<&BlockScore> = blocks.iter().map(|(_, b)| b).filter(|b| b.gold + b.cand > 0).collect();
    let gold = live.iter().map(|block| block.gold).sum();
    let cand = live.iter().map(|block| block.cand).sum();
    let pooled =
        |right: fn(&BlockScore) -> f64| Prf::of(live.iter().map(|block| right(block)).sum(), cand, gold);
    let mean = |figure: fn(&BlockScore) -> Prf| {
        let part = |of: fn(Prf) -> f64| match live.len() {
            0 => 0.0,
            count => live.iter().map(|block| of(figure(block))).sum::<f64>() / count as f64,
        };
        Prf(part(|f| f.0), part(|f| f.1), part(|f| f.2))
    };
    Total {
        mean: Measures {
            exact: mean(|b| b.measures.exact),
            folded: mean(|b| b.measures.folded),
            soft: mean(|b| b.measures.soft),
        },
        pooled: Measures {
            exact: pooled(|b| b.tp_exact as f64),
            folded: pooled(|b| b.tp_folded as f64),
            soft: pooled(|b| b.tp_soft),
        },
        gold,
        cand,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Value {
        json!({"subject": "Kế hoạch số hóa", "tasks": [
            {"unit": "Sở Nội vụ", "text": "Chuẩn bị tài liệu"}, {"unit": "Văn phòng", "text": "Gửi giấy mời"}]})
    }

    fn exact_f1(candidate: &Value) -> f64 {
        score_record(&record(), candidate, &Alternatives::default()).total.mean.exact.2
    }

    #[test]
    fn a_record_against_itself_is_perfect() {
        assert_eq!(exact_f1(&record()), 1.0);
    }

    #[test]
    fn an_empty_or_absurd_candidate_scores_nothing() {
        for candidate in [json!(null), json!([]), json!("x"), json!({"tasks": "many", "subject": {"a": 1}})] {
            assert_eq!(exact_f1(&candidate), 0.0, "{candidate}");
        }
    }

    #[test]
    fn a_wrong_mark_costs_the_exact_score_and_not_the_folded_one() {
        let mut candidate = record();
        candidate["subject"] = json!("Kê hoạch số hóa");
        let total = score_record(&record(), &candidate, &Alternatives::default()).total;
        assert_eq!((total.mean.exact.2, total.mean.folded.2), (0.5, 1.0));
    }
}
