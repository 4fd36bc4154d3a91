//! The units that work is given to: how their names begin, and where they end in a sentence.
//!
//! Reads words, never the tree: what stands where is the matter of [`super::task`].

use crate::dictionary::cue;

/// Words that give a task.
pub(crate) const GIVING: &[&str] = &["Giao", "Đề nghị", "Yêu cầu", "Phân công"];

/// Whether words begin the name of a unit: a body, or a role that heads one; `Giao`, `Đề nghị` may stand before it.
pub(crate) fn names_unit(keys: &[String]) -> bool {
    let given = cue::prefix_any(keys, GIVING).map_or(0, |(_, taken)| taken);
    let keys = keys.get(given..).unwrap_or_default();
    let heading = [
        "Kinh phí",
        "Chương trình",
        "Điểm",
        "Tổ chức",
        "Dự án",
        "Báo cáo",
        "Hội nghị",
        "Chế độ",
        "Hội trường",
        "Thời gian",
        "Đơn vị tham mưu",
        // Without marks these begin like `Sở`, `Bộ`, `Vụ`, `Quỹ`.
        "Quy chế",
        "Quy định",
        "Quy hoạch",
        "Quy mô",
        "Quy trình",
        "Số lượng",
        "Số liệu",
        "Bố trí",
        "Bổ sung",
        "Vụ việc",
        "Hội đàm",
        "Tổ chức thực hiện",
    ];
    let exact = |list: &[&str]| list.iter().any(|head| keys.starts_with(&cue::keys(head)));
    !exact(&heading)
        && (exact(cue::BODY_HEADS)
            || exact(&[
                "Thủ trưởng",
                "Giám đốc",
                "Hiệu trưởng",
                "Nhà trường",
                "Tiểu ban",
                "Đội",
                "Doanh nghiệp",
                "Chủ tịch",
                "Chánh Văn phòng",
                "Chánh Thanh tra",
                "Chánh án",
                "Viện trưởng",
                "Cục trưởng",
                "Trưởng",
                "Bí thư",
                "Tổ trưởng",
                "Đồng chí",
                "Ông",
                "Bà",
            ]))
}

/// A unit's name without `Giao`, `Đề nghị`.
pub(crate) fn bare_unit(title: &str) -> String {
    let keys = cue::keys(title);
    let taken = cue::prefix_any(&keys, GIVING).map_or(0, |(_, taken)| taken);
    title.split_whitespace().skip(taken).collect::<Vec<_>>().join(" ")
}

/// The unit an item names before an early colon.
pub(crate) fn colon_unit(text: &str) -> Option<String> {
    let label = text.get(..text.find(':')?)?;
    let keys = cue::keys(label);
    let verb = VERBS.iter().any(|verb| cue::holds_any(&keys, &[verb]));
    (keys.len() <= 16 && names_unit(&keys) && !verb).then(|| bare_unit(label.trim()))
}

/// The unit that is the subject of a sentence: the words before its verb.
pub(crate) fn subject_unit(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().take(40).collect();
    let keys: Vec<String> = words.iter().map(|word| cue::key(word)).collect();
    let start = cue::prefix_any(&keys, GIVING).map_or(0, |(_, taken)| taken);
    if !names_unit(&keys) || names_head_alone(keys.get(start..)?) {
        return None;
    }
    // `thanh tra`, `điều tra` end in what reads, without marks, as `trả`.
    let inside = |at: usize| keys.get(at).is_some_and(|key| key == "tra");
    let verb = (start + 1..words.len()).filter(|at| !inside(*at)).find(|at| {
        let small = words.get(*at).is_some_and(|word| word.starts_with(char::is_lowercase));
        small
            && VERBS.iter().any(|verb| keys.get(*at..).is_some_and(|rest| rest.starts_with(&cue::keys(verb))))
    })?;
    let unit = words.get(start..verb)?.join(" ");
    Some(unit.trim_end_matches([',', ':', ' ']).to_owned())
}

/// `Thủ trưởng cơ quan, đơn vị`: whoever the heading means, no unit of its own.
fn names_head_alone(keys: &[String]) -> bool {
    ["Thủ trưởng", "Cơ quan", "Đơn vị", "Các cơ quan", "Các đơn vị"]
        .iter()
        .any(|head| keys.starts_with(&cue::keys(head)))
}

/// Whether the unit leads or assists, and the bodies it works with.
pub(crate) fn role(text: &str, unit: &str) -> (Option<&'static str>, Vec<String>) {
    let body = text.strip_prefix("Giao ").unwrap_or(text);
    let body = body.strip_prefix(unit).map_or(body, |rest| rest.trim_start_matches([':', ',', ' ']));
    let keys: Vec<String> = body.split_whitespace().take(4).map(cue::key).collect();
    let starts = |head: &str| keys.starts_with(&cue::keys(head));
    let role = if starts("chủ trì") {
        Some("lead")
    } else if starts("phối hợp") {
        Some("coordinate")
    } else {
        None
    };
    (role, role.map(|_| partners(body)).unwrap_or_default())
}

/// The bodies after `phối hợp với`, up to the verb.
fn partners(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let Some(at) = lower.find("phối hợp") else { return Vec::new() };
    let rest = text.get(at + "phối hợp".len()..).unwrap_or_default().trim_start();
    let rest = rest.strip_prefix("chặt chẽ ").unwrap_or(rest);
    let rest = rest.strip_prefix("với ").unwrap_or(rest);
    let words: Vec<&str> = rest.split_whitespace().take(40).collect();
    let keys: Vec<String> = words.iter().map(|word| cue::key(word)).collect();
    let stop = (1..words.len()).find(|at| {
        let small = words.get(*at).is_some_and(|word| word.starts_with(char::is_lowercase));
        let colon = words.get(at - 1).is_some_and(|word| word.ends_with([':', ';', '.']));
        colon
            || small
                && VERBS
                    .iter()
                    .any(|verb| keys.get(*at..).is_some_and(|rest| rest.starts_with(&cue::keys(verb))))
    });
    let Some(stop) = stop else { return Vec::new() };
    let list = words.get(..stop).unwrap_or_default().join(" ");
    let list = list.trim_end_matches([',', ':', ';', ' ']);
    let mut units: Vec<String> = Vec::new();
    for piece in list.split(", ") {
        match units.last_mut() {
            Some(last) if !piece.starts_with(char::is_uppercase) && !piece.starts_with("các ") => {
                last.push_str(", ");
                last.push_str(piece);
            }
            _ => units.push(piece.to_owned()),
        }
    }
    units
}

/// Verbs with which a task begins.
const VERBS: &[&str] = &[
    "chủ trì",
    "phối hợp",
    "lựa chọn",
    "chuẩn bị",
    "tổng hợp",
    "xây dựng",
    "triển khai",
    "tham mưu",
    "thực hiện",
    "rà soát",
    "hướng dẫn",
    "kiểm tra",
    "theo dõi",
    "đôn đốc",
    "báo cáo",
    "đón tiếp",
    "bố trí",
    "tổ chức thực hiện",
    "cung cấp",
    "cập nhật",
    "ban hành",
    "chỉ đạo",
    "đưa tin",
    "căn cứ",
    "có trách nhiệm",
    "chịu trách nhiệm",
    "đề xuất",
    "gửi",
    "lập",
    "phân công",
    "quán triệt",
    "tuyên truyền",
    "đảm bảo",
    "bảo đảm",
    "trình",
    "nghiên cứu",
    "tiếp tục",
    "khẩn trương",
    "tăng cường",
    "chủ động",
    "thường xuyên",
    "tổ chức",
    "hoàn thành",
    "thẩm định",
    "cấp",
    "tiếp nhận",
    "phổ biến",
    "cân đối",
    "khắc phục",
    "trả",
    "hoàn thiện",
    "xử lý",
    "giải quyết",
    "sửa đổi",
    "bổ sung",
    "điều chỉnh",
    "công khai",
    "niêm yết",
    "thông báo",
    "đăng ký",
    "bàn giao",
    "kết nối",
    "tích hợp",
    "nâng cấp",
    "hỗ trợ",
    "giám sát",
    "thống kê",
    "đánh giá",
    "cử",
    "tiến hành",
    "phát hành",
    "đẩy mạnh",
];
