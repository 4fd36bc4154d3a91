//! Passages: running text whose every byte leads back to the words it was read from.
//!
//! Reads the paragraphs and cells of restored pages, produces [`Passage`]s; a value is a [`Span`] of one, so its
//! evidence is never made up. Boxes are in pixels of the source page.

use std::ops::Range;

use super::record::{Evidence, Status};
use crate::geometry::Rect;
use crate::restore::restored_page::{Alignment, Lane, Line, PageLayout};

/// A word with the place it was read at.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub text: String,
    pub raw: String,
    pub page: u32,
    pub line: u32,
    pub bbox: Option<Rect>,
    pub confidence: f32,
}

/// A run of words as one text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Passage {
    /// The words joined by blanks.
    pub text: String,
    pub tokens: Vec<Token>,
    /// Byte at which each token starts in `text`.
    pub starts: Vec<usize>,
    pub lane: Lane,
    pub alignment: Alignment,
}

impl Passage {
    /// A passage of the lines of a page.
    pub fn of_lines(lines: &[Line], page: &PageLayout, lane: Lane, alignment: Alignment) -> Self {
        let tokens = lines.iter().flat_map(|line| tokens(line, page)).collect();
        Self::of_tokens(tokens, lane, alignment)
    }

    /// A passage of tokens that were gathered otherwise.
    pub fn of_tokens(tokens: Vec<Token>, lane: Lane, alignment: Alignment) -> Self {
        let (mut text, mut starts) = (String::new(), Vec::with_capacity(tokens.len()));
        for token in &tokens {
            if !text.is_empty() {
                text.push(' ');
            }
            starts.push(text.len());
            text.push_str(&token.text);
        }
        Self { text, tokens, starts, lane, alignment }
    }

    /// Adds another passage at the end.
    pub fn append(&mut self, other: Passage) {
        for token in other.tokens {
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.starts.push(self.text.len());
            self.text.push_str(&token.text);
            self.tokens.push(token);
        }
    }

    /// The whole.
    pub fn span(&self) -> Span<'_> {
        Span { passage: self, start: 0, end: self.text.len() }
    }

    /// The printed lines, each as a span.
    pub fn lines(&self) -> Vec<Span<'_>> {
        let mut lines = Vec::new();
        let mut from = 0;
        for at in 1..=self.tokens.len() {
            if self.same_line(at - 1, at) {
                continue;
            }
            let (start, end) = (self.start_of(from), self.start_of(at));
            lines.push(Span { passage: self, start, end }.trim());
            from = at;
        }
        lines
    }

    /// The printed lines as passages of their own.
    pub fn split_lines(&self) -> Vec<Passage> {
        let mut lines: Vec<Vec<Token>> = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            match lines.last_mut() {
                Some(line) if at > 0 && self.same_line(at - 1, at) => line.push(token.clone()),
                _ => lines.push(vec![token.clone()]),
            }
        }
        lines.into_iter().map(|tokens| Self::of_tokens(tokens, self.lane, self.alignment)).collect()
    }

    fn same_line(&self, a: usize, b: usize) -> bool {
        match (self.tokens.get(a), self.tokens.get(b)) {
            (Some(a), Some(b)) => (a.page, a.line) == (b.page, b.line),
            _ => false,
        }
    }

    fn start_of(&self, token: usize) -> usize {
        self.starts.get(token).copied().unwrap_or(self.text.len())
    }

    fn tokens_in(&self, range: Range<usize>) -> &[Token] {
        let from = self.starts.partition_point(|start| *start <= range.start).saturating_sub(1);
        let to = self.starts.partition_point(|start| *start < range.end);
        self.tokens.get(from..to.max(from)).unwrap_or_default()
    }
}

fn tokens<'l>(line: &'l Line, page: &'l PageLayout) -> impl Iterator<Item = Token> + 'l {
    line.words.iter().filter(|word| !word.text.trim().is_empty()).map(|word| Token {
        text: word.text.split_whitespace().collect::<Vec<_>>().join(" "),
        raw: word.raw.clone(),
        page: page.number,
        line: line.number,
        bbox: word.bbox.map(|bbox| page.to_source.apply_rect(&bbox)),
        confidence: word.confidence,
    })
}

/// A stretch of a passage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span<'p> {
    passage: &'p Passage,
    start: usize,
    end: usize,
}

impl<'p> Span<'p> {
    /// Its text.
    pub fn text(&self) -> &'p str {
        self.passage.text.get(self.start..self.end).unwrap_or_default()
    }

    /// Its text, owned.
    pub fn owned(&self) -> String {
        self.text().to_owned()
    }

    /// A stretch of it, by bytes of its own text; cut back to its bounds.
    pub fn slice(&self, range: Range<usize>) -> Span<'p> {
        let start = (self.start + range.start).min(self.end);
        Span { passage: self.passage, start, end: (self.start + range.end).clamp(start, self.end) }
    }

    /// From a byte of its own text on.
    pub fn from(&self, start: usize) -> Span<'p> {
        self.slice(start..self.end - self.start)
    }

    /// The stretch that a part of its own text covers; the part must be borrowed from [`Self::text`].
    pub fn of(&self, part: &str) -> Span<'p> {
        let base = self.text().as_ptr() as usize;
        let start = (part.as_ptr() as usize).saturating_sub(base);
        self.slice(start..start + part.len())
    }

    /// From its beginning to the end of a later span of the same passage.
    pub fn through(&self, last: &Span<'p>) -> Span<'p> {
        Span { passage: self.passage, start: self.start, end: last.end.max(self.start) }
    }

    /// The printed lines it covers, whole.
    pub fn lines(&self) -> Vec<Span<'p>> {
        let lines = self.passage.lines();
        lines.into_iter().filter(|line| line.start < self.end && self.start < line.end).collect()
    }

    /// Without blanks at its ends.
    pub fn trim(&self) -> Span<'p> {
        self.of(self.text().trim())
    }

    /// Without the characters at its end, and blanks.
    pub fn trim_end(&self, characters: &[char]) -> Span<'p> {
        let cut = |c: char| c.is_whitespace() || characters.contains(&c);
        self.of(self.text().trim_end_matches(cut)).trim()
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// The lane of its passage.
    pub fn lane(&self) -> Lane {
        self.passage.lane
    }

    /// How its passage is set.
    pub fn alignment(&self) -> Alignment {
        self.passage.alignment
    }

    /// The words it covers, in part or whole.
    pub fn tokens(&self) -> &'p [Token] {
        self.passage.tokens_in(self.start..self.end)
    }

    /// Its words as they stand, for cues.
    pub fn keys(&self) -> Vec<String> {
        crate::dictionary::cue::keys(self.text())
    }

    /// Where the first `words` words end, by bytes of its own text, the blanks after them included.
    pub fn after_words(&self, words: usize) -> usize {
        let text = self.text();
        let mut rest = text.trim_start();
        for _ in 0..words {
            rest = rest.trim_start_matches(|c: char| !c.is_whitespace()).trim_start();
        }
        text.len() - rest.len()
    }

    /// Evidence that it was found where it belongs.
    #[cfg(test)]
    pub fn evidence(&self) -> Evidence {
        evidence_of(&[*self], Status::Found)
    }
}

/// The texts of several spans joined by blanks.
pub(crate) fn join(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Evidence for a value read from several spans: the first page, its lines or the box around its words there, all that
/// was read, and the confidence of the least certain word.
pub(crate) fn evidence_of(spans: &[Span], status: Status) -> Evidence {
    let tokens: Vec<&Token> = spans.iter().flat_map(|span| span.tokens()).collect();
    let Some(first) = tokens.first() else { return Evidence { status, ..Evidence::default() } };
    let on_page = || tokens.iter().filter(|token| token.page == first.page);
    let bbox = Rect::union_all(on_page().filter_map(|token| token.bbox)).map(|b| [b.x0, b.y0, b.x1, b.y1]);
    let last_line = tokens.iter().map(|token| token.line).max().unwrap_or(first.line);
    let by_line = bbox.is_none();
    Evidence {
        page: Some(first.page),
        line: by_line.then_some(first.line).filter(|line| *line > 0),
        line_end: (by_line && last_line > first.line).then_some(last_line),
        bbox,
        raw: Some(raw(&tokens)),
        confidence: Some(confidence(&tokens)),
        status,
        note: None,
    }
}

/// All that was read; the parts of a word that was split hold the whole of it, which is written once.
fn raw(tokens: &[&Token]) -> String {
    let mut parts: Vec<&str> = Vec::with_capacity(tokens.len());
    let mut last: Option<&Token> = None;
    for token in tokens {
        let repeated = last.is_some_and(|l| l.raw == token.raw && l.bbox.is_some() && l.bbox == token.bbox);
        if !repeated {
            parts.push(&token.raw);
        }
        last = Some(token);
    }
    parts.join(" ")
}

/// How often a value is right whose least certain word has a given probability: right reading is not all, the value must
/// also be cut out of the paper where it ends. Measured on `fixtures/papers`, read from office scans, photocopies, aged
/// paper and 150 dpi (2,500 values; `vanthu eval --reliability`), drawn as a line that never falls.
const RELIABILITY: [(f64, f64); 7] =
    [(0.0, 0.0), (0.5, 0.65), (0.75, 0.75), (0.9, 0.83), (0.95, 0.90), (0.99, 0.935), (1.0, 0.98)];

/// What the probability of the least certain word says about the value.
fn reliability(least: f64) -> f64 {
    let segment = RELIABILITY.windows(2).find(|pair| pair.get(1).is_some_and(|end| least <= end.0));
    match segment {
        Some([(x0, y0), (x1, y1)]) => y0 + (y1 - y0) * (least - x0) / (x1 - x0),
        _ => RELIABILITY.last().map_or(least, |end| end.1),
    }
}

/// The confidence of a value: by that of its least certain word, words without a letter or digit left out.
fn confidence(tokens: &[&Token]) -> f64 {
    let certain = |token: &&&Token| token.text.chars().any(char::is_alphanumeric);
    let least = tokens.iter().filter(certain).map(|token| token.confidence).fold(1.0_f32, f32::min);
    (reliability(f64::from(least.clamp(0.0, 1.0))) * 1000.0).round() / 1000.0
}

#[cfg(test)]
pub(crate) fn passage(text: &str) -> Passage {
    let token = |(line, text): (u32, &str)| Token {
        text: text.to_owned(),
        raw: text.to_owned(),
        page: 1,
        line,
        bbox: None,
        confidence: 1.0,
    };
    let tokens =
        text.lines().zip(1..).flat_map(|(line, n)| line.split_whitespace().map(move |word| (n, word)));
    Passage::of_tokens(tokens.map(token).collect(), Lane::Full, Alignment::Left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surer_word_makes_a_surer_value() {
        let stated: Vec<f64> = (0..=100).map(|percent| reliability(f64::from(percent) / 100.0)).collect();
        assert!(stated.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!((stated[0], stated[100]), (0.0, 0.98));
    }

    #[test]
    fn a_span_knows_its_lines() {
        let passage = passage("Căn cứ Luật Lưu trữ\nnăm 2024;");
        let span = passage.span().slice(10..24);
        assert_eq!(span.text(), "Luật Lưu tr");
        assert_eq!(span.evidence().raw.as_deref(), Some("Luật Lưu trữ"));
        assert_eq!(passage.span().evidence().line_end, Some(2));
        assert_eq!(passage.lines()[1].text(), "năm 2024;");
    }
}
