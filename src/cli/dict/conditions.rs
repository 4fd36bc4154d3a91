//! Texts to measure restoration on: held-out text damaged in known ways, and lists that must come through untouched.
//!
//! Reads held-out paragraphs, gold lists and folders of read pages; produces [`Condition`]s, each a read text beside the
//! true one, line for line. The damage is drawn from a fixed sequence of numbers, so the same text gives the same
//! figures everywhere. Never restores and never measures.

use std::collections::HashMap;
use std::path::Path;

use crate::alphabet::{Token, TokenKind, TonePlacement, fold, nfc, place_tone, tokens};
use crate::dictionary::{DictionaryError, Gazetteer, person_name};
use crate::restore::misreadings;

/// Characters in a line of a typed page.
const LINE: usize = 90;
/// Share of the syllables damaged in nearly right text.
const DAMAGED: f64 = 0.015;

/// Where words are parted or run together a line has a few more or fewer; with more than this, words were lost.
const LOST: usize = 3;

/// How a text comes to the restorer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As running text of unknown origin, each piece whole.
    Text,
    /// As running text, each line by itself.
    Lines,
    /// As words that an engine has just read, fairly sure of them.
    Heard,
}

/// A damaged text beside the true one.
#[derive(Debug, Clone)]
pub struct Condition {
    /// What was done to it.
    pub name: &'static str,
    /// How it is restored.
    pub mode: Mode,
    /// Read and true text, piece by piece, with the same number of lines.
    pub pieces: Vec<(String, String)>,
}

impl Condition {
    /// The same without the lines of which the engine lost words or made some up: those nothing restores.
    pub fn lines_read(&self, name: &'static str) -> Condition {
        let words = |line: &str| line.split_whitespace().count();
        let whole = |(read, truth): &(&str, &str)| words(read).abs_diff(words(truth)) <= LOST;
        let piece = |(read, truth): &(String, String)| {
            let lines = read.lines().zip(truth.lines()).filter(whole);
            lines.fold((String::new(), String::new()), |(read, truth), line| {
                (read + line.0 + "\n", truth + line.1 + "\n")
            })
        };
        Condition { name, mode: self.mode, pieces: self.pieces.iter().map(piece).collect() }
    }
}

/// The conditions that held-out text and the lists of the program give.
pub fn of_text(blocks: &[Vec<String>]) -> Vec<Condition> {
    let truth: Vec<String> = blocks.iter().map(|block| page(block)).collect();
    let same = |name, mode| made(name, mode, &truth, |text| text.to_owned());
    let stripped = |name, mode| made(name, mode, &truth, |text| fold(text).into_owned());
    let nearly = |name, mode| made(name, mode, &truth, damaged);
    vec![
        stripped("stripped, whole pages", Mode::Text),
        stripped("stripped, each line alone", Mode::Lines),
        nearly("nearly right, text", Mode::Text),
        nearly("nearly right, just read", Mode::Heard),
        same("clean, text", Mode::Text),
        same("clean, just read", Mode::Heard),
        untouched("names of persons", persons()),
        untouched("names of communes", communes()),
        untouched("numbers, codes, Latin", foreign()),
    ]
}

fn made(
    name: &'static str,
    mode: Mode,
    truth: &[String],
    mut damage: impl FnMut(&str) -> String,
) -> Condition {
    let pieces = truth.iter().map(|text| (damage(text), text.clone())).collect();
    Condition { name, mode, pieces }
}

fn untouched(name: &'static str, lines: Vec<String>) -> Condition {
    let text = lines.join("\n");
    Condition { name, mode: Mode::Heard, pieces: vec![(text.clone(), text)] }
}

/// Paragraphs as typed pages have them: in lines of fixed length. The older tone placement throughout, as restored text
/// has it: which one a document prefers its bare letters cannot tell.
fn page(paragraphs: &[String]) -> String {
    let mut page = String::new();
    for paragraph in paragraphs {
        let mut length = 0;
        for word in paragraph.split_whitespace() {
            let letters = word.chars().count();
            if length > 0 {
                page.push(if length + letters > LINE { '\n' } else { ' ' });
                length = if length + letters > LINE { 0 } else { length };
            }
            page.push_str(&older_style(word));
            length += letters + 1;
        }
        page.push('\n');
    }
    page
}

/// A word, punctuation and all, composed and with its tones placed the older way.
pub fn older_style(word: &str) -> String {
    tokens(&nfc(word)).map(|token| place_tone(token.text, TonePlacement::Old).into_owned()).collect()
}

/// Nearly right text: 1.5 % of the syllables with one letter as the engine's Vietnamese model misreads it. Syllables that
/// are misread more often are damaged more often, in proportion.
fn damaged(text: &str) -> String {
    let misread = Misread::new();
    let words = || tokens(text).filter(|token| token.kind == TokenKind::Word);
    let mean = words().map(|word| misread.weight(word.text)).sum::<f64>() / words().count().max(1) as f64;
    let mut dice = Dice(text.len() as u64);
    let damage = |token: Token<'_>| match token.kind {
        TokenKind::Word if dice.share() < DAMAGED * misread.weight(token.text) / mean => {
            misread.word(token.text, &mut dice)
        }
        _ => token.text.to_owned(),
    };
    tokens(text).map(damage).collect()
}

/// For each letter, what it may be misread as, with weights.
struct Misread(HashMap<char, Vec<(char, f64)>>);

impl Misread {
    fn new() -> Misread {
        let mut of: HashMap<char, Vec<(char, f64)>> = HashMap::new();
        for (letter, read, cost) in misreadings() {
            of.entry(letter).or_default().push((read, (-f64::from(cost) / 1000.0).exp()));
        }
        Misread(of)
    }

    /// All ways to misread one letter of a word: which, as what, how likely.
    fn ways(&self, word: &str) -> Vec<(usize, char, f64)> {
        let letters = word.chars().enumerate();
        let of = |(at, c): (usize, char)| {
            self.0.get(&c).into_iter().flatten().map(move |&(read, weight)| (at, read, weight))
        };
        letters.flat_map(of).collect()
    }

    fn weight(&self, word: &str) -> f64 {
        self.ways(word).iter().map(|way| way.2).sum()
    }

    /// The word with one of its letters misread.
    fn word(&self, word: &str, dice: &mut Dice) -> String {
        let mut letters: Vec<char> = word.chars().collect();
        let mut left = dice.share() * self.weight(word);
        for (at, read, weight) in self.ways(word) {
            left -= weight;
            if left <= 0.0 {
                letters[at] = read;
                break;
            }
        }
        letters.into_iter().collect()
    }
}

/// Numbers that look drawn by lot and are the same in every run (Steele, Lea, Flood 2014, splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A line for each of the usual given names, with surnames in turn.
fn persons() -> Vec<String> {
    let titles = ["Đồng chí", "Ông", "Bà"];
    let named = person_name::full_names().enumerate();
    named.map(|(n, name)| format!("{} {name}, Phó Trưởng phòng;", titles[n % titles.len()])).collect()
}

fn communes() -> Vec<String> {
    let line = |place: &crate::dictionary::Place| {
        let parts = [place.full_name, place.district, place.province];
        let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        older_style_line(&format!("- {};", named.join(", ")))
    };
    Gazetteer::builtin().iter().map(line).collect()
}

fn older_style_line(line: &str) -> String {
    line.split(' ').map(older_style).collect::<Vec<_>>().join(" ")
}

/// What has letters or digits and is no Vietnamese, in the forms that papers have it.
fn foreign() -> Vec<String> {
    let mails = ["vanthu@example.gov.vn", "phong.nv-01@example.vn", "https://dichvucong.gov.vn/p/home?id=7"];
    let latin =
        ["Microsoft Office", "Zalo", "Google Drive", "Adobe Acrobat", "USB Token", "Samsung Electronics"];
    let line = |n: usize| {
        let (day, month, year) = (n % 28 + 1, n % 12 + 1, 1990 + n % 40);
        format!(
            "Văn bản số {}/{year}/NĐ-CP ngày {day:02}/{month:02}/{year}, mã CT{:03}, số tiền {}.{:03}.{:03} đồng, \
             {} m2, lúc {}h{:02}, phần mềm {} và {}",
            n * 7 + 1,
            n * 3,
            n % 90 + 1,
            n * 37 % 1000,
            n * 91 % 1000,
            n * 13,
            n % 24,
            n * 7 % 60,
            latin[n % latin.len()],
            mails[n % mails.len()]
        )
    };
    (0..300).map(line).collect()
}

/// Pages that an engine read: `NAME.ocr.txt` beside `NAME.truth.txt`, those whose name holds `which`; without those of
/// which the engine read less than half.
///
/// # Errors
/// If the folder or a file can't be read.
pub fn of_pages(
    folder: &Path,
    which: &str,
    name: &'static str,
    mode: Mode,
) -> Result<Condition, DictionaryError> {
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |source| DictionaryError::Read { path, source }
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail(folder))? {
        let file = entry.map_err(fail(folder))?.file_name().to_string_lossy().into_owned();
        names.extend(file.strip_suffix(".ocr.txt").filter(|stem| stem.contains(which)).map(str::to_owned));
    }
    names.sort();
    let read = |name: String| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(fail(&path))
    };
    let pair = |stem: &String| {
        let truth = read(format!("{stem}.truth.txt"))?;
        let truth: Vec<String> = truth.lines().map(older_style_line).collect();
        Ok((read(format!("{stem}.ocr.txt"))?, truth.join("\n") + "\n"))
    };
    let mut pieces = names.iter().map(pair).collect::<Result<Vec<_>, DictionaryError>>()?;
    // Of a page whose print the engine took for a picture there is nothing to restore.
    let words = |text: &str| text.split_whitespace().count();
    pieces.retain(|(read, truth)| words(read) * 2 > words(truth));
    Ok(Condition { name, mode, pieces })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_rare_and_the_same_in_every_run() {
        let truth =
            "Ủy ban nhân dân tỉnh ban hành kế hoạch tổ chức hội nghị cải cách hành chính\n".repeat(200);
        let read = damaged(&truth);
        let wrong = read.split_whitespace().zip(truth.split_whitespace()).filter(|(a, b)| a != b).count();
        assert!((20..=80).contains(&wrong), "{wrong} of 3200");
        assert_eq!(read, damaged(&truth));
    }

    #[test]
    fn paragraphs_are_wrapped_and_no_word_is_lost() {
        let paragraph = "một hai ba bốn năm sáu bảy tám chín mười ".repeat(8);
        let page = page(std::slice::from_ref(&paragraph));
        assert!(page.lines().count() > 2 && page.lines().all(|line| line.chars().count() <= LINE));
        assert!(page.split_whitespace().eq(paragraph.split_whitespace()));
    }
}
