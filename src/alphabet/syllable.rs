//! The shape of a syllable: onset, rhyme, tone.
//!
//! Vietnamese has some thirty written onsets, about 160 rhymes and six tones, of which syllables that end in a
//! stop (`c ch p t`) bear two. What fits is *possible*, whether or not any dictionary has it; what doesn't fit is
//! a foreign word, an abbreviation or damage. Purely structural: no word list is read.

use super::fold::{canonical, fold_key_into};
use super::letter::split_tone;
use super::tone::Tone;

/// Written onsets, longest first where one begins another; the empty onset is tried last.
const ONSETS: [&str; 28] = [
    "ngh", "ng", "nh", "n", "gh", "gi", "g", "kh", "k", "ph", "p", "qu", "th", "tr", "t", "ch", "c", "b",
    "d", "đ", "h", "l", "m", "r", "s", "v", "x", "",
];

/// Rhymes without tone mark, sorted by bytes.
const RHYMES: [&str; 171] = [
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "e", "ec", "em", "en",
    "eng", "eo", "ep", "et", "i", "ia", "ich", "im", "in", "inh", "ip", "it", "iu", "iêc", "iêm", "iên",
    "iêng", "iêp", "iêt", "iêu", "o", "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap",
    "oat", "oay", "oc", "oe", "oec", "oem", "oen", "oeo", "oet", "oi", "om", "on", "ong", "ooc", "oong",
    "op", "ot", "oăc", "oăm", "oăn", "oăng", "oăp", "oăt", "u", "ua", "uau", "uc", "ui", "um", "un", "ung",
    "up", "ut", "uy", "uya", "uych", "uym", "uyn", "uynh", "uyp", "uyt", "uyu", "uyên", "uyêng", "uyêt",
    "uân", "uâng", "uât", "uây", "uê", "uêch", "uênh", "uôc", "uôi", "uôm", "uôn", "uông", "uôt", "uơ", "y",
    "ych", "ym", "ynh", "yt", "yêm", "yên", "yêng", "yêt", "yêu", "âc", "âm", "ân", "âng", "âp", "ât", "âu",
    "ây", "ê", "êch", "êm", "ên", "ênh", "êp", "êt", "êu", "ô", "ôc", "ôi", "ôm", "ôn", "ông", "ôp", "ôt",
    "ôông", "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "ơ", "ơi", "ơm", "ơn", "ơp", "ơt", "ư", "ưa", "ưc", "ưi",
    "ưm", "ưn", "ưng", "ưt", "ưu", "ươc", "ươi", "ươm", "ươn", "ương", "ươp", "ươt", "ươu",
];

/// The rhymes bare of marks, sorted: what is left of a rhyme in stripped text.
const BARE_RHYMES: [&str; 117] = [
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "e", "ec", "ech", "em",
    "en", "eng", "enh", "eo", "ep", "et", "eu", "i", "ia", "ich", "iec", "iem", "ien", "ieng", "iep", "iet",
    "ieu", "im", "in", "inh", "ip", "it", "iu", "o", "oa", "oac", "oach", "oai", "oam", "oan", "oang",
    "oanh", "oao", "oap", "oat", "oay", "oc", "oe", "oec", "oem", "oen", "oeo", "oet", "oi", "om", "on",
    "ong", "ooc", "oong", "op", "ot", "u", "ua", "uan", "uang", "uat", "uau", "uay", "uc", "ue", "uech",
    "uenh", "ui", "um", "un", "ung", "uo", "uoc", "uoi", "uom", "uon", "uong", "uop", "uot", "uou", "up",
    "ut", "uu", "uy", "uya", "uych", "uyen", "uyeng", "uyet", "uym", "uyn", "uynh", "uyp", "uyt", "uyu", "y",
    "ych", "yem", "yen", "yeng", "yet", "yeu", "ym", "ynh", "yt",
];

/// The parts of one syllable, lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syllable {
    /// `ngh`, `qu`, `gi`, or empty.
    pub onset: &'static str,
    /// Vowels and final consonant without the tone mark: `iêng`.
    pub rhyme: &'static str,
    /// The tone.
    pub tone: Tone,
}

impl Syllable {
    /// Takes a word apart if it could be a Vietnamese syllable; any case, either tone placement.
    #[must_use]
    pub fn parse(word: &str) -> Option<Syllable> {
        if word.len() > 24 {
            return None;
        }
        let (plain, tone) = without_tone(&canonical(word))?;
        let (onset, rhyme) = split(&plain, |rhyme| find(&RHYMES, rhyme))?;
        let stopped = rhyme.ends_with(['c', 'p', 't']) || rhyme.ends_with("ch");
        (!stopped || matches!(tone, Tone::Acute | Tone::Dot)).then_some(Syllable { onset, rhyme, tone })
    }
}

/// Could this be a Vietnamese syllable as it is written, tone mark and all?
#[must_use]
pub fn is_possible_syllable(word: &str) -> bool {
    Syllable::parse(word).is_some()
}

/// Could this be a syllable once marks are given back? `duoc` could, `UBND` could not. Marks it has don't matter.
#[must_use]
pub fn is_bare_syllable(word: &str) -> bool {
    if word.len() > 24 {
        return false;
    }
    let mut key = String::with_capacity(24);
    fold_key_into(word, &mut key);
    split(&key, |rhyme| find(&BARE_RHYMES, rhyme)).is_some()
}

fn without_tone(word: &str) -> Option<(String, Tone)> {
    let mut tone = Tone::Level;
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        let (letter, mark) = split_tone(c);
        if mark != Tone::Level {
            if tone != Tone::Level {
                return None;
            }
            tone = mark;
        }
        plain.push(letter);
    }
    Some((plain, tone))
}

fn split(plain: &str, rhyme: impl Fn(&str) -> Option<&'static str>) -> Option<(&'static str, &'static str)> {
    // `gì`, `gìn`, `quốc`: the glide belongs to the rhyme if nothing else is left for it.
    ONSETS.iter().find_map(|onset| Some((*onset, rhyme(plain.strip_prefix(onset)?)?)))
}

fn find(sorted: &[&'static str], rhyme: &str) -> Option<&'static str> {
    let at = sorted.binary_search_by(|probe| probe.as_bytes().cmp(rhyme.as_bytes())).ok()?;
    sorted.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold_key;
    use super::*;

    #[test]
    fn a_syllable_comes_apart() {
        let parts = |word| Syllable::parse(word).map(|s| (s.onset, s.rhyme, s.tone));
        assert_eq!(parts("nghiêng"), Some(("ngh", "iêng", Tone::Level)));
        assert_eq!(parts("Quyết"), Some(("qu", "yêt", Tone::Acute)));
        assert_eq!(parts("hoà"), parts("hòa"));
        assert_eq!(parts("gìn"), Some(("g", "in", Tone::Grave)));
        assert_eq!(parts("giữa"), Some(("gi", "ưa", Tone::Tilde)));
        assert_eq!(parts("ỦY"), Some(("", "uy", Tone::Hook)));
        assert_eq!(parts("đắk"), None);
    }

    #[test]
    fn stops_bear_two_tones_only() {
        assert!(is_possible_syllable("mặt") && !is_possible_syllable("mằt") && !is_possible_syllable("mat"));
        assert!(is_bare_syllable("mat"));
    }

    #[test]
    fn abbreviations_and_foreign_words_do_not_fit() {
        for word in ["UBND", "QĐ", "TTg", "III", "Tesseract", "web", "KH", "", "ngàynghỉ"] {
            assert!(!is_bare_syllable(word), "{word}");
        }
    }

    #[test]
    fn the_tables_are_sorted_and_agree() {
        assert!(RHYMES.is_sorted() && BARE_RHYMES.is_sorted());
        for rhyme in RHYMES {
            assert!(find(&BARE_RHYMES, &fold_key(rhyme)).is_some(), "{rhyme}");
        }
    }
}
