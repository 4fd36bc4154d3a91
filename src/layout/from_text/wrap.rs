//! Lines to paragraphs: which line breaks the author made and which the margin made.
//!
//! A line that left no room for the next word was broken by the margin; a marker, a blank line after a full stop, or a
//! short line were the author's. Blank lines alone are no proof: engines put them between printed lines too.

use super::source_line::SourceLine;
use crate::dictionary::marker;
use crate::layout::page_layout::{Alignment, Block, Lane, Paragraph};

/// How the text is set.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Characters of a full line.
    pub width: usize,
    /// Lines are broken at the margin; otherwise a line is a paragraph.
    pub wrapped: bool,
}

/// Lines longer than this are no printed lines of a sheet of A4.
const LONGEST_PRINTED: usize = 130;

impl Shape {
    /// The shape of a text, from the lengths of its lines.
    pub fn of(pages: &[Vec<SourceLine>]) -> Self {
        let mut lengths: Vec<usize> =
            pages.iter().flatten().map(SourceLine::length).filter(|length| *length > 0).collect();
        lengths.sort_unstable();
        let at =
            |share: usize| lengths.get((lengths.len() * share / 100).min(lengths.len().saturating_sub(1)));
        let long = lengths.len() - lengths.partition_point(|length| *length <= LONGEST_PRINTED);
        let wrapped = long * 60 < lengths.len().max(1);
        Self { width: at(92).copied().unwrap_or(0).clamp(40, LONGEST_PRINTED), wrapped }
    }

    /// Whether the next word would not have fitted on this line.
    pub fn is_full(&self, line: &SourceLine, next: &SourceLine) -> bool {
        let word = next.words.first().map_or(0, |word| word.text.chars().count());
        line.indent as usize + line.length() + 1 + word > self.width * 94 / 100
    }
}

/// Gathers lines to paragraphs of the whole width.
pub fn paragraphs(lines: &[SourceLine], shape: &Shape, blocks: &mut Vec<Block>) {
    let mut open: Vec<&SourceLine> = Vec::new();
    let mut blank_before = false;
    for line in lines {
        if line.is_blank() {
            blank_before = true;
            continue;
        }
        if open.last().is_some_and(|last| breaks(last, line, blank_before, shape, open.len())) {
            close(&mut open, blocks);
        }
        open.push(line);
        blank_before = false;
    }
    close(&mut open, blocks);
}

fn close(open: &mut Vec<&SourceLine>, blocks: &mut Vec<Block>) {
    if !open.is_empty() {
        let lines = open.drain(..).map(SourceLine::whole).collect();
        blocks.push(Block::Paragraph(Paragraph { lines, lane: Lane::Full, alignment: Alignment::Left }));
    }
}

/// Whether a new paragraph begins with `line`.
fn breaks(last: &SourceLine, line: &SourceLine, blank: bool, shape: &Shape, so_far: usize) -> bool {
    if !shape.wrapped {
        return true;
    }
    let full = shape.is_full(last, line);
    if opens_item(line) {
        // `… hành chính` / `- Bộ Nội vụ` may be a wrapped hyphen, but only after a full, unfinished line.
        return blank || !full || last.ends_sentence() || last.last_char() == Some(',') || !is_dash(line);
    }
    if last.is_upper() != line.is_upper() && so_far > 0 && (last.is_upper() || !full) {
        return true;
    }
    if blank {
        return last.ends_sentence() || !line.starts_small() || last.length() * 10 < shape.width * 6;
    }
    if last.is_upper() && line.is_upper() {
        return false;
    }
    if full {
        return last.ends_sentence() && line.indent > last.indent + 2 && !line.starts_small();
    }
    let unfinished = last.last_char() == Some(',') || last.length() * 10 >= shape.width * 7;
    if !last.ends_sentence() && unfinished && (so_far > 1 || !opens_item(last) || is_dash(last)) {
        return false;
    }
    last.ends_sentence() || !(line.starts_small() || so_far == 1 && is_centred(last, line, shape))
}

/// A short first line over another: the lines of a subject, set in the middle.
fn is_centred(last: &SourceLine, line: &SourceLine, shape: &Shape) -> bool {
    !opens_item(last) && last.length() * 10 >= shape.width * 6 && line.length() < last.length()
}

fn opens_item(line: &SourceLine) -> bool {
    let head: Vec<&str> = line.words.iter().take(4).map(|word| word.text.as_str()).collect();
    let head = head.join(" ");
    marker::read(&head).is_some() || head.starts_with("|.") || !marker::readings(&head).is_empty()
}

fn is_dash(line: &SourceLine) -> bool {
    line.words.first().is_some_and(|word| word.text.starts_with(['-', '–', '+', '*']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::from_text::source_line;

    fn texts(text: &str) -> Vec<String> {
        let pages = source_line::pages(text);
        let mut blocks = Vec::new();
        paragraphs(&pages[0], &Shape { width: 40, wrapped: true }, &mut blocks);
        blocks
            .iter()
            .map(|block| block.lines().map(|line| line.text()).collect::<Vec<_>>().join("/"))
            .collect()
    }

    #[test]
    fn a_blank_line_inside_a_sentence_does_not_end_it() {
        let text = "- Tiếp thu ý kiến của các chuyên gia để\n\ntriển khai tại xã.\n\n- Việc khác.";
        assert_eq!(
            texts(text),
            ["- Tiếp thu ý kiến của các chuyên gia để/triển khai tại xã.", "- Việc khác."]
        );
    }

    #[test]
    fn a_short_line_ends_a_paragraph() {
        let text =
            "7. Kinh phí\nKinh phí từ ngân sách của xã bố trí cho\ncông tác năm nay.\nTrên đây là kế hoạch.";
        assert_eq!(texts(text).len(), 3);
    }
}
