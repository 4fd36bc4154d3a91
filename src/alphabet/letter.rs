//! The Vietnamese letters: which vowel, which tone mark, which case.
//!
//! Reads single composed characters (NFC), answers from one table that the compiler fills. Never
//! looks at neighbours: what a syllable is, [`super::syllable`] knows.

use super::tone::Tone;

/// The twelve vowels, each with its six tones in the order of [`Tone`].
const LOWER: [[char; 6]; 12] = [
    ['a', 'à', 'ả', 'ã', 'á', 'ạ'],
    ['ă', 'ằ', 'ẳ', 'ẵ', 'ắ', 'ặ'],
    ['â', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ'],
    ['e', 'è', 'ẻ', 'ẽ', 'é', 'ẹ'],
    ['ê', 'ề', 'ể', 'ễ', 'ế', 'ệ'],
    ['i', 'ì', 'ỉ', 'ĩ', 'í', 'ị'],
    ['o', 'ò', 'ỏ', 'õ', 'ó', 'ọ'],
    ['ô', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ'],
    ['ơ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ'],
    ['u', 'ù', 'ủ', 'ũ', 'ú', 'ụ'],
    ['ư', 'ừ', 'ử', 'ữ', 'ứ', 'ự'],
    ['y', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ'],
];

/// The same in capitals.
const UPPER: [[char; 6]; 12] = [
    ['A', 'À', 'Ả', 'Ã', 'Á', 'Ạ'],
    ['Ă', 'Ằ', 'Ẳ', 'Ẵ', 'Ắ', 'Ặ'],
    ['Â', 'Ầ', 'Ẩ', 'Ẫ', 'Ấ', 'Ậ'],
    ['E', 'È', 'Ẻ', 'Ẽ', 'É', 'Ẹ'],
    ['Ê', 'Ề', 'Ể', 'Ễ', 'Ế', 'Ệ'],
    ['I', 'Ì', 'Ỉ', 'Ĩ', 'Í', 'Ị'],
    ['O', 'Ò', 'Ỏ', 'Õ', 'Ó', 'Ọ'],
    ['Ô', 'Ồ', 'Ổ', 'Ỗ', 'Ố', 'Ộ'],
    ['Ơ', 'Ờ', 'Ở', 'Ỡ', 'Ớ', 'Ợ'],
    ['U', 'Ù', 'Ủ', 'Ũ', 'Ú', 'Ụ'],
    ['Ư', 'Ừ', 'Ử', 'Ữ', 'Ứ', 'Ự'],
    ['Y', 'Ỳ', 'Ỷ', 'Ỹ', 'Ý', 'Ỵ'],
];

/// The bare letter under each vowel row.
const BARE: [char; 12] = ['a', 'a', 'a', 'e', 'e', 'i', 'o', 'o', 'o', 'u', 'u', 'y'];

/// What the table knows of one letter.
#[derive(Clone, Copy)]
struct Entry {
    /// Row in [`LOWER`] + 1, 13 for đ, 0 for a character that is no marked Vietnamese letter.
    row: u8,
    tone: u8,
    upper: bool,
}

const LATIN_START: u32 = 0xC0;
const LATIN_END: u32 = 0x1B1;
const EXTENDED_START: u32 = 0x1EA0;
const EXTENDED_END: u32 = 0x1EFA;
const LATIN_LEN: usize = (LATIN_END - LATIN_START) as usize;
const TABLE_LEN: usize = LATIN_LEN + (EXTENDED_END - EXTENDED_START) as usize;
const D_ROW: u8 = 13;

const fn slot(c: char) -> Option<usize> {
    let code = c as u32;
    if code >= LATIN_START && code < LATIN_END {
        Some((code - LATIN_START) as usize)
    } else if code >= EXTENDED_START && code < EXTENDED_END {
        Some((code - EXTENDED_START) as usize + LATIN_LEN)
    } else {
        None
    }
}

static TABLE: [Entry; TABLE_LEN] = table();

const fn table() -> [Entry; TABLE_LEN] {
    let mut table = [Entry { row: 0, tone: 0, upper: false }; TABLE_LEN];
    let mut row = 0;
    while row < 12 {
        let mut tone = 0;
        while tone < 6 {
            if let Some(at) = slot(LOWER[row][tone]) {
                table[at] = Entry { row: row as u8 + 1, tone: tone as u8, upper: false };
            }
            if let Some(at) = slot(UPPER[row][tone]) {
                table[at] = Entry { row: row as u8 + 1, tone: tone as u8, upper: true };
            }
            tone += 1;
        }
        row += 1;
    }
    if let Some(at) = slot('đ') {
        table[at] = Entry { row: D_ROW, tone: 0, upper: false };
    }
    // U+00D0, Icelandic eth, is a common mistyping of U+0110.
    if let Some(at) = slot('Đ') {
        table[at] = Entry { row: D_ROW, tone: 0, upper: true };
    }
    if let Some(at) = slot('Ð') {
        table[at] = Entry { row: D_ROW, tone: 0, upper: true };
    }
    table
}

fn entry(c: char) -> Option<Entry> {
    let entry = *TABLE.get(slot(c)?)?;
    (entry.row != 0).then_some(entry)
}

/// The letter bare of every mark, case kept: `ệ` → `e`, `Đ` → `D`; `None` if it isn't a marked Vietnamese letter.
pub(super) fn bare(c: char) -> Option<char> {
    let entry = entry(c)?;
    let lower = BARE.get(usize::from(entry.row) - 1).copied().unwrap_or('d');
    Some(if entry.upper { lower.to_ascii_uppercase() } else { lower })
}

/// The letter without its tone mark, and the tone: `ệ` → (`ê`, nặng), `b` → (`b`, ngang). Case is kept.
#[must_use]
pub fn split_tone(c: char) -> (char, Tone) {
    match entry(c) {
        Some(entry) if entry.row != D_ROW => {
            let rows = if entry.upper { &UPPER } else { &LOWER };
            let letter = rows.get(usize::from(entry.row) - 1).map_or(c, |row| row[0]);
            (letter, Tone::from_index(entry.tone))
        }
        _ => (c, Tone::Level),
    }
}

/// A vowel without tone mark given one: (`ê`, nặng) → `ệ`; any other letter comes back as it is. Case is kept.
#[must_use]
pub fn with_tone(letter: char, tone: Tone) -> char {
    let row = |rows: &[[char; 6]; 12]| rows.iter().position(|row| row[0] == letter);
    let column = tone as usize;
    if let Some(at) = row(&LOWER) {
        return LOWER[at][column];
    }
    row(&UPPER).map_or(letter, |at| UPPER[at][column])
}

/// One of `a ă â e ê i o ô ơ u ư y`, with or without tone mark, either case?
#[must_use]
pub fn is_vowel(c: char) -> bool {
    matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
        || entry(c).is_some_and(|entry| entry.row != D_ROW)
}

/// A letter that Vietnamese words are written with (so not `f j w z`), either case?
#[must_use]
pub fn is_vietnamese(c: char) -> bool {
    if c.is_ascii_alphabetic() {
        !matches!(c.to_ascii_lowercase(), 'f' | 'j' | 'w' | 'z')
    } else {
        entry(c).is_some()
    }
}

/// A letter that only Vietnamese marks make: `đ`, a vowel with quality mark or tone mark.
#[must_use]
pub fn is_marked(c: char) -> bool {
    entry(c).is_some()
}

/// Lower case without allocation; `İ` and the like, whose lower case has two characters, come back as they are.
#[must_use]
pub fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

/// Upper case without allocation; `ß` and the like come back as they are.
#[must_use]
pub fn upper(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_comes_apart_and_together_again() {
        for rows in [LOWER, UPPER] {
            for letter in rows.iter().flatten() {
                let (plain, tone) = split_tone(*letter);
                assert_eq!(with_tone(plain, tone), *letter);
                assert!(is_vowel(*letter));
            }
        }
    }

    #[test]
    fn d_with_stroke_is_a_consonant() {
        assert_eq!(bare('đ'), Some('d'));
        assert_eq!(bare('Đ'), Some('D'));
        assert_eq!(bare('Ð'), Some('D'));
        assert!(!is_vowel('đ'));
        assert_eq!(split_tone('Đ'), ('Đ', Tone::Level));
    }

    #[test]
    fn foreign_letters_are_not_ours() {
        assert!(!is_vietnamese('w') && !is_vietnamese('ü') && is_vietnamese('ữ'));
        assert_eq!(bare('ü'), None);
    }
}
