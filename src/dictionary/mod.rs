//! What is known of the language of administrative papers: words, how they follow one another, how they are capitalised.
//!
//! [`Dictionary::builtin`] is the door: it holds the embedded model, made by `vanthu dict train` (see [`compile`]).
//! The ground floor of the crate, together with [`crate::alphabet`]: it imports no stage.

pub mod abbreviation;
pub mod case_model;
pub mod compile;
pub mod cue;
pub mod error;
pub mod fuzzy_index;
pub mod gazetteer;
pub mod learn;
mod list;
pub mod marker;
mod model_file;
pub mod neighbourhood;
pub mod ngram;
pub mod overlay;
pub mod person_name;
pub mod phrase;
mod string_table;
pub mod vocabulary;

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

pub use case_model::CaseModel;
pub use error::{DictionaryError, ModelError};
pub use gazetteer::{Gazetteer, Place, PlaceLevel};
use model_file::Model;
pub use neighbourhood::Neighbourhood;
pub use ngram::{Context, Cost, Ngram, Pair};
use overlay::Overlay;
pub use phrase::{Phrase, PhraseMatch, PhraseRole, Phrases};
pub use vocabulary::{Reading, Vocabulary, WordId};

/// The compiled model that is part of the program.
static BUILTIN: &[u8] = include_bytes!("../../dictionaries/vanthu.model");

/// Everything known of the language: an immutable base and, beside it, what the user adds. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Dictionary {
    model: Arc<Model>,
    overlay: Option<Arc<Overlay>>,
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
        Ok(Dictionary { model: Arc::new(Model::from_bytes(bytes)?), overlay: None })
    }

    /// A dictionary from a model file.
    ///
    /// # Errors
    /// If the file can't be read or isn't a sound model.
    pub fn open(path: &Path) -> Result<Dictionary, DictionaryError> {
        let read = |source| DictionaryError::Read { path: path.to_owned(), source };
        Dictionary::from_bytes(&std::fs::read(path).map_err(read)?)
    }

    /// This dictionary with a user's terms, or with counts that `vanthu dict learn` wrote; the base is shared, not
    /// copied. May be called several times. See [`overlay`] for the two formats.
    ///
    /// # Errors
    /// If the file can't be read or a line of it is wrong.
    pub fn with_terms(&self, path: &Path) -> Result<Dictionary, DictionaryError> {
        let mut overlay = match &self.overlay {
            Some(overlay) => Overlay::clone(overlay),
            None => Overlay::new(self.vocabulary()),
        };
        overlay.read(path, self.vocabulary())?;
        Ok(Dictionary { model: Arc::clone(&self.model), overlay: Some(Arc::new(overlay)) })
    }

    /// What a file makes of this dictionary: a model takes its place, terms and learned counts are added to it.
    ///
    /// # Errors
    /// As [`Dictionary::open`] and [`Dictionary::with_terms`].
    pub fn with(&self, path: &Path) -> Result<Dictionary, DictionaryError> {
        let read = |source| DictionaryError::Read { path: path.to_owned(), source };
        match model_file::is_model(&std::fs::read(path).map_err(read)?) {
            true => Dictionary::open(path),
            false => self.with_terms(path),
        }
    }

    /// The words of the base and their ids.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.model.vocabulary
    }

    /// The trigram model.
    #[must_use]
    pub fn ngram(&self) -> &Ngram {
        &self.model.ngram
    }

    /// What the words around say of a word.
    #[must_use]
    pub fn neighbourhood(&self) -> &Neighbourhood {
        &self.model.neighbourhood
    }

    /// How words are capitalised.
    #[must_use]
    pub fn case(&self) -> &CaseModel {
        &self.model.case
    }

    /// Ids of all words of the base whose bare letters are `key` (see [`crate::alphabet::fold_key`]).
    #[must_use]
    pub fn candidates(&self, key: &str) -> Range<WordId> {
        self.model.vocabulary.candidates(key)
    }

    /// Ids of the user's own words whose bare letters are `key`.
    #[must_use]
    pub fn added_candidates(&self, key: &str) -> &[WordId] {
        self.overlay.as_ref().map_or(&[], |overlay| overlay.candidates(key))
    }

    /// The user's own words that the base doesn't know, with their ids.
    pub fn added_words(&self) -> impl Iterator<Item = (&str, WordId)> {
        self.overlay.iter().flat_map(|overlay| overlay.added_words())
    }

    /// Id of a word in canonical form, of the base or the user's own.
    #[must_use]
    pub fn id(&self, canonical_word: &str) -> Option<WordId> {
        let own = || self.overlay.as_ref().and_then(|overlay| overlay.id(canonical_word));
        self.vocabulary().id(canonical_word).or_else(own)
    }

    /// The word with this id, of the base or the user's own; empty if there is none.
    #[must_use]
    pub fn text(&self, id: WordId) -> &str {
        match &self.overlay {
            Some(overlay) if usize::from(id) >= self.vocabulary().len() => overlay.text(id),
            _ => self.vocabulary().text(id),
        }
    }

    /// Has the user added anything? If not, the costs of [`Dictionary::ngram`] are final.
    #[must_use]
    pub fn has_overlay(&self) -> bool {
        self.overlay.is_some()
    }

    /// −1000 ln P(word | w2 w1), the user's additions included.
    #[must_use]
    pub fn adapted_cost(&self, w2: WordId, w1: WordId, word: WordId) -> Cost {
        self.adapt(w2, w1, word, self.ngram().cost(w2, w1, word))
    }

    /// The cost that the base gives `word` after `w2 w1`, corrected by the user's additions.
    #[must_use]
    pub fn adapt(&self, w2: WordId, w1: WordId, word: WordId, base: Cost) -> Cost {
        self.overlay.as_ref().map_or(base, |overlay| overlay.adapt(w2, w1, word, base))
    }

    /// The user's own terms, to be found whole.
    #[must_use]
    pub fn own_phrases(&self) -> Option<&Phrases> {
        self.overlay.as_ref().map(|overlay| overlay.phrases())
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
