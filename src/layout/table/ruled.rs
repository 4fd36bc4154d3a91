//! Finds ruled tables: grids of printed rules, with merged cells, broken rules and open sides.
//!
//! Reads the page's rules in the straight frame and its words, produces [`Grid`]s. Never makes a table of a single
//! frame or of underlines.
//!
//! Rules that cross or touch belong to one table. Their places, clustered, are the edges of its columns and rows. Two
//! neighbouring places with no rule between them belong to one merged cell; where a rule is broken off, the words
//! decide: a word that stands across the edge shows that the rule was never there.

use super::grid::{Grid, Span};
use crate::layout::straight::{Frame, Token};
use crate::recognize::ocr_page::{Direction, Ruling};

/// Rules looked at, the longest first: no paper has more, a halftone picture may.
const MOST_RULES: usize = 2000;

/// A rule in the straight frame: where it lies across its direction, and from where to where it runs along it.
#[derive(Debug, Clone, Copy)]
struct Rule {
    at: f32,
    from: f32,
    to: f32,
}

/// The ruled tables of a page, from top to bottom.
pub(in crate::layout) fn find(rulings: &[Ruling], tokens: &[Token], frame: &Frame) -> Vec<Grid> {
    let (level, upright) = rules(rulings, frame);
    let mut grids: Vec<Grid> = groups(&level, &upright, 0.4 * frame.em)
        .into_iter()
        .filter_map(|(level, upright)| grid(&level, &upright, tokens, frame.em))
        .collect();
    grids.sort_by(|a, b| a.top().total_cmp(&b.top()));
    grids
}

/// Horizontal and vertical rules, straightened.
fn rules(rulings: &[Ruling], frame: &Frame) -> (Vec<Rule>, Vec<Rule>) {
    let mut longest: Vec<&Ruling> = rulings.iter().collect();
    longest.sort_by_key(|r| std::cmp::Reverse(r.bbox.width().max(r.bbox.height())));
    let (mut level, mut upright) = (Vec::new(), Vec::new());
    for ruling in longest.into_iter().take(MOST_RULES) {
        let (x0, y0, x1, y1) = frame.straighten(&ruling.bbox);
        match ruling.direction {
            Direction::Horizontal => level.push(Rule { at: (y0 + y1) / 2.0, from: x0, to: x1 }),
            Direction::Vertical => upright.push(Rule { at: (x0 + x1) / 2.0, from: y0, to: y1 }),
        }
    }
    (level, upright)
}

/// Sets of rules that hang together by crossing or touching.
fn groups(level: &[Rule], upright: &[Rule], reach: f32) -> Vec<(Vec<Rule>, Vec<Rule>)> {
    let mut sets = Sets::new(level.len() + upright.len());
    for (i, h) in level.iter().enumerate() {
        for (j, v) in upright.iter().enumerate() {
            let meet = h.from - reach <= v.at
                && v.at <= h.to + reach
                && v.from - reach <= h.at
                && h.at <= v.to + reach;
            if meet {
                sets.join(i, level.len() + j);
            }
        }
    }
    let mut groups: std::collections::BTreeMap<usize, (Vec<Rule>, Vec<Rule>)> =
        std::collections::BTreeMap::new();
    for (i, rule) in level.iter().enumerate() {
        groups.entry(sets.root(i)).or_default().0.push(*rule);
    }
    for (j, rule) in upright.iter().enumerate() {
        groups.entry(sets.root(level.len() + j)).or_default().1.push(*rule);
    }
    groups.into_values().collect()
}

/// The grid of one set of rules; `None` if it is no table.
fn grid(level: &[Rule], upright: &[Rule], tokens: &[Token], em: f32) -> Option<Grid> {
    let (level, upright) = (&anchored(level, upright, em)[..], &anchored(upright, level, em)[..]);
    if level.is_empty() || upright.is_empty() {
        return None;
    }
    let xs = edges(upright, level, em);
    let ys = edges(level, upright, em);
    let (columns, rows) = (xs.len().checked_sub(1)?, ys.len().checked_sub(1)?);
    if columns < 2 || rows < 1 {
        return None;
    }
    let inside: Vec<&Token> = tokens
        .iter()
        .filter(|t| within(&xs, t.center_x()) && within(&ys, t.center_y()) && t.has_letter_or_digit())
        .collect();
    let walls = Walls::new(&xs, &ys, level, upright, &inside, em);
    let spans = spans(rows, columns, &walls);
    let mut written: Vec<usize> = inside.iter().filter_map(|t| slot(&xs, t.center_x())).collect();
    written.sort_unstable();
    written.dedup();
    (spans.len() >= 2 && written.len() >= 2).then_some(Grid { xs, ys, spans, ruled: true })
}

/// The rules that are long, or begin or end at a crossing one: others are strokes inside a cell.
fn anchored(rules: &[Rule], crossing: &[Rule], em: f32) -> Vec<Rule> {
    let from = rules.iter().map(|rule| rule.from).fold(f32::MAX, f32::min);
    let to = rules.iter().map(|rule| rule.to).fold(f32::MIN, f32::max);
    let meets = |rule: &Rule, end: f32| {
        let beside = |other: &Rule| other.from - 0.5 * em <= rule.at && rule.at <= other.to + 0.5 * em;
        crossing.iter().any(|other| (other.at - end).abs() < 0.5 * em && beside(other))
    };
    let is_long = |rule: &Rule| rule.to - rule.from > 0.4 * (to - from);
    rules.iter().filter(|r| is_long(r) || meets(r, r.from) || meets(r, r.to)).copied().collect()
}

fn within(edges: &[f32], at: f32) -> bool {
    edges.first().is_some_and(|&first| first <= at) && edges.last().is_some_and(|&last| at < last)
}

/// Clustered places of `rules`; where the `crossing` rules run well beyond the outermost, the side is open and their
/// ends are an edge.
fn edges(rules: &[Rule], crossing: &[Rule], em: f32) -> Vec<f32> {
    let mut places: Vec<(f32, f32)> = rules.iter().map(|rule| (rule.at, rule.to - rule.from)).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut edges: Vec<(f32, f32)> = Vec::new();
    for (at, length) in places {
        match edges.last_mut() {
            Some((edge, weight)) if at - *edge < 0.5 * em => {
                *edge = (*edge * *weight + at * length) / (*weight + length).max(1.0);
                *weight += length;
            }
            _ => edges.push((at, length)),
        }
    }
    let mut edges: Vec<f32> = edges.into_iter().map(|edge| edge.0).collect();
    let reach = (
        crossing.iter().map(|rule| rule.from).fold(f32::MAX, f32::min),
        crossing.iter().map(|rule| rule.to).fold(f32::MIN, f32::max),
    );
    if edges.first().is_some_and(|first| reach.0 < first - 0.8 * em) {
        edges.insert(0, reach.0);
    }
    if edges.last().is_some_and(|last| reach.1 > last + 0.8 * em) {
        edges.push(reach.1);
    }
    edges
}

/// Which neighbouring places are kept apart.
struct Walls {
    columns: usize,
    /// For each place, whether a wall stands on its right side.
    right: Vec<bool>,
    /// For each place, whether a wall stands below it.
    below: Vec<bool>,
}

impl Walls {
    fn new(xs: &[f32], ys: &[f32], level: &[Rule], upright: &[Rule], inside: &[&Token], em: f32) -> Self {
        let (columns, rows) = (xs.len() - 1, ys.len() - 1);
        let beside = cover(xs, ys, upright, em);
        let under = cover(ys, xs, level, em);
        let mut across = vec![false; rows * columns];
        let mut astride = vec![false; rows * columns];
        for token in inside {
            let (Some(row), Some(column)) = (slot(ys, token.center_y()), slot(xs, token.center_x())) else {
                continue;
            };
            // A word across the edge is wider on either side than a misplaced box would be.
            let edge = |at: f32, from: f32, to: f32| from < at - 0.3 * em && to > at + 0.3 * em;
            if xs.get(column + 1).is_some_and(|&x| edge(x, token.x0, token.x1)) {
                across[row * columns + column] = true;
            }
            if column > 0 && edge(xs[column], token.x0, token.x1) {
                across[row * columns + column - 1] = true;
            }
            if ys.get(row + 1).is_some_and(|&y| edge(y, token.top, token.bottom)) {
                astride[row * columns + column] = true;
            }
            if row > 0 && edge(ys[row], token.top, token.bottom) {
                astride[(row - 1) * columns + column] = true;
            }
        }
        let stands = |covered: f32, crossed: bool| covered >= 0.5 || (covered >= 0.15 && !crossed);
        let places = (0..rows * columns).map(|place| (place / columns, place % columns));
        let right = places.clone().map(|(r, c)| stands(beside[(c + 1) * rows + r], across[r * columns + c]));
        let below = places.map(|(r, c)| stands(under[(r + 1) * columns + c], astride[r * columns + c]));
        Self { columns, right: right.collect(), below: below.collect() }
    }
}

/// For each edge and each stretch along it, the part of the stretch that rules cover, 0–1: edge by edge.
fn cover(edges: &[f32], along: &[f32], rules: &[Rule], em: f32) -> Vec<f32> {
    let stretches = along.len() - 1;
    let mut covered = vec![0.0f32; edges.len() * stretches];
    for rule in rules {
        let nearest = (0..edges.len())
            .min_by(|&a, &b| (edges[a] - rule.at).abs().total_cmp(&(edges[b] - rule.at).abs()));
        let Some(edge) = nearest.filter(|&edge| (edges[edge] - rule.at).abs() < em) else { continue };
        for (stretch, ends) in along.windows(2).enumerate() {
            let shared = (rule.to.min(ends[1]) - rule.from.max(ends[0])).max(0.0);
            covered[edge * stretches + stretch] += shared / (ends[1] - ends[0]).max(1.0);
        }
    }
    covered
}

fn slot(edges: &[f32], at: f32) -> Option<usize> {
    let after = edges.partition_point(|&edge| edge <= at);
    (after > 0 && after < edges.len()).then(|| after - 1)
}

/// Cells as rectangles of places with no wall between them.
fn spans(rows: usize, columns: usize, walls: &Walls) -> Vec<Span> {
    let mut sets = Sets::new(rows * columns);
    for place in 0..rows * columns {
        if place % columns + 1 < columns && !walls.right[place] {
            sets.join(place, place + 1);
        }
        if place / columns + 1 < rows && !walls.below[place] {
            sets.join(place, place + walls.columns);
        }
    }
    // A merged cell is a rectangle: an L joins what it embraces, until nothing grows. Each round joins at least two
    // sets, and real tables settle in one or two; the bound keeps a hostile page linear.
    for _ in 0..8 {
        let spans = boxes(rows, columns, &mut sets);
        let covered: usize = spans.iter().map(|span| span.rows * span.columns).sum();
        if covered == rows * columns {
            return spans;
        }
        for span in spans.iter().filter(|span| span.rows * span.columns > 1) {
            for row in span.row..span.row + span.rows {
                for column in span.column..span.column + span.columns {
                    sets.join(span.row * columns + span.column, row * columns + column);
                }
            }
        }
    }
    let single = |place| Span { row: place / columns, column: place % columns, rows: 1, columns: 1 };
    (0..rows * columns).map(single).collect()
}

/// The rectangle around each set of places, in order of row, then column.
fn boxes(rows: usize, columns: usize, sets: &mut Sets) -> Vec<Span> {
    let mut corners: std::collections::BTreeMap<usize, (usize, usize, usize, usize)> =
        std::collections::BTreeMap::new();
    for place in 0..rows * columns {
        let (row, column) = (place / columns, place % columns);
        let corner = corners.entry(sets.root(place)).or_insert((row, column, row, column));
        *corner = (corner.0.min(row), corner.1.min(column), corner.2.max(row), corner.3.max(column));
    }
    let mut spans: Vec<Span> = corners
        .into_values()
        .map(|(r0, c0, r1, c1)| Span { row: r0, column: c0, rows: r1 - r0 + 1, columns: c1 - c0 + 1 })
        .collect();
    spans.sort_by_key(|span| (span.row, span.column));
    spans
}

/// Disjoint sets.
struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    fn new(size: usize) -> Self {
        Self { parent: (0..size).collect() }
    }

    fn root(&mut self, mut of: usize) -> usize {
        while self.parent[of] != of {
            self.parent[of] = self.parent[self.parent[of]];
            of = self.parent[of];
        }
        of
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}
