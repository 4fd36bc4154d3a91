//! Folding: the letters bare of their marks, and the canonical form in which words are compared and counted.
//!
//! `fold` is what somebody types who has no Vietnamese keyboard: `Kế hoạch` → `Ke hoach`. It reads any text and never fails.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::letter::{bare, lower};
use super::tone::{TonePlacement, place_tone};

/// Composed form (NFC); text already composed is not copied.
#[must_use]
pub fn nfc(text: &str) -> Cow<'_, str> {
    if is_surely_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// No combining mark, nothing that composes: true for ASCII and for precomposed Vietnamese.
fn is_surely_nfc(text: &str) -> bool {
    text.is_ascii()
        || unicode_normalization::is_nfc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes
}

/// Marks off, `đ` → `d`, case kept. Combining marks vanish, so composed and decomposed text fold alike.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        push_folded(c, &mut folded);
    }
    Cow::Owned(folded)
}

/// [`fold`] of one character; a lone combining mark, which folds to nothing, comes back as it is.
#[must_use]
pub fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    bare(c).or_else(|| foreign_base(c)).unwrap_or(c)
}

/// The lower-case folded form of `word`, appended to `key`: the key under which the dictionary files it.
pub fn fold_key_into(word: &str, key: &mut String) {
    for c in word.chars() {
        if c.is_ascii() {
            key.push(c.to_ascii_lowercase());
        } else {
            let start = key.len();
            push_folded(c, key);
            if key.get(start..).is_some_and(|tail| !tail.is_ascii()) {
                key.truncate(start);
                push_folded(lower(c), key);
            } else if let Some(tail) = key.get_mut(start..) {
                tail.make_ascii_lowercase();
            }
        }
    }
}

/// The key of a word: folded and lower case (`Định` → `dinh`).
#[must_use]
pub fn fold_key(word: &str) -> String {
    let mut key = String::with_capacity(word.len());
    fold_key_into(word, &mut key);
    key
}

/// The one form in which a word is counted and compared: NFC, lower case, older tone placement (`HOÀ` → `hòa`).
#[must_use]
pub fn canonical(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return match word.bytes().any(|b| b.is_ascii_uppercase()) {
            true => Cow::Owned(word.to_ascii_lowercase()),
            false => Cow::Borrowed(word),
        };
    }
    let composed = nfc(word);
    let lowered: String = composed.chars().map(|c| if c == 'Ð' { 'đ' } else { lower(c) }).collect();
    match place_tone(&lowered, TonePlacement::Old) {
        Cow::Owned(moved) => Cow::Owned(moved),
        Cow::Borrowed(_) => Cow::Owned(lowered),
    }
}

fn push_folded(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c);
    } else if let Some(letter) = bare(c) {
        out.push(letter);
    } else if !is_combining(c) {
        out.push(foreign_base(c).unwrap_or(c));
    }
}

/// Is this a combining diacritical mark (U+0300–U+036F)?
#[must_use]
pub fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// The base of a precomposed Latin letter that isn't Vietnamese: `ü` → `u`.
fn foreign_base(c: char) -> Option<char> {
    if !matches!(c, '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}') {
        return None;
    }
    let mut base = None;
    unicode_normalization::char::decompose_canonical(c, |part| {
        base.get_or_insert(part);
    });
    base.filter(|&b| b != c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_go_and_case_stays() {
        assert_eq!(fold("Ủy ban nhân dân, ĐỘC LẬP - Tự do"), "Uy ban nhan dan, DOC LAP - Tu do");
        assert_eq!(fold("Müller Ðà Nẵng"), "Muller Da Nang");
        assert_eq!(fold("số 12/KH-UBND"), "so 12/KH-UBND");
    }

    #[test]
    fn decomposed_text_folds_like_composed() {
        let decomposed: String = "Kế hoạch được".nfd().collect();
        assert_eq!(fold(&decomposed), fold("Kế hoạch được"));
        assert_eq!(canonical(&"Hoà".nfd().collect::<String>()), "hòa");
    }

    #[test]
    fn canonical_form_is_lower_case_and_of_the_older_style() {
        assert_eq!(canonical("HOÀ"), "hòa");
        assert_eq!(canonical("UBND"), "ubnd");
        assert_eq!(canonical("Ðịnh"), "định");
        assert_eq!(fold_key("Ðịnh"), "dinh");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC*") {
            let once = fold(&text).into_owned();
            prop_assert_eq!(fold(&once), once.clone());
            let key = fold_key(&text);
            prop_assert_eq!(fold_key(&key), key.clone());
        }

        #[test]
        fn canonical_is_stable(text in "\\PC{0,12}") {
            let once = canonical(&text).into_owned();
            prop_assert_eq!(canonical(&once), once.clone());
        }

        #[test]
        fn vietnamese_folds_to_ascii(text in "[a-yà-ỹđ]{0,20}") {
            let vietnamese: String = text.chars().filter(|&c| super::super::letter::is_vietnamese(c)).collect();
            prop_assert!(fold(&vietnamese).is_ascii());
        }
    }
}
