//! Phrases of administrative papers: headings, fixed formulas, names of bodies, types of papers.
//!
//! Found whole, with their marks off or letters damaged, through a [`FuzzyIndex`]: a mangled motto or heading snaps to its
//! phrase or to nothing. A phrase keeps the case and the punctuation of its list.

use std::sync::LazyLock;

use super::fuzzy_index::FuzzyIndex;
use super::list::rows;

/// What a phrase is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhraseRole {
    /// The national title (quốc hiệu) or the party's.
    NationalTitle,
    /// The motto (tiêu ngữ).
    Motto,
    /// `Nơi nhận:`
    Recipients,
    /// `Kính gửi:`
    Addressee,
    /// The first words of a legal basis (căn cứ).
    LegalBasis,
    /// `QUYẾT ĐỊNH:` and the like, before the articles.
    Opening,
    /// A heading of a section.
    Heading,
    /// Words of the signature: authority and title.
    Signature,
    /// A degree of secrecy.
    Secrecy,
    /// A degree of urgency.
    Urgency,
    /// An appendix's heading.
    Appendix,
    /// A type of paper: `Kế hoạch`.
    DocumentType,
    /// The name of a body, or another term that has an abbreviation.
    Term,
    /// One of the user's own.
    Own,
}

/// A phrase and its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// As it is written.
    pub text: String,
    /// What it's used for.
    pub role: PhraseRole,
}

/// A phrase found by likeness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhraseMatch<'a> {
    /// The phrase.
    pub phrase: &'a Phrase,
    /// 0–1, see [`super::fuzzy_index::FuzzyHit::similarity`].
    pub similarity: f64,
}

/// Phrases with their index.
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    phrases: Vec<Phrase>,
    index: FuzzyIndex,
}

impl Phrases {
    /// The phrases of the embedded lists.
    #[must_use]
    pub fn builtin() -> &'static Phrases {
        static BUILTIN: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(builtin_phrases()));
        &BUILTIN
    }

    /// An index of these phrases; of two with the same letters the first is found.
    #[must_use]
    pub fn new(phrases: Vec<Phrase>) -> Phrases {
        let index = FuzzyIndex::new(phrases.iter().map(|phrase| phrase.text.as_str()));
        Phrases { phrases, index }
    }

    /// The phrase most like `text`, if its similarity is at least `least` (0–1; 0.75 tolerates one wrong letter in four).
    #[must_use]
    pub fn nearest(&self, text: &str, least: f64) -> Option<PhraseMatch<'_>> {
        let hit = self.index.nearest(text, least)?;
        Some(PhraseMatch { phrase: self.phrases.get(hit.number)?, similarity: hit.similarity })
    }

    /// All phrases, in the order of the lists.
    pub fn iter(&self) -> impl Iterator<Item = &Phrase> {
        self.phrases.iter()
    }
}

/// A mined heading counts if it heads so many papers.
const LEAST_PAPERS: u32 = 3;

fn builtin_phrases() -> Vec<Phrase> {
    let phrase = |text: &str, role| Phrase { text: text.to_owned(), role };
    let curated = rows(include_str!("../../dictionaries/headings_curated.tsv"));
    let mut all: Vec<Phrase> = curated.map(|row| phrase(row.cell(0), role(row.cell(1)))).collect();
    let types = rows(include_str!("../../dictionaries/doc_types.tsv"));
    all.extend(types.map(|row| phrase(row.cell(1), PhraseRole::DocumentType)));
    let mined = rows(include_str!("../../dictionaries/headings_mined.tsv"));
    let usual = mined.filter(|row| row.number(1) >= LEAST_PAPERS);
    all.extend(usual.map(|row| phrase(row.cell(0), PhraseRole::Heading)));
    let terms = rows(include_str!("../../dictionaries/abbreviations_curated.tsv"));
    all.extend(terms.map(|row| phrase(row.cell(1), PhraseRole::Term)));
    all
}

fn role(code: &str) -> PhraseRole {
    match code {
        "quoc_hieu" => PhraseRole::NationalTitle,
        "tieu_ngu" => PhraseRole::Motto,
        "noi_nhan" => PhraseRole::Recipients,
        "kinh_gui" => PhraseRole::Addressee,
        "can_cu" => PhraseRole::LegalBasis,
        "mo_dau" => PhraseRole::Opening,
        "ky" => PhraseRole::Signature,
        "do_mat" => PhraseRole::Secrecy,
        "do_khan" => PhraseRole::Urgency,
        "phu_luc" => PhraseRole::Appendix,
        _ => PhraseRole::Heading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_formulas_snap_to_the_whole_phrase() {
        let found =
            |text| Phrases::builtin().nearest(text, 0.75).map(|m| (m.phrase.text.as_str(), m.phrase.role));
        assert_eq!(
            found("CONG HOA XA HOI CHU NGHIA VIET NAM"),
            Some(("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", PhraseRole::NationalTitle))
        );
        assert_eq!(
            found("DPoc 1ap - Tw do - Hanh phlc"),
            Some(("Độc lập - Tự do - Hạnh phúc", PhraseRole::Motto))
        );
        assert_eq!(found("KE HOACH"), Some(("Kế hoạch", PhraseRole::DocumentType)));
        assert_eq!(found("một câu không có trong danh mục nào"), None);
    }
}
