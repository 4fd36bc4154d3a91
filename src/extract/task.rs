//! Tasks: who does what by when.
//!
//! Two shapes: below a heading that assigns work (`Phân công`, `Tổ chức thực hiện`) a heading names the unit and each item
//! or sentence below is a task; anywhere a paragraph may give one (`Giao Sở A chủ trì …`). An item may name its own unit
//! before a colon. The text of a task is verbatim.

use std::sync::LazyLock;

use regex::Regex;

use super::date;
use super::evidence::Proof;
use super::passage::Span;
use super::record::{Deadline, Task};
use super::section::{Node, Parts, Tree};
use crate::dictionary::cue;

/// Headings that assign work.
const HEADINGS: &[&str] = &[
    "phân công",
    "tổ chức thực hiện",
    "trách nhiệm thực hiện",
    "giao nhiệm vụ",
    "nhiệm vụ của các",
    "phương hướng",
    "nhiệm vụ trọng tâm",
];

static DEADLINE: LazyLock<Regex> = LazyLock::new(|| {
    let full = r"ngày\s\d{1,2}(?:/\d{1,2}(?:/\d{4})?|\stháng\s\d{1,2}(?:\snăm\s\d{4}|/\d{4})?)";
    let bare = r"\d{1,2}/\d{1,2}(?:/\d{4})?";
    let month = r"tháng\s\d{1,2}(?:/\d{4}|\snăm\s\d{4})?";
    let quarter = r"[Qq]u[ýí]\s[IV1-4]{1,3}(?:/\d{4}|\snăm\s\d{4})?";
    let lead = r"(?:\p{Ll}+\s){0,3}\d{1,2}\sngày(?:\slàm việc)?";
    let days = r"\d{1,2}\sngày\s(?:làm việc\s)?(?:tổ chức|kể từ|trước|diễn ra|khai mạc)[^,.;]*";
    let week = r"trong\stuần\s[^,.;]{1,30}?tháng\s\d{1,2}(?:/\d{4}|\snăm\s\d{4})?";
    Regex::new(&format!(r"(?i)\b(?:{week}|(?:trước|chậm nhất(?:\slà|\svào|\sđến)?|muộn nhất(?:\slà)?|đến hết|hết|xong trong|hoàn thành trong)\s(?:\d{{1,2}}\s?(?:h|giờ)\s?(?:\d{{2}})?,?\s)?(?:{full}|{bare}|{month}|{quarter}|{days})|trước\s{lead})"))
        .expect("a valid pattern")
});

/// Reads the tasks of a body.
pub(crate) fn read(tree: &Tree, proof: &mut Proof) -> Vec<Task> {
    let mut tasks = Vec::new();
    let assigning: Vec<bool> = (0..tree.nodes.len()).map(|id| assigns(tree, id)).collect();
    // Parents stand before their children, so one pass marks what stands below a unit.
    let mut below = vec![false; tree.nodes.len()];
    for id in 0..tree.nodes.len() {
        let heading = unit_heading(tree, id, &assigning);
        let inside = heading.is_some() || below.get(id).copied().unwrap_or(false);
        for child in tree.nodes.get(id).map(|node| node.children.as_slice()).unwrap_or_default() {
            if let Some(mark) = below.get_mut(*child) {
                *mark = inside;
            }
        }
        match heading {
            Some(unit) => under_heading(tree, id, unit, &assigning, &mut tasks, proof),
            None if !below.get(id).copied().unwrap_or(false) => {
                given(tree, id, &assigning, &mut tasks, proof)
            }
            None => {}
        }
    }
    tasks
}

/// The unit a heading names, if it stands where work is assigned.
fn unit_heading<'p>(tree: &Tree<'p>, id: usize, assigning: &[bool]) -> Option<Span<'p>> {
    let node = tree.nodes.get(id)?;
    let title = tree.parts(id).title?;
    let keys = title.keys();
    if keys.starts_with(&cue::keys("Nhiệm vụ của")) && !node.children.is_empty() {
        let unit = title.from(title.after_words(3));
        return names_unit(&unit.keys()).then_some(unit);
    }
    let giving = cue::prefix_any(&keys, GIVING).is_some() && !node.children.is_empty();
    let above = giving || stands_assigned(tree, id, assigning);
    let titled = !node.children.is_empty() || !tree.parts(id).text.is_empty();
    (above && titled && keys.len() <= 24 && names_unit(&keys) && !assigns(tree, id)).then_some(title)
}

/// Whether work is assigned where a node stands: below a heading that says so, beside items that give tasks (`Giao Sở
/// A …`), or behind a preamble that asks for it (`… đề nghị các đơn vị thực hiện một số nội dung sau:`).
fn stands_assigned(tree: &Tree, id: usize, assigning: &[bool]) -> bool {
    let Some(node) = tree.nodes.get(id) else { return false };
    match node.parent {
        Some(parent) => tree.ancestors(parent).any(|id| assigning.get(id) == Some(&true)),
        None => asks(tree) || tree.roots.iter().take(60).filter(|root| gives(tree, **root)).count() >= 2,
    }
}

/// Whether an item gives a task in its first words.
fn gives(tree: &Tree, id: usize) -> bool {
    let Some(node) = tree.nodes.get(id) else { return false };
    let content = node.content.from(node.marker.length).trim();
    let keys: Vec<String> = content.text().split_whitespace().take(30).map(cue::key).collect();
    cue::prefix_any(&keys, GIVING).is_some() && names_unit(&keys)
}

/// Whether the last words before the sections ask others to do what follows.
fn asks(tree: &Tree) -> bool {
    let Some(last) = tree.preamble.last().filter(|last| last.text().trim_end().ends_with(':')) else {
        return false;
    };
    let keys = last.keys();
    let asking = ["đề nghị", "yêu cầu", "kết luận"];
    let ends = |phrase: &str| keys.ends_with(&cue::keys(phrase));
    cue::holds_any(&keys, &asking) && cue::holds_any(&keys, &["sau", "như sau"])
        || asking.iter().any(|asked| ends(asked))
}

/// Those whom the last words before the sections ask, all of them: `… đề nghị các tổ đảng thực hiện một số nội dung sau:`
fn asked<'p>(tree: &Tree<'p>) -> Option<Span<'p>> {
    let last = tree.preamble.last().filter(|last| last.text().trim_end().ends_with(':'))?;
    let found = ASKED.captures_iter(last.text()).last()?.get(1)?;
    let unit = last.slice(found.range());
    names_unit(&unit.keys()).then_some(unit)
}

static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:đề nghị|yêu cầu)\s([^:;.]{4,90}?)\s(?:thực hiện|triển khai|tập trung|phối hợp|khẩn trương|tổ chức)\s[^:;.]*(?:sau|sau đây):$")
        .expect("a valid pattern")
});

fn assigns(tree: &Tree, id: usize) -> bool {
    tree.parts(id).title.is_some_and(|title| cue::holds_any(&title.keys(), HEADINGS))
}

/// Whether words begin the name of a unit: a body, or a role that heads one; `Giao`, `Đề nghị` may stand before it.
fn names_unit(keys: &[String]) -> bool {
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
        // Without marks these begin like `Sở`, `Bộ`, `Vụ`.
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
                "Trưởng",
                "Bí thư",
                "Tổ trưởng",
                "Đồng chí",
                "Ông",
                "Bà",
            ]))
}

/// Whether an item asks a body above the writer for something: no task.
fn petitions(tree: &Tree, id: usize) -> bool {
    tree.ancestors(id).any(|id| {
        tree.parts(id).title.is_some_and(|title| cue::holds_any(&title.keys(), &["kiến nghị", "đề xuất"]))
    })
}

/// Words that give a task.
const GIVING: &[&str] = &["Giao", "Đề nghị", "Yêu cầu", "Phân công"];

fn under_heading(
    tree: &Tree,
    id: usize,
    unit: Span,
    assigning: &[bool],
    tasks: &mut Vec<Task>,
    proof: &mut Proof,
) {
    let unit = bare_unit(unit.text());
    let path = tree.path(id);
    let parts = tree.parts(id);
    let mut texts = parts.text.as_slice();
    if let Some(whole) = tree.nodes.get(id).and_then(|node| run_in(node, &parts)) {
        let path = &path[..path.len().saturating_sub(1)];
        let marker = tree.nodes.get(id).map(|node| node.marker.text.clone());
        push(Draft { unit: unit.clone(), marker, path, span: whole }, tasks, proof);
        texts = texts.get(1..).unwrap_or_default();
    }
    for text in texts {
        for sentence in sentences(*text) {
            let own = subject_unit(sentence.text());
            push(
                Draft {
                    unit: own.unwrap_or_else(|| unit.clone()),
                    marker: None,
                    path: &path,
                    span: sentence,
                },
                tasks,
                proof,
            );
        }
    }
    for child in tree.nodes.get(id).map(|node| node.children.clone()).unwrap_or_default() {
        let Some(node) = tree.nodes.get(child).filter(|_| unit_heading(tree, child, assigning).is_none())
        else {
            continue;
        };
        let span = node.content.from(node.marker.length).trim();
        let own = colon_unit(span.text());
        let draft = Draft {
            unit: own.unwrap_or_else(|| unit.clone()),
            marker: Some(node.marker.text.clone()),
            path: &path,
            span,
        };
        push(draft, tasks, proof);
    }
}

/// `2. Công ty A: Ưu tiên cấp điện.`: unit and task in one sentence are the task, as printed.
fn run_in<'p>(node: &Node<'p>, parts: &Parts<'p>) -> Option<Span<'p>> {
    let (title, text) = (parts.title?, parts.text.first()?);
    let whole = node.content.from(node.marker.length).trim();
    let same = node.children.is_empty()
        && whole.text().ends_with(text.text())
        && whole.text().starts_with(title.text());
    (same && sentences(*text).len() == 1 && subject_unit(text.text()).is_none()).then_some(whole)
}

/// A task given outside such a heading: `Giao Sở A …`, `Điều 2. Giao …`, or an item `Sở A: …` where work is assigned.
fn given(tree: &Tree, id: usize, assigning: &[bool], tasks: &mut Vec<Task>, proof: &mut Proof) {
    let Some(node) = tree.nodes.get(id) else { return };
    let parts = tree.parts(id);
    let above = stands_assigned(tree, id, assigning);
    let content = node.content.from(node.marker.length).trim();
    let keys: Vec<String> = content.text().split_whitespace().take(30).map(cue::key).collect();
    let giving =
        cue::prefix_any(&keys, &["Giao", "Phân công", "Yêu cầu", "Đề nghị"]).is_some() && names_unit(&keys);
    let path: Vec<String> = node.parent.map(|parent| tree.path(parent)).unwrap_or_default();
    let draft =
        |unit: String, path| Draft { unit, marker: Some(node.marker.text.clone()), path, span: content };
    if giving && petitions(tree, id) {
        return;
    }
    if giving {
        if let Some(unit) =
            subject_unit(content.text()).or_else(|| parts.title.map(|title| bare_unit(title.text())))
        {
            push(draft(unit, &path), tasks, proof);
        }
    } else if above
        && node.children.is_empty()
        && let Some(unit) = colon_unit(content.text()).or_else(|| subject_unit(content.text()))
    {
        push(draft(unit, &path), tasks, proof);
    } else if let (None, true, Some(unit)) = (node.parent, node.children.is_empty(), asked(tree))
        && node.marker.kind.is_numbered()
        && parts.title.is_none()
    {
        push(draft(unit.owned(), &path), tasks, proof);
    }
}

struct Draft<'p, 'a> {
    unit: String,
    marker: Option<String>,
    path: &'a [String],
    span: Span<'p>,
}

fn push(draft: Draft, tasks: &mut Vec<Task>, proof: &mut Proof) {
    let text = draft.span.text();
    if text.split_whitespace().count() < 3 {
        return;
    }
    let index = tasks.len();
    proof.found(format!("/tasks/{index}"), &[draft.span]);
    let mut deadlines: Vec<Deadline> = Vec::new();
    for found in DEADLINE.find_iter(text) {
        let pointer = match deadlines.len() {
            0 => format!("/tasks/{index}/deadline"),
            later => format!("/tasks/{index}/deadlines/{later}"),
        };
        proof.found(pointer, &[draft.span.slice(found.range())]);
        let iso = date::find(found.as_str()).and_then(|(date, _)| date.iso);
        let raw = found.as_str().trim();
        let raw = raw.strip_prefix("hoàn thành ").or_else(|| raw.strip_prefix("xong ")).unwrap_or(raw);
        deadlines.push(Deadline { raw: raw.to_owned(), iso });
    }
    let deadline = deadlines.first().cloned();
    if deadlines.len() < 2 {
        deadlines.clear();
    }
    let (role, coordinating_units) = role(text, &draft.unit);
    tasks.push(Task {
        id: format!("task{}", index + 1),
        marker: draft.marker,
        section_path: draft.path.to_vec(),
        unit: vec![draft.unit],
        role: role.map(str::to_owned),
        coordinating_units,
        text: text.to_owned(),
        deadline,
        deadlines,
    });
}

/// A unit's name without `Giao`, `Đề nghị`.
fn bare_unit(title: &str) -> String {
    let keys = cue::keys(title);
    let taken = cue::prefix_any(&keys, GIVING).map_or(0, |(_, taken)| taken);
    title.split_whitespace().skip(taken).collect::<Vec<_>>().join(" ")
}

/// The unit an item names before an early colon.
fn colon_unit(text: &str) -> Option<String> {
    let label = text.get(..text.find(':')?)?;
    let keys = cue::keys(label);
    let verb = VERBS.iter().any(|verb| cue::holds_any(&keys, &[verb]));
    (keys.len() <= 16 && names_unit(&keys) && !verb).then(|| bare_unit(label.trim()))
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

/// The unit that is the subject of a sentence: the words before its verb.
fn subject_unit(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().take(40).collect();
    let keys: Vec<String> = words.iter().map(|word| cue::key(word)).collect();
    let start = cue::prefix_any(&keys, GIVING).map_or(0, |(_, taken)| taken);
    if !names_unit(&keys) || names_head_alone(keys.get(start..)?) {
        return None;
    }
    let verb = (start + 1..words.len()).find(|at| {
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
fn role(text: &str, unit: &str) -> (Option<&'static str>, Vec<String>) {
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

/// A paragraph's sentences; one that does not begin with a unit goes on with the one before.
fn sentences(span: Span<'_>) -> Vec<Span<'_>> {
    let text = span.text();
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(". ").chain(std::iter::once((text.len(), ""))) {
        let end = (at + 1).min(text.len());
        let piece = text.get(start..end).unwrap_or_default().trim();
        let keys: Vec<String> = piece.split_whitespace().take(12).map(cue::key).collect();
        match found.last_mut() {
            Some(last) if !names_unit(&keys) => last.1 = end,
            _ => found.push((start, end)),
        }
        start = end;
    }
    found
        .into_iter()
        .map(|(start, end)| span.slice(start..end).trim())
        .filter(|sentence| !sentence.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::flow::Item;
    use super::super::passage::passage;
    use super::super::section;
    use super::*;

    #[test]
    fn units_roles_and_deadlines_are_read() {
        let lines = [
            "IV. TỔ CHỨC THỰC HIỆN",
            "1. Phòng Văn hóa - Xã hội",
            "- Chủ trì, phối hợp với Văn phòng, các trường học chuẩn bị hội trường, hoàn thành trước ngày 20/12/2025.",
            "- Trạm Y tế: Bố trí tủ thuốc.",
            "2. Giao Công an xã bảo đảm an ninh, trật tự trong thời gian diễn ra Hội nghị.",
        ];
        let body: Vec<Item> = lines.iter().map(|line| Item::Text(passage(line))).collect();
        let tasks = read(&section::read(&body), &mut Proof::default());
        assert_eq!(tasks.len(), 3);
        assert_eq!(tasks[0].role.as_deref(), Some("lead"));
        assert_eq!(tasks[0].coordinating_units, ["Văn phòng", "các trường học"]);
        assert_eq!(tasks[0].deadline.as_ref().and_then(|d| d.iso.as_deref()), Some("2025-12-20"));
        assert_eq!(tasks[1].unit, ["Trạm Y tế"]);
        assert_eq!(tasks[2].unit, ["Công an xã"]);
    }
}
