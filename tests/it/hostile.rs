//! Everything an archive, or an enemy, may put into a folder: every input ends with a line in the report.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::batch::{finished, fixture, report};

fn deflated(byte: u8, length: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..length / 4096 {
        encoder.write_all(&[byte; 4096]).unwrap();
    }
    encoder.finish().unwrap()
}

fn png_chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    [&(data.len() as u32).to_be_bytes()[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

/// A grey PNG that states a size and holds so many bytes of zeros, packed.
fn png(width: u32, height: u32, bytes: usize) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        png_chunk(b"IHDR", &header),
        png_chunk(b"IDAT", &deflated(0, bytes)),
        png_chunk(b"IEND", b""),
    ]
    .concat()
}

/// A TIFF of one strip that states a size.
fn tiff(width: u32, height: u32) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &1u32.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let entries = [
        entry(256, 4, width),
        entry(257, 4, height),
        entry(258, 3, 8),
        entry(259, 3, 1),
        entry(262, 3, 1),
        entry(273, 4, 8),
        entry(278, 4, height),
        entry(279, 4, 100),
    ];
    let body = [&(entries.len() as u16).to_le_bytes()[..], &entries.concat(), &[0; 4]].concat();
    [&b"II*\0\x08\0\0\0"[..], &body].concat()
}

fn pdf(page: &str, objects: &[Vec<u8>]) -> Vec<u8> {
    let first = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R{page}>>").into_bytes(),
    ];
    let mut bytes = b"%PDF-1.7\n".to_vec();
    for (n, object) in first.iter().chain(objects).enumerate() {
        bytes.extend([format!("{} 0 obj\n", n + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    bytes.extend(b"trailer\n<</Root 1 0 R>>\n%%EOF\n");
    bytes
}

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    [format!("<<{dictionary}/Length {}>>\nstream\n", data.len()).as_bytes(), data, b"\nendstream"].concat()
}

fn bombs(folder: &Path) {
    let put = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    put("giant-header.png", &png(100_000, 100_000, 4096));
    put("bomb.png", &png(1000, 1000, 256 << 20));
    put("giant-header.tif", &tiff(100_000, 100_000));
    put("short.tif", &tiff(2000, 2000));
    let image = "/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode";
    let draw = stream("", b"q 595 0 0 842 0 0 cm /Im Do Q");
    let resources = "/Resources<</XObject<</Im 5 0 R>>>>";
    let giant = stream(&format!("{image}/Width 100000/Height 100000"), &deflated(0, 4096));
    put("giant-image.pdf", &pdf(resources, &[draw.clone(), giant]));
    let cut = stream(&format!("{image}/Width 595/Height 842"), &deflated(0, 4096));
    put("cut-image.pdf", &pdf(resources, &[draw.clone(), cut]));
    let bomb = deflated(b' ', 256 << 20);
    put("content-bomb.pdf", &pdf("", &[stream("/Filter/FlateDecode", &bomb)]));
    let form = stream(&format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]{resources}"), b"/Im Do /Im Do");
    put("form-in-itself.pdf", &pdf(resources, &[draw, form]));
    put("deep-array.pdf", &pdf(&format!("/Deep {}", "[".repeat(200_000)), &[stream("", b"")]));
    put("kids-in-a-circle.pdf", b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[2 0 R]/Count 1>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n");
}

fn names(folder: &Path) {
    let long = [&[b'l'; 251][..], b".txt"].concat();
    let names: [&[u8]; 5] = [b"k\xd5 ho\xb9ch.txt", b"line\nfeed.txt", b"..txt.txt", &long, b" -rf *.txt"];
    for name in names {
        fs::write(folder.join(OsStr::from_bytes(name)), "Số: 12/KH-UBND\n").unwrap();
    }
    symlink(folder, folder.join("loop")).unwrap();
    symlink("/etc/passwd", folder.join("outside.txt")).unwrap();
    symlink("/nowhere", folder.join("dangling.pdf")).unwrap();
    Command::new("mkfifo").arg(folder.join("pipe.pdf")).status().unwrap();
}

#[test]
fn every_hostile_input_has_its_line_and_none_ends_the_run() {
    let input = tempfile::tempdir().unwrap();
    let out = input.path().join("results");
    bombs(input.path());
    names(input.path());
    for entry in fs::read_dir(fixture("hostile")).unwrap().flatten() {
        fs::copy(entry.path(), input.path().join(entry.file_name())).unwrap();
    }
    let more = ["--page-timeout", "60", "--max-memory", "2000000000", "--jobs", "2"];
    let output = finished(input.path(), &out, &more);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(65), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{said}");

    let report = report(&out);
    let files = fs::read_dir(input.path()).unwrap().flatten().filter(|e| e.file_type().unwrap().is_file());
    let files = files.filter(|entry| !entry.file_name().as_bytes().starts_with(b"."));
    let count = |of: &str, key: &str| report[of][key].as_u64().unwrap() as usize;
    assert_eq!(count("documents", "found"), files.count(), "{report}");
    assert_eq!(count("documents", "not_reached"), 0);
    assert_eq!(count("documents", "done") + count("documents", "failed"), count("documents", "found"));
    let passed_over = report["passed_over"].as_array().unwrap();
    assert_eq!(passed_over.len(), 4, "two links, a circle, a pipe: {passed_over:?}");
    for bad in [
        "giant-header.png",
        "giant-header.tif",
        "short.tif",
        "giant-image.pdf",
        "cut-image.pdf",
        "kids-in-a-circle.pdf",
    ] {
        let failures = report["failures"].as_array().unwrap();
        assert!(failures.iter().any(|f| f["input"].as_str().unwrap().ends_with(bad)), "{bad} did not fail");
    }
    assert!(count("memory", "worker_bytes") < 2_000_000_000);
    assert!(out.join("documents/line%0Afeed.txt/record.json").is_file());
    assert!(!fs::read_to_string(out.join("report.json")).unwrap().contains("root:"));
}

#[test]
fn results_that_cannot_be_written_end_the_run_with_73() {
    let folder = tempfile::tempdir().unwrap();
    let (text, out) = (folder.path().join("a.txt"), folder.path().join("out"));
    fs::write(&text, "KẾ HOẠCH\n").unwrap();
    fs::create_dir(&out).unwrap();
    fs::set_permissions(&out, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(out.join("try"), "").is_ok() {
        eprintln!("skipped: this user may write anywhere");
        return;
    }
    assert_eq!(finished(&text, &out, &[]).status.code(), Some(73));
}
