//! Restores one passage: a paragraph, a heading, a table cell, as one running text across its lines.
//!
//! Reads text with, where an engine read it, what the engine thought of each word; produces changes as byte ranges of that
//! text and a posterior for every word. The steps: tokens, arcs for each word, a lattice, the decoder. It never applies a
//! change itself, and knows no pages and no files.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc as Shared;

use crate::alphabet::{
    Token, TokenKind, TonePlacement, canonical, case_of, place_tone, placement_of, tokens,
};
use crate::dictionary::vocabulary::{BOUNDARY, STOP, UNKNOWN};
use crate::dictionary::{Context, Dictionary, WordId};

use super::candidate::{Finder, Readings};
use super::channel::Cost;
use super::decode::{Breadth, Language, Step, decode};
use super::habit::{Habits, Prior};
use super::lattice::{Arc, Lattice, Place};
use super::level::{Evidence, Level};
use super::memory::Memory;
use super::phrase;
use super::protect;
use super::restored_page::EditSource;
use super::slot::{Slot, in_capitals, may_merge, slots, with_signs};

/// Words decoded at one go; a longer passage is decoded piece by piece, each going on from the last.
const AT_ONCE: usize = 400;
/// Pairs of words read with more certainty than this count for the document's habits.
const SURE: f32 = 0.8;
/// A word read with more certainty than this is not looked at again.
const SETTLED: f32 = 0.99;
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
    /// Changes less likely right than the word as it stands, but likely enough to be told.
    pub suspicions: Vec<Change>,
    /// For each word, in order: its bytes, and how likely what now stands there is right.
    pub certainty: Vec<(Range<usize>, f32)>,
    /// The way through the lattice, places counted from the start of the passage.
    path: Vec<Step>,
}

impl Outcome {
    /// Whether a second reading could find anything else.
    pub fn is_settled(&self) -> bool {
        self.path.iter().all(|step| step.posterior > SETTLED)
    }

    /// What the first reading settled, by place.
    fn settled(&self, places: usize) -> Vec<Option<usize>> {
        let mut settled = vec![None; places];
        for step in self.path.iter().filter(|step| step.posterior > SETTLED) {
            if let Some(place) = settled.get_mut(step.at) {
                *place = Some(step.arc);
            }
        }
        settled
    }
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
    prior: &'d Prior,
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
        if !self.prior.is_empty() {
            cost -= self.prior.pair(ngram.last_word(history.context), word);
        }
        (cost.max(0), History { context: pair.context, last })
    }
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
        self.prior = self.habits.prior(self.dictionary);
    }

    /// Restores a passage damaged as `level` says; what an earlier reading settled stays.
    pub fn restore(
        &mut self,
        text: &str,
        heard: &[Heard],
        level: Level,
        earlier: Option<&Outcome>,
    ) -> Outcome {
        let mut slots = slots(text, heard, self.dictionary, &self.abbreviations);
        if level == Level::Garbled {
            slots = with_signs(slots, text);
        }
        let settled = earlier.map_or_else(Vec::new, |outcome| outcome.settled(slots.len()));
        let mut outcome = Outcome::default();
        let mut history = History { context: self.dictionary.ngram().start(), last: [BOUNDARY; 2] };
        let mut done = 0;
        while let Some(rest) = slots.get(done..).filter(|rest| !rest.is_empty()) {
            let now = rest.get(..cut(rest)).unwrap_or(rest);
            let settled = settled.get(done..).unwrap_or_default();
            history = self.restore_some(now, level, history, settled, &mut outcome);
            let newer = outcome.path.iter_mut().rev().take_while(|step| step.at < now.len());
            if done > 0 {
                newer.for_each(|step| step.at += done);
            }
            done += now.len();
        }
        mend_codes(text, level, &mut outcome);
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
        settled: &[Option<usize>],
        outcome: &mut Outcome,
    ) -> History {
        let (lattice, written) = self.lattice(slots, level, settled);
        let memory = &mut self.finder.memory;
        let mut model = Model { dictionary: self.dictionary, memory, prior: &self.prior };
        let steps = decode(&lattice, history, &mut model, breadth(level));
        let mut after = history;
        for step in &steps {
            let Some(arc) = lattice.from.get(step.at).and_then(|place| place.arc(step.arc)) else { continue };
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
    /// Of what is `settled`, by place, only that arc is there.
    fn lattice(
        &mut self,
        slots: &[Slot<'_>],
        level: Level,
        settled: &[Option<usize>],
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
                None => readings.map(|readings| readings.favouring(|word| self.prior.word(word))),
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
        let Some(source) = arc.source else { return self.suspect(covered, step, readings, outcome) };
        let rendered = || self.finder.render(arc, first.token.text);
        let written = readings.and_then(|readings| readings.written.get(step.arc));
        let written = written.map_or_else(|| Cow::Owned(rendered()), |text| Cow::Borrowed(text.as_ref()));
        let to = place_tone(&written, self.style()).into_owned();
        if arc.span == 2 || !is_same(&to, first.token.text) {
            let source = if is_case_only(&to, first.token.text) { EditSource::Case } else { source };
            outcome.changes.push(Change { range, to, source, posterior: step.posterior });
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
        let to = place_tone(written, self.style()).into_owned();
        if let Some(source) = arc.source.filter(|_| !is_case_only(&to, slot.token.text)) {
            let range = slot.token.start..slot.end();
            outcome.suspicions.push(Change { range, to, source, posterior });
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

/// Codes, and the numerals that open a line, are mended by rule, apart from the lattice; in right text, only slashes.
fn mend_codes(text: &str, level: Level, outcome: &mut Outcome) {
    let mut mended: Vec<(usize, &str, String)> =
        protect::fraction_slashes(text).map(|(start, slash)| (start, slash, "/".to_owned())).collect();
    if level != Level::Right {
        let codes = tokens(text).filter(|token| token.kind == TokenKind::Code);
        mended.extend(
            codes.filter_map(|token| Some((token.start, token.text, protect::mend_code(token.text)?))),
        );
        let heads = line_heads(text);
        mended.extend(heads.filter_map(|(start, head)| Some((start, head, protect::mend_numeral(head)?))));
    }
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
