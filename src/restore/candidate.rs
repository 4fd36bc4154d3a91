//! What an observed word may stand for: the arcs of the lattice.
//!
//! By the level of damage: the same letters with other marks (dictionary key), misread letters (error channel), the
//! engine's own second choices, two words read as one or one read as two. The word as read is always among them.
//! Prices weigh the observation against each candidate alone and its case in its place; neighbours are the language
//! model's affair.

use std::sync::Arc as Shared;

use crate::alphabet::{
    CasePattern, TokenKind, canonical, case_of, fold_key, is_bare_syllable, is_marked, is_possible_syllable,
    lower, nfc, upper,
};
use crate::dictionary::person_name::is_surname;
use crate::dictionary::vocabulary::{NUMBER, UNKNOWN};
use crate::dictionary::{Dictionary, WordId};

use super::channel::{Channel, Cost, Damage, letter_number};
use super::dress::{Written, dress_of};
use super::lattice::Arc;
use super::level::Level;
use super::memory::{Key, Memory};
use super::protect;
use super::restored_page::EditSource;
use super::search::{Dress, Found, LONGEST_WORD, Limits, Trie};

/// Candidates of one observed word that go on to the decoder, at most.
const MOST: usize = 24;
/// A candidate dearer than the best by this much, rarity counted in, is dropped: the less so the less the letters are sure.
fn spread(level: Level) -> Cost {
    match level {
        Level::Stripped => 9_000,
        Level::Right => 11_000,
        Level::Garbled => 13_000,
    }
}

/// Price of another case than the one read, beside what the channel says.
const RECASED: Cost = 2_500;
/// See [`RECASED`], for a word of two letters.
const RECASED_SHORT: Cost = 500;
/// What is searched for where letters are misread.
const FAR: Limits = Limits { cost: 13_000, worth: 23_000, spread: 7_000, most: 40 };
/// What is searched for where next to all is right: farther words only cast doubt on it.
const NEAR: Limits = Limits { cost: 8_000, worth: 23_000, spread: 9_000, most: 40 };
/// Price of signs and marks that no word in print has.
const DAMAGED: Cost = 5_000;
/// Price of a word that is no syllable and known from slips alone.
const MISSPELT: Cost = 4_000;
/// A word with the same letters that is so much commoner makes a slip of the other.
const FAR_COMMONER: Cost = 4_000;
/// Price of a word the dictionary doesn't know: to begin with, and for each letter.
const FOREIGN: Cost = 7_000;
/// See [`FOREIGN`].
const FOREIGN_LETTER: Cost = 1_000;
/// The same where letters are misread: more of what looks foreign is damage.
const FOREIGN_LETTER_GARBLED: Cost = 2_000;

/// Price of a word in the place of a number.
const NO_NUMBER: Cost = 3_000;
/// Price of another word in the place of a surname.
const NO_SURNAME: Cost = 3_500;

/// A letter that the engine named at a price below this counts as its own suggestion.
const LIKELY: Cost = 3_100;

/// One observed word in its place.
#[derive(Debug, Clone, Copy)]
pub struct Observed<'a> {
    /// As read.
    pub text: &'a str,
    /// What the tokeniser takes it for.
    pub kind: TokenKind,
    /// A sentence or a line item begins here: a capital says nothing.
    pub opens: bool,
    /// The line is set in capitals.
    pub capitals: bool,
    /// An abbreviation that the document uses.
    pub abbreviation: bool,
    /// It stands where a person's surname would.
    pub surname: bool,
    /// How much a word as read is favoured over any other, milli-nats.
    pub keep: Cost,
    /// The engine's second choices: (character of the word, letter, price).
    pub choices: &'a [(usize, u8, Cost)],
}

/// The arcs of one observed word, each with the text it stands for.
#[derive(Debug, Clone)]
pub struct Readings {
    /// Cheapest first.
    pub arcs: Shared<[Arc]>,
    /// For each arc, how it is written.
    pub written: Shared<[Written]>,
}

impl Readings {
    /// The arcs, each cheaper by what `favour` says of its word.
    pub fn favouring(self, mut favour: impl FnMut(WordId) -> Cost) -> Readings {
        if self.arcs.len() < 2 {
            return self;
        }
        let mut price = |arc: &Arc| if arc.glued { 0 } else { favour(arc.words[0]) };
        let arcs = self.arcs.iter().map(|arc| Arc { cost: arc.cost - price(arc), ..*arc });
        Readings { arcs: arcs.collect(), written: self.written }
    }
}

/// Finds candidates; remembers what it found, since the words of papers repeat.
pub struct Finder<'d> {
    pub(super) dictionary: &'d Dictionary,
    trie: &'d Trie,
    /// What was found before, in this document or another.
    pub memory: Memory,
}

impl<'d> Finder<'d> {
    /// A finder over a dictionary and the trie of its words.
    pub fn new(dictionary: &'d Dictionary, trie: &'d Trie, memory: Memory) -> Self {
        Finder { dictionary, trie, memory }
    }

    /// The arcs for one observed word.
    pub fn readings(&mut self, observed: &Observed<'_>, level: Level) -> Readings {
        let key = Key {
            level,
            kind: observed.kind,
            opens: observed.opens,
            capitals: observed.capitals,
            abbreviation: observed.abbreviation,
            surname: observed.surname,
            keep: observed.keep,
        };
        if !observed.choices.is_empty() {
            return self.make_readings(observed, level);
        }
        if let Some(known) = self.memory.readings(observed.text, &key) {
            return known.clone();
        }
        let readings = self.make_readings(observed, level);
        self.memory.keep_readings(observed.text, key, readings.clone());
        readings
    }

    fn make_readings(&mut self, observed: &Observed<'_>, level: Level) -> Readings {
        let arcs = self.arcs(observed, level);
        let written =
            arcs.iter().map(|arc| Written::of(self.render(arc, observed.text), arc.source, observed.text));
        Readings { written: written.collect(), arcs: arcs.into() }
    }

    fn arcs(&mut self, observed: &Observed<'_>, level: Level) -> Vec<Arc> {
        // `NGi` for `Nội`: in garbled text capitals among small letters are misread, unless the word is known (`TTg`).
        let jumbled = level == Level::Garbled
            && observed.kind == TokenKind::Word
            && observed.text.contains(char::is_lowercase)
            && self.dictionary.id(&canonical(observed.text)).is_none();
        if is_closed(observed) && !jumbled || level == Level::Right && observed.kind == TokenKind::Mixed {
            return vec![self.as_read(observed)];
        }
        if observed.kind == TokenKind::Number {
            return self.hidden(observed);
        }
        let mut arcs = match level {
            Level::Stripped => self.same_letters(observed),
            Level::Garbled => self.misread(observed, Damage::English),
            Level::Right => self.misread(observed, Damage::Vietnamese),
        };
        match level {
            Level::Garbled => self.unglue(observed, &mut arcs),
            Level::Right => self.part(observed, &mut arcs),
            Level::Stripped => {}
        }
        if observed.surname && level != Level::Right {
            let other = |arc: &&mut Arc| !is_surname(self.dictionary.text(arc.words[0]));
            arcs.iter_mut().filter(other).for_each(|arc| arc.cost += NO_SURNAME);
        }
        self.keep_as_read(observed, level, &mut arcs);
        self.shorten(arcs, spread(level))
    }

    /// All words with the letters observed.
    fn same_letters(&self, observed: &Observed<'_>) -> Vec<Arc> {
        let key = fold_key(observed.text);
        let dress = dress_of(observed.text);
        let own = self.dictionary.added_candidates(&key).iter().copied();
        let ids = self.dictionary.candidates(&key).chain(own);
        ids.map(|word| Arc {
            cost: self.case_cost(word, dress, observed),
            source: Some(EditSource::Marks),
            ..Arc::as_read(word, 0)
        })
        .collect()
    }

    /// Words that may have been misread as the one observed.
    fn misread(&mut self, observed: &Observed<'_>, damage: Damage) -> Vec<Arc> {
        let found = match observed.choices.is_empty() {
            true => self.found(observed.text, damage),
            false => self.look(observed.text, damage, observed.choices).into(),
        };
        let key = fold_key(observed.text);
        let mut arcs: Vec<Arc> = Vec::with_capacity(found.len());
        let suggested = self.suggested(observed);
        for found in found.iter() {
            let cost = found.cost + self.case_cost(found.word, Some(found.dress), observed);
            match arcs.iter_mut().find(|arc| arc.words[0] == found.word) {
                Some(arc) if arc.cost <= cost => {}
                Some(arc) => (arc.cost, arc.dress) = (cost, Some(found.dress)),
                None => arcs.push(self.arc(found, cost, &key)),
            }
        }
        for arc in arcs.iter_mut().filter(|_| !observed.choices.is_empty()) {
            if suggested(self.dictionary.text(arc.words[0])) {
                arc.source = Some(EditSource::EngineChoice);
            }
        }
        arcs
    }

    /// Digits that may be a misread word.
    fn hidden(&mut self, observed: &Observed<'_>) -> Vec<Arc> {
        let mut arcs = self.misread(observed, Damage::English);
        arcs.iter_mut().for_each(|arc| arc.cost += NO_NUMBER);
        arcs.push(Arc::as_read(NUMBER, 0));
        self.shorten(arcs, spread(Level::Garbled))
    }

    /// Whether the engine itself named every letter in which a word differs from the one observed.
    fn suggested<'o>(&self, observed: &'o Observed<'_>) -> impl Fn(&str) -> bool + use<'o, 'd> {
        let read: Vec<char> = nfc(observed.text).chars().map(lower).collect();
        move |word| {
            let named = |at: usize, letter: char| {
                let [small, capital] = [letter, upper(letter)].map(letter_number);
                let is = |c: &&(usize, u8, Cost)| c.0 == at && [small, capital].contains(&Some(c.1));
                observed.choices.iter().find(is).is_some_and(|c| c.2 < LIKELY)
            };
            let differs = |&(at, letter): &(usize, char)| read.get(at) != Some(&letter);
            word.chars().count() == read.len()
                && word.chars().enumerate().filter(differs).all(|(at, letter)| named(at, letter))
        }
    }

    pub(super) fn arc(&self, found: &Found, cost: Cost, key: &str) -> Arc {
        let same = fold_key(self.dictionary.text(found.word)) == key;
        let source = if same { EditSource::Marks } else { EditSource::Channel };
        Arc { dress: Some(found.dress), source: Some(source), ..Arc::as_read(found.word, cost) }
    }

    pub(super) fn found(&mut self, text: &str, damage: Damage) -> Shared<[Found]> {
        if let Some(known) = self.memory.found(text, damage) {
            return Shared::clone(known);
        }
        let found: Shared<[Found]> = self.look(text, damage, &[]).into();
        self.memory.keep_found(text, damage, Shared::clone(&found));
        found
    }

    fn look(&self, text: &str, damage: Damage, choices: &[(usize, u8, Cost)]) -> Vec<Found> {
        let limits = if damage == Damage::English { FAR } else { NEAR };
        self.search(text, damage, choices, limits)
    }

    pub(super) fn search(
        &self,
        text: &str,
        damage: Damage,
        choices: &[(usize, u8, Cost)],
        limits: Limits,
    ) -> Vec<Found> {
        let text = nfc(text);
        let plain = |c| if c == '’' { '\'' } else { c };
        let observed: Vec<char> = text.chars().map(plain).collect();
        if observed.len() > LONGEST_WORD {
            return Vec::new();
        }
        let mut lens = Channel::learned(damage).over(&observed);
        for &(at, letter, cost) in choices {
            lens.suggest(at, letter, cost);
        }
        let read = dress_of(&text);
        // `SO` for `Sở`: of two letters, one capital misread makes both.
        let short = observed.len() == 2;
        let dresses =
            [Dress::Lower, Dress::Title, Dress::Upper].into_iter().filter_map(|dress| match (read, dress) {
                (Some(Dress::Upper), Dress::Title) if short => Some((dress, RECASED_SHORT)),
                // Nothing makes small letters of all the capitals of a word.
                (Some(Dress::Lower), Dress::Upper) => None,
                (Some(read), _) if read != dress => Some((dress, RECASED)),
                _ => Some((dress, 0)),
            });
        let dresses: Vec<(Dress, Cost)> = dresses.collect();
        self.trie.search(&lens, &dresses, limits)
    }

    /// The observed word itself, favoured by what `observed.keep` says.
    fn keep_as_read(&self, observed: &Observed<'_>, level: Level, arcs: &mut Vec<Arc>) {
        let id = self.dictionary.id(&canonical(observed.text));
        let misspelt = if self.is_misspelt(observed.text, id) { MISSPELT } else { 0 };
        for arc in arcs.iter_mut() {
            let same = self.render(arc, observed.text) == observed.text;
            arc.cost += if same { misspelt } else { observed.keep };
            arc.source = arc.source.filter(|_| !same);
        }
        if arcs.iter().all(|arc| arc.source.is_some()) {
            let price = self.price_as_read(observed, level, id);
            arcs.push(Arc::as_read(id.unwrap_or(UNKNOWN), price));
        }
    }

    /// Whether a word is attested as a slip only: `quyét` can be no syllable and is far rarer than `quyết`.
    fn is_misspelt(&self, text: &str, id: Option<WordId>) -> bool {
        let ngram = self.dictionary.ngram();
        let Some(id) = id.filter(|_| is_marked_wrongly(text)) else { return false };
        let usual = self.dictionary.vocabulary().rivals(id).map(|rival| ngram.unigram(rival)).min();
        usual.is_some_and(|usual| usual + FAR_COMMONER < ngram.unigram(id))
    }

    /// What it costs that a word the search didn't find was printed as it was read.
    fn price_as_read(&self, observed: &Observed<'_>, level: Level, id: Option<WordId>) -> Cost {
        let letters = observed.text.chars().count() as Cost;
        if id.is_some() {
            return self.case_cost(id.unwrap_or(UNKNOWN), dress_of(observed.text), observed);
        }
        if observed.abbreviation {
            let known = self
                .dictionary
                .candidates(&fold_key(observed.text))
                .any(|id| self.dictionary.case().upper(id) < 1_000);
            return letters * FOREIGN_LETTER / 2 + if known { FOREIGN } else { 0 };
        }
        let letter = if level == Level::Garbled { FOREIGN_LETTER_GARBLED } else { FOREIGN_LETTER };
        let damaged = observed.kind == TokenKind::Mixed
            || has_capital_within(observed.text)
            || is_marked_wrongly(observed.text);
        FOREIGN + letters * letter + if damaged { DAMAGED } else { 0 }
    }

    fn as_read(&self, observed: &Observed<'_>) -> Arc {
        let id = self.dictionary.id(&canonical(observed.text));
        Arc::as_read(id.unwrap_or(UNKNOWN), 0)
    }

    /// Drops what is far dearer than the best, its rarity counted in.
    fn shorten(&self, mut arcs: Vec<Arc>, spread: Cost) -> Vec<Arc> {
        let ngram = self.dictionary.ngram();
        let worth = |arc: &Arc| {
            arc.cost
                + arc.words().iter().map(|&word| ngram.unigram(word)).sum::<Cost>()
                    / arc.words().len().max(1) as Cost
        };
        arcs.sort_by_key(|arc| (worth(arc), arc.words));
        let limit = arcs.first().map_or(0, worth) + spread;
        let mut count = 0;
        arcs.retain(|arc| {
            count += 1;
            arc.source.is_none() || count <= MOST && worth(arc) <= limit
        });
        arcs
    }
}

/// A word with marks that is no syllable.
fn is_marked_wrongly(text: &str) -> bool {
    text.chars().any(is_marked) && !is_possible_syllable(text)
}

/// A capital between small letters that engines put for a vowel with marks: `thuGng`, `gOi`.
fn has_capital_within(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let stands_in = |c: char| matches!(c, 'A' | 'E' | 'G' | 'O' | 'U');
    letters.windows(3).any(|w| w[0].is_lowercase() && stands_in(w[1]) && w[2].is_lowercase())
}

/// `cAc`, `cOng`, `NOi`: a capital vowel amid small letters is what is left of a hat and a tone mark, not a unit (`mA`) or an
/// abbreviation (`TTg`, `NOx`).
fn is_hatted(text: &str) -> bool {
    let mut letters = text.chars();
    let (Some(first), rest) = (letters.next(), letters.as_str()) else { return false };
    let capitals = || rest.chars().filter(|c| c.is_uppercase());
    let syllable = rest.ends_with(char::is_lowercase) && is_bare_syllable(text);
    rest.contains(char::is_lowercase)
        && (first.is_lowercase() && capitals().all(|c| c == 'A')
            || syllable && capitals().all(|c| matches!(c, 'A' | 'E' | 'O' | 'U')))
}

/// Words no rule of letters touches: numerals, enumerators, mixed case, overlong strings.
pub(super) fn is_closed(observed: &Observed<'_>) -> bool {
    let hat = is_hatted(observed.text);
    // `TRi` in a line of capitals: an I with a tone mark.
    let dotted = observed.capitals && observed.text.chars().all(|c| c.is_uppercase() || c == 'i');
    let mixed_case =
        case_of(observed.text) == CasePattern::Mixed && observed.kind != TokenKind::Mixed && !hat && !dotted;
    let closed_mix =
        observed.kind == TokenKind::Mixed && protect::shape(observed.text, true) == protect::Shape::Closed;
    mixed_case && observed.text.chars().count() <= 4
        || closed_mix
        || protect::is_numeral(observed.text)
        || protect::is_glued_strokes(observed.text)
        || observed.text.len() > 40
}
