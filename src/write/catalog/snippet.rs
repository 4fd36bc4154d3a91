//! The words around a hit, with the hits marked.

use serde::Serialize;

use super::key::{Token, tokens};

/// Words shown before the first hit and after it.
const BEFORE: usize = 8;
const AFTER: usize = 22;

/// A piece of a page around a hit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// One line of text; `…` where more stands before or after it. Control characters are left out.
    pub text: String,
    /// The hits in it, as `[start, end)` in characters.
    pub hits: Vec<(usize, usize)>,
}

impl Snippet {
    /// The piece of `text` around the first of the phrases; its beginning where none is in it.
    pub fn around(text: &str, phrases: &[Vec<String>]) -> Self {
        let tokens: Vec<Token> = tokens(text).collect();
        let found = spots(&tokens, phrases);
        let first = found.first().map_or(0, |spot| spot.0);
        let (from, to) = (first.saturating_sub(BEFORE), (first + AFTER).min(tokens.len()));
        let start = if from == 0 { 0 } else { tokens.get(from).map_or(0, |token| token.start) };
        let end =
            if to == tokens.len() { text.len() } else { tokens.get(to - 1).map_or(0, |token| token.end) };
        let mut snippet = Self::default();
        if from > 0 {
            snippet.text.push_str("… ");
        }
        let mut at = start;
        for (a, b) in found.into_iter().filter(|spot| spot.1 <= to) {
            let (Some(a), Some(b)) = (tokens.get(a), tokens.get(b - 1)) else { continue };
            snippet.push(text.get(at..a.start).unwrap_or_default());
            let begin = snippet.text.chars().count();
            snippet.push(text.get(a.start..b.end).unwrap_or_default());
            snippet.hits.push((begin, snippet.text.chars().count()));
            at = b.end;
        }
        snippet.push(text.get(at..end).unwrap_or_default());
        if to < tokens.len() {
            snippet.text.push_str(" …");
        }
        snippet
    }

    /// Adds text on one line, blanks single, nothing that a terminal would obey.
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            let c = if c.is_whitespace() || c.is_control() { ' ' } else { c };
            if c != ' ' || !(self.text.is_empty() || self.text.ends_with(' ')) {
                self.text.push(c);
            }
        }
    }
}

/// The places of the phrases as `[start, end)` in tokens, in order, none overlapping.
fn spots(tokens: &[Token], phrases: &[Vec<String>]) -> Vec<(usize, usize)> {
    let mut spots = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let longest = phrases.iter().filter(|phrase| stands_at(tokens, at, phrase)).map(Vec::len).max();
        match longest {
            Some(length) if length > 0 => {
                spots.push((at, at + length));
                at += length;
            }
            _ => at += 1,
        }
    }
    spots
}

fn stands_at(tokens: &[Token], at: usize, phrase: &[String]) -> bool {
    tokens
        .get(at..at + phrase.len())
        .is_some_and(|here| here.iter().zip(phrase).all(|(token, key)| token.key == *key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(words: &str) -> Vec<String> {
        words.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn hits_are_marked_with_their_marks_on() {
        let text = "Thực hiện Kế hoạch\ncải cách hành chính\u{1b}[31m nhà nước";
        let snippet = Snippet::around(text, &[phrase("cai cach"), phrase("nuoc")]);
        assert_eq!(snippet.text, "Thực hiện Kế hoạch cải cách hành chính [31m nhà nước");
        let hits: Vec<String> =
            snippet.hits.iter().map(|&(a, b)| snippet.text.chars().skip(a).take(b - a).collect()).collect();
        assert_eq!(hits, ["cải cách", "nước"]);
    }

    #[test]
    fn a_long_page_is_cut_around_the_first_hit() {
        let text = (0..200).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        let snippet = Snippet::around(&text, &[phrase("w100"), phrase("w190")]);
        assert!(snippet.text.starts_with("… w92 ") && snippet.text.ends_with(" w121 …"), "{}", snippet.text);
        assert_eq!(snippet.hits.len(), 1);
        assert!(Snippet::around(&text, &[phrase("khong")]).text.starts_with("w0 "));
        assert_eq!(Snippet::around("", &[phrase("a")]), Snippet::default());
    }
}
