//! Tables of a plain text whose columns are set apart by runs of blanks, as `pdftotext -layout` writes them.
//!
//! The head begins with `TT` or `STT` and says where the columns begin; a line below it falls apart at its runs of blanks, and
//! each piece belongs to the column that begins nearest. A line with the next number opens a row, one that fills nearly
//! all columns without a number (a total) does, too, any other goes on with the row above. The table ends where a line fits
//! no longer: it is a heading, or runs through the white space between two columns.

use super::rows::{cell, table};
use super::source_line::SourceLine;
use crate::dictionary::marker;
use crate::layout::page_layout::{Line, Table};

/// From this many blanks on two words stand in different columns.
const GAP: u32 = 2;

/// A row: for each column its lines.
type Row = Vec<Vec<Line>>;

/// Reads a table that begins with the first line; returns it with the number of lines taken.
pub fn read(lines: &[SourceLine]) -> Option<(Table, usize)> {
    let head =
        lines.first().filter(|line| matches!(line.keys.first().map(String::as_str), Some("tt" | "stt")))?;
    let starts: Vec<u32> =
        pieces(head, true, &[]).iter().filter_map(|(from, _)| head.columns.get(*from)).copied().collect();
    if starts.len() < 3 {
        return None;
    }
    let mut rows: Vec<Row> = vec![vec![Vec::new(); starts.len()]];
    let (mut taken, mut numbered) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        if line.is_blank() {
            continue;
        }
        let Some(fit) = fit(line, &starts, at == 0) else { break };
        let number = number(line).filter(|_| at > 0);
        if number.is_some_and(|number| number != numbered + 1) || ends(line, number, fit.len()) {
            break;
        }
        let whole = fit.len() + 1 >= starts.len() && numbered > 0;
        if number.is_some() || whole {
            rows.push(vec![Vec::new(); starts.len()]);
        }
        numbered = number.unwrap_or(numbered);
        for (column, (from, to)) in fit {
            if let Some(cell) = rows.last_mut().and_then(|row| row.get_mut(column)) {
                cell.push(line.part(from, to));
            }
        }
        taken = at + 1;
    }
    (numbered >= 2).then(|| (build(rows, starts.len()), taken))
}

/// The number a row begins with, by itself.
fn number(line: &SourceLine) -> Option<u32> {
    line.words.first()?.text.trim_end_matches('.').parse().ok()
}

/// A heading or an item of a list: its marker does not stand alone in the column of numbers.
fn ends(line: &SourceLine, number: Option<u32>, pieces: usize) -> bool {
    pieces == 1 && marker::read(&line.text()).is_some_and(|m| m.kind.is_numbered())
        || number.is_some() && pieces < 2
}

/// The stretches of a line between its runs of blanks, and before a word just where a column begins; the number a line
/// begins with is one by itself.
fn pieces(line: &SourceLine, counted: bool, starts: &[u32]) -> Vec<(usize, usize)> {
    let mut pieces: Vec<(usize, usize)> = Vec::new();
    for at in 0..line.words.len() {
        let begins = line.columns.get(at).is_some_and(|column| starts.contains(column));
        let apart = line.gaps.get(at).is_some_and(|gap| *gap >= GAP) || counted && at == 1 || begins;
        match pieces.last_mut() {
            Some(last) if !apart => last.1 = at + 1,
            _ => pieces.push((at, at + 1)),
        }
    }
    pieces
}

/// The pieces of a line by the columns they belong to; `None` if one runs through the beginning of another column.
fn fit(line: &SourceLine, starts: &[u32], head: bool) -> Option<Vec<(usize, (usize, usize))>> {
    let mut fitted: Vec<(usize, (usize, usize))> = Vec::new();
    for (from, to) in pieces(line, head || number(line).is_some(), starts) {
        let begin = *line.columns.get(from)?;
        let last = to - 1;
        let end = line.columns.get(last)? + u32::try_from(line.words.get(last)?.text.chars().count()).ok()?;
        let nearest = (0..starts.len())
            .min_by_key(|at| starts.get(*at).map_or(u32::MAX, |start| start.abs_diff(begin)))?;
        let through = starts.get(nearest + 1).is_some_and(|next| begin < *next && end > next + 1);
        if through || fitted.last().is_some_and(|(column, _)| *column >= nearest) {
            return None;
        }
        fitted.push((nearest, (from, to)));
    }
    Some(fitted)
}

fn build(rows: Vec<Row>, columns: usize) -> Table {
    let count = rows.len();
    let places = rows.into_iter().enumerate().flat_map(|(row, cells)| {
        cells.into_iter().enumerate().map(move |(column, lines)| cell(row, column, lines))
    });
    table(count, columns, places.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::from_text::source_line;

    fn grid(text: &str) -> Option<(Vec<Vec<String>>, usize)> {
        let (table, taken) = read(&source_line::pages(text)[0])?;
        let mut rows = vec![Vec::new(); table.rows as usize];
        for cell in &table.cells {
            rows[cell.row as usize].push(cell.lines.iter().map(|l| l.text()).collect::<Vec<_>>().join(" "));
        }
        Some((rows, taken))
    }

    #[test]
    fn runs_of_blanks_part_columns_and_a_cell_may_take_two_lines() {
        let text = "\
TT Phông lưu trữ                Kế hoạch          Thực hiện
                                (trang)           (trang)
1    Phông Ủy ban nhân dân tỉnh 420.000           398.250
     (1976 - 1995)
2    Phông Sở Công Thương       150.000           151.340
     Tổng cộng                  570.000           549.590
       3. Chất lượng dữ liệu";
        let (rows, taken) = grid(text).expect("a table");
        assert_eq!(taken, 6);
        assert_eq!(rows[0], ["TT", "Phông lưu trữ", "Kế hoạch (trang)", "Thực hiện (trang)"]);
        assert_eq!(rows[1], ["1", "Phông Ủy ban nhân dân tỉnh (1976 - 1995)", "420.000", "398.250"]);
        assert_eq!(rows[3], ["", "Tổng cộng", "570.000", "549.590"]);
        assert_eq!(rows.len(), 4);
    }

    #[test]
    fn a_line_of_words_is_no_table() {
        assert!(grid("TT Nội dung Thực hiện\n1. Tuyên bố lý do\n2. Bế mạc").is_none());
    }
}
