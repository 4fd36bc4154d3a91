//! Whether the confidence beside the values of a record can be believed.
//!
//! Reads a record with its evidence and the right one. Every value whose evidence states a confidence is a claim; it is
//! right if the right record holds the same value in the same kind of place (of a list, anywhere in that list). Values of
//! a kind that the right record leaves out altogether and the score does not count are not judged. Never fails: a pointer
//! that leads nowhere is no claim.

use std::collections::BTreeMap;

use serde_json::Value;

use super::alternatives::Alternatives;
use super::calibration::{CalibrationScore, of_claims};
use super::normalize::Normalizer;

/// A stated confidence, 0–1, and whether the value is right.
pub type Claim = (f64, bool);

/// Members that speak for an object which has evidence as a whole.
const SPEAKS: [&str; 5] = ["text", "raw", "number", "name", "label"];

/// Parts that the right record always tells: a value it leaves out is wrong.
const ALWAYS: [&str; 8] =
    ["doc_type", "issuer", "number", "place", "date", "subject", "recipients", "signature"];

/// The claims of a record, judged.
#[must_use]
pub fn claims(gold: &Value, candidate: &Value, alternatives: &Alternatives) -> Vec<Claim> {
    let n = Normalizer { alternatives };
    let mut right: BTreeMap<String, Vec<String>> = BTreeMap::new();
    gather(gold, &mut Vec::new(), n, &mut right);
    let evidence = candidate.get("evidence").and_then(Value::as_object);
    let claim = |(pointer, proof): (&String, &Value)| {
        let stated = proof.get("confidence").and_then(Value::as_f64)?;
        let parts: Vec<&str> = pointer.split('/').skip(1).collect();
        let (kind, value) = spoken(candidate.pointer(pointer)?, &kind_of(&parts), n)?;
        let known = right.get(&kind);
        let judged = known.is_some() || ALWAYS.contains(parts.first()?);
        judged.then(|| (stated, known.is_some_and(|known| known.contains(&value))))
    };
    evidence.into_iter().flatten().filter_map(claim).collect()
}

/// The reliability table of claims, of one record or of many.
#[must_use]
pub fn score_claims(claims: &[Claim]) -> CalibrationScore {
    of_claims(claims, 0)
}

/// The kind of place a pointer leads to: its names, without the numbers and the depth of sections.
fn kind_of(parts: &[&str]) -> String {
    let names = parts.iter().filter(|part| part.parse::<usize>().is_err() && **part != "children");
    names.copied().collect::<Vec<_>>().join("/")
}

/// The text a value says, and the kind of place it stands in; `None` for what says nothing by itself.
fn spoken(value: &Value, kind: &str, n: Normalizer) -> Option<(String, String)> {
    let (kind, text) = match value {
        Value::Object(members) => {
            let name = SPEAKS.into_iter().find(|name| members.get(*name).is_some_and(|m| !m.is_null()))?;
            (format!("{kind}/{name}"), n.key(members.get(name)?))
        }
        Value::Array(list) => {
            let parts: Vec<String> = list.iter().map(|part| n.key(part)).collect();
            (kind.to_owned(), parts.join("; "))
        }
        other => (kind.to_owned(), n.key(other)),
    };
    (!text.is_empty()).then_some((kind, text))
}

/// Every value of the right record, by its kind.
fn gather(value: &Value, path: &mut Vec<String>, n: Normalizer, found: &mut BTreeMap<String, Vec<String>>) {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    if let Some((kind, text)) = spoken(value, &kind_of(&parts), n) {
        found.entry(kind).or_default().push(text);
    }
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), member)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(at, member)| (at.to_string(), member)).collect(),
        _ => return,
    };
    for (name, member) in members.into_iter().filter(|(name, _)| name != "evidence") {
        path.push(name);
        gather(member, path, n, found);
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_right_wherever_the_right_list_holds_it() {
        let gold = json!({"tasks": [{"text": "Quét ảnh"}, {"text": "Báo cáo"}], "subject": "Số hóa"});
        let found = json!({
            "tasks": [{"text": "Báo cáo."}, {"text": "Quết ảnh"}], "subject": "Số hóa", "urgency": "KHẨN",
            "evidence": {
                "/tasks/0": {"confidence": 0.9}, "/tasks/1": {"confidence": 0.4}, "/subject": {"confidence": 1.0},
                "/urgency": {"confidence": 0.9}, "/place": {"confidence": 0.9}, "/date": {"status": "absent"}
            }
        });
        let mut claims = claims(&gold, &found, &Alternatives::default());
        claims.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert_eq!(claims, [(0.4, false), (0.9, true), (1.0, true)]);
    }

    #[test]
    fn a_value_that_the_paper_does_not_have_is_wrong() {
        let found = json!({"number": {"raw": "12/KH"}, "evidence": {"/number": {"confidence": 0.7}}});
        assert_eq!(claims(&json!({}), &found, &Alternatives::default()), [(0.7, false)]);
    }
}
