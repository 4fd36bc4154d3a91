//! Number and notation: `Số: 265/KH-UBND`, `Số: /UBND-NC` with the number left blank, `02-KH/NBCQ`, `157/QĐ-NĐ-UB`.

use std::sync::LazyLock;

use regex::Regex;

use super::passage::Span;

/// `Số:` and what engines make of it.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^[^\p{L}\d]*(?:[SŠ5][ốôóòồỐÔÓoO06é]{1,2}(?:\s*[:;.,]\s*|\s+)|S[ốôóỐ](?P<glued>[\d\p{S}\p{P}]))",
    )
    .expect("a valid pattern")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\d{1,6}\p{Ll}?)?[\s.…_]*(?:[/\-–]\s*(?:\d{4}\s*/\s*)?(\p{Lu}[\p{L}\d&]*(?:\s?[-/–.]\s?\p{Lu}[\p{L}\d&]*)*))?")
        .expect("a valid pattern")
});

/// A sequence number that is no number as read (ink over a printed blank), before a notation that is one.
static UNREAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^/\p{Lu}]?[^/]{0,10}?\s*/\s*(\p{Lu}[\p{L}\d&]*(?:\s?[-/–.]\s?\p{Lu}[\p{L}\d&]*)*)")
        .expect("a valid pattern")
});

/// The same where machine and form ran together, and the stroke between is lost: `1§4ØBGDĐT-GDPT`.
static OVERPRINTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^\s/]{1,8}?([A-ZĐƯƠ]{2,}(?:[-–]\s?[A-ZĐƯƠ][\p{L}\d&]*)+)\s*$").expect("a valid pattern")
});
/// Figures among them ones and noughts that were read as letters: `I57` is 157, for letters do not stand in a number.
static STROKES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:[Il|]\d[\dIlO|]*|\d+[IlO|][\dIlO|]*)\b").expect("a valid pattern"));

/// A sequence number in figures.
pub(crate) fn figures(sequence: &str) -> String {
    let figure = |c: char| match c {
        'I' | 'l' | '|' => '1',
        'O' => '0',
        other => other,
    };
    sequence.split_whitespace().flat_map(str::chars).map(figure).collect()
}

/// Where the label ends, and the number begins.
fn label_end(line: &str) -> Option<usize> {
    let label = LABEL.captures(line)?;
    Some(label.name("glued").map_or(label.get(0)?.end(), |first| first.start()))
}

/// A number as printed and its parts.
pub(crate) struct NumberSpans<'p> {
    pub raw: Span<'p>,
    pub sequence: Option<Span<'p>>,
    pub notation: Option<Span<'p>>,
    /// What stands behind it on the line.
    pub rest: Span<'p>,
}

/// Reads the number of a line that begins with its label.
pub(crate) fn read(line: Span<'_>) -> Option<NumberSpans<'_>> {
    let body = line.from(label_end(line.text())?);
    let found = NUMBER.captures(body.text())?;
    let whole = found.get(0)?;
    let (sequence, notation) = (found.get(1), found.get(2));
    // A sequence number that breaks off in ink is not the number: `4‡ /QĐ-UBND` is no 4.
    if notation.is_none()
        && let Some(unread) = unread(body)
    {
        return Some(unread);
    }
    if sequence.is_none() && notation.is_none() {
        return None;
    }
    // Nothing is numbered nought: the rest of it is ink that was not read.
    let sequence = sequence.filter(|m| m.as_str().chars().any(|c| c != '0'));
    Some(NumberSpans {
        raw: body.slice(whole.range()).trim(),
        sequence: sequence.map(|m| body.slice(m.range())),
        notation: notation.map(|m| body.slice(m.range()).trim()),
        rest: body.from(whole.end()).trim(),
    })
}

/// The notation alone, where the sequence number cannot be made out: it is not guessed at.
fn unread(body: Span<'_>) -> Option<NumberSpans<'_>> {
    let found = UNREAD.captures(body.text()).or_else(|| OVERPRINTED.captures(body.text()))?;
    let (whole, notation) = (found.get(0)?, found.get(1)?);
    let before = body.slice(0..notation.start());
    Some(NumberSpans {
        raw: body.slice(whole.range()).trim(),
        sequence: STROKES.find(before.text()).map(|strokes| before.slice(strokes.range())),
        notation: Some(body.slice(notation.range()).trim()),
        rest: body.from(whole.end()).trim(),
    })
}

/// Whether a line is labelled as a number, be it readable or not: then it is nobody's name.
pub(crate) fn is_labelled(line: &str) -> bool {
    LABEL.captures(line).is_some_and(|label| {
        label.name("glued").is_some()
            || label.get(0).is_some_and(|l| l.as_str().contains([':', ';']))
            || line.contains('/')
    })
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::*;

    #[test]
    fn numbers_of_all_styles_are_read() {
        let cases = [
            ("Số: 265/KH-UBND", Some("265"), Some("KH-UBND")),
            ("Số: /KH-UBND", None, Some("KH-UBND")),
            ("S6:265 /KH-UBND", Some("265"), Some("KH-UBND")),
            ("Số: 02-KH/NBCQ", Some("02"), Some("KH/NBCQ")),
            ("Số 157/QĐ-NĐ-UB", Some("157"), Some("QĐ-NĐ-UB")),
            ("Số: 04/2024/QĐ-UBND", Some("04"), Some("QĐ-UBND")),
            ("Số: 575 /UBND-KTTH", Some("575"), Some("UBND-KTTH")),
            ("Số: '†E /UBND-KTTH", None, Some("UBND-KTTH")),
            ("Số: I57/QĐ-NĐ-UB", Some("I57"), Some("QĐ-NĐ-UB")),
            ("Số1§4ØBGDĐT-GDPT", None, Some("BGDĐT-GDPT")),
            ("Số: 0 /CT-UBND", None, Some("CT-UBND")),
            ("Số:       /BGDĐT-GDPT", None, Some("BGDĐT-GDPT")),
            ("Số: 4‡ /QĐ-UBND", None, Some("QĐ-UBND")),
        ];
        for (text, sequence, notation) in cases {
            let passage = passage(text);
            let number = read(passage.span()).expect(text);
            assert_eq!(number.sequence.map(|s| s.text()), sequence, "{text}");
            assert_eq!(number.notation.map(|s| s.text()), notation, "{text}");
        }
        assert!(read(passage("Sở Nội vụ").span()).is_none());
        assert!(is_labelled("Số: '†E /UBND-KTTH") && !is_labelled("SO NOI VU") && !is_labelled("SỞ NỘI VỤ"));
    }
}
