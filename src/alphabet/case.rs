//! Case patterns: what case a word is written in, and the same case given to another word.

use super::letter::{lower, upper};

/// How the letters of a word are cased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CasePattern {
    /// No letter with case in it (`12`, `-`).
    Caseless,
    /// `kế hoạch`
    Lower,
    /// First letter a capital, the rest small: `Hà`; a single capital letter counts as this.
    Title,
    /// Two or more letters, all capitals: `HÀ`.
    Upper,
    /// Anything else: `TTg`, `PGĐt`.
    Mixed,
}

/// The pattern of one word.
#[must_use]
pub fn case_of(word: &str) -> CasePattern {
    let (mut letters, mut capitals, mut first) = (0usize, 0usize, false);
    for c in word.chars().filter(|c| c.is_alphabetic()) {
        let capital = c.is_uppercase();
        first |= letters == 0 && capital;
        letters += 1;
        capitals += usize::from(capital);
    }
    match (letters, capitals, first) {
        (0, ..) => CasePattern::Caseless,
        (_, 0, _) => CasePattern::Lower,
        (_, 1, true) => CasePattern::Title,
        (n, c, _) if n == c => CasePattern::Upper,
        _ => CasePattern::Mixed,
    }
}

/// `word` in the case of `pattern`. `Mixed` and `Caseless` leave it as it is.
#[must_use]
pub fn apply_case(word: &str, pattern: CasePattern) -> String {
    match pattern {
        CasePattern::Lower => word.chars().map(lower).collect(),
        CasePattern::Upper => word.chars().map(upper).collect(),
        CasePattern::Title => title(word),
        CasePattern::Mixed | CasePattern::Caseless => word.to_owned(),
    }
}

/// `word` cased like `model`: letter by letter where `model` is mixed and both have as many letters, else by its pattern.
#[must_use]
pub fn recase(word: &str, model: &str) -> String {
    let pattern = case_of(model);
    if pattern != CasePattern::Mixed {
        return apply_case(word, pattern);
    }
    if word.chars().count() != model.chars().count() {
        return word.to_owned();
    }
    word.chars()
        .zip(model.chars())
        .map(|(c, like)| if like.is_uppercase() { upper(c) } else { lower(c) })
        .collect()
}

fn title(word: &str) -> String {
    let mut capital_due = true;
    word.chars()
        .map(|c| match capital_due && c.is_alphabetic() {
            true => {
                capital_due = false;
                upper(c)
            }
            false => lower(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_seen() {
        let cases = [
            ("kế", CasePattern::Lower),
            ("Đại", CasePattern::Title),
            ("Đ", CasePattern::Title),
            ("ỦY", CasePattern::Upper),
            ("TTg", CasePattern::Mixed),
            ("12", CasePattern::Caseless),
        ];
        for (word, pattern) in cases {
            assert_eq!(case_of(word), pattern, "{word}");
        }
    }

    #[test]
    fn a_word_takes_the_case_of_another() {
        assert_eq!(recase("định", "DINH"), "ĐỊNH");
        assert_eq!(recase("định", "Dinh"), "Định");
        assert_eq!(recase("ttđ", "TTd"), "TTđ");
        assert_eq!(recase("đắk", "DaKs"), "đắk");
        assert_eq!(apply_case("“đại", CasePattern::Title), "“Đại");
    }
}
