//! The table at the end of a run: a line for each document, from the records on disk.

use std::path::Path;

use serde_json::Value;
use walkdir::WalkDir;

use super::CliError;
use crate::batch::status::{DocumentStatus, State};

/// The columns, with their widths in characters; the last one takes what is left.
const COLUMNS: [(&str, usize); 9] = [
    ("document", 26),
    ("type", 16),
    ("number", 16),
    ("date", 10),
    ("sections", 8),
    ("agenda", 6),
    ("attendees", 9),
    ("review", 6),
    ("subject", 60),
];

/// The table of all documents below `out`, in order of their names.
pub fn table(out: &Path) -> Result<String, CliError> {
    let root = out.join("documents");
    let mut lines = vec![line(COLUMNS.map(|(title, _)| title.to_owned()))];
    for entry in WalkDir::new(&root).sort_by_file_name().into_iter().flatten() {
        if entry.file_name() == "status.json"
            && let (Some(folder), Some(status)) = (entry.path().parent(), DocumentStatus::read(entry.path()))
        {
            let name = folder.strip_prefix(&root).unwrap_or(folder).display().to_string();
            lines.push(line(row(name, folder, &status)));
        }
    }
    Ok(lines.concat())
}

fn row(name: String, folder: &Path, status: &DocumentStatus) -> [String; 9] {
    let record: Value = std::fs::read(folder.join("record.json"))
        .ok()
        .and_then(|b| serde_json::from_slice(&b).ok())
        .unwrap_or_default();
    if record.is_null() {
        let reason = status.reason.clone().unwrap_or_default();
        return [
            name,
            "failed".into(),
            "".into(),
            "".into(),
            "".into(),
            "".into(),
            "".into(),
            "".into(),
            reason,
        ];
    }
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str).unwrap_or("–").to_owned();
    let review =
        status.pages.iter().filter(|page| matches!(page.state, State::LowConfidence | State::Failed));
    [
        name,
        text("/doc_type/name"),
        text("/number/raw"),
        record.pointer("/date/iso").and_then(Value::as_str).unwrap_or("–").to_owned(),
        sections(&record["sections"]).to_string(),
        inner(&record["agenda_tables"], "rows").to_string(),
        inner(&record["attendee_groups"], "entries").to_string(),
        format!("{}/{}", review.count(), status.pages.len()),
        text("/subject"),
    ]
}

fn sections(nodes: &Value) -> usize {
    items(nodes).map(|node| 1 + sections(&node["children"])).sum()
}

fn inner(outer: &Value, key: &str) -> usize {
    items(outer).map(|item| items(&item[key]).count()).sum()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn line(cells: [String; 9]) -> String {
    let padded =
        cells.iter().zip(COLUMNS).map(|(cell, (_, width))| format!("{:width$}", shorten(cell, width)));
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
}

fn shorten(cell: &str, width: usize) -> String {
    let flat = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= width {
        return flat;
    }
    flat.chars().take(width - 1).chain(['…']).collect()
}
