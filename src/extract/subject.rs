//! Trích yếu: the lines under the type of the paper, or `V/v …` under the number of an official letter.

use super::letterhead::{HeadLine, is_basis};
use super::passage::Span;
use crate::dictionary::{cue, marker};
use crate::restore::restored_page::Alignment;

/// A subject has fewer bytes than this; a longer paragraph is body.
const MOST_BYTES: usize = 1_200;

/// The subject of an official letter, if the first line begins it; returns the lines taken.
pub(crate) fn of_letter<'p>(lines: &[HeadLine<'p>], subject: &mut Vec<Span<'p>>) -> Option<usize> {
    let first = lines.first()?;
    let begins = first.keys.first().is_some_and(|key| key == "vv") || {
        let text = first.span.text();
        text.starts_with("V/v") || text.starts_with("V/V") || text.starts_with("v/v")
    };
    if !begins || !subject.is_empty() {
        return None;
    }
    subject.push(first.span);
    let more = lines.iter().skip(1).take_while(|line| line.span.lane() == first.span.lane() && goes_on(line));
    let more: Vec<Span> = more.map(|line| line.span).collect();
    subject.extend(&more);
    Some(more.len() + 1)
}

/// A further line of a letter's subject: no other part of the head begins with it.
fn goes_on(line: &HeadLine) -> bool {
    let heads = [cue::ADDRESSEES, cue::MOTTO, cue::NATIONAL_TITLES[0]];
    let other =
        cue::prefix_any(&line.keys, &heads).is_some() || super::date::find_worded(line.span.text()).is_some();
    !other && !is_basis(line) && !line.is_upper() && line.span.text().len() < 90
}

/// The subject under the type line; returns the lines taken.
pub(crate) fn after_type<'p>(lines: &[HeadLine<'p>], subject: &mut Vec<Span<'p>>) -> usize {
    let mut taken = 0;
    let mut issuing = subject.is_empty();
    for (at, line) in lines.iter().enumerate() {
        let fresh = at == 0 || lines.get(at - 1).is_some_and(|last| last.item != line.item);
        if ends(line, subject, fresh) {
            break;
        }
        taken = at + 1;
        // `CỦA CHỦ TỊCH …` may run over the next line of capitals: who decides, not what about.
        if issuing && runs_on(line) && !subject_is_capital(lines) {
            continue;
        }
        issuing = false;
        if line.keys.iter().any(|key| !key.is_empty()) {
            subject.push(line.span);
        }
    }
    taken
}

fn ends(line: &HeadLine, subject: &[Span], fresh: bool) -> bool {
    let text = line.span.text();
    let long: usize = subject.iter().map(|span| span.text().len()).sum();
    let counted = |m: &marker::Marker| {
        m.numbers == [1] && m.text.ends_with('.') && !m.text.starts_with(char::is_lowercase)
    };
    let numbered = marker::read(text)
        .is_some_and(|m| m.kind.is_numbered() && (fresh || !subject.is_empty() && counted(&m)));
    if is_basis(line) && fresh
        || numbered
        || cue::prefix(&line.keys, cue::ADDRESSEES).is_some()
        || long > MOST_BYTES
    {
        return true;
    }
    let capital_body = line.is_upper() && cue::prefix_any(&line.keys, DECIDERS).is_some();
    if subject.is_empty() {
        return false;
    }
    let was_upper = subject.iter().all(|span| super::letterhead::is_upper(span.text()));
    let small = text.starts_with(char::is_lowercase);
    capital_body && !was_upper
        || fresh && !small && line.span.alignment() != Alignment::Center
        || fresh && was_upper && !line.is_upper() && !small && text.len() > 120
        || subject.last().is_some_and(|last| last.text().ends_with(':'))
}

/// Who decides, in capitals above the legal bases.
const DECIDERS: &[&str] = &[
    "ỦY BAN",
    "HỘI ĐỒNG",
    "CHỦ TỊCH",
    "GIÁM ĐỐC",
    "BỘ TRƯỞNG",
    "THỦ TƯỚNG",
    "CHÍNH PHỦ",
    "TRƯỞNG",
    "HIỆU TRƯỞNG",
    "CỤC TRƯỞNG",
    "TỔNG GIÁM ĐỐC",
    "CHÁNH",
    "BAN THƯỜNG VỤ",
    "BAN CHẤP HÀNH",
    "QUỐC HỘI",
    "VIỆN TRƯỞNG",
];

fn runs_on(line: &HeadLine) -> bool {
    line.is_upper()
        && (cue::prefix_any(&line.keys, DECIDERS).is_some() || cue::prefix(&line.keys, "CỦA").is_some())
}

/// Whether there is no other subject than capitals: then they are it.
fn subject_is_capital(lines: &[HeadLine]) -> bool {
    !lines.iter().take(8).any(|line| cue::prefix_any(&line.keys, &["Về việc", "V/v", "Về"]).is_some())
        && lines.first().is_some_and(|line| cue::prefix_any(&line.keys, DECIDERS).is_none())
}
