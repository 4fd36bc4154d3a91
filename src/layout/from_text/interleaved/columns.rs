//! Where the lines of an interleaved table are cut into its columns.

use std::sync::LazyLock;

use regex::Regex;

use super::super::source_line::{SourceLine, WIDE};
use super::super::wrap::Shape;
use super::{Kind, Labels, Pairs};
use crate::dictionary::{cue, marker};
use crate::layout::page_layout::Line;

/// A line of a table, cut.
#[derive(Debug)]
pub struct Strip<'l> {
    line: &'l SourceLine,
    /// For each column its words, an empty range where it has none.
    parts: Vec<(usize, usize)>,
    /// It carries the row's number or time.
    pub opens: bool,
    /// A blank line stands before it.
    pub after_blank: bool,
    /// The column in which the content stands, and the one after it.
    content: usize,
}

impl Strip<'_> {
    /// The words of a column as a line.
    pub fn part(&self, column: usize) -> Option<Line> {
        let (from, to) = self.parts.get(column).copied()?;
        (from < to).then(|| self.line.part(from, to))
    }

    /// Whether the content column has words here.
    pub fn has_content(&self) -> bool {
        self.parts.get(self.content).is_some_and(|(from, to)| from < to)
    }

    /// Whether the column after the content has words here.
    pub fn has_second(&self) -> bool {
        self.parts.get(self.content + 1).is_some_and(|(from, to)| from < to)
    }

    /// Whether its content begins with a small letter: it goes on with a sentence.
    pub fn continues(&self) -> bool {
        let first = self.parts.get(self.content).and_then(|(from, _)| self.line.words.get(*from));
        first
            .is_some_and(|word| word.text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase))
    }
}

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    let clock = r"\d{1,2}\s?(?:[hg:]|giờ)\s?(?:\d{2})?(?:\s?(?:phút|'))?";
    Regex::new(&format!(r"^(?:Từ\s)?{clock}(?:\s?(?:[-–]|đến)\s?{clock})?(?:\s|:|$)"))
        .expect("a valid pattern")
});

/// How many words at the head of a line are a time.
pub fn time_words(line: &SourceLine) -> usize {
    let head: Vec<&str> = line.words.iter().take(8).map(|word| word.text.as_str()).collect();
    let head = head.join(" ");
    TIME.find(&head).map_or(0, |found| found.as_str().split_whitespace().count())
}

/// How many words at the head of a line are the number of the expected row.
pub fn row_number(line: &SourceLine, expected: u32) -> Option<usize> {
    let first = line.words.first()?.text.trim_end_matches(['.', ')', '|', '/']);
    let misread =
        || marker::readings(&format!("{first}. x")).iter().any(|marker| marker.numbers == [expected]);
    let plain = first.parse::<u32>().is_ok_and(|number| number == expected);
    (plain || !first.starts_with(|c: char| c.is_ascii_digit()) && first.len() < 4 && misread()).then_some(1)
}

/// Cuts the lines below the head.
pub fn strips<'l>(
    lines: &'l [SourceLine],
    labels: &Labels,
    head: &SourceLine,
    shape: &Shape,
    pairs: &Pairs,
) -> Vec<Strip<'l>> {
    let aligned =
        labels.iter().skip(1).all(|(_, from, _)| head.gaps.get(*from).is_some_and(|gap| *gap >= WIDE));
    let content = labels.iter().position(|(kind, ..)| *kind == Kind::Text).unwrap_or(0);
    let width = content_width(lines, shape);
    let beside = whole_second(lines);
    let (mut strips, mut blank, mut expected) = (Vec::new(), false, 1);
    let mut tail: Option<String> = None;
    for (index, line) in lines.iter().enumerate() {
        if line.is_blank() {
            blank = true;
            continue;
        }
        let lead = lead(line, labels, expected);
        expected += u32::from(lead.1);
        let mut parts = if aligned {
            by_position(line, labels, head)
        } else {
            let second = beside.get(index).copied().unwrap_or(false);
            let cut = if second {
                lead.0.len()
            } else {
                cut(line, lead_words(&lead.0), width, tail.as_deref(), pairs)
            };
            by_cut(line, labels.len(), content, &lead.0, cut, second)
        };
        parts.resize(labels.len(), (0, 0));
        let strip = Strip { line, parts, opens: lead.1, after_blank: blank, content };
        tail = strip
            .parts
            .get(content + 1)
            .filter(|(from, to)| from < to)
            .and_then(|(_, to)| line.keys.get(to - 1))
            .cloned();
        strips.push(strip);
        blank = false;
    }
    strips
}

fn lead_words(lead: &[(usize, usize)]) -> usize {
    lead.last().map_or(0, |(_, to)| *to)
}

/// The words of the number and the time before the content, and whether they open a row.
fn lead(line: &SourceLine, labels: &Labels, expected: u32) -> (Vec<(usize, usize)>, bool) {
    let (mut at, mut ranges, mut opens) = (0, Vec::new(), false);
    for (kind, ..) in labels.iter().take_while(|(kind, ..)| *kind != Kind::Text) {
        let taken = match kind {
            Kind::Ordinal => row_number(line, expected).unwrap_or(0),
            _ if at == 0 || opens => time_words(&SourceLine {
                words: line.words.get(at..).unwrap_or_default().to_vec(),
                ..SourceLine::default()
            }),
            _ => 0,
        };
        opens |= taken > 0;
        ranges.push((at, at + taken));
        at += taken;
    }
    (ranges, opens)
}

/// Columns by the place at which a run of words begins.
fn by_position(line: &SourceLine, labels: &Labels, head: &SourceLine) -> Vec<(usize, usize)> {
    let starts: Vec<u32> =
        labels.iter().map(|(_, from, _)| head.columns.get(*from).copied().unwrap_or(0)).collect();
    let mut parts = vec![(0, 0); labels.len()];
    let mut from = 0;
    for at in 1..=line.words.len() {
        if at < line.words.len() && line.gaps.get(at).is_none_or(|gap| *gap < 2) {
            continue;
        }
        let place = line.columns.get(from).copied().unwrap_or(0);
        let column = starts.iter().rposition(|start| *start <= place + 2).unwrap_or(0);
        if let Some(part) = parts.get_mut(column) {
            *part = if part.0 < part.1 { (part.0, at) } else { (from, at) };
        }
        from = at;
    }
    parts
}

fn by_cut(
    line: &SourceLine,
    columns: usize,
    content: usize,
    lead: &[(usize, usize)],
    cut: usize,
    second: bool,
) -> Vec<(usize, usize)> {
    let from = lead_words(lead);
    let cut = if second { from } else { cut };
    let mut parts = lead.to_vec();
    parts.resize(content, (0, 0));
    parts.push((from, cut));
    if columns > content + 1 {
        parts.push((cut, line.words.len()));
    } else if let Some(last) = parts.last_mut() {
        last.1 = line.words.len();
    }
    parts
}

/// Width of the content column in characters: the longest line that holds nothing else.
fn content_width(lines: &[SourceLine], shape: &Shape) -> usize {
    let piped = lines.iter().filter_map(|line| {
        let at = line.gaps.iter().enumerate().skip(2).find(|(_, gap)| **gap > WIDE).map(|(at, _)| at)?;
        Some(line.part(0, at).text().chars().count())
    });
    let single = lines.iter().map(SourceLine::length).filter(|length| length * 100 <= shape.width * 58);
    piped.chain(single).max().unwrap_or(shape.width / 2).max(12)
}

/// For each line whether it belongs to the second column alone: a run between blank lines without a row's number that
/// begins with a role or a body.
fn whole_second(lines: &[SourceLine]) -> Vec<bool> {
    let mut marks = vec![false; lines.len()];
    let mut start = 0;
    for at in 0..=lines.len() {
        if lines.get(at).is_some_and(|line| !line.is_blank()) {
            continue;
        }
        let run = lines.get(start..at).unwrap_or_default();
        let begins = run.first().is_some_and(|line| !line.starts_small() && head_likeness(&line.keys) >= 3.0);
        let opens = run.iter().any(|line| marker::read(&line.text()).is_some() || time_words(line) > 0);
        if begins && !opens {
            marks.get_mut(start..at).into_iter().flatten().for_each(|mark| *mark = true);
        }
        start = at + 1;
    }
    marks
}

/// How surely words begin the name of a role (3), of a body (2), or perhaps a misread role (1).
fn head_likeness(keys: &[String]) -> f64 {
    if cue::prefix_any(keys, cue::ROLE_HEADS).is_some() {
        return 3.0;
    }
    if cue::prefix_any(keys, cue::BODY_HEADS).is_some() {
        return 2.0;
    }
    let two = keys.iter().take(2).cloned().collect::<String>();
    let near = cue::ROLE_HEADS.iter().map(|role| cue::keys(role).concat()).filter(|role| role.len() > 5);
    if near.into_iter().any(|role| cue::likeness(&two, &role) >= 0.55) { 1.0 } else { 0.0 }
}

/// Words after which a name does not begin a new cell; the last ones are `của` as an engine set to English reads it.
const BINDING: &[&str] = &[
    "cua", "voi", "va", "cac", "do", "tai", "cho", "ve", "tu", "pho", "moi", "den", "nhung", "theo", "gui",
    "cung", "ctia", "cta", "caa", "ciia", "cia",
];

/// The word at which the second column begins; the number of words where it has none in this line.
fn cut(line: &SourceLine, from: usize, width: usize, tail: Option<&str>, pairs: &Pairs) -> usize {
    let words = line.words.len();
    if let Some(at) = (from + 1..words).find(|at| line.gaps.get(*at).is_some_and(|gap| *gap > WIDE)) {
        return at;
    }
    let mut length = 0;
    let lengths: Vec<usize> = line
        .words
        .get(from..)
        .unwrap_or_default()
        .iter()
        .map(|word| {
            length += word.text.chars().count() + 1;
            length
        })
        .collect();
    let before =
        |at: usize| at.checked_sub(from + 1).and_then(|index| lengths.get(index)).copied().unwrap_or(0);
    let over = before(words).saturating_sub(width + 2) as f64;
    let whole = if over > 0.0 { -0.25 * over } else { 0.6 };
    let mut best = (words, whole);
    for at in from + 1..words {
        let score = score(line, at, before(at), width, tail, pairs);
        if score > best.1 {
            best = (at, score);
        }
    }
    best.0
}

/// How good a cut before the word `at` is. The weights order the evidence; their scale has no meaning.
fn score(
    line: &SourceLine,
    at: usize,
    length: usize,
    width: usize,
    tail: Option<&str>,
    pairs: &Pairs,
) -> f64 {
    let (Some(word), Some(key), Some(last), Some(last_key)) =
        (line.words.get(at), line.keys.get(at), line.words.get(at - 1), line.keys.get(at - 1))
    else {
        return f64::NEG_INFINITY;
    };
    let joins = tail.is_some_and(|tail| pairs.exceeds(tail, key, 0));
    let capital = word.text.chars().find(|c| c.is_alphabetic()).is_none_or(char::is_uppercase);
    let here = line
        .keys
        .windows(2)
        .filter(|pair| pair.first() == Some(last_key) && pair.get(1) == Some(key))
        .count();
    let mut score =
        -0.5 - 0.03 * width.saturating_sub(length) as f64 - 0.5 * length.saturating_sub(width + 2) as f64;
    score += match (capital, joins) {
        (true, _) => head_likeness(line.keys.get(at..).unwrap_or_default()),
        (false, true) => -0.5,
        (false, false) => -3.0,
    };
    if joins {
        score += 2.5;
    }
    if pairs.exceeds(last_key, key, u32::try_from(here).unwrap_or(u32::MAX)) {
        score -= 2.0;
    }
    if BINDING.contains(&last_key.as_str()) {
        score -= if joins && length + 6 >= width { 1.5 } else { 4.0 };
    }
    if last.text.ends_with(',') {
        score -= 2.0;
    }
    if ends_role(line, at) {
        score -= 4.0;
    }
    score
}

/// Whether a role ends right before the word: `Lãnh đạo` before `UBND`.
fn ends_role(line: &SourceLine, at: usize) -> bool {
    (1..=3)
        .filter_map(|n| line.keys.get(at.checked_sub(n)?..at))
        .any(|keys| cue::ROLE_HEADS.iter().any(|role| cue::prefix(keys, role) == Some(keys.len())))
}
