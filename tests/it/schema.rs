//! Every record in the fixtures is a record by the project's own schema.
//!
//! The schema uses a small part of JSON Schema, and so does the validator here; a keyword it does not know fails the
//! test, so nothing passes unseen.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::{Map, Value};

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap())
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// All JSON files below a folder that claim to be records, in order of path.
fn records(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let json =
        files.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|e| e == "json"));
    json.filter(|path| read(path).get("schema_version").is_some()).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn schema() -> Value {
    read(&root().join("src/extract/vn_admin_doc.schema.json"))
}

/// What is wrong with a record, a line for each fault: where, and what was wanted there.
pub fn faults(record: &Value) -> Vec<String> {
    let schema = schema();
    let mut faults = Vec::new();
    Validator { root: &schema }.check(&schema, record, "", &mut faults);
    faults
}

struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let Value::Object(keywords) = schema else {
            return fault(schema != &Value::Bool(false), at, "not allowed", faults);
        };
        for (keyword, wanted) in keywords {
            self.check_keyword(keyword, wanted, keywords, value, at, faults);
        }
    }

    fn check_keyword(
        &self,
        keyword: &str,
        wanted: &Value,
        all: &Map<String, Value>,
        value: &Value,
        at: &str,
        faults: &mut Vec<String>,
    ) {
        let number = || value.as_f64().zip(wanted.as_f64());
        let count = || value.as_array().map(|list| list.len() as u64).zip(wanted.as_u64());
        let ok = match keyword {
            "$schema" | "$id" | "$defs" | "title" | "description" | "patternProperties" => true,
            "type" => one_or_more(wanted).iter().any(|name| is_a(value, name.as_str().unwrap())),
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "pattern" => {
                value.as_str().is_none_or(|text| Regex::new(wanted.as_str().unwrap()).unwrap().is_match(text))
            }
            "minimum" => number().is_none_or(|(value, least)| value >= least),
            "maximum" => number().is_none_or(|(value, most)| value <= most),
            "minItems" => count().is_none_or(|(count, least)| count >= least),
            "maxItems" => count().is_none_or(|(count, most)| count <= most),
            "required" => self.has_all(wanted, value),
            "oneOf" => {
                wanted.as_array().unwrap().iter().filter(|schema| self.fits(schema, value)).count() == 1
            }
            "$ref" => return self.check(self.definition(wanted), value, at, faults),
            "items" => return self.check_items(wanted, value, at, faults),
            "properties" | "additionalProperties" => {
                return self.check_members(keyword, wanted, all, value, at, faults);
            }
            "propertyNames" => {
                let names =
                    value.as_object().into_iter().flatten().map(|(name, _)| Value::String(name.clone()));
                names.into_iter().all(|name| self.fits(wanted, &name))
            }
            _ => panic!("the schema uses {keyword}, which this validator does not know"),
        };
        fault(ok, at, &format!("{keyword} {wanted}"), faults);
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut faults = Vec::new();
        self.check(schema, value, "", &mut faults);
        faults.is_empty()
    }

    fn definition(&self, reference: &Value) -> &Value {
        let pointer = reference.as_str().unwrap().trim_start_matches('#');
        self.root.pointer(pointer).unwrap_or_else(|| panic!("the schema has no {reference}"))
    }

    fn has_all(&self, names: &Value, value: &Value) -> bool {
        let names = names.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        value.as_object().is_none_or(|members| names.into_iter().all(|name| members.contains_key(name)))
    }

    fn check_items(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(schema, item, &format!("{at}/{index}"), faults);
        }
    }

    fn check_members(
        &self,
        keyword: &str,
        wanted: &Value,
        all: &Map<String, Value>,
        value: &Value,
        at: &str,
        faults: &mut Vec<String>,
    ) {
        let named = |name: &str| all.get("properties").and_then(|properties| properties.get(name));
        let by_pattern = |name: &str| {
            let patterns = all.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
            patterns.into_iter().any(|(pattern, _)| Regex::new(pattern).unwrap().is_match(name))
        };
        for (name, member) in value.as_object().into_iter().flatten() {
            let at = format!("{at}/{name}");
            match named(name) {
                Some(schema) if keyword == "properties" => self.check(schema, member, &at, faults),
                None if keyword == "additionalProperties" && !by_pattern(name) => {
                    self.check(wanted, member, &at, faults);
                }
                _ => {}
            }
        }
    }
}

fn one_or_more(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("the schema has a type {name}"),
    }
}

fn fault(ok: bool, at: &str, wanted: &str, faults: &mut Vec<String>) {
    if !ok {
        faults.push(format!("{at}: {wanted}"));
    }
}

#[test]
fn every_fixture_record_fits_the_schema() {
    let found = records(&root().join("fixtures"));
    assert!(found.len() >= 2, "the gold records are missing");
    for path in found {
        let faults = faults(&read(&path));
        assert!(faults.is_empty(), "{}:\n{}", path.display(), faults.join("\n"));
    }
}

#[test]
fn a_record_with_an_invented_field_or_a_missing_one_does_not_fit() {
    let path = root().join("fixtures/gold/gold_003.json");
    let mut record = read(&path);
    record["mood"] = "cheerful".into();
    record["date"]["month"] = 13.into();
    record.as_object_mut().unwrap().remove("signature");
    let faults = faults(&record).join("\n");
    for part in ["/mood", "/date", "signature"] {
        assert!(faults.contains(part), "{part} is not in {faults}");
    }
}
