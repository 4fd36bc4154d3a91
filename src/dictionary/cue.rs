//! Cue phrases: the set words by which a part of a paper is known, found in text that may have been misread.
//!
//! Words are compared by their folded keys (`Nơi nhận:` and `Noi nhin` → `noinhan`, `noinhin`), letters run together so
//! that a blank too many or too few costs nothing, and by edit distance (`strsim`). Short cues must match exactly,
//! long ones may be a quarter wrong. Reads any text, never fails.

use crate::alphabet::fold_key;

/// The key of a word: folded, lower case, letters and digits only (`TM.` → `tm`).
#[must_use]
pub fn key(word: &str) -> String {
    let mut key = fold_key(word);
    key.retain(char::is_alphanumeric);
    key
}

/// The keys of all words of a text, in order; a word of punctuation alone has an empty key.
#[must_use]
pub fn keys(text: &str) -> Vec<String> {
    text.split_whitespace().map(key).collect()
}

/// How alike two keys are, 0–1; keys of very different length come back as 0 without being compared.
#[must_use]
pub fn likeness(a: &str, b: &str) -> f64 {
    let (long, short) = (a.len().max(b.len()), a.len().min(b.len()));
    if long == 0 || short * 2 < long {
        return 0.0;
    }
    if a == b { 1.0 } else { strsim::normalized_levenshtein(a, b) }
}

/// How alike two keys of this length must be to count as the same cue.
#[must_use]
pub fn bar(length: usize) -> f64 {
    match length {
        0..=4 => 0.99,
        5..=6 => 0.80,
        7..=9 => 0.75,
        10..=14 => 0.72,
        _ => 0.68,
    }
}

/// Whether two texts are the same cue.
#[must_use]
pub fn same(text: &str, cue: &str) -> bool {
    let (text, cue) = (join(&keys(text)), join(&keys(cue)));
    likeness(&text, &cue) >= bar(cue.len())
}

/// How many of the first words make up the cue; `None` if they do not. Of several counts the likest wins, then the fewest.
#[must_use]
pub fn prefix(words: &[String], cue: &str) -> Option<usize> {
    let wanted = keys(cue);
    let (target, count) = (join(&wanted), wanted.len());
    let mut best: Option<(usize, f64)> = None;
    for n in count.saturating_sub(1).max(1)..=(count + 1).min(words.len()) {
        let likeness = likeness(&join(words.get(..n)?), &target);
        if likeness >= bar(target.len()) && best.is_none_or(|(_, b)| likeness > b) {
            best = Some((n, likeness));
        }
    }
    best.map(|(n, _)| n)
}

/// The first of the cues the words begin with, and how many words it takes.
#[must_use]
pub fn prefix_any<'c>(words: &[String], cues: &[&'c str]) -> Option<(&'c str, usize)> {
    cues.iter().find_map(|cue| prefix(words, cue).map(|n| (*cue, n)))
}

/// Where the cue stands among the words: the first word and the number of words of its likest place.
#[must_use]
pub fn find(words: &[String], cue: &str) -> Option<(usize, usize)> {
    let wanted = keys(cue);
    let (target, count) = (join(&wanted), wanted.len());
    let mut best: Option<(usize, usize, f64)> = None;
    for start in 0..words.len() {
        for n in count.saturating_sub(1).max(1)..=count + 1 {
            let Some(window) = words.get(start..start + n) else { break };
            let likeness = likeness(&join(window), &target);
            if likeness >= bar(target.len()) && best.is_none_or(|(.., b)| likeness > b) {
                best = Some((start, n, likeness));
            }
        }
    }
    best.map(|(start, n, _)| (start, n))
}

/// Whether one of the phrases stands in the words exactly, by key.
#[must_use]
pub fn holds_any(words: &[String], phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        let wanted = keys(phrase);
        words.windows(wanted.len().max(1)).any(|window| window == wanted)
    })
}

fn join(keys: &[String]) -> String {
    keys.concat()
}

/// `CỘNG HÒA …` and what a party paper prints in its place.
pub const NATIONAL_TITLES: &[&str] = &["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ĐẢNG CỘNG SẢN VIỆT NAM"];
/// Tiêu ngữ.
pub const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
/// Label of the recipients.
pub const RECIPIENTS: &str = "Nơi nhận";
/// Label of the addressees.
pub const ADDRESSEES: &str = "Kính gửi";
/// How a legal basis begins.
pub const BASIS_CUES: &[&str] =
    &["Căn cứ", "Thực hiện", "Thi hành", "Theo đề nghị", "Xét đề nghị", "Xét", "Theo"];

/// Prefixes of an authority line (`TM.` thay mặt, `KT.` ký thay, `TL.` thừa lệnh, `TUQ.` thừa ủy quyền, `Q.` quyền).
pub const AUTHORITY_PREFIXES: &[&str] = &["TM", "KT", "TL", "TUQ", "Q", "T/M", "K/T", "T/L"];

/// Titles of those who sign; the longer ones first, so that a search takes the whole title.
pub const SIGNER_TITLES: &[&str] = &[
    "PHÓ CHỦ TỊCH THƯỜNG TRỰC",
    "PHÓ CHÁNH VĂN PHÒNG",
    "PHÓ TỔNG GIÁM ĐỐC",
    "PHÓ BÍ THƯ THƯỜNG TRỰC",
    "PHÓ HIỆU TRƯỞNG",
    "PHÓ CỤC TRƯỞNG",
    "PHÓ VỤ TRƯỞNG",
    "PHÓ TRƯỞNG PHÒNG",
    "PHÓ TRƯỞNG BAN",
    "PHÓ VIỆN TRƯỞNG",
    "PHÓ THỦ TƯỚNG",
    "PHÓ CHỦ NHIỆM",
    "PHÓ GIÁM ĐỐC",
    "PHÓ CHỦ TỊCH",
    "PHÓ BÍ THƯ",
    "CHÁNH VĂN PHÒNG",
    "CHÁNH THANH TRA",
    "TỔNG GIÁM ĐỐC",
    "TỔNG CỤC TRƯỞNG",
    "CHI CỤC TRƯỞNG",
    "HIỆU TRƯỞNG",
    "CỤC TRƯỞNG",
    "VỤ TRƯỞNG",
    "VIỆN TRƯỞNG",
    "TRƯỞNG PHÒNG",
    "TRƯỞNG BAN",
    "TRƯỞNG ĐOÀN",
    "TRƯỞNG CÔNG AN",
    "TỔ TRƯỞNG",
    "BỘ TRƯỞNG",
    "THỨ TRƯỞNG",
    "THỦ TƯỚNG",
    "THỦ TRƯỞNG",
    "CHỦ NHIỆM",
    "GIÁM ĐỐC",
    "CHỦ TỊCH",
    "CHÁNH ÁN",
    "BÍ THƯ",
    "THƯ KÝ",
    "CHỦ TRÌ",
    "CHỦ TỌA",
    "NGƯỜI LẬP BIỂU",
    "NGƯỜI GHI BIÊN BẢN",
];

/// First words of the name of a body.
pub const BODY_HEADS: &[&str] = &[
    "Ủy ban",
    "UBND",
    "UB",
    "HĐND",
    "Hội đồng",
    "Văn phòng",
    "VP",
    "Sở",
    "Bộ",
    "Cục",
    "Chi cục",
    "Tổng cục",
    "Vụ",
    "Ban",
    "Phòng",
    "Viện",
    "Trung tâm",
    "Trường",
    "Học viện",
    "Bệnh viện",
    "Đài",
    "Báo",
    "Tạp chí",
    "Công an",
    "Công ty",
    "Tổng công ty",
    "Tập đoàn",
    "Hội",
    "Liên đoàn",
    "Liên hiệp",
    "Liên minh",
    "Mặt trận",
    "MTTQ",
    "Đoàn",
    "Tỉnh đoàn",
    "Thành đoàn",
    "Thành ủy",
    "Tỉnh ủy",
    "Huyện ủy",
    "Quận ủy",
    "Thị ủy",
    "Đảng ủy",
    "Đảng bộ",
    "Chi bộ",
    "Thường trực",
    "Thanh tra",
    "Kho bạc",
    "Ngân hàng",
    "Bảo hiểm",
    "Bưu điện",
    "Cổng",
    "Tòa án",
    "Viện kiểm sát",
    "Bộ Chỉ huy",
    "Bộ Tư lệnh",
    "Chương trình",
    "Dự án",
    "Tổ",
    "Trạm",
    "Xí nghiệp",
    "Hợp tác xã",
    "Quỹ",
    "Cơ quan",
    "Đơn vị",
    "Chính phủ",
    "Quốc hội",
    "Tổng Công đoàn",
    "Công đoàn",
    "Câu lạc bộ",
    "Điểm",
    "Các",
    "Hạt",
    "Kiểm toán",
    "Thông tấn xã",
];

/// First words of a role or title of persons.
pub const ROLE_HEADS: &[&str] = &[
    "Lãnh đạo",
    "Đại diện lãnh đạo",
    "Đại diện",
    "Giám đốc",
    "Phó Giám đốc",
    "Chủ tịch",
    "Phó Chủ tịch",
    "Bí thư",
    "Phó Bí thư",
    "Thủ trưởng",
    "Trưởng phòng",
    "Phó Trưởng phòng",
    "Trưởng ban",
    "Phó Trưởng ban",
    "Trưởng các",
    "Trưởng",
    "Chánh Văn phòng",
    "Phó Chánh Văn phòng",
    "Chánh Thanh tra",
    "Vụ trưởng",
    "Phó Vụ trưởng",
    "Cục trưởng",
    "Phó Cục trưởng",
    "Viện trưởng",
    "Hiệu trưởng",
    "Chuyên gia",
    "Chuyên viên",
    "Thành viên",
    "Công chức",
    "Viên chức",
    "Cán bộ",
    "Đồng chí",
    "Đ/c",
    "Ông",
    "Bà",
    "Bộ trưởng",
    "Thứ trưởng",
    "Tổng Giám đốc",
    "Đại biểu",
    "Báo cáo viên",
    "Người dẫn chương trình",
    "MC",
    "Ban Tổ chức",
    "Ban tổ chức",
    "Thư ký",
    "Một số",
    "Toàn thể",
    "Tổ trưởng",
    "Trạm trưởng",
    "Kế toán trưởng",
    "Cơ quan",
    "Diễn giả",
    "Phóng viên",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misread_motto_is_still_the_motto() {
        assert!(same("DPoc 1ap - Tw do - Hanh phlc", MOTTO));
        assert!(!same("Độc lập về tài chính", MOTTO));
    }

    #[test]
    fn a_cue_is_found_where_it_begins() {
        let words = keys("UY BAN NHAN DAN CONG HOA XA HOI CHU NGHlA VIET NAM");
        assert_eq!(find(&words, NATIONAL_TITLES[0]), Some((4, 8)));
        assert_eq!(prefix(&keys("Noi nhin: M. UY BAN"), RECIPIENTS), Some(2));
        assert_eq!(prefix(&keys("Nội dung và nơi nhận"), RECIPIENTS), None);
    }

    #[test]
    fn short_cues_match_exactly() {
        assert_eq!(prefix(&keys("Xem kế hoạch"), "Xét"), None);
        assert_eq!(prefix(&keys("Xét Tờ trình số 4"), "Xét"), Some(1));
    }
}
