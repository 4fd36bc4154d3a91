//! Mends by rule what no neighbour tells: letters of codes, numerals that open a line, fraction slashes.
//!
//! Reads a passage with the changes found so far, adds its own. The rules themselves are in [`protect`].

use crate::alphabet::{TokenKind, tokens};

use super::level::Level;
use super::outcome::{Change, Outcome};
use super::protect;
use super::restored_page::EditSource;

/// Codes, and the numerals that open a line, are mended by rule, apart from the lattice; in right text, only slashes.
pub fn mend(text: &str, level: Level, outcome: &mut Outcome) {
    let mut mended: Vec<(usize, &str, String)> =
        protect::fraction_slashes(text).map(|(start, slash)| (start, slash, "/".to_owned())).collect();
    if level != Level::Right {
        let codes = tokens(text).filter(|token| token.kind == TokenKind::Code);
        mended.extend(
            codes.filter_map(|token| Some((token.start, token.text, protect::mend_code(token.text)?))),
        );
        let heads = line_heads(text);
        mended.extend(heads.filter_map(|(start, head)| Some((start, head, protect::mend_numeral(head)?))));
    }
    for (start, from, to) in mended {
        let range = start..start + from.len();
        outcome.changes.retain(|change| change.range.end <= range.start || range.end <= change.range.start);
        outcome.changes.push(Change { range, to, source: EditSource::Code, posterior: 0.98 });
    }
    outcome.changes.sort_by_key(|change| change.range.start);
}

/// The first word of each line, with its place.
pub fn line_heads(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    starts.filter_map(|start| {
        let line = text.get(start..)?.split('\n').next()?;
        let head = line.split_whitespace().next()?;
        Some((start + line.find(head)?, head))
    })
}
