//! Tasks: who does what by when.
//!
//! Two shapes: below a heading that assigns work (`Phân công`, `Tổ chức thực hiện`) a heading names the unit and each item
//! or sentence below is a task; anywhere a paragraph may give one (`Giao Sở A chủ trì …`). An item may name its own unit
//! before a colon. The text of a task is verbatim. What names a unit is in [`super::unit`].

use std::sync::LazyLock;

use regex::Regex;

use super::deadline;
use super::evidence::Proof;
use super::passage::Span;
use super::record::{Deadline, Task};
use super::section::{Node, Parts, Tree};
use super::unit::{GIVING, bare_unit, colon_unit, names_unit, role, subject_unit};
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

/// Whether an item asks a body above the writer for something: no task.
fn petitions(tree: &Tree, id: usize) -> bool {
    tree.ancestors(id).any(|id| {
        tree.parts(id).title.is_some_and(|title| cue::holds_any(&title.keys(), &["kiến nghị", "đề xuất"]))
    })
}

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
    for (deadline, span) in deadline::read(draft.span) {
        let pointer = match deadlines.len() {
            0 => format!("/tasks/{index}/deadline"),
            later => format!("/tasks/{index}/deadlines/{later}"),
        };
        proof.found(pointer, &[span]);
        deadlines.push(deadline);
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
