//! Restores running text of any size, white space and line structure kept byte for byte.
//!
//! Reads bytes window by window (about [`WINDOW`] bytes, cut at a line end, else at a blank), produces bytes and
//! [`Edit`]s. Hard-wrapped lines are read together as one passage, since a word cut off from its neighbours is hard to
//! tell. Bytes that are no UTF-8 pass through unchanged. Memory is bounded by the window, whatever the text.

use std::io::{self, Read, Write};
use std::ops::Range;

use super::edit_log::Edit;
use super::restorer::{Decided, Restorer, Spoken};

/// Bytes taken together, about.
const WINDOW: usize = 1 << 16;

impl Restorer {
    /// The text restored.
    pub fn text(&self, text: &str) -> String {
        let mut restored = String::with_capacity(text.len() + text.len() / 4);
        self.window(text, 0, &mut restored, &mut |_| Ok(())).unwrap_or_default();
        restored
    }

    /// Restores a stream; every change, and every suspicion, goes to `log`.
    pub fn stream(
        &self,
        mut input: impl Read,
        mut output: impl Write,
        mut log: impl FnMut(&Edit) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut held: Vec<u8> = Vec::new();
        let mut offset = 0u64;
        loop {
            let wanted = WINDOW.saturating_sub(held.len()) as u64;
            let got = input.by_ref().take(wanted).read_to_end(&mut held)? as u64;
            let last = got < wanted;
            let length = if last { held.len() } else { whole_part(&held) };
            let (window, _) = held.split_at(length);
            let restored = self.bytes(window, offset, &mut log)?;
            output.write_all(&restored)?;
            held.drain(..length);
            offset += length as u64;
            if last {
                return output.flush();
            }
        }
    }

    /// Restores the valid parts of a window; what is no UTF-8 is copied.
    fn bytes(
        &self,
        window: &[u8],
        offset: u64,
        log: &mut impl FnMut(&Edit) -> io::Result<()>,
    ) -> io::Result<Vec<u8>> {
        let mut restored = Vec::with_capacity(window.len() + window.len() / 4);
        let mut at = offset;
        for chunk in window.utf8_chunks() {
            let mut text = String::new();
            self.window(chunk.valid(), at, &mut text, log)?;
            restored.extend_from_slice(text.as_bytes());
            restored.extend_from_slice(chunk.invalid());
            at += (chunk.valid().len() + chunk.invalid().len()) as u64;
        }
        Ok(restored)
    }

    fn window(
        &self,
        text: &str,
        offset: u64,
        restored: &mut String,
        log: &mut impl FnMut(&Edit) -> io::Result<()>,
    ) -> io::Result<()> {
        let ranges = passages(text);
        let spoken: Vec<Spoken<'_>> = ranges
            .iter()
            .map(|range| Spoken { text: text.get(range.clone()).unwrap_or_default(), heard: Vec::new() })
            .collect();
        let mut done = 0;
        for (range, decided) in ranges.iter().zip(self.passages(&spoken, false)) {
            for edit in edits(text, range.start, &decided) {
                let start = edit.offset as usize;
                if edit.applied {
                    restored.push_str(text.get(done..start).unwrap_or_default());
                    restored.push_str(&edit.to);
                    done = start + edit.from.len();
                }
                log(&Edit { offset: edit.offset + offset, ..edit })?;
            }
        }
        restored.push_str(text.get(done..).unwrap_or_default());
        Ok(())
    }
}

/// The edits of one passage that begins at `start`, in order of place.
fn edits(text: &str, start: usize, decided: &Decided) -> Vec<Edit> {
    let made = decided.changes.iter().map(|change| (change, true));
    let flagged = decided.flags.iter().map(|change| (change, false));
    let mut all: Vec<Edit> = made
        .chain(flagged)
        .map(|(change, applied)| Edit {
            offset: (start + change.range.start) as u64,
            from: text
                .get(start + change.range.start..start + change.range.end)
                .unwrap_or_default()
                .to_owned(),
            to: change.to.clone(),
            source: change.source,
            posterior: change.posterior,
            applied,
        })
        .collect();
    all.sort_by_key(|edit| edit.offset);
    all
}

/// How much of a full window is whole: up to the last line end, else the last blank, else the last whole character.
fn whole_part(window: &[u8]) -> usize {
    let after = |found: Option<usize>| found.map(|at| at + 1).filter(|&at| at > window.len() / 4);
    let line = after(window.iter().rposition(|&b| b == b'\n'));
    let blank = || after(window.iter().rposition(|b| b.is_ascii_whitespace()));
    let character = || window.iter().rposition(|&b| b & 0xC0 != 0x80).filter(|&at| at > 0);
    line.or_else(blank).or_else(character).unwrap_or(window.len())
}

/// The passages of a text: lines that run on from one another, without the blank lines between.
fn passages(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    let mut open = false;
    for line in text.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        let body = line.trim();
        if body.is_empty() {
            continue;
        }
        match found.last_mut().filter(|_| open && !begins_anew(body)) {
            Some(last) => last.end = end,
            None => found.push(start..end),
        }
        open = runs_on(body);
    }
    found
}

/// Whether a line goes on in the next: it doesn't end as a sentence or an item does, and is long enough to have been wrapped.
fn runs_on(line: &str) -> bool {
    !line.ends_with(['.', ';', ':', '!', '?']) && line.chars().count() > 30
}

/// Whether a line opens an item: a dash, a bullet, a number or letter with a point or bracket.
fn begins_anew(line: &str) -> bool {
    let head = line.split_whitespace().next().unwrap_or_default();
    let marker = head.ends_with(['.', ')']) && head.chars().count() <= 6 && !head.starts_with('(');
    head.starts_with(['-', '+', '•', '*', '–', '|']) || marker
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_are_one_passage_and_items_are_not() {
        let text = "Thuc hien Ke hoach cai cach hanh chinh nha nuoc cua\nthanh pho\n\n1. Muc dich\n- Phan tich\n- De xuat\n";
        let found: Vec<&str> = passages(text).into_iter().map(|r| text[r].trim()).collect();
        assert_eq!(found.len(), 4);
        assert!(found[0].ends_with("thanh pho"));
    }

    #[test]
    fn a_window_is_cut_where_no_word_is_cut() {
        assert_eq!(whole_part(b"mot hai\nba bon"), 8);
        assert_eq!(whole_part(b"mot hai ba bon"), 11);
        let marks = "ếếếế".as_bytes();
        assert_eq!(whole_part(&marks[..11]) % 3, 0);
    }
}
