//! The error channel: what an engine makes of a printed letter, and at what price.
//!
//! A printed word comes apart into letters, and each letter (or two together) is read as 0 to 3 characters. The price of
//! such a step is -ln P(read | printed) in milli-nats, learned by expectation maximisation from pages whose text is known
//! (`dictionaries/recipes/learn_channel.py`; the idea is Ristad and Yianilos, *Learning string edit distance*, 1998, with
//! the longer steps of Brill and Moore, 2000). Reads the learned table, answers for one observed word at a time. It knows
//! letters only; which words there are, [`super::search`] knows.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::alphabet::{fold_char, is_marked, lower, upper};

pub use crate::dictionary::Cost;

/// A step that is never taken.
pub const NEVER: Cost = 1 << 24;
/// Price of reading a letter as an unrelated one that the table doesn't know.
const ANY_LETTER: Cost = 9_000;
/// The same where both share the bare letter: the marks alone were misread.
const ANY_MARK: Cost = 6_500;
/// Price of a printed letter that vanished, unless the table knows better.
const LOST: Cost = 8_500;
/// Price of a character read where none was printed.
pub const SPECK: Cost = 7_500;
/// Characters one printed letter may be read as.
pub const LONGEST: usize = 3;

/// Which engine model made the damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Damage {
    /// An English model read Vietnamese print.
    English,
    /// The Vietnamese model read a poor image.
    Vietnamese,
}

/// The letters a printed word may hold, in code point order; their place here is their number.
static LETTERS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let ascii = ('A'..='Z').chain('a'..='z');
    ascii.chain(('\u{c0}'..='\u{1ef9}').filter(|&c| is_marked(c) && c != 'Ð')).collect()
});

/// The number of a letter; `None` for anything a Vietnamese or Latin word isn't written with.
pub fn letter_number(c: char) -> Option<u8> {
    LETTERS.binary_search(&c).ok().and_then(|at| u8::try_from(at).ok())
}

/// For each letter's number, that of its capital.
static CAPITALS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    LETTERS.iter().enumerate().map(|(at, &c)| letter_number(upper(c)).unwrap_or(at as u8)).collect()
});

/// The number of the capital of a letter.
pub fn capital(letter: u8) -> u8 {
    CAPITALS.get(usize::from(letter)).copied().unwrap_or(letter)
}

/// The learned prices of one kind of damage.
#[derive(Debug)]
pub struct Channel {
    /// By what was read: a price for each letter.
    one: HashMap<String, Vec<Cost>>,
    /// By what was read, one character: pairs of letters it may have been, with prices.
    two: HashMap<char, Vec<(u8, u8, Cost)>>,
    /// Price of each letter vanishing.
    lost: Vec<Cost>,
}

impl Channel {
    /// The prices learned from the pages that the recipe makes; the table is part of the program.
    pub fn learned(damage: Damage) -> &'static Channel {
        static ENGLISH: LazyLock<Channel> = LazyLock::new(|| Channel::parse(TABLE, "eng"));
        static VIETNAMESE: LazyLock<Channel> = LazyLock::new(|| Channel::parse(TABLE, "vie"));
        match damage {
            Damage::English => &ENGLISH,
            Damage::Vietnamese => &VIETNAMESE,
        }
    }

    /// Reads the rows `model, truth, read, cost` of one model; rows it can't make sense of are passed over.
    fn parse(table: &str, model: &str) -> Channel {
        let mut channel =
            Channel { one: HashMap::new(), two: HashMap::new(), lost: vec![LOST; LETTERS.len()] };
        for row in table.lines() {
            let fields: Vec<&str> = row.split('\t').collect();
            if let [of, truth, read, cost] = fields[..]
                && of == model
                && let Ok(cost) = cost.parse()
            {
                channel.add(truth, read, cost);
            }
        }
        channel
    }

    fn add(&mut self, truth: &str, read: &str, cost: Cost) {
        let letters: Option<Vec<u8>> = truth.chars().map(letter_number).collect();
        match (letters.as_deref(), read.chars().next()) {
            (Some(&[letter]), None) => {
                if let Some(price) = self.lost.get_mut(usize::from(letter)) {
                    *price = cost;
                }
            }
            (Some(&[letter]), Some(_)) => {
                let row = self.one.entry(read.to_owned()).or_insert_with(|| vec![NEVER; LETTERS.len()]);
                if let Some(price) = row.get_mut(usize::from(letter)) {
                    *price = cost;
                }
            }
            (Some(&[first, second]), Some(c)) => self.two.entry(c).or_default().push((first, second, cost)),
            _ => {}
        }
    }

    /// The prices for one observed word, position by position.
    pub fn over(&self, observed: &[char]) -> Lens<'_> {
        let at = (0..observed.len()).map(|at| self.position(observed, at)).collect();
        Lens { at, lost: &self.lost }
    }

    fn position(&self, observed: &[char], at: usize) -> Position {
        let mut read = String::new();
        let mut one: [Vec<Cost>; LONGEST] = Default::default();
        for (k, row) in one.iter_mut().enumerate() {
            let Some(&c) = observed.get(at + k) else { break };
            read.push(c);
            let known = self.one.get(&read);
            *row = match (k, known) {
                (0, _) => unseen(c, known.map_or(&[], Vec::as_slice)),
                (_, Some(known)) => known.clone(),
                (_, None) => Vec::new(),
            };
        }
        let two = observed.get(at).and_then(|c| self.two.get(c)).cloned().unwrap_or_default();
        Position { one, two }
    }
}

/// The learned prices of reading `c`, with the general price where nothing was learned.
fn unseen(c: char, known: &[Cost]) -> Vec<Cost> {
    let price = |(at, &letter): (usize, &char)| {
        let general = match fold_char(lower(letter)) == fold_char(lower(c)) {
            true if letter == c => 0,
            true => ANY_MARK,
            false => ANY_LETTER,
        };
        known.get(at).copied().unwrap_or(NEVER).min(general)
    };
    LETTERS.iter().enumerate().map(price).collect()
}

/// The learned table, as the recipe wrote it.
static TABLE: &str = include_str!("../../dictionaries/channel.tsv");

/// How the Vietnamese model misreads letters: printed, read, price (milli-nats). One letter for one letter.
pub fn misreadings() -> impl Iterator<Item = (char, char, Cost)> {
    let letter = |text: &str| text.chars().next().filter(|c| c.is_alphabetic() && text.chars().count() == 1);
    TABLE.lines().filter_map(move |row| match row.split('\t').collect::<Vec<_>>()[..] {
        ["vie", truth, read, cost] if truth != read => {
            Some((letter(truth)?, letter(read)?, cost.parse().ok()?))
        }
        _ => None,
    })
}

/// What a channel says about one observed word.
#[derive(Debug)]
pub struct Lens<'a> {
    at: Vec<Position>,
    lost: &'a [Cost],
}

/// The steps that begin at one position of an observed word.
#[derive(Debug)]
struct Position {
    /// By the number of characters read, less one: a price for each letter; empty if there is none.
    one: [Vec<Cost>; LONGEST],
    /// Two letters read as this one character.
    two: Vec<(u8, u8, Cost)>,
}

impl Lens<'_> {
    /// Number of observed characters.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Price of `letter` having been read as the `count` characters from `at` on.
    pub fn price(&self, letter: u8, at: usize, count: usize) -> Cost {
        let letter = usize::from(letter);
        match count.checked_sub(1) {
            None => self.lost.get(letter).copied().unwrap_or(LOST),
            Some(k) => self.at.get(at).and_then(|p| p.one.get(k)?.get(letter)).copied().unwrap_or(NEVER),
        }
    }

    /// Price of two letters having been read as the one character at `at`.
    pub fn price_of_two(&self, first: u8, second: u8, at: usize) -> Cost {
        let pairs = self.at.get(at).map_or(&[][..], |p| p.two.as_slice());
        pairs.iter().find(|x| (x.0, x.1) == (first, second)).map_or(NEVER, |x| x.2)
    }

    /// Lowers the price of a letter at a position, as the engine's own second choice suggests.
    pub fn suggest(&mut self, at: usize, letter: u8, cost: Cost) {
        if let Some(price) = self.at.get_mut(at).and_then(|p| p.one[0].get_mut(usize::from(letter))) {
            *price = cost.min(*price);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(damage: Damage, truth: char, read: &str) -> Cost {
        let observed: Vec<char> = read.chars().collect();
        Channel::learned(damage).over(&observed).price(letter_number(truth).unwrap(), 0, observed.len())
    }

    #[test]
    fn what_the_english_model_makes_of_hats_and_horns_is_cheap() {
        for (truth, read) in [('ố', "6"), ('ệ', "¢"), ('Đ', "P"), ('ạ', "a"), ('á', "4")] {
            let (known, wild) = (price(Damage::English, truth, read), price(Damage::English, 'x', read));
            assert!(known + 1_500 < wild, "{truth} read as {read}: {known}, x: {wild}");
        }
    }

    #[test]
    fn the_vietnamese_model_mostly_reads_what_is_there() {
        assert!(price(Damage::Vietnamese, 'ổ', "ổ") < 400);
        assert!(price(Damage::Vietnamese, 'ổ', "ô") < 5_000);
        assert!(price(Damage::Vietnamese, 'n', "n") < 100);
    }
}
