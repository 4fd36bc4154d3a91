//! Resume, lock, watch and report, through the real binary.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::AtomicBool;

use serde_json::Value;
use vanthu::batch::progress::{Progress, ProgressMode};
use vanthu::batch::{Run, RunOptions, run};
use vanthu::pipeline::Pipeline;

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

pub fn command(input: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanthu"));
    command.arg("run").arg(input).arg("--out").arg(out).args(["--progress", "json"]).args(more);
    command
}

pub fn finished(input: &Path, out: &Path, more: &[&str]) -> Output {
    command(input, out, more).output().unwrap()
}

pub fn report(out: &Path) -> Value {
    serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap()
}

/// A run that can be watched event by event.
pub struct Live {
    pub child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStderr>>,
}

impl Live {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Waits for the next event of a kind; `None` if the run ends without.
    pub fn next(&mut self, event: &str) -> Option<Value> {
        let parsed = self.lines.by_ref().map_while(Result::ok).filter_map(|l| serde_json::from_str(&l).ok());
        parsed.into_iter().find(|value: &Value| value["event"] == event)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every result below a folder with its bytes, in order of their names. The reports and the catalogue tell of the run and
/// of its order, not of the papers alone.
pub fn results(out: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = walkdir::WalkDir::new(out).sort_by_file_name().into_iter().map(Result::unwrap);
    let name = |entry: &walkdir::DirEntry| entry.path().strip_prefix(out).unwrap().to_owned();
    files
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| {
            !["report.json", "report.html", "catalog.sqlite"].iter().any(|own| name(entry) == Path::new(own))
        })
        .map(|entry| (name(&entry), fs::read(entry.path()).unwrap()))
        .collect()
}

pub fn assert_same(one: &Path, two: &Path) {
    let (one, two) = (results(one), results(two));
    let names = |tree: &[(PathBuf, Vec<u8>)]| tree.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&two));
    for (a, b) in one.iter().zip(&two) {
        assert!(a.1 == b.1, "{} differs", a.0.display());
    }
}

/// The top of a letter, cut into documents and a document of several pages: quick to read.
pub fn strips() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let page = image::open(fixture("scans/cong-van/1372-SNV-VTLT.png")).unwrap();
    let (width, height) = (page.width(), page.height() / 8);
    let names = ["a/trang-1.png", "a/trang-2.png", "a/trang-3.png", "a/trang-4.png", "b.png", "c.png"];
    fs::create_dir(folder.path().join("a")).unwrap();
    for (n, name) in names.iter().enumerate() {
        page.crop_imm(0, n as u32 * height, width, height).save(folder.path().join(name)).unwrap();
    }
    folder
}

#[test]
fn worker_processes_and_the_library_in_its_own_process_give_the_same_bytes() {
    let (input, workers, own) = (strips(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let formats = "json,txt,pdf,alto";
    let output =
        finished(input.path(), workers.path(), &["--jobs", "2", "--formats", formats, "--keep-images"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = "jobs = 1\nkeep-images = true\nformats = ['json', 'txt', 'pdf', 'alto']";
    let options: RunOptions = toml::from_str(text).unwrap();
    let pipeline = Pipeline::new(options.pipeline()).unwrap();
    let (progress, stop) = (Progress::new(ProgressMode::None), AtomicBool::new(false));
    let in_process = Run {
        pipeline: &pipeline,
        options: &options,
        out: own.path(),
        progress: &progress,
        stop: &stop,
        program: None,
        shard: None,
    };
    run(&[input.path().to_path_buf()], &in_process).unwrap();
    assert_same(workers.path(), own.path());
    assert!(workers.path().join("documents/a/trang.png/pages/0004.png").is_file());
}

#[test]
fn a_run_killed_at_any_page_goes_on_at_that_page() {
    let (input, calm) = (strips(), tempfile::tempdir().unwrap());
    assert!(finished(input.path(), calm.path(), &["--jobs", "2"]).status.success());
    for pages in [1, 3, 5] {
        let out = tempfile::tempdir().unwrap();
        let mut live = Live::start(command(input.path(), out.path(), &["--jobs", "1"]));
        (0..pages).for_each(|_| assert!(live.next("page").is_some()));
        live.child.kill().unwrap();
        live.child.wait().unwrap();
        drop(live);
        let unfinished = out.path().join("documents/c.png");
        if !unfinished.join("status.json").exists() {
            fs::create_dir_all(&unfinished).unwrap();
            fs::write(unfinished.join(".vanthu-stale"), "half").unwrap();
        }
        let again = finished(input.path(), out.path(), &["--jobs", "1"]);
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
        // The page in hand when the run was killed may be read again, no other.
        let recognized = report(out.path())["pages"]["read_now"].as_u64().unwrap();
        assert!((6 - pages - 1..=6 - pages + 1).contains(&recognized), "{recognized} read after {pages}");
        assert_same(calm.path(), out.path());
    }
}

#[test]
fn a_second_run_on_the_same_results_says_so_and_stops() {
    let (input, out) = (strips(), tempfile::tempdir().unwrap());
    let mut first = Live::start(command(input.path(), out.path(), &["--jobs", "1"]));
    assert!(first.next("found").is_some());
    let second = finished(input.path(), out.path(), &[]);
    assert_eq!(second.status.code(), Some(75));
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(message.contains(&format!("process {}", first.child.id())), "{message}");
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    assert!(finished(input.path(), out.path(), &[]).status.success(), "a dead run holds no lock");
}

fn interrupt(child: &Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}

#[test]
fn ctrl_c_finishes_the_pages_in_hand_and_the_next_run_goes_on() {
    let (input, out) = (strips(), tempfile::tempdir().unwrap());
    let mut live = Live::start(command(input.path(), out.path(), &["--jobs", "1"]));
    live.next("page").unwrap();
    interrupt(&live.child);
    while live.next("page").is_some() {}
    assert_eq!(live.child.wait().unwrap().code(), Some(130));
    let interrupted = report(out.path());
    assert_eq!(interrupted["interrupted"], true);
    assert!(interrupted["documents"]["not_reached"].as_u64().unwrap() > 0);
    assert!(finished(input.path(), out.path(), &[]).status.success());
    assert_eq!(report(out.path())["documents"]["not_reached"], 0);
}

#[test]
fn a_watching_run_takes_files_as_they_arrive() {
    let (input, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(input.path().join("a.txt"), "Số: 12/KH-UBND\n\nKẾ HOẠCH\n").unwrap();
    let mut live = Live::start(command(input.path(), out.path(), &["--watch"]));
    assert_eq!(live.next("document").unwrap()["document"], "a.txt");
    fs::write(input.path().join("b.txt"), "Số: 13/KH-UBND\n\nKẾ HOẠCH\n").unwrap();
    assert_eq!(live.next("document").unwrap()["document"], "b.txt");
    interrupt(&live.child);
    assert_eq!(live.child.wait().unwrap().code(), Some(130));
    assert_eq!(report(out.path())["documents"]["done"], 2);
}

#[test]
fn every_input_is_accounted_for() {
    let (input, out) = (strips(), tempfile::tempdir().unwrap());
    fs::write(input.path().join("broken.pdf"), "%PDF-1.7\n").unwrap();
    fs::write(input.path().join("notes.docx"), "no scan").unwrap();
    for round in ["done", "skipped"] {
        assert_eq!(finished(input.path(), out.path(), &[]).status.code(), Some(65));
        let report = report(out.path());
        let count = |of: &str, key: &str| report[of][key].as_u64().unwrap();
        let pages: u64 = ["ok", "blank", "low_confidence", "failed"].iter().map(|k| count("pages", k)).sum();
        assert_eq!((count("pages", "total"), pages), (7, 7), "{round}: {report}");
        assert_eq!((count("documents", "found"), count("documents", "failed")), (4, 1));
        assert_eq!(count("documents", round), 3, "{report}");
        assert!(report["passed_over"][0].as_str().unwrap().ends_with("notes.docx"));
        assert!(report["memory"]["run_bytes"].as_u64().unwrap() > 1 << 20);
    }
}
