//! Restores the pages of a document: each paragraph and each table cell as one running text across its lines.
//!
//! Reads [`PageLayout`]s, produces [`RestoredPage`]s: the same blocks, lines and boxes, words with their restored text and
//! its likelihood. Two words that were one are merged (their boxes too), a word that was two is divided. Furniture is left
//! as read.

use std::ops::Range;

use crate::layout::page_layout::PageLayout;

use super::passage::Heard;
use super::restored_page::{Block, Line, RestoredPage, Word, WordEdit};
use super::restorer::{Decided, Restorer, Spoken};
use crate::geometry::Rect;

impl Restorer {
    /// Restores the pages of one document together: they share its prior.
    pub fn document(&self, pages: Vec<PageLayout>) -> Vec<RestoredPage> {
        let engine = pages.iter().any(|page| page.width > 0);
        let written: Vec<Written> = pages.iter().flat_map(stretches).map(Written::of).collect();
        let spoken: Vec<Spoken<'_>> =
            written.iter().map(|w| Spoken { text: &w.text, heard: w.heard.clone() }).collect();
        let mut decided = self.passages(&spoken, engine).into_iter().zip(&written);
        pages.into_iter().map(|page| restored(page, &mut decided)).collect()
    }
}

/// A passage of a page as text, with the way back to its words.
struct Written {
    text: String,
    heard: Vec<Heard>,
    /// For each word in order, its bytes.
    words: Vec<Range<usize>>,
}

impl Written {
    fn of(lines: &[Line]) -> Written {
        let mut written = Written { text: String::new(), heard: Vec::new(), words: Vec::new() };
        for line in lines {
            for word in &line.words {
                written.push(word);
            }
            if written.text.ends_with(' ') {
                written.text.pop();
            }
            written.text.push('\n');
        }
        written
    }

    fn push(&mut self, word: &Word) {
        let start = self.text.len();
        self.text.push_str(&word.text);
        let range = start..self.text.len();
        self.text.push(' ');
        if word.bbox.is_some() {
            let (confidence, asked) = (word.confidence, is_spelled(word));
            let choices = if asked { choices(word, start) } else { Vec::new() };
            self.heard.push(Heard { range: range.clone(), confidence, choices, asked });
        }
        self.words.push(range);
    }
}

/// Whether the letters that the engine gave one by one make up the word.
fn is_spelled(word: &Word) -> bool {
    !word.symbols.is_empty() && word.symbols.iter().map(|s| s.text.as_str()).collect::<String>() == word.text
}

/// The engine's second choices of a word that begins at byte `start`.
fn choices(word: &Word, start: usize) -> Vec<(usize, char, f32)> {
    let mut at = start;
    let mut found = Vec::new();
    for symbol in &word.symbols {
        for (letter, confidence) in &symbol.alternatives {
            let mut letters = letter.chars();
            if let (Some(letter), None) = (letters.next(), letters.next()) {
                found.push((at, letter, *confidence));
            }
        }
        at += symbol.text.len();
    }
    found
}

/// The passages of a page, each as its lines: paragraphs and cells.
fn stretches(page: &PageLayout) -> Vec<&[Line]> {
    let mut found: Vec<&[Line]> = Vec::new();
    for block in &page.blocks {
        match block {
            Block::Paragraph(paragraph) => found.push(&paragraph.lines),
            Block::Table(table) => found.extend(table.cells.iter().map(|cell| cell.lines.as_slice())),
            Block::Furniture(_) => {}
        }
    }
    found
}

/// The same passages, to be written to; in the same order as [`stretches`].
fn stretches_mut(page: &mut PageLayout) -> Vec<&mut Vec<Line>> {
    let mut found: Vec<&mut Vec<Line>> = Vec::new();
    for block in &mut page.blocks {
        match block {
            Block::Paragraph(paragraph) => found.push(&mut paragraph.lines),
            Block::Table(table) => found.extend(table.cells.iter_mut().map(|cell| &mut cell.lines)),
            Block::Furniture(_) => {}
        }
    }
    found
}

fn restored<'a>(
    mut page: PageLayout,
    decided: &mut impl Iterator<Item = (Decided, &'a Written)>,
) -> RestoredPage {
    let mut edits = Vec::new();
    let number = page.number;
    for lines in stretches_mut(&mut page) {
        let Some((decided, written)) = decided.next() else { break };
        let mut word = 0;
        for line in lines {
            let count = line.words.len();
            let ranges = written.words.get(word..word + count).unwrap_or_default();
            let old = std::mem::take(&mut line.words);
            line.words = rewritten(old, ranges, &decided, &mut |edit| {
                edits.push(WordEdit { page: number, line: line.number, ..edit })
            });
            word += count;
        }
    }
    RestoredPage { layout: page, edits }
}

/// The words of a line with the changes made.
fn rewritten(
    words: Vec<Word>,
    ranges: &[Range<usize>],
    decided: &Decided,
    log: &mut impl FnMut(WordEdit),
) -> Vec<Word> {
    let mut done: Vec<Word> = Vec::with_capacity(words.len());
    let mut words = words.into_iter().zip(ranges.iter().cloned()).peekable();
    while let Some((mut word, mut range)) = words.next() {
        let within = |range: &Range<usize>| {
            decided
                .changes
                .iter()
                .filter(|c| c.range.start < range.end && range.start < c.range.end)
                .collect::<Vec<_>>()
        };
        let mut changes = within(&range);
        while changes.iter().any(|c| c.range.end > range.end) {
            let Some((next, wider)) = words.next() else { break };
            merge(&mut word, next);
            range.end = wider.end;
            changes = within(&range);
        }
        let from = word.text.clone();
        word.confidence = certainty(decided, &range).unwrap_or(word.confidence);
        for change in changes.iter().rev() {
            let at =
                change.range.start.saturating_sub(range.start)..change.range.end.saturating_sub(range.start);
            if word.text.get(at.clone()).is_some() {
                word.text.replace_range(at, &change.to);
            }
        }
        if let Some(first) = changes.first() {
            let posterior = changes.iter().map(|c| c.posterior).fold(1.0, f32::min);
            log(WordEdit { page: 0, line: 0, from, to: word.text.clone(), source: first.source, posterior });
            word.symbols.clear();
        }
        divide(word, &mut done);
    }
    done
}

/// How likely the words in a range are all right as they stand; `None` if no word was weighed there.
fn certainty(decided: &Decided, range: &Range<usize>) -> Option<f32> {
    let start = decided.certainty.partition_point(|(r, _)| r.end <= range.start);
    let weighed = decided.certainty.iter().skip(start).take_while(|(r, _)| r.start < range.end);
    weighed
        .map(
            |(r, p)| {
                if decided.flags.iter().any(|f| f.range == *r && f.posterior >= 0.5) { 1.0 - p } else { *p }
            },
        )
        .reduce(f32::min)
}

fn merge(word: &mut Word, next: Word) {
    word.text = format!("{} {}", word.text, next.text);
    word.raw = format!("{} {}", word.raw, next.raw);
    word.bbox = word.bbox.zip(next.bbox).map(|(a, b)| a.union(&b));
    word.confidence = word.confidence.min(next.confidence);
    word.symbols.clear();
}

/// Files a word, in parts where it holds blanks; the box is divided by number of letters.
fn divide(word: Word, done: &mut Vec<Word>) {
    if !word.text.contains(' ') {
        return done.push(word);
    }
    let total = word.text.chars().count() as i64;
    let mut before = 0i64;
    for part in word.text.split(' ') {
        let letters = part.chars().count() as i64;
        let bbox = word
            .bbox
            .map(|b| Rect::new(along(&b, before, total), b.y0, along(&b, before + letters, total), b.y1));
        done.push(Word { text: part.to_owned(), bbox, symbols: Vec::new(), ..word.clone() });
        before += letters + 1;
    }
}

/// The x that lies `part` of `total` along a box.
fn along(bbox: &Rect, part: i64, total: i64) -> i32 {
    bbox.x0 + (i64::from(bbox.width()) * part / total.max(1)) as i32
}
