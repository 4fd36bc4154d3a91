//! The six tones, and where a syllable's tone mark stands.
//!
//! Two styles are in use: the older `hòa, khỏe, ủy` (most administrative papers, and the national title)
//! and the newer `hoà, khoẻ, uỷ` (schools, many dictionaries). They differ only in open syllables that end in
//! `oa`, `oe`, `uy`. Inside vanthu the older style is canonical; what a paper used, its own majority tells.

use std::borrow::Cow;

use super::letter::{is_vowel, lower, split_tone, with_tone};

/// A tone; the discriminant is its column in the letter table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Tone {
    /// *ngang*, no mark.
    #[default]
    Level = 0,
    /// *huyền*, `à`.
    Grave = 1,
    /// *hỏi*, `ả`.
    Hook = 2,
    /// *ngã*, `ã`.
    Tilde = 3,
    /// *sắc*, `á`.
    Acute = 4,
    /// *nặng*, `ạ`.
    Dot = 5,
}

impl Tone {
    pub(super) fn from_index(index: u8) -> Tone {
        [Tone::Level, Tone::Grave, Tone::Hook, Tone::Tilde, Tone::Acute, Tone::Dot]
            .get(usize::from(index))
            .copied()
            .unwrap_or_default()
    }
}

/// Where the mark stands in open `oa`, `oe`, `uy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TonePlacement {
    /// On the first vowel: `hòa`, `ủy`. Canonical here.
    #[default]
    Old,
    /// On the main vowel: `hoà`, `uỷ`.
    New,
}

/// The most letters a syllable has (`nghiêng`), with room to spare; longer words are not syllables.
const LONGEST: usize = 8;

/// The word with its tone mark where `style` puts it, case kept: (`hoà`, Old) → `hòa`, (`TÒAN`, any) → `TOÀN`.
///
/// Anything with no tone mark, with two, or not of one vowel group comes back unchanged.
#[must_use]
pub fn place_tone(word: &str, style: TonePlacement) -> Cow<'_, str> {
    match placed(word, style) {
        Some(moved) => Cow::Owned(moved),
        None => Cow::Borrowed(word),
    }
}

/// The style a word shows, if it's one of those in which the styles differ.
#[must_use]
pub fn placement_of(word: &str) -> Option<TonePlacement> {
    let old = place_tone(word, TonePlacement::Old);
    let new = place_tone(word, TonePlacement::New);
    match (old == new, old == word, new == word) {
        (false, true, _) => Some(TonePlacement::Old),
        (false, _, true) => Some(TonePlacement::New),
        _ => None,
    }
}

fn placed(word: &str, style: TonePlacement) -> Option<String> {
    if word.is_ascii() {
        return None;
    }
    let mut letters = ['\0'; LONGEST];
    let mut count = 0;
    let mut mark = None;
    for c in word.chars() {
        let (letter, tone) = split_tone(c);
        *letters.get_mut(count)? = letter;
        if tone != Tone::Level {
            if mark.is_some() {
                return None;
            }
            mark = Some((count, tone));
        }
        count += 1;
    }
    let (from, tone) = mark?;
    let letters = letters.get_mut(..count)?;
    let to = tone_position(letters, style)?;
    if from == to {
        return None;
    }
    let letter = letters.get_mut(to)?;
    *letter = with_tone(*letter, tone);
    Some(letters.iter().collect())
}

/// Which of the letters (tone marks off) bears the mark.
///
/// The rule of every primer: a vowel with a quality mark takes it, the last one if there are two (`ươ`); of two
/// plain vowels the second before a final consonant (`hoàn`), else the first (`bài`), but for the style's
/// `oa oe uy`; of three the middle one (`ngoài`, `khuỷu`). The `u` of `qu` and the `i` of `gi` don't count.
fn tone_position(letters: &[char], style: TonePlacement) -> Option<usize> {
    let (start, end) = vowel_group(letters)?;
    let group = letters.get(start..end)?;
    if let Some(at) = group.iter().rposition(|&c| !c.is_ascii()) {
        return Some(start + at);
    }
    let closed = end < letters.len();
    let at = match (group.len(), closed) {
        (1, _) => 0,
        (2, true) | (3, _) => 1,
        (2, false) => usize::from(style == TonePlacement::New && is_rising_pair(group)),
        _ => return None,
    };
    Some(start + at)
}

fn is_rising_pair(group: &[char]) -> bool {
    matches!(
        (group.first().copied().map(lower), group.get(1).copied().map(lower)),
        (Some('o'), Some('a' | 'e')) | (Some('u'), Some('y'))
    )
}

/// First and past-the-last index of the one run of vowels, without the glide of `qu` and `gi`.
fn vowel_group(letters: &[char]) -> Option<(usize, usize)> {
    let mut start = letters.iter().position(|&c| is_vowel(c))?;
    let length = letters.get(start..)?.iter().take_while(|&&c| is_vowel(c)).count();
    let end = start + length;
    if letters.get(end..)?.iter().any(|&c| is_vowel(c)) {
        return None;
    }
    let pair = start.checked_sub(1).and_then(|at| letters.get(at)).map(|&c| lower(c));
    let glide = matches!(
        (pair, letters.get(start).map(|&c| lower(c))),
        (Some('q'), Some('u')) | (Some('g'), Some('i'))
    );
    let only_g = pair == Some('g') && start > 1;
    if glide && length > 1 && !only_g {
        start += 1;
    }
    Some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_and_back() {
        for (old, new) in [("hòa", "hoà"), ("ủy", "uỷ"), ("KHỎE", "KHOẺ"), ("Thủy", "Thuỷ"), ("lóe", "loé")]
        {
            assert_eq!(place_tone(old, TonePlacement::New), new);
            assert_eq!(place_tone(new, TonePlacement::Old), old);
            assert_eq!(placement_of(old), Some(TonePlacement::Old));
            assert_eq!(placement_of(new), Some(TonePlacement::New));
        }
    }

    #[test]
    fn most_words_have_one_place_only() {
        for word in [
            "quý", "già", "gìn", "giữa", "giếng", "hoàn", "ngoài", "khuỷu", "thuở", "người", "thuế", "quyển",
            "bài", "của", "mía", "tiếng", "uống", "quả", "quốc", "hươu", "rượu", "ngoèo", "goòng", "đã", "ở",
            "gì", "nghĩa",
        ] {
            assert_eq!(place_tone(word, TonePlacement::Old), word);
            assert_eq!(place_tone(word, TonePlacement::New), word);
            assert_eq!(placement_of(word), None);
        }
    }

    #[test]
    fn a_mark_on_the_wrong_vowel_is_moved() {
        assert_eq!(place_tone("hòan", TonePlacement::Old), "hoàn");
        assert_eq!(place_tone("qúy", TonePlacement::New), "quý");
        assert_eq!(place_tone("ngừơi", TonePlacement::Old), "người");
    }

    #[test]
    fn what_is_no_syllable_stays() {
        for word in ["", "résumé", "Übermaß", "àáà", "ngàynghỉngơi", "naïve"] {
            assert_eq!(place_tone(word, TonePlacement::Old), word);
        }
    }
}
