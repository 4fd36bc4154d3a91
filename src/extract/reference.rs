//! References to other papers: type, number, date, issuer, title.
//!
//! A number with a notation (`6830/QĐ-UBND`) is the sure sign; type, date, issuer and title stand round it. In a legal
//! basis a type with a title but no number is a reference too (`Luật Lưu trữ ngày 21 tháng 6 năm 2024`).

use std::sync::LazyLock;

use regex::Regex;

use super::date;
use super::doc_type;
use super::passage::Span;
use super::record::{Date, Reference};

/// A reference with the words it was read from.
#[derive(Debug, Clone)]
pub(crate) struct Cited<'p> {
    pub record: Reference,
    pub span: Span<'p>,
    /// The issuer is named only once, after a later reference of the same list.
    pub issuer_from: Option<Span<'p>>,
    /// The type is not printed; it is that of the notation.
    pub kind_inferred: bool,
}

/// Longest text between a type's name and its number, in bytes.
const TITLE_BYTES: usize = 240;

static TYPE: LazyLock<Regex> = LazyLock::new(|| {
    let names: Vec<String> =
        doc_type::DOC_TYPES.iter().map(|(name, ..)| name.replace("Bản thỏa", "Bản th[ỏo][ảa]")).collect();
    let mut names: Vec<String> =
        names.into_iter().filter(|name| name != "Quy định" && name != "Quy chế").collect();
    names.extend(["Quy định".to_owned(), "Quy chế".to_owned(), "Kết luận".to_owned()]);
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    Regex::new(&format!(r"(?i)\b({})\b", names.join("|"))).expect("a valid pattern")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{1,5}[a-z]?\s?(?:/\s?(?:19|20)\d{2}\s?)?[/-]\s?[\p{Lu}][\p{L}\d]*(?:\s?[-/]\s?\p{Lu}[\p{L}\d&]*)*)")
        .expect("a valid pattern")
});
static SO: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\bsố\s*:?\s*$").expect("a valid pattern"));
static ISSUER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*,?\s*của\s+(.+?)(?:\s+(?:về|v/v|ban hành|quy định|hướng dẫn|phê duyệt|sửa đổi|công bố|thông qua|gửi|giao|thành lập)\b|\s*[,;:.()]|\s*$)")
        .expect("a valid pattern")
});
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*,?\s*(?:(?:về việc|về|V/v|v/v)\s+|((?:ban hành|quy định|hướng dẫn|phê duyệt|sửa đổi|công bố)\s))").expect("a valid pattern")
});
/// `Ngày 25/3/2026, Công ty A có Văn bản số …`: day and sender stand before the paper.
static SENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(Ngày \d[^,]{4,30}), ([^,;.]{4,90}?) (?:đã )?(?:có|ban hành|gửi) (?i:văn bản )?$")
        .expect("a valid pattern")
});
static DATED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*,?\s*(?:\()?ngày\s").expect("a valid pattern"));

/// All references of a paragraph; `basis` where it is the words of a legal basis.
pub(crate) fn read(span: Span<'_>, basis: bool) -> Vec<Cited<'_>> {
    let text = span.text();
    let mut found: Vec<Cited> = Vec::new();
    let mut from = 0;
    for number in NUMBER.find_iter(text) {
        if number.start() < from {
            continue;
        }
        if let Some((cited, end)) = numbered(span, from, number.range(), basis) {
            found.push(cited);
            from = end;
        }
    }
    share_issuers(span, &mut found);
    let first = found.first().map_or(text.len(), |cited| offset(span, cited.span));
    if let Some(cited) = basis.then(|| titled(span, first)).flatten() {
        found.insert(0, cited);
    }
    found
}

fn offset(whole: Span, part: Span) -> usize {
    (part.text().as_ptr() as usize).saturating_sub(whole.text().as_ptr() as usize)
}

/// A reference with a number; with the byte it ends at.
fn numbered<'p>(
    span: Span<'p>,
    from: usize,
    number: std::ops::Range<usize>,
    basis: bool,
) -> Option<(Cited<'p>, usize)> {
    let text = span.text();
    let printed: String = text.get(number.clone())?.split_whitespace().collect();
    let before = text.get(from..number.start)?;
    let said = SO.find(before);
    let before = said.map_or(before, |so| before.get(..so.start()).unwrap_or_default());
    let near = TYPE.find_iter(before).last();
    let close = |end: usize| before.get(end..).is_some_and(|gap| gap.trim().is_empty());
    let named = near.filter(|kind| close(kind.end()) || said.is_some() && is_title(before, kind.range()));
    let notation = printed.split_once(['/', '-']).map_or("", |(_, rest)| rest);
    let notation = notation.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('/');
    let of_notation = doc_type::of_notation(notation);
    if named.is_none() && said.is_none() && of_notation.is_none() {
        return None;
    }
    // `Văn bản số 318/CTCN-KT`: a notation without a type is that of an official letter.
    let letter =
        said.is_some() && notation.contains('-') && before.trim_end().to_lowercase().ends_with("văn bản");
    let kind = named.and_then(|kind| doc_type::code_of(kind.as_str())).or(of_notation);
    let kind = kind.or(letter.then_some("official_letter"));
    let start = named.map_or_else(
        || from + before.len() + said.map_or(0, |so| so.as_str().len() - so.as_str().trim_start().len()),
        |kind| from + kind.start(),
    );
    let inner =
        named.and_then(|kind| before.get(kind.end()..)).map(str::trim).filter(|title| !title.is_empty());
    let (mut date, mut issuer, title, end) = tail(text, number.end, basis);
    if let (None, None, Some(found)) = (&date, &issuer, SENT.captures(text.get(..start)?)) {
        date = found.get(1).and_then(|day| date::find(day.as_str())).map(|(date, _)| date);
        issuer = found.get(2).map(|m| m.range());
    }
    let record = Reference {
        id: String::new(),
        kind: kind.map(str::to_owned),
        type_name: named.map(|kind| kind.as_str().to_owned()),
        number: Some(printed),
        date,
        issuer: issuer.map(|range| text.get(range).unwrap_or_default().to_owned()),
        title: inner
            .map(str::to_owned)
            .or_else(|| title.map(|range| text.get(range).unwrap_or_default().to_owned())),
        raw: text.get(start..end)?.trim().to_owned(),
    };
    let kind_inferred = named.is_none() && kind.is_some();
    Some((Cited { record, span: span.slice(start..end).trim(), issuer_from: None, kind_inferred }, end))
}

/// Whether the words between a type's name and `số` can be a title: short, one sentence, no other paper in between.
fn is_title(before: &str, kind: std::ops::Range<usize>) -> bool {
    let gap = before.get(kind.end..).unwrap_or_default();
    gap.len() <= TITLE_BYTES && !gap.contains([';', '.', ')', '('])
}

type Tail = (Option<Date>, Option<std::ops::Range<usize>>, Option<std::ops::Range<usize>>, usize);

/// Date, issuer and title behind a number, and the byte the reference ends at.
fn tail(text: &str, from: usize, basis: bool) -> Tail {
    let (mut end, mut date) = (from, None);
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    if DATED.is_match(rest(end))
        && let Some((found, range)) = date::find(rest(end)).filter(|(_, range)| range.start < 12)
    {
        date = Some(found);
        end += range.end;
    }
    let issuer =
        ISSUER.captures(rest(end)).and_then(|found| found.get(1)).map(|m| end + m.start()..end + m.end());
    let issuer = issuer.filter(|range| range.len() < 160);
    end = issuer.as_ref().map_or(end, |range| range.end);
    let title = TITLE.captures(rest(end)).map(|found| {
        let begin = end + found.get(1).map_or(found.get(0).map_or(0, |m| m.end()), |m| m.start());
        begin..begin + title_end(rest(begin), basis)
    });
    let title = title.filter(|range| !range.is_empty());
    end = title.as_ref().map_or(end, |range| range.end);
    (date, issuer, title, end)
}

/// Where a title ends: in a basis at `;` or the end, else at the first stop outside parentheses.
fn title_end(text: &str, basis: bool) -> usize {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return at,
            ')' => depth -= 1,
            ';' => return at,
            ',' | '.' | ':'
                if !basis
                    && depth == 0
                    && text
                        .get(at + 1..)
                        .is_none_or(|rest| !rest.starts_with(|c: char| c.is_ascii_digit())) =>
            {
                return at;
            }
            _ => {}
        }
    }
    text.trim_end_matches(['.', ',', ':', '/']).len()
}

/// A reference of a basis that has a title and no number, before the byte `end`.
fn titled(span: Span<'_>, end: usize) -> Option<Cited<'_>> {
    let text = span.text().get(..end)?;
    let kind = TYPE
        .find(text)
        .filter(|kind| text.get(..kind.start()).is_some_and(|lead| lead.split_whitespace().count() <= 4))?;
    if !kind.as_str().starts_with(char::is_uppercase) {
        return None;
    }
    let rest = text.get(kind.end()..)?;
    let stop = rest.find(" (ban hành").or_else(|| rest.find([';', ','])).unwrap_or(rest.len());
    let rest = rest.get(..stop)?;
    let dated = rest.find(" ngày ").and_then(|at| Some((at, date::find(rest.get(at..)?)?)));
    let title =
        rest.get(..dated.as_ref().map_or(rest.len(), |(at, _)| *at))?.trim().trim_end_matches(['.', ':']);
    let whole = kind.start()
        ..kind.end()
            + dated
                .as_ref()
                .map_or(rest.trim_end_matches(['.', ':', ' ']).len(), |(at, (_, range))| at + range.end);
    if title.is_empty() || title.split_whitespace().count() > 40 {
        return None;
    }
    let date = dated.map(|(_, (date, _))| date);
    let record = Reference {
        id: String::new(),
        kind: doc_type::code_of(kind.as_str()).map(str::to_owned),
        type_name: Some(kind.as_str().to_owned()),
        number: None,
        date,
        issuer: None,
        title: Some(title.to_owned()),
        raw: text.get(whole.clone())?.to_owned(),
    };
    Some(Cited { record, span: span.slice(whole), issuer_from: None, kind_inferred: false })
}

/// `Quyết định số 1 …; Quyết định số 2 … của UBND xã`: the issuer named after the last holds for all of the list.
fn share_issuers(span: Span, found: &mut [Cited]) {
    for at in (1..found.len()).rev() {
        let (Some(earlier), Some(later)) = (found.get(at - 1), found.get(at)) else { continue };
        let Some(issuer) = later.record.issuer.clone() else { continue };
        let from = offset(span, earlier.span) + earlier.span.text().len();
        let gap = span.text().get(from..offset(span, later.span)).unwrap_or_default();
        let listed = gap.trim().trim_start_matches([';', ',']).trim();
        let joined = listed.is_empty() || listed == "và" || listed == "các";
        let source = later.issuer_from.unwrap_or(later.span);
        if let (true, None, Some(earlier)) = (joined, earlier.record.issuer.clone(), found.get_mut(at - 1)) {
            earlier.record.issuer = Some(issuer);
            earlier.issuer_from = Some(source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::*;

    #[test]
    fn a_list_of_decisions_shares_its_issuer() {
        let p = passage(
            "(ban hành kèm theo Quyết định số 6830/QĐ-UBND ngày 31/12/2024; Quyết định số 2252/QĐ-UBND ngày 29/4/2025 của UBND Thành phố)",
        );
        let found = read(p.span(), false);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].record.issuer.as_deref(), Some("UBND Thành phố"));
        assert!(found[0].issuer_from.is_some());
        assert_eq!(found[1].record.raw, "Quyết định số 2252/QĐ-UBND ngày 29/4/2025 của UBND Thành phố");
        assert_eq!(found[1].record.date.as_ref().and_then(|d| d.raw.as_deref()), Some("29/4/2025"));
    }

    #[test]
    fn laws_are_cited_by_title_and_decrees_by_number() {
        let p = passage("Căn cứ Luật Lưu trữ ngày 21 tháng 6 năm 2024");
        let found = read(p.span(), true);
        assert_eq!(found[0].record.title.as_deref(), Some("Lưu trữ"));
        assert_eq!(found[0].record.kind.as_deref(), Some("law"));
        let p = passage(
            "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư",
        );
        let found = read(p.span(), true);
        assert_eq!(found[0].record.number.as_deref(), Some("30/2020/NĐ-CP"));
        assert_eq!(found[0].record.issuer.as_deref(), Some("Chính phủ"));
        assert_eq!(found[0].record.title.as_deref(), Some("công tác văn thư"));
    }

    #[test]
    fn a_form_of_address_or_a_ratio_is_no_reference() {
        assert!(
            read(passage("Tỷ lệ 12/100 hồ sơ, phòng 3/A").span(), false)
                .iter()
                .all(|c| c.record.kind.is_none())
        );
    }
}
