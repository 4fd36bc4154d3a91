//! What a run makes of workers that crash, hang or eat, and of a disk that is full: one page lost at most, never a run.
//!
//! Workers go wrong where `VANTHU_FAULT` says, which debug builds alone look at.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::batch::{Live, assert_same, command, finished, report, strips};

/// A run in which a worker goes wrong: what, when, over which document.
fn faulty(fault: &str, out: &Path, more: &[&str]) -> Option<(Output, Value)> {
    if !cfg!(debug_assertions) {
        eprintln!("skipped: only debug builds can be made to fail");
        return None;
    }
    let input = strips();
    let output = command(input.path(), out, more).env("VANTHU_FAULT", fault).output().unwrap();
    Some((output, report(out)))
}

/// The states and reasons of a document's pages.
fn pages(out: &Path, document: &str) -> Vec<(String, String)> {
    let bytes = fs::read(out.join("documents").join(document).join("status.json")).unwrap();
    let status: Value = serde_json::from_slice(&bytes).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    status["pages"].as_array().unwrap().iter().map(|p| (text(&p["state"]), text(&p["reason"]))).collect()
}

#[test]
fn a_crash_costs_a_page_and_the_next_run_mends_it() {
    let out = tempfile::tempdir().unwrap();
    let Some((output, report)) = faulty("crash read+again b.png", out.path(), &["--jobs", "2"]) else {
        return;
    };
    assert_eq!(output.status.code(), Some(65), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((&report["pages"]["failed"], &report["pages"]["total"]), (&1.into(), &6.into()));
    let [(state, reason)] = &pages(out.path(), "b.png")[..] else { panic!("one page") };
    assert!(state == "failed" && reason.contains("crashed") && reason.contains("twice"), "{reason}");

    let (input, calm) = (strips(), tempfile::tempdir().unwrap());
    assert!(finished(input.path(), out.path(), &[]).status.success());
    assert!(finished(input.path(), calm.path(), &[]).status.success());
    assert_eq!(pages(out.path(), "b.png")[0].0, pages(calm.path(), "b.png")[0].0);
    assert_eq!(pages(out.path(), "a/trang.png").len(), 4);
}

#[test]
fn a_page_that_crashes_once_is_read_in_the_plainest_way_and_says_so() {
    let out = tempfile::tempdir().unwrap();
    let Some((output, report)) = faulty("crash read c.png", out.path(), &["--jobs", "2"]) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(report["pages"]["failed"], 0);
    let [(state, reason)] = &pages(out.path(), "c.png")[..] else { panic!("one page") };
    assert!(state == "low_confidence" && reason.contains("plainest"), "{state}: {reason}");
    let record = fs::read_to_string(out.path().join("documents/c.png/record.json")).unwrap();
    assert!(record.contains("page_read_plainly"));
}

#[test]
fn a_page_that_hangs_is_given_up_in_time() {
    let out = tempfile::tempdir().unwrap();
    let more = ["--jobs", "2", "--page-timeout", "20"];
    let Some((output, report)) = faulty("hang again+read c.png", out.path(), &more) else { return };
    assert_eq!(output.status.code(), Some(65), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(report["pages"]["failed"], 1);
    let [(state, reason)] = &pages(out.path(), "c.png")[..] else { panic!("one page") };
    assert!(state == "failed" && reason.contains("not read within 20 s"), "{reason}");
}

#[test]
fn a_page_that_eats_memory_is_stopped_at_the_limit() {
    let out = tempfile::tempdir().unwrap();
    let more = ["--jobs", "2", "--max-memory", "1000000000"];
    let Some((output, report)) = faulty("eat read+again b.png", out.path(), &more) else { return };
    assert_eq!(output.status.code(), Some(65), "{}", String::from_utf8_lossy(&output.stderr));
    let reason = &pages(out.path(), "b.png")[0].1;
    assert!(reason.contains("--max-memory"), "{reason}");
    assert!(report["memory"]["worker_bytes"].as_u64().unwrap() < 1_000_000_000);
}

#[test]
fn a_document_that_crashes_its_reader_at_opening_is_one_line() {
    let out = tempfile::tempdir().unwrap();
    let Some((output, report)) = faulty("crash open c.png", out.path(), &["--jobs", "2"]) else { return };
    assert_eq!(output.status.code(), Some(65));
    let [failure] = &report["failures"].as_array().unwrap()[..] else { panic!("{report}") };
    assert!(failure["reason"].as_str().unwrap().contains("crashed"), "{failure}");
}

/// Minutes long: `cargo test --test it twenty -- --ignored`.
#[test]
#[ignore = "kills and resumes twenty runs"]
fn twenty_runs_killed_at_any_moment_end_as_an_undisturbed_one() {
    const JOBS: u64 = 2;
    let (input, calm) = (strips(), tempfile::tempdir().unwrap());
    let jobs = JOBS.to_string();
    let started = std::time::Instant::now();
    assert!(finished(input.path(), calm.path(), &["--jobs", &jobs]).status.success());
    let whole = started.elapsed();
    for n in 0..20 {
        let out = tempfile::tempdir().unwrap();
        let mut live = Live::start(command(input.path(), out.path(), &["--jobs", &jobs]));
        // Moments spread over the whole run, in an order of no meaning; the moment is what is tested, so it is slept for.
        std::thread::sleep(whole * (n * 7 % 20 + 1) / 21);
        live.child.kill().unwrap();
        live.child.wait().unwrap();
        let done = std::iter::from_fn(|| live.next("page")).count() as u64;
        let again = finished(input.path(), out.path(), &["--jobs", &jobs]);
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
        let read = report(out.path())["pages"]["read_now"].as_u64().unwrap();
        assert!(read <= 6 - done + JOBS, "{read} read after {done} were done");
        assert_same(calm.path(), out.path());
        println!("run {n}: killed after {done} pages, {read} read in the next run, same bytes");
    }
}

#[test]
fn a_full_disk_ends_the_run_with_75_and_the_next_one_goes_on() {
    let mount = tempfile::tempdir().unwrap();
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(mount.path()).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: a small file system cannot be mounted here");
        return;
    }
    let remount = |size: &str| {
        let status = Command::new("mount").args(["-o", size]).arg(mount.path()).status();
        status.is_ok_and(|status| status.success())
    };
    let (input, calm) = (strips(), tempfile::tempdir().unwrap());
    let full = finished(input.path(), mount.path(), &["--jobs", "2"]);
    let grown = remount("remount,size=64m");
    let again = finished(input.path(), mount.path(), &["--jobs", "2"]);
    assert!(finished(input.path(), calm.path(), &[]).status.success());
    let same = std::panic::catch_unwind(|| assert_same(calm.path(), mount.path()));
    let _ = Command::new("umount").arg(mount.path()).status();
    assert_eq!(full.status.code(), Some(75), "{}", String::from_utf8_lossy(&full.stderr));
    assert!(grown && again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert!(same.is_ok());
}
