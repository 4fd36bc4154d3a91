//! What is known of the language of administrative papers: words, how they follow one another, how they are capitalised.
//!
//! [`Dictionary::builtin`] is the door: it holds the embedded model, made by `vanthu dict train` (see [`compile`]).
//! The ground floor of the crate, together with [`crate::alphabet`]: it imports no stage.

pub mod case_model;
pub mod compile;
pub mod cue;
pub mod error;
pub mod marker;
mod model_file;
pub mod ngram;
mod string_table;
pub mod vocabulary;

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

pub use case_model::CaseModel;
pub use error::{DictionaryError, ModelError};
use model_file::Model;
pub use ngram::{Context, Cost, Ngram, Pair};
pub use vocabulary::{Reading, Vocabulary, WordId};

/// The compiled model that is part of the program.
static BUILTIN: &[u8] = include_bytes!("../../dictionaries/vanthu.model");

/// Everything known of the language. Immutable and cheap to share.
#[derive(Debug, Clone)]
pub struct Dictionary {
    model: Model,
}

impl Dictionary {
    /// The dictionary that is part of the program; decoded once, then shared.
    ///
    /// # Errors
    /// If the embedded model isn't of this program's version, which a test rules out.
    pub fn builtin() -> Result<Arc<Dictionary>, DictionaryError> {
        static LOADED: OnceLock<Arc<Dictionary>> = OnceLock::new();
        if let Some(loaded) = LOADED.get() {
            return Ok(Arc::clone(loaded));
        }
        let loaded = Arc::new(Dictionary::from_bytes(BUILTIN)?);
        Ok(Arc::clone(LOADED.get_or_init(|| loaded)))
    }

    /// A dictionary from the bytes of a model file.
    ///
    /// # Errors
    /// If they aren't a whole, sound model of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Dictionary, DictionaryError> {
        Ok(Dictionary { model: Model::from_bytes(bytes)? })
    }

    /// A dictionary from a model file.
    ///
    /// # Errors
    /// If the file can't be read or isn't a sound model.
    pub fn open(path: &Path) -> Result<Dictionary, DictionaryError> {
        let read = |source| DictionaryError::Read { path: path.to_owned(), source };
        Dictionary::from_bytes(&std::fs::read(path).map_err(read)?)
    }

    /// The words and their ids.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.model.vocabulary
    }

    /// The trigram model.
    #[must_use]
    pub fn ngram(&self) -> &Ngram {
        &self.model.ngram
    }

    /// How words are capitalised.
    #[must_use]
    pub fn case(&self) -> &CaseModel {
        &self.model.case
    }

    /// Ids of all known words whose bare letters are `key` (see [`crate::alphabet::fold_key`]).
    #[must_use]
    pub fn candidates(&self, key: &str) -> Range<WordId> {
        self.model.vocabulary.candidates(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_loads_and_knows_its_field() -> Result<(), DictionaryError> {
        let dictionary = Dictionary::builtin()?;
        let vocabulary = dictionary.vocabulary();
        let id = |word: &str| vocabulary.id(word).expect("a common word");
        let cost = |words: [&str; 3]| dictionary.ngram().cost(id(words[0]), id(words[1]), id(words[2]));
        assert!(cost(["ủy", "ban", "nhân"]) < cost(["ủy", "ban", "nhãn"]) - 4000);
        assert!(dictionary.candidates("dinh").len() >= 5);
        assert!(dictionary.case().title(id("hà")) < dictionary.case().title(id("của")));
        Ok(())
    }

    #[test]
    fn the_fast_ways_equal_the_plain_one() -> Result<(), DictionaryError> {
        let dictionary = Dictionary::builtin()?;
        let (ngram, range) = (dictionary.ngram(), dictionary.candidates("dan"));
        let ids: Vec<WordId> =
            ["nhân", "ban", "ủy", "của"].iter().filter_map(|w| dictionary.vocabulary().id(w)).collect();
        for &w2 in &ids {
            for &w1 in &ids {
                let context = ngram.pair(w2, w1).context;
                let (mut pairs, mut costs) = (Vec::new(), Vec::new());
                ngram.pairs_into(w1, range.clone(), &mut pairs);
                ngram.triples_into(context, range.start, &pairs, &mut costs);
                let plain: Vec<Cost> = range.clone().map(|word| ngram.cost(w2, w1, word)).collect();
                assert_eq!(costs, plain);
            }
        }
        Ok(())
    }
}
