//! Builds lines from words: words on one baseline with no column gap between them are a [`Segment`].
//!
//! Reads [`Token`]s in any order, produces segments from top to bottom. The engine's own lines are not used: it
//! glues columns and tears table rows. Never drops a word.
//!
//! One sweep from left to right: each word carries on the open segment that ends shortly before it on the same
//! baseline, else it opens a new one. Open segments are kept by baseline, so a page costs n log n.

use std::collections::BTreeMap;

use super::page_layout::Line;
use super::straight::{Token, weighted_median};

/// Words on one baseline, from left to right; never empty.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub tokens: Vec<Token>,
    pub x0: f32,
    pub x1: f32,
    pub top: f32,
    pub bottom: f32,
    /// Median baseline of its words.
    pub baseline: f32,
    /// Median type size of its words.
    pub em: f32,
}

impl Segment {
    /// `None` for no words.
    pub fn of(mut tokens: Vec<Token>) -> Option<Self> {
        tokens.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        let mut sizes: Vec<f32> = tokens.iter().filter(|t| t.has_letter_or_digit()).map(|t| t.em).collect();
        sizes.sort_by(f32::total_cmp);
        let em = sizes.get(sizes.len() / 2).copied().or(tokens.first().map(|t| t.em))?;
        let least = |value: fn(&Token) -> f32| tokens.iter().map(value).fold(f32::MAX, f32::min);
        let most = |value: fn(&Token) -> f32| tokens.iter().map(value).fold(f32::MIN, f32::max);
        let baseline = middle_baseline(&tokens);
        Some(Self {
            x0: least(|t| t.x0),
            x1: most(|t| t.x1),
            top: least(|t| t.top),
            bottom: most(|t| t.bottom),
            baseline,
            em,
            tokens,
        })
    }

    pub fn width(&self) -> f32 {
        self.x1 - self.x0
    }

    pub fn center_x(&self) -> f32 {
        (self.x0 + self.x1) / 2.0
    }

    /// The words joined by blanks.
    pub fn text(&self) -> String {
        self.tokens.iter().map(Token::text).collect::<Vec<_>>().join(" ")
    }

    /// Whether it stands on the same printed line: baselines less than 0.4 em apart.
    pub fn is_level_with(&self, other: &Segment) -> bool {
        (self.baseline - other.baseline).abs() < 0.4 * self.em.min(other.em)
    }

    /// Whether it stands on the same line though a speck in the box of its one or two words pulls the baseline away:
    /// beside the other, and overlapping it for most of its height.
    fn is_beside(&self, other: &Segment) -> bool {
        let short = self.tokens.len().min(other.tokens.len()) <= 2;
        let apart = self.x0.max(other.x0) > self.x1.min(other.x1) - 0.3 * self.em;
        let shared = self.bottom.min(other.bottom) - self.top.max(other.top);
        let lower = (self.bottom - self.top).min(other.bottom - other.top);
        self.is_level_with(other) || short && apart && shared > 0.7 * lower
    }

    /// Both as one, words in order of x.
    pub fn joined(mut self, other: Segment) -> Option<Segment> {
        self.tokens.extend(other.tokens);
        Segment::of(self.tokens)
    }

    /// Cuts before the first word that lies right of `x` by its centre.
    pub fn split_at(self, x: f32) -> (Option<Segment>, Option<Segment>) {
        let (left, right) = self.tokens.into_iter().partition(|token| token.center_x() < x);
        (Segment::of(left), Segment::of(right))
    }

    /// A printed line, its indent counted in x-heights from `margin`. Numbers are given once the page is in order.
    pub fn into_line(self, margin: f32) -> Line {
        let indent = ((self.x0 - margin) / (0.46 * self.em)).max(0.0);
        let words = self.tokens.into_iter().map(|token| token.word).collect();
        Line { words, number: 0, indent: (indent * 10.0).round() / 10.0 }
    }
}

/// Median baseline, of words with letters or digits if there are any: signs float at various heights.
fn middle_baseline(tokens: &[Token]) -> f32 {
    let of = |wanted: fn(&Token) -> bool| {
        let weighed = tokens.iter().filter(|t| wanted(t)).map(|t| (t.baseline, t.x1 - t.x0));
        weighted_median(weighed.collect())
    };
    of(Token::has_letter_or_digit).or_else(|| of(|_| true)).unwrap_or(0.0)
}

/// Gap that parts two segments, in type sizes: wider than the blanks of a justified line mostly are. Segments of one
/// line of running text are joined again when the columns are known.
const COLUMN_GAP: f32 = 1.3;

/// Lines of words, sorted from top to bottom, then left to right.
pub(super) fn build(tokens: Vec<Token>) -> Vec<Segment> {
    cluster(tokens, COLUMN_GAP)
}

/// Lines of a region known to be one column, such as a table cell: any gap is a blank.
pub(super) fn build_column(tokens: Vec<Token>) -> Vec<Segment> {
    join_level(cluster(tokens, COLUMN_GAP))
}

/// Joins neighbours on one baseline; `segments` come and go from top to bottom.
pub(super) fn join_level(segments: Vec<Segment>) -> Vec<Segment> {
    let mut joined: Vec<Segment> = Vec::with_capacity(segments.len());
    for segment in segments {
        let last = joined.pop_if(|last| last.is_beside(&segment));
        match last {
            Some(last) => joined.extend(last.joined(segment)),
            None => joined.push(segment),
        }
    }
    joined
}

/// A segment in the making.
struct Open {
    tokens: Vec<Token>,
    x1: f32,
    baseline: f32,
    /// How many of its words have letters or digits.
    firm: u32,
}

fn cluster(mut tokens: Vec<Token>, gap: f32) -> Vec<Segment> {
    tokens.sort_by(|a, b| a.x0.total_cmp(&b.x0).then(a.top.total_cmp(&b.top)));
    let mut all: Vec<Open> = Vec::new();
    // Quarter pixels of the baseline, and the index: the key by which an open segment is found.
    let mut open: BTreeMap<(i64, usize), ()> = BTreeMap::new();
    for token in tokens {
        match carry_on(&token, &all, &mut open, gap) {
            Some((key, index)) => {
                open.remove(&key);
                if let Some(segment) = all.get_mut(index) {
                    segment.push(token);
                    open.insert((quarter(segment.baseline), index), ());
                }
            }
            None => {
                open.insert((quarter(token.baseline), all.len()), ());
                let firm = u32::from(token.has_letter_or_digit());
                all.push(Open { x1: token.x1, baseline: token.baseline, firm, tokens: vec![token] });
            }
        }
    }
    let mut segments: Vec<Segment> = all.into_iter().filter_map(|open| Segment::of(open.tokens)).collect();
    sort_down(&mut segments);
    segments
}

impl Open {
    /// The baseline follows the line gently: words read too high or too low must not pull it away.
    fn push(&mut self, token: Token) {
        let weight =
            if token.has_letter_or_digit() { 1.0 / (self.tokens.len() + 1).min(4) as f32 } else { 0.0 };
        self.baseline += (token.baseline - self.baseline) * weight;
        self.x1 = self.x1.max(token.x1);
        self.tokens.push(token);
    }
}

fn quarter(y: f32) -> i64 {
    (y * 4.0) as i64
}

/// The open segment a word carries on: the one with the nearest baseline among those that end shortly before it, words
/// that overlap counting as further away.
/// Segments that ended too far left are closed on the way.
fn carry_on(
    token: &Token,
    all: &[Open],
    open: &mut BTreeMap<(i64, usize), ()>,
    gap: f32,
) -> Option<((i64, usize), usize)> {
    // A sign alone floats: a dash may lie low or high in its box.
    let (near, far) = (0.4 * token.em, 0.75 * token.em);
    let is_sign = !token.has_letter_or_digit();
    let range = (quarter(token.baseline - far), 0)..=(quarter(token.baseline + far), usize::MAX);
    let (mut best, mut ended) = (None::<(f32, (i64, usize))>, Vec::new());
    for (&key, ()) in open.range(range) {
        let Some(segment) = all.get(key.1) else { continue };
        let distance = token.x0 - segment.x1;
        if distance > gap * token.em.max(1.0) * 2.0 {
            ended.push(key);
        } else if distance <= gap * token.em && distance > -2.0 * token.em {
            let off = (segment.baseline - token.baseline).abs();
            let within = if is_sign || segment.firm == 0 { far } else { near };
            // A box that touches the line below is as near to both; it belongs where there is room for it.
            let strain = off + 0.5 * (-distance).max(0.0);
            if off <= within && best.is_none_or(|(least, _)| strain < least) {
                best = Some((strain, key));
            }
        }
    }
    ended.iter().for_each(|key| {
        open.remove(key);
    });
    best.map(|(_, key)| (key, key.1))
}

/// Sorts from top to bottom in lines (baselines within a third of the size count as one), then left to right.
pub(super) fn sort_down(segments: &mut [Segment]) {
    segments.sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.x0.total_cmp(&b.x0)));
    let mut start = 0;
    while start < segments.len() {
        let (baseline, em) = (segments[start].baseline, segments[start].em);
        let level =
            segments[start..].iter().take_while(|s| s.baseline - baseline < 0.35 * em.min(s.em)).count();
        let end = start + level.max(1);
        segments[start..end].sort_by(|a, b| a.x0.total_cmp(&b.x0));
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str, x0: f32, baseline: f32) -> Token {
        let word = super::super::page_layout::Word { text: text.into(), ..Default::default() };
        let x1 = x0 + 20.0 * text.chars().count() as f32;
        Token { word, x0, x1, top: baseline - 28.0, bottom: baseline, baseline, em: 40.0 }
    }

    #[test]
    fn columns_with_shifted_baselines_stay_apart() {
        let segments = build(vec![
            token("trái", 100.0, 100.0),
            token("một", 190.0, 102.0),
            token("phải", 600.0, 110.0),
            token("trái", 100.0, 160.0),
            token("phải", 600.0, 170.0),
        ]);
        let texts: Vec<String> = segments.iter().map(Segment::text).collect();
        assert_eq!(texts, ["trái một", "phải", "trái", "phải"]);
    }

    #[test]
    fn a_word_whose_box_hangs_low_stays_where_there_is_room() {
        let mut low = token("Giao", 300.0, 100.0);
        (low.bottom, low.baseline, low.em) = (118.0, 118.0, 70.0);
        let above = [token("quyền", 100.0, 100.0), token("Sở", 220.0, 100.0), token("thông", 400.0, 100.0)];
        let below = [token("nhân", 190.0, 134.0), token("dân", 275.0, 134.0), token("cấp", 345.0, 134.0)];
        let segments = build(above.into_iter().chain([low]).chain(below).collect());
        let texts: Vec<String> = segments.iter().map(Segment::text).collect();
        assert_eq!(texts, ["quyền Sở Giao thông", "nhân dân cấp"]);
    }

    #[test]
    fn a_hundred_thousand_words_take_no_long_time() {
        let many =
            (0..100_000).map(|i| token("a", (i % 300) as f32 * 30.0, (i / 300) as f32 * 3.0)).collect();
        let start = std::time::Instant::now();
        let segments = build(many);
        assert_eq!(segments.iter().map(|s| s.tokens.len()).sum::<usize>(), 100_000);
        assert!(start.elapsed().as_secs() < 5);
    }
}
