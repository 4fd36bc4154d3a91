//! Puts back the dashes and pluses of lists that the engine lost or took for specks.
//!
//! Reads the lines of running text, changes none of their letters. A dash is a few pixels of ink; on a photocopy the
//! engine drops one in ten. But it stays visible in the place of the text after it: an item's words begin a dash and a
//! blank further in than a paragraph's. Where a page has bullets that were read, a line that begins exactly where the
//! text after them does has lost its own. Such a bullet says that nothing was read (`raw` is empty) and is believed
//! by half; where it cannot be told which bullet it was, none is put back.

use super::line::Segment;
use super::page_layout::Word;
use super::straight::{Token, weighted_median};
use crate::geometry::Rect;

/// How far a line may begin from where the text after a bullet does, in type sizes: less than half the difference
/// between a dash and a plus.
const NEAR: f32 = 0.13;
/// How sure a bullet is that was seen by its gap alone.
const CONFIDENCE: f32 = 0.5;

/// Where a page sets a bullet and the text after it.
struct Stop {
    sign: &'static str,
    sign_x: f32,
    text_x: f32,
}

/// Puts lost bullets back at the heads of lines, which come from top to bottom.
pub(super) fn put_back(lines: &mut [Segment]) {
    let stops: Vec<Stop> = ["-", "+"].iter().filter_map(|sign| stop(lines, sign)).collect();
    let stops: Vec<Stop> = stops.into_iter().filter(|stop| !hangs(lines, stop)).collect();
    for line in lines {
        misread(line, &stops);
        if let Some(stop) = lost(line, &stops) {
            insert(line, stop);
        }
    }
}

/// The usual place of a bullet, if the page has two of it.
fn stop(lines: &[Segment], sign: &'static str) -> Option<Stop> {
    let places: Vec<(f32, f32)> = lines
        .iter()
        .filter_map(|line| match line.tokens.as_slice() {
            [first, second, ..] if first.text() == sign => Some((first.x0, second.x0)),
            _ => None,
        })
        .collect();
    let middle = |value: fn(&(f32, f32)) -> f32| {
        weighted_median(places.iter().map(|place| (value(place), 1.0)).collect())
    };
    let (sign_x, text_x) = (middle(|place| place.0)?, middle(|place| place.1)?);
    (places.len() >= 2).then_some(Stop { sign, sign_x, text_x })
}

/// Whether items hang: their further lines begin below their text. Then the place says nothing.
fn hangs(lines: &[Segment], stop: &Stop) -> bool {
    let goes_on = |line: &&Segment| {
        let first = line.tokens.first();
        first.is_some_and(|t| t.text().starts_with(char::is_lowercase) && is_near(t.x0, stop.text_x, line))
    };
    lines.iter().filter(goes_on).count() >= 2
}

fn is_near(x: f32, place: f32, line: &Segment) -> bool {
    (x - place).abs() < NEAR * line.em
}

/// A speck where the bullet stands, before text where its text does, is the bullet: `:` or `_` for a faded dash.
fn misread(line: &mut Segment, stops: &[Stop]) {
    let em = line.em;
    let [first, second, ..] = line.tokens.as_mut_slice() else { return };
    let is_speck = !first.has_letter_or_digit()
        && first.text().chars().count() == 1
        && !matches!(first.text(), "-" | "+" | "*" | "•" | "(" | "\"" | "“" | "–" | "—");
    let stop = stops.iter().find(|stop| {
        (first.x0 - stop.sign_x).abs() < 0.25 * em && (second.x0 - stop.text_x).abs() < 0.25 * em
    });
    if let Some(stop) = stop.filter(|_| is_speck) {
        first.word.text = stop.sign.to_owned();
        first.word.confidence = first.word.confidence.min(CONFIDENCE);
        first.word.symbols.clear();
    }
}

/// The one stop whose text begins where this line does.
fn lost<'s>(line: &Segment, stops: &'s [Stop]) -> Option<&'s Stop> {
    let first = line.tokens.first().filter(|t| t.text().starts_with(char::is_uppercase))?;
    let mut near = stops.iter().filter(|stop| is_near(first.x0, stop.text_x, line));
    let stop = near.next()?;
    let apart = line.tokens.len() > 1 && stop.text_x - stop.sign_x > 0.4 * line.em;
    (apart && near.next().is_none()).then_some(stop)
}

fn insert(line: &mut Segment, stop: &Stop) {
    let Some(first) = line.tokens.first() else { return };
    let x0 = first.x0 - (stop.text_x - stop.sign_x);
    let x1 = x0 + 0.3 * line.em;
    let (top, bottom) = (line.baseline - 0.3 * line.em, line.baseline - 0.19 * line.em);
    let shift = first.word.bbox.map_or((0.0, 0.0), |b| (b.x0 as f32 - first.x0, b.y0 as f32 - first.top));
    let place = |x: f32, y: f32| ((x + shift.0).round() as i32, (y + shift.1).round() as i32);
    let ((left, upper), (right, lower)) = (place(x0, top), place(x1, bottom));
    let bbox = Rect::new(left.max(0), upper.max(0), right.max(1), lower.max(1));
    let word =
        Word { text: stop.sign.to_owned(), bbox: Some(bbox), confidence: CONFIDENCE, ..Word::default() };
    let token = Token { word, x0, x1, top, bottom, baseline: line.baseline, em: line.em };
    line.tokens.insert(0, token);
    line.x0 = x0;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &[(&str, f32)], baseline: f32) -> Segment {
        let token = |(text, x0): &(&str, f32)| {
            let word = Word { text: (*text).into(), raw: (*text).into(), ..Word::default() };
            let x1 = x0 + 20.0 * text.chars().count() as f32;
            Token { word, x0: *x0, x1, top: baseline - 28.0, bottom: baseline, baseline, em: 50.0 }
        };
        Segment::of(words.iter().map(token).collect()).expect("words")
    }

    fn texts(mut lines: Vec<Segment>) -> Vec<String> {
        put_back(&mut lines);
        lines.iter().map(Segment::text).collect()
    }

    #[test]
    fn a_line_that_begins_where_the_text_after_dashes_does_has_lost_its_own() {
        let lines = vec![
            line(&[("-", 500.0), ("Một", 536.0), ("hai", 620.0)], 100.0),
            line(&[("Ba", 537.0), ("bốn", 620.0)], 160.0),
            line(&[(":", 501.0), ("Năm", 537.0)], 220.0),
            line(&[("Sáu", 500.0), ("bảy", 620.0)], 280.0),
            line(&[("-", 500.0), ("Tám", 536.0)], 340.0),
        ];
        assert_eq!(texts(lines), ["- Một hai", "- Ba bốn", "- Năm", "Sáu bảy", "- Tám"]);
    }

    #[test]
    fn lines_that_hang_below_their_item_are_no_items() {
        let lines = vec![
            line(&[("-", 500.0), ("Một", 536.0), ("hai", 620.0)], 100.0),
            line(&[("ba", 536.0), ("bốn", 620.0)], 160.0),
            line(&[("-", 500.0), ("Năm", 536.0)], 220.0),
            line(&[("sáu", 536.0), ("bảy", 620.0)], 280.0),
            line(&[("Tám", 536.0), ("chín", 620.0)], 340.0),
        ];
        assert_eq!(texts(lines)[4], "Tám chín");
    }
}
