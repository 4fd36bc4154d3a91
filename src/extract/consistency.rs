//! Checks that only warn: what does not add up in the paper or its reading. A warning never changes a value.

use std::sync::LazyLock;

use regex::Regex;

use super::doc_type;
use super::record::{Record, Warning};
use super::section::Tree;

/// Warnings for a finished record.
pub(crate) fn check(record: &Record, tree: &Tree) -> Vec<Warning> {
    let mut warnings = Vec::new();
    sequence(tree, &mut warnings);
    notation(record, &mut warnings);
    dates(record, &mut warnings);
    counts(record, &mut warnings);
    stated(record, &mut warnings);
    date_parts(record, &mut warnings);
    warnings
}

fn warn(warnings: &mut Vec<Warning>, code: &str, message: String, pointer: Option<String>) {
    warnings.push(Warning { code: code.to_owned(), message, page: None, pointer });
}

/// No more than this many warnings about numbers.
const MOST: usize = 20;

fn sequence(tree: &Tree, warnings: &mut Vec<Warning>) {
    for id in tree.out_of_sequence.iter().take(MOST) {
        let page = tree.nodes.get(*id).and_then(|node| node.content.tokens().first()).map(|token| token.page);
        let message = format!("the number {} does not follow the one before it", tree.path(*id).join(" "));
        warnings.push(Warning { code: "number_out_of_sequence".to_owned(), message, page, pointer: None });
    }
}

/// The abbreviation in the notation against the printed type.
fn notation(record: &Record, warnings: &mut Vec<Warning>) {
    let Some(code) = record.number.notation.as_deref().and_then(doc_type::of_notation) else { return };
    if record.doc_type.name.is_some() && code != record.doc_type.code {
        let message = format!("the notation says {code}, the printed type {}", record.doc_type.code);
        warn(warnings, "type_disagrees", message, Some("/number/notation".to_owned()));
    }
}

/// A paper cannot cite one that is younger.
fn dates(record: &Record, warnings: &mut Vec<Warning>) {
    let Some(own) = record.date.as_ref().and_then(|date| date.iso.as_deref()) else { return };
    for (index, reference) in record.references.iter().enumerate() {
        let cited = reference.date.as_ref().and_then(|date| date.iso.as_deref());
        if let Some(cited) = cited.filter(|cited| *cited > own) {
            let message = format!("a paper of {cited} is cited, the paper itself is of {own}");
            warn(warnings, "cites_younger_paper", message, Some(format!("/references/{index}/date")));
        }
    }
}

/// Agenda rows must count up from one.
fn counts(record: &Record, warnings: &mut Vec<Warning>) {
    for (index, table) in record.agenda_tables.iter().enumerate() {
        let numbers: Vec<u32> = table.rows.iter().filter_map(|row| row.ordinal).collect();
        if !numbers.is_empty() && numbers.iter().zip(1..).any(|(number, expected)| *number != expected) {
            let message = format!("the rows are numbered {numbers:?}");
            warn(warnings, "rows_out_of_sequence", message, Some(format!("/agenda_tables/{index}")));
        }
    }
}

static STATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:gồm(?: có)?|tổng số|tổng cộng|danh sách có)\s*:?\s*(\d{1,4})\s+\p{L}")
        .expect("a valid pattern")
});

/// A stated count must be that of the rows or persons it speaks of.
fn stated(record: &Record, warnings: &mut Vec<Warning>) {
    for (index, appendix) in record.appendices.iter().enumerate() {
        let [table] = appendix.tables.as_slice() else { continue };
        let last = table.rows.iter().filter_map(|row| row.ordinal).max();
        let said =
            appendix.text.iter().rev().find_map(|text| STATED.captures(text)?.get(1)?.as_str().parse().ok());
        if let (Some(last), Some(said)) = (last, said) {
            differs(said, last, format!("/appendices/{index}"), warnings);
        }
    }
    for (index, group) in record.attendee_groups.iter().enumerate() {
        // Only where each entry is a person; a body may send several.
        let persons = ["Ông ", "Bà ", "Đồng chí ", "Đ/c "];
        let named =
            group.entries.iter().all(|entry| persons.iter().any(|title| entry.raw.starts_with(title)));
        if let Some(said) = group.count.filter(|_| named && !group.entries.is_empty()) {
            let found = u32::try_from(group.entries.len()).unwrap_or(u32::MAX);
            differs(said, found, format!("/attendee_groups/{index}"), warnings);
        }
    }
}

fn differs(said: u32, found: u32, pointer: String, warnings: &mut Vec<Warning>) {
    if said != found {
        let message = format!("{said} are stated, {found} are listed");
        warn(warnings, "count_differs", message, Some(pointer));
    }
}

/// A date that is printed in full and still is no date.
fn date_parts(record: &Record, warnings: &mut Vec<Warning>) {
    let Some(date) = &record.date else { return };
    let missing: Vec<&str> =
        [("day", date.day.is_none()), ("month", date.month.is_none()), ("year", date.year.is_none())]
            .iter()
            .filter(|(_, missing)| *missing)
            .map(|(part, _)| *part)
            .collect();
    if !missing.is_empty() {
        let message = format!("left blank or not legible: {}", missing.join(", "));
        warn(warnings, "date_incomplete", message, Some("/date".to_owned()));
    }
}
