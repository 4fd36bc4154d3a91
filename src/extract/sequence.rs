//! Which of the possible readings of a marker holds, by its place in the sequence: `I11.` → `III.`, `S.` after `4.` → `5.`
//!
//! Every reading is weighed by how well it goes on with the open lists; the printed one is preferred where it fits as well.

use super::flow::Item;
use super::letterhead::is_upper;
use super::passage::Span;
use super::section::Builder;
use crate::dictionary::cue;
use crate::dictionary::marker::{self, Marker, MarkerKind};

/// The numerals of headings.
const ROMANS: &[&str] =
    &["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"];

/// Whether the paper counts in Roman numerals: then a lone `1.` before capitals may be a misread `I.`
pub(super) fn has_romans(body: &[Item]) -> bool {
    body.iter().any(|item| match item {
        Item::Text(p) => {
            marker::read(&p.text).is_some_and(|m| m.kind == MarkerKind::Roman && m.numbers == [2])
        }
        Item::Table(_) => false,
    })
}

impl Builder<'_> {
    /// The likeliest reading of a paragraph's marker, if it has one.
    pub(super) fn marker(&self, span: Span) -> Option<Marker> {
        let printed = marker::read(span.text());
        let rest_of = |m: &Marker| span.text().get(m.length..).unwrap_or_default();
        if self.tree.nodes.is_empty() {
            // Older papers put a dash before each legal basis.
            let basis = |m: &Marker| {
                m.kind.is_bullet() && cue::prefix_any(&cue::keys(rest_of(m)), cue::BASIS_CUES).is_some()
            };
            if printed.as_ref().is_some_and(basis) {
                return None;
            }
        }
        let mut best: Option<(i32, Marker)> = None;
        for marker in marker::readings(span.text()) {
            let literal = printed.as_ref() == Some(&marker);
            let rest = rest_of(&marker).trim();
            let figure = printed.as_ref().is_some_and(|printed| printed.kind == MarkerKind::Arabic);
            let short = rest.chars().count() < 90 && !rest.ends_with(['.', ';', ',']);
            // A stroke that is no marker as printed can only be a misread one.
            let stroke = printed.is_none() && span.text().starts_with(['[', '|', '!', ']']);
            let heading = is_upper(rest) || short && !figure || stroke;
            let score = self.fit(&marker, is_upper(rest), heading) + if literal { 2 } else { 0 };
            let enough = literal || score >= 4;
            if enough && best.as_ref().is_none_or(|(known, _)| score > *known) {
                best = Some((score, marker));
            }
        }
        let found = best.map(|(_, marker)| self.with_lost_strokes(marker, span));
        found.or_else(|| self.garbled_numeral(span))
    }

    /// The numeral of a heading in capitals after others, which has a letter in common with the one due: `Xv. TỔ CHỨC`
    /// after `IV. NỘI DUNG`.
    fn garbled_numeral(&self, span: Span) -> Option<Marker> {
        let (token, heading) = span.text().split_once(' ')?;
        let read = token.strip_suffix(['.', ',', ':', '-'])?.to_uppercase();
        let last = self.stack.iter().filter_map(|id| self.tree.nodes.get(*id)).find(|node| {
            node.marker.kind == MarkerKind::Roman && is_upper(node.content.from(node.marker.length).text())
        })?;
        let due = ROMANS.get(last.marker.ordinal() as usize)?;
        let like = read.chars().count() <= 4 && read.chars().any(|c| due.contains(c));
        (like && is_upper(heading) && heading.split_whitespace().count() > 1).then(|| Marker {
            kind: MarkerKind::Roman,
            numbers: vec![last.marker.ordinal() + 1],
            text: format!("{due}."),
            length: token.len() + 1,
        })
    }

    /// A Roman heading that counts back, printed without some of its strokes: `I.` after `I.` is `II.`, `II.` after it `III.`.
    fn with_lost_strokes(&self, marker: Marker, span: Span) -> Marker {
        let heading = is_upper(span.text().get(marker.length..).unwrap_or_default());
        let mut open = self.stack.iter().rev().filter_map(|id| self.tree.nodes.get(*id));
        let Some(last) = open.find(|node| node.marker.kind == MarkerKind::Roman) else { return marker };
        let next = last.marker.ordinal() + 1;
        let titled = is_upper(last.content.from(last.marker.length).text());
        if marker.kind != MarkerKind::Roman || !heading || !titled || marker.ordinal() >= next {
            return marker;
        }
        let (read, rest) =
            marker.text.split_at(marker.text.find(|c: char| !c.is_alphabetic()).unwrap_or(marker.text.len()));
        match ROMANS.get(next as usize - 1) {
            Some(whole) if whole.contains(read) => {
                Marker { numbers: vec![next], text: format!("{whole}{rest}"), ..marker }
            }
            _ => marker,
        }
    }

    /// How well a marker fits where it stands.
    fn fit(&self, marker: &Marker, capitals: bool, titled: bool) -> i32 {
        let heading = i32::from(capitals && matches!(marker.kind, MarkerKind::Roman | MarkerKind::Upper));
        if marker.kind.is_bullet() {
            return 3;
        }
        if marker.numbers.len() > 1 {
            return match (self.counts_on(marker), self.prefix_open(marker)) {
                (true, _) => 5,
                (false, true) => 2,
                _ => 1,
            };
        }
        let open = self
            .stack
            .iter()
            .rev()
            .filter_map(|id| self.tree.nodes.get(*id))
            .find(|node| node.marker.kind == marker.kind);
        let sequence = match open {
            Some(node) if marker.ordinal() == node.marker.ordinal() + 1 => 4,
            Some(node)
                if marker.kind == MarkerKind::Letter
                    && node.marker.ordinal() == 4
                    && marker.ordinal() == 6 =>
            {
                3
            }
            Some(_) if marker.ordinal() == 1 => 1,
            None if marker.ordinal() == 1 => 3,
            _ => 0,
        };
        let misread_one = self.romans && titled && marker.kind == MarkerKind::Roman && sequence >= 3;
        sequence + heading + if misread_one { 3 } else { 0 }
    }

    /// Whether a number of several parts is the next one of an open list, or the first below its own: `4.2.` after `4.1.`
    fn counts_on(&self, marker: &Marker) -> bool {
        let Some((last, prefix)) = marker.numbers.split_last() else { return false };
        let open = self.stack.iter().filter_map(|id| self.tree.nodes.get(*id)).map(|node| &node.marker);
        open.filter(|known| known.kind == marker.kind).any(|known| {
            let before = known.numbers.split_last().is_some_and(|(n, p)| p == prefix && n + 1 == *last);
            before || *last == 1 && known.numbers == prefix
        })
    }

    fn prefix_open(&self, marker: &Marker) -> bool {
        let prefix = marker.numbers.get(..marker.numbers.len() - 1).unwrap_or_default();
        self.stack.iter().filter_map(|id| self.tree.nodes.get(*id)).any(|node| {
            node.marker.kind == MarkerKind::Arabic
                && (node.marker.numbers == prefix || node.marker.numbers.get(..prefix.len()) == Some(prefix))
        })
    }
}
