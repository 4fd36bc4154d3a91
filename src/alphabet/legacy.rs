//! Legacy encodings: text of the years before Unicode, in TCVN3 (ABC fonts), VNI or VISCII.
//!
//! Such text turns up in old `.txt` files and in the text layers of old PDF files, where every byte has become the Latin-1 character
//! of that number (`céng hßa x· héi`). [`detect_legacy`] reads a sample, decodes it each way and counts how many
//! words are Vietnamese syllables before and after; [`decode_legacy`] decodes. Nothing is decoded on a mere guess: plain
//! ASCII, good Unicode and text too short to tell stay as they are.

use super::syllable::Syllable;
use super::tone::Tone;

/// An encoding older than Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LegacyEncoding {
    /// TCVN 5712:1993 as ABC fonts use it (`.VnTime`); capitals with tone marks are a matter of the font and come out small.
    Tcvn3,
    /// VNI for Windows: letters followed by signs that stand for marks.
    Vni,
    /// VISCII 1.1, RFC 1456.
    Viscii,
}

impl LegacyEncoding {
    /// All of them, in the order in which ties are broken.
    pub const ALL: [LegacyEncoding; 3] = [LegacyEncoding::Tcvn3, LegacyEncoding::Vni, LegacyEncoding::Viscii];
}

/// What speaks for an encoding: shares (0–1) of the sampled words that are Vietnamese syllables.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LegacyEvidence {
    /// The encoding.
    pub encoding: LegacyEncoding,
    /// Share before decoding.
    pub before: f64,
    /// Share after decoding.
    pub after: f64,
    /// Words in the sample.
    pub words: usize,
}

/// Characters looked at.
const SAMPLE: usize = 20_000;
/// With fewer words that decoding changes, there's no telling.
const FEWEST_CHANGED: usize = 5;
/// What must be syllables after decoding, and by how much that must be more than before.
const LEAST_AFTER: f64 = 0.8;
const LEAST_GAIN: f64 = 0.15;

/// The encoding a text is in, if the evidence is clear. `attested` says whether a word is Vietnamese: the dictionary's
/// word list where there is one, else [`is_possible_syllable`](super::is_possible_syllable).
#[must_use]
pub fn detect_legacy(text: &str, attested: impl Fn(&str) -> bool) -> Option<LegacyEvidence> {
    let end = text.char_indices().nth(SAMPLE).map_or(text.len(), |(at, _)| at);
    let sample = text.get(..end)?;
    if sample.is_ascii() {
        return None;
    }
    let (before, _, _) = share(sample, sample, &attested);
    let mut best: Option<LegacyEvidence> = None;
    for encoding in LegacyEncoding::ALL {
        let (after, words, changed) = share(sample, &decode_legacy(sample, encoding), &attested);
        let clear = changed >= FEWEST_CHANGED && after >= LEAST_AFTER && after >= before + LEAST_GAIN;
        if clear && best.is_none_or(|best| after > best.after) {
            best = Some(LegacyEvidence { encoding, before, after, words });
        }
    }
    best
}

/// [`detect_legacy`] with the structure of syllables as the only judge.
#[must_use]
pub fn detect_legacy_by_shape(text: &str) -> Option<LegacyEvidence> {
    detect_legacy(text, |word| {
        // Without a tone a foreign word may pass by chance, so one of two letters must not count.
        Syllable::parse(word)
            .is_some_and(|s| s.tone != Tone::Level || !s.onset.is_empty() || s.rhyme.len() > 1)
    })
}

/// Share of words that are attested, number of words, and how many differ from the words of the original.
fn share(original: &str, decoded: &str, attested: &impl Fn(&str) -> bool) -> (f64, usize, usize) {
    let (mut words, mut good, mut changed) = (0usize, 0usize, 0usize);
    for (old, new) in original.split_whitespace().zip(decoded.split_whitespace()) {
        let trimmed = new.trim_matches(|c: char| c.is_ascii_punctuation() || c.is_ascii_digit());
        if trimmed.is_empty() {
            continue;
        }
        words += 1;
        good += usize::from(attested(trimmed));
        changed += usize::from(old != new);
    }
    (good as f64 / words.max(1) as f64, words, changed)
}

/// Bytes as the characters of the same numbers: how legacy text that is no UTF-8 comes to be a string.
#[must_use]
pub fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// Decodes text whose characters are the bytes of a legacy encoding, in Latin-1 or Windows-1252. Result is NFC. Characters
/// that the encoding doesn't have stay.
#[must_use]
pub fn decode_legacy(text: &str, encoding: LegacyEncoding) -> String {
    match encoding {
        LegacyEncoding::Tcvn3 => text.chars().map(|c| upper_half(&TCVN3, c)).collect(),
        LegacyEncoding::Viscii => text.chars().map(viscii).collect(),
        LegacyEncoding::Vni => vni(text),
    }
}

/// 0x80–0xFF in TCVN3.
const TCVN3: [&str; 4] = [
    "\u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8A}\u{8B}\u{8C}\u{8D}\u{8E}\u{8F}\u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9A}\u{9B}\u{9C}\u{9D}\u{9E}\u{9F}",
    "\u{A0}ĂÂÊÔƠƯĐăâêôơưđẰ°±²³´àảãáạẲằẳẵắẴ",
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò",
    "ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ",
];

/// 0x80–0xFF in VISCII.
const VISCII: [&str; 4] = [
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ",
    "ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ",
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư",
    "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
];

/// What Windows-1252 has at 0x80–0x9F, where Latin-1 has control characters.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ";

fn byte_of(c: char) -> Option<usize> {
    match c as u32 {
        code @ 0x80..=0xFF => Some(code as usize),
        _ => WINDOWS_1252.chars().position(|w| w == c).map(|at| at + 0x80),
    }
}

fn upper_half(table: &[&'static str; 4], c: char) -> char {
    let Some(at) = byte_of(c).and_then(|byte| byte.checked_sub(0x80)) else { return c };
    table.get(at / 32).and_then(|row| row.chars().nth(at % 32)).unwrap_or(c)
}

/// VISCII puts six rare capitals on control characters.
fn viscii(c: char) -> char {
    match c {
        '\u{2}' => 'Ẳ',
        '\u{5}' => 'Ẵ',
        '\u{6}' => 'Ẫ',
        '\u{14}' => 'Ỷ',
        '\u{19}' => 'Ỹ',
        '\u{1E}' => 'Ỵ',
        _ => upper_half(&VISCII, c),
    }
}

/// Letters that VNI writes with one sign.
const VNI_SINGLE: [(char, char); 16] = [
    ('ñ', 'đ'),
    ('Ñ', 'Đ'),
    ('ô', 'ơ'),
    ('Ô', 'Ơ'),
    ('ö', 'ư'),
    ('Ö', 'Ư'),
    ('í', 'í'),
    ('ì', 'ì'),
    ('æ', 'ỉ'),
    ('Æ', 'Ỉ'),
    ('ó', 'ĩ'),
    ('Ó', 'Ĩ'),
    ('ò', 'ị'),
    ('Ò', 'Ị'),
    ('î', 'ỵ'),
    ('Î', 'Ỵ'),
];

/// Small signs after a letter, and what each makes of it; the capital signs are their capitals.
const VNI_SIGNS: &str = "ùøûõïâáàåãäêéèúüë";

/// For each base letter, what the signs of [`VNI_SIGNS`] make of it; a blank where the pair doesn't exist.
const VNI_PAIRS: [(char, &str); 6] = [
    ('a', "áàảãạâấầẩẫậăắằẳẵặ"),
    ('e', "éèẻẽẹêếềểễệ      "),
    ('o', "óòỏõọôốồổỗộ      "),
    ('u', "úùủũụ            "),
    ('y', "ýỳỷỹ             "),
    ('ơ', "ớờởỡợ            "),
];

/// The row of `ư`, which comes after `ö`.
const VNI_U_HORN: &str = "ứừửữự            ";

fn vni(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let letter = VNI_SINGLE.iter().find(|(sign, _)| *sign == c).map_or(c, |&(_, letter)| letter);
        match chars.peek().and_then(|&sign| vni_pair(letter, sign)) {
            Some(marked) => {
                chars.next();
                out.push(marked);
            }
            None => out.push(letter),
        }
    }
    out
}

fn vni_pair(letter: char, sign: char) -> Option<char> {
    let small = super::letter::lower(letter);
    let column = VNI_SIGNS.chars().position(|s| s == super::letter::lower(sign))?;
    let row = match small {
        'ư' => VNI_U_HORN,
        _ => VNI_PAIRS.iter().find(|(base, _)| *base == small)?.1,
    };
    let marked = row.chars().nth(column).filter(|&c| c != ' ')?;
    Some(if letter == small { marked } else { super::letter::upper(marked) })
}

#[cfg(test)]
mod tests {
    use super::super::syllable::is_possible_syllable;
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "Sở Nội vụ chủ trì, phối hợp với các đơn vị tổ chức hội nghị đánh giá kết quả thực hiện \
                        nhiệm vụ; đề xuất những giải pháp nâng cao chất lượng phục vụ người dân trong quý tới";

    /// The inverse of decoding, by trying: good enough for a test.
    fn encode(text: &str, encoding: LegacyEncoding) -> String {
        text.chars().map(|c| encode_char(c, encoding)).collect()
    }

    fn encode_char(c: char, encoding: LegacyEncoding) -> String {
        if c.is_ascii() {
            return c.to_string();
        }
        let bytes = (0x80u8..=0xFF).map(|b| char::from(b).to_string());
        let letters = "aeouyAEOUYôÔöÖ".chars();
        let pairs = letters.flat_map(|a| (0xC0u8..=0xFF).map(move |b| format!("{a}{}", char::from(b))));
        let all: Vec<String> = bytes.chain(pairs).collect();
        all.into_iter()
            .find(|old| decode_legacy(old, encoding) == c.to_string())
            .unwrap_or_else(|| c.to_string())
    }

    #[test]
    fn old_text_is_told_apart_and_decoded() {
        for encoding in LegacyEncoding::ALL {
            let old = encode(TEXT, encoding);
            assert_ne!(old, TEXT);
            let found = detect_legacy(&old, is_possible_syllable).map(|evidence| evidence.encoding);
            assert_eq!(found, Some(encoding));
            assert_eq!(detect_legacy_by_shape(&old).map(|evidence| evidence.encoding), Some(encoding));
            assert_eq!(decode_legacy(&old, encoding), TEXT);
        }
    }

    #[test]
    fn known_samples() {
        assert_eq!(
            decode_legacy("céng hßa x· héi chñ nghÜa viÖt nam", LegacyEncoding::Tcvn3),
            "cộng hòa xã hội chủ nghĩa việt nam"
        );
        assert_eq!(
            decode_legacy("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", LegacyEncoding::Vni),
            "Cộng hòa xã hội chủ nghĩa Việt Nam"
        );
    }

    #[test]
    fn good_text_is_left_alone() {
        for text in [TEXT, "plain ascii, nothing to see", "Müller và Größe", "", "ủy ban"] {
            assert_eq!(detect_legacy(text, is_possible_syllable), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_decodes_without_harm(text in "\\PC{0,60}") {
            for encoding in LegacyEncoding::ALL {
                let decoded = decode_legacy(&text, encoding);
                prop_assert!(decoded.chars().count() <= text.chars().count());
            }
            let _ = detect_legacy_by_shape(&text);
        }
    }
}
