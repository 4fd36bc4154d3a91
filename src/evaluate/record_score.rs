//! Scores a record against the right one: precision, recall and F1 of each block.
//!
//! Of the pairs of items, *exact* counts pairs equal in all fields, *folded* the same without
//! diacritics, *soft* adds up similarities. The figure to quote is the mean exact F1 over the nine blocks.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::alternatives::Alternatives;
use super::normalize::{Normalizer, fold};
use super::pairing::{Match, pair_items};
use super::record_items::{BLOCKS, DIAGNOSTICS, Item, Reader};

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
    let score = |(name, read): &(&'static str, Reader)| {
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

fn score_block(gold: Vec<Item>, cand: Vec<Item>) -> (BlockScore, Vec<Match>) {
    let gold = without_optional(gold, &cand);
    let pairs = pair_items(&gold, &cand);
    let equal = |pairs: &[Match]| pairs.iter().filter(|pair| pair.equal).count();
    let (exact, folded) = (equal(&pairs), equal(&pair_items(&folded(&gold), &folded(&cand))));
    // A fold, because the sum of nothing would be −0.
    let soft = pairs.iter().fold(0.0, |sum, pair| sum + pair.similarity);
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
