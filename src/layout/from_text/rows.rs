//! Tables of a plain text whose cells are told apart by tabs or pipes: a line is a row.

use super::source_line::{RULE, SourceLine};
use crate::dictionary::marker;
use crate::layout::page_layout::{Cell, Table};

/// Reads a table that begins with the first line; returns it with the number of lines taken.
pub fn read(lines: &[SourceLine]) -> Option<(Table, usize)> {
    let run = lines.iter().take_while(|line| line.rules > 0 || is_separator(line)).count();
    let rows: Vec<Vec<(usize, usize)>> =
        lines.iter().take(run).filter(|line| !is_separator(line)).map(cells).collect();
    let sources: Vec<&SourceLine> = lines.iter().take(run).filter(|line| !is_separator(line)).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    is_table(&sources, &rows, columns).then(|| (build(&sources, &rows, columns), run))
}

/// Two rows or more; a list whose markers are followed by tabs is none.
fn is_table(lines: &[&SourceLine], rows: &[Vec<(usize, usize)>], columns: usize) -> bool {
    let listed = || lines.iter().all(|line| marker::read(&line.text()).is_some());
    let even = rows.iter().filter(|row| row.len() + 1 >= columns).count() * 2 >= rows.len();
    rows.len() >= 2 && columns >= 2 && even && !(columns == 2 && listed())
}

/// `|---|:---:|`
fn is_separator(line: &SourceLine) -> bool {
    !line.is_blank()
        && line.piped
        && line.words.iter().all(|word| word.text.chars().all(|c| "-:=".contains(c)))
}

/// The words of each cell of a row; an empty cell is an empty range.
fn cells(line: &SourceLine) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    let mut start = 0;
    for (at, gap) in line.gaps.iter().enumerate() {
        let mut rules = (gap / RULE) as usize;
        if at == 0 {
            rules = rules.saturating_sub(usize::from(line.piped));
        }
        for rule in 0..rules.min(64) {
            cells.push(if rule == 0 { (start, at) } else { (at, at) });
            start = at;
        }
    }
    cells.push((start, line.words.len()));
    cells
}

fn build(lines: &[&SourceLine], rows: &[Vec<(usize, usize)>], columns: usize) -> Table {
    let mut cells = Vec::with_capacity(rows.len() * columns);
    for (row, (line, ranges)) in lines.iter().zip(rows).enumerate() {
        for column in 0..columns {
            let (from, to) = ranges.get(column).copied().unwrap_or((0, 0));
            let lines = if from < to { vec![line.part(from, to)] } else { Vec::new() };
            cells.push(cell(row, column, lines));
        }
    }
    table(rows.len(), columns, cells)
}

/// A cell of one row and one column.
pub fn cell(row: usize, column: usize, lines: Vec<crate::layout::page_layout::Line>) -> Cell {
    Cell { row: count(row), column: count(column), row_span: 1, column_span: 1, lines }
}

/// A table without place or rules.
pub fn table(rows: usize, columns: usize, cells: Vec<Cell>) -> Table {
    Table { rows: count(rows), columns: count(columns), cells, bbox: None, ruled: false }
}

fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::from_text::source_line;

    fn grid(text: &str) -> Option<Vec<Vec<String>>> {
        let (table, _) = read(&source_line::pages(text)[0])?;
        let mut rows = vec![Vec::new(); table.rows as usize];
        for cell in &table.cells {
            rows[cell.row as usize].push(cell.lines.iter().map(|l| l.text()).collect::<Vec<_>>().join(" "));
        }
        Some(rows)
    }

    #[test]
    fn tabs_and_markdown_make_cells_and_empty_ones_stay() {
        let rows = [vec!["TT", "Nội dung", "Ai"], vec!["1", "", "Sở"], vec!["2", "Bế mạc", ""]];
        assert_eq!(
            grid("TT\tNội dung\tAi\n1\t\tSở\n2\tBế mạc\t\n\nHết"),
            Some(rows.iter().map(|r| r.iter().map(|s| s.to_string()).collect()).collect())
        );
        let markdown = grid("|TT|Nội dung|Ai|\n|---|---|---|\n|1||Sở|\n| 2 | Bế mạc | |");
        assert_eq!(
            markdown.map(|rows| rows[2].clone()),
            Some(vec!["2".into(), "Bế mạc".into(), String::new()])
        );
    }

    #[test]
    fn a_tabbed_list_is_no_table() {
        assert!(read(&source_line::pages("1.\tMục đích\n2.\tYêu cầu")[0]).is_none());
    }
}
