//! An overlay: what a user adds to the dictionary without training it again.
//!
//! Two kinds of file, told apart by the first line:
//!
//! - *terms*, written by hand: one term a line, `term [tab] weight`; `#` begins a comment. The weight says how often the
//!   term might have been met (default [`DEFAULT_WEIGHT`]).
//! - *learned counts*, written by `vanthu dict learn` ([`super::learn`]): first line `vanthu-overlay [tab] 1`, then
//!   `count [tab] word [tab] word ([tab] word)`.
//!
//! *How it counts.* P = (1 − λ) P(base) + λ P(overlay), first for the last word, then for the last two. λ grows with how often the
//! overlay has met the context and stays below [`MOST_PAIR`] and [`MOST_TRIPLE`]: what the overlay hasn't met costs at most
//! a little more than before, so a wrong overlay can't spoil the base. Of learned counts one is taken off, and the base keeps
//! its share: what was met once is half luck. Words the base doesn't know get ids above its own.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::error::DictionaryError;
use super::ngram::Cost;
use super::phrase::{Phrase, PhraseRole, Phrases};
use super::string_table::StringTable;
use super::vocabulary::{Reading, Vocabulary, WordId, reading};
use crate::alphabet::{fold_key, tokens};

/// First line of a file of learned counts.
pub(super) const HEADER: &str = "vanthu-overlay\t1";
/// How often a term of the user's counts if the line doesn't say.
pub const DEFAULT_WEIGHT: u32 = 20;
/// A greater weight counts as this.
const GREATEST_WEIGHT: u32 = 10_000;
/// Most that the overlay weighs after one known word, and the count at which it weighs half of that.
const MOST_PAIR: f64 = 0.05;
const HALF_PAIR: f64 = 20.0;
/// The same after two known words.
const MOST_TRIPLE: f64 = 0.3;
const HALF_TRIPLE: f64 = 4.0;
/// Taken off each learned count.
const LUCK: u32 = 1;
/// Cost of a word that only the overlay knows, without context: about that of a rare word.
const ADDED_WORD: Cost = 11_500;

/// Words and counts beside the base.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    first_id: WordId,
    words: StringTable,
    keys: BTreeMap<String, Vec<WordId>>,
    pairs: Counts<u32>,
    triples: Counts<u64>,
    terms: Vec<Phrase>,
    phrases: Phrases,
}

/// Counts of n-grams and of their contexts. Looked up only; nothing depends on an order.
#[derive(Debug, Clone, Default)]
struct Counts<K> {
    of: HashMap<K, u32>,
    /// How often each context was met, and how often with something that counts.
    context: HashMap<K, [u32; 2]>,
}

/// What the overlay says of a word after a context.
struct Share {
    /// How often it met the context.
    met: f64,
    /// The part of that which counts, and the word's part, 0–1.
    all: f64,
    own: f64,
}

impl<K: std::hash::Hash + Eq + Copy> Counts<K> {
    /// Counts an n-gram that was met `met` times, as if it were `count` times.
    fn add(&mut self, context: K, whole: K, met: u32, count: u32) {
        let sums = self.context.entry(context).or_default();
        *sums = [sums[0].saturating_add(met), sums[1].saturating_add(count)];
        let sum = self.of.entry(whole).or_default();
        *sum = sum.saturating_add(count);
    }

    fn share(&self, context: K, whole: K) -> Option<Share> {
        let [met, all] = self.context.get(&context)?.map(f64::from);
        let own = f64::from(self.of.get(&whole).copied().unwrap_or(0));
        Some(Share { met, all: all / met.max(1.0), own: own / met.max(1.0) })
    }
}

fn pair(v: WordId, w: WordId) -> u32 {
    u32::from(v) << 16 | u32::from(w)
}

fn triple(u: WordId, v: WordId, w: WordId) -> u64 {
    u64::from(pair(u, v)) << 16 | u64::from(w)
}

impl Overlay {
    /// An empty overlay above this vocabulary.
    #[must_use]
    pub fn new(vocabulary: &Vocabulary) -> Overlay {
        Overlay { first_id: vocabulary.len() as WordId, ..Overlay::default() }
    }

    /// Reads a file of terms or of learned counts into this overlay.
    ///
    /// # Errors
    /// If the file can't be read or a line is wrong; the error names the line.
    pub fn read(&mut self, path: &Path, vocabulary: &Vocabulary) -> Result<(), DictionaryError> {
        let fail = |source| DictionaryError::Read { path: path.to_owned(), source };
        let bytes = std::fs::read(path).map_err(fail)?;
        let text = String::from_utf8_lossy(&bytes);
        let learned = text.lines().next().is_some_and(|line| line.trim_end() == HEADER);
        for (number, line) in text.lines().enumerate().skip(usize::from(learned)) {
            let taken =
                if learned { self.take_count(line, vocabulary) } else { self.take_term(line, vocabulary) };
            taken.map_err(|reason| DictionaryError::List {
                path: path.to_owned(),
                line: number + 1,
                reason,
            })?;
        }
        self.phrases = Phrases::new(self.terms.clone());
        Ok(())
    }

    fn take_term(&mut self, line: &str, vocabulary: &Vocabulary) -> Result<(), &'static str> {
        let line = line.trim_start_matches('\u{FEFF}').trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let (term, weight) = match line.split_once('\t') {
            Some((term, weight)) => {
                (term.trim(), weight.trim().parse().map_err(|_| "the weight is no whole number")?)
            }
            None => (line, DEFAULT_WEIGHT),
        };
        let ids = self.ids(term, vocabulary)?;
        self.count_run(&ids, u32::min(weight, GREATEST_WEIGHT));
        self.terms.push(Phrase { text: term.to_owned(), role: PhraseRole::Own });
        Ok(())
    }

    /// Ids of the words of a text; unknown words become known.
    fn ids(&mut self, text: &str, vocabulary: &Vocabulary) -> Result<Vec<WordId>, &'static str> {
        let mut ids = Vec::new();
        for token in tokens(text) {
            match reading(&token) {
                Reading::Nothing => {}
                Reading::Class(class) => ids.push(class),
                Reading::Word(word) => ids.push(self.known(&word, vocabulary)?),
            }
        }
        Ok(ids)
    }

    fn known(&mut self, word: &str, vocabulary: &Vocabulary) -> Result<WordId, &'static str> {
        if let Some(id) = vocabulary.id_or_class(word).or_else(|| self.id(word)) {
            return Ok(id);
        }
        let id = usize::from(self.first_id) + self.words.len();
        let id = WordId::try_from(id).map_err(|_| "there are too many new words")?;
        self.words.insert(word);
        self.keys.entry(fold_key(word)).or_default().push(id);
        Ok(id)
    }

    fn count_run(&mut self, ids: &[WordId], count: u32) {
        for two in ids.windows(2) {
            self.pairs.add(pair(0, two[0]), pair(two[0], two[1]), count, count);
        }
        for three in ids.windows(3) {
            self.count_triple(three, count, count);
        }
    }

    fn count_triple(&mut self, three: &[WordId], met: u32, count: u32) {
        let &[u, v, w] = three else { return };
        self.triples.add(triple(0, u, v), triple(u, v, w), met, count);
    }

    fn take_count(&mut self, line: &str, vocabulary: &Vocabulary) -> Result<(), &'static str> {
        let mut cells = line.trim_end().split('\t');
        let count: u32 =
            cells.next().and_then(|cell| cell.parse().ok()).ok_or("the count is no whole number")?;
        let ids: Result<Vec<WordId>, _> = cells.map(|word| self.known(word, vocabulary)).collect();
        match ids?.as_slice() {
            &[v, w] => self.pairs.add(pair(0, v), pair(v, w), count, count.saturating_sub(LUCK)),
            three @ &[_, _, _] => self.count_triple(three, count, count.saturating_sub(LUCK)),
            _ => return Err("there must be two or three words"),
        }
        Ok(())
    }

    /// Id of a word that only the overlay knows, in canonical form.
    #[must_use]
    pub fn id(&self, canonical_word: &str) -> Option<WordId> {
        Some(self.first_id + self.words.get(canonical_word)? as WordId)
    }

    /// The added word with this id; empty if it's none of the overlay's.
    #[must_use]
    pub fn text(&self, id: WordId) -> &str {
        id.checked_sub(self.first_id).map_or("", |number| self.words.text(usize::from(number)))
    }

    /// The added words, with their ids.
    pub fn added_words(&self) -> impl Iterator<Item = (&str, WordId)> {
        (0..self.words.len()).map(|number| self.words.text(number)).zip(self.first_id..)
    }

    /// Ids of the added words with these bare letters.
    #[must_use]
    pub fn candidates(&self, key: &str) -> &[WordId] {
        self.keys.get(key).map_or(&[], Vec::as_slice)
    }

    /// The user's own terms, to be found whole.
    #[must_use]
    pub fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    /// Cost of `word` after `w2 w1`, given what the base says.
    #[must_use]
    pub fn adapt(&self, w2: WordId, w1: WordId, word: WordId, base: Cost) -> Cost {
        let base = if word >= self.first_id { ADDED_WORD } else { base };
        let Some(share) = self.pairs.share(pair(0, w1), pair(w1, word)) else { return base };
        let mut probability = (-f64::from(base) / 1000.0).exp();
        probability = share.mixed_with(probability, MOST_PAIR, HALF_PAIR);
        if let Some(share) = self.triples.share(triple(0, w2, w1), triple(w2, w1, word)) {
            probability = share.mixed_with(probability, MOST_TRIPLE, HALF_TRIPLE);
        }
        (-1000.0 * probability.max(1e-12).ln()).round() as Cost
    }
}

impl Share {
    /// The word's probability, by what the base says and by this, which weighs `most` at most and half of it if the context was
    /// met `half` times.
    fn mixed_with(&self, base: f64, most: f64, half: f64) -> f64 {
        let weight = most * self.met / (self.met + half);
        (1.0 - weight * self.all) * base + weight * self.own
    }
}

#[cfg(test)]
mod tests {
    use super::super::Dictionary;

    fn with(terms: &str) -> Dictionary {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("terms.tsv");
        std::fs::write(&path, terms).expect("written");
        Dictionary::builtin().expect("built in").with_terms(&path).expect("good terms")
    }

    #[test]
    fn a_term_brings_its_words_and_their_order() {
        let dictionary = with("# của cơ quan\nHợp tác xã Xỉnh Xoảng\t50\nchè shan tuyết\n");
        let added = dictionary.added_candidates("xoang");
        assert!(
            dictionary
                .candidates("xoang")
                .chain(added.iter().copied())
                .any(|id| dictionary.text(id) == "xoảng")
        );
        let id = |word| dictionary.id(word).expect("known");
        let cost = |d: &Dictionary| d.adapted_cost(id("chè"), id("shan"), id("tuyết"));
        assert!(cost(&dictionary) < cost(&Dictionary::builtin().expect("built in")));
        assert!(
            dictionary.own_phrases().is_some_and(|own| own.nearest("hop tac xa xinh xoang", 0.9).is_some())
        );
    }

    #[test]
    fn what_the_overlay_has_not_met_hardly_changes() {
        let dictionary = with("ủy ban chè\t10000\n");
        let id = |word| dictionary.id(word).expect("known");
        let [u, v, w] = [id("ủy"), id("ban"), id("nhân")];
        let more = dictionary.adapted_cost(u, v, w) - dictionary.ngram().cost(u, v, w);
        assert!((0..1400).contains(&more), "{more}");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("terms.tsv");
        std::fs::write(&path, "tốt\nxấu\tnhiều\n").expect("written");
        let error = Dictionary::builtin().expect("built in").with_terms(&path).expect_err("wrong weight");
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
