//! Restores one passage: a paragraph, a heading, a table cell, as one running text across its lines.
//!
//! Reads text with, where an engine read it, what the engine thought of each word; produces changes as byte ranges of that
//! text and a posterior for every word. The steps: tokens, arcs for each word, a lattice, the decoder. It never applies a
//! change itself, and knows no pages and no files.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc as Shared;

use crate::alphabet::{
    CasePattern, Token, TokenKind, TonePlacement, canonical, case_of, place_tone, placement_of, tokens,
};
use crate::dictionary::vocabulary::{BOUNDARY, STOP, UNKNOWN};
use crate::dictionary::{Context, Dictionary, WordId};

use super::candidate::{Finder, Observed, Readings};
use super::channel::{Cost, letter_number};
use super::decode::{Breadth, Language, Step, decode};
use super::lattice::{Arc, Lattice, Place};
use super::level::{Evidence, Level};
use super::memory::Memory;
use super::phrase;
use super::protect;
use super::restored_page::EditSource;

/// Words decoded at one go; a longer passage is decoded piece by piece, each going on from the last.
const AT_ONCE: usize = 400;
/// Pairs of words read with more certainty than this count for the document's habits.
const SURE: f32 = 0.8;
/// The most a pair of words is favoured because the document has it elsewhere, milli-nats.
const DISCOUNT: Cost = 2_000;
/// How much a word of right text is favoured as it was read, milli-nats.
const KEEP: Cost = 1_000;

/// What the engine said of a stretch of the passage.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Bytes of the passage.
    pub range: Range<usize>,
    /// The engine's confidence, 0–1.
    pub confidence: f32,
    /// Second choices: byte of the passage, letter, confidence 0–1.
    pub choices: Vec<(usize, char, f32)>,
}

/// A change proposed for a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Bytes of the passage that are replaced.
    pub range: Range<usize>,
    /// What comes in their place.
    pub to: String,
    /// What proposed it.
    pub source: EditSource,
    /// How likely it is right, 0–1.
    pub posterior: f32,
}

/// What was found out about a passage.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Changes in order; ranges never overlap.
    pub changes: Vec<Change>,
    /// For each word, in order: its bytes, and how likely what now stands there is right.
    pub certainty: Vec<(Range<usize>, f32)>,
}

/// A candidate with its prices, in milli-nats.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Weighed {
    /// At which level of damage it is a candidate.
    pub level: Level,
    /// The candidate.
    pub text: String,
    /// Price of reading it as the word observed, its case included.
    pub channel: Cost,
    /// Price of the word itself, without context.
    pub language: Cost,
}

/// The language model as the decoder sees it: the dictionary's, with the user's additions and a discount for what the same
/// document says elsewhere.
struct Model<'d> {
    dictionary: &'d Dictionary,
    memory: &'d mut Memory,
    /// Discounts for pairs of words read well in this document.
    seen: &'d HashMap<(WordId, WordId), Cost>,
}

/// A history: the model's context, and the last two words where the user's additions may tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct History {
    context: Context,
    last: [WordId; 2],
}

impl Language for Model<'_> {
    type History = History;

    fn step(&mut self, history: History, word: WordId) -> (Cost, History) {
        let ngram = self.dictionary.ngram();
        let pair = self.memory.step(ngram, history.context, word);
        let (mut cost, mut last) = (pair.cost, [BOUNDARY; 2]);
        if self.dictionary.has_overlay() {
            let [before, previous] = history.last;
            cost = self.dictionary.adapt(before, previous, word, cost);
            last = [previous, word];
        }
        if !self.seen.is_empty() {
            let previous = ngram.last_word(history.context);
            cost -= self.seen.get(&(previous, word)).copied().unwrap_or(0);
        }
        (cost.max(0), History { context: pair.context, last })
    }
}

/// A place of the lattice: a token that the language model reads.
struct Slot<'a> {
    token: Token<'a>,
    /// The class of a token that is no word.
    class: Option<WordId>,
    opens: bool,
    capitals: bool,
    abbreviation: bool,
    keep: Cost,
    choices: Vec<(usize, u8, Cost)>,
}

/// Restores passages of one document: remembers candidates from one to the next.
pub struct Reader<'d> {
    dictionary: &'d Dictionary,
    /// Finds candidates, and remembers them.
    pub finder: Finder<'d>,
    /// How often open `oa oe uy` are written the older and the newer way in this document.
    styles: [u32; 2],
    /// Abbreviations that stand among small letters somewhere in the document.
    abbreviations: BTreeSet<String>,
    /// How often two words followed each other in what was read well.
    pairs: HashMap<(WordId, WordId), u32>,
    seen: HashMap<(WordId, WordId), Cost>,
}

impl<'d> Reader<'d> {
    /// A reader over a dictionary and a finder of candidates.
    pub fn new(dictionary: &'d Dictionary, finder: Finder<'d>) -> Self {
        Reader {
            dictionary,
            finder,
            styles: [0; 2],
            abbreviations: BTreeSet::new(),
            pairs: HashMap::new(),
            seen: HashMap::new(),
        }
    }

    /// The signs of damage in a passage; its abbreviations are remembered.
    pub fn evidence(&mut self, text: &str) -> Evidence {
        let tokens: Vec<Token<'_>> = tokens(text).collect();
        let mut evidence = Evidence::default();
        for (at, token) in tokens.iter().enumerate() {
            if token.kind.is_wordlike() {
                let weigh = || Evidence::of(token, self.dictionary);
                evidence = evidence.and(self.finder.memory.evidence(token.text, weigh));
            }
            match placement_of(token.text).filter(|_| token.kind == TokenKind::Word) {
                Some(TonePlacement::Old) => self.styles[0] += 1,
                Some(TonePlacement::New) => self.styles[1] += 1,
                None => {}
            }
            if token.kind == TokenKind::Abbreviation && !in_capitals(&tokens, at) {
                self.abbreviations.insert(token.text.to_owned());
            }
        }
        evidence
    }

    /// Where tones stand in this document, by the majority of its words; the older way where it doesn't say.
    fn style(&self) -> TonePlacement {
        if self.styles[1] > self.styles[0] { TonePlacement::New } else { TonePlacement::Old }
    }

    /// Takes what has been read so far as what the document is wont to say.
    pub fn learn(&mut self) {
        let worth = |(&pair, &times): (_, &u32)| {
            (times > 1).then(|| (pair, (f64::from(times).ln() * 700.0).min(f64::from(DISCOUNT)) as Cost))
        };
        self.seen = self.pairs.iter().filter_map(worth).collect();
    }

    /// Restores a passage damaged as `level` says.
    pub fn restore(&mut self, text: &str, heard: &[Heard], level: Level) -> Outcome {
        let mut slots = slots(text, heard, self.dictionary, &self.abbreviations);
        if level == Level::Garbled {
            slots.iter_mut().for_each(|slot| take_in_horn(slot, text));
        }
        let mut outcome = Outcome::default();
        let mut history = History { context: self.dictionary.ngram().start(), last: [BOUNDARY; 2] };
        let mut rest = slots.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(cut(rest));
            history = self.restore_some(now, level, history, &mut outcome);
            rest = later;
        }
        if level != Level::Right {
            mend_codes(text, &mut outcome);
        }
        if level == Level::Garbled {
            phrase::snap(text, self.dictionary, &mut outcome);
        }
        outcome
    }

    /// What one word alone may stand for at each level of damage, best first.
    pub fn explain(&mut self, word: &str) -> Vec<Weighed> {
        let slots = slots(word, &[], self.dictionary, &self.abbreviations);
        let mut weighed = Vec::new();
        for slot in slots.iter().filter(|slot| slot.class.is_none()) {
            for level in [Level::Right, Level::Stripped, Level::Garbled] {
                let readings = self.finder.readings(&slot.observed(), level);
                for arc in readings.arcs.iter() {
                    let language =
                        arc.words().iter().map(|&word| self.dictionary.ngram().unigram(word)).sum();
                    let text = self.finder.render(arc, slot.token.text);
                    weighed.push(Weighed { level, text, channel: arc.cost, language });
                }
            }
        }
        weighed
    }

    /// Decodes some slots and notes the changes; returns the history after them.
    fn restore_some(
        &mut self,
        slots: &[Slot<'_>],
        level: Level,
        history: History,
        outcome: &mut Outcome,
    ) -> History {
        let (lattice, written) = self.lattice(slots, level);
        let memory = &mut self.finder.memory;
        let mut model = Model { dictionary: self.dictionary, memory, seen: &self.seen };
        let steps = decode(&lattice, history, &mut model, breadth(level));
        let mut after = history;
        for step in &steps {
            let Some(arc) = lattice.from.get(step.at).and_then(|place| place.arc(step.arc)) else { continue };
            for &word in arc.words() {
                if level == Level::Garbled && step.posterior > SURE {
                    let previous = self.dictionary.ngram().last_word(after.context);
                    *self.pairs.entry((previous, word)).or_default() += 1;
                }
                after = model.step(after, word).1;
            }
        }
        for step in &steps {
            if let Some(arc) = lattice.from.get(step.at).and_then(|place| place.arc(step.arc)) {
                let known =
                    written.get(step.at).and_then(|readings| readings.as_ref()?.written.get(step.arc));
                self.note(slots, step, arc, known.map(AsRef::as_ref), outcome);
            }
        }
        after
    }

    /// The lattice of some slots, and for each that is a word how its arcs are written.
    fn lattice(&mut self, slots: &[Slot<'_>], level: Level) -> (Lattice, Vec<Option<Readings>>) {
        let mut lattice = Lattice { from: Vec::with_capacity(slots.len()) };
        let mut written = Vec::with_capacity(slots.len());
        for (at, slot) in slots.iter().enumerate() {
            let readings = match slot.class {
                Some(_) => None,
                None => Some(self.finder.readings(&slot.observed_at(level), level)),
            };
            let alone = match (&readings, slot.class) {
                (Some(readings), _) => Shared::clone(&readings.arcs),
                (None, class) => Shared::from([Arc::as_read(class.unwrap_or(UNKNOWN), 0)]),
            };
            let next = slots.get(at + 1).filter(|next| level == Level::Garbled && may_merge(slot, next));
            let merged = next.map_or_else(Vec::new, |next| {
                self.finder.merged(&slot.observed_at(level), &next.observed_at(level))
            });
            lattice.from.push(Place { alone, merged });
            written.push(readings);
        }
        (lattice, written)
    }

    fn note(&self, slots: &[Slot<'_>], step: &Step, arc: &Arc, written: Option<&str>, outcome: &mut Outcome) {
        let covered = slots.get(step.at..step.at + arc.span).unwrap_or_default();
        let (Some(first), Some(last)) = (covered.first(), covered.last()) else { return };
        if first.class.is_some() {
            return;
        }
        let range = first.token.start..last.token.start + last.token.text.len();
        outcome.certainty.push((range.clone(), step.posterior));
        let Some(source) = arc.source else { return };
        let rendered = || self.finder.render(arc, first.token.text);
        let written = written.map_or_else(|| Cow::Owned(rendered()), Cow::Borrowed);
        let to = place_tone(&written, self.style()).into_owned();
        if arc.span == 2 || !is_same(&to, first.token.text) {
            let source = if is_case_only(&to, first.token.text) { EditSource::Case } else { source };
            outcome.changes.push(Change { range, to, source, posterior: step.posterior });
        }
    }
}

impl<'a> Slot<'a> {
    /// The word in its place; where all marks are gone, nothing speaks for a word without any.
    fn observed_at(&self, level: Level) -> Observed<'_> {
        let keep = if level == Level::Stripped { 0 } else { self.keep };
        Observed { keep, ..self.observed() }
    }

    fn observed(&self) -> Observed<'_> {
        Observed {
            text: self.token.text,
            kind: self.token.kind,
            opens: self.opens,
            capitals: self.capitals,
            abbreviation: self.abbreviation,
            keep: self.keep,
            choices: &self.choices,
        }
    }
}

/// What the decoder keeps. Where letters may be wrong, the words after must have a chance to speak for a word that is far
/// from what was read.
fn breadth(level: Level) -> Breadth {
    Breadth { width: 8, slack: if level == Level::Stripped { 8_000 } else { 12_000 } }
}

/// The same word in the same case, whatever its tone placement and composition.
pub fn is_same(a: &str, b: &str) -> bool {
    a == b || case_of(a) == case_of(b) && canonical(a) == canonical(b)
}

fn is_case_only(a: &str, b: &str) -> bool {
    canonical(a) == canonical(b)
}

/// Where to cut a long run of slots: after the last full stop that leaves a piece not too long, else anywhere.
fn cut(slots: &[Slot<'_>]) -> usize {
    if slots.len() <= AT_ONCE {
        return slots.len();
    }
    let early = slots.get(..AT_ONCE).unwrap_or(slots);
    early
        .iter()
        .rposition(|slot| slot.class == Some(STOP))
        .filter(|&at| at > AT_ONCE / 2)
        .map_or(AT_ONCE, |at| at + 1)
}

/// Two words on one line with a single blank between them.
fn may_merge(first: &Slot<'_>, second: &Slot<'_>) -> bool {
    let adjacent = first.token.start + first.token.text.len() + 1 == second.token.start;
    first.class.is_none() && second.class.is_none() && adjacent && !second.opens
}

/// The tokens of a passage that the language model reads, each with what is known of its place.
fn slots<'a>(
    text: &'a str,
    heard: &[Heard],
    dictionary: &Dictionary,
    abbreviations: &BTreeSet<String>,
) -> Vec<Slot<'a>> {
    let vocabulary = dictionary.vocabulary();
    let all: Vec<Token<'a>> = tokens(text).collect();
    let mut heard = heard.iter().peekable();
    let mut slots: Vec<Slot<'a>> = Vec::with_capacity(all.len() / 2 + 1);
    for (at, token) in all.iter().enumerate() {
        let word = token.kind.is_wordlike() && !is_decimal(token, text) || is_lone_sign(&all, at);
        let class = if word { None } else { vocabulary.id_of_token(token) };
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
            keep: said.map_or(KEEP, |h| keep(h.confidence)),
            choices: said.map_or_else(Vec::new, |h| choices(h, token)),
        });
    }
    slots
}

/// The apostrophe that an engine makes of a horn belongs to the word: `TU’` for `TƯ`.
fn take_in_horn<'a>(slot: &mut Slot<'a>, text: &'a str) {
    let end = slot.token.start + slot.token.text.len();
    let sign = text.get(end..).and_then(|rest| rest.chars().next()).filter(|&c| matches!(c, '’' | '\''));
    if let Some(sign) =
        sign.filter(|_| slot.class.is_none() && slot.token.text.ends_with(['u', 'U', 'o', 'O']))
        && let Some(wider) = text.get(slot.token.start..end + sign.len_utf8())
    {
        slot.token.text = wider;
        slot.token.kind = TokenKind::Mixed;
    }
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
    let sign = all.get(at).is_some_and(|token| matches!(token.text, "¢" | "€"));
    sign && is_blank(at + 1) && at.checked_sub(1).is_none_or(is_blank)
}

/// How much a word is favoured as read, by what the engine thought of it; in few steps, so that like words are found alike.
fn keep(confidence: f32) -> Cost {
    (f64::from(confidence.clamp(0.0, 1.0)) * 20.0) as Cost * 100
}

fn choices(heard: &Heard, token: &Token<'_>) -> Vec<(usize, u8, Cost)> {
    let mut found = Vec::new();
    for &(byte, letter, confidence) in &heard.choices {
        let within = byte.checked_sub(token.start).and_then(|at| token.text.get(..at));
        if let (Some(before), Some(letter)) =
            (within.filter(|w| w.len() < token.text.len()), letter_number(letter))
        {
            let price = 1_500 + (-f64::from(confidence.clamp(0.02, 1.0)).ln() * 500.0) as Cost;
            found.push((before.chars().count(), letter, price));
        }
    }
    found
}

/// Whether a word in capitals stands among others in capitals, on its line.
fn in_capitals(all: &[Token<'_>], at: usize) -> bool {
    let is_upper = |token: &Token<'_>| {
        case_of(token.text) == CasePattern::Upper && token.kind != TokenKind::Abbreviation
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

/// Codes, and the numerals that open a line, are mended by rule, apart from the lattice.
fn mend_codes(text: &str, outcome: &mut Outcome) {
    let codes = tokens(text).filter(|token| token.kind == TokenKind::Code);
    let codes = codes.filter_map(|token| Some((token.start, token.text, protect::mend_code(token.text)?)));
    let heads =
        line_heads(text).filter_map(|(start, head)| Some((start, head, protect::mend_numeral(head)?)));
    let mended: Vec<_> = codes.chain(heads).collect();
    for (start, from, to) in mended {
        let range = start..start + from.len();
        outcome.changes.retain(|change| change.range.end <= range.start || range.end <= change.range.start);
        outcome.changes.push(Change { range, to, source: EditSource::Code, posterior: 0.98 });
    }
    outcome.changes.sort_by_key(|change| change.range.start);
}

/// The first word of each line, with its place.
pub fn line_heads(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    starts.filter_map(|start| {
        let line = text.get(start..)?.split('\n').next()?;
        let head = line.split_whitespace().next()?;
        Some((start + line.find(head)?, head))
    })
}
