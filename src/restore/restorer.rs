//! [`Restorer`]: the one thing the rest of the program needs of restoration.

use std::sync::{Arc, Mutex, PoisonError};

use crate::dictionary::Dictionary;
use crate::dictionary::vocabulary::FIRST_WORD;

use super::authorship;
use super::candidate::Finder;
use super::channel::Cost;
use super::enumerator::Enumerator;
use super::level::{Evidence, Level};
use super::memory::Memory;
use super::outcome::{Change, Outcome};
use super::passage::{Earlier, Heard, Reader, Weighed};
use super::search::Trie;

/// How boldly to restore.
#[derive(Debug, Clone, PartialEq)]
pub struct RestoreOptions {
    /// A change less likely right than this is not made; the word stays as read, with a low confidence. Default 0.5
    /// for nearly right text; damaged text takes the likeliest reading anyway, as the one read is surely wrong.
    pub threshold: f32,
}

impl Default for RestoreOptions {
    fn default() -> Self {
        RestoreOptions { threshold: 0.5 }
    }
}

/// Restores text and pages. Cheap to clone and to share between threads.
#[derive(Debug, Clone)]
pub struct Restorer {
    dictionary: Arc<Dictionary>,
    trie: Arc<Trie>,
    options: RestoreOptions,
    /// What is remembered of words, one memory for each document under way.
    memories: Arc<Mutex<Vec<Memory>>>,
}

/// Words rarer than this (milli-nats, without context) are left to those who write them: no misreading is put down to them.
const RAREST: Cost = 16_500;
/// What the user's own words count as.
const OWN: Cost = 9_000;

impl Restorer {
    /// A restorer that knows the words of `dictionary`.
    pub fn new(dictionary: Arc<Dictionary>, options: RestoreOptions) -> Restorer {
        let numbered = dictionary.vocabulary().words().zip(FIRST_WORD..);
        let known = numbered.map(|(word, id)| (word, id, dictionary.ngram().unigram(id)));
        let own = dictionary.added_words().map(|(word, id)| (word, id, OWN));
        let trie = Arc::new(Trie::new(known.filter(|&(_, _, rarity)| rarity < RAREST).chain(own)));
        Restorer { dictionary, trie, options, memories: Arc::default() }
    }

    /// The dictionary it restores by.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// A reader for one document.
    fn reader(&self) -> Reader<'_> {
        let memory = self.memories.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Reader::new(&self.dictionary, Finder::new(&self.dictionary, &self.trie, memory.unwrap_or_default()))
    }

    /// Keeps what a reader remembers of words for the next document.
    fn done(&self, reader: Reader<'_>) {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).push(reader.finder.memory);
    }

    /// Restores the passages of one document, or of one window of a long text. `heard` says whether an engine read them just
    /// now, so that small damage is to be expected.
    pub(super) fn passages(&self, passages: &[Spoken<'_>], heard: bool) -> Vec<Decided> {
        let mut reader = self.reader();
        let mut evidence: Vec<Evidence> = passages.iter().map(|p| reader.evidence(p.text)).collect();
        for (evidence, passage) in evidence.iter_mut().zip(passages).filter(|(e, _)| e.is_bare()) {
            *evidence = reader.bare_evidence(passage.text, *evidence);
        }
        let around = evidence.iter().fold(Evidence::default(), |sum, &e| sum.and(e)).level();
        let levels = evidence.iter().map(|e| e.level_within(around));
        let levels: Vec<Level> = levels.collect();
        let mut read: Vec<(Level, Outcome)> = passages
            .iter()
            .zip(&levels)
            .map(|(p, &level)| (level, reader.restore(p.text, &p.heard, level, None)))
            .collect();
        // A second reading of what is in doubt, now that the document's own words are known.
        let starts = reader.learn(read.iter().map(|(_, outcome)| outcome));
        for ((passage, (level, outcome)), start) in passages.iter().zip(&mut read).zip(starts) {
            if *level != Level::Right && !outcome.is_settled() {
                let earlier = Earlier { outcome, start };
                *outcome = reader.restore(passage.text, &passage.heard, *level, Some(earlier));
            }
        }
        let mut enumerator = Enumerator::default();
        for (passage, (level, outcome)) in passages.iter().zip(&mut read) {
            reader.finish(passage.text, *level, outcome);
            enumerator.mend(passage.text, *level, outcome);
        }
        self.done(reader);
        let bold = heard || looks_misread(&read);
        let read = read.into_iter().zip(passages);
        read.map(|((level, outcome), passage)| self.decide(level, outcome, bold, passage)).collect()
    }

    /// Which of the changes are made: in right text only if `bold`, and only the likely ones that leave names alone.
    fn decide(&self, level: Level, outcome: Outcome, bold: bool, passage: &Spoken<'_>) -> Decided {
        let likely = |change: &Change| change.posterior >= self.options.threshold;
        let make = |change: &Change| {
            level != Level::Right
                || bold && likely(change) && !authorship::is_the_writers_own(change, passage)
        };
        let (changes, mut flags): (Vec<Change>, Vec<Change>) = outcome.changes.into_iter().partition(make);
        if level == Level::Right {
            flags.extend(outcome.suspicions);
        }
        Decided { changes, flags, certainty: outcome.certainty }
    }

    /// What each word of a passage may stand for, best first: for `--explain`.
    pub fn explain(&self, word: &str) -> Vec<Weighed> {
        self.reader().explain(word)
    }
}

/// A passage with what the engine said of it.
pub(super) struct Spoken<'a> {
    pub text: &'a str,
    pub heard: Vec<Heard>,
}

/// What is done with a passage.
pub(super) struct Decided {
    /// Changes to make, in order.
    pub changes: Vec<Change>,
    /// Changes that are only pointed out.
    pub flags: Vec<Change>,
    /// See [`Outcome::certainty`].
    pub certainty: Vec<(std::ops::Range<usize>, f32)>,
}

/// Whether right-looking text has so many suspects that an engine must have misread it, rather than its author mistyped.
///
/// Authors mistype about one syllable in a thousand; engines misread one in a hundred and more.
fn looks_misread(read: &[(Level, Outcome)]) -> bool {
    let right = || read.iter().filter(|(level, _)| *level == Level::Right).map(|(_, outcome)| outcome);
    let words: usize = right().map(|o| o.certainty.len()).sum();
    let suspects = right().flat_map(|o| &o.changes).filter(|c| c.posterior >= 0.9).count();
    suspects >= 2 && suspects * 160 > words + 100
}

#[cfg(test)]
mod tests {
    use super::super::edit_log::undo;
    use super::*;
    use crate::dictionary::DictionaryError;

    const CLEAN: &str = "Ủy ban nhân dân thành phố Hà Nội ban hành Kế hoạch cải cách hành chính nhà nước năm 2025\r\n\
        (kèm theo Quyết định số 6830/QĐ-UBND ngày 31/12/2024), liên hệ vanthu@example.gov.vn, phần kỹ thuật4.\n";
    const STRIPPED: &str = "Uy ban nhan dan thanh pho Ha Noi ban hanh Ke hoach cai cach hanh chinh nha nuoc nam 2025\r\n\
        va to chuc  trien khai thuc hien tai cac co quan, don vi.\n";

    fn restorer() -> Result<Restorer, DictionaryError> {
        Ok(Restorer::new(Dictionary::builtin()?, RestoreOptions::default()))
    }

    #[test]
    fn clean_text_stays_and_stripped_text_gets_its_marks() -> Result<(), DictionaryError> {
        let restorer = restorer()?;
        assert_eq!(restorer.text(CLEAN), CLEAN);
        let restored = restorer.text(STRIPPED);
        assert!(restored.contains("Kế hoạch cải cách hành chính nhà nước năm 2025\r\n"), "{restored}");
        assert_eq!(restorer.text(&restored), restored);
        Ok(())
    }

    #[test]
    fn a_missing_blank_is_found_in_right_text() -> Result<(), DictionaryError> {
        let restorer = restorer()?;
        let among = |glued, parted: &str| {
            restorer.explain(glued).iter().any(|w| w.level == Level::Right && w.text == parted)
        };
        assert!(among("bắntừ", "bắn từ") && among("tịchUBND", "tịch UBND") && among("TỈNHAN", "TỈNH AN"));
        assert!(!among("Đắkrông", "Đắk rông") && !among("người", "ngư ời"));
        Ok(())
    }

    #[test]
    fn a_slip_that_is_no_syllable_is_dear_as_read_and_a_rare_name_is_not() -> Result<(), DictionaryError> {
        let restorer = restorer()?;
        let as_read = |word| {
            let weighed = restorer.explain(word);
            weighed.iter().find(|w| w.level == Level::Right && w.text == word).map(|w| w.channel)
        };
        assert!(as_read("quyét") >= Some(4_000));
        assert!(["Đắk", "krông", "quyết"].iter().all(|word| as_read(word) < Some(4_000)));
        Ok(())
    }

    #[test]
    fn every_change_can_be_undone_and_bad_bytes_pass_through() -> Result<(), Box<dyn std::error::Error>> {
        let input = [STRIPPED.as_bytes(), b"\xff\x00 hoi nghi\n"].concat();
        let (mut restored, mut log, mut original) = (Vec::new(), String::new(), Vec::new());
        restorer()?.stream(input.as_slice(), &mut restored, |edit| {
            log += &(serde_json::to_string(edit)? + "\n");
            Ok(())
        })?;
        assert_ne!(restored, input);
        undo(restored.as_slice(), log.as_bytes(), &mut original)?;
        assert_eq!(original, input);
        Ok(())
    }
}
