//! Abbreviations, type codes and what stands behind the number of a paper.
//!
//! Everything is found with or without marks (`QD-UBND` finds `QĐ-UBND`), and whoever asks must decide between several
//! answers: `BTC` is the Ministry of Finance in one paper and an organising committee in the next.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::list::rows;
use crate::alphabet::fold_key;

/// Abbreviation, expansion; those written by hand first.
static EXPANSIONS: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut all: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
    let curated = rows(include_str!("../../dictionaries/abbreviations_curated.tsv"));
    let mined = rows(include_str!("../../dictionaries/abbreviations_mined.tsv"));
    for row in curated.chain(mined) {
        let readings = all.entry(row.cell(0)).or_default();
        if !readings.contains(&row.cell(1)) {
            readings.push(row.cell(1));
        }
    }
    all
});

/// Bare abbreviation → written forms with counts, the most frequent first.
static ACRONYMS: LazyLock<BTreeMap<String, Vec<(&'static str, u32)>>> = LazyLock::new(|| {
    let mut all: BTreeMap<String, Vec<(&'static str, u32)>> = BTreeMap::new();
    let attested =
        rows(include_str!("../../dictionaries/acronyms_attested.tsv")).map(|r| (r.cell(0), r.number(1)));
    let listed = EXPANSIONS.keys().map(|&abbreviation| (abbreviation, 1));
    let types = DOCUMENT_TYPES.iter().map(|&(code, _)| (code, 1));
    for (form, count) in attested.chain(listed).chain(types) {
        add(all.entry(fold_key(form)).or_default(), form, count);
    }
    sorted(all)
});

static DOCUMENT_TYPES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    rows(include_str!("../../dictionaries/doc_types.tsv")).map(|row| (row.cell(0), row.cell(1))).collect()
});

/// Bare number suffix → written forms with counts, the most frequent first.
static SUFFIXES: LazyLock<BTreeMap<String, Vec<(&'static str, u32)>>> = LazyLock::new(|| {
    let mut all: BTreeMap<String, Vec<(&'static str, u32)>> = BTreeMap::new();
    for row in rows(include_str!("../../dictionaries/number_suffixes.tsv")) {
        add(all.entry(fold_key(row.cell(0))).or_default(), row.cell(0), row.number(1));
    }
    sorted(all)
});

fn add(forms: &mut Vec<(&'static str, u32)>, form: &'static str, count: u32) {
    match forms.iter_mut().find(|known| known.0 == form) {
        Some(known) => known.1 += count,
        None => forms.push((form, count)),
    }
}

fn sorted(mut all: BTreeMap<String, Vec<(&'static str, u32)>>) -> BTreeMap<String, Vec<(&'static str, u32)>> {
    for forms in all.values_mut() {
        forms.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    }
    all
}

/// What an abbreviation may stand for, the usual reading first: `UBND` → `Ủy ban nhân dân`. Exact spelling.
#[must_use]
pub fn expansions(abbreviation: &str) -> &'static [&'static str] {
    EXPANSIONS.get(abbreviation).map_or(&[], Vec::as_slice)
}

/// The attested written forms of an abbreviation, marks and case not regarded, with counts: `hdnd` → `HĐND`.
#[must_use]
pub fn written_forms(abbreviation: &str) -> &'static [(&'static str, u32)] {
    ACRONYMS.get(&fold_key(abbreviation)).map_or(&[], Vec::as_slice)
}

/// Types of papers with their codes, after Decree 30/2020/NĐ-CP, Appendix III: (`QĐ`, `Quyết định`).
#[must_use]
pub fn document_types() -> &'static [(&'static str, &'static str)] {
    &DOCUMENT_TYPES
}

/// The type a code stands for: `KH` → `Kế hoạch`. Exact spelling.
#[must_use]
pub fn document_type(code: &str) -> Option<&'static str> {
    DOCUMENT_TYPES.iter().find(|known| known.0 == code).map(|known| known.1)
}

/// The attested forms of what follows the number of a paper, marks and case not regarded, with counts:
/// `nd-cp` → `NĐ-CP`.
#[must_use]
pub fn number_suffixes(suffix: &str) -> &'static [(&'static str, u32)] {
    SUFFIXES.get(&fold_key(suffix)).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_found_without_marks() {
        assert_eq!(expansions("UBND").first(), Some(&"Ủy ban nhân dân"));
        assert_eq!(written_forms("hdnd").first().map(|form| form.0), Some("HĐND"));
        assert_eq!(number_suffixes("ND-CP").first().map(|form| form.0), Some("NĐ-CP"));
        assert_eq!(document_type("KH"), Some("Kế hoạch"));
        assert!(expansions("KHÔNGCÓ").is_empty());
    }
}
