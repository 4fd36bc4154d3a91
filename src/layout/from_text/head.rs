//! The letterhead of a plain text: issuer on the left, national title on the right, often glued in one line.
//!
//! A line is cut where the national title, the motto or the place and date begin, however garbled, or at a wide gap.
//! Reads up to the line before the type of the paper; the left column comes out whole, then the right one.

use super::source_line::{SourceLine, WIDE};
use crate::dictionary::{cue, marker};
use crate::layout::page_layout::{Alignment, Block, Lane, Line, Paragraph};

/// A letterhead has fewer lines than this.
const MOST_LINES: usize = 16;

/// Reads the letterhead into blocks; returns the number of lines taken, 0 if the text has none with two columns.
pub fn read(lines: &[SourceLine], blocks: &mut Vec<Block>) -> usize {
    let Some(end) = glued_end(lines) else { return 0 };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for line in lines.iter().take(end).filter(|line| !line.is_blank()) {
        let cut = cut(line).unwrap_or_else(|| if is_right(line) { 0 } else { line.words.len() });
        if cut > 0 {
            left.push(line.part(0, cut));
        }
        if cut < line.words.len() {
            right.push(line.part(cut, line.words.len()));
        }
    }
    column(left, Lane::Left, blocks);
    column(right, Lane::Right, blocks);
    end
}

/// One past the last line of the head in which two columns are glued.
fn glued_end(lines: &[SourceLine]) -> Option<usize> {
    let mut end = None;
    let written = lines.iter().enumerate().filter(|(_, line)| !line.is_blank()).take(MOST_LINES);
    for (index, line) in written {
        if is_body(line) {
            break;
        }
        if cut(line).is_some_and(|cut| cut > 0) {
            end = Some(index + 1);
        }
    }
    end
}

/// Types of papers; their line ends the letterhead.
const TYPES: &[&str] = &[
    "KẾ HOẠCH",
    "QUYẾT ĐỊNH",
    "BÁO CÁO",
    "TỜ TRÌNH",
    "THÔNG BÁO",
    "GIẤY MỜI",
    "CHỈ THỊ",
    "NGHỊ QUYẾT",
    "HƯỚNG DẪN",
    "CHƯƠNG TRÌNH",
    "CÔNG ĐIỆN",
    "BIÊN BẢN",
    "KẾT LUẬN",
    "PHƯƠNG ÁN",
    "ĐỀ ÁN",
];

/// A line that no letterhead holds.
fn is_body(line: &SourceLine) -> bool {
    let basis = !line.is_upper() && cue::prefix_any(&line.keys, cue::BASIS_CUES).is_some();
    let typed = line.words.len() <= 3 && TYPES.iter().any(|name| cue::same(&line.text(), name));
    let addressed = cue::prefix(&line.keys, cue::ADDRESSEES).is_some();
    let numbered = marker::read(&line.text()).is_some_and(|marker| marker.kind.is_numbered());
    line.length() > 110 || basis || typed || addressed || numbered
}

/// The word at which the right column begins.
fn cut(line: &SourceLine) -> Option<usize> {
    wide_gap(line)
        .or_else(|| {
            cue::NATIONAL_TITLES.iter().find_map(|title| cue::find(&line.keys, title)).map(|(at, _)| at)
        })
        .or_else(|| cue::find(&line.keys, cue::MOTTO).map(|(at, _)| at))
        .or_else(|| place_and_date(line))
}

fn is_right(line: &SourceLine) -> bool {
    cut(line) == Some(0)
}

fn wide_gap(line: &SourceLine) -> Option<usize> {
    let (at, gap) = line.gaps.iter().enumerate().skip(1).max_by_key(|(at, gap)| (**gap, usize::MAX - at))?;
    (*gap > WIDE).then_some(at)
}

/// The first word of `Hà Nội, ngày 26 tháng 9 năm 2025` at the end of a line.
fn place_and_date(line: &SourceLine) -> Option<usize> {
    let keys = &line.keys;
    let day = (0..keys.len()).find(|at| {
        is_word(keys.get(*at), "ngay")
            && (at + 1..at + 4)
                .any(|m| is_word(keys.get(m), "thang") && (m + 1..m + 4).any(|y| is_year_word(keys, y)))
    })?;
    // The date of the paper ends its line; one inside a sentence is another's.
    if keys.len() > day + 8 {
        return None;
    }
    let mut start = day;
    while start > 0 && day - start < 6 && belongs_to_place(line, start - 1, start == day) {
        start -= 1;
    }
    Some(start)
}

fn is_word(key: Option<&String>, word: &str) -> bool {
    key.is_some_and(|key| cue::likeness(key, word) >= 0.74)
}

fn is_year_word(keys: &[String], at: usize) -> bool {
    let next_is_year = keys.get(at + 1).is_some_and(|key| key.len() == 4 && key.starts_with(['1', '2']));
    is_word(keys.get(at), "nam") || next_is_year && keys.get(at).is_some_and(|key| key.ends_with('m'))
}

/// The words of a place are capitalised and hold no digit or slash; a comma stands only before `ngày`.
fn belongs_to_place(line: &SourceLine, at: usize, last: bool) -> bool {
    let Some(word) = line.words.get(at) else { return false };
    let text = word.text.as_str();
    let plain = !text.contains(['/', ':', ';'])
        && !text.contains(|c: char| c.is_ascii_digit() && c != '0' && c != '6');
    let capital = text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    let acronym = text.len() > 1 && text.chars().all(|c| c.is_uppercase() || c == '-');
    plain && capital && !acronym && (last || !text.ends_with([',', '.']) || text.len() <= 3)
}

/// The lines of a column: a paragraph for the names of the bodies, one for each other line.
fn column(lines: Vec<Line>, lane: Lane, blocks: &mut Vec<Block>) {
    let mut open: Vec<Line> = Vec::new();
    for line in lines {
        let text = line.text();
        let name = lane == Lane::Left && is_body_name(&text);
        if !name && !open.is_empty() {
            blocks.push(paragraph(std::mem::take(&mut open), lane));
        }
        open.push(line);
        if !name {
            blocks.push(paragraph(std::mem::take(&mut open), lane));
        }
    }
    if !open.is_empty() {
        blocks.push(paragraph(open, lane));
    }
}

/// Capitals without a number in them.
fn is_body_name(text: &str) -> bool {
    let plain = !text.contains(['/', ':']) && !text.contains(|c: char| c.is_ascii_digit());
    plain && text.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
}

fn paragraph(lines: Vec<Line>, lane: Lane) -> Block {
    Block::Paragraph(Paragraph { lines, lane, alignment: Alignment::Center })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::from_text::source_line;

    fn lanes(text: &str) -> Vec<(Lane, String)> {
        let mut blocks = Vec::new();
        read(&source_line::pages(text)[0], &mut blocks);
        let text_of = |p: &Paragraph| p.lines.iter().map(Line::text).collect::<Vec<_>>().join("/");
        let lane = |block: &Block| match block {
            Block::Paragraph(p) => (p.lane, text_of(p)),
            _ => (Lane::Full, String::new()),
        };
        blocks.iter().map(lane).collect()
    }

    #[test]
    fn glued_columns_come_apart_also_when_garbled() {
        let text = "UY BAN NHAN DAN CONG HOA XA HOI CHU NGHIA VIET NAM\n\nXA THANH LINH DPoc 1ap - Tw do - Hanh phlc\n\
                    S6:12 /KH-UBND Thanh LInh, ngay 26 thang 9 ndam 2025\nKE HOACH";
        let expected = [
            (Lane::Left, "UY BAN NHAN DAN/XA THANH LINH"),
            (Lane::Left, "S6:12 /KH-UBND"),
            (Lane::Right, "CONG HOA XA HOI CHU NGHIA VIET NAM"),
            (Lane::Right, "DPoc 1ap - Tw do - Hanh phlc"),
            (Lane::Right, "Thanh LInh, ngay 26 thang 9 ndam 2025"),
        ];
        assert_eq!(lanes(text), expected.map(|(lane, text)| (lane, text.to_owned())));
    }

    #[test]
    fn a_text_in_one_column_is_left_to_the_body() {
        assert!(lanes("Số: 12/KH-UBND\n\nHà Nội, ngày 3 tháng 4 năm 2026\n\nKẾ HOẠCH").is_empty());
    }
}
