//! A table of a plain text whose columns are not told apart: `TT Nội dung Thực hiện`, then lines in which the cells of
//! a row stand beside each other, the row's number on its middle line.
//!
//! Three questions, one after the other. Which lines belong to the table: until the numbers break off. Where is a line
//! cut in two: where a role or a body begins (`Lãnh đạo`, `Sở`), at a pipe or a wide gap, and where words part that
//! never stand together elsewhere in the text while the second joins the line above in its column ([`Pairs`]). Which
//! lines make a row: a cell begins with a capital and goes on with small letters, and blank lines stand between rows.
//!
//! Only two text columns are told apart (content, and who does it), with a number or a time before them.

mod columns;
mod grouping;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::foot;
use super::rows::{cell, table};
use super::source_line::SourceLine;
use super::wrap::Shape;
use crate::dictionary::{cue, marker};
use crate::layout::page_layout::{Line, Table};
use columns::Strip;

/// A table has fewer lines than this; what comes after is text again.
const MOST_LINES: usize = 2_000;

/// How often two words stand beside each other in the text.
#[derive(Debug, Default)]
pub struct Pairs {
    counts: HashMap<u64, u32>,
}

impl Pairs {
    /// Counts the pairs of a text, over line breaks too.
    pub fn of(pages: &[Vec<SourceLine>]) -> Self {
        let mut counts = HashMap::new();
        let keys = pages.iter().flatten().flat_map(|line| line.keys.iter());
        let mut last: Option<&String> = None;
        for key in keys {
            if let Some(last) = last {
                *counts.entry(hash(last, key)).or_insert(0) += 1;
            }
            last = Some(key);
        }
        Self { counts }
    }

    /// Whether the pair is seen more than `times`.
    fn exceeds(&self, first: &str, second: &str, times: u32) -> bool {
        self.counts.get(&hash(first, second)).is_some_and(|count| *count > times)
    }
}

fn hash(first: &str, second: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (first, second).hash(&mut hasher);
    hasher.finish()
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ordinal,
    Time,
    Text,
}

/// The labels of a head line: kind, first word, one past the last.
type Labels = Vec<(Kind, usize, usize)>;

/// Labels that tables of these papers have, longer ones first.
const LABELS: &[(&str, Kind)] = &[
    ("Số TT", Kind::Ordinal),
    ("STT", Kind::Ordinal),
    ("TT", Kind::Ordinal),
    ("Thời gian hoàn thành", Kind::Text),
    ("Thời gian thực hiện", Kind::Text),
    ("Nội dung chương trình", Kind::Text),
    ("Nội dung công việc", Kind::Text),
    ("Đơn vị chủ trì", Kind::Text),
    ("Cơ quan chủ trì", Kind::Text),
    ("Đơn vị phối hợp", Kind::Text),
    ("Cơ quan phối hợp", Kind::Text),
    ("Cơ quan thực hiện", Kind::Text),
    ("Đơn vị thực hiện", Kind::Text),
    ("Người thực hiện", Kind::Text),
    ("Người phụ trách", Kind::Text),
    ("Đơn vị phụ trách", Kind::Text),
    ("Người trình bày", Kind::Text),
    ("Họ và tên", Kind::Text),
    ("Nhiệm vụ", Kind::Text),
    ("Thực hiện", Kind::Text),
    ("Chủ trì", Kind::Text),
    ("Phụ trách", Kind::Text),
    ("Chức vụ", Kind::Text),
    ("Nội dung", Kind::Text),
    ("Thời gian", Kind::Time),
    ("Địa điểm", Kind::Text),
    ("Đơn vị", Kind::Text),
    ("Ghi chú", Kind::Text),
];

/// Reads a table whose head is the first line; returns it with the number of lines taken.
pub fn read(lines: &[SourceLine], shape: &Shape, pairs: &Pairs) -> Option<(Table, usize)> {
    let head = lines.first()?;
    let labels = labels(head)?;
    let end = end(lines, &labels);
    let strips = columns::strips(lines.get(1..end)?, &labels, head, shape, pairs);
    let rows = grouping::rows(&strips);
    (!rows.is_empty()).then(|| (build(head, &labels, &strips, &rows), end))
}

/// The labels of a head line, if the whole line is labels and there are at least two.
fn labels(line: &SourceLine) -> Option<Labels> {
    let (mut at, mut found) = (0, Labels::new());
    if line.words.len() > 14 {
        return None;
    }
    while at < line.words.len() {
        let rest = line.keys.get(at..)?;
        let (kind, taken) =
            LABELS.iter().find_map(|(label, kind)| cue::prefix(rest, label).map(|taken| (*kind, taken)))?;
        found.push((kind, at, at + taken));
        at += taken;
    }
    let counted = found.first().is_some_and(|(kind, ..)| *kind == Kind::Ordinal);
    let timed = found.first().is_some_and(|(kind, ..)| *kind == Kind::Time) && found.len() > 2;
    (found.len() >= 2 && (counted || timed)).then_some(found)
}

/// One past the last line of the table.
fn end(lines: &[SourceLine], labels: &Labels) -> usize {
    let counted = labels.first().is_some_and(|(kind, ..)| *kind == Kind::Ordinal);
    let (mut expected, mut last, mut blank) = (1, 1, false);
    for (index, line) in lines.iter().enumerate().take(MOST_LINES).skip(1) {
        if line.is_blank() {
            blank = true;
            continue;
        }
        match opening(line, counted, expected) {
            Opening::Row => expected += 1,
            Opening::Section => break,
            Opening::None if foot::begins(line) || blank && is_prose(line) => break,
            Opening::None => {}
        }
        (last, blank) = (index + 1, false);
    }
    last
}

enum Opening {
    Row,
    Section,
    None,
}

/// What a line opens: the expected row, a section (another number), or nothing.
fn opening(line: &SourceLine, counted: bool, expected: u32) -> Opening {
    if columns::row_number(line, expected).is_some() && counted {
        let text = line.text();
        let rest = marker::read(&text).and_then(|marker| text.get(marker.length..)).unwrap_or_default();
        let heads =
            ["Maket", "Ma két", "Kinh phí", "Phân công", "Tổ chức thực hiện", "Thành phần", "Khẩu hiệu"];
        let section = expected > 1 && cue::prefix_any(&cue::keys(rest), &heads).is_some();
        return if section { Opening::Section } else { Opening::Row };
    }
    if !counted && columns::time_words(line) > 0 {
        return Opening::Row;
    }
    match marker::read(&line.text()) {
        Some(marker) if marker.kind.is_numbered() && marker.kind != marker::MarkerKind::Letter => {
            Opening::Section
        }
        Some(marker) if marker.kind == marker::MarkerKind::Letter && !counted => Opening::Section,
        _ => Opening::None,
    }
}

/// A long sentence with a capital at its head, after a blank line: text after the table.
fn is_prose(line: &SourceLine) -> bool {
    let cues =
        ["Trên đây là", "Đề nghị", "Yêu cầu", "Trong quá trình", "Kính mời", "Kính đề nghị", "Rất mong"];
    cue::prefix_any(&line.keys, &cues).is_some()
}

fn build(head: &SourceLine, labels: &Labels, strips: &[Strip], rows: &[Vec<usize>]) -> Table {
    let mut cells = Vec::new();
    for (column, (_, from, to)) in labels.iter().enumerate() {
        cells.push(cell(0, column, vec![head.part(*from, *to)]));
    }
    for (row, members) in rows.iter().enumerate() {
        for column in 0..labels.len() {
            let parts = members.iter().filter_map(|index| strips.get(*index)?.part(column));
            cells.push(cell(row + 1, column, parts.collect::<Vec<Line>>()));
        }
    }
    table(rows.len() + 1, labels.len(), cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::from_text::source_line;

    fn grid(text: &str) -> Vec<Vec<String>> {
        let pages = source_line::pages(text);
        let pairs = Pairs::of(&pages);
        let at = pages[0].iter().position(|line| labels(line).is_some()).expect("a head");
        let (table, _) = read(&pages[0][at..], &Shape { width: 76, wrapped: true }, &pairs).expect("a table");
        let mut rows = vec![Vec::new(); table.rows as usize];
        for cell in &table.cells {
            rows[cell.row as usize].push(cell.lines.iter().map(Line::text).collect::<Vec<_>>().join(" "));
        }
        rows
    }

    #[test]
    fn interleaved_columns_come_apart() {
        let rows = grid(
            "Mời chuyên gia Dự án Phát triển nông thôn tại Việt Nam (VNTA).\n\nTT Nội dung Thực hiện\n\n\
             1. Tuyên bố lý do, giới thiệu đại biểu Lãnh đạo Sở Y tế\n\nBáo cáo kết quả phòng bệnh ở trẻ em,\n\
             2. người già năm 2024 của tỉnh An Hải;\ncác kiến nghị với tỉnh\n\nVụ trưởng Vụ Y tế\ndự phòng, Bộ Y tế\n\n\
             Giới thiệu kết quả thử nghiệm Chuyên gia Dự án\n3. ở An Hải; bài học rút ra cho các Phát triển nông thôn tại\n\
             xã của tỉnh Việt Nam (VNTA)\n4. Phát biểu của Lãnh đạo UBND tỉnh Lãnh đạo UBND tỉnh\n\n5. Maket Hội nghị",
        );
        assert_eq!(rows.len(), 5);
        assert_eq!(rows[2][2], "Vụ trưởng Vụ Y tế dự phòng, Bộ Y tế");
        assert_eq!(rows[3][2], "Chuyên gia Dự án Phát triển nông thôn tại Việt Nam (VNTA)");
        assert_eq!(rows[4], ["4.", "Phát biểu của Lãnh đạo UBND tỉnh", "Lãnh đạo UBND tỉnh"]);
    }

    #[test]
    fn columns_set_with_blanks_come_apart() {
        let rows = grid(
            "TT   Nội dung                     Đơn vị thực hiện\n1    Khai mạc, giới thiệu         Văn phòng\n     đại biểu                     UBND xã\n2    Bế mạc                       Chủ tịch xã\n",
        );
        assert_eq!(rows[1], ["1", "Khai mạc, giới thiệu đại biểu", "Văn phòng UBND xã"]);
        assert_eq!(rows[2], ["2", "Bế mạc", "Chủ tịch xã"]);
    }
}
