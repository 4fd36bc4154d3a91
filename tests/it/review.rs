//! The review page: a person corrects a value in a real browser and finds it in the file, in the exports and after another
//! run; and nobody else gets in.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::browser::Browser;

const LETTER: &str = "cong-van/1372-SNV-VTLT.png";

fn vanthu(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_vanthu")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The page, served by the real program on a free port.
struct Served {
    program: Child,
    url: String,
}

impl Served {
    fn start(out: &Path, more: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_vanthu"))
            .arg("review")
            .arg(out)
            .args(["--port", "0"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { program, url: url.trim().to_owned() }
    }

    fn port(&self) -> String {
        self.url
            .trim_start_matches("http://")
            .split(['/', '?'])
            .next()
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .to_owned()
    }

    /// Sends a request as it stands and returns the answer, head and all.
    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port().parse().unwrap())).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str, headers: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n"))
    }

    fn post(&self, body: &Value, headers: &str) -> String {
        let (body, port) = (body.to_string(), self.port());
        self.send(&format!(
            "POST /api/corrections HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

/// Results as a run leaves them, without the engine: one letter, hostile in all its words.
fn hostile_results() -> tempfile::TempDir {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("documents/a & b/<img src=x>.png");
    std::fs::create_dir_all(&folder).unwrap();
    let script = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
    let mut record = serde_json::to_value(vanthu::extract::record::Record::default()).unwrap();
    record["source"] =
        json!({"file": "a", "pages": 1, "page_images": [{"page": 1, "width": 100, "height": 80}]});
    record["subject"] = json!(script);
    record["number"] = json!({"raw": "26/KH-UBND", "sequence": "26", "notation": "KH-UBND"});
    let proof =
        json!({"page": 1, "bbox": [0, 0, 90, 40], "confidence": 0.5, "status": "found", "raw": script});
    record["evidence"] = json!({"/subject": proof, "/number": proof});
    let words = json!({"page": 1, "width": 100, "height": 80, "blocks": [{"kind": "paragraph", "lines": [[
        {"text": script, "bbox": [10, 10, 50, 20], "confidence": 0.2, "choices": [script]}]]}]});
    let image = out.path().join("scan.png");
    image::GrayImage::from_pixel(100, 80, image::Luma([250])).save(&image).unwrap();
    let state = json!({"state": "low_confidence", "input_files": [image], "input_sha256": "", "version": "0", "options_sha256": "",
        "files": ["record.json"], "pages": [{"page": 1, "state": "low_confidence", "expected_character_accuracy": 0.2, "reason": script}]});
    for (file, content) in [("record.json", record), ("words.jsonl", words), ("status.json", state)] {
        std::fs::write(folder.join(file), format!("{content}\n")).unwrap();
    }
    out
}

const HOSTILE: &str = "a & b/<img src=x>.png";

#[test]
fn nobody_else_gets_in_and_no_path_leads_out() {
    let out = hostile_results();
    let served = Served::start(out.path(), &[]);
    let host = format!("Host: 127.0.0.1:{}\r\n", served.port());
    let page = served.get("/", &host);
    assert!(
        status(&page) == "200" && page.to_lowercase().contains("content-security-policy: default-src 'none'"),
        "{page}"
    );
    assert_eq!(status(&served.get("/", "Host: evil.example\r\n")), "403");
    assert_eq!(status(&served.get("/api/queue", &format!("{host}Sec-Fetch-Site: cross-site\r\n"))), "403");
    for name in ["..%2F..%2Fscan.png", "%2Fetc", "..", "a%20%26%20b", "%00"] {
        for path in ["document", "image", "words"] {
            let answer = served.get(&format!("/api/{path}?document={name}&page=1"), &host);
            assert_eq!(status(&answer), "404", "{path} {name}: {answer}");
        }
    }
    for path in ["/assets/..%2Fmod.rs", "/assets/../server.rs", "/record.json"] {
        assert_eq!(status(&served.get(path, &host)), "404", "{path}");
    }

    let change = |pointer: &str, was: Value, is: Value| json!({"document": HOSTILE, "by": "Lan", "change": {"kind": "field", "pointer": pointer, "was": was, "is": is}});
    let json_body = "Content-Type: application/json\r\n";
    let right = change("/number/raw", json!("26/KH-UBND"), json!("265/KH-UBND"));
    assert_eq!(
        status(&served.post(&right, "Content-Type: text/plain\r\n")),
        "415",
        "as a form of another page sends it"
    );
    assert_eq!(status(&served.post(&right, &format!("{json_body}Origin: http://evil.example\r\n"))), "403");
    assert_eq!(status(&served.post(&change("/source/file", json!("a"), json!("b")), json_body)), "404");
    assert_eq!(status(&served.post(&change("/subject", json!("other"), json!("b")), json_body)), "409");
    assert_eq!(
        status(&served.post(&change("/number/raw", json!("26/KH-UBND"), json!([1])), json_body)),
        "422"
    );
    let file = out.path().join("documents").join(HOSTILE).join("corrections.jsonl");
    assert!(!file.exists(), "nothing refused is kept");
    assert_eq!(status(&served.post(&right, json_body)), "200");
    let kept = std::fs::read_to_string(file).unwrap();
    assert_eq!(kept.lines().count(), 2, "the sequence comes along: {kept}");
}

#[test]
fn others_need_the_token() {
    let out = hostile_results();
    let served = Served::start(out.path(), &["--bind", "0.0.0.0"]);
    let token = served.url.split_once("token=").expect("the address holds the token").1.to_owned();
    assert_eq!(status(&served.get("/", "Host: a\r\n")), "403");
    let greeted = served.get(&format!("/?token={token}"), "Host: a\r\n");
    assert!(status(&greeted) == "303" && greeted.contains("HttpOnly; SameSite=Strict"), "{greeted}");
    assert_eq!(
        status(&served.get("/api/queue", &format!("Host: a\r\nCookie: vanthu_token={token}\r\n"))),
        "200"
    );
}

#[test]
fn what_a_scan_says_is_shown_and_never_run() {
    let out = hostile_results();
    let served = Served::start(out.path(), &[]);
    let Some(mut browser) = Browser::open(1024, 768) else { return };
    browser.go(&served.url);
    browser.until("document.querySelector('dialog input')");
    browser.write("<b>Lan</b>");
    browser.key("Enter");
    browser.until("document.querySelector('.papers a')");
    browser.key("Enter");
    browser.until("document.querySelector('.field.chosen') && document.querySelector('.boxes .word')");
    browser.key("t");
    browser.until("document.querySelector('.words').innerText.includes('<script>document.title')");
    browser.key("w");
    browser.until("document.querySelector('.popup .readings li')");
    assert_eq!(browser.value("document.title").as_str().map(|title| title.contains("owned")), Some(false));
    assert_eq!(browser.value("document.querySelectorAll('main script, main img[onerror]').length"), json!(0));
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

/// Walks by keys to the first value, and from there down to the one that is wanted.
fn walk_to(browser: &mut Browser, pointer: &str) {
    for key in ["k", "j"] {
        let mut last = Value::Null;
        loop {
            let chosen = browser.value("document.querySelector('.field.chosen').dataset.pointer");
            if chosen == last || key == "j" && chosen == pointer {
                break;
            }
            last = chosen;
            browser.key(key);
        }
    }
    assert_eq!(browser.value("document.querySelector('.field.chosen').dataset.pointer"), pointer);
}

#[test]
fn a_correction_reaches_the_file_and_the_exports_and_survives_another_run() {
    let (input, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let scan = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scans").join(LETTER);
    std::fs::copy(scan, input.path().join("letter.png")).unwrap();
    let (from, to) = (input.path().to_str().unwrap(), out.path().to_str().unwrap());
    vanthu(&["run", from, "--out", to, "--quiet", "--formats", "json,txt,jsonl"]);
    let folder = out.path().join("documents/letter.png");
    let record = std::fs::read(folder.join("record.json")).unwrap();

    let served = Served::start(out.path(), &[]);
    let Some(mut browser) = Browser::open(1366, 768) else { return };
    browser.go(&served.url);
    browser.until("document.querySelector('dialog input')");
    browser.write("Nguyễn Thị Lan");
    browser.key("Enter");
    browser.until("document.activeElement.matches('.papers a')");
    browser.picture("queue");
    browser.key("Enter");
    browser.until(
        "document.querySelector('.paper img')?.naturalWidth > 500 && document.querySelector('.boxes .word')",
    );
    browser.picture("page");

    // By keys alone: to the subject, another wording, kept.
    browser.until("document.querySelector('.field.chosen')");
    walk_to(&mut browser, "/subject");
    browser.until("document.querySelector('.place.chosen')");
    browser.key("Enter");
    browser.until("document.activeElement.matches('.editor textarea')");
    browser.picture("field");
    browser.write("V/v báo cáo tình hình quản lý tài liệu Đắk Xú");
    browser.key("Enter");
    browser.until("document.querySelector('[data-pointer=\"/subject\"].corrected')");
    browser.key("w");
    if browser.value("Boolean(document.querySelector('.popup'))") == json!(true) {
        browser.until("document.querySelector('.popup .readings li')");
        browser.picture("word");
        browser.key("1");
        browser.until("!document.querySelector('.popup')");
    }
    browser.key("x");
    browser.until("document.querySelector('.strip > .seen')");
    browser.key("Escape");
    browser.until("document.querySelector('.papers, .nothing')");
    browser.go(&format!("file://{to}/report.html"));
    browser.until("document.querySelectorAll('.tile').length === 8 && document.querySelector('.bar')");
    browser.picture("report");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);

    let lines = std::fs::read_to_string(folder.join("corrections.jsonl")).unwrap();
    let corrections: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let corrected = corrections.iter().find(|line| line["pointer"] == "/subject").expect("the subject");
    assert_eq!((&corrected["by"], &corrected["kind"]), (&json!("Nguyễn Thị Lan"), &json!("field")));
    assert_eq!(corrected["is"], "V/v báo cáo tình hình quản lý tài liệu Đắk Xú");
    assert!(corrected["at"].as_str().unwrap().ends_with('Z'));
    assert!(corrections.iter().any(|line| line["kind"] == "page"));

    let exported = |what: &str| vanthu(&["review", to, "--export", what]);
    assert!(
        exported("pairs")
            .lines()
            .any(|line| line.ends_with("\tV/v báo cáo tình hình quản lý tài liệu Đắk Xú"))
    );
    assert!(exported("records").contains("quản lý tài liệu Đắk Xú"));
    assert_eq!(
        std::fs::read(folder.join("record.json")).unwrap(),
        record,
        "the program's reading stays as it was"
    );

    vanthu(&["run", from, "--out", to, "--quiet", "--force", "--formats", "json,txt,jsonl"]);
    assert_eq!(std::fs::read_to_string(folder.join("corrections.jsonl")).unwrap(), lines);
    let records = std::fs::read_to_string(out.path().join("records.jsonl")).unwrap();
    assert!(records.contains("quản lý tài liệu Đắk Xú"), "the next export holds it");
    assert!(vanthu(&["search", to, "dak xu", "--json"]).is_empty(), "the text of the page is what it was");
}
