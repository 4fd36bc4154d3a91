//! The house is built as `lib.rs` says: each stage knows the one before it, and only the engine's adapter is unsafe.
//!
//! The test reads `crate::…` references in `src/**/*.rs`, test modules at the end of files left out, and holds them
//! against the table below. An edge that is not in the table, or a cycle, fails with the file and line that has it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// What each top-level module may import: the stage before it, and the ground floor.
const ALLOWED: &[(&str, &[&str])] = &[
    ("geometry", &[]),
    ("alphabet", &[]),
    ("dictionary", &["alphabet"]),
    ("ingest", &["geometry"]),
    ("prepare", &["ingest", "geometry"]),
    ("recognize", &["prepare", "geometry", "alphabet", "dictionary"]),
    ("layout", &["recognize", "geometry", "alphabet", "dictionary"]),
    ("restore", &["layout", "geometry", "alphabet", "dictionary"]),
    ("extract", &["restore", "geometry", "alphabet", "dictionary"]),
    ("write", &["extract", "geometry", "alphabet"]),
    ("evaluate", &["alphabet"]),
];

/// Modules above the line of stages: they may know every stage, and of each other what is named here.
const ABOVE: &[(&str, &[&str])] = &[
    ("pipeline", &[]),
    ("batch", &["pipeline"]),
    ("review", &["batch"]),
    ("cli", &["pipeline", "batch", "review", "evaluate"]),
];

/// A type of an earlier stage that a later one may name, with the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("write", "restore", "text.txt is the restored page, which has no other carrier"),
    ("write", "layout", "the order in which a page is read is the layout's to say"),
];

static REFERENCE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bcrate::(\{[^;]*?\}|[a-z_]+)").unwrap());
static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:^|[{,])\s*([a-z_]+)").unwrap());

/// A reference from one top-level module to another.
struct Edge {
    from: String,
    to: String,
    place: String,
}

fn source_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file by its path below `src`, in order.
fn sources() -> Vec<(PathBuf, String)> {
    let files = walkdir::WalkDir::new(source_root()).sort_by_file_name().into_iter().filter_map(Result::ok);
    let rust =
        files.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(source_root()).unwrap().to_path_buf(), text)
    };
    rust.map(read).collect()
}

/// The code before the tests, comments blanked, line breaks kept.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    let line = |line: &str| line.split("//").next().unwrap_or("").to_string();
    before_tests.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// `src/layout/line.rs` belongs to `layout`, `src/pipeline.rs` to `pipeline`.
fn module_of(path: &Path) -> String {
    path.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_string()
}

fn edges() -> Vec<Edge> {
    let mut edges = Vec::new();
    for (path, text) in sources() {
        let (from, code) = (module_of(&path), code(&text));
        for found in REFERENCE.captures_iter(&code) {
            let line = code[..found.get(0).unwrap().start()].matches('\n').count() + 1;
            for to in targets(&found[1]).into_iter().filter(|to| *to != from) {
                edges.push(Edge { from: from.clone(), to, place: format!("src/{}:{line}", path.display()) });
            }
        }
    }
    edges.retain(|edge| edge.from != "lib" && edge.from != "main");
    edges
}

/// The modules named right after `crate::`; `{a::x, b::{c, d}}` names a and b.
fn targets(reference: &str) -> Vec<String> {
    if !reference.starts_with('{') {
        return vec![reference.to_string()];
    }
    let mut depth = 0;
    let mut flat = String::new();
    for c in reference.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth <= 1 {
            flat.push(c);
        }
    }
    IDENTIFIER.captures_iter(&flat).map(|found| found[1].to_string()).collect()
}

fn is_allowed(from: &str, to: &str) -> bool {
    let listed =
        |table: &[(&str, &[&str])]| table.iter().any(|(name, known)| *name == from && known.contains(&to));
    let is_stage = ALLOWED.iter().any(|(name, _)| *name == to);
    let above = ABOVE.iter().any(|(name, _)| *name == from);
    let excepted = EXCEPTIONS.iter().any(|(a, b, _)| (*a, *b) == (from, to));
    listed(ALLOWED) || listed(ABOVE) || excepted || above && is_stage && to != "evaluate"
}

#[test]
fn every_import_is_in_the_table() {
    let wrong: Vec<String> = edges()
        .iter()
        .filter(|edge| !is_allowed(&edge.from, &edge.to))
        .map(|edge| format!("{}: {} must not know {}", edge.place, edge.from, edge.to))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_module_is_in_the_table() {
    let known: BTreeSet<&str> = ALLOWED.iter().chain(ABOVE).map(|(name, _)| *name).collect();
    let modules: BTreeSet<String> = sources().iter().map(|(path, _)| module_of(path)).collect();
    let strangers: Vec<_> = modules
        .iter()
        .filter(|name| !known.contains(name.as_str()) && !["lib", "main"].contains(&name.as_str()))
        .collect();
    assert!(strangers.is_empty(), "not in the table: {strangers:?}");
}

#[test]
fn there_is_no_import_cycle() {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for edge in edges() {
        known.entry(edge.from).or_default().insert(edge.to);
    }
    // Take away what imports nothing that is left, until nothing can be taken: what remains is a cycle.
    let mut left: BTreeSet<String> = known.keys().cloned().collect();
    loop {
        let leaves: Vec<String> =
            left.iter().filter(|name| known[*name].is_disjoint(&left)).cloned().collect();
        if leaves.is_empty() {
            break;
        }
        left.retain(|name| !leaves.contains(name));
    }
    assert!(left.is_empty(), "these import each other in a circle: {left:?}");
}

#[test]
fn only_the_engine_adapter_is_unsafe() {
    let word = Regex::new(r"\bunsafe\b").unwrap();
    let outside = |path: &Path| module_of(path) != "recognize";
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|(path, text)| outside(path) && word.is_match(&code(text)))
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "unsafe outside src/recognize: {wrong:?}");
}

#[test]
fn no_file_is_a_drawer_for_odds_and_ends() {
    let drawers = ["utils", "util", "helpers", "helper", "misc", "common", "manager"];
    let is_drawer = |part: std::path::Component| {
        drawers.contains(&part.as_os_str().to_string_lossy().trim_end_matches(".rs"))
    };
    let wrong: Vec<_> =
        sources().into_iter().map(|(path, _)| path).filter(|path| path.components().any(is_drawer)).collect();
    assert!(wrong.is_empty(), "name these for what they hold: {wrong:?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "no //! at the top: {silent:?}");
}

#[test]
fn references_in_braces_are_seen() {
    assert_eq!(
        targets("{alphabet::Case, geometry::{Rect, Affine}, layout}"),
        ["alphabet", "geometry", "layout"]
    );
    assert_eq!(targets("ingest"), ["ingest"]);
}
