//! A line of plain text as words, with the gaps between them.
//!
//! A gap is the only geometry there is: a tab or a pipe says "another column", a long run of blanks suggests it.

use crate::alphabet::nfc;
use crate::dictionary::cue;
use crate::layout::page_layout::{Line, Word};

/// The gap before a word that a tab or a pipe stands in front of.
pub const RULE: u32 = 1_000;
/// From this many blanks on a gap suggests another column.
pub const WIDE: u32 = 3;

/// A line of the source text.
#[derive(Debug, Clone, Default)]
pub struct SourceLine {
    /// 1-based, through the whole text.
    pub number: u32,
    /// Blanks before the first word.
    pub indent: u32,
    /// Words, markup left out of their text.
    pub words: Vec<Word>,
    /// For each word the blanks before it, [`RULE`] for a tab or a pipe.
    pub gaps: Vec<u32>,
    /// For each word the character column it starts in.
    pub columns: Vec<u32>,
    /// Key of each word, for cues.
    pub keys: Vec<String>,
    /// Number of pipes and inner tabs.
    pub rules: u32,
    /// A row of a Markdown table, with a pipe before its first cell.
    pub piped: bool,
}

impl SourceLine {
    /// Whether there is no word on it.
    pub fn is_blank(&self) -> bool {
        self.words.is_empty()
    }

    /// The words joined by blanks.
    pub fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Length of [`Self::text`] in characters.
    pub fn length(&self) -> usize {
        self.words.iter().map(|word| word.text.chars().count() + 1).sum::<usize>().saturating_sub(1)
    }

    /// The words from `from` up to `to` as a layout line.
    pub fn part(&self, from: usize, to: usize) -> Line {
        let words = self.words.get(from..to.min(self.words.len())).unwrap_or_default().to_vec();
        let column = self.columns.get(from).copied().unwrap_or(self.indent);
        Line { words, number: self.number, indent: column as f32 }
    }

    /// The whole as a layout line.
    pub fn whole(&self) -> Line {
        self.part(0, self.words.len())
    }

    /// Whether all its letters are capitals, and there are at least two.
    pub fn is_upper(&self) -> bool {
        is_upper(self.words.iter().map(|word| word.text.as_str()))
    }

    /// Whether its first letter is small.
    pub fn starts_small(&self) -> bool {
        let letter = self.words.first().and_then(|word| word.text.chars().find(|c| c.is_alphanumeric()));
        letter.is_some_and(char::is_lowercase)
    }

    /// Its last character.
    pub fn last_char(&self) -> Option<char> {
        self.words.last().and_then(|word| word.text.chars().last())
    }

    /// Whether it ends a sentence or an item.
    pub fn ends_sentence(&self) -> bool {
        self.last_char().is_some_and(|c| ".;:?!/".contains(c))
    }
}

/// Whether all letters of the words are capitals, and there are at least two.
pub fn is_upper<'w>(words: impl Iterator<Item = &'w str>) -> bool {
    let (mut capitals, mut small) = (0, 0);
    for c in words.flat_map(str::chars).filter(|c| c.is_alphabetic()) {
        if c.is_lowercase() { small += 1 } else { capitals += 1 }
    }
    capitals >= 2 && small * 12 <= capitals
}

/// The lines of each page. A form feed ends a page; an empty last page is none.
pub fn pages(text: &str) -> Vec<Vec<SourceLine>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut number = 0;
    let mut pages: Vec<Vec<SourceLine>> = vec![Vec::new()];
    for line in text.split('\n') {
        number += 1;
        for (part, piece) in line.split('\u{c}').enumerate() {
            if part > 0 {
                pages.push(Vec::new());
            }
            if let Some(page) = pages.last_mut() {
                page.push(read(piece.trim_end_matches('\r'), number));
            }
        }
    }
    if pages.len() > 1 && pages.last().is_some_and(|page| page.iter().all(SourceLine::is_blank)) {
        pages.pop();
    }
    pages
}

fn read(text: &str, number: u32) -> SourceLine {
    let mut line = SourceLine { number, ..SourceLine::default() };
    let (mut gap, mut column, mut token, mut start) = (0u32, 0u32, String::new(), 0u32);
    let text = nfc(text);
    let piped = is_piped(&text);
    line.piped = piped;
    for c in text.chars().chain(std::iter::once(' ')) {
        if piped && c == '|' {
            if !token.is_empty() {
                gap = push(&mut line, std::mem::take(&mut token), gap, start);
            }
            gap = widened(gap, '\t');
        } else if !c.is_whitespace() {
            if token.is_empty() {
                start = column;
            }
            token.push(c);
        } else {
            if !token.is_empty() {
                gap = push(&mut line, std::mem::take(&mut token), gap, start);
            }
            gap = widened(gap, c);
        }
        column = column.saturating_add(1);
    }
    line.indent = line.columns.first().copied().unwrap_or(0);
    line.rules =
        u32::try_from(line.gaps.iter().skip(1).filter(|gap| **gap >= RULE).count()).unwrap_or(u32::MAX);
    line
}

/// A row of a Markdown table: pipes stand at both ends, with or without blanks round them.
fn is_piped(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('|') && text.ends_with('|') && text.matches('|').count() > 2
}

/// The gap after one more character of white space; every tab counts, blanks cannot add up to one.
fn widened(gap: u32, c: char) -> u32 {
    match c {
        '\t' => (gap / RULE).saturating_add(1).saturating_mul(RULE),
        _ if gap < RULE - 1 => gap + 1,
        _ => gap,
    }
}

/// Adds a token as a word, or takes it for a rule; returns the gap that stands before the next word.
fn push(line: &mut SourceLine, token: String, gap: u32, start: u32) -> u32 {
    if token.chars().all(|c| c == '|' || c == '¦') {
        return widened(gap, '\t');
    }
    let text = without_markup(&token);
    if text.is_empty() {
        return gap;
    }
    line.keys.push(cue::key(&text));
    line.words.push(Word { text, raw: token, bbox: None, confidence: 1.0, symbols: Vec::new() });
    line.gaps.push(gap);
    line.columns.push(start);
    0
}

/// A token without `**`, `__` and inline tags.
fn without_markup(token: &str) -> String {
    if !token.contains(['*', '<', '_', '#']) {
        return token.to_owned();
    }
    let mut text = token.replace("**", "");
    for tag in ["i", "b", "u", "em", "strong", "sup", "sub"] {
        text = text.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "");
    }
    if text.chars().all(|c| "#_".contains(c)) {
        text.clear();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_and_pipes_are_rules_and_markup_stays_in_raw() {
        let pages = pages("1\tKhai mạc | **Văn phòng**\t");
        let line = &pages[0][0];
        assert_eq!(line.text(), "1 Khai mạc Văn phòng");
        assert_eq!(line.gaps, [0, RULE, 1, RULE, 1]);
        assert_eq!(line.words[3].raw, "**Văn");
    }

    #[test]
    fn a_form_feed_separates_pages() {
        assert_eq!(pages("một\u{c}hai\nba\u{c}").len(), 2);
    }
}
