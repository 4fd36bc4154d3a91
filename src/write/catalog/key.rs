//! The form in which words are filed and looked for: without marks and case, `đ` as `d`, only letters and digits.
//!
//! Both sides go through here, so that `kế hoạch số 265/KH-UBND` is found by `ke hoach so 265 kh ubnd`.

use crate::alphabet::fold_key_into;

/// A word of a text: where it stands in it, and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the text.
    pub start: usize,
    /// End, excluded.
    pub end: usize,
    /// Folded and lower case; never empty, letters and digits only.
    pub key: String,
}

/// The words of a text: runs of letters, digits and the marks that combine with them.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let start = rest + text.get(rest..)?.find(in_word)?;
            let tail = text.get(start..)?;
            let end = start + tail.find(|c| !in_word(c)).unwrap_or(tail.len());
            rest = end;
            let mut key = String::with_capacity(end - start);
            fold_key_into(text.get(start..end)?, &mut key);
            key.retain(char::is_alphanumeric);
            if !key.is_empty() {
                return Some(Token { start, end, key });
            }
        }
    })
}

/// The keys of a text's words, a blank between them.
pub fn key(text: &str) -> String {
    let mut keys = String::with_capacity(text.len());
    for token in tokens(text) {
        if !keys.is_empty() {
            keys.push(' ');
        }
        keys.push_str(&token.key);
    }
    keys
}

/// The key with a blank at either end, so that whole words can be looked for in it; empty where there are none.
pub fn padded(text: &str) -> String {
    match key(text) {
        key if key.is_empty() => key,
        key => format!(" {key} "),
    }
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn marks_case_and_signs_do_not_matter() {
        assert_eq!(key("Số: 265/KH-UBND, Đề án"), "so 265 kh ubnd de an");
        assert_eq!(key(&"Kế hoạch ĐƯỢC".nfd().collect::<String>()), "ke hoach duoc");
        assert_eq!(padded("\"(- *"), "");
    }

    #[test]
    fn a_token_knows_its_place() {
        let text = "– Sở Nội vụ;";
        let places: Vec<&str> = tokens(text).map(|t| &text[t.start..t.end]).collect();
        assert_eq!(places, ["Sở", "Nội", "vụ"]);
    }
}
