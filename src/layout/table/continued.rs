//! The last rows of a ruled table that went over a page break, where nothing but their long rules were found.
//!
//! A row of one line is so low that its upright rules are shorter than any stroke that counts as a rule. What is left
//! are two long rules or more, one below the other and equally long, at the very top of a page; the white space between the
//! words tells the columns. Reads the page's rules and words, produces a [`Grid`]; never one of fewer than three columns.

use super::grid::{Grid, Span};
use crate::layout::straight::{Frame, Token};
use crate::recognize::ocr_page::{Direction, Ruling};

/// White space between two columns, in type sizes; that between two words is a third of it.
const GUTTER: f32 = 1.0;
/// How long the rules of a table are at least, in type sizes.
const LONG: f32 = 20.0;

/// The rows at the top of a page that go on with a table of the page before.
pub(in crate::layout) fn find(rulings: &[Ruling], tokens: &[Token], frame: &Frame) -> Option<Grid> {
    let em = frame.em;
    let mut level: Vec<(f32, f32, f32)> = Vec::new();
    for ruling in rulings {
        let (x0, y0, x1, y1) = frame.straighten(&ruling.bbox);
        match ruling.direction {
            Direction::Horizontal if x1 - x0 > LONG * em => level.push(((y0 + y1) / 2.0, x0, x1)),
            Direction::Horizontal => {}
            Direction::Vertical => return None,
        }
    }
    level.sort_by(|a, b| a.0.total_cmp(&b.0));
    let &(top, left, right) = level.first()?;
    let alike = |rule: &&(f32, f32, f32)| (rule.1 - left).abs() < em && (rule.2 - right).abs() < em;
    let ys: Vec<f32> = level.iter().take_while(alike).map(|rule| rule.0).collect();
    let bottom = *ys.last()?;
    // Nothing but a page number stands above.
    let above = tokens.iter().filter(|token| token.center_y() < top);
    if ys.len() < 2 || above.flat_map(|token| token.text().chars()).any(char::is_alphabetic) {
        return None;
    }
    let inside = tokens.iter().filter(|t| (top..bottom).contains(&t.center_y()) && t.has_letter_or_digit());
    let mut stretches: Vec<(f32, f32)> = inside.map(|token| (token.x0, token.x1)).collect();
    stretches.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut xs, mut end) = (vec![left], stretches.first()?.1);
    for (x0, x1) in stretches {
        if x0 - end > GUTTER * em {
            xs.push((x0 + end) / 2.0);
        }
        end = end.max(x1);
    }
    xs.push(right);
    let (rows, columns) = (ys.len() - 1, xs.len() - 1);
    let spans =
        (0..rows * columns).map(|at| Span { row: at / columns, column: at % columns, rows: 1, columns: 1 });
    (columns >= 3).then(|| Grid { spans: spans.collect(), xs, ys, ruled: true })
}
