//! Markers: the numbers, letters and dashes that open a section, an article or a list item.
//!
//! [`read`] takes a marker as printed; [`readings`] adds what a misread one may have been (`I11.` → `III.`,
//! `|.` → `I.`, `l.` → `1.` or `I.`), likest first, so that the reader of a paper can choose by the place in the
//! sequence. Works on the first token or two of a text, in constant time. Never decides what a marker means.

use std::sync::LazyLock;

use regex::Regex;

use crate::alphabet::fold_key;

/// The kinds of marker, in the order in which papers nest them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkerKind {
    /// `Phần thứ nhất`, `Phần I`
    Part,
    /// `Chương I`
    Chapter,
    /// `Mục 1`
    Division,
    /// `Điều 1.`
    Article,
    /// `A.`
    Upper,
    /// `I.`
    Roman,
    /// `1.`, and with more numbers `1.1.`
    Arabic,
    /// `1)` or `(1)`
    Bracketed,
    /// `a)`
    Letter,
    /// `-`
    Dash,
    /// `+`
    Plus,
    /// `*`, `•`
    Dot,
}

impl MarkerKind {
    /// Whether its items are counted.
    #[must_use]
    pub fn is_numbered(self) -> bool {
        !self.is_bullet()
    }

    /// A dash, a plus or a dot.
    #[must_use]
    pub fn is_bullet(self) -> bool {
        matches!(self, Self::Dash | Self::Plus | Self::Dot)
    }
}

/// A marker at the head of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Which kind.
    pub kind: MarkerKind,
    /// Its numbers: one, or several for `4.1.2.`; empty for a bullet.
    pub numbers: Vec<u32>,
    /// In the style printed, misreadings put right: `III.`, `a)`, `-`.
    pub text: String,
    /// Bytes of the text it takes, the blanks after it included.
    pub length: usize,
}

impl Marker {
    /// Its last number; 0 for a bullet.
    #[must_use]
    pub fn ordinal(&self) -> u32 {
        self.numbers.last().copied().unwrap_or(0)
    }
}

/// Vietnamese enumerator letters in their order; papers may leave `đ` out.
const LETTERS: &str = "abcdđeghiklmnopqrstuvxy";

static ARABIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[_~'`‘.]?(\d{1,2}(?:\.\d{1,2}){0,11})([.)/:]?)(-?)[.,]?(\s+|$)").expect("a valid pattern")
});
static ARABIC_GLUED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\d{1,2}(?:\.\d{1,2}){0,11})([.)]|/-)(\p{Lu})").expect("a valid pattern"));
static BRACKETED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\((\d{1,2}|\p{Ll})\)\s*").expect("a valid pattern"));
static ROMAN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([IVXL]{1,6})(/-|[./):]|\s*-|)(\s+|$)").expect("a valid pattern"));
static ROMAN_GLUED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([IVX]{1,5})([.]|/?-)\p{Lu}{2}").expect("a valid pattern"));
static LETTER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\p{Ll})([.)]|/-?)(\s*)").expect("a valid pattern"));
static UPPER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([A-HĐK])([.)/])\s+").expect("a valid pattern"));
static BULLET: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([-–—−+*•●▪·◦])(\s*)(\S?)").expect("a valid pattern"));
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)(phần|chương|mục|điều)\s*(thứ\s+)?([IVXLivxl]{1,6}|\d{1,3}|\p{L}{1,5})\b([.:;]?)-?\s*")
        .expect("a valid pattern")
});
static DAMAGED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^([IVXLYTHilj1|!íìÍÌ\[\]]{1,6})([.,:)]|/?-|)(\s+|$)").expect("a valid pattern")
});
/// Figures with letters among them that look like one.
static CONFUSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^([\dSsOoZzIl|\]]{1,2}(?:\.[\dSsOoZzIl|\]]{1,2}){0,4})([.)])(\s+|$)")
        .expect("a valid pattern")
});
/// What engines make of a `c` before a bracket.
static SIGN_FOR_LETTER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([€©¢øØ])\)\s*").expect("a valid pattern"));

/// The marker a text opens with, as printed.
#[must_use]
pub fn read(text: &str) -> Option<Marker> {
    named(text)
        .or_else(|| arabic(text))
        .or_else(|| roman(text))
        .or_else(|| upper(text))
        .or_else(|| letter(text))
        .or_else(|| bracketed(text))
        .or_else(|| bullet(text))
}

/// All markers the text may open with: the printed one first, then what a misread one may have been.
#[must_use]
pub fn readings(text: &str) -> Vec<Marker> {
    let mut all: Vec<Marker> = read(text).into_iter().collect();
    let others = [roman(text), upper(text), letter(text), confused(text), sign(text), tailed(text)];
    for marker in others.into_iter().flatten().chain(damaged(text)).chain(bare_stroke(text)) {
        if !all.iter().any(|known| known.kind == marker.kind && known.numbers == marker.numbers) {
            all.push(marker);
        }
    }
    all
}

fn named(text: &str) -> Option<Marker> {
    let found = NAMED.captures(text)?;
    let (name, number, stop) = (found.get(1)?, found.get(3)?.as_str(), found.get(4)?.as_str());
    let kind = match fold_key(name.as_str()).as_str() {
        "phan" => MarkerKind::Part,
        "chuong" => MarkerKind::Chapter,
        "muc" => MarkerKind::Division,
        _ => MarkerKind::Article,
    };
    let one = kind == MarkerKind::Article && matches!(number, "l" | "I" | "i");
    let number = if one { "1" } else { number };
    let value =
        number.parse().ok().or_else(|| roman_value(&number.to_uppercase())).or_else(|| spelt(number))?;
    let rest = text.get(found.get(0)?.end()..)?;
    // `Điều 5 của Quy chế` is a citation, not an opening.
    let opens = !stop.is_empty() || kind != MarkerKind::Article && !rest.starts_with(char::is_lowercase);
    (opens && name.as_str().starts_with(char::is_uppercase)).then(|| Marker {
        kind,
        numbers: vec![value],
        text: format!(
            "{} {}{number}{}",
            name.as_str(),
            found.get(2).map_or("", |m| m.as_str()),
            if stop == ";" { ":" } else { stop }
        ),
        length: found.get(0).map_or(0, |m| m.end()),
    })
}

fn spelt(number: &str) -> Option<u32> {
    let words = ["nhat", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi"];
    let key = fold_key(number);
    words.iter().position(|word| *word == key).and_then(|index| u32::try_from(index + 1).ok())
}

fn arabic(text: &str) -> Option<Marker> {
    let (numbers, stop, length) = match ARABIC.captures(text) {
        Some(found) => {
            let dash = found.get(3).map_or("", |m| m.as_str());
            let stop = format!("{}{dash}", found.get(2).map_or("", |m| m.as_str()));
            (found.get(1)?.as_str(), stop, found.get(0)?.end())
        }
        None => {
            let found = ARABIC_GLUED.captures(text)?;
            (found.get(1)?.as_str(), found.get(2)?.as_str().to_owned(), found.get(3)?.start())
        }
    };
    if stop.is_empty() && !numbers.contains('.') {
        return None;
    }
    let kind = if stop == ")" { MarkerKind::Bracketed } else { MarkerKind::Arabic };
    let values: Vec<u32> = numbers.split('.').map(|n| n.parse().unwrap_or(0)).collect();
    (!values.contains(&0)).then(|| Marker { kind, numbers: values, text: format!("{numbers}{stop}"), length })
}

fn bracketed(text: &str) -> Option<Marker> {
    let found = BRACKETED.captures(text)?;
    let inner = found.get(1)?.as_str();
    let value = inner.parse().ok().or_else(|| letter_value(inner.chars().next()?))?;
    let kind = if inner.starts_with(|c: char| c.is_ascii_digit()) {
        MarkerKind::Bracketed
    } else {
        MarkerKind::Letter
    };
    Some(Marker { kind, numbers: vec![value], text: format!("({inner})"), length: found.get(0)?.end() })
}

fn roman(text: &str) -> Option<Marker> {
    let found = ROMAN.captures(text).or_else(|| ROMAN_GLUED.captures(text))?;
    let (numeral, stop) = (found.get(1)?.as_str(), found.get(2)?.as_str());
    let value = roman_value(numeral)?;
    // Without a stop only what cannot be a word or an initial counts.
    let certain = !stop.is_empty() || numeral.len() > 1;
    certain.then(|| Marker {
        kind: MarkerKind::Roman,
        numbers: vec![value],
        text: format!("{numeral}{stop}"),
        length: found.get(3).or(found.get(2)).map_or(0, |m| m.end()),
    })
}

fn upper(text: &str) -> Option<Marker> {
    let found = UPPER.captures(text)?;
    let letter = found.get(1)?.as_str();
    let value = letter_value(letter.to_lowercase().chars().next()?)?;
    let length = found.get(0)?.end();
    Some(Marker {
        kind: MarkerKind::Upper,
        numbers: vec![value],
        text: text.get(..length)?.trim_end().to_owned(),
        length,
    })
}

fn letter(text: &str) -> Option<Marker> {
    let found = LETTER.captures(text)?;
    let (printed, stop) = (found.get(1)?.as_str().chars().next()?, found.get(2)?.as_str());
    let spaced = !found.get(3)?.as_str().is_empty();
    let length = found.get(0)?.end();
    // `a.` glued to a word is an abbreviation; `a)Sở` is not.
    if !spaced && stop != ")" && stop != "/-" {
        return None;
    }
    let value = letter_value(printed)?;
    let shown = if LETTERS.contains(printed) { printed } else { crate::alphabet::fold_char(printed) };
    Some(Marker { kind: MarkerKind::Letter, numbers: vec![value], text: format!("{shown}{stop}"), length })
}

fn bullet(text: &str) -> Option<Marker> {
    let found = BULLET.captures(text)?;
    let (sign, spaced, next) = (found.get(1)?.as_str(), !found.get(2)?.as_str().is_empty(), found.get(3)?);
    // `2025` / `- 2030`: the rest of a span of years.
    let rest = text.get(next.start()..)?;
    let figure = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    if figure.len() == 4 && !rest.get(4..)?.trim_start().starts_with(char::is_alphabetic) {
        return None;
    }
    let glued_letter = next.as_str().starts_with(char::is_alphabetic);
    if !(spaced || glued_letter) || next.as_str().is_empty() {
        return None;
    }
    let (kind, text) = match sign {
        "+" => (MarkerKind::Plus, "+"),
        "-" | "–" | "—" | "−" => (MarkerKind::Dash, "-"),
        other => (MarkerKind::Dot, other),
    };
    Some(Marker { kind, numbers: Vec::new(), text: text.to_owned(), length: next.start() })
}

/// A number some of whose figures were read as letters: `S.` → `5.`, `1O.` → `10.`, `4.l.` → `4.1.`
fn confused(text: &str) -> Option<Marker> {
    let found = CONFUSED.captures(text)?;
    let (token, stop) = (found.get(1)?.as_str(), found.get(2)?.as_str());
    let figures: String = token.chars().map(as_figure).collect();
    let numbers: Vec<u32> = figures.split('.').map(|n| n.parse().unwrap_or(0)).collect();
    let kind = if stop == ")" { MarkerKind::Bracketed } else { MarkerKind::Arabic };
    let misread = figures != token && !numbers.contains(&0);
    let text = format!("{figures}{stop}");
    misread.then(|| Marker { kind, numbers, text, length: found.get(0).map_or(0, |m| m.end()) })
}

fn as_figure(c: char) -> char {
    match c {
        'S' | 's' => '5',
        'O' | 'o' => '0',
        'Z' | 'z' => '2',
        'I' | 'l' | '|' | ']' => '1',
        other => other,
    }
}

/// `€)` for `c)`, `ø)` for `g)`.
fn sign(text: &str) -> Option<Marker> {
    let found = SIGN_FOR_LETTER.captures(text)?;
    let letter = if found.get(1)?.as_str().contains(['ø', 'Ø']) { 'g' } else { 'c' };
    Some(Marker {
        kind: MarkerKind::Letter,
        numbers: vec![letter_value(letter)?],
        text: format!("{letter})"),
        length: found.get(0)?.end(),
    })
}

/// `đ)` whose stroke was lost, or `d)` with one too many.
fn tailed(text: &str) -> Option<Marker> {
    let marker = letter(text)?;
    let other = match marker.text.chars().next()? {
        'd' => 'đ',
        'đ' => 'd',
        _ => return None,
    };
    let text = marker.text.replacen(['d', 'đ'], &other.to_string(), 1);
    Some(Marker { numbers: vec![letter_value(other)?], text, ..marker })
}

/// A stroke before a heading, its stop lost: `L Số liệu` for `I. Số liệu`.
fn bare_stroke(text: &str) -> Option<Marker> {
    let (stroke, heading) = text.split_once(' ')?;
    let short = heading.chars().count() < 90 && !heading.ends_with(['.', ';', ',']);
    let opens = matches!(stroke, "L" | "I" | "|" | "[" | "l") && heading.starts_with(char::is_uppercase);
    (opens && short).then(|| Marker {
        kind: MarkerKind::Roman,
        numbers: vec![1],
        text: "I.".to_owned(),
        length: stroke.len() + 1,
    })
}

/// What a token of strokes may have been: a Roman numeral, an Arabic number of ones.
fn damaged(text: &str) -> Vec<Marker> {
    let Some(found) = DAMAGED.captures(text) else { return Vec::new() };
    let (Some(token), Some(stop), Some(whole)) = (found.get(1), found.get(2), found.get(0)) else {
        return Vec::new();
    };
    let stop = if stop.as_str() == "," { "." } else { stop.as_str() };
    // Two strokes that touch are read as an H; the foot of an I as that of an L: no paper counts to fifty.
    let numeral: String = token.as_str().replace('H', "II").chars().map(as_roman).collect();
    let digits: String =
        token.as_str().chars().map(|c| if "Il1|!ijíìÍÌ[]".contains(c) { '1' } else { 'x' }).collect();
    let mut all = Vec::new();
    // `TT` is the head of a table.
    let bare = stop.is_empty() && (numeral.len() < 2 || token.as_str().contains(['T', 'Y']));
    if let (Some(value), false) = (roman_value(&numeral), bare) {
        let text = format!("{numeral}{stop}");
        all.push(Marker { kind: MarkerKind::Roman, numbers: vec![value], text, length: whole.end() });
    }
    if let Some(value) =
        roman_value(&format!("{numeral}I")).filter(|_| numeral.ends_with("II") || numeral.ends_with("VI"))
    {
        // One of several strokes was lost: it counts only where the sequence asks for it.
        let text = format!("{numeral}I{stop}");
        all.push(Marker { kind: MarkerKind::Roman, numbers: vec![value], text, length: whole.end() });
    }
    if let (Ok(value), false) = (digits.parse::<u32>(), stop.is_empty() || digits.len() > 2) {
        let text = format!("{digits}{stop}");
        all.push(Marker { kind: MarkerKind::Arabic, numbers: vec![value], text, length: whole.end() });
    }
    all
}

fn as_roman(c: char) -> char {
    match c {
        'V' | 'Y' => 'V',
        'X' => 'X',
        _ => 'I',
    }
}

fn letter_value(letter: char) -> Option<u32> {
    let bare = if LETTERS.contains(letter) { letter } else { crate::alphabet::fold_char(letter) };
    LETTERS.chars().position(|c| c == bare).and_then(|index| u32::try_from(index + 1).ok())
}

/// The value of a Roman numeral from 1 to 49 in its one right spelling.
#[must_use]
pub fn roman_value(numeral: &str) -> Option<u32> {
    (1..50).find(|value| roman_numeral(*value) == numeral)
}

/// The Roman numeral of a value below 50.
#[must_use]
pub fn roman_numeral(value: u32) -> String {
    let steps = [(40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut rest = value;
    let mut numeral = String::new();
    for (step, sign) in steps {
        while rest >= step && numeral.len() < 12 {
            numeral.push_str(sign);
            rest -= step;
        }
    }
    numeral
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Option<(MarkerKind, String, String)> {
        read(text).map(|m| (m.kind, m.text.clone(), text[m.length..].to_owned()))
    }

    #[test]
    fn markers_are_read_as_printed() {
        let cases = [
            ("III. TỔ CHỨC", MarkerKind::Roman, "III.", "TỔ CHỨC"),
            ("4.1.1. Đại biểu", MarkerKind::Arabic, "4.1.1.", "Đại biểu"),
            ("4.1 Đại biểu", MarkerKind::Arabic, "4.1", "Đại biểu"),
            ("1.Mục đích", MarkerKind::Arabic, "1.", "Mục đích"),
            ("đ) Công an", MarkerKind::Letter, "đ)", "Công an"),
            ("-Đài THVN", MarkerKind::Dash, "-", "Đài THVN"),
            ("– Sở Tài chính", MarkerKind::Dash, "-", "Sở Tài chính"),
            ("Điều 3. Sở Nội vụ", MarkerKind::Article, "Điều 3.", "Sở Nội vụ"),
            ("Chương II QUY ĐỊNH CHUNG", MarkerKind::Chapter, "Chương II", "QUY ĐỊNH CHUNG"),
            ("A. TÌNH HÌNH CHUNG", MarkerKind::Upper, "A.", "TÌNH HÌNH CHUNG"),
            ("1/-Thành lập", MarkerKind::Arabic, "1/-", "Thành lập"),
            ("b/-Chế độ báo cáo", MarkerKind::Letter, "b/-", "Chế độ báo cáo"),
            ("I- MỤC ĐÍCH", MarkerKind::Roman, "I-", "MỤC ĐÍCH"),
            ("Điều1:- Phê duyệt", MarkerKind::Article, "Điều 1:", "Phê duyệt"),
            ("Điều l. Ban hành", MarkerKind::Article, "Điều 1.", "Ban hành"),
        ];
        for (text, kind, marker, rest) in cases {
            assert_eq!(seen(text), Some((kind, marker.to_owned(), rest.to_owned())), "{text}");
        }
    }

    #[test]
    fn numbers_of_other_kinds_are_no_markers() {
        for text in
            ["2025. Năm nay", "12/2024/NĐ-CP", "Điều 5 của Quy chế này", "-5 độ", "Vì vậy", "7h30 - 8h00"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_misread_numeral_has_its_true_reading_among_its_readings() {
        for (text, value) in [("I11. TO CHUC", 3), ("II1. TỔ", 3), ("|. MỤC ĐÍCH", 1), ("lV. KINH PHÍ", 4)]
        {
            let found =
                readings(text).into_iter().any(|m| m.kind == MarkerKind::Roman && m.numbers == [value]);
            assert!(found, "{text}");
        }
        let others = [
            ("S. Chương trình", MarkerKind::Arabic, vec![5]),
            ("1O. Kinh phí", MarkerKind::Arabic, vec![10]),
            ("4.l. Đại biểu", MarkerKind::Arabic, vec![4, 1]),
            ("d) Sở Y tế", MarkerKind::Letter, vec![5]),
            ("€) Sở Xây dựng", MarkerKind::Letter, vec![3]),
            ("L- MỤC ĐÍCH", MarkerKind::Roman, vec![1]),
            ("L Số liệu", MarkerKind::Roman, vec![1]),
        ];
        for (text, kind, numbers) in others {
            assert!(readings(text).iter().any(|m| m.kind == kind && m.numbers == numbers), "{text}");
        }
    }
}
