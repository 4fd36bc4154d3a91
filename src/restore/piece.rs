//! Cuts a printed word into the pieces restoration deals with: cores that may be syllables, and all the rest.
//!
//! Reads one stretch of text without white space (`(SIPAS),`, `xã-hội`, `S6:265`), produces byte ranges with a
//! [`PieceKind`]. Never changes text; what is not a piece (brackets, commas, hyphens between words) is left as it is.

use super::protect::{self, Shape};

/// A part of a printed word that is decoded or kept as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// First byte within the word.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    pub kind: PieceKind,
}

/// What a piece is to the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PieceKind {
    /// Letters: may be restored.
    Core,
    /// Digits: never altered.
    Number,
    /// Codes, addresses, acronyms with digits, numerals: altered by explicit rules only.
    Fixed,
}

/// The pieces of one printed word, left to right. With `loose`, signs that English-model damage makes of letters
/// (`¢`, `&`, `}`, a dot or digit within a word) count as letters.
pub fn pieces(word: &str, loose: bool) -> Vec<Piece> {
    if protect::is_address(word) || protect::is_code(word) {
        return vec![Piece { start: 0, end: word.len(), kind: PieceKind::Fixed }];
    }
    let mut found = Vec::new();
    let mut start = None;
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    for (i, &(at, c)) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|k| chars.get(k)).map(|x| x.1);
        let after = chars.get(i + 1).map(|x| x.1);
        let inside = c.is_alphanumeric() || is_mark(c) || (start.is_some() || loose) && joins(c, before, after, loose);
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(s)) => {
                found.push(piece(word, s, at, loose));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(s) = start {
        found.push(piece(word, s, word.len(), loose));
    }
    found
}

fn piece(word: &str, start: usize, end: usize, loose: bool) -> Piece {
    let kind = match protect::shape(word.get(start..end).unwrap_or_default(), loose) {
        Shape::Letters => PieceKind::Core,
        Shape::Digits => PieceKind::Number,
        Shape::Closed => PieceKind::Fixed,
    };
    Piece { start, end, kind }
}

/// Combining marks belong to the letter before them.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Whether a sign between `before` and `after` is part of the piece it stands in.
fn joins(c: char, before: Option<char>, after: Option<char>, loose: bool) -> bool {
    let digit = |x: Option<char>| x.is_some_and(|c| c.is_ascii_digit());
    let lower = |x: Option<char>| x.is_some_and(|c| c.is_lowercase());
    match c {
        '.' | ',' if digit(before) && digit(after) => true,
        '\'' | '’' | '‘' => loose && before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic),
        '¢' | '€' | '£' | '¥' | '}' | '{' | '§' | '°' | '~' | '^' => loose,
        '&' => loose && (lower(before) || lower(after)),
        '.' => loose && lower(after) && before.is_some_and(|c| c.is_lowercase() && !c.is_ascii()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(word: &str, loose: bool) -> Vec<(&str, PieceKind)> {
        pieces(word, loose).into_iter().map(|p| (&word[p.start..p.end], p.kind)).collect()
    }

    #[test]
    fn punctuation_stays_outside() {
        assert_eq!(cut("(SIPAS),", false), [("SIPAS", PieceKind::Core)]);
        assert_eq!(cut("xã-hội", false), [("xã", PieceKind::Core), ("hội", PieceKind::Core)]);
        assert_eq!(cut("SNV(Nga).", false), [("SNV", PieceKind::Core), ("Nga", PieceKind::Core)]);
        assert_eq!(cut("./.", false), []);
    }

    #[test]
    fn numbers_codes_and_addresses_are_kept_whole() {
        for word in ["337/KH-UBND", "31/12/2024", "ubnd@hanoi.gov.vn", "https://dichvucong.gov.vn", "7h30", "VTV1", "m2"] {
            assert!(pieces(word, false).iter().all(|p| p.kind != PieceKind::Core), "{word}");
        }
        assert_eq!(cut("1.250,5", false), [("1.250,5", PieceKind::Number)]);
    }

    #[test]
    fn misread_letters_count_as_letters_in_garbled_text_only() {
        assert_eq!(cut("nghi¢p,", true), [("nghi¢p", PieceKind::Core)]);
        assert_eq!(cut("x&,", true), [("x&", PieceKind::Core)]);
        assert_eq!(cut("Cé.p", true), [("Cé.p", PieceKind::Core)]);
        assert_eq!(cut("S6:265", true), [("S6", PieceKind::Core), ("265", PieceKind::Number)]);
        assert_eq!(cut("PT&TH", true), [("PT", PieceKind::Core), ("TH", PieceKind::Core)]);
        assert_eq!(cut("hết.Các", false), [("hết", PieceKind::Core), ("Các", PieceKind::Core)]);
    }
}
