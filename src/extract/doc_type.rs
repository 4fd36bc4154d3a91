//! Types of papers: their names, codes and abbreviations (Decree 30/2020/NĐ-CP, art. 7 and Appendix III).

use crate::dictionary::cue;

/// Name, code of the schema, abbreviation in the notation.
pub(crate) const DOC_TYPES: &[(&str, &str, &str)] = &[
    ("Nghị quyết", "resolution", "NQ"),
    ("Quyết định", "decision", "QĐ"),
    ("Chỉ thị", "directive", "CT"),
    ("Quy chế", "regulation", "QC"),
    ("Quy định", "rules", "QyĐ"),
    ("Thông cáo", "communique", "TC"),
    ("Thông báo", "notice", "TB"),
    ("Hướng dẫn", "guideline", "HD"),
    ("Chương trình", "programme", "CTr"),
    ("Kế hoạch", "plan", "KH"),
    ("Phương án", "option", "PA"),
    ("Đề án", "scheme", "ĐA"),
    ("Dự án", "project", "DA"),
    ("Báo cáo", "report", "BC"),
    ("Biên bản", "minutes", "BB"),
    ("Tờ trình", "proposal", "TTr"),
    ("Hợp đồng", "contract", "HĐ"),
    ("Công văn", "official_letter", "CV"),
    ("Công điện", "official_telegram", "CĐ"),
    ("Bản ghi nhớ", "memorandum", "BGN"),
    ("Bản thỏa thuận", "agreement", "BTT"),
    ("Giấy ủy quyền", "power_of_attorney", "GUQ"),
    ("Giấy mời", "invitation", "GM"),
    ("Giấy giới thiệu", "letter_of_introduction", "GGT"),
    ("Giấy nghỉ phép", "leave_permit", "GNP"),
    ("Phiếu gửi", "dispatch_slip", "PG"),
    ("Phiếu chuyển", "transfer_slip", "PC"),
    ("Phiếu báo", "notification_slip", "PB"),
    ("Thư công", "official_correspondence", ""),
    ("Hiến pháp", "constitution", ""),
    ("Bộ luật", "code_of_law", ""),
    ("Luật", "law", ""),
    ("Pháp lệnh", "ordinance", "PL"),
    ("Nghị định", "decree", "NĐ"),
    ("Thông tư liên tịch", "joint_circular", "TTLT"),
    ("Thông tư", "circular", "TT"),
    ("Kết luận", "conclusion", "KL"),
];

/// The type whose name these words begin with: its code and how many words the name takes.
pub(crate) fn prefix(keys: &[String]) -> Option<(&'static str, usize)> {
    let exact = DOC_TYPES.iter().find_map(|(name, code, _)| {
        let wanted = cue::keys(name);
        (keys.get(..wanted.len()) == Some(wanted.as_slice())).then_some((*code, wanted.len()))
    });
    exact.or_else(|| {
        let long = DOC_TYPES.iter().filter(|(name, ..)| cue::keys(name).concat().len() > 6);
        let likeness = |name: &str, taken| {
            cue::likeness(&keys.get(..taken).unwrap_or_default().concat(), &cue::keys(name).concat())
        };
        // A misread name counts only if it is all of the line: `PHƯỜNG TÂN …` is no `PHƯƠNG ÁN`.
        long.filter_map(|(name, code, _)| {
            cue::prefix(keys, name)
                .filter(|taken| *taken == keys.len())
                .map(|taken| (*code, taken, likeness(name, taken)))
        })
        .reduce(|a, b| if b.2 > a.2 { b } else { a })
        .map(|(code, taken, _)| (code, taken))
    })
}

/// The type an abbreviation in a notation stands for (`KH-UBND` → `plan`).
pub(crate) fn of_notation(notation: &str) -> Option<&'static str> {
    let parts: Vec<String> = notation.split(['-', '/']).map(|part| part.trim().to_uppercase()).collect();
    let known = |part: &String| {
        let found = DOC_TYPES
            .iter()
            .find(|(.., abbreviation)| !abbreviation.is_empty() && abbreviation.to_uppercase() == *part);
        found.map(|(_, code, _)| *code)
    };
    parts.first().and_then(known)
}

/// A notation whose abbreviation was misread by a letter or two (`TIr-UBND`, `QĐÐ-UB`), with that of the type, which is
/// printed in full; `None` where nothing is to be mended.
pub(crate) fn mended_notation(notation: &str, code: Option<&str>) -> Option<String> {
    let (first, rest) = notation.split_once(['-', '/'])?;
    let known = DOC_TYPES.iter().any(|(.., abbreviation)| abbreviation.eq_ignore_ascii_case(first));
    let (_, _, abbreviation) = DOC_TYPES.iter().find(|(_, known, _)| Some(*known) == code)?;
    let shape = |text: &str| {
        let alike = |c: char| match c {
            'I' | 'l' | '1' | 'i' | 'í' => 't',
            'Ð' | 'D' => 'đ',
            other => other.to_lowercase().next().unwrap_or(other),
        };
        let mut letters: Vec<char> = text.chars().map(alike).collect();
        letters.dedup_by(|a, b| a == b && *a == 'đ');
        letters
    };
    let separator = notation.get(first.len()..notation.len() - rest.len())?;
    (!known && !abbreviation.is_empty() && shape(first) == shape(abbreviation))
        .then(|| format!("{abbreviation}{separator}{rest}"))
}

/// The code of a type's name as printed in a citation.
pub(crate) fn code_of(name: &str) -> Option<&'static str> {
    let wanted = cue::keys(name);
    DOC_TYPES.iter().find(|(known, ..)| cue::keys(known) == wanted).map(|(_, code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_by_name_and_by_notation() {
        assert_eq!(prefix(&cue::keys("QUYẾT ĐỊNH CỦA CHỦ TỊCH")), Some(("decision", 2)));
        assert_eq!(prefix(&cue::keys("KE HOACII")), Some(("plan", 2)));
        assert_eq!(of_notation("TTr-UBND"), Some("proposal"));
        assert_eq!(of_notation("UBND-NC"), None);
        assert_eq!(mended_notation("TIr-UBND", Some("proposal")).as_deref(), Some("TTr-UBND"));
        assert_eq!(mended_notation("QĐÐ-NĐ-UB", Some("decision")).as_deref(), Some("QĐ-NĐ-UB"));
        assert_eq!(mended_notation("UBND-NC", Some("proposal")), None);
        assert_eq!(of_notation("KH/NBCQ"), Some("plan"));
    }
}
