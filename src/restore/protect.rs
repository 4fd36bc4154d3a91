//! What restoration must not touch though it has letters in it, and the few rules by which a code is mended.
//!
//! Reads single words, produces a verdict or a mended code. The verdicts rest on shape alone, so that they hold for
//! codes no list knows. Numbers, dates and addresses are told by the tokeniser and never come here.

use std::sync::LazyLock;

use regex::Regex;

use crate::dictionary::abbreviation::number_suffixes;

/// The make-up of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Letters, perhaps with signs that damage makes of letters.
    Letters,
    /// Digits with their points and commas.
    Digits,
    /// Letters and digits that belong together (`VTV1`, `7h30`, `m2`), numerals (`XIV`).
    Closed,
}

/// How often a suffix must be seen to count as known.
const ATTESTED: u32 = 10;

static ROMAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(X{1,3}(IX|IV|V?I{0,3})|IX|IV|VI{0,3}|I{1,3})$").expect("a fixed pattern")
});

/// A Roman numeral in capitals, up to XXXIX.
pub fn is_numeral(word: &str) -> bool {
    ROMAN.is_match(word)
}

/// The shape of a piece. With `loose`, digits among lower-case letters may be misread letters (`s6`, `c4c`, `h6i`).
pub fn shape(piece: &str, loose: bool) -> Shape {
    let digits = piece.chars().filter(char::is_ascii_digit).count();
    if digits == 0 {
        return if ROMAN.is_match(piece) { Shape::Closed } else { Shape::Letters };
    }
    let letters = piece.chars().filter(|&c| c.is_alphabetic() || matches!(c, '$' | '¢' | '€')).count();
    if letters == 0 {
        return if piece.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')) {
            Shape::Digits
        } else {
            Shape::Closed
        };
    }
    if loose && may_hide_letters(piece, digits, letters) { Shape::Letters } else { Shape::Closed }
}

/// What stands right behind a number.
const UNITS: [&str; 27] = [
    "m", "m2", "m3", "m²", "m³", "km", "cm", "mm", "dm", "ha", "kg", "g", "h", "kv", "kw", "kwh", "mw",
    "mva", "kva", "v", "w", "t", "l", "ml", "tr", "x", "đ",
];

/// Digits that English-model damage makes of letters: `1 4 6 8 0 9`, few of them, in a word without a unit's or a code's shape.
fn may_hide_letters(piece: &str, digits: usize, letters: usize) -> bool {
    let small = piece.to_lowercase();
    let unit = ["m2", "m3", "km2", "cm2", "dm3", "co2", "mm2"].contains(&small.as_str());
    // `2m`, `35kV`, `3x`: a number with its unit.
    let measured = small.trim_start_matches(|c: char| c.is_ascii_digit());
    let unit = unit || measured.len() < small.len() && UNITS.contains(&measured);
    let run = piece.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    let upper = piece.chars().filter(|c| c.is_uppercase()).count();
    let acronym = upper >= 2 && piece.ends_with(|c: char| c.is_ascii_digit());
    let clock = piece.starts_with(|c: char| c.is_ascii_digit()) && piece.contains(['h', 'g']) && run >= 2;
    // `B1`, `A2` are names of things; `S6`, `X8`, `B4` may be `Số`, `Xã`, `Bá`.
    let label = upper == letters && piece.contains(['1', '2', '3', '5', '7', '9']);
    !unit && !acronym && !clock && !label && run <= 2 && digits <= letters + 1 && letters + digits <= 9
}

/// A code mended where its letters leave no doubt, or `None`: `4035/Qb-UBND` → `4035/QĐ-UBND`, `3828/0D-UBND` → `3828/QĐ-UBND`.
///
/// Only the letters after the number are looked at; digits are never changed.
pub fn mend_code(word: &str) -> Option<String> {
    static NOTATION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(^|[/-])(Q[bDPÐd]|[0O][DbÐĐ]|N[bDÐ]|H[bDÐ]ND|TLD|L[DÐ])(-|$)").expect("a fixed pattern")
    });
    if !word.contains(['/', '-']) {
        return None;
    }
    let mended = NOTATION.replace_all(word, |found: &regex::Captures| {
        let group = |n: usize| found.get(n).map_or("", |m| m.as_str());
        let code = match group(2).chars().next() {
            Some('Q' | '0' | 'O') => "QĐ",
            Some('N') => "NĐ",
            Some('H') => "HĐND",
            Some('T') => "TLĐ",
            _ => "LĐ",
        };
        format!("{}{}{}", group(1), code, group(3))
    });
    // What else begins with N and is of the government?
    let mended = with_usual_suffix(&mended.replace("NB-CP", "NĐ-CP"));
    (mended != word).then_some(mended)
}

/// The letters behind the last slash written as they always are, if they are known at all: `TT-BLDTBXH` → `TT-BLĐTBXH`.
fn with_usual_suffix(code: &str) -> String {
    let usual = code.rsplit_once('/').and_then(|(number, suffix)| {
        let forms = number_suffixes(suffix);
        let (form, count) = forms.first()?;
        let others: u32 = forms.iter().skip(1).map(|other| other.1).sum();
        let in_capitals = suffix.to_uppercase() == suffix;
        (in_capitals && *count >= ATTESTED && others * 20 <= *count).then(|| format!("{number}/{form}"))
    });
    usual.unwrap_or_else(|| code.to_owned())
}

/// The fraction slashes (`⁄`) between letters and digits, each with its place and with the plain slash beside it: an engine's
/// reading of a slash in small print (`45⁄/KH-UBND`, `1⁄2025`).
pub fn fraction_slashes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    static SLASH: LazyLock<Regex> = LazyLock::new(|| Regex::new("[/⁄]*⁄[/⁄]*").expect("a fixed pattern"));
    let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // Hardly any text has one, so looking for the character alone is all that it costs.
    let found = text.contains('⁄').then(|| SLASH.find_iter(text));
    found.into_iter().flatten().filter_map(move |slash| {
        let (before, after) = (text.get(..slash.start())?, text.get(slash.end()..)?);
        (joins(before.chars().next_back()) && joins(after.chars().next()))
            .then(|| (slash.start(), slash.as_str()))
    })
}

/// A numeral two of whose strokes were read as an H: `H.` for `II.`, `HI.` for `III.`. Which one it is, its place among
/// the sections tells, not its neighbours in the sentence.
pub fn is_glued_strokes(word: &str) -> bool {
    word.contains('H') && word.len() <= 3 && word.chars().all(|c| matches!(c, 'H' | 'I'))
}

/// A section numeral mended where it opens a line: `|.` → `I.`, `I1.` → `II.`, `I11.` → `III.`, `1I.` → `II.`.
pub fn mend_numeral(word: &str) -> Option<String> {
    let body = word.strip_suffix('.')?;
    let strokes = body.chars().all(|c| matches!(c, 'I' | '1' | 'l' | '|'));
    let told_apart = body.contains(['I', '|', 'l']) && body.contains(['1', '|', 'l']);
    let count = body.chars().count();
    (strokes && told_apart && (1..=3).contains(&count)).then(|| "I".repeat(count) + ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_mended_by_their_letters_alone() {
        assert_eq!(mend_code("4035/Qb-UBND").as_deref(), Some("4035/QĐ-UBND"));
        assert_eq!(mend_code("3828/0D-UBND").as_deref(), Some("3828/QĐ-UBND"));
        assert_eq!(mend_code("12/2024/ND-CP").as_deref(), Some("12/2024/NĐ-CP"));
        assert_eq!(mend_code("03/NQ-HDND").as_deref(), Some("03/NQ-HĐND"));
        assert_eq!(mend_code("337/KH-UBND"), None);
        assert_eq!(mend_code("16/2017/TT-BLDTBXH").as_deref(), Some("16/2017/TT-BLĐTBXH"));
        assert_eq!(mend_code("17/7/2025"), None);
        assert_eq!(mend_code("352/2025/NB-CP").as_deref(), Some("352/2025/NĐ-CP"));
    }

    #[test]
    fn a_fraction_slash_in_a_code_is_a_slash() {
        let found: Vec<_> = fraction_slashes("số 45⁄/KH-UBND, 1⁄2025, ⁄ 3").collect();
        assert_eq!(found, [(7, "⁄/"), (21, "⁄")]);
    }

    #[test]
    fn numerals_are_mended_only_where_a_stroke_was_misread() {
        assert_eq!(mend_numeral("I11.").as_deref(), Some("III."));
        assert_eq!(mend_numeral("|.").as_deref(), Some("I."));
        assert_eq!(mend_numeral("I1.").as_deref(), Some("II."));
        assert_eq!(mend_numeral("11."), None);
        assert_eq!(mend_numeral("II."), None);
        assert_eq!(mend_numeral("1."), None);
    }

    #[test]
    fn a_clock_time_or_a_unit_is_no_misread_word() {
        for word in ["7h30", "m2", "VTV1", "CT12", "B1", "2m", "35kV", "20kg"] {
            assert_eq!(shape(word, true), Shape::Closed, "{word}");
        }
        for word in ["s6", "4p", "do61", "N6i", "c4c", "x4"] {
            assert_eq!(shape(word, true), Shape::Letters, "{word}");
        }
    }
}
