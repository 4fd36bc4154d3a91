//! Finds straight printed rules: the borders of tables, the short rules of a letterhead, underlines.
//!
//! Reads the upright grey page, produces [`Ruling`]s. Never takes the strokes of letters, seals or black margins for
//! rules, and never changes the image.
//!
//! A rule is a thin, long, nearly level stroke. Each row of pixels is cut into runs of ink, small breaks bridged;
//! only runs longer than any letter's bar survive. Runs that touch from row to row are the steps of one slightly
//! skewed stroke. Strokes that are long for their thickness are pieces of rules, and pieces in one line, a small gap
//! apart, are one rule. Upright rules are found the same way among the runs of columns. Every step is linear in the
//! number of pixels.

use std::collections::BTreeMap;

use image::GrayImage;

use super::page_image::{Direction, Ruling};
use crate::geometry::Rect;

/// The straight rules of a page whose ink is dark on white, horizontal ones first, then from top to bottom and left
/// to right. `dpi` is the resolution of `gray`; an absurd value counts as 300.
pub fn find(gray: &GrayImage, dpi: f32) -> Vec<Ruling> {
    let sizes = Sizes::at(dpi);
    let ink = Ink { gray, threshold: threshold(gray) };
    let level = trace(level_runs(&ink, &sizes), |x, y| ink.at(x, y), &sizes)
        .into_iter()
        .map(|bbox| Ruling { direction: Direction::Horizontal, bbox });
    let upright = trace(upright_runs(&ink, &sizes), |x, y| ink.at(y, x), &sizes)
        .into_iter()
        .map(|b| Ruling { direction: Direction::Vertical, bbox: Rect::new(b.y0, b.x0, b.y1, b.x1) });
    let mut rulings: Vec<Ruling> = level.chain(upright).collect();
    rulings
        .sort_by_key(|r| (r.direction != Direction::Horizontal, r.bbox.y0, r.bbox.x0, r.bbox.y1, r.bbox.x1));
    rulings
}

/// The lengths that tell a rule from a letter, in pixels.
struct Sizes {
    /// A break in a run that is bridged: specks of missing ink.
    gap: i32,
    /// Shortest run of a row worth looking at: 0.1 in, twice the bar of a T at 14 pt.
    run: i32,
    /// Shortest stroke that can start a rule: longer than an em dash at 14 pt.
    stroke: i32,
    /// Shortest rule: 0.3 in, below the narrowest column of figures.
    rule: i32,
    /// Widest break between two pieces of one rule.
    mend: i32,
    /// Thickest rule, averaged over its length.
    thick: i32,
}

impl Sizes {
    fn at(dpi: f32) -> Self {
        let dpi = if (50.0..=2400.0).contains(&dpi) { dpi } else { 300.0 };
        let inch = |part: f32, least: i32| ((part * dpi).round() as i32).max(least);
        Self {
            gap: inch(0.012, 2),
            run: inch(0.1, 8),
            stroke: inch(0.2, 16),
            rule: inch(0.3, 24),
            mend: inch(0.1, 8),
            thick: inch(0.03, 4),
        }
    }
}

/// Steepest rule that still counts as level: 3 degrees, what deskewing leaves behind at worst.
const STEEPEST: f32 = 0.055;

/// Which pixels are ink.
struct Ink<'a> {
    gray: &'a GrayImage,
    threshold: u8,
}

impl Ink<'_> {
    fn at(&self, x: i32, y: i32) -> bool {
        let (x, y) = (u32::try_from(x).ok(), u32::try_from(y).ok());
        let pixel = x.zip(y).and_then(|(x, y)| self.gray.get_pixel_checked(x, y));
        pixel.is_some_and(|p| p.0[0] < self.threshold)
    }

    fn rows(&self) -> impl Iterator<Item = (i32, &[u8])> {
        (0..).zip(self.gray.as_raw().chunks_exact(self.gray.width().max(1) as usize))
    }

    /// Calls `seen` with every place of ink in a row, from left to right. Most of a page is white: sixteen pixels at a
    /// time are passed over by their darkest.
    fn of(&self, row: &[u8], mut seen: impl FnMut(usize)) {
        for (i, pixels) in row.chunks(16).enumerate() {
            if pixels.iter().fold(255, |darkest, &v| v.min(darkest)) < self.threshold {
                let dark = pixels.iter().enumerate().filter(|(_, v)| **v < self.threshold);
                dark.for_each(|(x, _)| seen(i * 16 + x));
            }
        }
    }
}

/// Otsu's threshold, kept between 110 and 200: thin rules print paler than letters, and a nearly blank page has no
/// two classes to part.
fn threshold(gray: &GrayImage) -> u8 {
    let mut histogram = [0u64; 256];
    gray.as_raw().iter().for_each(|&v| histogram[usize::from(v)] += 1);
    let total: u64 = histogram.iter().sum();
    let sum: u64 = (0u64..).zip(histogram).map(|(v, n)| v * n).sum();
    let (mut below, mut sum_below, mut best) = (0u64, 0u64, (0.0f64, 160u8));
    for (value, count) in (0u8..=255).zip(histogram) {
        below += count;
        sum_below += u64::from(value) * count;
        let above = total - below;
        if below == 0 || above == 0 {
            continue;
        }
        let apart = sum_below as f64 / below as f64 - (sum - sum_below) as f64 / above as f64;
        let spread = below as f64 * above as f64 * apart * apart;
        if spread > best.0 {
            best = (spread, value);
        }
    }
    best.1.saturating_add(1).clamp(110, 200)
}

/// A stretch of ink in one row, half open.
#[derive(Clone, Copy)]
struct Run {
    x0: i32,
    x1: i32,
}

impl Run {
    fn is_long(&self, sizes: &Sizes) -> bool {
        self.x1 - self.x0 >= sizes.run
    }
}

/// Runs that touch from row to row.
#[derive(Clone, Copy)]
struct Stroke {
    bbox: Rect,
    /// Sum of the run lengths.
    area: i64,
    /// Rows of its left and right end.
    ends: (i32, i32),
    /// What it covers in the last row it was seen in.
    last: Run,
}

impl Stroke {
    fn new(run: Run, y: i32) -> Self {
        Self {
            bbox: Rect::new(run.x0, y, run.x1, y + 1),
            area: i64::from(run.x1 - run.x0),
            ends: (y, y),
            last: run,
        }
    }

    fn absorb(&mut self, other: &Stroke) {
        if other.bbox.x0 < self.bbox.x0 {
            self.ends.0 = other.ends.0;
        }
        if other.bbox.x1 > self.bbox.x1 {
            self.ends.1 = other.ends.1;
        }
        let older = if other.bbox.y1 > self.bbox.y1 { None } else { Some(self.last) };
        let same_row = other.bbox.y1 == self.bbox.y1;
        self.last = match older {
            None => other.last,
            Some(mine) if same_row => Run { x0: mine.x0.min(other.last.x0), x1: mine.x1.max(other.last.x1) },
            Some(mine) => mine,
        };
        self.bbox = self.bbox.union(&other.bbox);
        self.area += other.area;
    }

    /// Long for its thickness and not too steep.
    fn is_straight(&self, sizes: &Sizes) -> bool {
        let width = self.bbox.width();
        self.area <= i64::from(sizes.thick) * i64::from(width)
            && self.bbox.height() <= sizes.thick + (width as f32 * STEEPEST) as i32
    }
}

/// The rules among the runs of all lines; `ink` tells a place along and across the lines.
fn trace(lines: Vec<Vec<Run>>, ink: impl Fn(i32, i32) -> bool, sizes: &Sizes) -> Vec<Rect> {
    let pieces: Vec<Stroke> = strokes(lines).into_iter().filter(|s| s.is_straight(sizes)).collect();
    mend(pieces, sizes).into_iter().filter(|rule| stands_free(&ink, rule, sizes)).collect()
}

/// Whether there is white above and below the ink of a rule, but for what crosses it: bars and serifs of bold letters
/// that touch each other hang on stems. The shorter the rule, the stricter.
fn stands_free(ink: impl Fn(i32, i32) -> bool, rule: &Rect, sizes: &Sizes) -> bool {
    let reach = sizes.thick + sizes.thick / 2;
    let (mut inked, mut free) = (0, 0);
    for x in rule.x0..rule.x1 {
        let Some(y) = (rule.y0..rule.y1).find(|&y| ink(x, y)) else { continue };
        let up = (0..=reach).take_while(|d| ink(x, y - d)).count();
        let down = (0..=reach).take_while(|d| ink(x, y + d)).count();
        inked += 1;
        free += i32::from(up + down <= reach as usize + 1);
    }
    let least = if rule.width() < 3 * sizes.rule { 85 } else { 70 };
    free * 100 >= inked * least
}

/// The long runs of every row from left to right.
fn level_runs(ink: &Ink<'_>, sizes: &Sizes) -> Vec<Vec<Run>> {
    let of_row = |(_, row)| {
        let (mut open, mut long) = (None, Vec::new());
        ink.of(row, |x| long.extend(grow(&mut open, x as i32, sizes)));
        long.extend(open.filter(|run| run.is_long(sizes)));
        long
    };
    ink.rows().map(of_row).collect()
}

/// The long runs of every column from top to bottom, found row by row as the pixels lie in memory.
fn upright_runs(ink: &Ink<'_>, sizes: &Sizes) -> Vec<Vec<Run>> {
    let mut columns = vec![(None, Vec::new()); ink.gray.width() as usize];
    for (y, row) in ink.rows() {
        ink.of(row, |x| {
            if let Some((open, long)) = columns.get_mut(x) {
                long.extend(grow(open, y, sizes));
            }
        });
    }
    let finished = |(open, mut long): (Option<Run>, Vec<Run>)| {
        long.extend(open.filter(|run| run.is_long(sizes)));
        long
    };
    columns.into_iter().map(finished).collect()
}

/// Adds a place of ink to the run that is open, or begins another; gives the run that has ended if it is long.
fn grow(open: &mut Option<Run>, at: i32, sizes: &Sizes) -> Option<Run> {
    match open {
        Some(run) if at - run.x1 <= sizes.gap => {
            run.x1 = at + 1;
            None
        }
        _ => open.replace(Run { x0: at, x1: at + 1 }).filter(|run| run.is_long(sizes)),
    }
}

/// Stacks the runs of all lines into strokes.
fn strokes(lines: Vec<Vec<Run>>) -> Vec<Stroke> {
    let (mut done, mut open) = (Vec::new(), Vec::<Stroke>::new());
    for (y, runs) in (0i32..).zip(lines) {
        if runs.is_empty() && open.is_empty() {
            continue;
        }
        let (kept, finished): (Vec<_>, Vec<_>) = open.into_iter().partition(|s| s.bbox.y1 + 1 >= y);
        done.extend(finished);
        open = stack(kept, &runs, y);
    }
    done.extend(open);
    done
}

/// Merges the runs of row `y` into the open strokes. Both come and go sorted by their last stretch's left end.
fn stack(open: Vec<Stroke>, runs: &[Run], y: i32) -> Vec<Stroke> {
    let mut parts: Vec<Stroke> = open;
    parts.extend(runs.iter().map(|&run| Stroke::new(run, y)));
    parts.sort_by_key(|s| (s.last.x0, s.last.x1, s.bbox.y0));
    let mut stacked: Vec<Stroke> = Vec::with_capacity(parts.len());
    let mut reach = i32::MIN;
    for part in parts {
        match stacked.last_mut() {
            Some(previous) if part.last.x0 <= reach => previous.absorb(&part),
            _ => stacked.push(part),
        }
        reach = match stacked.last() {
            Some(stroke) => stroke.last.x1.max(part.last.x1),
            None => part.last.x1,
        };
    }
    stacked
}

/// Joins pieces in one line and keeps what is long enough to be a rule.
fn mend(mut pieces: Vec<Stroke>, sizes: &Sizes) -> Vec<Rect> {
    pieces.sort_by_key(|s| (s.bbox.x0, s.bbox.y0, s.bbox.x1, s.bbox.y1));
    let band = sizes.thick.max(1);
    let mut rules: Vec<(Rect, bool)> = Vec::new();
    // By the band of rows in which it ends: the rules that a next piece may carry on.
    let mut ends: BTreeMap<i32, (usize, i32)> = BTreeMap::new();
    for piece in pieces {
        let start = piece.ends.0;
        let key = start.div_euclid(band);
        let seed = piece.bbox.width() >= sizes.stroke;
        let carried = (key - 1..=key + 1)
            .filter_map(|k| ends.get(&k).map(|&(rule, row)| ((row - start).abs(), rule, k)))
            .filter(|&(off, rule, _)| off <= band && piece.bbox.x0 - rules[rule].0.x1 <= sizes.mend)
            .min();
        let rule = match carried {
            Some((_, rule, old)) => {
                ends.remove(&old);
                rules[rule] = (rules[rule].0.union(&piece.bbox), rules[rule].1 || seed);
                rule
            }
            None => {
                rules.push((piece.bbox, seed));
                rules.len() - 1
            }
        };
        ends.insert(piece.ends.1.div_euclid(band), (rule, piece.ends.1));
    }
    rules.into_iter().filter(|(b, seed)| *seed && b.width() >= sizes.rule).map(|(b, _)| b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    fn page() -> GrayImage {
        GrayImage::from_pixel(1200, 900, Luma([250]))
    }

    fn line(page: &mut GrayImage, from: (f32, f32), to: (f32, f32), thick: i32, skip: impl Fn(i32) -> bool) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()) as i32;
        for step in (0..=steps).filter(|s| !skip(*s)) {
            let part = step as f32 / steps as f32;
            let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            for dx in 0..thick {
                for dy in 0..thick {
                    page.put_pixel(x as u32 + dx as u32, y as u32 + dy as u32, Luma([40]));
                }
            }
        }
    }

    fn found(page: &GrayImage, direction: Direction) -> Vec<Rect> {
        find(page, 300.0).into_iter().filter(|r| r.direction == direction).map(|r| r.bbox).collect()
    }

    #[test]
    fn a_grid_gives_its_rules() {
        let mut page = page();
        for y in [100.0, 300.0, 500.0] {
            line(&mut page, (100.0, y), (1000.0, y), 3, |_| false);
        }
        for x in [100.0, 250.0, 1000.0] {
            line(&mut page, (x, 100.0), (x, 500.0), 3, |_| false);
        }
        let level = found(&page, Direction::Horizontal);
        assert_eq!(level.len(), 3, "{level:?}");
        assert!(level.iter().all(|b| b.width() >= 900));
        assert_eq!(found(&page, Direction::Vertical).len(), 3);
    }

    #[test]
    fn a_skewed_and_broken_rule_is_one() {
        let mut page = page();
        line(&mut page, (100.0, 100.0), (1100.0, 112.0), 2, |s| s % 150 < 12);
        let level = found(&page, Direction::Horizontal);
        assert_eq!(level.len(), 1, "{level:?}");
        assert!(level[0].width() > 950);
    }

    #[test]
    fn bars_of_letters_and_black_blocks_are_not_rules() {
        let mut page = page();
        for x in [100.0, 180.0, 260.0] {
            line(&mut page, (x, 100.0), (x + 45.0, 100.0), 5, |_| false);
        }
        for y in 0..60 {
            line(&mut page, (300.0, 400.0 + y as f32), (600.0, 400.0 + y as f32), 1, |_| false);
        }
        assert!(found(&page, Direction::Horizontal).is_empty());
    }

    #[test]
    fn an_empty_image_has_no_rules() {
        assert!(find(&GrayImage::new(0, 0), 300.0).is_empty());
    }
}
