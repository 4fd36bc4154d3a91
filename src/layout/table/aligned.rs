//! Finds tables without vertical rules: columns kept apart by white space alone over several lines.
//!
//! Reads segments from top to bottom, produces [`Grid`]s. Never makes a table of running text with a wide blank: a
//! column's white space must go through at least three printed rows, and its edges must line up.
//!
//! A printed row with two or more segments may begin a table. Going down from it, the white stretches of all rows are
//! intersected: what stays white is a gutter, and the table ends where no gutter is left. Rows are then put
//! together from printed rows: a new one begins after a wider gap, at a rule, or where the first column has a number.

use super::grid::{Grid, Span};
use crate::layout::line::Segment;
use crate::layout::paragraph::Marker;
use crate::layout::straight::{Token, weighted_median};

/// A horizontal rule in the straight frame: its place, and from where to where it runs.
pub(in crate::layout) type Level = (f32, f32, f32);

/// Narrowest gutter, in type sizes.
const GUTTER: f32 = 0.6;
/// Most printed rows of one table; more than a page of the smallest type holds.
const MOST_ROWS: usize = 400;

/// The tables of a page, from top to bottom. `pitch` is the usual distance of two baselines.
pub(in crate::layout) fn find(segments: &[Segment], rules: &[Level], em: f32) -> Vec<Grid> {
    let rows = printed_rows(segments);
    let mut grids = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let run = if rows[start].len() > 1 { run(&rows, start, em) } else { None };
        match run.and_then(|run| Some((run.end, grid(&rows[start..run.end], &run.gutters, rules, em)?))) {
            Some((end, grid)) => {
                grids.push(grid);
                start = end;
            }
            None => start += 1,
        }
    }
    grids
}

/// Segments of one printed row, from left to right.
type Row<'a> = &'a [Segment];

/// Groups segments on one baseline.
fn printed_rows(segments: &[Segment]) -> Vec<Row<'_>> {
    segments.chunk_by(|a, b| a.is_level_with(b) && b.x0 > a.x1).collect()
}

/// A white stretch from x to x.
type White = (f32, f32);

/// Printed rows that share gutters.
struct Run {
    /// One past the last row.
    end: usize,
    gutters: Vec<White>,
}

/// Goes down from row `start` while a gutter stays white.
fn run(rows: &[Row], start: usize, em: f32) -> Option<Run> {
    let mut gutters = whites(rows.get(start)?, em);
    let mut end = start + 1;
    let mut last_split = start + 1;
    for (index, row) in rows.iter().enumerate().skip(start + 1).take(MOST_ROWS) {
        let narrowed = intersect(&gutters, &whites(row, em), em);
        let near = rows.get(index - 1).is_some_and(|above| distance(above, row) < 4.0 * em);
        if inner(&narrowed) == 0 || !near {
            break;
        }
        // A table must not lose columns to an odd row below it, such as the first line of the text that follows.
        let odd = row.len() < 2 || rows.get(index - 1).is_some_and(|above| distance(above, row) > 2.2 * em);
        if end - start >= 3 && inner(&narrowed) < inner(&gutters) && odd {
            break;
        }
        gutters = narrowed;
        end = index + 1;
        if row.len() > 1 {
            last_split = end;
        }
    }
    let first = gutters.iter().find(|gutter| gutter.0 > f32::MIN)?.0;
    let tail = trailing(rows.get(last_split..end)?, rows.get(start..last_split)?, first, em);
    Some(Run { end: last_split + tail, gutters })
}

/// How many single lines below the last row with two columns still belong to it: they follow closely and begin where
/// lines of a later column do.
fn trailing(rows: &[Row], table: &[Row], gutter: f32, em: f32) -> usize {
    let starts: Vec<f32> = table.iter().flat_map(|row| row.iter().skip(1).map(|s| s.x0)).collect();
    let begins_column = |s: &Segment| starts.iter().filter(|x| (*x - s.x0).abs() < 0.5 * em).count() >= 2;
    let aboves = table.last().into_iter().chain(rows);
    let belongs = |(above, row): &(&Row, &Row)| {
        distance(above, row) < 1.55 * em && (ends_open(above, gutter) || row.iter().all(begins_column))
    };
    aboves.zip(rows).take_while(belongs).count()
}

fn distance(above: Row, row: Row) -> f32 {
    let baseline = |row: Row| row.first().map_or(0.0, |s| s.baseline);
    baseline(row) - baseline(above)
}

/// The stretches of a row without words, the outer ones boundless.
fn whites(row: Row, em: f32) -> Vec<White> {
    let mut whites = Vec::new();
    let mut reached = f32::MIN;
    for token in row.iter().flat_map(|segment| &segment.tokens) {
        if token.x0 - reached >= GUTTER * em {
            whites.push((reached, token.x0));
        }
        reached = reached.max(token.x1);
    }
    whites.push((reached, f32::MAX));
    whites
}

/// What is white in both, no narrower than a gutter.
fn intersect(a: &[White], b: &[White], em: f32) -> Vec<White> {
    let (mut i, mut j, mut shared) = (0, 0, Vec::new());
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let (from, to) = (x.0.max(y.0), x.1.min(y.1));
        if to - from >= GUTTER * em {
            shared.push((from, to));
        }
        if x.1 <= y.1 { i += 1 } else { j += 1 }
    }
    shared
}

/// Gutters with text on both sides.
fn inner(whites: &[White]) -> usize {
    whites.iter().filter(|white| white.0 > f32::MIN && white.1 < f32::MAX).count()
}

/// The grid of a run of rows; `None` where it is no table.
fn grid(rows: &[Row], gutters: &[White], rules: &[Level], em: f32) -> Option<Grid> {
    let split = rows.iter().filter(|row| row.len() > 1).count();
    let gutters: Vec<White> =
        gutters.iter().copied().filter(|g| g.0 > f32::MIN && g.1 < f32::MAX && parts(rows, *g, em)).collect();
    let enough = if gutters.len() > 1 { 2 } else { 3 };
    if gutters.is_empty() || split < enough || !lines_up(rows, &gutters, em) || !is_legible(rows) {
        return None;
    }
    if gutters.len() == 1 && is_label_list(rows, gutters.first()?.0) {
        return None;
    }
    let segments = || rows.iter().flat_map(|row| row.iter());
    let left = segments().map(|s| s.x0).fold(f32::MAX, f32::min) - 0.3 * em;
    let right = segments().map(|s| s.x1).fold(f32::MIN, f32::max) + 0.3 * em;
    let inner = gutters.iter().map(|gutter| (gutter.0 + gutter.1) / 2.0);
    let xs: Vec<f32> = [left].into_iter().chain(inner).chain([right]).collect();
    let ys = row_edges(rows, xs.get(1).copied()?, (left, right), rules, em);
    let (columns, count) = (xs.len() - 1, ys.len() - 1);
    let spans = (0..columns * count)
        .map(|place| Span { row: place / columns, column: place % columns, rows: 1, columns: 1 })
        .collect();
    (count >= 2).then_some(Grid { xs, ys, spans, ruled: false })
}

/// Handwriting and stains read as words line up by chance.
fn is_legible(rows: &[Row]) -> bool {
    let tokens = || rows.iter().flat_map(|row| row.iter()).flat_map(|segment| &segment.tokens);
    let sum: f32 = tokens().map(|token| token.word.confidence).sum();
    sum >= 0.5 * tokens().count() as f32
}

/// `Phía Đông giáp:   Đường nội bộ`: items or labels with a tab after the colon are lines of text, no table.
fn is_label_list(rows: &[Row], gutter: f32) -> bool {
    let heads = || rows.iter().filter_map(|row| row.first()).filter(|s| s.x0 < gutter);
    let is_label = |s: &&Segment| {
        let last = s.tokens.iter().rev().find(|t| t.x1 <= gutter + 1.0);
        Marker::of(s) == Marker::Dash || last.is_some_and(|t| t.text().ends_with(':'))
    };
    heads().filter(is_label).count() * 10 >= heads().count() * 6
}

/// Whether a gutter parts text often and widely enough: in two rows at least, and in most of those that have text on
/// both sides by more than a wide blank.
fn parts(rows: &[Row], gutter: White, em: f32) -> bool {
    let mut gaps = (0, 0);
    for row in rows {
        let tokens = || row.iter().flat_map(|segment| &segment.tokens);
        let before = tokens().filter(|t| t.x1 <= gutter.0 + 1.0).map(|t| t.x1).reduce(f32::max);
        let after = tokens().filter(|t| t.x0 >= gutter.1 - 1.0).map(|t| t.x0).reduce(f32::min);
        if let (Some(before), Some(after)) = (before, after) {
            gaps.0 += 1;
            gaps.1 += usize::from(after - before > em);
        }
    }
    gaps.1 >= 2 && gaps.1 * 2 >= gaps.0
}

/// Whether the texts right of each gutter begin at one place, or stand about one centre.
fn lines_up(rows: &[Row], gutters: &[White], em: f32) -> bool {
    gutters.iter().all(|gutter| {
        let texts: Vec<(f32, f32)> =
            rows.iter().filter_map(|row| text_right_of(row, gutter, gutters)).collect();
        let agree = |value: fn(&(f32, f32)) -> f32| {
            let Some(middle) = weighted_median(texts.iter().map(|t| (value(t), 1.0)).collect()) else {
                return false;
            };
            texts.iter().filter(|t| (value(t) - middle).abs() < 0.7 * em).count() * 10 >= texts.len() * 6
        };
        agree(|t| t.0) || agree(|t| (t.0 + t.1) / 2.0) || agree(|t| t.1)
    })
}

/// From where to where a row has text between this gutter and the next.
fn text_right_of(row: Row, gutter: &White, gutters: &[White]) -> Option<(f32, f32)> {
    let end = gutters.iter().map(|g| g.0).find(|&x| x > gutter.1).unwrap_or(f32::MAX);
    let tokens = row.iter().flat_map(|s| &s.tokens).filter(|t| t.x0 >= gutter.1 - 1.0 && t.x1 <= end + 1.0);
    tokens.map(|t| (t.x0, t.x1)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// Edges of the rows: above the first, between two wherever a row begins, below the last.
fn row_edges(rows: &[Row], first_gutter: f32, reach: White, rules: &[Level], em: f32) -> Vec<f32> {
    let top = |row: &Row| row.iter().map(|s| s.baseline - 0.75 * s.em).fold(f32::MAX, f32::min);
    let bottom = |row: &Row| row.iter().map(|s| s.baseline + 0.25 * s.em).fold(f32::MIN, f32::max);
    let gaps: Vec<f32> = rows.windows(2).map(|pair| distance(pair[0], pair[1])).collect();
    let least = gaps.iter().copied().filter(|gap| *gap > 0.9 * em).fold(f32::MAX, f32::min);
    let uniform = gaps.iter().all(|gap| *gap < least + 0.25 * em);
    let mut edges = vec![rows.first().map_or(0.0, top) - 0.5 * em];
    for (pair, gap) in rows.windows(2).zip(&gaps) {
        let between = (bottom(&pair[0]), top(&pair[1]));
        let ruled = rules.iter().any(|rule| {
            let covers = rule.2.min(reach.1) - rule.1.max(reach.0);
            covers > 0.5 * (reach.1 - reach.0)
                && rule.0 > between.0 - 0.4 * em
                && rule.0 < between.1 + 0.4 * em
        });
        let head = head(pair[1], first_gutter);
        let goes_on = continues(&head) || ends_open(pair[0], first_gutter);
        let begins = !head.is_empty() && !goes_on && (uniform || opens_row(&head));
        if ruled || *gap > least + 0.25 * em || begins {
            edges.push((between.0 + between.1) / 2.0);
        }
    }
    edges.push(rows.last().map_or(0.0, bottom) + 0.5 * em);
    edges
}

/// The words of a row's first column.
fn head<'a>(row: Row<'a>, gutter: f32) -> Vec<&'a Token> {
    row.iter().flat_map(|segment| &segment.tokens).take_while(|token| token.x0 < gutter).collect()
}

/// Begins with a small letter: the text of the row above goes on.
fn continues(head: &[&Token]) -> bool {
    head.first().is_some_and(|token| token.text().starts_with(char::is_lowercase))
}

/// The first column's text ends in a dash: `7h30 -`, and its end stands below.
fn ends_open(row: Row, gutter: f32) -> bool {
    head(row, gutter).last().is_some_and(|token| matches!(token.text(), "-" | "–" | "—"))
}

/// A number, a marker or an hour in the first column.
fn opens_row(head: &[&Token]) -> bool {
    let (first, second) = (head.first().map_or("", |t| t.text()), head.get(1).map_or("", |t| t.text()));
    let figures = first.chars().filter(char::is_ascii_digit).count();
    let short = first.chars().count() <= 3;
    figures > 0 && (short || is_hour(first)) || Marker::of_words(first, second) == Marker::Number
}

fn is_hour(word: &str) -> bool {
    word.contains(['h', ':', 'g']) && word.chars().next().is_some_and(|c| c.is_ascii_digit())
}
