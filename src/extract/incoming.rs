//! The incoming-mail stamp (`CÔNG VĂN ĐẾN`, Decree 30/2020/NĐ-CP, Appendix IV): number and day under which a paper was
//! entered in the register of the office that got it.
//!
//! Its `Số:` and `Ngày:` are not those of the paper, so its lines are taken out of the head before that is read. The
//! figures in it are written in ink as a rule: their confidence is capped.

use super::date;
use super::evidence::Proof;
use super::passage::Span;
use super::record::Incoming;

/// A stamp has no more lines than this below its title.
const MOST_LINES: usize = 5;

/// The lines of a stamp that begins with the first of these lines; 0 if none does.
pub(crate) fn lines(lines: &[Span]) -> usize {
    let Some(title) = lines.first().filter(|line| is_title(**line)) else { return 0 };
    let below = lines.iter().skip(1).take(MOST_LINES).take_while(|line| is_entry(**line)).count();
    // `ĐẾN` alone is a word; the stamp has at least a number or a day.
    if below > 0 || title.keys().len() > 1 { 1 + below } else { 0 }
}

fn is_title(line: Span) -> bool {
    let keys: Vec<String> = line.keys().into_iter().filter(|key| !key.is_empty()).collect();
    let title = keys.concat();
    title == "congvanden" || title == "vanbanden" || line.text().trim() == "ĐẾN"
}

fn is_entry(line: Span) -> bool {
    let keys = line.keys();
    let first = keys.first().map_or("", String::as_str);
    let labelled = matches!(first, "so" | "ngay" | "gio" | "chuyen" | "luu" | "kyhieu" | "soden" | "ngayden");
    let notation = line.text().split_once('/').is_some_and(|(_, rest)| rest.starts_with(char::is_uppercase));
    // `SỞ NỘI VỤ` begins like `Số` when its marks are gone; a number has figures, or dots for them.
    let number = first != "so"
        || line.text().contains([':', '.', '…'])
        || line.text().contains(|c: char| c.is_ascii_digit());
    labelled && number && !notation && line.text().chars().count() < 60
}

/// What a stamp says; `None` where its blanks were not filled in, or cannot be read.
pub(crate) fn read(lines: &[Span], proof: &mut Proof) -> Option<Incoming> {
    let labelled = |name: &str| {
        let line = lines.iter().find(|line| line.keys().first().is_some_and(|key| key.starts_with(name)))?;
        Some(line.from(line.after_words(1)).trim())
    };
    let number = labelled("so").map(|span| span.trim_end(&['.', '…', '_', ';']));
    let number = number.filter(|span| span.text().chars().any(|c| c.is_ascii_digit()));
    let dated = lines.iter().find_map(|line| Some((*line, date::find(line.text())?)));
    let incoming = Incoming {
        number: number.map(|span| span.text().trim_start_matches([':', '.', '…', ' ']).to_owned()),
        date: dated.as_ref().map(|(_, (date, _))| date.clone()),
    };
    if incoming == Incoming::default() {
        return None;
    }
    let places =
        [("/incoming/number", number), ("/incoming/date", dated.map(|(line, (_, at))| line.slice(at)))];
    for (pointer, span) in places.into_iter().filter_map(|(pointer, span)| Some((pointer, span?))) {
        proof.found(pointer, &[span]);
        proof.doubt_ink(pointer);
    }
    Some(incoming)
}

#[cfg(test)]
mod tests {
    use super::super::passage::{Passage, passage};
    use super::*;

    fn passages(texts: &[&str]) -> Vec<Passage> {
        texts.iter().map(|text| passage(text)).collect()
    }

    #[test]
    fn a_stamp_is_told_from_the_number_of_the_paper() {
        let texts = ["CÔNG VĂN ĐẾN", "Số: 1204", "Ngày: 15/3/2026", "Số: 88/KH-UBND"];
        let passages = passages(&texts);
        let spans: Vec<Span> = passages.iter().map(Passage::span).collect();
        assert_eq!(lines(&spans), 3);
        let stamp = read(&spans[..3], &mut Proof::default()).expect("a stamp");
        assert_eq!(stamp.number.as_deref(), Some("1204"));
        assert_eq!(stamp.date.and_then(|date| date.iso).as_deref(), Some("2026-03-15"));
    }

    #[test]
    fn an_empty_stamp_says_nothing_and_a_word_is_no_stamp() {
        let passages = passages(&["ĐẾN", "Số: ......", "SỞ NỘI VỤ"]);
        let spans: Vec<Span> = passages.iter().map(Passage::span).collect();
        assert_eq!((lines(&spans), lines(&spans[2..])), (2, 0));
        assert_eq!(read(&spans[..2], &mut Proof::default()), None);
    }
}
