//! The main job through the real binary and the real engine, on few pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn vanthu(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vanthu")).args(args).output().expect("the binary starts")
}

fn run(input: &Path, out: &Path, more: &[&str]) -> Output {
    let mut args =
        vec!["run", input.to_str().unwrap(), "--out", out.to_str().unwrap(), "--progress", "plain"];
    args.extend(more);
    vanthu(&args)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))).unwrap()
}

/// Every file below a folder with its bytes, in order of their names.
fn tree(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().map(Result::unwrap);
    files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| (entry.path().strip_prefix(root).unwrap().to_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

/// One letter as PNG, an invitation of two pages as PDF, one text, and every broken file there is.
fn mixed_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &Path| fs::copy(from, folder.path().join(from.file_name().unwrap())).unwrap();
    for scan in ["cong-van/1372-SNV-VTLT.png", "giay-moi/64-GM-UBND.pdf", "nhan-dang-cu/265-KH-UBND.txt"] {
        copy(&fixtures().join("scans").join(scan));
    }
    for entry in fs::read_dir(fixtures().join("hostile")).unwrap().flatten() {
        copy(&entry.path());
    }
    fs::write(folder.path().join("empty.tif"), b"").unwrap();
    folder
}

#[test]
fn bad_input_costs_only_itself_and_jobs_change_no_byte() {
    let input = mixed_folder();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = run(input.path(), one.path(), &["--jobs", "1"]);
    assert_eq!(first.status.code(), Some(65), "{}", String::from_utf8_lossy(&first.stderr));
    assert!(first.stdout.is_empty());

    let report = json(&one.path().join("report.json"));
    let failures = report["failures"].as_array().unwrap();
    for bad in [
        "empty.pdf",
        "empty.tif",
        "encrypted.pdf",
        "huge.png",
        "no-pages.pdf",
        "not-an-image.png",
        "truncated.pdf",
    ] {
        let of_it: Vec<_> = failures.iter().filter(|f| f["input"].as_str().unwrap().ends_with(bad)).collect();
        assert!(!of_it.is_empty(), "{bad} is not among the failures");
        assert!(
            of_it.iter().all(|f| !f["reason"].as_str().unwrap().contains('\n')),
            "{bad}: more than one line"
        );
        assert!(String::from_utf8_lossy(&first.stderr).contains(bad), "{bad} is not named on standard error");
    }
    for good in ["1372-SNV-VTLT.png", "64-GM-UBND.pdf", "265-KH-UBND.txt"] {
        let folder = one.path().join("documents").join(good);
        assert!(
            folder.join("record.json").is_file() && folder.join("text.txt").is_file(),
            "{good} was not done"
        );
        assert_ne!(json(&folder.join("status.json"))["state"], "failed", "{good}");
    }
    let counts = &report["documents"];
    let sum = ["done", "skipped", "failed", "not_reached"]
        .iter()
        .map(|key| counts[key].as_u64().unwrap())
        .sum::<u64>();
    assert_eq!(counts["found"].as_u64().unwrap(), sum, "every input is accounted for: {counts}");

    let second = run(input.path(), two.path(), &["--jobs", "2"]);
    assert_eq!(second.status.code(), Some(65));
    let (one, two) = (tree(&one.path().join("documents")), tree(&two.path().join("documents")));
    assert_eq!(one.len(), two.len());
    for (a, b) in one.iter().zip(&two) {
        assert_eq!(a.0, b.0);
        assert!(a.1 == b.1, "{} differs between --jobs 1 and 2", a.0.display());
    }
}

#[test]
fn what_is_done_is_skipped_and_a_changed_input_is_done_again() {
    let (input, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let text = input.path().join("a.txt");
    fs::write(&text, "Số: 12/KH-UBND\n\nKẾ HOẠCH\n\nTổ chức hội nghị\n").unwrap();
    let counts = |expected: &str| {
        let output = run(input.path(), out.path(), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let report = json(&out.path().join("report.json"));
        assert_eq!(report["documents"][expected], 1, "{report}");
    };
    counts("done");
    counts("skipped");
    fs::write(&text, "Số: 13/KH-UBND\n\nKẾ HOẠCH\n\nTổ chức hội nghị\n").unwrap();
    counts("done");
    fs::remove_file(out.path().join("documents/a.txt/text.txt")).unwrap();
    counts("done");
    assert_eq!(json(&out.path().join("documents/a.txt/record.json"))["number"]["sequence"], "13");
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let out = tempfile::tempdir().unwrap();
    let out = out.path().to_str().unwrap();
    assert_eq!(vanthu(&["run", "no/such/folder", "--out", out]).status.code(), Some(66));
    assert_eq!(vanthu(&["run", "--no-such-option"]).status.code(), Some(64));
    assert_eq!(vanthu(&["run", ".", "--out", out, "--pages", "3-1"]).status.code(), Some(64));
    assert_eq!(vanthu(&["--help"]).status.code(), Some(0));
    let missing = vanthu(&["doctor", "--tessdata", "/nonexistent"]);
    assert_eq!(missing.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&missing.stdout).contains("tesseract-ocr-vie"));
}

#[test]
fn doctor_finds_everything_in_place_where_the_tests_run() {
    let output = vanthu(&["doctor"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn results_that_cannot_be_written_end_the_run_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "KẾ HOẠCH\n").unwrap();
    fs::write(folder.path().join("out"), "a file where the folder should be").unwrap();
    let output = run(&folder.path().join("a.txt"), &folder.path().join("out"), &[]);
    assert_eq!(output.status.code(), Some(73));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr).lines().filter(|l| l.starts_with("vanthu: ")).count(),
        1
    );
}

#[test]
fn text_in_tcvn3_becomes_a_record_in_unicode() {
    let folder = tempfile::tempdir().unwrap();
    // In TCVN3 (ABC) capitals with marks are small letters in a font of capitals: the heading comes out in mixed case.
    let text = b"S\xe8: 12/KH-UBND\n\nK\xd5 HO\xb9CH\n\nTri\xd3n khai c\xabng t\xb8c v\xa8n th\xad, l\xadu tr\xf7 c\xf1a \xf1y ban nh\xa9n d\xa9n x\xb7\n";
    fs::write(folder.path().join("abc.txt"), text).unwrap();
    let output = vanthu(&["extract", folder.path().join("abc.txt").to_str().unwrap()]);
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    let read = record["preamble"].to_string();
    assert!(read.contains("Triển khai công tác văn thư, lưu trữ của ủy ban nhân dân xã"), "{read}");
    assert_eq!(record["number"]["raw"], "12/KH-UBND");
}
