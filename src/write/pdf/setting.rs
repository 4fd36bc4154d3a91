//! How lines are set: their baselines, and the type sizes the file gives them.
//!
//! The engine's boxes are those of the ink, so a line's size and baseline are worked out from all its words: a word of
//! given letters reaches known shares of the type size above and below the baseline (a capital with a mark 0.9, an `x`
//! 0.45, a `g` −0.21); the medians hold.
//!
//! Text extractors put a page's lines into blocks by baselines and type sizes: Poppler takes lines for neighbours in a
//! block that are at most 1.5 type sizes apart and whose sizes differ by less than a twentieth, and finds the rows of a
//! table if each of its cells is a block. As boxes come from the fonts' reaches, the size is free: a page has one, but
//! for lines far larger or smaller, and a table one by which the lines of a cell are neighbours and those of two rows not.

use super::font;
use crate::alphabet::fold_char;
use crate::geometry::Rect;
use crate::restore::restored_page::{Block, Cell, Line, PageLayout, Table, Word};

/// Type sizes between the baselines of two lines up to which extractors take them for neighbours in a block.
const NEIGHBOURS: f64 = 1.5;

/// The type sizes of a page, in pixels of the upright frame.
pub struct Sizes {
    usual: f64,
}

impl Sizes {
    /// From all lines of a page.
    pub fn of(page: &PageLayout) -> Self {
        let lines = page.blocks.iter().flat_map(|block| block.lines());
        Self { usual: median(lines.filter_map(Setting::of).map(|setting| setting.size)).unwrap_or(50.0) }
    }

    /// The size for all lines of a block.
    pub fn of_block(&self, block: &Block) -> f64 {
        match block {
            Block::Table(table) => self.of_table(table),
            _ => {
                let own = median(block.lines().filter_map(Setting::of).map(|setting| setting.size));
                own.filter(|own| !(0.6..1.6).contains(&(own / self.usual))).unwrap_or(self.usual)
            }
        }
    }

    fn of_table(&self, table: &Table) -> f64 {
        let feet: Vec<(&Cell, Vec<f64>)> =
            table.cells.iter().map(|cell| (cell, cell.lines.iter().filter_map(foot).collect())).collect();
        let within = feet.iter().flat_map(|(_, feet)| feet.windows(2)).map(|pair| pair[1] - pair[0]);
        let within = within.fold(0.0, f64::max);
        let below = |upper: &Cell, lower: &Cell| {
            lower.row >= upper.row + upper.row_span
                && lower.column < upper.column + upper.column_span
                && upper.column < lower.column + lower.column_span
        };
        let mut between = f64::INFINITY;
        for (upper, last) in feet.iter().filter_map(|(cell, feet)| Some((cell, feet.last()?))) {
            let lower =
                feet.iter().filter(|(cell, _)| below(upper, cell)).filter_map(|(_, feet)| feet.first());
            between = lower.map(|first| first - last).fold(between, f64::min);
        }
        // The lines of a cell are neighbours in any case; rows are apart where there is room for it.
        let (most, least) = (within * 1.02 / NEIGHBOURS, between * 0.98 / NEIGHBOURS);
        let size = match most < least && least.is_finite() {
            true => (most.max(0.8 * least) + least) / 2.0,
            false if most > 0.0 => most,
            false => self.usual,
        };
        size.clamp(0.5 * self.usual, 1.5 * self.usual)
    }
}

/// The baseline in the middle of a line.
fn foot(line: &Line) -> Option<f64> {
    let boxes = || line.words.iter().filter_map(|word| word.bbox);
    let middle = (boxes().map(|rect| rect.x0).min()? + boxes().map(|rect| rect.x1).max()?) / 2;
    Some(Setting::of(line)?.baseline(middle))
}

/// Type size of a line, and its baseline as a straight line, in pixels of the upright frame.
pub struct Setting {
    /// Type size.
    pub size: f64,
    /// Baseline at x = 0, and how far it falls for each pixel to the right.
    start: f64,
    slope: f64,
}

impl Setting {
    /// `None` for a line without boxes.
    pub fn of(line: &Line) -> Option<Self> {
        let words: Vec<(Rect, Reach)> = line.words.iter().filter_map(Reach::of).collect();
        if words.is_empty() {
            return Self::of_signs(line);
        }
        let size = median(
            words.iter().map(|(rect, reach)| f64::from(rect.height().max(1)) / (reach.up - reach.down)),
        )?;
        let size = size.max(1.0);
        // The foot of each word, were it to stand on the baseline.
        let feet: Vec<(f64, f64)> = words
            .iter()
            .map(|(rect, reach)| (f64::from(rect.center_x()), f64::from(rect.y1) + reach.down * size))
            .collect();
        let slope = slope(&feet, size);
        let start = median(feet.iter().map(|(x, y)| y - slope * x))?;
        Some(Self { size, start, slope })
    }

    /// The same baseline with another size.
    pub fn at_size(self, size: f64) -> Self {
        Self { size, ..self }
    }

    /// A line of dashes and dots: their width says what their height does not.
    fn of_signs(line: &Line) -> Option<Self> {
        let first = line.words.iter().find_map(|word| Some((word.bbox?, font::text_width(&word.text))));
        let (rect, natural) = first?;
        let size = (f64::from(rect.width()) * 1000.0 / natural.max(1.0)).clamp(4.0, 200.0);
        Some(Self { size, start: f64::from(rect.y1), slope: 0.0 })
    }

    /// How far down the baseline is at a place.
    pub fn baseline(&self, x: i32) -> f64 {
        self.start + self.slope * f64::from(x)
    }
}

/// The tilt left in a line after deskewing: from the medians of its left and its right third.
fn slope(feet: &[(f64, f64)], size: f64) -> f64 {
    let third = feet.len() / 3;
    if third < 2 {
        return 0.0;
    }
    let middle =
        |part: &[(f64, f64)]| Some((median(part.iter().map(|p| p.0))?, median(part.iter().map(|p| p.1))?));
    let ends = feet.get(..third).and_then(middle).zip(feet.get(feet.len() - third..).and_then(middle));
    match ends {
        // More than a few degrees is no tilt but a line that is none.
        Some(((x0, y0), (x1, y1))) if x1 - x0 > 4.0 * size => ((y1 - y0) / (x1 - x0)).clamp(-0.05, 0.05),
        _ => 0.0,
    }
}

/// How far the ink of a word reaches above and below (negative) the baseline, in type sizes.
struct Reach {
    up: f64,
    down: f64,
}

impl Reach {
    fn of(word: &Word) -> Option<(Rect, Self)> {
        let reach = word
            .text
            .chars()
            .map(reach)
            .reduce(|a, b| Self { up: a.up.max(b.up), down: a.down.min(b.down) })?;
        let flat = reach.up - reach.down < 0.2;
        // A dash or a dot says nothing of the size.
        (!flat).then_some((word.bbox?, reach))
    }
}

fn reach(c: char) -> Reach {
    let base = fold_char(c);
    let up = match base {
        _ if base != c && base.is_uppercase() => 0.88,
        _ if base.is_uppercase() || base.is_ascii_digit() => 0.67,
        'b' | 'd' | 'f' | 'h' | 'k' | 'l' | 'i' | 'j' | '(' | ')' | '[' | ']' | '"' | '\'' | '/' => 0.68,
        't' => 0.58,
        _ if c.is_alphabetic()
            && base != c
            && !matches!(c, 'ạ' | 'ẹ' | 'ị' | 'ọ' | 'ụ' | 'ỵ' | 'ơ' | 'ư') =>
        {
            0.68
        }
        '-' | '–' | '—' => 0.27,
        '.' | ',' => 0.1,
        _ => 0.46,
    };
    let below = matches!(
        c,
        'ạ' | 'ặ'
            | 'ậ'
            | 'ẹ'
            | 'ệ'
            | 'ị'
            | 'ọ'
            | 'ộ'
            | 'ợ'
            | 'ụ'
            | 'ự'
            | 'ỵ'
            | 'Ạ'
            | 'Ặ'
            | 'Ậ'
            | 'Ẹ'
            | 'Ệ'
            | 'Ị'
            | 'Ọ'
            | 'Ộ'
            | 'Ợ'
            | 'Ụ'
            | 'Ự'
            | 'Ỵ'
    );
    let down = match base {
        _ if below => -0.2,
        'g' | 'p' | 'q' | 'y' | 'j' | '(' | ')' | '[' | ']' | 'Q' => -0.21,
        ',' | ';' => -0.14,
        '-' | '–' | '—' => 0.2,
        _ => 0.0,
    };
    Reach { up, down }
}

/// The middle value, the lower one of two.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, x: i32, y0: i32, y1: i32) -> Word {
        Word { text: text.into(), bbox: Some(Rect::new(x, y0, x + 100, y1)), ..Word::default() }
    }

    #[test]
    fn size_and_baseline_come_from_the_letters() {
        // Type size 100, baseline 500.
        let words = vec![word("ra", 0, 454, 500), word("Hội", 200, 433, 520), word("nghe", 400, 432, 521)];
        let setting = Setting::of(&Line { words, ..Line::default() }).unwrap();
        assert!((setting.size - 100.0).abs() < 3.0, "{}", setting.size);
        assert!((setting.start - 500.0).abs() < 3.0, "{}", setting.start);
        let dash = Setting::of(&Line { words: vec![word("-", 0, 480, 483)], ..Line::default() }).unwrap();
        assert!(dash.start == 483.0 && dash.size > 4.0);
    }

    #[test]
    fn a_table_has_a_size_that_parts_its_rows_and_not_the_lines_of_a_cell() {
        let line = |y: i32| Line { words: vec![word("nghe", 0, y - 68, y + 21)], ..Line::default() };
        let cell = |row, lines| Cell { row, row_span: 1, column_span: 1, lines, ..Cell::default() };
        // Lines of a cell 120 apart, rows 150: at the printed size of 100 all would be neighbours.
        let cells =
            vec![cell(0, vec![line(500)]), cell(1, vec![line(650), line(770)]), cell(2, vec![line(920)])];
        let size = Sizes { usual: 100.0 }.of_table(&Table { rows: 3, columns: 1, cells, ..Table::default() });
        assert!(120.0 < size * NEIGHBOURS && size * NEIGHBOURS < 150.0, "{size}");
    }
}
