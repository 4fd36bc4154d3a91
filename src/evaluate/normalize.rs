//! Brings strings to the form in which they are compared.
//!
//! Takes any text; gives NFC with single blanks, plain dashes and quotes, without markup. Differences that no reader
//! would call an error are gone after it; every other one stays. The rules are those of `gold/score.py`, to the letter.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

use super::alternatives::Alternatives;

static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new("</?[a-zA-Z]{1,6}>").expect("a tag"));
static SYLLABLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{L}\p{Nl}\p{No}]+").expect("letters"));

/// White space as the reference scorer knows it: Unicode's, and the four old separators of ASCII.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// NFC, dashes and quotes plain, tags and `**` and lone table rules dropped, white space collapsed.
pub fn plain(text: &str) -> String {
    let text: String = text.nfc().filter_map(plain_character).collect();
    let text = TAG.replace_all(&text, " ").replace("**", "");
    let words = text.split(is_blank).filter(|word| !word.is_empty() && *word != "|");
    words.collect::<Vec<_>>().join(" ")
}

fn plain_character(c: char) -> Option<char> {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{2018}' | '\u{2019}' => Some('\''),
        '\u{201c}' | '\u{201d}' => Some('"'),
        '\u{ad}' | '\u{200b}' | '\u{feff}' => None,
        _ => Some(c),
    }
}

/// All diacritics removed and đ turned to d; letter case stays.
pub fn fold(text: &str) -> String {
    let bare = |c: char| match c {
        'đ' => 'd',
        'Đ' => 'D',
        _ => c,
    };
    text.chars().map(bare).nfd().filter(|&c| canonical_combining_class(c) == 0).nfc().collect()
}

/// The syllables: maximal runs of letters, case kept.
pub fn syllables(text: &str) -> Vec<&str> {
    SYLLABLE.find_iter(text).map(|found| found.as_str()).collect()
}

/// Where the syllables of a text stand, in bytes.
pub fn syllable_spans(text: &str) -> Vec<std::ops::Range<usize>> {
    SYLLABLE.find_iter(text).map(|found| found.range()).collect()
}

/// Normalises with the accepted alternative readings of one gold file in force.
#[derive(Clone, Copy, Debug)]
pub struct Normalizer<'a> {
    /// Readings that count as the gold one.
    pub alternatives: &'a Alternatives,
}

impl Normalizer<'_> {
    /// Plain text with every accepted reading rewritten to the gold one.
    pub fn text(&self, text: &str) -> String {
        self.alternatives.rewrite(plain(text))
    }

    /// The same for a JSON value; only strings and numbers hold text.
    pub fn value(&self, value: &Value) -> String {
        match value {
            Value::String(text) => self.text(text),
            Value::Number(number) => self.text(&decimal(number)),
            _ => String::new(),
        }
    }

    /// A key field: without leading bullet and closing punctuation.
    pub fn key(&self, value: &Value) -> String {
        key_of(&self.value(value))
    }

    /// A key field in which letter case means nothing.
    pub fn key_any_case(&self, value: &Value) -> String {
        self.key(value).chars().flat_map(fold_case).collect()
    }

    /// A section marker without its punctuation; every bullet is a dash.
    pub fn marker(&self, value: &Value) -> String {
        let text = self.value(value);
        let text = text.strip_prefix('(').unwrap_or(&text);
        match text.trim_end_matches(|c| is_blank(c) || ".:)/".contains(c)) {
            "•" | "*" | "·" | "●" | "▪" => "-".to_string(),
            marker => marker.to_string(),
        }
    }

    /// A number or notation, all blanks removed.
    pub fn without_blanks(&self, value: &Value) -> String {
        self.value(value).replace(is_blank, "")
    }

    /// Units as a set: sorted and joined, a single one alone.
    pub fn units(&self, value: &Value) -> String {
        let mut units: Vec<String> = listed(value).iter().map(|unit| self.key(unit)).collect();
        units.retain(|unit| !unit.is_empty());
        units.sort();
        units.join(" | ")
    }
}

/// The members of a list; anything else is a list of itself.
pub fn listed(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// Strips what does not tell one key field from another.
pub fn key_of(text: &str) -> String {
    let text = match text.strip_prefix(['-', '+', '*', '•']) {
        Some(rest) => rest.trim_start_matches(is_blank),
        None => text,
    };
    let text = text.strip_suffix("./.").or_else(|| text.strip_suffix("./")).unwrap_or(text);
    text.trim_end_matches(|c| is_blank(c) || ";,.:".contains(c)).to_string()
}

fn fold_case(c: char) -> Vec<char> {
    match c {
        'ß' | 'ẞ' => vec!['s', 's'],
        'ς' => vec!['σ'],
        _ => c.to_lowercase().collect(),
    }
}

/// A JSON number written as the reference scorer writes it: `5`, `5.0`, `1e+16`.
fn decimal(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() => {
            let size = value.abs();
            if size != 0.0 && !(1e-4..1e16).contains(&size) {
                exponential(value)
            } else {
                format!("{value:?}")
            }
        }
        _ => number.to_string(),
    }
}

fn exponential(value: f64) -> String {
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with<T>(measure: impl FnOnce(Normalizer) -> T) -> T {
        measure(Normalizer { alternatives: &Alternatives::default() })
    }

    #[test]
    fn what_no_reader_would_call_an_error_is_gone() {
        assert_eq!(plain("Kê\u{301}  hoạch\n| <b>số</b> **265** – “x”"), "Kế hoạch số 265 - \"x\"");
    }

    #[test]
    fn folding_takes_marks_and_keeps_case() {
        assert_eq!(fold("Đề nghị ƯU TIÊN"), "De nghi UU TIEN");
    }

    #[test]
    fn a_key_field_loses_its_bullet_and_its_end() {
        assert_eq!(with(|n| n.key(&json!("- Bộ Nội vụ;"))), "Bộ Nội vụ");
        assert_eq!(with(|n| n.key(&json!("giải quyết./."))), "giải quyết");
    }

    #[test]
    fn markers_of_any_style_compare() {
        assert_eq!(with(|n| n.marker(&json!("(a)"))), "a");
        assert_eq!(with(|n| n.marker(&json!("4.1."))), "4.1");
        assert_eq!(with(|n| n.marker(&json!("•"))), "-");
    }

    #[test]
    fn numbers_read_as_the_reference_scorer_reads_them() {
        assert_eq!(with(|n| n.value(&json!(1))), "1");
        assert_eq!(with(|n| n.value(&json!(2.0))), "2.0");
        assert_eq!(with(|n| n.value(&json!(1e-5))), "1e-05");
        assert_eq!(with(|n| n.value(&json!(true))), "");
    }

    #[test]
    fn a_digit_ends_a_syllable() {
        assert_eq!(syllables("Số: 265/KH-UBND"), ["Số", "KH", "UBND"]);
    }
}
