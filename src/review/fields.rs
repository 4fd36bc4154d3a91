//! The values of a record that a person can check: in the order of the paper, each with its place and its doubt.
//!
//! Reads a record as JSON and the corrections beside it. A value is listed where the record proves it, by an evidence of
//! its own or of the object it is the wording of (`/date` proves `/date/raw` and `/date/iso`). Values that are mere
//! readings of others (ids, section paths, counts) are not listed.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::write::corrections::{self, Change, Correction};

/// Below this confidence a person should look at a value. Ink on a form is capped at 0.75 by extraction and falls below.
pub const DOUBT_BELOW: f64 = 0.9;

/// Members that are the wording of the object they stand in; of several the first that is there.
const WORDING: [&str; 3] = ["text", "raw", "name"];
/// Members worked out from the wording, that a person must be able to put right as well.
const DERIVED: [&str; 6] = ["sequence", "notation", "iso", "start_iso", "value", "unit"];

/// A value, its place and its standing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// JSON Pointer (RFC 6901).
    pub pointer: String,
    /// As it stands now: text, number, null or a list of texts.
    pub value: Value,
    /// 1-based page.
    pub page: Option<u64>,
    /// `[x0, y0, x1, y1]` in pixels of the source page.
    pub bbox: Option<Value>,
    /// As the engine read it.
    pub raw: Option<String>,
    /// 0–1: how likely the program's value is right.
    pub confidence: Option<f64>,
    /// `found`, `inferred` or `absent`.
    pub status: String,
    /// What a reader should know.
    pub note: Option<String>,
    /// A person should look at it.
    pub doubtful: bool,
    /// What a person made of it.
    pub mark: Option<Mark>,
}

/// What a person made of a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// How it stands.
    pub standing: Standing,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
}

/// How a correction stands to the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Found right.
    Confirmed,
    /// Put right.
    Corrected,
    /// Made of an earlier reading; the paper was read anew and says something else now.
    Outdated,
}

impl Field {
    /// Whether a person still has to look at it.
    pub fn open(&self) -> bool {
        match &self.mark {
            None => self.doubtful,
            Some(mark) => mark.standing == Standing::Outdated,
        }
    }

    /// How likely it is wrong, as far as the program knows; a blank on a form counts as an even chance.
    pub fn risk(&self) -> f64 {
        1.0 - self.confidence.unwrap_or(0.5)
    }
}

/// The fields of a record as filed, with the corrections in them.
pub fn fields(filed: &Value, corrections: &[Correction]) -> Vec<Field> {
    let mut record = filed.clone();
    corrections::apply(&mut record, corrections);
    let empty = Map::new();
    let mut list = List {
        filed,
        evidence: filed.get("evidence").and_then(Value::as_object).unwrap_or(&empty),
        corrections,
        fields: Vec::new(),
    };
    for (key, value) in record.as_object().unwrap_or(&empty) {
        if !matches!(key.as_str(), "evidence" | "quality" | "warnings" | "source") {
            list.walk(value, &format!("/{key}"), None);
        }
    }
    list.fields
}

/// The proof of a value, and the pointer of the wording it was worked out from, if it is not the wording itself.
struct Above<'a> {
    proof: &'a Value,
    from: Option<String>,
}

struct List<'a> {
    filed: &'a Value,
    evidence: &'a Map<String, Value>,
    corrections: &'a [Correction],
    fields: Vec<Field>,
}

impl<'a> List<'a> {
    /// `above` is the evidence of the object whose wording the value is, or of whose wording it was worked out.
    fn walk(&mut self, value: &Value, pointer: &str, above: Option<Above<'a>>) {
        let evidence = self.evidence.get(pointer);
        let own = evidence.map(|proof| Above { proof, from: None }).or(above);
        match value {
            Value::Object(members) => {
                let wording = WORDING.iter().find(|key| members.get(**key).is_some_and(|v| !v.is_array()));
                // Codes are of a closed list, which free text would break.
                for (key, member) in members.iter().filter(|(key, _)| *key != "code") {
                    let (worded, derived) =
                        (wording.is_some_and(|w| w == key), DERIVED.contains(&key.as_str()));
                    let proof = evidence.filter(|_| worded || derived);
                    let from = wording.filter(|_| !worded).map(|wording| format!("{pointer}/{wording}"));
                    self.walk(member, &format!("{pointer}/{key}"), proof.map(|proof| Above { proof, from }));
                }
            }
            Value::Array(items) if !items.iter().all(Value::is_string) || own.is_none() => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, &format!("{pointer}/{index}"), None);
                }
            }
            _ => self.fields.extend(own.map(|own| self.field(value, pointer, own))),
        }
    }

    fn field(&self, value: &Value, pointer: &str, Above { proof, from }: Above<'_>) -> Field {
        let text = |key: &str| proof.get(key).and_then(Value::as_str).map(str::to_owned);
        let confidence = proof.get("confidence").and_then(Value::as_f64);
        let bbox = proof.get("bbox").cloned();
        let status = text("status").unwrap_or_default();
        // Where a form was left blank there is a place without a value: perhaps written in ink, and not read.
        let blank = status == "absent" && bbox.is_some();
        let unsure = blank || confidence.is_some_and(|share| share < DOUBT_BELOW);
        Field {
            pointer: pointer.to_owned(),
            value: value.clone(),
            page: proof.get("page").and_then(Value::as_u64),
            bbox,
            raw: text("raw"),
            confidence,
            note: text("note"),
            // What was worked out from a wording is as right as the wording, until that is put right.
            doubtful: from.map_or(unsure, |wording| self.put_right(&wording)),
            mark: self.mark(pointer, value),
            status,
        }
    }

    fn put_right(&self, wording: &str) -> bool {
        let last = self.corrections.iter().rev().find_map(|correction| match &correction.change {
            Change::Field { pointer, is, .. } if pointer == wording => Some(is),
            _ => None,
        });
        last.is_some_and(|is| self.filed.pointer(wording) != Some(is))
    }

    fn mark(&self, pointer: &str, value: &Value) -> Option<Mark> {
        let of_it = |correction: &&Correction| matches!(&correction.change, Change::Field { pointer: p, .. } if p == pointer);
        let last = self.corrections.iter().rfind(of_it)?;
        let Change::Field { is, .. } = &last.change else { return None };
        let standing = match self.filed.pointer(pointer) {
            _ if value != is => Standing::Outdated,
            Some(filed) if filed == value => Standing::Confirmed,
            _ => Standing::Corrected,
        };
        Some(Mark { standing, by: last.by.clone(), at: last.at.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record() -> Value {
        json!({
            "date": {"raw": "ngày 26 tháng 9", "iso": null, "year": null},
            "subject": "Về việc",
            "sections": [{"marker": "I.", "title": "MỤC ĐÍCH", "text": ["một", "hai"]}],
            "agenda_tables": [{"rows": [{"content": "Khai mạc", "responsible": ["Sở Nội vụ", "UBND"]}]}],
            "evidence": {
                "/date": {"page": 1, "bbox": [1, 2, 3, 4], "confidence": 0.75, "status": "found"},
                "/subject": {"page": 1, "confidence": 1.0, "status": "found", "raw": "Ve viec"},
                "/sections/0": {"page": 1, "confidence": 0.5, "status": "found"},
                "/sections/0/text/1": {"page": 2, "confidence": 0.95, "status": "found"},
                "/agenda_tables/0/rows/0/responsible": {"page": 2, "confidence": 0.95, "status": "found"}
            }
        })
    }

    fn correction(pointer: &str, was: Value, is: Value) -> Correction {
        let change = Change::Field { pointer: pointer.into(), was, is, read: None };
        Correction { at: "2026-01-01T00:00:00Z".into(), by: "Lan".into(), change }
    }

    #[test]
    fn what_is_proved_is_listed_in_the_order_of_the_paper() {
        let fields = fields(&record(), &[]);
        let pointers: Vec<&str> = fields.iter().map(|field| field.pointer.as_str()).collect();
        let expected = [
            "/date/raw",
            "/date/iso",
            "/subject",
            "/sections/0/text/1",
            "/agenda_tables/0/rows/0/responsible",
        ];
        assert_eq!(pointers, expected);
        let doubtful: Vec<bool> = fields.iter().map(Field::open).collect();
        assert_eq!(
            doubtful,
            [true, false, false, false, false],
            "a date's parts are as right as its wording"
        );
    }

    #[test]
    fn a_value_shows_who_made_what_of_it() {
        let corrections = [
            correction("/date/raw", json!("ngày 26 tháng 9"), json!("ngày 26 tháng 9 năm 2025")),
            correction("/date/iso", json!(null), json!(null)),
            correction("/subject", json!("V/v"), json!("Về việc họp")),
        ];
        let fields = fields(&record(), &corrections);
        let standing: Vec<_> =
            fields[..3].iter().map(|field| field.mark.as_ref().unwrap().standing).collect();
        assert_eq!(standing, [Standing::Corrected, Standing::Confirmed, Standing::Outdated]);
        assert_eq!(fields[0].value, json!("ngày 26 tháng 9 năm 2025"));
        assert!(
            fields[2].open() && fields[2].value == "Về việc",
            "a correction of another reading has no effect"
        );
    }
}
