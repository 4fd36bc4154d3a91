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
        let at: Vec<Position<'_>> = (0..observed.len()).map(|at| self.position(observed, at)).collect();
        let mut seconds = [0; 4];
        for position in &at {
            seconds.iter_mut().zip(position.seconds).for_each(|(all, here)| *all |= here);
        }
        Lens { at, seconds, lost: &self.lost }
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

/// A price for each place in a word, that behind its last character included, small enough that eight are added at once.
pub type Cells = [i16; CELLS];
/// More places than any word has that is searched for.
pub const CELLS: usize = 16;
/// A price that leads nowhere: adding to it leaves it as it is.
pub const FAR: i16 = i16::MAX;

/// The prices of one letter over a word, by place.
#[derive(Debug, Clone, Copy)]
pub struct Letter {
    /// It vanished.
    pub lost: i16,
    /// It was read as one, two or three characters, those before the place.
    pub read: [Cells; LONGEST],
}

/// A price as one of many.
pub fn narrow(cost: Cost) -> i16 {
    cost.clamp(0, Cost::from(FAR)) as i16
}

/// Prices from the first place on.
fn cells(costs: &[Cost]) -> Cells {
    let mut cells = [FAR; CELLS];
    cells.iter_mut().zip(costs).for_each(|(cell, &cost)| *cell = narrow(cost));
    cells
}

/// The prices `by` places further on.
fn moved(costs: &Cells, by: usize) -> Cells {
    std::array::from_fn(|at| costs.get(at + by).copied().unwrap_or(FAR))
}

/// Place by place the sum.
#[inline]
pub fn sum(a: &Cells, b: &Cells) -> Cells {
    std::array::from_fn(|at| a[at].saturating_add(b[at]))
}

/// Place by place the lower price.
#[inline]
pub fn least(a: &Cells, b: &Cells) -> Cells {
    std::array::from_fn(|at| a[at].min(b[at]))
}

/// What a channel says about one observed word.
#[derive(Debug)]
pub struct Lens<'a> {
    at: Vec<Position<'a>>,
    /// The seconds of all positions.
    seconds: [u64; 4],
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

    /// Whether a letter is the second of two that may have been read as one character somewhere in the word.
    #[inline]
    pub fn may_be_second(&self, letter: u8) -> bool {
        self.seconds[usize::from(letter >> 6)] >> (letter & 63) & 1 == 1
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

    /// The prices of each letter, by its number.
    pub fn letters(&self) -> Vec<Letter> {
        let letter = |&lost: &Cost| Letter { lost: narrow(lost), read: [[FAR; CELLS]; LONGEST] };
        let mut letters: Vec<Letter> = self.lost.iter().map(letter).collect();
        for (at, position) in self.at.iter().enumerate() {
            for (k, prices) in position.one.iter().enumerate() {
                let Some(prices) = prices else { continue };
                let read = at + k + 1;
                letters
                    .iter_mut()
                    .zip(&prices.of)
                    .for_each(|(letter, &price)| letter.read[k][read] = narrow(price));
            }
        }
        letters
    }

    /// For each letter, a price at each place below which it and all that is read behind it cannot come. `ahead` is what
    /// [`Lens::least`] gave.
    pub fn onward(&self, letters: &[Letter], ahead: &Cells) -> Vec<Cells> {
        let of = |letter: &Letter| {
            let lost = ahead.map(|cost| cost.saturating_add(letter.lost));
            let read = letter.read.iter().zip(1..).map(|(read, k)| moved(&sum(read, ahead), k));
            read.fold(lost, |lowest, read| least(&lowest, &read))
        };
        let mut onward: Vec<Cells> = letters.iter().map(of).collect();
        for (at, position) in self.at.iter().enumerate() {
            for &(first, _, price) in position.two {
                let cell = &mut onward[usize::from(first)][at];
                *cell = (*cell).min(narrow(price).saturating_add(ahead[at + 1]));
            }
        }
        onward
    }

    /// The price of each character standing where nothing was printed.
    pub fn specks(&self) -> Cells {
        cells(&self.at.iter().map(|position| position.speck).collect::<Vec<_>>())
    }

    /// For each position, a price below which what is read from there on cannot come, be it small letters or capitals.
    pub fn least(&self, capitals: bool) -> Cells {
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
        cells(&ahead)
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
        let lens = Channel::learned(damage).over(&observed);
        let letter = lens.letters()[usize::from(letter_number(truth).unwrap())];
        Cost::from(letter.read[observed.len() - 1][observed.len()])
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
