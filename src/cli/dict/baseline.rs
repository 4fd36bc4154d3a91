//! What simpler ways make of the same text, to measure restoration against.
//!
//! Both take away all marks and give them back: the most frequent form knows each word alone, the bigram knows the word
//! before. Reads and produces text; blanks, signs and numbers stay as they are.

use crate::alphabet::{Token, fold_key, recase, tokens};
use crate::dictionary::vocabulary::{BOUNDARY, Reading, reading};
use crate::dictionary::{Cost, Dictionary, WordId};

/// Every word in its most frequent form.
pub fn most_frequent(text: &str, dictionary: &Dictionary) -> String {
    let cost = |id: &WordId| (dictionary.ngram().unigram(*id), *id);
    let best = |token: Token<'_>| match candidates(&token, dictionary).into_iter().min_by_key(cost) {
        Some(id) if is_word(&token) => recase(dictionary.text(id), token.text),
        _ => token.text.to_owned(),
    };
    tokens(text).map(best).collect()
}

/// A candidate, the price of the best way to it, and where that way comes from in the column before.
type Reached = (WordId, Cost, usize);

/// The likeliest words by pairs of neighbours (Viterbi 1967), line by line.
pub fn bigram(text: &str, dictionary: &Dictionary) -> String {
    text.split_inclusive('\n').map(|line| bigram_line(line, dictionary)).collect()
}

fn bigram_line(line: &str, dictionary: &Dictionary) -> String {
    let all: Vec<Token<'_>> = tokens(line).collect();
    // A column for each token the model reads: its candidates with their prices and the place they came from.
    let mut columns: Vec<(usize, Vec<Reached>)> = vec![(0, vec![(BOUNDARY, 0, 0)])];
    for (at, token) in all.iter().enumerate() {
        let words = candidates(token, dictionary);
        let Some((_, before)) = columns.last().filter(|_| !words.is_empty()) else { continue };
        let price = |&word: &WordId| {
            let ways = before.iter().enumerate();
            let ways = ways.map(|(n, b)| (b.1 + dictionary.ngram().pair(b.0, word).cost, n));
            ways.min().map(|(cost, from)| (word, cost, from))
        };
        let column = words.iter().filter_map(price).collect();
        columns.push((at, column));
    }
    let mut chosen: Vec<Option<WordId>> = vec![None; all.len()];
    let cheapest = |column: &[Reached]| (0..column.len()).min_by_key(|&n| column[n].1);
    let mut at = columns.last().and_then(|(_, column)| cheapest(column));
    for (token, column) in columns.iter().skip(1).rev() {
        let Some(&(word, _, from)) = at.and_then(|at| column.get(at)) else { break };
        chosen[*token] = Some(word).filter(|_| is_word(&all[*token]));
        at = Some(from);
    }
    let written = |(token, word): (&Token<'_>, Option<WordId>)| {
        word.map_or_else(|| token.text.to_owned(), |id| recase(dictionary.text(id), token.text))
    };
    all.iter().zip(chosen).map(written).collect()
}

fn is_word(token: &Token<'_>) -> bool {
    matches!(reading(token), Reading::Word(_)) && !dictionary_class(token)
}

/// Words the dictionary has no form for keep their text.
fn dictionary_class(token: &Token<'_>) -> bool {
    token.text.chars().any(|c| c.is_ascii_digit())
}

fn candidates(token: &Token<'_>, dictionary: &Dictionary) -> Vec<WordId> {
    match reading(token) {
        Reading::Nothing => Vec::new(),
        Reading::Class(class) => vec![class],
        Reading::Word(word) => dictionary.candidates(&fold_key(&word)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_before_helps() {
        let dictionary = Dictionary::builtin().unwrap();
        let text = "Uy ban nhan dan tinh, so 12/KH-UBND\n";
        assert_eq!(bigram(text, &dictionary), "Ủy ban nhân dân tỉnh, số 12/KH-UBND\n");
        assert_ne!(most_frequent(text, &dictionary), text);
    }
}
