//! Plan, shards and merge through the real binary, mostly on text, which needs no engine and takes milliseconds.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::batch::{Live, assert_same, finished, report, results, strips};

fn vanthu(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanthu"));
    command.args(args);
    command
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn plan(input: &Path, out: &Path, shards: usize) -> Output {
    vanthu(&["plan", text(input), "--out", text(out), "--quick", "--shards", &shards.to_string()])
        .output()
        .unwrap()
}

fn shard(out: &Path, shard: &str, more: &[&str]) -> Command {
    let manifest = out.join("manifest.jsonl");
    let mut command = vanthu(&["run", "--manifest", text(&manifest), "--shard", shard, "--out", text(out)]);
    command.args(["--jobs", "2", "--quiet"]).args(more).stderr(Stdio::null());
    command
}

fn code(mut command: Command) -> Option<i32> {
    command.status().unwrap().code()
}

fn merge(out: &Path) -> Option<i32> {
    code(vanthu(&["merge", text(out)]))
}

/// Papers as text in several folders.
fn papers(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..count {
        let path = folder.path().join(format!("{}/{n}.txt", ["a", "a.b", "a/b", "c"][n % 4]));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let lines = "Thực hiện công tác cải cách hành chính năm 2025.\n".repeat(n % 5);
        fs::write(path, format!("Số: {n}/KH-UBND\n\nKẾ HOẠCH\n\nTổ chức hội nghị số {n}\n\n{lines}"))
            .unwrap();
    }
    folder
}

/// The results of the documents and the file of all records.
fn papers_of(out: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files = results(out);
    files.retain(|(name, _)| name.starts_with("documents") || name == Path::new("records.jsonl"));
    files
}

/// What the catalogue holds, table by table.
fn catalogue(out: &Path) -> Vec<String> {
    let catalogue = rusqlite::Connection::open(out.join("catalog.sqlite")).unwrap();
    let tables = ["documents", "pages", "fields", "tasks"];
    let mut rows = Vec::new();
    for table in tables {
        let mut statement = catalogue.prepare(&format!("SELECT * FROM {table} ORDER BY rowid")).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns)
                .map(|at| row.get::<_, rusqlite::types::Value>(at).map(|v| format!("{v:?}")))
                .collect()
        };
        let found: Vec<Vec<String>> =
            statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap();
        rows.extend(found.into_iter().map(|row| format!("{table}: {row:?}")));
    }
    rows
}

#[test]
fn shards_and_their_merge_give_what_one_run_gives() {
    let (input, whole, parts) = (papers(40), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(finished(input.path(), whole.path(), &["--formats", "json,txt,jsonl"]).status.success());
    assert!(plan(input.path(), parts.path(), 3).status.success());
    let manifest = fs::read(parts.path().join("manifest.jsonl")).unwrap();
    assert!(plan(input.path(), parts.path(), 3).status.success());
    assert!(manifest == fs::read(parts.path().join("manifest.jsonl")).unwrap(), "stable between calls");
    for k in ["3/3", "1/3", "2/3", "1/3"] {
        assert_eq!(code(shard(parts.path(), k, &["--formats", "json,txt,jsonl"])), Some(0));
    }
    assert_eq!(merge(parts.path()), Some(0));
    assert_eq!(papers_of(whole.path()).len(), 40 * 4 + 1);
    assert!(papers_of(whole.path()) == papers_of(parts.path()));
    assert_eq!(catalogue(whole.path()), catalogue(parts.path()));
    let (one, merged) = (report(whole.path()), report(parts.path()));
    assert_eq!(
        (&merged["planned"], &merged["accounted"], &merged["missing"]),
        (&40.into(), &40.into(), &0.into())
    );
    for key in ["pages", "pages_to_review", "failures"] {
        assert_eq!(one[key], merged[key], "{key}");
    }
}

#[test]
fn a_merge_says_what_is_missing_and_merges_the_rest() {
    let (input, out) = (papers(12), tempfile::tempdir().unwrap());
    plan(input.path(), out.path(), 4);
    assert_eq!(merge(out.path()), Some(75));
    assert_eq!(code(shard(out.path(), "2/4", &[])), Some(0));
    assert_eq!(merge(out.path()), Some(75));
    let merged = report(out.path());
    assert_eq!(merged["unfinished"], serde_json::json!(["1/4", "3/4", "4/4"]));
    let count = |key: &str| merged[key].as_u64().unwrap();
    assert_eq!(count("accounted") + count("missing"), 12);
    assert_eq!(merged["documents"]["not_reached"], merged["missing"]);
    let records = fs::read_to_string(out.path().join("records.jsonl")).unwrap();
    assert_eq!(records.lines().count() as u64, count("accounted"));

    // A manifest that is planned anew makes what is done of the old one void; what was read is not read again.
    fs::write(input.path().join("a/new.txt"), "Số: 99/KH-UBND\n\nKẾ HOẠCH\n").unwrap();
    plan(input.path(), out.path(), 4);
    assert_eq!(merge(out.path()), Some(75));
    assert_eq!(report(out.path())["accounted"], 0);
    for k in 1..=4 {
        assert_eq!(code(shard(out.path(), &format!("{k}/4"), &[])), Some(0));
    }
    assert_eq!(merge(out.path()), Some(0));
    assert_eq!(report(out.path())["accounted"], 13);
}

#[test]
fn results_that_are_not_those_of_the_manifest_are_refused() {
    let (input, out) = (papers(8), tempfile::tempdir().unwrap());
    plan(input.path(), out.path(), 2);
    for k in ["1/2", "2/2"] {
        assert_eq!(code(shard(out.path(), k, &[])), Some(0));
    }
    assert_eq!(merge(out.path()), Some(0));
    let results = out.path().join("shards/2-of-2/results.jsonl");
    let good = fs::read_to_string(&results).unwrap();
    let twice = format!("{good}{}\n", good.lines().next().unwrap());
    let less = good.split_inclusive('\n').skip(1).collect::<String>();
    for bad in [twice, less, good.replace("\"document\":\"", "\"document\":\"x")] {
        fs::write(&results, bad).unwrap();
        assert_eq!(merge(out.path()), Some(75));
    }
    fs::write(&results, good).unwrap();
    assert_eq!(code(shard(out.path(), "2/2", &["--formats", "json"])), Some(0));
    assert_eq!(merge(out.path()), Some(64), "shards run with different options");
    assert_eq!(code(shard(out.path(), "2/2", &[])), Some(0));
    assert_eq!(merge(out.path()), Some(0));
    let manifest = out.path().join("manifest.jsonl");
    let lines = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, lines.replacen("\"bytes\":", "\"bytes\":1", 1)).unwrap();
    assert_eq!(merge(out.path()), Some(66), "a manifest changed since it was planned");
}

#[test]
fn overlapping_shards_at_once_give_the_same_bytes() {
    let (input, whole, out) = (papers(120), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(finished(input.path(), whole.path(), &[]).status.success());
    // Two cuts of one input into one folder: no lock is shared, and every document is done by two processes at once, as
    // when a scheduler starts a shard anew on another machine while the first is still at it.
    plan(input.path(), out.path(), 1);
    let other = out.path().join("other");
    fs::create_dir(&other).unwrap();
    plan(input.path(), &other, 2);
    let at_once: Vec<_> = [("1/1", out.path()), ("1/2", &other), ("2/2", &other)]
        .into_iter()
        .map(|(k, manifest)| {
            let manifest = manifest.join("manifest.jsonl");
            let args =
                ["run", "--manifest", text(&manifest), "--shard", k, "--out", text(out.path()), "--force"];
            vanthu(&args).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut process in at_once {
        assert_eq!(process.wait().unwrap().code(), Some(0));
    }
    assert_eq!(merge(out.path()), Some(0));
    let mut files = papers_of(out.path());
    files.retain(|(name, _)| name != Path::new("records.jsonl"));
    assert!(files == papers_of(whole.path()));
}

#[test]
fn the_same_shard_on_the_same_machine_is_told_to_try_again() {
    let (input, out) = (papers(4), tempfile::tempdir().unwrap());
    plan(input.path(), out.path(), 1);
    let home = out.path().join("shards/1-of-1");
    let lock = vanthu::batch::lock::Lock::take(&home).unwrap();
    assert_eq!(code(shard(out.path(), "1/1", &[])), Some(75));
    drop(lock);
    assert_eq!(code(shard(out.path(), "1/1", &[])), Some(0));
}

#[test]
fn wrong_shards_and_missing_mounts_are_told_apart() {
    let (input, out) = (papers(4), tempfile::tempdir().unwrap());
    plan(input.path(), out.path(), 2);
    for (k, expected) in [("1/3", 64), ("3/2", 64), ("0/2", 64)] {
        assert_eq!(code(shard(out.path(), k, &[])), Some(expected), "{k}");
    }
    assert_eq!(code(shard(out.path(), "1/2", &["--input-root", "/not/mounted"])), Some(75));
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("moved");
    fs::rename(input.path(), &moved).unwrap();
    assert_eq!(code(shard(out.path(), "1/2", &[])), Some(75));
    assert_eq!(code(shard(out.path(), "1/2", &["--input-root", text(&moved)])), Some(0));
    fs::rename(&moved, input.path()).unwrap();
    assert_eq!(
        code(vanthu(&["run", "--manifest", "no/manifest.jsonl", "--shard", "1/2", "--out", "x"])),
        Some(66)
    );
}

#[test]
fn bad_inputs_end_a_shard_and_a_merge_with_65_and_are_named() {
    let (input, out) = (papers(6), tempfile::tempdir().unwrap());
    fs::write(input.path().join("a/broken.pdf"), "%PDF-1.7\n").unwrap();
    fs::write(input.path().join("notes.docx"), "no scan").unwrap();
    plan(input.path(), out.path(), 1);
    for _ in 0..2 {
        assert_eq!(code(shard(out.path(), "1/1", &[])), Some(65));
    }
    assert_eq!(merge(out.path()), Some(65));
    let merged = report(out.path());
    assert_eq!((&merged["documents"]["done"], &merged["documents"]["failed"]), (&6.into(), &1.into()));
    assert!(merged["passed_over"][0].as_str().unwrap().ends_with("notes.docx"));
    let failures = fs::read_to_string(out.path().join("failures.jsonl")).unwrap();
    let failure: Value = serde_json::from_str(failures.lines().next().unwrap()).unwrap();
    assert!(failure["input"].as_str().unwrap().ends_with("a/broken.pdf") && failures.lines().count() == 1);
}

#[test]
fn a_document_that_takes_its_process_with_it_is_given_up_after_three_deaths() {
    if !cfg!(debug_assertions) {
        eprintln!("skipped: only debug builds can be made to fail");
        return;
    }
    let (input, whole, out) = (papers(30), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(finished(input.path(), whole.path(), &[]).status.success());
    plan(input.path(), out.path(), 1);
    let mut deaths = 0;
    loop {
        let mut attempt = shard(out.path(), "1/1", &[]);
        match code({
            attempt.env("VANTHU_FAULT", "crash shard a/b/14.txt");
            attempt
        }) {
            None => deaths += 1,
            Some(code) => {
                assert_eq!(code, 65);
                break;
            }
        }
    }
    assert_eq!(deaths, 3);
    assert_eq!(merge(out.path()), Some(65));
    let merged = report(out.path());
    assert_eq!(merged["documents"]["done"], 29);
    let [failure] = &merged["failures"].as_array().unwrap()[..] else { panic!("{merged}") };
    let reason = failure["reason"].as_str().unwrap();
    assert!(
        reason.contains("a/b/14.txt") && reason.contains("quarantined") && reason.contains("3 times"),
        "{reason}"
    );
    let poison = |(name, _): &(std::path::PathBuf, Vec<u8>)| name.to_string_lossy().contains("a/b/14.txt");
    let (mut one, mut many) = (papers_of(whole.path()), papers_of(out.path()));
    one.retain(|file| !poison(file));
    many.retain(|file| !poison(file) && file.0 != Path::new("records.jsonl"));
    assert!(one == many);
    // It stays given up, and --force gives it another chance.
    assert_eq!(code(shard(out.path(), "1/1", &[])), Some(65));
    assert_eq!(code(shard(out.path(), "1/1", &["--force"])), Some(0));
}

#[test]
fn scans_cut_into_shards_and_killed_on_the_way_end_as_one_run() {
    let (input, whole, out) = (strips(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(finished(input.path(), whole.path(), &[]).status.success());
    let planned = vanthu(&["plan", text(input.path()), "--out", text(out.path()), "--shards", "2"]).output();
    assert!(planned.unwrap().status.success());
    let manifest = fs::read_to_string(out.path().join("manifest.jsonl")).unwrap();
    let pages: Vec<Value> =
        manifest.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()["pages"].clone()).collect();
    assert_eq!(pages, [4, 1, 1].map(Value::from));
    let mut first = shard(out.path(), "1/2", &[]);
    first.env("VANTHU_FAULT", "crash shard trang.png");
    if cfg!(debug_assertions) {
        assert_eq!(code(first), None);
    }
    for k in ["1/2", "2/2"] {
        assert_eq!(code(shard(out.path(), k, &[])), Some(0));
    }
    assert_eq!(merge(out.path()), Some(0));
    for extra in ["manifest.jsonl", "plan.json", "failures.jsonl", "records.jsonl"] {
        fs::remove_file(out.path().join(extra)).unwrap();
    }
    fs::remove_dir_all(out.path().join("shards")).unwrap();
    assert_same(whole.path(), out.path());
}

#[test]
fn a_shard_told_to_end_does_so_after_the_pages_in_hand_and_leaves_no_mark() {
    let (input, out) = (strips(), tempfile::tempdir().unwrap());
    plan(input.path(), out.path(), 1);
    let manifest = out.path().join("manifest.jsonl");
    let args = ["run", "--manifest", text(&manifest), "--shard", "1/1", "--out", text(out.path())];
    let mut command = vanthu(&args);
    command.args(["--jobs", "1", "--progress", "json"]);
    let mut live = Live::start(command);
    assert!(live.next("page").is_some());
    let pid = rustix::process::Pid::from_child(&live.child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    while live.next("page").is_some() {}
    assert_eq!(live.child.wait().unwrap().code(), Some(75));
    let attempts = out.path().join("shards/1-of-1/attempts");
    assert_eq!(fs::read_dir(attempts).unwrap().count(), 0);
    assert_eq!(merge(out.path()), Some(75));
    assert_eq!(code(shard(out.path(), "1/1", &[])), Some(0));
    assert_eq!(merge(out.path()), Some(0));
}
