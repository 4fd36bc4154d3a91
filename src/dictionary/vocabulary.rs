//! The words the language model knows, and how a token of text reads to it.
//!
//! Words are in canonical form (NFC, lower case, older tone placement) and sorted by their bare letters, so that
//! all words with the same letters are neighbours: the candidates for `dinh` are one range of ids, and every
//! lookup below this (bigrams, trigrams) serves the whole range with one search.

use std::borrow::Cow;
use std::ops::Range;

use super::string_table::StringTable;
use crate::alphabet::{Token, TokenKind, canonical, fold_key};

/// Number of a word; below [`FIRST_WORD`] the classes that stand for tokens which are no words.
pub type WordId = u16;

/// Begin and end of a paragraph.
pub const BOUNDARY: WordId = 0;
/// Any word that isn't in the vocabulary.
pub const UNKNOWN: WordId = 1;
/// Numbers and dates.
pub const NUMBER: WordId = 2;
/// Codes, e-mail addresses, URLs, and words with digits in them.
pub const CODE: WordId = 3;
/// `,`
pub const COMMA: WordId = 4;
/// `. ; : ? ! …`
pub const STOP: WordId = 5;
/// Opening brackets and quotation marks.
pub const OPEN: WordId = 6;
/// Closing brackets and quotation marks.
pub const CLOSE: WordId = 7;
/// Dashes, slashes, bullets.
pub const DASH: WordId = 8;
/// Id of the first real word.
pub const FIRST_WORD: WordId = 9;

/// Names of the classes, as `dict lookup` shows them.
const CLASS_NAMES: [&str; FIRST_WORD as usize] =
    ["<s>", "<unknown>", "<number>", "<code>", "<,>", "<.>", "<(>", "<)>", "<->"];

/// How a token reads to the language model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<'a> {
    /// Not at all: blanks, stray signs.
    Nothing,
    /// As one of the classes.
    Class(WordId),
    /// As a word, in canonical form.
    Word(Cow<'a, str>),
}

/// How a token reads to the language model: the trainer and the decoder both ask here.
#[must_use]
pub fn reading<'a>(token: &Token<'a>) -> Reading<'a> {
    match token.kind {
        TokenKind::Blank => Reading::Nothing,
        TokenKind::Word | TokenKind::Abbreviation => Reading::Word(canonical(token.text)),
        TokenKind::Number | TokenKind::Date => Reading::Class(NUMBER),
        TokenKind::Code | TokenKind::Address | TokenKind::Mixed => Reading::Class(CODE),
        TokenKind::Punctuation => token.text.chars().next().map_or(Reading::Nothing, punctuation),
    }
}

fn punctuation(c: char) -> Reading<'static> {
    match c {
        ',' => Reading::Class(COMMA),
        '.' | ';' | ':' | '?' | '!' | '…' => Reading::Class(STOP),
        '(' | '[' | '{' | '“' | '«' | '‘' | '"' => Reading::Class(OPEN),
        ')' | ']' | '}' | '”' | '»' => Reading::Class(CLOSE),
        '-' | '–' | '—' | '/' | '•' | '+' | '*' => Reading::Class(DASH),
        _ => Reading::Nothing,
    }
}

/// The vocabulary. Immutable; a user's own words live in an overlay beside it.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    words: StringTable,
    keys: StringTable,
    /// First id under each key, and the number of words after the last.
    starts: Vec<WordId>,
}

impl Vocabulary {
    /// From words that are canonical; they are sorted and made unique here.
    ///
    /// `None` if there are more words than ids.
    pub(super) fn from_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Vocabulary> {
        let mut sorted: Vec<(String, &str)> = words.into_iter().map(|word| (fold_key(word), word)).collect();
        sorted.sort();
        sorted.dedup();
        let count = sorted.len() + usize::from(FIRST_WORD);
        if count >= usize::from(WordId::MAX) {
            return None;
        }
        let mut vocabulary = Vocabulary {
            words: StringTable::with_capacity(count),
            keys: StringTable::with_capacity(count),
            starts: Vec::new(),
        };
        for class in CLASS_NAMES {
            vocabulary.words.insert(class);
        }
        for (key, word) in &sorted {
            if vocabulary.keys.insert(key) == vocabulary.starts.len() {
                vocabulary.starts.push(vocabulary.words.len() as WordId);
            }
            vocabulary.words.insert(word);
        }
        vocabulary.starts.push(vocabulary.words.len() as WordId);
        Some(vocabulary)
    }

    /// Number of ids, classes counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Is there no word but the classes?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() <= usize::from(FIRST_WORD)
    }

    /// The word with this id in canonical form; `<number>` and the like for a class; empty for an id out of range.
    #[must_use]
    pub fn text(&self, id: WordId) -> &str {
        self.words.text(usize::from(id))
    }

    /// Id of a word in canonical form (see [`canonical`]).
    #[must_use]
    pub fn id(&self, canonical_word: &str) -> Option<WordId> {
        let number = self.words.get(canonical_word)? as WordId;
        (number >= FIRST_WORD).then_some(number)
    }

    /// Id of a canonical word or of a class by its name (`<number>`).
    pub(super) fn id_or_class(&self, text: &str) -> Option<WordId> {
        self.words.get(text).map(|number| number as WordId)
    }

    /// Id of a token as the language model reads it: [`UNKNOWN`] for a word not in the vocabulary, `None` for what
    /// it doesn't read at all (blanks, stray signs).
    #[must_use]
    pub fn id_of_token(&self, token: &Token<'_>) -> Option<WordId> {
        match reading(token) {
            Reading::Nothing => None,
            Reading::Class(class) => Some(class),
            Reading::Word(word) => Some(self.id(&word).unwrap_or(UNKNOWN)),
        }
    }

    /// Ids of all words whose bare letters are `key` (see [`fold_key`]), as one range; empty if there is none.
    #[must_use]
    pub fn candidates(&self, key: &str) -> Range<WordId> {
        let Some(number) = self.keys.get(key) else { return 0..0 };
        match (self.starts.get(number), self.starts.get(number + 1)) {
            (Some(&start), Some(&end)) => start..end,
            _ => 0..0,
        }
    }

    /// Ids of all words with the same bare letters as this one, itself among them; empty for a class or an id out of range.
    #[must_use]
    pub fn rivals(&self, id: WordId) -> Range<WordId> {
        let at = self.starts.partition_point(|&start| start <= id);
        match (at.checked_sub(1).and_then(|at| self.starts.get(at)), self.starts.get(at)) {
            (Some(&start), Some(&end)) => start..end,
            _ => 0..0,
        }
    }

    /// All words in the order of their ids, without the classes.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        (usize::from(FIRST_WORD)..self.len()).map(|number| self.words.text(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alphabet::tokens;

    fn small() -> Vocabulary {
        Vocabulary::from_words(["định", "đình", "dinh", "ủy", "ubnd", "định"]).expect("five words")
    }

    #[test]
    fn words_with_the_same_letters_are_neighbours() {
        let vocabulary = small();
        let found: Vec<&str> = vocabulary.candidates("dinh").map(|id| vocabulary.text(id)).collect();
        assert_eq!(found, ["dinh", "đình", "định"]);
        assert!(vocabulary.candidates("khong").is_empty());
        let rivals = |word: &str| vocabulary.rivals(vocabulary.id(word).expect("known"));
        assert_eq!(rivals("đình"), vocabulary.candidates("dinh"));
        assert_eq!(rivals("ủy"), vocabulary.candidates("uy"));
        assert!(vocabulary.rivals(BOUNDARY).is_empty() && vocabulary.rivals(WordId::MAX).is_empty());
        assert_eq!(vocabulary.id("<s>"), None);
    }

    #[test]
    fn tokens_read_as_words_and_classes() {
        let vocabulary = small();
        let read: Vec<&str> = tokens("UBND định 12, tỉnh (337/KH-UBND)")
            .filter_map(|token| vocabulary.id_of_token(&token))
            .map(|id| vocabulary.text(id))
            .collect();
        assert_eq!(read, ["ubnd", "định", "<number>", "<,>", "<unknown>", "<(>", "<code>", "<)>"]);
    }
}
