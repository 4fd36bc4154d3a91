//! Tells what is on a page but not part of the paper's text: page numbers, stamps, specks read as letters.
//!
//! Reads words and segments, takes those of the furniture out. Never drops a word: what it takes is kept as
//! [`Furniture`].

use super::column::Margins;
use super::line::{Segment, build_column};
use super::page_layout::{Furniture, FurnitureKind};
use super::straight::{Frame, Token};
use crate::alphabet::fold_key;
use crate::prepare::page_image::{Direction, Ruling};

/// Takes out the words that are remains of rules or specks: no letter or digit in them, and lying on a rule or hardly
/// believed by the engine.
pub(super) fn take_specks(tokens: &mut Vec<Token>, rulings: &[Ruling], frame: &Frame) -> Vec<Token> {
    let upright: Vec<(f32, f32, f32)> = rulings
        .iter()
        .filter(|r| r.direction == Direction::Vertical)
        .map(|r| frame.straighten(&r.bbox))
        .map(|(x0, y0, x1, y1)| ((x0 + x1) / 2.0, y0, y1))
        .collect();
    let mut by_x = upright;
    by_x.sort_by(|a, b| a.0.total_cmp(&b.0));
    let on_rule = |token: &Token| {
        let start = by_x.partition_point(|rule| rule.0 < token.x0 - 0.2 * frame.em);
        let near = by_x.get(start..).unwrap_or_default().iter().take(50);
        near.take_while(|rule| rule.0 <= token.x1 + 0.2 * frame.em)
            .any(|rule| rule.1 <= token.center_y() && token.center_y() <= rule.2)
    };
    let is_speck = |token: &Token| {
        if token.has_letter_or_digit() || is_dots(token.text()) {
            return false;
        }
        let rule_like = token.text().chars().all(|c| "|[](){}!_¦—–-~'`\"‘’“”.:;,I".contains(c));
        (rule_like && on_rule(token)) || (!is_bullet(token.text()) && token.word.confidence < 0.6)
    };
    let (specks, kept) = std::mem::take(tokens).into_iter().partition(is_speck);
    *tokens = kept;
    specks
}

fn is_bullet(text: &str) -> bool {
    matches!(text, "-" | "–" | "—" | "+" | "•" | "*")
}

/// Leaders of a form.
fn is_dots(text: &str) -> bool {
    text.chars().count() > 2 && text.chars().all(|c| c == '.' || c == '…')
}

/// Takes out the page number: a figure alone in its line, first or last on the page, centred or at the right margin.
pub(super) fn take_page_number(
    segments: &mut Vec<Segment>,
    margins: &Margins,
    height: f32,
) -> Option<Segment> {
    let ends = [0, segments.len().checked_sub(1)?];
    let index = ends.into_iter().find(|&index| {
        segments.get(index).is_some_and(|segment| {
            let neighbour = if index == 0 { segments.get(1) } else { segments.get(index - 1) };
            is_page_number(segment, neighbour, margins, height)
        })
    })?;
    Some(segments.remove(index))
}

fn is_page_number(segment: &Segment, neighbour: Option<&Segment>, margins: &Margins, height: f32) -> bool {
    let in_margin = segment.baseline < 0.12 * height || segment.baseline > 0.88 * height;
    let apart = neighbour.is_none_or(|other| (other.baseline - segment.baseline).abs() > 1.2 * segment.em);
    let centred = (segment.center_x() - margins.center()).abs() < 0.08 * margins.width();
    let at_side = segment.x0 > margins.right - 3.0 * segment.em;
    in_margin && apart && (centred || at_side) && reads_as_page_number(&segment.text(), centred)
}

/// `2`, `- 2 -`, `Trang 2/5`, `iv`; one or two misread letters count where the place is right.
fn reads_as_page_number(text: &str, centred: bool) -> bool {
    let key = fold_key(text);
    let bare: String = key.chars().filter(|c| c.is_alphanumeric() || *c == '/').collect();
    let figures = bare.strip_prefix("trang").unwrap_or(&bare);
    let length = figures.chars().count();
    let numeric = figures.chars().all(|c| c.is_ascii_digit() || c == '/');
    let roman = figures.chars().all(|c| "ivx".contains(c));
    length > 0 && ((numeric && length <= 7) || (roman && length <= 5) || (centred && length <= 2))
}

/// Takes out the text of electronic signatures above the first full-size line: much smaller type, or the words such
/// stamps hold.
pub(super) fn take_signing_stamps(segments: &mut Vec<Segment>, em: f32, height: f32) -> Vec<Segment> {
    let (stamps, kept) = std::mem::take(segments).into_iter().partition(|s| {
        s.baseline < 0.15 * height && (s.em < 0.72 * em || (s.em < 0.85 * em && has_signing_words(s)))
    });
    *segments = kept;
    stamps
}

fn has_signing_words(segment: &Segment) -> bool {
    let key = fold_key(&segment.text());
    ["ky boi", "nguoi ky", "thoi gian ky", "co quan:", "email:", "+07:00"].iter().any(|cue| key.contains(cue))
}

/// Words as furniture, in lines; `None` for no words.
pub(super) fn of_tokens(kind: FurnitureKind, tokens: Vec<Token>) -> Option<Furniture> {
    let lines: Vec<_> = build_column(tokens).into_iter().map(|segment| segment.into_line(f32::MAX)).collect();
    (!lines.is_empty()).then_some(Furniture { kind, lines })
}
