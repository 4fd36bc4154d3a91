//! Joins lines into paragraphs.
//!
//! Reads the lines of one lane from top to bottom, produces [`Paragraph`]s. Never changes their order.
//!
//! The signs, strongest first: a wide gap; another alignment or type size; a line that ended although the next word
//! would still have fitted; a first-line indent; a marker (`-`, `a)`, `1.`, `Điều 1.`) where a new thought may begin.
//! A dash at the left margin after a full line is a dash inside a sentence that happened to wrap.

use super::column::Margins;
use super::line::Segment;
use super::page_layout::{Alignment, Lane, Paragraph};
use super::straight::weighted_median;
use crate::alphabet::fold_key;

/// Paragraphs of lines from top to bottom. `pitch` is the usual distance of two baselines within a paragraph.
pub(super) fn build(lines: Vec<Segment>, lane: Lane, margins: &Margins, pitch: f32) -> Vec<Paragraph> {
    let stops = first_line_stop(&lines, margins);
    let is_list =
        lane == Lane::Left && lines.iter().filter(|line| Marker::of(line) == Marker::Dash).count() > 1;
    let mut alignments: Vec<Alignment> =
        lines.iter().map(|line| alignment(line, lane, margins, stops)).collect();
    if is_list {
        alignments.fill(Alignment::Left);
    }
    center_full_lines(&lines, &mut alignments, margins, pitch);
    let mut paragraphs: Vec<(Vec<Segment>, Alignment)> = Vec::new();
    for (line, alignment) in lines.into_iter().zip(alignments) {
        let goes_on = paragraphs.last().is_some_and(|(lines, set)| {
            let rules = Rules { margins, pitch, lane };
            *set == alignment && !rules.breaks(lines, &line, alignment)
        });
        match paragraphs.last_mut() {
            Some((lines, _)) if goes_on => lines.push(line),
            _ => paragraphs.push((vec![line], alignment)),
        }
    }
    let finish = |(lines, alignment): (Vec<Segment>, Alignment)| Paragraph {
        lines: lines.into_iter().map(|line| line.into_line(margins.left)).collect(),
        lane,
        alignment,
    };
    paragraphs.into_iter().map(finish).collect()
}

/// The usual distance of neighbouring baselines: the median of those that can be of one paragraph.
pub(super) fn pitch(lines: &[Segment]) -> Option<f32> {
    let distances = lines.windows(2).filter_map(|pair| match pair {
        [a, b] => Some((b.baseline - a.baseline, a.width().min(b.width()), a.em)),
        _ => None,
    });
    weighted_median(
        distances.filter(|(d, _, em)| *d > 0.8 * em && *d < 2.2 * em).map(|(d, w, _)| (d, w)).collect(),
    )
}

/// Where first lines are indented to: the commonest left edge well inside the margin.
fn first_line_stop(lines: &[Segment], margins: &Margins) -> Option<f32> {
    let mut starts: Vec<f32> = lines
        .iter()
        .filter(|line| line.x0 - margins.left > line.em && line.x0 - margins.left < 6.0 * line.em)
        .filter(|line| margins.right - line.x1 < 0.25 * margins.width())
        .map(|line| line.x0)
        .collect();
    starts.sort_by(f32::total_cmp);
    let em = lines.first()?.em;
    let (mut best, mut end) = ((0, 0.0), 0);
    for (start, &x) in starts.iter().enumerate() {
        while starts.get(end).is_some_and(|&other| other - x < 0.6 * em) {
            end += 1;
        }
        if end - start > best.0 {
            best = (end - start, x + 0.3 * em);
        }
    }
    (best.0 >= 1).then_some(best.1)
}

fn alignment(line: &Segment, lane: Lane, margins: &Margins, stop: Option<f32>) -> Alignment {
    let (before, after) = (line.x0 - margins.left, margins.right - line.x1);
    let uneven = (before - after).abs();
    let inset = before.min(after);
    let at_stop = stop.is_some_and(|stop| (line.x0 - stop).abs() < 0.7 * line.em);
    if lane != Lane::Full {
        return if uneven < 2.0 * line.em && Marker::of(line) != Marker::Dash {
            Alignment::Center
        } else {
            Alignment::Left
        };
    }
    if inset > 1.2 * line.em
        && uneven < f32::max(1.2 * line.em, 0.12 * (before + after))
        && !(at_stop && uneven > 0.8 * line.em)
    {
        if at_stop && Marker::of(line) != Marker::None { Alignment::Left } else { Alignment::Center }
    } else if before > 0.4 * margins.width() && after < 0.8 * line.em {
        Alignment::Right
    } else {
        Alignment::Left
    }
}

/// The first lines of a centred block may fill the lane: full lines between two centred ones are centred too.
fn center_full_lines(lines: &[Segment], alignments: &mut [Alignment], margins: &Margins, pitch: f32) {
    let is_full = |line: &Segment| {
        let (before, after) = (line.x0 - margins.left, margins.right - line.x1);
        (before - after).abs() < 1.5 * line.em && before.min(after) <= 1.2 * line.em
    };
    let near = |a: &Segment, b: &Segment| b.baseline - a.baseline < pitch + 0.6 * b.em;
    let mut start = None;
    for index in 0..lines.len() {
        let (line, set) = (&lines[index], alignments[index]);
        if set == Alignment::Center {
            if let Some(start) = start.take().filter(|_| near(&lines[index - 1], line)) {
                alignments[start..index].fill(Alignment::Center);
            }
        } else if !is_full(line) || start.is_some() && !near(&lines[index - 1], line) {
            start = None;
        }
        let after_centered = index > 0 && alignments[index - 1] == Alignment::Center;
        if set != Alignment::Center && is_full(line) && after_centered {
            start = Some(index);
        }
    }
}

/// What a line begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// Nothing that opens an item.
    None,
    /// `-`, `+`, `•`
    Dash,
    /// `1.`, `1.1.`, `a)`, `II.`, `Điều 1.`, `Nơi nhận:`
    Number,
}

impl Marker {
    pub fn of(line: &Segment) -> Self {
        let mut words = line.tokens.iter().map(|t| t.text());
        Marker::of_words(words.next().unwrap_or(""), words.next().unwrap_or(""))
    }

    /// What the first two words of a line open.
    pub fn of_words(first: &str, second: &str) -> Self {
        let year = second.chars().take_while(char::is_ascii_digit).count() == 4;
        if year && first.chars().count() == 1 && second.chars().count() < 6 {
            return Marker::None; // `2025` / `- 2030`: the rest of a span of years
        }
        let mut letters = first.chars();
        let opens = matches!(letters.next(), Some('-' | '–' | '—' | '+' | '•' | '*'));
        if opens && letters.next().is_none_or(|c| c.is_alphabetic()) {
            return Marker::Dash;
        }
        // A speck before the number is none of it: `_4.2.`
        let bare = first.trim_start_matches(['_', '\'', '`', '‘', '~', '.']);
        if is_number(bare) || is_named(first, second) { Marker::Number } else { Marker::None }
    }
}

/// `1.`, `12)`, `1.2.3`, `a)`, `đ.`, `IV.`, `I/-`, also glued to the word after it (`I.MỤC`).
fn is_number(word: &str) -> bool {
    let Some(end) = word.find(['.', ')', '/']) else { return false };
    let (head, tail) = (word.get(..end).unwrap_or(""), word.get(end + 1..).unwrap_or(""));
    let count = head.chars().count();
    let digits = count <= 2 && head.chars().all(|c| c.is_ascii_digit());
    let letter = count == 1 && head.chars().all(char::is_lowercase);
    let roman = count <= 5 && head.chars().all(|c| "IVXl1|".contains(c));
    let tail_fits = tail.chars().all(|c| c.is_ascii_digit() || ".-)/:".contains(c))
        || (tail.chars().next().is_some_and(char::is_uppercase) && !digits);
    // A date or a sum is no number of a section.
    let long_figure = tail.chars().filter(char::is_ascii_digit).count() > 4;
    count > 0 && (digits || letter || roman) && tail_fits && !long_figure
}

fn is_named(first: &str, second: &str) -> bool {
    let key = fold_key(first);
    let figure = second.chars().next().is_some_and(|c| c.is_ascii_digit() || "IVXl|".contains(c));
    match key.trim_end_matches([':', '.']) {
        "dieu" | "chuong" | "muc" | "phan" | "khoan" | "phu" => figure,
        "so" => first.contains(':') || figure,
        "v/v" => true,
        "noi" => fold_key(second).starts_with("nhan"),
        "kinh" => fold_key(second).starts_with("gui"),
        "can" => fold_key(second) == "cu",
        _ => false,
    }
}

struct Rules<'a> {
    margins: &'a Margins,
    pitch: f32,
    lane: Lane,
}

impl Rules<'_> {
    /// Whether a new paragraph begins with `next`.
    fn breaks(&self, lines: &[Segment], next: &Segment, alignment: Alignment) -> bool {
        let Some(last) = lines.last() else { return true };
        let step = next.baseline - last.baseline;
        let pitch = if self.lane == Lane::Full { self.pitch } else { self.pitch.min(1.5 * next.em) };
        let sizes = (last.em / next.em).max(next.em / last.em);
        if step > pitch + 0.6 * next.em
            || step < 0.0
            || sizes > 1.3 && last.tokens.len() > 2 && next.tokens.len() > 2
        {
            return true;
        }
        let spaced = step > pitch + 0.13 * next.em;
        match alignment {
            Alignment::Left => self.breaks_left(lines, last, next, spaced),
            _ => {
                spaced && self.pitch > 0.0
                    || is_upper(last) != is_upper(next)
                    || Marker::of(next) == Marker::Number
            }
        }
    }

    fn breaks_left(&self, lines: &[Segment], last: &Segment, next: &Segment, spaced: bool) -> bool {
        let em = next.em;
        let marker = Marker::of(next);
        let opened_by_marker = lines.first().is_some_and(|first| Marker::of(first) != Marker::None);
        if self.lane == Lane::Left && opened_by_marker {
            return marker != Marker::None;
        }
        let short = self.next_word_fits(last, next);
        let deeper = next.x0 - last.x0 > 0.8 * em;
        let hangs = lines.len() == 1
            && opened_by_marker
            && hanging_edge(last).is_some_and(|x| (x - next.x0).abs() < 0.6 * em);
        let inset = next.x0 - self.margins.left > 0.8 * em;
        match marker {
            Marker::None => {
                short || (spaced && inset || deeper) && !hangs || self.opens_anew(lines, last, next)
            }
            Marker::Dash | Marker::Number => short || spaced || inset || ends_sentence(last),
        }
    }

    /// After a stop, a line as far in as the paragraph's first line is the first line of another.
    fn opens_anew(&self, lines: &[Segment], last: &Segment, next: &Segment) -> bool {
        let Some(first) = lines.first() else { return false };
        let inset = next.x0 - self.margins.left > 1.5 * next.em;
        inset && (first.x0 - next.x0).abs() < 0.3 * next.em && lines.len() == 1 && ends_sentence(last)
            || inset && lines.len() > 1 && next.x0 - last.x0 > 1.5 * next.em && ends_sentence(last)
    }

    /// The line broke off although the first word of the next one would have fitted.
    fn next_word_fits(&self, last: &Segment, next: &Segment) -> bool {
        let room = self.margins.right - last.x1;
        let word = next.tokens.first().map_or(0.0, |t| t.x1 - t.x0);
        room > word + 1.0 * next.em
    }
}

/// Where the text after the marker begins.
fn hanging_edge(line: &Segment) -> Option<f32> {
    line.tokens.get(1).map(|token| token.x0)
}

fn ends_sentence(line: &Segment) -> bool {
    line.tokens.last().is_some_and(|t| t.text().ends_with(['.', ';', ':']))
}

/// Mostly capitals.
fn is_upper(line: &Segment) -> bool {
    let letters = || line.tokens.iter().flat_map(|t| t.text().chars()).filter(|c| c.is_alphabetic());
    let (upper, all) = (letters().filter(|c| c.is_uppercase()).count(), letters().count());
    all > 0 && upper * 10 > all * 8
}
