//! Nơi nhận: the recipients and the `Lưu` line (Decree 30/2020/NĐ-CP, Appendix I, part 9b).
//!
//! A dash opens an entry; a line without one goes on with the entry above unless that has ended.

use std::sync::LazyLock;

use regex::Regex;

use super::evidence::Proof;
use super::letterhead::is_upper;
use super::passage::{Passage, Span, join};
use super::record::{Archive, Recipient, Recipients};
use super::zone;
use crate::dictionary::{cue, marker};
use crate::restore::restored_page::Lane;

/// The foot's lines: those of the recipients and those of the signature.
pub(crate) fn part(foot: &[Passage]) -> (Vec<Span<'_>>, Vec<Span<'_>>) {
    let (mut recipients, mut signature): (Vec<Span>, Vec<Span>) = (Vec::new(), Vec::new());
    for passage in foot {
        let span = passage.span();
        let opened = !recipients.is_empty();
        let listed = opens_entry(span) || zone::is_label(span.text());
        let left = match passage.lane {
            Lane::Right => false,
            Lane::Left => opened || listed,
            Lane::Full => listed || opened && signature.is_empty() && !is_signing(span),
        };
        if left { recipients.push(span) } else { signature.push(span) }
    }
    (recipients, signature)
}

fn is_signing(span: Span) -> bool {
    let keys = span.keys();
    let titled = is_upper(span.text()) && cue::prefix_any(&keys, cue::SIGNER_TITLES).is_some();
    zone::is_authority(span.text()) || titled
}

fn opens_entry(span: Span) -> bool {
    marker::read(span.text()).is_some_and(|marker| marker.kind.is_bullet()) || is_archive(span)
}

/// `Lưu`, also with specks before it.
fn is_archive(span: Span) -> bool {
    span.text()
        .split_whitespace()
        .take(2)
        .map(cue::key)
        .find(|key| !key.is_empty())
        .is_some_and(|key| key == "luu" || key.starts_with("luuvt"))
}

/// Reads the recipients from their lines.
pub(crate) fn read(lines: &[Span], proof: &mut Proof) -> Recipients {
    let mut recipients = Recipients::default();
    let mut entries: Vec<Vec<Span>> = Vec::new();
    for line in lines {
        let mut line = *line;
        if recipients.label.is_none() && zone::is_label(line.text()) {
            let taken = cue::prefix(&line.keys(), cue::RECIPIENTS).unwrap_or(2);
            let end = line.after_words(taken);
            let label = line.slice(0..end).trim_end(&[':', ';', '.']);
            proof.found("/recipients/label", &[label]);
            recipients.label = Some(label.owned());
            line = line.from(end).trim();
        }
        if line.text().chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            continue;
        }
        match entries.last_mut() {
            Some(entry) if !opens_entry(line) && goes_on(entry, line) => entry.push(line),
            _ => entries.push(vec![line]),
        }
    }
    for entry in entries {
        add(&entry, &mut recipients, proof);
    }
    if recipients.label.is_none() && recipients.entries.is_empty() {
        proof.absent("/recipients");
    }
    recipients
}

/// An entry that ended with `;` or `.` is whole, unless the next line begins small.
fn goes_on(entry: &[Span], line: Span) -> bool {
    let ended = entry.last().is_some_and(|last| last.text().trim_end().ends_with([';', '.']));
    !ended || line.text().starts_with(char::is_lowercase)
}

fn add(entry: &[Span], recipients: &mut Recipients, proof: &mut Proof) {
    let Some(first) = entry.first() else { return };
    if is_archive(*first) && recipients.archive.is_none() {
        proof.found("/recipients/archive", entry);
        let printed = join(entry);
        let mended = COMMA_AS_LETTER.replace(&printed, "${1}VT, ");
        if mended != printed {
            proof.inferred("/recipients/archive", entry, "the comma after VT was read as a letter");
        }
        recipients.archive = Some(archive(&mended));
        return;
    }
    let marker = marker::read(first.text()).filter(|marker| marker.kind.is_bullet());
    let raw = join(entry);
    let text = raw.get(marker.as_ref().map_or(0, |marker| marker.length)..).unwrap_or_default();
    let text = text.trim().trim_end_matches([';', ',', '.', ' ']);
    let pointer = format!("/recipients/entries/{}", recipients.entries.len());
    let mended = FOR_REPORT.replace(text, "${1}b/c)").into_owned();
    if mended == text {
        proof.found(pointer, entry);
    } else {
        proof.inferred(pointer, entry, "b/c, a sign stands for the c, or nothing does");
    }
    let text = mended;
    recipients.entries.push(Recipient { marker: marker.map(|marker| marker.text), text, raw: Some(raw) });
}

/// `(để b/c)` with the sign an engine takes its small `c` for.
static FOR_REPORT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(\((?:để )?)b\s?[/⁄]\s?[€©¢C]?\)").expect("a valid pattern"));

/// `Lưu: VTE QLLĐ`: nearly every paper is kept by VT, the clerks.
static COMMA_AS_LETTER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"((?:Lưu|LƯU)\s?[:.]?\s?)VT[EFP],?\s").expect("a valid pattern"));

static COPIES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s*\(?\b(\d{1,2})\s*(?:b|bản|bộ)\)?\s*").expect("a valid pattern"));

fn archive(text: &str) -> Archive {
    let start = text.find(['L', 'l']).unwrap_or(0);
    let raw = text.get(start..).unwrap_or(text).trim().to_owned();
    let list = raw
        .split_once(':')
        .map_or_else(|| raw.split_once(' ').map_or("", |(_, rest)| rest), |(_, rest)| rest);
    let copies = COPIES.captures(list).and_then(|found| found.get(1)?.as_str().parse().ok());
    let list = COPIES.replace_all(list, "");
    let unit = |unit: &str| unit.trim().trim_end_matches(['.', ';', ' ']).to_owned();
    let units = list.split([',', ';']).map(unit).filter(|unit| !unit.is_empty()).collect();
    Archive { raw, units, copies, drafter: None }
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::*;

    #[test]
    fn entries_over_two_lines_are_one_and_the_archive_line_stands_apart() {
        let lines = [
            "Nơi nhận:",
            "- Bộ Nội vụ;",
            "- UBND tỉnh (để b⁄©);",
            "- Đài Truyền hình Việt Nam,",
            "Đài Tiếng nói Việt Nam;",
            "- Lưu: VT, NC (02b).",
        ];
        let passages: Vec<Passage> = lines.iter().map(|line| passage(line)).collect();
        let (recipients, signature) = part(&passages);
        let recipients = read(&recipients, &mut Proof::default());
        let texts: Vec<&str> = recipients.entries.iter().map(|entry| entry.text.as_str()).collect();
        assert_eq!(
            texts,
            ["Bộ Nội vụ", "UBND tỉnh (để b/c)", "Đài Truyền hình Việt Nam, Đài Tiếng nói Việt Nam"]
        );
        let archive = recipients.archive.expect("a Lưu line");
        assert_eq!((archive.units, archive.copies), (vec!["VT".to_owned(), "NC".to_owned()], Some(2)));
        assert!(signature.is_empty());
    }
}
