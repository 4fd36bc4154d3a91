//! Takes over a PDF's own text where it is good, and leaves it where it is not.
//!
//! Reads the text layer of a [`PageImage`]; produces words in the upright frame, or `None`. A layer is good if it was
//! drawn for the eye and not over a scan, and reads as Vietnamese: nearly every word is a possible syllable, and as
//! many carry marks as in any Vietnamese text. Stripped layers have no marks; mojibake and the legacy encodings
//! (TCVN3, VNI) make impossible syllables; a broken character map leaves holes.

use unicode_normalization::UnicodeNormalization;

use super::ocr_page::OcrWord;
use crate::alphabet::{is_possible_syllable, is_vietnamese};
use crate::geometry::Rect;
use crate::prepare::page_image::{LayerWord, PageImage, TextLayer};

/// Fewer words than this say nothing about a layer; such a page is read anew.
const FEWEST_WORDS: usize = 20;

/// At least this share of the words are possible syllables (foreign names and units are not).
const POSSIBLE: f32 = 0.9;

/// Two thirds of the syllables of Vietnamese prose carry a mark; lists of names and figures have fewer.
const MARKED: f32 = 0.4;

/// Confidence of a word taken over: as good as certain.
const CONFIDENCE: f32 = 0.99;

/// The words of a good layer.
pub fn take_over(page: &PageImage) -> Option<Vec<OcrWord>> {
    let layer = page.text_layer.as_ref()?;
    if !is_good(layer) {
        return None;
    }
    let upright = page.to_source.inverse()?;
    let mut words = Vec::with_capacity(layer.words.len());
    let mut place = Place::default();
    for word in &layer.words {
        let bbox = upright.apply_rect(&word.bbox);
        place.advance(&bbox);
        words.push(OcrWord {
            text: word.text.nfc().collect(),
            bbox,
            confidence: CONFIDENCE,
            block: place.block,
            paragraph: place.block,
            line: place.line,
            symbols: Vec::new(),
        });
    }
    Some(words)
}

/// Whether a layer can stand for the page.
pub fn is_good(layer: &TextLayer) -> bool {
    if !layer.visible || layer.over_scan {
        return false;
    }
    let readings: Vec<Reading> = layer.words.iter().filter_map(read_word).collect();
    if readings.len() < FEWEST_WORDS {
        return false;
    }
    let share =
        |good: fn(&&Reading) -> bool| readings.iter().filter(good).count() as f32 / readings.len() as f32;
    share(|r| r.possible) >= POSSIBLE && share(|r| r.marked) >= MARKED
}

struct Reading {
    possible: bool,
    marked: bool,
}

/// A word without its punctuation; `None` for figures, codes and abbreviations, which prove nothing.
fn read_word(word: &LayerWord) -> Option<Reading> {
    let text: String = word.text.nfc().collect();
    let bare =
        text.trim_matches(|c: char| c.is_ascii_punctuation() || c.is_ascii_digit() || "“”‘’…–—".contains(c));
    let abbreviation = bare.chars().all(|c| c.is_uppercase()) && bare.chars().count() <= 5;
    let code = bare.chars().any(|c| c.is_ascii_digit() || "/@._".contains(c));
    if bare.is_empty() || code || (abbreviation && !is_possible_syllable(bare)) {
        return None;
    }
    // Two words joined by a hyphen or slash count as one.
    let possible = bare.split(['-', '–']).all(|part| part.is_empty() || is_possible_syllable(part));
    Some(Reading { possible, marked: possible && bare.chars().any(|c| !c.is_ascii() && is_vietnamese(c)) })
}

/// Counts lines and blocks by the boxes, as the file has none.
#[derive(Default)]
struct Place {
    last: Option<Rect>,
    block: u32,
    line: u32,
}

impl Place {
    fn advance(&mut self, bbox: &Rect) {
        if let Some(last) = self.last.replace(*bbox) {
            let height = last.height().max(bbox.height()).max(1);
            let same_line =
                last.overlap_y(bbox) * 2 >= last.height().min(bbox.height()) && bbox.x0 >= last.x0;
            let far =
                bbox.y0 - last.y1 > 3 * height / 2 || bbox.y1 < last.y0 || bbox.x0 - last.x1 > 4 * height;
            self.line += u32::from(!same_line || far);
            self.block += u32::from(far);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(text: &str) -> TextLayer {
        let words = text.split_whitespace().map(|t| LayerWord { text: t.to_string(), bbox: Rect::default() });
        TextLayer { words: words.collect(), visible: true, over_scan: false }
    }

    const GOOD: &str = "Thực hiện Kế hoạch số 12/KH-UBND ngày 05/01/2026 của Ủy ban nhân dân tỉnh An Hải về công tác văn \
        thư, lưu trữ năm 2026, Sở Nội vụ đề nghị các cơ quan, đơn vị báo cáo kết quả trước ngày 20 tháng 3.";

    #[test]
    fn good_text_is_taken_and_its_hidden_twin_is_not() {
        assert!(is_good(&layer(GOOD)));
        assert!(!is_good(&TextLayer { visible: false, ..layer(GOOD) }));
        assert!(!is_good(&TextLayer { over_scan: true, ..layer(GOOD) }));
    }

    #[test]
    fn stripped_garbled_and_legacy_layers_are_found_out() {
        let mojibake: String = GOOD.bytes().map(char::from).collect();
        let stripped: String = GOOD.nfd().filter(|c| c.is_ascii()).collect();
        let holes = GOOD.replace(['ế', 'ộ', 'ạ', 'ả', 'ơ'], "\u{fffd}");
        let tcvn3 = "Thùc hiÖn KÕ ho¹ch sè 12/KH-UBND ngµy 05/01/2026 cña Uû ban nh©n d©n tØnh An H¶i vÒ c«ng t¸c v¨n \
            th\u{AD}, l\u{AD}u tr÷ n¨m 2026, Së Néi vô ®Ò nghÞ c¸c c¬ quan, ®¬n vÞ b¸o c¸o kÕt qu¶ tr\u{AD}íc ngµy 20 th¸ng 3.";
        let vni = "Thöïc hieän Keá hoaïch soá 12/KH-UBND ngaøy 05/01/2026 cuûa UÛy ban nhaân daân tænh An Haûi veà coâng \
            taùc vaên thö, löu tröõ naêm 2026, Sôû Noäi vuï ñeà nghò caùc cô quan, ñôn vò baùo caùo keát quaû";
        for bad in [mojibake.as_str(), &stripped, &holes, tcvn3, vni] {
            assert!(!is_good(&layer(bad)), "{bad}");
        }
    }
}
