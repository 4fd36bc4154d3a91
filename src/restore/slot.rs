//! The places of the lattice: what of a passage the language model reads, and what is known of each word in its place.
//!
//! Reads text and what an engine said of it; produces [`Slot`]s in order. Finds out whether a sentence opens, whether the
//! line is set in capitals, how sure the engine was and which letters it thought of second. Proposes nothing.

use std::collections::BTreeSet;

use crate::alphabet::{CasePattern, Token, TokenKind, case_of, fold_char, is_vowel, tokens};
use crate::dictionary::vocabulary::{CODE, UNKNOWN};
use crate::dictionary::{Dictionary, WordId};

use super::candidate::Observed;
use super::channel::{Cost, letter_number};
use super::level::Level;
use super::passage::Heard;

/// How much a word of right text is favoured as it was read, milli-nats.
const KEEP: Cost = 1_000;

/// A place of the lattice: a token that the language model reads.
pub struct Slot<'a> {
    /// The token.
    pub token: Token<'a>,
    /// The class of a token that is no word.
    pub class: Option<WordId>,
    opens: bool,
    capitals: bool,
    abbreviation: bool,
    surname: bool,
    keep: Cost,
    choices: Vec<(usize, u8, Cost)>,
}

impl<'a> Slot<'a> {
    /// Byte after its last.
    pub fn end(&self) -> usize {
        self.token.start + self.token.text.len()
    }

    /// Takes in some bytes that follow.
    fn widen(&mut self, text: &'a str, bytes: usize) {
        if let Some(wider) = text.get(self.token.start..self.end() + bytes).filter(|_| bytes > 0) {
            self.token = Token { text: wider, kind: TokenKind::Mixed, ..self.token };
        }
    }

    /// The word in its place; where all marks are gone, nothing speaks for a word without any.
    pub fn observed_at(&self, level: Level) -> Observed<'_> {
        let keep = if level == Level::Stripped { 0 } else { self.keep };
        Observed { keep, ..self.observed() }
    }

    /// The word in its place.
    pub fn observed(&self) -> Observed<'_> {
        Observed {
            text: self.token.text,
            kind: self.token.kind,
            opens: self.opens,
            capitals: self.capitals,
            abbreviation: self.abbreviation,
            surname: self.surname,
            keep: self.keep,
            choices: &self.choices,
        }
    }
}

/// Two words on one line with a single blank between them.
pub fn may_merge(first: &Slot<'_>, second: &Slot<'_>) -> bool {
    let numbers = [first, second].iter().any(|slot| slot.token.kind == TokenKind::Number);
    let adjacent = first.token.start + first.token.text.len() + 1 == second.token.start;
    first.class.is_none() && second.class.is_none() && !numbers && adjacent && !second.opens
}

/// The tokens of a passage that the language model reads, each with what is known of its place.
pub fn slots<'a>(
    text: &'a str,
    heard: &[Heard],
    dictionary: &Dictionary,
    abbreviations: &BTreeSet<String>,
) -> Vec<Slot<'a>> {
    let vocabulary = dictionary.vocabulary();
    let all: Vec<Token<'a>> = tokens(text).collect();
    let surnames = surnames(&all);
    let mut heard = heard.iter().peekable();
    let mut slots: Vec<Slot<'a>> = Vec::with_capacity(all.len() / 2 + 1);
    for (at, token) in all.iter().enumerate() {
        let word = token.kind.is_wordlike() && !is_decimal(token, text) || is_lone_sign(&all, at);
        let class = match word {
            // `W=2180`: what a value is given to is a sign, whatever it looks like.
            true if all.get(at + 1).is_some_and(|next| next.text == "=") => Some(CODE),
            true => None,
            false => vocabulary.id_of_token(token),
        };
        if !word && class.is_none() {
            continue;
        }
        while heard.peek().is_some_and(|h| h.range.end <= token.start) {
            heard.next();
        }
        let said = heard.peek().filter(|h| h.range.start <= token.start);
        slots.push(Slot {
            token: *token,
            class: class.filter(|&class| class != UNKNOWN),
            opens: slots.last().is_none_or(|last| last.class.is_some()),
            capitals: in_capitals(&all, at),
            abbreviation: token.kind == TokenKind::Abbreviation && abbreviations.contains(token.text),
            surname: surnames.binary_search(&at).is_ok(),
            keep: said.map_or(KEEP, |h| keep(h)),
            choices: said.map_or_else(Vec::new, |h| choices(h, token)),
        });
    }
    slots
}

/// The places, in order, of words that stand first of two to five on a line, each with a capital, as names do below signatures.
fn surnames(all: &[Token<'_>]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut from = 0;
    for line in all.split_inclusive(|token| token.kind == TokenKind::Blank && token.text.contains('\n')) {
        let is_name = |token: &Token<'_>| {
            token.kind == TokenKind::Word
                && case_of(token.text) == CasePattern::Title
                && token.text.chars().nth(1).is_some()
        };
        let is_sign = |token: &Token<'_>| matches!(token.kind, TokenKind::Blank | TokenKind::Punctuation);
        let names = line.iter().filter(|token| is_name(token)).count();
        if (2..=5).contains(&names) && line.iter().all(|token| is_sign(token) || is_name(token)) {
            found.extend(line.iter().position(is_name).map(|at| from + at));
        }
        from += line.len();
    }
    found
}

/// The signs that an engine makes of a horn and a hook belong to the word: `TU’` for `TƯ`, `thi?c` for `thức`, `st?` for `sử`.
pub fn with_signs<'a>(slots: Vec<Slot<'a>>, text: &'a str) -> Vec<Slot<'a>> {
    let mut joined: Vec<Slot<'a>> = Vec::with_capacity(slots.len());
    for slot in slots {
        let start = slot.token.start;
        match joined.last_mut().filter(|last| last.class.is_none()) {
            // Already taken in.
            Some(last) if start < last.end() => {}
            Some(last) if start == last.end() && last.token.text.ends_with(['?', '@', '‘', '.']) => {
                last.widen(text, slot.token.text.len());
            }
            _ => joined.push(slot),
        }
        if let Some(last) = joined.last_mut().filter(|last| last.class.is_none() && last.end() > start) {
            let sign = sign_behind(last, text);
            last.widen(text, sign);
        }
    }
    joined
}

/// Whether a text begins with a final consonant and nothing more: `p tỉnh`.
fn opens_with_final(text: &str) -> bool {
    let letters = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    matches!(letters, "c" | "ch" | "m" | "n" | "ng" | "nh" | "p" | "t")
}

fn has_vowel(word: &str) -> bool {
    word.chars().map(fold_char).any(is_vowel)
}

/// Whether a word may want a final consonant: two letters, of which one is a vowel.
fn may_go_on(word: &str) -> bool {
    has_vowel(word) && word.chars().nth(1).is_some() && word.chars().all(char::is_alphabetic)
}

/// How many bytes right behind a word are a sign that belongs to it.
fn sign_behind(slot: &Slot<'_>, text: &str) -> usize {
    let mut behind = text.get(slot.end()..).unwrap_or_default().chars();
    let word = slot.token.text;
    match (behind.next(), behind.next(), behind.next()) {
        (Some(sign @ ('’' | '\'')), ..) if word.ends_with(['u', 'U', 'o', 'O', 't', 'w', 'r', 'i']) => {
            sign.len_utf8()
        }
        (Some(sign @ ('?' | '@' | '‘')), Some(next), _) if next.is_alphabetic() => sign.len_utf8(),
        (Some('?'), Some(' '), Some(next)) if next.is_lowercase() => 1,
        // `dér}` for `dân`: papers have no braces.
        (Some('}'), ..) => 1,
        // `Cé.p` for `Cấp`: no sentence begins with a final consonant.
        (Some('.'), Some(next), _) if next.is_lowercase() && may_go_on(word) => {
            usize::from(text.get(slot.end() + 1..).is_some_and(opens_with_final))
        }
        // `s@` for `sở`: without the sign there is no vowel.
        (Some('@'), ..) if word.chars().all(char::is_alphabetic) && !has_vowel(word) => 1,
        _ => 0,
    }
}

/// One or two digits between words may be a word: `sử dụng 6 Việt Nam`, `bản sao hợp 16)`. Never at the head of a line, where
/// numbers of lists stand, and never beside another number or a sign that numbers have.
pub fn with_hidden_words<'a>(mut slots: Vec<Slot<'a>>, text: &'a str) -> Vec<Slot<'a>> {
    let is_word =
        |slot: Option<&Slot<'_>>| slot.is_some_and(|s| s.class.is_none() && s.token.kind.is_wordlike());
    let hidden: Vec<usize> = (1..slots.len())
        .filter(|&at| {
            let slot = &slots[at];
            let few = slot.token.kind == TokenKind::Number && slot.token.text.len() <= 2;
            let behind = text.get(slot.end()..).unwrap_or_default();
            let closed =
                behind.starts_with([')', ',', ';']) || behind.starts_with(' ') && is_word(slots.get(at + 1));
            let before = text.get(..slot.token.start).unwrap_or_default();
            few && closed && before.ends_with(' ') && is_word(slots.get(at - 1))
        })
        .collect();
    hidden.into_iter().for_each(|at| slots[at].class = None);
    slots
}

/// Digits and a unit after a decimal point: `0m` in `96,0m` is no word.
fn is_decimal(token: &Token<'_>, text: &str) -> bool {
    let mut before = text.get(..token.start).unwrap_or_default().chars().rev();
    token.kind == TokenKind::Mixed
        && token.text.starts_with(|c: char| c.is_ascii_digit())
        && before.next().is_some_and(|c| matches!(c, ',' | '.'))
        && before.next().is_some_and(|c| c.is_ascii_digit())
}

/// A sign that stands for a letter, alone between blanks: `¢` for `ở`.
fn is_lone_sign(all: &[Token<'_>], at: usize) -> bool {
    let is_blank = |at: usize| all.get(at).is_none_or(|token| token.kind == TokenKind::Blank);
    let sign = all.get(at).is_some_and(|token| matches!(token.text, "¢" | "€" | "@"));
    sign && is_blank(at + 1) && at.checked_sub(1).is_none_or(is_blank)
}

/// How much a word is favoured as read, by what the engine thought of it; in few steps, so that like words are found alike.
///
/// Of words for whose letters it had no second choice, 4 in 1,000 are wrong; where it had one, its price says enough.
fn keep(heard: &Heard) -> Cost {
    let sure = (f64::from(heard.confidence.clamp(0.0, 1.0)) * 20.0) as Cost * 100;
    match heard.asked {
        true if heard.choices.iter().any(|choice| choice.2 > NAMED) => DOUBTED,
        true => sure + UNDOUBTED,
        false => sure,
    }
}

/// How much a word is favoured for a letter of which the engine had a second choice, and beside its confidence if not.
const DOUBTED: Cost = 500;
/// See [`DOUBTED`].
const UNDOUBTED: Cost = 1_000;
/// A second choice below this confidence is none.
const NAMED: f32 = 0.001;
/// Price of a second choice of confidence 1, and how much dearer it is at 0.
const NAMED_SURELY: Cost = 200;
/// See [`NAMED_SURELY`].
const NAMED_HARDLY: f64 = 3_800.0;

fn choices(heard: &Heard, token: &Token<'_>) -> Vec<(usize, u8, Cost)> {
    let mut found = Vec::new();
    for &(byte, letter, confidence) in &heard.choices {
        let within = byte.checked_sub(token.start).and_then(|at| token.text.get(..at));
        if let (Some(before), Some(letter)) =
            (within.filter(|w| w.len() < token.text.len()), letter_number(letter))
        {
            // Of letters named with confidence 0.1 one in 50 is the true one, with 0.5 one in 6, with 0.8 four in 10.
            let doubt = f64::from(1.0 - confidence.clamp(0.0, 1.0));
            let price = NAMED_SURELY + (doubt * NAMED_HARDLY) as Cost;
            if confidence > NAMED {
                found.push((before.chars().count(), letter, price));
            }
        }
    }
    found
}

/// A foreign word is longer than this, an abbreviation is not; bytes.
const LONG: usize = 8;

/// Whether a word in capitals stands among others in capitals, on its line.
pub fn in_capitals(all: &[Token<'_>], at: usize) -> bool {
    // No abbreviation is as long as `TRINITROTOLUEN`.
    let is_upper = |token: &Token<'_>| {
        case_of(token.text) == CasePattern::Upper
            && (token.kind != TokenKind::Abbreviation || token.text.len() > LONG)
    };
    let near = |token: &&Token<'_>| token.kind.is_wordlike();
    let ends = |token: &&Token<'_>| token.kind == TokenKind::Blank && token.text.contains('\n');
    let Some(token) = all.get(at) else { return false };
    if !matches!(case_of(token.text), CasePattern::Upper | CasePattern::Mixed) {
        return false;
    }
    let before = all.iter().take(at).rev().take(8).take_while(|t| !ends(t)).find(near);
    let after = all.iter().skip(at + 1).take(8).take_while(|t| !ends(t)).find(near);
    [before, after].into_iter().flatten().any(is_upper)
}
