//! Restoration as a user meets it: any bytes in, a clear outcome; every change can be taken back; nothing is done twice.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use vanthu::alphabet::fold;
use vanthu::dictionary::Dictionary;
use vanthu::restore::{RestoreOptions, Restorer, undo};

static RESTORER: LazyLock<Restorer> =
    LazyLock::new(|| Restorer::new(Dictionary::builtin().unwrap(), RestoreOptions::default()));

/// Restores bytes; gives the restored bytes and the log.
fn restored(input: &[u8]) -> (Vec<u8>, String) {
    let (mut output, mut log) = (Vec::new(), String::new());
    let write = |edit: &vanthu::restore::Edit| {
        log += &(serde_json::to_string(edit)? + "\n");
        Ok(())
    };
    RESTORER.stream(input, &mut output, write).unwrap();
    (output, log)
}

fn undone(output: &[u8], log: &str) -> Vec<u8> {
    let mut original = Vec::new();
    undo(output, log.as_bytes(), &mut original).unwrap();
    original
}

fn seed(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/seeds");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found = entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(name));
    fs::read_to_string(found.next().unwrap()).unwrap()
}

/// Clean, stripped and garbled text.
static SAMPLES: LazyLock<[String; 3]> =
    LazyLock::new(|| [seed("000"), fold(&seed("000")).into_owned(), seed("003")]);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_come_through_and_back(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40),
                any::<String>().prop_map(String::into_bytes),
                "(uy ban nhan dan|Ke hoach|S6:|s6 |QD-UBND |nghi¢p |\\u{301}|\\r\\n|\\t|12/2024| ){0,8}".prop_map(String::into_bytes),
            ],
            0..8,
        )
    ) {
        let input = pieces.concat();
        let (output, log) = restored(&input);
        prop_assert_eq!(undone(&output, &log), input);
    }
}

#[test]
fn restoring_twice_is_restoring_once() {
    for sample in SAMPLES.iter() {
        let once = RESTORER.text(sample);
        let twice = RESTORER.text(&once);
        let other = once.lines().zip(twice.lines()).find(|(a, b)| a != b);
        assert_eq!(other, None);
    }
}

#[test]
fn what_was_remembered_of_other_text_changes_nothing() {
    let fresh = Restorer::new(Dictionary::builtin().unwrap(), RestoreOptions::default());
    let [_, stripped, garbled] = &*SAMPLES;
    let first = fresh.text(stripped);
    fresh.text(garbled);
    assert_eq!(fresh.text(stripped), first);
}

#[test]
fn a_line_without_end_is_restored_and_taken_back() {
    let line = "uy ban nhan dan thanh pho ban hanh ke hoach trien khai nhiem vu ".repeat(16_000);
    let (output, log) = restored(line.as_bytes());
    assert!(output.starts_with("ủy ban nhân dân thành phố ban hành kế hoạch triển khai".as_bytes()));
    assert_eq!(undone(&output, &log), line.as_bytes());
}

#[test]
fn tones_stand_where_the_document_puts_them() {
    let text = "Việc hoà giải ở cơ sở, tuỳ tình hình, do Uỷ ban nhân dân xã chủ trì.\n".repeat(4)
        + "Uy ban nhan dan xa to chuc hoa giai, thuc hien nhiem vu theo ke hoach da ban hanh\n";
    assert!(
        RESTORER
            .text(&text)
            .ends_with("Uỷ ban nhân dân xã tổ chức hoà giải, thực hiện nhiệm vụ theo kế hoạch đã ban hành\n")
    );
}

#[test]
fn the_users_own_terms_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("terms.tsv");
    fs::write(&path, "Hợp tác xã chè Xỉnh Xoảng\t50\n").unwrap();
    let own = Arc::new(Dictionary::builtin().unwrap().with(&path).unwrap());
    let own = Restorer::new(own, RestoreOptions::default());
    let text = "Uy ban nhan dan xa de nghi Hop tac xa che Xinh Xoang bao cao ket qua thuc hien\n";
    assert!(own.text(text).contains("Hợp tác xã chè Xỉnh Xoảng"), "{}", own.text(text));
    assert!(!RESTORER.text(text).contains("Xỉnh Xoảng"));
}

#[test]
fn a_writers_slip_is_pointed_out_and_stays() {
    let text = seed("000");
    let (output, log) = restored(text.as_bytes());
    assert_eq!(output, text.as_bytes());
    assert!(log.contains(r#""to":"phóng""#), "{log}");
}
