//! `corrections.jsonl`: what people put right, beside the record that the program made.
//!
//! The file only grows: a line for each correction or confirmation, with who and when, synced to disk before it is
//! reported as kept. No run writes to it, and `record.json` stays what the program read; whoever shows or hands on a
//! record applies the corrections first ([`apply`]).
//!
//! *What if the paper is read again?* Every line says what stood there (`was`) and what should (`is`). It holds only while
//! the record says `was` at that place: after a better reading has moved or mended the value, the line has no effect on it
//! and the place is shown for review again. Lines are applied in order, so a correction of a correction, or its undoing, is
//! just one more line.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::WriteError;
use super::words::{PageWords, PlacedWord};
use crate::geometry::Rect;

/// The name of the file in the document's folder.
pub const FILE_NAME: &str = "corrections.jsonl";

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// When: RFC 3339, UTC.
    pub at: String,
    /// Who.
    pub by: String,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// What was put right, or found right where `was` equals `is`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A value of the record.
    Field {
        /// JSON Pointer (RFC 6901).
        pointer: String,
        /// As the record had it, earlier corrections applied.
        was: Value,
        /// As it should be.
        is: Value,
        /// As the engine read it, before restoration.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read: Option<String>,
    },
    /// A word of the text.
    Word {
        /// 1-based page.
        page: u32,
        /// `[x0, y0, x1, y1]` in pixels of the source page.
        bbox: [i32; 4],
        /// As the text had it.
        was: String,
        /// As it should be.
        is: String,
        /// As the engine read it, before restoration.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read: Option<String>,
    },
    /// A whole page, looked through and left as it now stands.
    Page {
        /// 1-based page.
        page: u32,
    },
}

/// The corrections of a document, oldest first; a line that is none (a crash may leave half of one) is passed over.
pub fn read(folder: &Path) -> Vec<Correction> {
    parse(&bytes(folder))
}

/// The file as it is; empty where there is none.
pub fn bytes(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join(FILE_NAME)).unwrap_or_default()
}

/// The corrections in such a file.
pub fn parse(bytes: &[u8]) -> Vec<Correction> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// Adds lines at the end, and returns when they are on disk.
///
/// # Errors
/// [`WriteError`] if the file cannot be written.
pub fn append(folder: &Path, corrections: &[Correction]) -> Result<(), WriteError> {
    let path = folder.join(FILE_NAME);
    let mut lines = Vec::new();
    for correction in corrections {
        serde_json::to_writer(&mut lines, correction)
            .map_err(|source| WriteError::Json { path: path.clone(), source })?;
        lines.push(b'\n');
    }
    append_bytes(&path, lines).map_err(|source| WriteError::Io { path, source })
}

fn append_bytes(path: &Path, mut lines: Vec<u8>) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).read(true).open(path)?;
    if ends_in_half_a_line(&mut file)? {
        lines.insert(0, b'\n');
    }
    file.write_all(&lines)?;
    file.sync_all()?;
    // A new file's name is only durable once the folder is.
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn ends_in_half_a_line(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Puts the corrections of fields into a record; says how many lines took effect, confirmations among them.
pub fn apply(record: &mut Value, corrections: &[Correction]) -> usize {
    corrections.iter().filter(|correction| apply_field(record, &correction.change)).count()
}

fn apply_field(record: &mut Value, change: &Change) -> bool {
    let Change::Field { pointer, was, is, .. } = change else { return false };
    match record.pointer_mut(pointer) {
        Some(value) if value == was => {
            value.clone_from(is);
            true
        }
        _ => false,
    }
}

/// Puts the corrections of words into the text; a word is known by its page, its place and what it says.
pub fn apply_words(pages: &mut [PageWords], corrections: &[Correction]) {
    for correction in corrections {
        if let Change::Word { page, bbox, was, is, .. } = &correction.change
            && let Some(word) = find_word(pages, *page, bbox)
            && word.text == *was
        {
            word.text.clone_from(is);
        }
    }
}

/// The word that covers most of a place, if it is more or less at that place.
pub fn find_word<'a>(pages: &'a mut [PageWords], page: u32, bbox: &[i32; 4]) -> Option<&'a mut PlacedWord> {
    let page = pages.iter_mut().find(|words| words.page == page)?;
    let words = page.blocks.iter_mut().flat_map(|block| &mut block.lines).flatten();
    let near = words.filter_map(|word| Some((overlap(&word.bbox?, bbox), word)));
    near.filter(|(share, _)| *share >= 0.5).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, word)| word)
}

/// The area two boxes share over the area they cover, 0–1.
fn overlap(a: &[i32; 4], b: &[i32; 4]) -> f64 {
    let area = |r: &[i32; 4]| {
        let rect = Rect::new(r[0], r[1], r[2].max(r[0]), r[3].max(r[1]));
        f64::from(rect.width()) * f64::from(rect.height())
    };
    let both = [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])];
    if both[0] >= both[2] || both[1] >= both[3] {
        return if a == b { 1.0 } else { 0.0 };
    }
    area(&both) / (area(a) + area(b) - area(&both)).max(1.0)
}

/// This moment, to the second, as RFC 3339 in UTC.
pub fn now() -> String {
    rfc3339(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs())
}

/// Days to year, month and day by eras of 400 years (H. Hinnant, "chrono-compatible low-level date algorithms").
fn rfc3339(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day + 2) / 153;
    let (day, month) =
        (day - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(pointer: &str, was: Value, is: Value) -> Correction {
        let change = Change::Field { pointer: pointer.into(), was, is, read: None };
        Correction { at: "2026-01-02T03:04:05Z".into(), by: "Lan".into(), change }
    }

    #[test]
    fn lines_are_added_and_half_a_line_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        append(folder.path(), &[field("/a", json!("x"), json!("y"))]).unwrap();
        let path = folder.path().join(FILE_NAME);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"at\":\"2026").unwrap();
        append(folder.path(), &[field("/a", json!("y"), json!("z"))]).unwrap();
        let corrections = read(folder.path());
        assert_eq!(corrections.len(), 2);
        let mut record = json!({"a": "x"});
        assert_eq!(apply(&mut record, &corrections), 2);
        assert_eq!(record, json!({"a": "z"}));
    }

    #[test]
    fn a_correction_holds_only_for_what_it_was_made_of() {
        let corrections = [field("/n/0", json!("x"), json!("y")), field("/gone", json!(null), json!("y"))];
        let mut read_anew = json!({"n": ["another", "x"]});
        assert_eq!(apply(&mut read_anew, &corrections), 0);
        assert_eq!(read_anew, json!({"n": ["another", "x"]}));
    }

    #[test]
    fn a_word_is_known_by_its_place() {
        let word = |text: &str, x| PlacedWord {
            text: text.into(),
            bbox: Some([x, 0, x + 40, 20]),
            ..PlacedWord::default()
        };
        let block = super::super::words::WordBlock {
            kind: super::super::words::BlockKind::Paragraph,
            lines: vec![vec![word("kế", 0), word("kế", 50)]],
        };
        let mut pages = [PageWords { page: 2, blocks: vec![block], ..PageWords::default() }];
        let change = |x| Change::Word {
            page: 2,
            bbox: [x, 1, x + 39, 20],
            was: "kế".into(),
            is: "kể".into(),
            read: None,
        };
        let line = |x| Correction { at: String::new(), by: String::new(), change: change(x) };
        apply_words(&mut pages, &[line(51), line(200)]);
        let texts: Vec<&str> = pages[0].blocks[0].lines[0].iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["kế", "kể"]);
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_400 + 3_661), "2000-02-29T01:01:01Z");
        assert_eq!(rfc3339(1_798_761_599), "2026-12-31T23:59:59Z");
    }
}
