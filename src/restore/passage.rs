//! Restores one passage: a paragraph, a heading, a table cell, as one running text across its lines.
//!
//! Reads text with, where an engine read it, what the engine thought of each word; produces changes as byte ranges of that
//! text and a posterior for every word. The steps: tokens, arcs for each word, a lattice, the decoder. It never applies a
//! change itself, and knows no pages and no files.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc as Shared;

use crate::alphabet::{Token, TokenKind, TonePlacement, canonical, place_tone, placement_of, tokens};
use crate::dictionary::Dictionary;
use crate::dictionary::vocabulary::{STOP, UNKNOWN};

use super::candidate::{Finder, Readings};
use super::channel::Cost;
use super::code;
use super::decode::{Breadth, Language, Step, decode, follow};
use super::dress::Written;
use super::habit::{Habits, Prior};
use super::language::{History, Model};
use super::lattice::{Arc, Lattice, Place};
use super::level::{Evidence, Level};
use super::nearby::Nearby;
use super::outcome::{Change, Outcome};
use super::phrase;
use super::slot::{Slot, in_capitals, may_merge, slots, with_hidden_words, with_signs};

/// Words decoded at one go; a longer passage is decoded piece by piece, each going on from the last.
const AT_ONCE: usize = 400;
/// Pairs of words read with more certainty than this count for the document's habits.
const SURE: f32 = 0.8;
/// What the engine said of a stretch of the passage.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Bytes of the passage.
    pub range: Range<usize>,
    /// The engine's confidence, 0–1.
    pub confidence: f32,
    /// Second choices: byte of the passage, letter, confidence 0–1.
    pub choices: Vec<(usize, char, f32)>,
    /// Whether the engine was asked for second choices, so that none is an answer too.
    pub asked: bool,
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

/// Restores passages of one document: remembers candidates from one to the next.
pub struct Reader<'d> {
    dictionary: &'d Dictionary,
    /// Finds candidates, and remembers them.
    pub finder: Finder<'d>,
    /// How often open `oa oe uy` are written the older and the newer way in this document.
    styles: [u32; 2],
    /// Abbreviations that stand among small letters somewhere in the document.
    abbreviations: BTreeSet<String>,
    /// What was read well.
    habits: Habits,
    prior: Prior,
    /// All that was read.
    nearby: Nearby<'d>,
}

/// What an earlier reading of a passage made of it.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'o> {
    /// What was found.
    pub outcome: &'o Outcome,
    /// The place of its first word in the document.
    pub start: usize,
}

impl<'d> Reader<'d> {
    /// A reader over a dictionary and a finder of candidates.
    pub fn new(dictionary: &'d Dictionary, finder: Finder<'d>) -> Self {
        Reader {
            dictionary,
            finder,
            styles: [0; 2],
            abbreviations: BTreeSet::new(),
            habits: Habits::default(),
            prior: Prior::default(),
            nearby: Nearby::new(dictionary),
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

    /// The signs of damage in a passage without any marks, its words weighed together: how much dearer they are as they stand
    /// than as they may have been printed. `theo quy dinh` is made of words each of which may be right.
    pub fn bare_evidence(&mut self, text: &str, evidence: Evidence) -> Evidence {
        let slots = slots(text, &[], self.dictionary, &self.abbreviations);
        let slots = slots.get(..AT_ONCE.min(slots.len())).unwrap_or_default();
        if slots.iter().filter(|slot| slot.class.is_none()).count() < 2 {
            return evidence;
        }
        let (lattice, _) = self.lattice(slots, Level::Stripped, (&[], None));
        let memory = &mut self.finder.memory;
        let mut model = Model { dictionary: self.dictionary, memory, prior: &self.prior };
        let best = decode(&lattice, History::START, &mut model, breadth(Level::Stripped));
        let best: Vec<&Arc> =
            best.iter().filter_map(|step| lattice.from.get(step.at)?.arc(step.arc)).collect();
        let as_read = |place: &Place| place.alone.iter().position(|arc| arc.source.is_none());
        let as_read: Vec<&Arc> = lattice.from.iter().filter_map(|place| place.arc(as_read(place)?)).collect();
        evidence.unlikely(price(&as_read, &mut model) - price(&best, &mut model))
    }

    /// Where tones stand in this document, by the majority of its words; the older way where it doesn't say.
    fn style(&self) -> TonePlacement {
        if self.styles[1] > self.styles[0] { TonePlacement::New } else { TonePlacement::Old }
    }

    /// Takes what has been read as what the document is wont to say; gives back where each passage begins in it.
    pub fn learn<'o>(&mut self, read: impl Iterator<Item = &'o Outcome>) -> Vec<usize> {
        self.prior = self.habits.prior(self.dictionary);
        read.map(|outcome| self.nearby.add(outcome)).collect()
    }

    /// Restores a passage damaged as `level` says; what an earlier reading settled stays.
    pub fn restore(
        &mut self,
        text: &str,
        heard: &[Heard],
        level: Level,
        earlier: Option<Earlier<'_>>,
    ) -> Outcome {
        let mut slots = slots(text, heard, self.dictionary, &self.abbreviations);
        if level == Level::Garbled {
            slots = with_hidden_words(with_signs(slots, text), text);
        }
        let settled = earlier.map_or_else(Vec::new, |earlier| earlier.outcome.settled(slots.len()));
        let mut outcome = Outcome::default();
        let mut history = History::START;
        let mut done = 0;
        while let Some(rest) = slots.get(done..).filter(|rest| !rest.is_empty()) {
            let now = rest.get(..cut(rest)).unwrap_or(rest);
            let settled = settled.get(done..).unwrap_or_default();
            let place = earlier.map(|earlier| earlier.start + done);
            history = self.restore_some(now, level, history, (settled, place), &mut outcome);
            let newer = outcome.path.iter_mut().rev().take_while(|step| step.at < now.len());
            if done > 0 {
                newer.for_each(|step| step.at += done);
            }
            done += now.len();
        }
        outcome
    }

    /// Mends what neighbours don't tell, once all has been read: codes, numerals, formulas.
    pub fn finish(&self, text: &str, level: Level, outcome: &mut Outcome) {
        code::mend(text, level, outcome);
        if level == Level::Garbled {
            phrase::snap(text, self.dictionary, outcome);
        }
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
        earlier: (&[Option<usize>], Option<usize>),
        outcome: &mut Outcome,
    ) -> History {
        let (lattice, written) = self.lattice(slots, level, earlier);
        let memory = &mut self.finder.memory;
        let mut model = Model { dictionary: self.dictionary, memory, prior: &self.prior };
        let steps = decode(&lattice, history, &mut model, breadth(level));
        let mut after = history;
        let first = outcome.words.len();
        outcome.words.extend(slots.iter().map(|slot| slot.class.unwrap_or(UNKNOWN)));
        for step in &steps {
            let Some(arc) = lattice.from.get(step.at).and_then(|place| place.arc(step.arc)) else { continue };
            if let Some(word) = outcome.words.get_mut(first + step.at) {
                *word = arc.words[0];
            }
            for &word in arc.words() {
                if step.posterior > SURE {
                    self.habits.note(self.dictionary.ngram().last_word(after.context), word);
                }
                after = model.step(after, word).1;
            }
        }
        for step in &steps {
            if let Some(arc) = lattice.from.get(step.at).and_then(|place| place.arc(step.arc)) {
                let readings = written.get(step.at).and_then(Option::as_ref);
                self.note(slots, step, arc, readings, outcome);
            }
        }
        outcome.path.extend(steps);
        after
    }

    /// The lattice of some slots, and for each that is a word how its arcs are written.
    ///
    /// Of what is settled by an earlier reading, only that arc is there; the rest is priced by what was read around the
    /// place of the first slot and on.
    fn lattice(
        &mut self,
        slots: &[Slot<'_>],
        level: Level,
        (settled, place): (&[Option<usize>], Option<usize>),
    ) -> (Lattice, Vec<Option<Readings>>) {
        let mut lattice = Lattice { from: Vec::with_capacity(slots.len()) };
        let mut written = Vec::with_capacity(slots.len());
        for (at, slot) in slots.iter().enumerate() {
            let readings = match slot.class {
                Some(_) => None,
                None => Some(self.finder.readings(&slot.observed_at(level), level)),
            };
            let one_word = |arc: &usize| readings.as_ref().is_none_or(|readings| *arc < readings.arcs.len());
            let only = settled.get(at).copied().flatten().filter(one_word);
            let readings = match only {
                Some(_) => readings,
                None => readings.map(|readings| self.weighed(readings, place.map(|first| first + at))),
            };
            let alone = match (&readings, slot.class) {
                (Some(readings), _) => Shared::clone(&readings.arcs),
                (None, class) => Shared::from([Arc::as_read(class.unwrap_or(UNKNOWN), 0)]),
            };
            let next = slots
                .get(at + 1)
                .filter(|next| level == Level::Garbled && only.is_none() && may_merge(slot, next));
            let merged = next.map_or_else(Vec::new, |next| {
                self.finder.merged(&slot.observed_at(level), &next.observed_at(level))
            });
            lattice.from.push(Place { alone, merged, only });
            written.push(readings);
        }
        (lattice, written)
    }

    /// Readings at a place of the document, by what it says there and elsewhere; as they are if nothing is known of it.
    fn weighed(&mut self, readings: Readings, place: Option<usize>) -> Readings {
        let Some(place) = place else { return readings };
        self.nearby.look(place);
        readings.favouring(|word| self.prior.word(word) - self.nearby.cost(word))
    }

    fn note(
        &self,
        slots: &[Slot<'_>],
        step: &Step,
        arc: &Arc,
        readings: Option<&Readings>,
        outcome: &mut Outcome,
    ) {
        let covered = slots.get(step.at..step.at + arc.span).unwrap_or_default();
        let (Some(first), Some(last)) = (covered.first(), covered.last()) else { return };
        if first.class.is_some() {
            return;
        }
        let range = first.token.start..last.token.start + last.token.text.len();
        outcome.certainty.push((range.clone(), step.posterior));
        if arc.source.is_none() {
            return self.suspect(covered, step, readings, outcome);
        }
        let merged;
        let written = match readings.and_then(|readings| readings.written.get(step.arc)) {
            Some(written) => written,
            None => {
                merged =
                    Written { text: self.finder.render(arc, first.token.text).into(), source: arc.source };
                &merged
            }
        };
        if let Some(source) = written.source {
            let to = self.placed(&written.text);
            outcome.changes.push(Change { range, to, source, posterior: step.posterior });
        }
    }

    /// A word written the older way, its tone where this document puts it.
    fn placed(&self, text: &str) -> String {
        match self.style() {
            TonePlacement::Old => text.to_owned(),
            TonePlacement::New => place_tone(text, TonePlacement::New).into_owned(),
        }
    }
}

/// A word that stays but has so likely a rival is pointed out.
const SUSPECT: f32 = 0.05;

impl Reader<'_> {
    /// Points out the rival of a word that stays.
    fn suspect(&self, covered: &[Slot<'_>], step: &Step, readings: Option<&Readings>, outcome: &mut Outcome) {
        let rival = step.rival.filter(|rival| rival.1 > SUSPECT);
        let (Some(readings), Some((rival, posterior)), [slot]) = (readings, rival, covered) else { return };
        let (Some(arc), Some(written)) = (readings.arcs.get(rival), readings.written.get(rival)) else {
            return;
        };
        let other = canonical(&written.text) != canonical(slot.token.text);
        if let Some(source) = arc.source.filter(|_| other) {
            let (range, to) = (slot.token.start..slot.end(), self.placed(&written.text));
            outcome.suspicions.push(Change { range, to, source, posterior });
        }
    }
}

/// Price of a way through a lattice.
fn price(path: &[&Arc], model: &mut Model<'_>) -> Cost {
    let (cost, _) = path.iter().fold((0, History::START), |(cost, history), arc| {
        let (more, after) = follow(history, arc, model);
        (more.saturating_add(cost), after)
    });
    cost
}

/// What the decoder keeps. Where letters may be wrong, the words after must have a chance to speak for a word that is far
/// from what was read.
fn breadth(level: Level) -> Breadth {
    match level {
        Level::Stripped => Breadth { width: 8, slack: 8_000 },
        Level::Right => Breadth { width: 8, slack: 12_000 },
        Level::Garbled => Breadth { width: 12, slack: 12_000 },
    }
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
