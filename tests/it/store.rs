//! Shards that file their results in an object store: against `moto_server`, a server that stands for S3, where it is found
//! (on the PATH, or as `VANTHU_S3_SERVER` says; `make test-runners` installs it). Between the two stands a proxy that
//! refuses on demand.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::batch::{finished, fixture};

/// A server of its own and the proxy before it.
struct Server {
    child: Child,
    port: u16,
    /// Uploads still to be refused.
    refuse: Arc<AtomicI64>,
}

impl Server {
    /// Starts both; `None`, with a line that says so, where there is no server.
    fn start() -> Option<Self> {
        let program = std::env::var("VANTHU_S3_SERVER").unwrap_or_else(|_| "moto_server".to_owned());
        let behind = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let port_arg = behind.to_string();
        let started = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port_arg])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = started else {
            eprintln!("skipped: no moto_server here; `make test-runners` installs one");
            return None;
        };
        let refuse = Arc::new(AtomicI64::new(0));
        let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = proxy.local_addr().unwrap().port();
        let wanted = Arc::clone(&refuse);
        std::thread::spawn(move || {
            for client in proxy.incoming().flatten() {
                let wanted = Arc::clone(&wanted);
                std::thread::spawn(move || pass_on(client, behind, &wanted));
            }
        });
        let server = Self { child, port, refuse };
        let start = Instant::now();
        while server.ask("PUT", "/archive").is_none() {
            assert!(start.elapsed() < Duration::from_secs(60), "moto_server does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(server)
    }

    /// A bare request; the body of the answer.
    fn ask(&self, method: &str, path: &str) -> Option<Vec<u8>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let key = "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/s3/aws4_request";
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: {key}\r\ncontent-length: 0\r\n\r\n"
        )
        .ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let head = answer.windows(4).position(|w| w == b"\r\n\r\n")?;
        answer.starts_with(b"HTTP/1.1 200").then(|| answer.split_off(head + 4))
    }

    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.ask("GET", &format!("/archive/{key}"))
    }

    fn vanthu(&self, args: &[&str]) -> Option<i32> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vanthu"));
        for (name, value) in [
            ("AWS_ENDPOINT", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ] {
            command.env(name, value);
        }
        command.args(args).stderr(Stdio::null()).status().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request and its answer; an upload of a result is refused as long as that is wanted.
fn pass_on(client: TcpStream, behind: u16, refuse: &AtomicI64) -> Option<()> {
    let mut from = BufReader::new(client.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    let (mut client, upload) = (client, head.starts_with("PUT") && head.contains("/documents/"));
    if upload && refuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| (n > 0).then(|| n - 1)).is_ok() {
        let no = b"HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        return client.write_all(no).ok();
    }
    let mut server = TcpStream::connect(("127.0.0.1", behind)).ok()?;
    server.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).ok()?;
    server.write_all(&body).ok()?;
    std::io::copy(&mut server, &mut client).ok()?;
    Some(())
}

fn papers() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..6 {
        fs::write(folder.path().join(format!("kế hoạch {n}%.txt")), format!("Số: {n}/KH-UBND\n\nKẾ HOẠCH\n"))
            .unwrap();
    }
    fs::copy(fixture("scans/giay-moi/64-GM-UBND.pdf"), folder.path().join("64.pdf")).unwrap();
    folder
}

fn shard<'a>(k: &'a str, root: &'a Path) -> Vec<&'a str> {
    let manifest = "s3://archive/a/b/manifest.jsonl";
    let root = root.to_str().unwrap();
    vec![
        "run",
        "--manifest",
        manifest,
        "--shard",
        k,
        "--out",
        "s3://archive/a/b",
        "--input-root",
        root,
        "--quiet",
    ]
}

#[test]
fn results_in_an_object_store_are_those_in_a_folder() {
    let Some(server) = Server::start() else { return };
    let (input, folder) = (papers(), tempfile::tempdir().unwrap());
    assert!(finished(input.path(), folder.path(), &["--formats", "json,txt,jsonl"]).status.success());
    let scans = input.path().to_str().unwrap();
    assert_eq!(server.vanthu(&["plan", scans, "--out", "s3://archive/a/b", "--shards", "2"]), Some(0));
    assert_eq!(server.vanthu(&["merge", "s3://archive/a/b"]), Some(75));
    let jsonl = ["--formats", "json,txt,jsonl"];
    let run = |k| server.vanthu(&[&shard(k, input.path())[..], &jsonl].concat());

    // An upload that is refused now and then is tried again at once.
    server.refuse.store(2, Ordering::SeqCst);
    assert_eq!(run("1/2"), Some(0));
    assert_eq!(server.refuse.load(Ordering::SeqCst), 0);
    // One that is refused for good ends the shard with 75, and nothing half is there.
    server.refuse.store(i64::MAX, Ordering::SeqCst);
    assert_eq!(run("2/2"), Some(75));
    server.refuse.store(0, Ordering::SeqCst);
    assert_eq!(server.vanthu(&["merge", "s3://archive/a/b"]), Some(75));
    let report: Value = serde_json::from_slice(&server.get("a/b/report.json").unwrap()).unwrap();
    assert_eq!(report["unfinished"], serde_json::json!(["2/2"]));
    assert_eq!(run("2/2"), Some(0));
    assert_eq!(server.vanthu(&["merge", "s3://archive/a/b"]), Some(0));

    assert_eq!(
        server.get("a/b/records.jsonl").unwrap(),
        fs::read(folder.path().join("records.jsonl")).unwrap()
    );
    let report: Value = serde_json::from_slice(&server.get("a/b/report.json").unwrap()).unwrap();
    assert_eq!((&report["accounted"], &report["documents"]["done"]), (&7.into(), &7.into()));
    for file in ["record.json", "text.txt", "words.jsonl", "status.json"] {
        let here = fs::read(folder.path().join("documents/64.pdf").join(file)).unwrap();
        assert!(server.get(&format!("a/b/documents/64.pdf/{file}")).unwrap() == here, "{file}");
    }
    // What is there is not done again.
    server.refuse.store(i64::MAX, Ordering::SeqCst);
    assert_eq!(run("1/2"), Some(0));
}
