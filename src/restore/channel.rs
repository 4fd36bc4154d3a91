//! The error channel: what an engine makes of a printed letter, and at what price.
//!
//! A printed word comes apart into letters, and each letter (or two together) is read as 0 to 3 characters. The price of
//! such a step is -ln P(read | printed) in milli-nats, learned by expectation maximisation from pages whose text is known
//! (`dictionaries/recipes/learn_channel.py`; the idea is Ristad and Yianilos, *Learning string edit distance*, 1998, with
//! the longer steps of Brill and Moore, 2000). Reads the learned table, answers for one observed word at a time. It knows
//! letters only; which words there are, [`super::search`] knows.

use std::borrow::Cow;
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
const SPECK: Cost = 7_500;
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
    one: HashMap<String, Prices>,
    /// By what was read, one character: pairs of letters it may have been, with prices.
    two: HashMap<char, Vec<(u8, u8, Cost)>>,
    /// Price of each letter vanishing.
    lost: Vec<Cost>,
}

/// The price of each letter having been read in one way.
#[derive(Debug, Clone)]
struct Prices {
    of: Vec<Cost>,
    /// The least of the small letters, and of the capitals.
    least: [Cost; 2],
}

impl Prices {
    fn new(of: Vec<Cost>) -> Prices {
        let least = |small: bool| {
            let class = LETTERS.iter().zip(&of).filter(|(c, _)| c.is_lowercase() == small);
            class.map(|(_, &price)| price).min().unwrap_or(NEVER)
        };
        Prices { least: [least(true), least(false)], of }
    }
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
        channel.fill_in();
        channel
    }

    /// Gives every usual character its whole row of prices, so that no search has to make one.
    fn fill_in(&mut self) {
        for c in (' '..='~').chain(LETTERS.iter().copied()) {
            let known = self.one.entry(c.to_string()).or_insert_with(|| Prices::new(Vec::new()));
            known.of = unseen(c, &known.of);
        }
        for (read, prices) in &mut self.one {
            if let (Some(c), true) = (read.chars().next(), read.chars().nth(1).is_none()) {
                prices.of = unseen(c, &prices.of);
            }
            *prices = Prices::new(std::mem::take(&mut prices.of));
        }
    }

    fn add(&mut self, truth: &str, read: &str, cost: Cost) {
        let letters: Option<Vec<u8>> = truth.chars().map(letter_number).collect();
        let read = read.replace('’', "'");
        match (letters.as_deref(), read.chars().next()) {
            (Some(&[letter]), None) => {
                if let Some(price) = self.lost.get_mut(usize::from(letter)) {
                    *price = cost;
                }
            }
            (Some(&[letter]), Some(_)) => {
                let never = || Prices { of: vec![NEVER; LETTERS.len()], least: [NEVER; 2] };
                let row = self.one.entry(read).or_insert_with(never);
                if let Some(price) = row.of.get_mut(usize::from(letter)) {
                    *price = cost.min(*price);
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

    fn position(&self, observed: &[char], at: usize) -> Position<'_> {
        let mut read = String::new();
        let mut one: [Option<Cow<'_, Prices>>; LONGEST] = Default::default();
        for (k, row) in one.iter_mut().enumerate() {
            let Some(&c) = observed.get(at + k) else { break };
            read.push(c);
            *row = match (k, self.one.get(&read)) {
                (_, Some(known)) => Some(Cow::Borrowed(known)),
                (0, None) => Some(Cow::Owned(Prices::new(unseen(c, &[])))),
                (_, None) => None,
            };
        }
        let two = observed.get(at).and_then(|c| self.two.get(c)).map_or(&[][..], Vec::as_slice);
        // A digit says something of its own: it may be a misread letter, never a speck.
        let speck = if observed.get(at).is_some_and(char::is_ascii_digit) { NEVER } else { SPECK };
        let mut seconds = [0; 4];
        two.iter().for_each(|pair| seconds[usize::from(pair.1 >> 6)] |= 1 << (pair.1 & 63));
        Position { one, two, seconds, speck }
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
    at: Vec<Position<'a>>,
    lost: &'a [Cost],
}

/// The steps that begin at one position of an observed word.
#[derive(Debug)]
struct Position<'a> {
    /// By the number of characters read, less one: the prices of the letters, if there are any.
    one: [Option<Cow<'a, Prices>>; LONGEST],
    /// Two letters read as this one character.
    two: &'a [(u8, u8, Cost)],
    /// The numbers of the letters that are second in one of these pairs, a bit each.
    seconds: [u64; 4],
    /// Price of this character standing where nothing was printed.
    speck: Cost,
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
            Some(k) => {
                self.at.get(at).and_then(|p| p.one.get(k)?.as_ref()?.of.get(letter)).copied().unwrap_or(NEVER)
            }
        }
    }

    /// Price of the character at `at` standing where nothing was printed.
    pub fn speck(&self, at: usize) -> Cost {
        self.at.get(at).map_or(NEVER, |position| position.speck)
    }

    /// Price of two letters having been read as the one character at `at`.
    #[inline]
    pub fn price_of_two(&self, first: u8, second: u8, at: usize) -> Option<Cost> {
        let pairs = self.at.get(at)?;
        if pairs.seconds[usize::from(second >> 6)] >> (second & 63) & 1 == 0 {
            return None;
        }
        pairs.two.iter().find(|x| (x.0, x.1) == (first, second)).map(|x| x.2)
    }

    /// The least price of a letter and any other behind it having been read as the one character at `at`.
    pub fn price_of_pair(&self, first: u8, at: usize) -> Option<Cost> {
        self.at.get(at)?.two.iter().filter(|pair| pair.0 == first).map(|pair| pair.2).min()
    }

    /// The prices of each letter in turn, at each position, having been read as one, two or three characters.
    pub fn table(&self) -> Vec<[Cost; LONGEST]> {
        let mut table = vec![[NEVER; LONGEST]; LETTERS.len() * self.len()];
        for (at, position) in self.at.iter().enumerate() {
            for (k, prices) in position.one.iter().enumerate() {
                let Some(prices) = prices else { continue };
                let cells = table.iter_mut().skip(at).step_by(self.len());
                cells.zip(&prices.of).for_each(|(cell, &price)| cell[k] = price);
            }
        }
        table
    }

    /// For each position, a price below which what is read from there on cannot come, be it small letters or capitals.
    pub fn least(&self, capitals: bool) -> Vec<Cost> {
        let mut ahead = vec![0; self.len() + 1];
        for (at, position) in self.at.iter().enumerate().rev() {
            let after = |count: usize| ahead.get(at + count).copied().unwrap_or(NEVER);
            let one =
                position.one.iter().enumerate().filter_map(|(k, prices)| {
                    Some(prices.as_ref()?.least[usize::from(capitals)] + after(k + 1))
                });
            let two = position.two.iter().map(|pair| pair.2 + after(1));
            let least = one.chain(two).chain([position.speck + after(1)]).min().unwrap_or(0);
            ahead[at] = least;
        }
        ahead
    }

    /// For each position, the last one behind the word included, and each letter: a price below which that letter and all
    /// that is read behind it cannot come. `ahead` is what [`Lens::least`] gave.
    pub fn onward(&self, ahead: &[Cost]) -> Vec<Vec<Cost>> {
        let from = |at: usize| {
            let after = |count: usize| ahead.get(at + count).copied().unwrap_or(NEVER);
            let mut onward: Vec<Cost> = self.lost.iter().map(|lost| lost + after(0)).collect();
            for (k, prices) in self.at.get(at).iter().flat_map(|position| position.one.iter().enumerate()) {
                let Some(prices) = prices else { continue };
                let behind = after(k + 1);
                onward.iter_mut().zip(&prices.of).for_each(|(least, price)| *least = (*least).min(price + behind));
            }
            for &(first, _, price) in self.at.get(at).into_iter().flat_map(|position| position.two) {
                let least = &mut onward[usize::from(first)];
                *least = (*least).min(price + after(1));
            }
            onward
        };
        (0..=self.len()).map(from).collect()
    }

    /// Lowers the price of a letter at a position, as the engine's own second choice suggests.
    pub fn suggest(&mut self, at: usize, letter: u8, cost: Cost) {
        let Some(Some(prices)) = self.at.get_mut(at).map(|p| &mut p.one[0]) else { return };
        let prices = prices.to_mut();
        if let Some(price) = prices.of.get_mut(usize::from(letter)) {
            *price = cost.min(*price);
        }
        prices.least = prices.least.map(|least| least.min(cost));
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
