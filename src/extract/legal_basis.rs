//! Legal bases: `Căn cứ …;`, `Thực hiện …, UBND … ban hành …` (Decree 30/2020/NĐ-CP, Appendix I, part 6).

use super::passage::Span;
use crate::dictionary::{cue, marker};

/// A legal basis: what relates it, and the words without the main clause that follows.
pub(crate) struct Basis<'p> {
    pub relation: String,
    pub raw: Span<'p>,
}

/// The legal basis a paragraph is or begins with.
pub(crate) fn read(paragraph: Span<'_>) -> Option<Basis<'_>> {
    let start = marker::read(paragraph.text())
        .filter(|marker| marker.kind.is_bullet())
        .map_or(0, |marker| marker.length);
    let span = paragraph.from(start).trim();
    let keys: Vec<String> = span.text().split_whitespace().take(4).map(cue::key).collect();
    let (cue, taken) = cue::prefix_any(&keys, cue::BASIS_CUES)?;
    if super::letterhead::is_upper(span.text()) {
        return None;
    }
    let words = if cue.starts_with("Theo") || cue.starts_with("Xét") { 1 } else { taken };
    let relation = span.slice(0..span.after_words(words)).trim().owned();
    let end = main_clause(span.text()).unwrap_or(span.text().len());
    Some(Basis { relation, raw: span.slice(0..end).trim_end(&[';', ',', '.', ':']) })
}

/// What the issuer does, in the clause after its bases.
const VERBS: &[&str] = &[
    "ban hành",
    "báo cáo",
    "đề nghị",
    "thông báo",
    "xây dựng",
    "yêu cầu",
    "trân trọng",
    "kính",
    "tổ chức",
    "trình",
    "hướng dẫn",
    "quyết định",
    "đăng ký",
    "mời",
    "giao",
    "có ý kiến",
    "chỉ đạo",
    "gửi",
    "phối hợp",
    "triển khai",
    "lập",
];

/// The comma, outside parentheses, after which the issuer begins to speak.
fn main_clause(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth <= 0 => {
                let words: Vec<String> =
                    text.get(at + 1..)?.split_whitespace().take(18).map(cue::key).collect();
                let rest = text.get(at + 1..)?.trim_start();
                let body =
                    cue::BODY_HEADS.iter().any(|head| *head != "Các" && words.starts_with(&cue::keys(head)));
                let before_comma: Vec<String> =
                    rest.split([',', ';']).next()?.split_whitespace().take(18).map(cue::key).collect();
                if body && rest.starts_with(char::is_uppercase) && cue::holds_any(&before_comma, VERBS) {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::*;

    #[test]
    fn the_basis_ends_where_the_issuer_speaks() {
        let p = passage(
            "Thực hiện Kế hoạch số 96/KH-UBND của UBND xã, phường về số hóa, UBND xã ban hành Kế hoạch, cụ thể:",
        );
        let basis = read(p.span()).expect("a basis");
        assert_eq!(basis.relation, "Thực hiện");
        assert_eq!(basis.raw.text(), "Thực hiện Kế hoạch số 96/KH-UBND của UBND xã, phường về số hóa");
        let p = passage("Theo đề nghị của Chánh Văn phòng;");
        assert_eq!(read(p.span()).map(|b| b.relation).as_deref(), Some("Theo"));
        assert!(read(passage("Trong tháng 9, UBND xã đã họp.").span()).is_none());
    }
}
