//! Finds the two places where a paper has two columns: the letterhead (issuer left, national title right) and the
//! foot (recipients left, signature right).
//!
//! Reads segments from top to bottom, hands back those of the two columns and the rest. Never reads across the
//! gutter: a segment that runs over it is cut at its widest gap, or goes whole to the side where it begins.
//!
//! Decree 30/2020/NĐ-CP, Appendix I, fixes both places, so both are found by their words, read fuzzily: the motto and
//! `Nơi nhận`. The lines around the cue then fall to either side of the gutter until one stands across it. Papers of two
//! issuers have two signatures side by side above that, found by their capitals, the room for ink and the names.

use strsim::normalized_levenshtein;

use super::line::{Segment, sort_down};
use super::straight::Token;
use crate::alphabet::fold_key;

/// Left and right edge of the running text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Margins {
    pub left: f32,
    pub right: f32,
}

impl Margins {
    /// The outermost places where several segments begin and several long ones end.
    pub fn of<'a>(segments: impl Iterator<Item = &'a Segment>, em: f32) -> Option<Self> {
        let segments: Vec<&Segment> = segments.collect();
        let widest = segments.iter().map(|s| s.width()).fold(0.0, f32::max);
        let long: Vec<&Segment> = segments.iter().copied().filter(|s| s.width() >= 0.5 * widest).collect();
        let left = outermost(segments.iter().map(|s| s.x0).collect(), em)?;
        let right = -outermost(long.iter().map(|s| -s.x1).collect(), em)?;
        Some(Self { left, right })
    }

    pub fn width(&self) -> f32 {
        (self.right - self.left).max(1.0)
    }

    pub fn center(&self) -> f32 {
        (self.left + self.right) / 2.0
    }
}

/// The smallest value that at least a tenth of all share within half a type size; the smallest of all if none does.
fn outermost(mut values: Vec<f32>, em: f32) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    let enough = values.len().div_ceil(10).max(2);
    let mut end = 0;
    for (start, &value) in values.iter().enumerate() {
        while values.get(end).is_some_and(|&v| v - value <= 0.5 * em) {
            end += 1;
        }
        if end - start >= enough {
            return values.get((start + end) / 2).copied();
        }
    }
    values.first().copied()
}

/// Two columns, each from top to bottom.
#[derive(Debug)]
pub(super) struct Columns {
    pub left: Vec<Segment>,
    pub right: Vec<Segment>,
}

impl Columns {
    pub fn top(&self) -> f32 {
        self.left.iter().chain(&self.right).map(|s| s.top).fold(f32::MAX, f32::min)
    }
}

/// What stands at the head of the right column, folded and without blanks.
const MOTTOES: [&str; 3] = ["conghoaxahoichunghiavietnam", "doclaptudohanhphuc", "dangcongsanvietnam"];

/// Takes the letterhead's columns out of `segments`; `None` where there is no motto with something to its left.
pub(super) fn letterhead(segments: &mut Vec<Segment>, margins: &Margins, height: f32) -> Option<Columns> {
    let (index, word) = segments
        .iter()
        .enumerate()
        .take_while(|(_, s)| s.baseline < 0.5 * height)
        .find_map(|(index, s)| motto(s).map(|word| (index, word)))?;
    cut_before(segments, index, word);
    let (anchor_x0, anchor_x1, baseline, em) =
        segments.iter().find(|s| motto(s) == Some(0)).map(|s| (s.x0, s.x1, s.baseline, s.em))?;
    let beside =
        |s: &&Segment| s.x1 < anchor_x0 + 0.5 * em && (s.baseline - baseline).abs() < 3.0 * em && is_text(s);
    let left_edge = segments.iter().filter(beside).map(|s| s.x1).fold(f32::MIN, f32::max);
    if left_edge == f32::MIN {
        return None;
    }
    let walk = Walk {
        gutter: (left_edge + anchor_x0) / 2.0,
        right_center: (anchor_x0 + anchor_x1) / 2.0,
        page_center: margins.center(),
        start: baseline - 2.2 * em,
        motto: baseline + 0.6 * em,
        smallest: 0.7 * em,
    };
    Some(walk.take(segments))
}

/// The word at which a motto begins.
fn motto(segment: &Segment) -> Option<usize> {
    let words: Vec<String> = segment.tokens.iter().take(60).map(|t| letters(t.text())).collect();
    let mut best = None::<(f64, usize)>;
    for (start, _) in words.iter().enumerate().filter(|(_, word)| !word.is_empty()) {
        let tail: String = words.get(start..).unwrap_or_default().concat();
        let likeness = MOTTOES.iter().map(|motto| likeness(&tail, motto)).fold(0.0, f64::max);
        if likeness >= 0.7 && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, start));
        }
    }
    best.map(|(_, start)| start)
}

/// Folded letters only.
fn letters(text: &str) -> String {
    fold_key(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// How much the beginning of `text` is like `cue`, 0–1.
fn likeness(text: &str, cue: &str) -> f64 {
    let head: String = text.chars().take(cue.chars().count()).collect();
    normalized_levenshtein(&head, cue)
}

fn is_text(segment: &Segment) -> bool {
    segment.tokens.iter().any(|t| t.has_letter_or_digit())
}

/// Cuts segment `index` before its word `word`.
fn cut_before(segments: &mut Vec<Segment>, index: usize, word: usize) {
    if word == 0 || index >= segments.len() {
        return;
    }
    let mut tokens = segments.remove(index).tokens;
    let tail = tokens.split_off(word.min(tokens.len()));
    segments.extend([tokens, tail].into_iter().filter_map(Segment::of));
    sort_down(segments);
}

/// Goes down the letterhead from the motto's line.
struct Walk {
    gutter: f32,
    right_center: f32,
    page_center: f32,
    /// Where the letterhead begins: a little above the motto.
    start: f32,
    /// Just below the motto's first line; what is above may be a stamp and ends nothing.
    motto: f32,
    /// Type below this size above the motto's line is a stamp's.
    smallest: f32,
}

impl Walk {
    fn take(&self, segments: &mut Vec<Segment>) -> Columns {
        let mut columns = Columns { left: Vec::new(), right: Vec::new() };
        let mut rest = Vec::new();
        let mut reached = None::<f32>;
        let mut over = false;
        for segment in std::mem::take(segments) {
            let too_far = reached.is_some_and(|y| segment.baseline - y > 4.5 * segment.em);
            over |= too_far || starts_body(&segment);
            let above =
                segment.baseline < self.start || segment.baseline < self.motto && segment.em < self.smallest;
            if over || above {
                rest.push(segment);
                continue;
            }
            let baseline = segment.baseline;
            let (left, right) = sides(segment, self.gutter);
            let parted = left.is_some() && right.is_some();
            let beside = |s: &Segment| columns.left.iter().any(|other| other.is_level_with(s));
            match (left, right) {
                (Some(left), None) if left.x1 > self.gutter + left.em => {
                    over = left.baseline > self.motto;
                    rest.push(left);
                    continue;
                }
                (left, Some(right)) if parted || self.is_right(&right) || beside(&right) => {
                    columns.left.extend(left);
                    columns.right.push(right);
                }
                (left, None) => columns.left.extend(left),
                (_, Some(right)) => {
                    over = right.baseline > self.motto;
                    rest.push(right);
                    continue;
                }
            }
            reached = Some(baseline);
        }
        *segments = rest;
        columns
    }

    /// Set about the motto's centre rather than the page's.
    fn is_right(&self, segment: &Segment) -> bool {
        let center = segment.center_x();
        (center - self.right_center).abs() < (center - self.page_center).abs()
    }
}

/// `Kính gửi` and an article begin the body whatever their place.
fn starts_body(segment: &Segment) -> bool {
    let text: String = segment.tokens.iter().take(3).map(|t| letters(t.text())).collect();
    text.starts_with("kinhgui")
}

/// The part of a segment on either side of the gutter. One that runs across is cut at its widest gap if that is near
/// the gutter, and stays whole on the side where it begins if it has none.
fn sides(segment: Segment, gutter: f32) -> (Option<Segment>, Option<Segment>) {
    let em = segment.em;
    if segment.x1 <= gutter + 0.5 * em {
        return (Some(segment), None);
    }
    if segment.x0 >= gutter - 0.5 * em {
        return (None, Some(segment));
    }
    let gap = segment
        .tokens
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some((b.x0 - a.x1, (a.x1 + b.x0) / 2.0)),
            _ => None,
        })
        .filter(|(_, middle)| (middle - gutter).abs() < 5.0 * em)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match gap {
        Some((width, middle)) if width > 0.7 * em => segment.split_at(middle),
        _ if segment.x0 < gutter - 2.0 * em => (Some(segment), None),
        _ => (None, Some(segment)),
    }
}

/// Takes the foot's columns out of `segments`; `None` where no line begins with `Nơi nhận` and none with `Lưu: VT`.
pub(super) fn foot(segments: &mut Vec<Segment>, margins: &Margins) -> Option<Columns> {
    let named = |s: &&Segment| s.x0 < margins.center() && is_recipients_cue(s);
    let anchor = segments.iter().rfind(named).or_else(|| first_recipient(segments, margins))?;
    let (top, em) = (anchor.baseline - 0.7 * anchor.em, anchor.em);
    let below: Vec<&Segment> = segments.iter().filter(|s| s.baseline >= top).collect();
    let gutter = whitest(&below, margins, em);
    let (mut left, mut right, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for segment in std::mem::take(segments) {
        if segment.baseline < top {
            rest.push(segment);
            continue;
        }
        let (to_left, to_right) = sides(segment, gutter);
        left.extend(to_left);
        right.extend(to_right);
    }
    climb(&mut rest, &mut right, gutter, top);
    *segments = rest;
    Some(Columns { left, right })
}

fn is_recipients_cue(segment: &Segment) -> bool {
    let head: String = segment.tokens.iter().take(2).map(|t| letters(t.text())).collect();
    likeness(&head, "noinhan") >= 0.7 && head.chars().count() <= 9
}

/// Where `Nơi nhận` cannot be read: the first of the short lines that stand flush above `Lưu: VT`.
fn first_recipient<'s>(segments: &'s [Segment], margins: &Margins) -> Option<&'s Segment> {
    let is_archive = |s: &Segment| {
        let head: String = s.tokens.iter().take(3).map(|t| letters(t.text())).collect();
        s.x1 < margins.center() && head.starts_with("luuvt")
    };
    let last = segments.iter().rposition(is_archive)?;
    let archive = segments.get(last)?;
    let mut first = archive;
    for segment in segments.get(..last)?.iter().rev().filter(|s| s.x0 < margins.center()) {
        let flush =
            (segment.x0 - archive.x0).abs() < 1.5 * archive.em && segment.x1 < margins.center() + archive.em;
        if !flush || first.baseline - segment.baseline > 3.0 * archive.em {
            break;
        }
        first = segment;
    }
    (first.baseline < archive.baseline).then_some(first)
}

/// The place in the middle part of the page that the fewest words stand across, the widest such place if several.
fn whitest(segments: &[&Segment], margins: &Margins, em: f32) -> f32 {
    const STEPS: usize = 120;
    let (from, to) = (margins.left + 0.3 * margins.width(), margins.left + 0.72 * margins.width());
    let step = (to - from) / STEPS as f32;
    let at = |x: f32| (((x - from) / step).floor() as i64).clamp(-1, STEPS as i64) + 1;
    let mut change = vec![0i64; STEPS + 3];
    for segment in segments {
        // Blanks between the words of a segment are no gutter.
        for token in segment.tokens.iter() {
            let (start, end) = (at(token.x0 - 0.3 * em), at(token.x1 + 0.3 * em));
            if let Some(slot) = change.get_mut(start as usize) {
                *slot += 1;
            }
            if let Some(slot) = change.get_mut(end as usize + 1) {
                *slot -= 1;
            }
        }
    }
    let mut crossing = 0;
    let counts: Vec<i64> = change
        .iter()
        .map(|delta| {
            crossing += delta;
            crossing
        })
        .skip(1)
        .take(STEPS)
        .collect();
    let least = counts.iter().min().copied().unwrap_or(0);
    let (mut best, mut start) = ((0, STEPS / 2), None::<usize>);
    for (index, &count) in counts.iter().chain([&i64::MAX]).enumerate() {
        match (count == least, start) {
            (true, None) => start = Some(index),
            (false, Some(first)) => {
                if index - first > best.0 {
                    best = (index - first, (first + index) / 2);
                }
                start = None;
            }
            _ => {}
        }
    }
    from + (best.1 as f32 + 0.5) * step
}

/// Takes two signatures side by side out of the end of `segments`: above the recipients, or the last lines of a page.
/// Going up, every line stands left or right of one gutter; the first line has capitals on both sides of it.
pub(super) fn signatures(segments: &mut Vec<Segment>, margins: &Margins) -> Option<Columns> {
    let short = |s: &&Segment| s.width() < 0.85 * margins.width() && s.tokens.len() < 14;
    let tail = segments.iter().rev().take(16).take_while(short).count();
    let block = segments.get(segments.len() - tail..)?;
    let (gutter, first) = (0..block.len()).find_map(|first| {
        let lines: Vec<&Segment> = block.get(first..)?.iter().collect();
        let gutter = whitest(&lines, margins, lines.first()?.em);
        let parted = lines.iter().all(|s| s.tokens.iter().all(|t| t.x1 < gutter || t.x0 > gutter));
        let top = lines.iter().filter(|s| s.is_level_with(block.get(first).unwrap_or(s)));
        let capitals = |s: &&&Segment| is_upper(s);
        let (mut left, mut right) = (false, false);
        for token in top.filter(capitals).flat_map(|s| &s.tokens) {
            *(if token.x1 < gutter { &mut left } else { &mut right }) = true;
        }
        (parted && left && right).then_some((gutter, first))
    })?;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for segment in segments.split_off(segments.len() - tail + first) {
        let (to_left, to_right) = sides(segment, gutter);
        left.extend(to_left);
        right.extend(to_right);
    }
    if is_signed(&left) && is_signed(&right) {
        return Some(Columns { left, right });
    }
    segments.extend(left);
    segments.extend(right);
    sort_down(segments);
    None
}

/// Whether a column ends in a name, with room for a signature above it.
fn is_signed(column: &[Segment]) -> bool {
    let [.., above, name] = column else { return false };
    let capital =
        |t: &Token| t.text().starts_with(char::is_uppercase) && !t.text().contains(char::is_numeric);
    let words = (2..=6).contains(&name.tokens.len()) && name.tokens.iter().all(capital);
    words && name.baseline - above.baseline > 2.2 * name.em && is_upper(above)
}

/// Capitals alone, and more than a numeral of them.
fn is_upper(segment: &Segment) -> bool {
    let letters = || segment.tokens.iter().flat_map(|t| t.text().chars()).filter(|c| c.is_alphabetic());
    letters().count() >= 5 && letters().filter(|c| c.is_lowercase()).count() * 8 <= letters().count()
}

/// The signature often begins a line or two above `Nơi nhận`: takes the lines right of the gutter just above.
fn climb(rest: &mut Vec<Segment>, right: &mut Vec<Segment>, gutter: f32, top: f32) {
    let mut reached = right.iter().map(|s| s.baseline).fold(f32::MAX, f32::min).min(top + 2.0);
    while let Some(last) = rest.last() {
        let near = reached - last.baseline < 2.6 * last.em;
        let alone = rest.iter().rev().nth(1).is_none_or(|s| !s.is_level_with(last));
        if !(near && alone && last.x0 > gutter - 1.5 * last.em) {
            break;
        }
        reached = last.baseline;
        right.extend(rest.pop());
    }
    sort_down(right);
}
