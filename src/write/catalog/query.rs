//! What somebody looks for: words, phrases and fields.
//!
//! `hội nghị "cải cách hành chính" number:265 type:KH issuer:"sở nội vụ" after:2025-01-01 before:2025-12-31 -"dự thảo"`
//!
//! All must hold. Nothing in a query is ever run: words become folded keys of letters and digits, values are bound.

use super::key;

/// More words and fields than this nobody types; the search engine's own limits lie above.
const MOST_PARTS: usize = 64;

/// A query, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Words and phrases that must be on the page, each as the keys of its words; never empty lists.
    pub phrases: Vec<Vec<String>>,
    /// Words and phrases that must not be on the page.
    pub without: Vec<Vec<String>>,
    /// Conditions on the document.
    pub fields: Vec<Condition>,
    /// Conditions that must not hold.
    pub without_fields: Vec<Condition>,
}

/// A condition on a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The number, whole (`265/KH-UBND`) or up to a slash (`265`), as key.
    Number(String),
    /// The type by abbreviation (`KH`), name (`kế hoạch`) or code (`plan`), as key.
    Type(String),
    /// Words of the issuer's name, as key.
    Issuer(String),
    /// Day of issue on or after, `YYYY-MM-DD`.
    After(String),
    /// Day of issue on or before, `YYYY-MM-DD`.
    Before(String),
}

/// Why a query cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is nothing in it to look for.
    #[error("nothing to look for; write words, a \"phrase\" or a field such as number:265")]
    Empty,
    /// There is too much in it.
    #[error("more than {MOST_PARTS} words; look for fewer, or for a \"phrase\"")]
    TooLong,
    /// A field's value is not usable.
    #[error("`{field}:{value}` is not understood; write {like}")]
    Value {
        /// The field.
        field: String,
        /// What was given.
        value: String,
        /// How a right one looks.
        like: &'static str,
    },
}

impl Query {
    /// Reads a query as typed.
    ///
    /// # Errors
    /// [`QueryError`] for an empty query and for values that cannot be meant.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let mut query = Self::default();
        let parts = parts(text);
        if parts.len() > MOST_PARTS {
            return Err(QueryError::TooLong);
        }
        parts.iter().try_for_each(|part| query.add(part))?;
        if query.phrases.is_empty() && query.fields.is_empty() && query.without_fields.is_empty() {
            return Err(QueryError::Empty);
        }
        Ok(query)
    }

    fn add(&mut self, part: &Part) -> Result<(), QueryError> {
        if let Some(condition) = part.field.as_deref().and_then(|field| condition(field, &part.value)) {
            let list = if part.negated { &mut self.without_fields } else { &mut self.fields };
            list.push(condition?);
            return Ok(());
        }
        // What only looks like a field (`Kính gửi:x`) is text.
        let text = part.field.iter().map(|field| format!("{field} ")).collect::<String>() + &part.value;
        let keys: Vec<String> = key::tokens(&text).map(|token| token.key).collect();
        match (keys.is_empty(), part.negated) {
            (true, _) => {}
            (false, true) => self.without.push(keys),
            (false, false) => self.phrases.push(keys),
        }
        Ok(())
    }
}

/// A word, a phrase or a field as typed.
#[derive(Default)]
struct Part {
    negated: bool,
    field: Option<String>,
    value: String,
}

/// Splits at blanks outside quotes; a quote that is never closed reaches to the end.
fn parts(text: &str) -> Vec<Part> {
    let (mut parts, mut part) = (Vec::new(), Part::default());
    let (mut quoted, mut begun) = (false, false);
    for c in text.chars() {
        match c {
            '"' | '“' | '”' => (quoted, begun) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if std::mem::take(&mut begun) {
                    parts.push(std::mem::take(&mut part));
                }
            }
            '-' if !begun => (part.negated, begun) = (true, true),
            ':' if !quoted && part.field.is_none() && !part.value.is_empty() => {
                part.field = Some(std::mem::take(&mut part.value));
            }
            c => {
                part.value.push(c);
                begun = true;
            }
        }
    }
    parts.push(part);
    parts
}

/// The condition a field stands for; `None` where there is no such field.
fn condition(field: &str, value: &str) -> Option<Result<Condition, QueryError>> {
    let wrong = |like| QueryError::Value { field: field.to_owned(), value: value.to_owned(), like };
    let keyed = |make: fn(String) -> Condition, like| match key::key(value) {
        key if key.is_empty() => Err(wrong(like)),
        key => Ok(make(key)),
    };
    let dated = |make: fn(String) -> Condition, end| {
        date(value, end).map(make).ok_or_else(|| wrong("a day such as 2025-12-31 or 31/12/2025, or a year"))
    };
    Some(match field.to_ascii_lowercase().as_str() {
        "number" => keyed(Condition::Number, "a number such as number:265 or number:265/KH-UBND"),
        "type" => keyed(Condition::Type, "a type such as type:KH, type:plan or type:\"kế hoạch\""),
        "issuer" => keyed(Condition::Issuer, "a name such as issuer:\"sở nội vụ\""),
        "after" => dated(Condition::After, false),
        "before" => dated(Condition::Before, true),
        _ => return None,
    })
}

/// A day as `YYYY-MM-DD` from ISO or Vietnamese writing; of a month or a year alone its first or last day.
fn date(text: &str, end: bool) -> Option<String> {
    let numbers: Vec<u32> =
        text.split(['-', '/', '.']).map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
    let (year, month, day) = match *numbers.as_slice() {
        [year] => (year, if end { 12 } else { 1 }, if end { 31 } else { 1 }),
        [year, month] if year > 31 => (year, month, if end { 31 } else { 1 }),
        [month, year] => (year, month, if end { 31 } else { 1 }),
        [year, month, day] if year > 31 => (year, month, day),
        [day, month, year] => (year, month, day),
        _ => return None,
    };
    let known = (1000..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    known.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    #[test]
    fn words_phrases_and_fields_are_told_apart() {
        let query = Query::parse(
            "Hội \"Cải cách HÀNH chính\" số:12 number:265/KH-UBND type:kh before:31/12/2025 -\"dự thảo\"",
        );
        let query = query.unwrap();
        assert_eq!(
            query.phrases,
            [keys(&["hoi"]), keys(&["cai", "cach", "hanh", "chinh"]), keys(&["so", "12"])]
        );
        assert_eq!(query.without, [keys(&["du", "thao"])]);
        assert_eq!(
            query.fields,
            [
                Condition::Number("265 kh ubnd".into()),
                Condition::Type("kh".into()),
                Condition::Before("2025-12-31".into())
            ]
        );
    }

    #[test]
    fn a_day_may_be_written_either_way_or_left_out() {
        assert_eq!(date("2025-9-6", false).unwrap(), "2025-09-06");
        assert_eq!(date("6/9/2025", false).unwrap(), "2025-09-06");
        assert_eq!(date("2025", true).unwrap(), "2025-12-31");
        assert_eq!(date("9/2025", false).unwrap(), "2025-09-01");
        for wrong in ["", "tomorrow", "2025-13-01", "1-2-3-4", "99/99/99"] {
            assert_eq!(date(wrong, true), None, "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_meant_says_how_it_is_meant() {
        assert_eq!(Query::parse(" -x \"\" "), Err(QueryError::Empty));
        assert!(Query::parse("before:mai").unwrap_err().to_string().contains("2025-12-31"));
        assert!(Query::parse("number:///").unwrap_err().to_string().contains("number:265"));
    }

    proptest! {
        #[test]
        fn any_text_is_a_query_or_a_clear_error(text in "\\PC*|[\"'():*^ a-z-]*") {
            if let Ok(query) = Query::parse(&text) {
                let words = query.phrases.iter().chain(&query.without).flatten();
                for word in words {
                    prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric));
                }
            }
        }
    }
}
