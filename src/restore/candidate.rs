//! What an observed word may stand for: the arcs of the lattice.
//!
//! By the level of damage: the same letters with other marks (dictionary key), misread letters (error channel), the
//! engine's own second choices, two words read as one or one read as two. The word as read is always among them.
//! Prices weigh the observation against each candidate alone and its case in its place; neighbours are the language
//! model's affair.

use std::sync::Arc as Shared;

use crate::alphabet::{
    CasePattern, TokenKind, apply_case, canonical, case_of, fold_key, is_marked, is_possible_syllable, nfc,
    recase,
};
use crate::dictionary::vocabulary::{FIRST_WORD, UNKNOWN};
use crate::dictionary::{Dictionary, WordId};

use super::channel::{Channel, Cost, Damage};
use super::lattice::Arc;
use super::level::Level;
use super::memory::{Key, Memory};
use super::protect;
use super::restored_page::EditSource;
use super::search::{Dress, Found, LONGEST_WORD, Trie};

/// Candidates of one observed word that go on to the decoder, at most.
const MOST: usize = 24;
/// Found words that are looked at, at most.
const LOOKED_AT: usize = 60;
/// A candidate dearer than the best by this much, rarity counted in, is dropped.
const SPREAD: Cost = 11_000;
/// The same where the letters are sure.
const SPREAD_OF_MARKS: Cost = 9_000;
/// Price of another case than the one read, beside what the channel says.
const RECASED: Cost = 2_500;
/// Words are searched for under these prices in turn, until there are enough of them.
const BOUNDS: [(Cost, usize); 3] = [(4_500, 12), (8_000, 4), (13_000, 1)];
/// Parts of one word, put together again, must be as cheap as this.
const CHEAP: Cost = 5_000;
/// Readings of each part of a glued word that are tried.
const PARTS: usize = 5;
/// Price, beside that, of signs and marks that no word in print has.
const DAMAGED: Cost = 5_000;
/// The second of two glued words is not rarer after the first than this.
const ATTESTED: Cost = 6_500;
/// Price of a missing blank, and of one too many.
const GLUED: Cost = 6_000;
/// See [`GLUED`].
const CLOVEN: Cost = 5_500;
/// Price of a word the dictionary doesn't know: to begin with, and for each letter.
const FOREIGN: Cost = 7_000;
/// See [`FOREIGN`].
const FOREIGN_LETTER: Cost = 1_000;

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
    /// For each arc, the word cased for its place.
    pub written: Shared<[Box<str>]>,
}

/// Finds candidates; remembers what it found, since the words of papers repeat.
pub struct Finder<'d> {
    dictionary: &'d Dictionary,
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
        let written = arcs.iter().map(|arc| self.render(arc, observed.text).into_boxed_str());
        Readings { written: written.collect(), arcs: arcs.into() }
    }

    fn arcs(&mut self, observed: &Observed<'_>, level: Level) -> Vec<Arc> {
        if is_closed(observed) || level == Level::Right && observed.kind == TokenKind::Mixed {
            return vec![self.as_read(observed)];
        }
        let mut arcs = match level {
            Level::Stripped => self.same_letters(observed),
            Level::Garbled => self.misread(observed, Damage::English),
            Level::Right => self.misread(observed, Damage::Vietnamese),
        };
        if level == Level::Garbled {
            self.unglue(observed, &mut arcs);
        }
        self.keep_as_read(observed, &mut arcs);
        self.shorten(arcs, if level == Level::Stripped { SPREAD_OF_MARKS } else { SPREAD })
    }

    /// Arcs over two observed words that may have been one.
    pub fn merged(&mut self, first: &Observed<'_>, second: &Observed<'_>) -> Vec<Arc> {
        let text = format!("{}{}", first.text, second.text);
        if text.chars().count() > 8 || is_closed(first) || is_closed(second) {
            return Vec::new();
        }
        let whole = Observed { text: &text, kind: TokenKind::Word, choices: &[], ..*first };
        let key = fold_key(&text);
        let mut arcs: Vec<Arc> = Vec::new();
        for found in self.usual(&text).iter() {
            let cost = found.cost + self.case_cost(found.word, Some(found.dress), &whole);
            if cost < CHEAP && arcs.iter().all(|arc| arc.words[0] != found.word) {
                arcs.push(Arc {
                    span: 2,
                    source: Some(EditSource::Spacing),
                    ..self.arc(found, cost + CLOVEN, &key)
                });
            }
        }
        arcs.truncate(6);
        arcs
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
        for found in found.iter() {
            let cost = found.cost + self.case_cost(found.word, Some(found.dress), observed);
            match arcs.iter_mut().find(|arc| arc.words[0] == found.word) {
                Some(arc) if arc.cost <= cost => {}
                Some(arc) => (arc.cost, arc.dress) = (cost, Some(found.dress)),
                None => arcs.push(self.arc(found, cost, &key)),
            }
        }
        arcs
    }

    fn arc(&self, found: &Found, cost: Cost, key: &str) -> Arc {
        let same = fold_key(self.dictionary.text(found.word)) == key;
        let source = if same { EditSource::Marks } else { EditSource::Channel };
        Arc { dress: Some(found.dress), source: Some(source), ..Arc::as_read(found.word, cost) }
    }

    fn found(&mut self, text: &str, damage: Damage) -> Shared<[Found]> {
        if let Some(known) = self.memory.found(text, damage) {
            return Shared::clone(known);
        }
        let found: Shared<[Found]> = self.look(text, damage, &[]).into();
        self.memory.keep_found(text, damage, Shared::clone(&found));
        found
    }

    fn look(&self, text: &str, damage: Damage, choices: &[(usize, u8, Cost)]) -> Vec<Found> {
        let mut found = Vec::new();
        for (bound, enough) in BOUNDS {
            found = self.search(text, damage, choices, bound);
            if found.len() >= enough {
                break;
            }
        }
        found
    }

    fn search(&self, text: &str, damage: Damage, choices: &[(usize, u8, Cost)], bound: Cost) -> Vec<Found> {
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
        let dresses = [Dress::Lower, Dress::Title, Dress::Upper]
            .map(|dress| (dress, if read.is_none_or(|read| read == dress) { 0 } else { RECASED }));
        self.trie.search(&lens, &dresses, bound, LOOKED_AT)
    }

    /// Two words read as one: `Noivu` for `Nội vụ`.
    fn unglue(&mut self, observed: &Observed<'_>, arcs: &mut Vec<Arc>) {
        let letters: Vec<(usize, char)> = observed.text.char_indices().collect();
        let cheap = arcs.iter().map(|arc| arc.cost).min().unwrap_or(GLUED);
        if letters.len() < 4 || letters.len() > 14 || cheap < GLUED / 2 {
            return;
        }
        for &(at, _) in letters.get(2..letters.len() - 1).unwrap_or_default() {
            let (head, tail) = observed.text.split_at(at);
            let (heads, tails) = (self.usual(head), self.usual(tail));
            for first in heads.iter().take(PARTS) {
                arcs.extend(tails.iter().take(PARTS).filter_map(|second| self.pair(first, second, observed)));
            }
        }
        arcs.sort_by_key(|arc| arc.cost);
    }

    /// The few words likeliest to stand behind a part of a word.
    fn usual(&mut self, part: &str) -> Shared<[Found]> {
        if let Some(known) = self.memory.usual(part) {
            return Shared::clone(known);
        }
        let mut found = self.search(part, Damage::English, &[], CHEAP - 1);
        found.sort_by_key(|f| (f.cost + self.dictionary.ngram().unigram(f.word), f.word, f.dress));
        found.truncate(10);
        let found: Shared<[Found]> = found.into();
        self.memory.keep_usual(part, Shared::clone(&found));
        found
    }

    /// Two words read as the one observed, if they go together at all.
    fn pair(&self, first: &Found, second: &Found, observed: &Observed<'_>) -> Option<Arc> {
        let after = Observed { opens: false, ..*observed };
        let case = self.case_cost(first.word, Some(first.dress), observed)
            + self.case_cost(second.word, Some(second.dress), &after);
        let attested = self.dictionary.ngram().pair(first.word, second.word).cost < ATTESTED;
        (attested && first.cost + second.cost < CHEAP && plain(second.dress, first.dress)).then(|| Arc {
            words: [first.word, second.word],
            glued: true,
            dress: Some(first.dress),
            source: Some(EditSource::Spacing),
            ..Arc::as_read(first.word, GLUED + first.cost + second.cost + case)
        })
    }

    /// The observed word itself, favoured by what `observed.keep` says.
    fn keep_as_read(&self, observed: &Observed<'_>, arcs: &mut Vec<Arc>) {
        let id = self.dictionary.id(&canonical(observed.text));
        for arc in arcs.iter_mut() {
            let same = self.render(arc, observed.text) == observed.text;
            arc.cost += if same { 0 } else { observed.keep };
            arc.source = arc.source.filter(|_| !same);
        }
        if arcs.iter().all(|arc| arc.source.is_some()) {
            let price = self.price_as_read(observed, id);
            arcs.push(Arc::as_read(id.unwrap_or(UNKNOWN), price));
        }
    }

    /// What it costs that a word the search didn't find was printed as it was read.
    fn price_as_read(&self, observed: &Observed<'_>, id: Option<WordId>) -> Cost {
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
        let damaged = observed.kind == TokenKind::Mixed
            || observed.text.chars().any(is_marked) && !is_possible_syllable(observed.text);
        FOREIGN + letters * FOREIGN_LETTER + if damaged { DAMAGED } else { 0 }
    }

    fn as_read(&self, observed: &Observed<'_>) -> Arc {
        let id = self.dictionary.id(&canonical(observed.text));
        Arc::as_read(id.unwrap_or(UNKNOWN), 0)
    }

    /// Price of a word standing in this case in this place.
    fn case_cost(&self, word: WordId, dress: Option<Dress>, place: &Observed<'_>) -> Cost {
        let case = self.dictionary.case();
        let Some(dress) = dress.filter(|_| word >= FIRST_WORD) else { return 0 };
        match (dress, place.capitals, place.opens) {
            (Dress::Upper, true, _) => 0,
            (_, true, _) => 3_000,
            (Dress::Upper, ..) => case.upper(word).min(6_000),
            (Dress::Title, _, true) => 0,
            (Dress::Lower, _, true) => 700,
            (Dress::Title, ..) => case.title(word),
            (Dress::Lower, ..) => case.lower(word),
        }
    }

    /// The text of an arc, cased for its place; blanks between words.
    pub fn render(&self, arc: &Arc, observed: &str) -> String {
        if arc.source.is_none() && arc.dress.is_none() || arc.words[0] < FIRST_WORD {
            return observed.to_owned();
        }
        let text = |word: WordId| self.dictionary.text(word);
        let [first, second] = arc.words;
        match (arc.dress, arc.glued) {
            (None, _) => recase(text(first), observed),
            (Some(dress), false) => apply_case(text(first), pattern(dress)),
            (Some(dress), true) => {
                let follower = if dress == Dress::Upper { Dress::Upper } else { Dress::Lower };
                format!(
                    "{} {}",
                    apply_case(text(first), pattern(dress)),
                    apply_case(text(second), pattern(follower))
                )
            }
        }
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

/// Words no rule of letters touches: numerals, enumerators, mixed case, overlong strings.
fn is_closed(observed: &Observed<'_>) -> bool {
    // `cAc`, `cAu`: an A amid small letters is what is left of a hat and a tone mark, not a unit or an abbreviation.
    let hat = observed.text.starts_with(char::is_lowercase)
        && observed.text.chars().all(|c| !c.is_uppercase() || c == 'A');
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

/// Whether two glued words may be cased so: the second as the first, or small after a capital.
fn plain(second: Dress, first: Dress) -> bool {
    if first == Dress::Upper { second == Dress::Upper } else { second == Dress::Lower }
}

fn dress_of(text: &str) -> Option<Dress> {
    match case_of(text) {
        CasePattern::Lower => Some(Dress::Lower),
        CasePattern::Title => Some(Dress::Title),
        CasePattern::Upper => Some(Dress::Upper),
        CasePattern::Mixed | CasePattern::Caseless => None,
    }
}

fn pattern(dress: Dress) -> CasePattern {
    match dress {
        Dress::Lower => CasePattern::Lower,
        Dress::Title => CasePattern::Title,
        Dress::Upper => CasePattern::Upper,
    }
}
