//! Number and notation: `Số: 265/KH-UBND`, `Số: /UBND-NC` with the number left blank, `02-KH/NBCQ`, `157/QĐ-NĐ-UB`.

use std::sync::LazyLock;

use regex::Regex;

use super::passage::Span;

/// `Số:` and what engines make of it.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^\p{L}\d]*[SŠ5][ốôóòồỐÔÓoO06é]{1,2}(?:\s*[:;.,]\s*|\s+)").expect("a valid pattern")
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
    let label = LABEL.find(line.text())?;
    let body = line.from(label.end());
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
    Some(NumberSpans {
        raw: body.slice(whole.range()).trim(),
        sequence: sequence.map(|m| body.slice(m.range())),
        notation: notation.map(|m| body.slice(m.range()).trim()),
        rest: body.from(whole.end()).trim(),
    })
}

/// The notation alone, where the sequence number cannot be made out: it is not guessed at.
fn unread(body: Span<'_>) -> Option<NumberSpans<'_>> {
    let found = UNREAD.captures(body.text())?;
    let (whole, notation) = (found.get(0)?, found.get(1)?);
    Some(NumberSpans {
        raw: body.slice(whole.range()).trim(),
        sequence: None,
        notation: Some(body.slice(notation.range()).trim()),
        rest: body.from(whole.end()).trim(),
    })
}

/// Whether a line is labelled as a number, be it readable or not: then it is nobody's name.
pub(crate) fn is_labelled(line: &str) -> bool {
    LABEL.find(line).is_some_and(|label| label.as_str().contains([':', ';']) || line.contains('/'))
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
            ("Số: I57/QĐ-NĐ-UB", None, Some("QĐ-NĐ-UB")),
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
