//! Readings of a doubtful place that count as right beside the gold one.
//!
//! Reads `STEM.alternatives.json` beside a gold file: `{"alternatives": [{"canonical": …, "accepted": […]}]}`.
//! Each accepted phrase is rewritten to the canonical one, in gold and candidate alike, before they are compared.

use serde::Deserialize;

use super::normalize::plain;

/// Rewriting rules in the order in which they apply; none by default.
#[derive(Clone, Debug, Default)]
pub struct Alternatives {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    accepted: String,
    canonical: String,
    starts_word: bool,
    ends_word: bool,
}

#[derive(Deserialize)]
struct Listed {
    alternatives: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    canonical: String,
    accepted: Vec<String>,
}

impl Alternatives {
    /// The rules of an alternatives file.
    ///
    /// # Errors
    /// When the text is not JSON of that shape.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        let listed: Listed = serde_json::from_str(json)?;
        Ok(Self { rules: listed.alternatives.iter().flat_map(rules_of).collect() })
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The text with every accepted phrase rewritten.
    pub fn rewrite(&self, text: String) -> String {
        self.rules.iter().fold(text, |text, rule| rule.rewrite(text))
    }
}

/// The longest phrase first, so that it is not broken by a shorter one inside it.
fn rules_of(entry: &Entry) -> Vec<Rule> {
    let canonical = plain(&entry.canonical);
    let mut accepted: Vec<String> = entry.accepted.iter().map(|phrase| plain(phrase)).collect();
    accepted.retain(|phrase| !phrase.is_empty());
    accepted.sort_by_key(|phrase| std::cmp::Reverse(phrase.chars().count()));
    let rule = |accepted: String| Rule {
        starts_word: accepted.chars().next().is_some_and(char::is_alphanumeric),
        ends_word: accepted.chars().next_back().is_some_and(char::is_alphanumeric),
        canonical: canonical.clone(),
        accepted,
    };
    accepted.into_iter().map(rule).collect()
}

impl Rule {
    fn rewrite(&self, text: String) -> String {
        let (mut out, mut copied, mut at) = (String::new(), 0, 0);
        while let Some(found) = text.get(at..).and_then(|rest| rest.find(&self.accepted)) {
            let (start, end) = (at + found, at + found + self.accepted.len());
            if self.stands_alone(&text, start, end) {
                out.push_str(text.get(copied..start).unwrap_or(""));
                out.push_str(&self.canonical);
                (copied, at) = (end, end);
            } else {
                at = start + self.accepted.chars().next().map_or(1, char::len_utf8);
            }
        }
        if copied == 0 {
            return text;
        }
        out.push_str(text.get(copied..).unwrap_or(""));
        out
    }

    /// A phrase that begins or ends with a letter must not be part of a longer word.
    fn stands_alone(&self, text: &str, start: usize, end: usize) -> bool {
        let before = text.get(..start).and_then(|head| head.chars().next_back());
        let after = text.get(end..).and_then(|tail| tail.chars().next());
        !(self.starts_word && before.is_some_and(in_word) || self.ends_word && after.is_some_and(in_word))
    }
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::Alternatives;

    #[test]
    fn only_whole_words_are_rewritten() {
        let json = r#"{"alternatives": [{"canonical": "ủy", "accepted": ["uỷ"]}]}"#;
        let alternatives = Alternatives::parse(json).unwrap();
        assert_eq!(alternatives.rewrite("uỷ ban, nguỷ, uỷ".into()), "ủy ban, nguỷ, ủy");
    }

    #[test]
    fn a_file_of_another_shape_is_an_error() {
        assert!(Alternatives::parse(r#"{"alternatives": 3}"#).is_err());
    }
}
