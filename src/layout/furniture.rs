//! Tells what is on a page but not part of the paper's text: page numbers, stamps, specks read as letters.
//!
//! Reads words and segments, takes those of the furniture out. Never drops a word: what it takes is kept as
//! [`Furniture`].

use super::column::Margins;
use super::line::{Segment, build_column};
use super::page_layout::{Furniture, FurnitureKind};
use super::straight::{Frame, Token, weighted_median};
use crate::alphabet::{fold_key, is_possible_syllable};
use crate::recognize::ocr_page::{Direction, Ruling};

/// Takes out the words that are remains of rules or specks: no letter or digit in them, and lying on a rule or made of
/// signs that never stand alone in a paper.
pub(super) fn take_specks(tokens: &mut Vec<Token>, rulings: &[Ruling], frame: &Frame) -> Vec<Token> {
    let rules = Uprights::of(rulings, frame);
    let is_speck = |token: &Token| {
        let text = token.text();
        if token.has_letter_or_digit() {
            return is_dirt(token, frame.em);
        }
        let is_bullet =
            is_bullet(text) && (token.x1 - token.x0 < 1.2 * frame.em || token.word.confidence > 0.3);
        if is_bullet || is_dots(text) {
            return false;
        }
        let only = |signs: &str| text.chars().all(|c| signs.contains(c));
        (only("|[](){}!_¦—–-~'`\"‘’“”.:;,") && rules.run_through(token))
            || (only("|¦._~`'\"“”‘’^°¡†§©®¬\\<>«»´*-—–·•") && token.word.confidence < 0.85)
            || token.word.confidence < 0.35
    };
    let (specks, kept) = std::mem::take(tokens).into_iter().partition(is_speck);
    *tokens = kept;
    specks
}

/// One or two letters not half as high as the page's: dirt that was read, too small even for a footnote's mark.
fn is_dirt(token: &Token, em: f32) -> bool {
    token.em < 0.45 * em && token.text().chars().filter(|c| c.is_alphanumeric()).count() <= 2
}

/// Takes signs out of the cells of a ruled table that are the table's own rules: `|` or `_` with no text behind it.
/// Dashes stay, for they are bullets, `7h30 -` or nil; a long one only before text.
pub(super) fn take_rule_remains(tokens: &mut Vec<Token>) -> Vec<Token> {
    let is_sign = |t: &Token| t.text().chars().all(|c| "|¦_—–-~!‡†'`‘’“”.:;,^°ˆ*\\/()[]{}<>«»".contains(c));
    let opens = |t: &Token| {
        let behind = |o: &&Token| o.has_letter_or_digit() && o.x0 > t.x0 && o.x0 - t.x1 < 1.5 * o.em;
        let level = |o: &&Token| (o.center_y() - t.center_y()).abs() < 0.5 * o.em;
        tokens.iter().any(|o| behind(&o) && level(&o))
    };
    let stays =
        |t: &Token| !is_sign(t) || is_bullet(t.text()) && (t.text() != "—" || opens(t)) || is_dots(t.text());
    let keep: Vec<bool> = tokens.iter().map(stays).collect();
    let mut keep = keep.into_iter();
    let (kept, specks) = std::mem::take(tokens).into_iter().partition(|_| keep.next().unwrap_or(true));
    *tokens = kept;
    specks
}

/// The vertical rules of a page by place.
struct Uprights {
    /// Place, upper and lower end, sorted.
    rules: Vec<(f32, f32, f32)>,
    reach: f32,
}

impl Uprights {
    fn of(rulings: &[Ruling], frame: &Frame) -> Self {
        let upright = rulings.iter().filter(|r| r.direction == Direction::Vertical);
        let mut rules: Vec<(f32, f32, f32)> = upright
            .map(|r| frame.straighten(&r.bbox))
            .map(|(x0, y0, x1, y1)| ((x0 + x1) / 2.0, y0, y1))
            .collect();
        rules.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { rules, reach: 0.2 * frame.em }
    }

    fn run_through(&self, token: &Token) -> bool {
        let start = self.rules.partition_point(|rule| rule.0 < token.x0 - self.reach);
        let near = self.rules.get(start..).unwrap_or_default().iter().take(50);
        near.take_while(|rule| rule.0 <= token.x1 + self.reach)
            .any(|rule| rule.1 <= token.center_y() && token.center_y() <= rule.2)
    }
}

/// Takes out the segments that stand alone and hold next to nothing: signs without text beside them, one to three
/// letters the engine hardly believes.
pub(super) fn take_lone_specks(segments: &mut Vec<Segment>) -> Vec<Token> {
    let alone: Vec<bool> =
        (0..segments.len()).map(|i| is_alone(segments, i) && !ends_paragraph(segments, i)).collect();
    let mut alone = alone.into_iter();
    let is_speck = |segment: &Segment| alone.next().unwrap_or(false) && holds_nothing(segment);
    let (specks, kept): (Vec<_>, Vec<_>) = std::mem::take(segments).into_iter().partition(is_speck);
    *segments = kept;
    specks.into_iter().flat_map(|segment| segment.tokens).collect()
}

/// No neighbour on its line within four type sizes.
fn is_alone(segments: &[Segment], index: usize) -> bool {
    let Some(segment) = segments.get(index) else { return true };
    let reach = 4.0 * segment.em;
    let is_near = |other: &Segment| {
        other.is_level_with(segment) && other.x0 < segment.x1 + reach && other.x1 > segment.x0 - reach
    };
    let before = segments.get(..index).unwrap_or_default().iter().rev().take(8);
    let after = segments.get(index + 1..).unwrap_or_default().iter().take(8);
    !before.chain(after).any(is_near)
}

/// A syllable right below the beginning of a line of its own size: the last word of a paragraph, however it was read.
fn ends_paragraph(segments: &[Segment], index: usize) -> bool {
    let Some(segment) = segments.get(index) else { return false };
    let is_begun_by = |above: &Segment| {
        let (em, gap) = (above.em, segment.top - above.bottom);
        (above.x0 - segment.x0).abs() < 0.5 * em && gap < 1.2 * em && (0.7..1.4).contains(&(segment.em / em))
    };
    let bare = segment.text();
    let bare = bare.trim_matches(|c: char| !c.is_alphanumeric());
    bare.chars().count() > 1
        && is_possible_syllable(bare)
        && segments.get(..index).unwrap_or_default().iter().rev().take(8).any(is_begun_by)
}

fn holds_nothing(segment: &Segment) -> bool {
    let letters: usize =
        segment.tokens.iter().map(|t| t.text().chars().filter(|c| c.is_alphanumeric()).count()).sum();
    let sum: f32 = segment.tokens.iter().map(|t| t.word.confidence).sum();
    let confidence = sum / segment.tokens.len().max(1) as f32;
    letters == 0 && confidence < 0.9 || letters <= 3 && confidence < 0.5
}

fn is_bullet(text: &str) -> bool {
    matches!(text, "-" | "–" | "—" | "+" | "•" | "*")
}

/// Leaders of a form.
fn is_dots(text: &str) -> bool {
    text.chars().count() > 2 && text.chars().all(|c| c == '.' || c == '…')
}

/// Takes out the page number: a figure alone in its line, first or last on the page, centred or at the right margin.
/// Specks may stand above or below it.
pub(super) fn take_page_number(
    segments: &mut Vec<Segment>,
    margins: &Margins,
    height: f32,
) -> Option<Segment> {
    let outer = (0..segments.len().min(3)).chain(segments.len().saturating_sub(3)..segments.len());
    let mut candidates = outer.filter(|&index| {
        let segment = segments.get(index);
        segment.is_some_and(|s| is_alone(segments, index) && is_page_number(s, segments, margins, height))
    });
    let first = candidates.next()?;
    let has_figure =
        |index: &usize| segments.get(*index).is_some_and(|s| s.text().contains(|c: char| c.is_ascii_digit()));
    let index = std::iter::once(first).chain(candidates).find(has_figure).unwrap_or(first);
    Some(segments.remove(index))
}

fn is_page_number(segment: &Segment, segments: &[Segment], margins: &Margins, height: f32) -> bool {
    let (up, down) = (segment.baseline < 0.12 * height, segment.baseline > 0.88 * height);
    let beyond = |other: &Segment| {
        let words = other.tokens.len() > 2;
        words && if up { other.baseline < segment.baseline } else { other.baseline > segment.baseline }
    };
    let outermost = !segments.iter().take(8).chain(segments.iter().rev().take(8)).any(beyond);
    let centred = (segment.center_x() - margins.center()).abs() < 0.08 * margins.width();
    let at_side = segment.x0 > margins.right - 3.0 * segment.em;
    (up || down) && outermost && (centred || at_side) && reads_as_page_number(&segment.text(), centred)
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

/// Takes out the text of electronic signatures above `head`, where the letterhead begins: much smaller type, or the
/// words such stamps hold, and whatever the engine read in the seals beside them.
pub(super) fn take_signing_stamps(segments: &mut Vec<Segment>, em: f32, head: f32) -> Vec<Token> {
    let is_above = |s: &Segment| s.baseline < head;
    let is_stamp = |s: &Segment| is_above(s) && (s.em < 0.72 * em || has_signing_words(s));
    let signed = segments.iter().any(|s| is_stamp(s) && has_signing_words(s));
    let full_size =
        segments.iter().filter(|s| s.em >= 0.72 * em && s.tokens.len() > 2 && !has_signing_words(s));
    let first_line = full_size.map(|s| s.top).fold(head, f32::min);
    let is_seal = |s: &Segment| signed && s.baseline < first_line && s.tokens.len() <= 2;
    let (stamps, kept): (Vec<_>, Vec<_>) =
        std::mem::take(segments).into_iter().partition(|s| is_stamp(s) || is_seal(s));
    *segments = kept;
    stamps.into_iter().flat_map(|segment| segment.tokens).collect()
}

/// Takes the text of the seal out of the signature's column: capitals and whole lines of much smaller type than the
/// signature's, stars and other signs. A name's word that the seal's rim cuts stays.
pub(super) fn take_seal(column: &mut Vec<Segment>) -> Vec<Token> {
    let tokens = || column.iter().flat_map(|s| &s.tokens);
    let sizes = tokens().filter(|t| t.has_letter_or_digit()).map(|t| (t.em, t.text().chars().count() as f32));
    let Some(em) = weighted_median(sizes.collect()) else { return Vec::new() };
    let is_upper = |t: &Token| !t.text().chars().any(char::is_lowercase);
    let mut seal = Vec::new();
    let parted = std::mem::take(column).into_iter().filter_map(|segment| {
        let small_line = segment.em < 0.75 * em;
        let is_seal = |t: &Token| {
            let sign = !t.has_letter_or_digit() && !is_bullet(t.text());
            sign || t.em < 0.75 * em && (small_line || is_upper(t))
        };
        let (out, kept): (Vec<_>, Vec<_>) = segment.tokens.into_iter().partition(is_seal);
        seal.extend(out);
        Segment::of(kept)
    });
    *column = parted.collect();
    seal
}

fn has_signing_words(segment: &Segment) -> bool {
    let key = fold_key(&segment.text());
    ["ky boi:", "nguoi ky:", "thoi gian ky", "email:", ".gov.v", "+07:00"].iter().any(|cue| key.contains(cue))
}

/// Words as furniture, in lines; `None` for no words.
pub(super) fn of_tokens(kind: FurnitureKind, tokens: Vec<Token>) -> Option<Furniture> {
    let lines: Vec<_> = build_column(tokens).into_iter().map(|segment| segment.into_line(f32::MAX)).collect();
    (!lines.is_empty()).then_some(Furniture { kind, lines })
}
