//! Who attends: groups under their labels, with one entry for each dash.
//!
//! A group is the nearest label above its entries: a heading with items below it, a heading with one sentence, or an item
//! `label: persons`. What counts as attendance is what stands below a heading that says so.

use std::sync::LazyLock;

use regex::Regex;

use super::agenda;
use super::evidence::Proof;
use super::flow::Item;
use super::party;
use super::passage::{Passage, Span};
use super::record::{AttendeeEntry, AttendeeGroup, Column, ParticipantCount};
use super::section::Tree;
use crate::dictionary::cue;

/// Headings under which attendees are listed.
const HEADINGS: &[&str] = &[
    "thành phần",
    "đại biểu tham dự",
    "đại biểu dự",
    "khách mời",
    "đối tượng tham dự",
    "thành viên tham dự",
    "đại biểu mời",
];

static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(khoảng|dự kiến|ước|gần|trên|tổng số|tổng cộng|gồm)?\s*:?\s*(\d{1,5})\s*(người|đại biểu|đồng chí|đ/c)\b").expect("a valid pattern")
});

/// Attendees, and the head count stated for them.
#[derive(Debug, Default)]
pub(crate) struct Attendees {
    pub groups: Vec<AttendeeGroup>,
    pub count: Option<ParticipantCount>,
}

/// Reads the attendee lists of a body.
pub(crate) fn read(tree: &Tree, items: &[Item], proof: &mut Proof) -> Attendees {
    let mut found = Attendees::default();
    let mut id = 0;
    while id < tree.nodes.len() {
        if is_heading(tree, id) {
            let end = subtree_end(tree, id);
            for inner in id..end {
                group(tree, inner, id, &mut found.groups, proof);
                tabled(tree, inner, items, &mut found.groups, proof);
                count(tree, inner, &mut found.count, proof);
            }
            id = end;
        } else {
            id += 1;
        }
    }
    found
}

/// Nodes are stored in order, so a subtree ends where a node is no descendant.
pub(crate) fn subtree_end(tree: &Tree, root: usize) -> usize {
    let inside = |id: usize| tree.ancestors(id).any(|ancestor| ancestor == root);
    (root + 1..tree.nodes.len()).find(|id| !inside(*id)).unwrap_or(tree.nodes.len())
}

/// A heading of attendance with no deeper one that says it better.
fn is_heading(tree: &Tree, id: usize) -> bool {
    let names = |id: usize| tree.parts(id).title.is_some_and(|title| cue::holds_any(&title.keys(), HEADINGS));
    let children = tree.nodes.get(id).map(|node| node.children.as_slice()).unwrap_or_default();
    let mixed =
        |title: Span| cue::holds_any(&title.keys(), &["thời gian", "chủ trì", "nội dung", "địa điểm"]);
    let wide = tree.parts(id).title.is_some_and(mixed) && children.iter().any(|child| names(*child));
    names(id)
        && !wide
        && tree.nodes.get(id).is_some_and(|node| node.marker.kind.is_numbered() || !children.is_empty())
}

fn group(tree: &Tree, id: usize, root: usize, groups: &mut Vec<AttendeeGroup>, proof: &mut Proof) {
    let Some(node) = tree.nodes.get(id) else { return };
    let parts = tree.parts(id);
    let leaves: Vec<usize> = node.children.iter().copied().filter(|child| is_leaf(tree, *child)).collect();
    let labelled = leaves.len() < node.children.len()
        || leaves.iter().filter(|leaf| cut(tree, **leaf).is_some()).count() * 2 > leaves.len();
    let (label, entries): (Option<Span>, Vec<(Option<String>, Span)>) =
        match (parts.title, node.children.is_empty()) {
            // A heading with its persons as text.
            (Some(title), true) => (
                Some(title),
                parts.text.iter().filter(|text| !is_count(text)).map(|text| (None, *text)).collect(),
            ),
            // A heading with items below it.
            (Some(title), false) => {
                let plain = leaves.iter().filter(|leaf| !labelled || cut(tree, **leaf).is_none());
                let entry = |leaf: &usize| {
                    tree.nodes.get(*leaf).map(|node| {
                        (Some(node.marker.text.clone()), node.content.from(node.marker.length).trim())
                    })
                };
                (Some(title), plain.filter_map(entry).collect())
            }
            // `- label: persons` among labelled items.
            (None, true) if id != root => match cut(tree, id).filter(|_| stands_among_labels(tree, id)) {
                Some((label, persons)) => (Some(label), vec![(None, persons)]),
                None => return,
            },
            _ => return,
        };
    let chairs = label.is_some_and(|label| {
        cue::prefix_any(&label.keys(), &["Chủ trì", "Đồng chủ trì", "Chủ tọa"]).is_some()
    });
    if entries.is_empty() || chairs {
        return;
    }
    let index = groups.len();
    if let Some(label) = label {
        proof.found(format!("/attendee_groups/{index}/label"), &[label]);
    }
    let body = label.and_then(|label| venue_body(label.text()));
    let mode = mode(tree, id);
    let (count, count_raw) = stated(&parts.title.map(|title| title.owned()).unwrap_or_default());
    let mut group = AttendeeGroup {
        marker: Some(node.marker.text.clone()),
        label: label.map(|label| label.owned()),
        section_path: tree.path(id),
        mode: mode.map(str::to_owned),
        count,
        count_raw,
        entries: Vec::new(),
    };
    for (marker, span) in entries {
        proof.found(format!("/attendee_groups/{index}/entries/{}", group.entries.len()), &[span]);
        let text = span.text();
        let invited = (text.starts_with("Mời") || text.starts_with("Kính mời") || text.contains("(mời)"))
            .then_some(true);
        group.entries.push(AttendeeEntry {
            marker,
            raw: text.to_owned(),
            invited,
            parties: party::read(text, body.as_deref()),
        });
    }
    groups.push(group);
}

/// Attendees in a table: a row is an entry, its cells but number and count run together.
fn tabled(tree: &Tree, id: usize, items: &[Item], groups: &mut Vec<AttendeeGroup>, proof: &mut Proof) {
    let Some(node) = tree.nodes.get(id) else { return };
    for grid in node.tables.iter().filter_map(|at| match items.get(*at) {
        Some(Item::Table(grid)) => Some(grid),
        _ => None,
    }) {
        let Some(table) = agenda::table(grid).filter(|table| table.columns.iter().all(|c| c.key != "time"))
        else {
            continue;
        };
        let index = groups.len();
        let skip = grid.rows.len() - table.rows.len();
        let mut entries = Vec::new();
        for cells in grid.rows.iter().skip(skip) {
            let told = |(cell, column): &(&Passage, &Column)| is_told(column) && !cell.text.is_empty();
            let spans: Vec<Span> =
                cells.iter().zip(&table.columns).filter(told).map(|(cell, _)| cell.span()).collect();
            let raw = spans.iter().map(|span| span.text()).collect::<Vec<_>>().join(", ");
            if !raw.is_empty() {
                proof.found(format!("/attendee_groups/{index}/entries/{}", entries.len()), &spans);
                entries.push(AttendeeEntry {
                    marker: None,
                    invited: None,
                    parties: party::read(&raw, None),
                    raw,
                });
            }
        }
        let label = tree.label(id).map(|label| label.owned());
        let marker = Some(node.marker.text.clone());
        let section_path = tree.path(id);
        let mode = mode(tree, id).map(str::to_owned);
        groups.push(AttendeeGroup {
            marker,
            label,
            section_path,
            mode,
            count: None,
            count_raw: None,
            entries,
        });
    }
}

/// A column that tells who; a number, a count and a remark do not.
fn is_told(column: &Column) -> bool {
    let other = cue::holds_any(&cue::keys(&column.label), &["số lượng", "số người", "ghi chú"]);
    !other && !matches!(column.key.as_str(), "ordinal" | "note")
}

fn is_leaf(tree: &Tree, id: usize) -> bool {
    tree.nodes.get(id).is_some_and(|node| node.children.is_empty() && node.marker.kind.is_bullet())
}

/// An item cut into label and persons at an early colon.
fn cut<'p>(tree: &Tree<'p>, id: usize) -> Option<(Span<'p>, Span<'p>)> {
    let node = tree.nodes.get(id)?;
    let content = node.content.from(node.marker.length).trim();
    let colon = content.text().find(": ")?;
    let label = content.slice(0..colon).trim();
    let plain = !label.text().contains([';', '(']) && label.text().split_whitespace().count() <= 12;
    let listed = label.text().starts_with("Lãnh đạo") || label.text().starts_with("Đại diện");
    (plain && !listed).then(|| (label, content.from(colon + 1).trim()))
}

/// Items beside one that are looked at to tell what it is.
const BESIDE: usize = 100;

/// Whether most of the items beside it are labels too, the first of them as a sample.
fn stands_among_labels(tree: &Tree, id: usize) -> bool {
    let Some(parent) = tree.nodes.get(id).and_then(|node| node.parent).and_then(|id| tree.nodes.get(id))
    else {
        return false;
    };
    let beside = parent.children.get(..BESIDE).unwrap_or(&parent.children);
    let labels =
        beside.iter().filter(|child| !is_leaf(tree, **child) || cut(tree, **child).is_some()).count();
    labels * 2 > beside.len()
}

/// `Tại Điểm cầu các Sở`: the body at the venue, to which roles without one belong.
fn venue_body(label: &str) -> Option<String> {
    let rest = label.strip_prefix("Tại ").unwrap_or(label);
    let lower = rest.to_lowercase();
    let at =
        ["điểm cầu ", "đầu cầu "].iter().find_map(|venue| lower.find(venue).map(|at| at + venue.len()))?;
    rest.get(at..).map(str::to_owned).filter(|body| !body.is_empty())
}

/// In the hall or at the far end of a line, as the label or one above it says.
fn mode(tree: &Tree, id: usize) -> Option<&'static str> {
    for ancestor in tree.ancestors(id) {
        let Some(title) = tree.label(ancestor) else { continue };
        let keys = title.keys();
        if cue::holds_any(
            &keys,
            &[
                "trực tuyến",
                "các điểm cầu",
                "điểm cầu các",
                "các đầu cầu",
                "điểm cầu ubnd",
                "điểm cầu xã",
                "điểm cầu cấp xã",
            ],
        ) {
            return Some("online");
        }
        if cue::holds_any(
            &keys,
            &[
                "trực tiếp",
                "điểm cầu thành phố",
                "điểm cầu tỉnh",
                "điểm cầu trung tâm",
                "hội trường",
                "điểm cầu chính",
            ],
        ) {
            return Some("in_person");
        }
    }
    None
}

fn is_count(text: &Span) -> bool {
    let trimmed = text.text().trim_matches(['(', ')', '.', ' ']);
    COUNT.find(trimmed).is_some_and(|found| found.len() + 12 >= trimmed.len())
}

fn stated(text: &str) -> (Option<u32>, Option<String>) {
    let Some(found) = COUNT.captures(text) else { return (None, None) };
    let value = found.get(2).and_then(|m| m.as_str().parse().ok());
    (value, found.get(0).map(|m| m.as_str().trim().to_owned()))
}

/// A head count in a paragraph of its own.
fn count(tree: &Tree, id: usize, found: &mut Option<ParticipantCount>, proof: &mut Proof) {
    let parts = tree.parts(id);
    let Some(span) = parts.text.iter().find(|text| is_count(text)).filter(|_| found.is_none()) else {
        return;
    };
    let Some(captures) = COUNT.captures(span.text()) else { return };
    proof.found("/meeting/participant_count", &[*span]);
    let marker = tree.nodes.get(id).map(|node| node.marker.text.clone()).unwrap_or_default();
    *found = Some(ParticipantCount {
        raw: Some(span.owned()),
        value: captures.get(2).and_then(|m| m.as_str().parse().ok()),
        approximate: Some(captures.get(1).is_some_and(|m| {
            ["khoảng", "dự kiến", "ước", "gần", "trên"].contains(&m.as_str().to_lowercase().as_str())
        })),
        scope: parts.title.map(|title| format!("{marker} {}", title.text())),
    });
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::super::section;
    use super::*;

    #[test]
    fn groups_are_the_nearest_labels() {
        let lines = [
            "2. Thành phần",
            "a) Tại điểm cầu Thành phố: Hội trường tầng 3.",
            "- Khách mời:",
            "+ Lãnh đạo Sở Y tế.",
            "- Đại biểu xã: Chủ tịch UBND các xã.",
            "(Khoảng 75 người)",
            "3. Kinh phí",
        ];
        let body: Vec<Item> = lines.iter().map(|line| Item::Text(passage(line))).collect();
        let found = read(&section::read(&body), &body, &mut Proof::default());
        let labels: Vec<_> = found
            .groups
            .iter()
            .map(|group| (group.label.as_deref().unwrap_or(""), group.entries.len()))
            .collect();
        assert_eq!(labels, [("Khách mời", 1), ("Đại biểu xã", 1)]);
        assert_eq!(found.groups[1].entries[0].raw, "Chủ tịch UBND các xã.");
        assert_eq!(found.count.and_then(|count| count.value), Some(75));
    }
}
