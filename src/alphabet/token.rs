//! Tokens: text cut into words, numbers, codes, dates, addresses, punctuation and blanks.
//!
//! Lossless: the tokens of a text, one after another, are the text. Reads any `&str` in one pass; looks ahead
//! at most [`LONGEST_ATOM`] bytes, so that a line of 50 MB costs no more than its length. Whether a word is
//! attested the dictionary knows; whether it could be a syllable, [`super::syllable`].

use super::fold::is_combining;
use super::syllable::is_bare_syllable;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A run of letters: a syllable, a foreign word, whatever isn't one of the kinds below.
    Word,
    /// A run of letters that begins with two capitals and cannot be a syllable: `UBND`, `QĐ`, `TTg`, `III`.
    Abbreviation,
    /// Letters mixed with digits or with the signs OCR puts for letters: `Chi6`, `ti¢n`, `S6`, `CO2`.
    Mixed,
    /// Digits, with points, commas or dashes between digits: `12`, `1.250,5`, `2021-2025`, `4.1`.
    Number,
    /// `26/9/2025`, `26-9-2025`, `26.9.2025`, `9/2025`.
    Date,
    /// Parts joined by `/` or `-` of which some are no syllables: `337/KH-UBND`, `QĐ-UBND`, `COVID-19`.
    Code,
    /// An e-mail address or a URL.
    Address,
    /// One punctuation mark or symbol, or a run of the same one: `,`, `....`, `___`.
    Punctuation,
    /// White space.
    Blank,
}

impl TokenKind {
    /// Is it written with letters that restoration may change?
    #[must_use]
    pub fn is_wordlike(self) -> bool {
        matches!(self, TokenKind::Word | TokenKind::Abbreviation | TokenKind::Mixed)
    }
}

/// One token: its kind and the very bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// As it stands in the text; never empty.
    pub text: &'a str,
    /// Byte offset of its start in the text.
    pub start: usize,
}

/// A code, date or address longer than this is taken as ordinary words and marks.
const LONGEST_ATOM: usize = 160;

/// The tokens of a text, in order.
#[must_use]
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

/// Iterator made by [`tokens`].
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.text.get(self.at..)?;
        let first = rest.chars().next()?;
        let (kind, length) = cut(rest, first);
        // A cut is at least one character long, so the walk always ends.
        let length = length.max(first.len_utf8());
        let text = rest.get(..length).unwrap_or(rest);
        let token = Token { kind, text, start: self.at };
        self.at += text.len();
        Some(token)
    }
}

fn cut(rest: &str, first: char) -> (TokenKind, usize) {
    if first.is_whitespace() {
        return (TokenKind::Blank, span(rest, char::is_whitespace));
    }
    if !is_wordlike(first) && !first.is_ascii_digit() {
        if stands_for_first(rest) {
            let (_, length) = run(&rest[first.len_utf8()..]);
            return (TokenKind::Mixed, first.len_utf8() + length);
        }
        return (TokenKind::Punctuation, span(rest, |c| c == first));
    }
    let letters = letters_length(rest);
    if letters > 0 && ends_plainly(rest, letters) {
        return (kind_of_letters(&rest[..letters]), letters);
    }
    atom(rest).unwrap_or_else(|| run(rest))
}

fn span(rest: &str, mut belongs: impl FnMut(char) -> bool) -> usize {
    rest.char_indices().find(|&(_, c)| !belongs(c)).map_or(rest.len(), |(at, _)| at)
}

fn is_wordlike(c: char) -> bool {
    c.is_alphabetic() || is_combining(c)
}

fn letters_length(rest: &str) -> usize {
    span(rest, is_wordlike)
}

/// Signs that OCR engines put where a letter was; inside or beside letters they belong to the word.
fn is_stand_in(c: char) -> bool {
    matches!(c, '¢' | '€' | '£' | '&' | '§' | '©' | '®' | '¥' | '\'' | '’' | '°' | 'º' | 'ª')
}

/// A sign that stands for the first letter of a word: `&nh` for `ảnh`, `¢ap` for `cấp`, `¢6` for `có`.
fn stands_for_first(rest: &str) -> bool {
    let mut chars = rest.chars();
    let sign = chars.next();
    match (sign, chars.next()) {
        (Some('¢' | '€' | '£' | '&'), Some(next)) if next.is_lowercase() => true,
        // `$6`, `$8` for `Số`, `Sở`; `$60` is money.
        (Some('$'), Some('6' | '8')) => {
            !chars.next().is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | '.'))
        }
        // `¢50` is money.
        (Some('¢'), Some(next)) => next.is_ascii_digit() && !chars.next().is_some_and(char::is_alphanumeric),
        _ => false,
    }
}

/// After these letters comes a blank, the end, or a mark that joins nothing: the usual case, decided fast.
fn ends_plainly(rest: &str, length: usize) -> bool {
    let mut after = rest[length..].chars();
    match after.next() {
        None => true,
        Some(c) if c.is_whitespace() || matches!(c, ',' | ';' | ')' | '"' | '”' | '!' | '?' | '(') => true,
        Some('.' | ':') => after.next().is_none_or(char::is_whitespace),
        Some(_) => false,
    }
}

/// The longest connected run at the start that is an address, date, code or number with inner marks.
fn atom(rest: &str) -> Option<(TokenKind, usize)> {
    let mut limit = rest.len().min(LONGEST_ATOM);
    while !rest.is_char_boundary(limit) {
        limit -= 1;
    }
    let window = &rest[..limit];
    let chunk = &window[..span(window, |c| !c.is_whitespace())];
    if let Some(length) = address_length(chunk) {
        return Some((TokenKind::Address, length));
    }
    let joined = joined_length(chunk);
    let joined = &chunk[..joined];
    classify_joined(joined).map(|kind| (kind, joined.len()))
}

fn address_length(chunk: &str) -> Option<usize> {
    let lead = chunk.get(..8).unwrap_or(chunk);
    let looks = lead.contains("://") || lead.starts_with("www.") || (chunk.contains('@') && is_mail(chunk));
    looks.then(|| chunk.trim_end_matches([',', '.', ';', ':', ')', ']', '>', '"', '”']).len())
}

fn is_mail(chunk: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let Some((name, host)) = chunk.split_once('@') else { return false };
    let host = &host[..span(host, plain)];
    !name.is_empty() && name.chars().all(plain) && host.trim_end_matches('.').contains('.')
}

/// Letters and digits joined by single `/ - – . ,` marks with a letter or digit on both sides.
fn joined_length(chunk: &str) -> usize {
    let mut end = 0;
    let mut chars = chunk.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_wordlike(c) || c.is_ascii_digit() {
            end = at + c.len_utf8();
            continue;
        }
        let joins = end == at && matches!(c, '/' | '-' | '–' | '.' | ',' | '_');
        if !joins || !chars.peek().is_some_and(|&(_, next)| is_wordlike(next) || next.is_ascii_digit()) {
            break;
        }
    }
    end
}

fn classify_joined(joined: &str) -> Option<TokenKind> {
    let digits = joined.bytes().filter(u8::is_ascii_digit).count();
    let letters = joined.chars().any(is_wordlike);
    let marks = joined.contains(['/', '-', '–', '.', ',', '_']);
    if !letters && digits > 0 {
        return Some(if is_date(joined) { TokenKind::Date } else { TokenKind::Number });
    }
    (marks && is_code(joined, digits > 0)).then_some(TokenKind::Code)
}

fn is_date(text: &str) -> bool {
    let mut found = [0u32; 3];
    let mut count = 0;
    for part in text.split(['/', '-', '.']) {
        match (found.get_mut(count), part.parse::<u32>()) {
            (Some(slot), Ok(value)) if part.len() <= 4 => *slot = value,
            _ => return false,
        }
        count += 1;
    }
    let year = |y| (1000..=2999).contains(&y);
    match (count, found) {
        (3, [day, month, y]) => (1..=31).contains(&day) && (1..=12).contains(&month) && year(y),
        (2, [month, y, _]) => text.contains('/') && (1..=12).contains(&month) && year(y),
        _ => false,
    }
}

/// A code has `/`, `-` or `_` in it, no comma, and either a digit beside letters or a part no syllable could be.
fn is_code(joined: &str, has_digit: bool) -> bool {
    if joined.contains(',') || !joined.contains(['/', '-', '–', '_']) {
        return false;
    }
    let mut parts = joined.split(['/', '-', '–', '.', '_']);
    // `xdc/D6` for `xác/Độ`: misread words, not a code.
    let mut words = joined.split('/');
    let misread =
        words.clone().all(|part| part.starts_with(is_wordlike) && !part.contains(['-', '–', '.', '_']))
            && words.any(|part| part.starts_with(char::is_lowercase));
    let with_digit =
        has_digit && !misread && parts.clone().any(|part| part.chars().any(|c| c.is_uppercase()));
    with_digit || (parts.clone().all(is_capital_part) && parts.any(|part| !is_bare_syllable(part)))
}

fn is_capital_part(part: &str) -> bool {
    let capitals = part.chars().take(2).filter(|c| c.is_uppercase()).count();
    capitals == 2 || (capitals == 1 && part.chars().count() == 1)
}

/// A plain run of letters, or one with digits and stand-in signs in it.
fn run(rest: &str) -> (TokenKind, usize) {
    let mut end = 0;
    let (mut letters, mut others) = (0usize, 0usize);
    for (at, c) in rest.char_indices() {
        if is_wordlike(c) {
            letters += 1;
        } else if c.is_ascii_digit() || (is_stand_in(c) && letters > 0) {
            others += 1;
        } else {
            break;
        }
        end = at + c.len_utf8();
    }
    let trimmed = rest[..end].trim_end_matches(['\'', '’', '°', 'º', 'ª', '®', '©']);
    let end = if letters > 0 { trimmed.len() } else { end };
    let text = &rest[..end];
    if letters == 0 {
        return (TokenKind::Number, end);
    }
    let plain = others == 0 || text.chars().all(is_wordlike);
    (if plain { kind_of_letters(text) } else { TokenKind::Mixed }, end)
}

fn kind_of_letters(text: &str) -> TokenKind {
    let capitals = text.chars().take(2).filter(|c| c.is_uppercase()).count();
    if capitals == 2 && !is_bare_syllable(text) { TokenKind::Abbreviation } else { TokenKind::Word }
}

#[cfg(test)]
mod tests {
    use super::TokenKind::*;
    use super::*;
    use proptest::prelude::*;

    fn seen(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).filter(|t| t.kind != Blank).map(|t| (t.kind, t.text)).collect()
    }

    #[test]
    fn a_sign_may_stand_for_the_first_letter() {
        assert_eq!(seen("&nh ¢6 ¢dao"), [(Mixed, "&nh"), (Mixed, "¢6"), (Mixed, "¢dao")]);
        assert_eq!(seen("¢50 & B"), [(Punctuation, "¢"), (Number, "50"), (Punctuation, "&"), (Word, "B")]);
    }

    #[test]
    fn a_letterhead_line() {
        assert_eq!(
            seen("Số: 337/KH-UBND ngày 26/9/2025;"),
            [
                (Word, "Số"),
                (Punctuation, ":"),
                (Code, "337/KH-UBND"),
                (Word, "ngày"),
                (Date, "26/9/2025"),
                (Punctuation, ";")
            ]
        );
    }

    #[test]
    fn codes_abbreviations_and_words_with_dashes() {
        assert_eq!(seen("QĐ-UBND")[0].0, Code);
        assert_eq!(seen("02-KH/NBCQ")[0], (Code, "02-KH/NBCQ"));
        assert_eq!(seen("4035/Qb-UBND")[0], (Code, "4035/Qb-UBND"));
        assert_eq!(
            seen("UBND, TTg III."),
            [
                (Abbreviation, "UBND"),
                (Punctuation, ","),
                (Abbreviation, "TTg"),
                (Abbreviation, "III"),
                (Punctuation, ".")
            ]
        );
        let words = [(Word, "LẬP"), (Punctuation, "-"), (Word, "TỰ")];
        assert_eq!(seen("LẬP-TỰ"), words);
        assert_eq!(seen("triển khai/thực hiện").len(), 5);
    }

    #[test]
    fn numbers_keep_their_inner_marks() {
        assert_eq!(seen("1.250,5"), [(Number, "1.250,5")]);
        assert_eq!(seen("4.1. Thời")[..2], [(Number, "4.1"), (Punctuation, ".")]);
        assert_eq!(seen("2021-2025"), [(Number, "2021-2025")]);
        assert_eq!(seen("32/13/2025"), [(Number, "32/13/2025")]);
    }

    #[test]
    fn garbled_words_stay_whole() {
        assert_eq!(seen("xdc/D6"), [(Word, "xdc"), (Punctuation, "/"), (Mixed, "D6")]);
        assert_eq!(seen("$6 $60"), [(Mixed, "$6"), (Punctuation, "$"), (Number, "60")]);
        for word in ["ti¢n", "c4ch", "S6", "K&", "CHU'C", "hi€u"] {
            assert_eq!(seen(word), [(Mixed, word)]);
        }
        assert_eq!(seen("S6:265")[0], (Mixed, "S6"));
    }

    #[test]
    fn addresses_are_whole() {
        assert_eq!(
            seen("(vanthu@example.gov.vn)."),
            [(Punctuation, "("), (Address, "vanthu@example.gov.vn"), (Punctuation, ")"), (Punctuation, ".")]
        );
        assert_eq!(seen("https://example.gov.vn/a?b=1, xem")[0], (Address, "https://example.gov.vn/a?b=1"));
    }

    #[test]
    fn a_line_without_end_is_walked_once() {
        let text = "a-1/".repeat(50_000);
        assert_eq!(tokens(&text).map(|t| t.text.len()).sum::<usize>(), text.len());
    }

    proptest! {
        #[test]
        fn tokens_are_the_text(text in "(\\PC|[ \\t\\n/@.:A-Đ0-9&'-]|\\u{301}){0,80}") {
            let mut at = 0;
            for token in tokens(&text) {
                prop_assert_eq!(token.start, at);
                prop_assert!(!token.text.is_empty());
                at += token.text.len();
            }
            let whole: String = tokens(&text).map(|t| t.text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
