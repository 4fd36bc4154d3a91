//! The foot of a plain text: recipients on the left, signature on the right, often glued in one line.
//!
//! From `Nơi nhận:` on. A line is cut after the label, at an authority prefix (`KT.`), at the title of a signer, or at a
//! wide gap. Entries come out as left paragraphs, then the lines of the signature as right ones.

use super::Zone;
use super::source_line::{SourceLine, WIDE, is_upper};
use crate::dictionary::{cue, marker};
use crate::layout::page_layout::{Alignment, Block, Lane, Line, Paragraph};

/// Whether the recipients begin with this line.
pub fn begins(line: &SourceLine) -> bool {
    label(line).is_some()
}

fn label(line: &SourceLine) -> Option<usize> {
    let taken = cue::prefix(&line.keys, cue::RECIPIENTS)?;
    let closes = line.words.get(taken - 1).is_some_and(|word| word.text.ends_with([':', ';', '.']));
    (closes
        || line.words.len() == taken
        || line.gaps.get(taken).is_some_and(|gap| *gap > WIDE)
        || is_signature(line, taken))
    .then_some(taken)
}

/// Reads the foot into blocks, up to an appendix or the end of the page; returns the lines taken, at least one.
pub fn read(lines: &[SourceLine], blocks: &mut Vec<Block>, zone: &mut Zone) -> usize {
    let (mut left, mut right): (Vec<Vec<Line>>, Vec<Line>) = (Vec::new(), Vec::new());
    let mut taken = 0;
    for line in lines {
        if ends(line) {
            *zone = Zone::Body;
            break;
        }
        taken += 1;
        if line.is_blank() {
            continue;
        }
        let cut = cut(line, !right.is_empty());
        if cut > 0 {
            add_left(line.part(0, cut), &mut left);
        }
        if cut < line.words.len() {
            right.push(line.part(cut, line.words.len()));
        }
    }
    let paragraph = |lines, lane| Block::Paragraph(Paragraph { lines, lane, alignment: alignment(lane) });
    blocks.extend(left.into_iter().map(|lines| paragraph(lines, Lane::Left)));
    blocks.extend(right.into_iter().map(|line| paragraph(vec![line], Lane::Right)));
    if *zone == Zone::Body { taken } else { taken.max(1) }
}

fn alignment(lane: Lane) -> Alignment {
    if lane == Lane::Right { Alignment::Center } else { Alignment::Left }
}

/// An appendix begins.
fn ends(line: &SourceLine) -> bool {
    line.is_upper()
        && cue::prefix_any(&line.keys, &["PHỤ LỤC", "BIỂU MẪU", "DANH SÁCH", "DANH MỤC"]).is_some()
}

/// A dash opens an entry; a line without one goes on with it, unless the last was the label or has ended.
fn add_left(line: Line, left: &mut Vec<Vec<Line>>) {
    let text = line.text();
    let opens = marker::read(&text).is_some() || cue::prefix(&cue::keys(&text), "Lưu").is_some();
    match left.last_mut() {
        Some(entry) if !opens && !ended(entry) => entry.push(line),
        _ => left.push(vec![line]),
    }
}

fn ended(entry: &[Line]) -> bool {
    entry.last().is_some_and(|line| line.text().ends_with([';', ':', '.']))
}

/// The word at which the signature's column begins; the number of words if it has no part in this line.
fn cut(line: &SourceLine, signature_seen: bool) -> usize {
    let words = line.words.len();
    if let Some(taken) = label(line) {
        return taken;
    }
    let wide = (1..words).find(|at| line.gaps.get(*at).is_some_and(|gap| *gap > WIDE));
    wide.or_else(|| (0..words).find(|at| is_signature(line, *at)))
        .or_else(|| (signature_seen && is_name(line)).then_some(0))
        .or_else(|| noise_tail(line))
        .unwrap_or(words)
}

/// Whether the words from `at` to the end are an authority line or the title of a signer.
fn is_signature(line: &SourceLine, at: usize) -> bool {
    let (Some(rest), Some(keys)) = (line.words.get(at..), line.keys.get(at..)) else { return false };
    if rest.first().is_none_or(|word| word.text.ends_with([';', ','])) {
        return false;
    }
    if !is_upper(rest.iter().map(|word| word.text.as_str())) {
        return false;
    }
    let first = rest.first().map_or("", |word| word.text.as_str());
    let stop = first.ends_with('.') || first.contains('/');
    let prefixed = stop && cue::AUTHORITY_PREFIXES.iter().any(|prefix| cue::key(prefix) == cue::key(first));
    let clipped = stop && first.chars().count() <= 3 && rest.len() > 2;
    prefixed
        || clipped
        || cue::SIGNER_TITLES.iter().any(|title| cue::prefix(keys, title).is_some_and(|n| n == keys.len()))
}

/// Two to five capitalised words without a mark or digit.
fn is_name(line: &SourceLine) -> bool {
    let capital = |text: &str| text.starts_with(char::is_uppercase) && text.chars().all(char::is_alphabetic);
    (2..=5).contains(&line.words.len()) && line.words.iter().all(|word| capital(&word.text))
}

/// Specks after the end of an entry.
fn noise_tail(line: &SourceLine) -> Option<usize> {
    let from = line.keys.iter().rposition(|key| !key.is_empty())? + 1;
    let ended = line.words.get(from - 1).is_some_and(|word| word.text.ends_with([';', '.', ',']));
    (ended && from < line.words.len()).then_some(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::from_text::source_line;

    #[test]
    fn recipients_and_signature_come_apart() {
        let text = "Noi nhin: M. UY BAN N HAN DAN\n- Bo Noi vu; KT. CHU TICH\n\n- Thuong truc HDND TP, PHO CHU TICW\n\
                    - VP UBND: CVP, cac phong\n\nchuyen mon;\n- Luu: VT.\n\nLo Van Tinh";
        let mut blocks = Vec::new();
        let mut zone = Zone::Foot;
        read(&source_line::pages(text)[0], &mut blocks, &mut zone);
        let seen: Vec<String> =
            blocks.iter().map(|b| b.lines().map(Line::text).collect::<Vec<_>>().join("/")).collect();
        let expected = [
            "Noi nhin:",
            "- Bo Noi vu;",
            "- Thuong truc HDND TP,",
            "- VP UBND: CVP, cac phong/chuyen mon;",
            "- Luu: VT.",
            "M. UY BAN N HAN DAN",
            "KT. CHU TICH",
            "PHO CHU TICW",
            "Lo Van Tinh",
        ];
        assert_eq!(seen, expected);
    }
}
