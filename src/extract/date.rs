//! Dates as papers print them: `ngày 26 tháng 9 năm 2025`, `12/12/2025`, `tháng 10/2025`, blanks left on a form.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::record::Date;

static WORDED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bng\p{L}{1,3}\s*([\d.…_OoIl]{1,8}\b|\S{1,4})?[\s,]*th\p{L}{1,3}g\s*([\d.…_OoIl]{1,8}\b|\S{1,4})?[\s,]*n\p{L}{0,2}m[\s:.,]*(\d{4}|[\d.…_]{1,6})?")
        .expect("a valid pattern")
});
static NUMERIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})\b").expect("a valid pattern")
});
static MONTH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)tháng\s*(\d{1,2})\s*(?:/|năm)\s*(\d{4})").expect("a valid pattern"));

/// The first date of a text, with the bytes it takes.
pub(crate) fn find(text: &str) -> Option<(Date, std::ops::Range<usize>)> {
    let worded = find_worded(text);
    let numeric = NUMERIC.captures(text).and_then(|found| {
        let range = found.get(0)?.range();
        let date = date(text.get(range.clone())?, number(&found, 1), number(&found, 2), number(&found, 3));
        date.iso.is_some().then_some((date, range))
    });
    match (worded, numeric) {
        (Some(a), Some(b)) => Some(if b.1.start < a.1.start { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// The first date written out in words, its numbers perhaps left blank.
pub(crate) fn find_worded(text: &str) -> Option<(Date, std::ops::Range<usize>)> {
    let found = WORDED.captures(text)?;
    let range = found.get(0)?.range();
    let raw = text.get(range.clone())?.trim_end();
    let range = range.start..range.start + raw.len();
    Some((date(raw, number(&found, 1), number(&found, 2), number(&found, 3)), range))
}

/// `YYYY-MM` of the first month of a text that has its year.
pub(crate) fn month(text: &str) -> Option<String> {
    let worded = MONTH.captures(text).and_then(|found| Some((number(&found, 2)?, number(&found, 1)?)));
    let (year, month) = worded
        .or_else(|| find(text).and_then(|(date, _)| Some((u32::try_from(date.year?).ok()?, date.month?))))?;
    (1..=12).contains(&month).then(|| format!("{year:04}-{month:02}"))
}

fn number(found: &Captures, group: usize) -> Option<u32> {
    found.get(group)?.as_str().parse().ok()
}

/// A date of its parts; what cannot be a day, month or year is left out.
fn date(raw: &str, day: Option<u32>, month: Option<u32>, year: Option<u32>) -> Date {
    let year = year.filter(|year| (1900..=2100).contains(year));
    let month = month.filter(|month| (1..=12).contains(month));
    let day = day.filter(|day| *day >= 1 && *day <= days(month, year));
    let iso = match (year, month, day) {
        (Some(y), Some(m), Some(d)) => Some(format!("{y:04}-{m:02}-{d:02}")),
        _ => None,
    };
    Date { raw: Some(raw.to_owned()), iso, year: year.and_then(|y| i32::try_from(y).ok()), month, day }
}

fn days(month: Option<u32>, year: Option<u32>) -> u32 {
    match month {
        Some(4 | 6 | 9 | 11) => 30,
        Some(2) if year.is_none_or(|y| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) => 29,
        Some(2) => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_blanks_stay_blank() {
        let (date, _) = find("Hà Nội, ngày 26 tháng 9 năm 2025").unwrap();
        assert_eq!(date.iso.as_deref(), Some("2025-09-26"));
        let (date, _) = find("ngày tháng năm 2026").unwrap();
        assert_eq!(
            (date.iso, date.year, date.raw.as_deref()),
            (None, Some(2026), Some("ngày tháng năm 2026"))
        );
        let (date, _) = find("Quảng Ngãi, ngày ẨT_ tháng 01 năm 2025").unwrap();
        assert_eq!((date.day, date.month, date.year), (None, Some(1), Some(2025)));
        assert_eq!(find("ngày 31/02/2025"), None);
        assert_eq!(find("số 12 ngày 5/7/2024 của").unwrap().0.iso.as_deref(), Some("2024-07-05"));
        assert_eq!(month("cuối tháng 03/2026").as_deref(), Some("2026-03"));
    }
}
