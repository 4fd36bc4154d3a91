//! Reads a record as lists of items, one list for each block that is scored.
//!
//! Takes any JSON, from any producer: a part of the wrong type counts as absent and nothing fails. What an item is,
//! block by block, is defined in `gold/score.py` and repeated at each function here.

use serde_json::Value;

use super::normalize::{Normalizer, is_blank, key_of, listed};

/// One thing that is right or wrong as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// Names and normalised values, in the order in which they are weighed.
    pub fields: Vec<(&'static str, String)>,
    /// The gold value was inferred: a candidate that leaves it out is neither right nor wrong.
    pub optional: bool,
    /// Fields of an inferred gold value, which a candidate may leave empty.
    pub optional_fields: Vec<&'static str>,
}

impl Item {
    fn of(fields: Vec<(&'static str, String)>) -> Self {
        Self { fields, ..Self::default() }
    }

    fn named(name: &'static str, value: String) -> Self {
        Self::of(vec![("name", name.to_string()), ("value", value)])
    }

    /// The value of a field, empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }
}

/// Reads the items of one block out of a record.
pub type Reader = fn(&Value, Normalizer) -> Vec<Item>;

/// The nine blocks that make up the total.
pub const BLOCKS: [(&str, Reader); 9] = [
    ("metadata", metadata),
    ("sections", sections),
    ("agenda", agenda),
    ("meeting", meeting),
    ("attendees", attendees),
    ("tasks", tasks),
    ("recipients", recipients),
    ("signature", signature),
    ("references", references),
];

/// Blocks printed below the totals and not counted in them.
pub const DIAGNOSTICS: [(&str, Reader); 8] = [
    ("section_content", section_content),
    ("section_titles", section_titles),
    ("attendee_groups", attendee_groups),
    ("attendee_parties", attendee_parties),
    ("agenda_cells", agenda_cells),
    ("task_links", task_links),
    ("legal_bases", legal_bases),
    ("prose", prose),
];

type How = for<'a> fn(&Normalizer<'a>, &Value) -> String;
const KEY: How = |n, value| n.key(value);
const ANY_CASE: How = |n, value| n.key_any_case(value);
const NO_BLANKS: How = |n, value| n.without_blanks(value);

const METADATA: [(&str, How); 12] = [
    ("doc_type.code", KEY),
    ("doc_type.name", ANY_CASE),
    ("issuer.parent", ANY_CASE),
    ("issuer.name", ANY_CASE),
    ("number.sequence", NO_BLANKS),
    ("number.notation", NO_BLANKS),
    ("place", KEY),
    ("date.raw", KEY),
    ("date.iso", KEY),
    ("subject", KEY),
    ("national_heading.country", ANY_CASE),
    ("national_heading.motto", ANY_CASE),
];

const MEETING: [(&str, How); 4] = [
    ("meeting.chair", KEY),
    ("meeting.time.raw", KEY),
    ("meeting.place", KEY),
    ("meeting.participant_count.value", KEY),
];

/// One item for each field that has a value.
fn metadata(record: &Value, n: Normalizer) -> Vec<Item> {
    field_items(record, n, &METADATA)
}

/// One item for each field that has a value.
fn meeting(record: &Value, n: Normalizer) -> Vec<Item> {
    field_items(record, n, &MEETING)
}

fn field_items(record: &Value, n: Normalizer, fields: &[(&'static str, How)]) -> Vec<Item> {
    let item = |&(path, how): &(&'static str, How)| {
        let value = how(&n, at(record, path));
        (!value.is_empty()).then(|| Item { optional: inferred(record, path), ..Item::named(path, value) })
    };
    fields.iter().filter_map(item).collect()
}

/// One item for each node: its markers from the top, and its title and own paragraphs run together.
fn sections(record: &Value, n: Normalizer) -> Vec<Item> {
    let item = |node: &Node| Item::of(vec![("path", node.path.clone()), ("content", content(node.value, n))]);
    nodes(record, n).iter().map(item).collect()
}

/// The same nodes without the path above them.
fn section_content(record: &Value, n: Normalizer) -> Vec<Item> {
    let own = |path: &str| path.rsplit('/').next().unwrap_or("").to_string();
    let item = |node: &Node| Item::of(vec![("marker", own(&node.path)), ("content", content(node.value, n))]);
    nodes(record, n).iter().map(item).collect()
}

/// One item for each node that has a title.
fn section_titles(record: &Value, n: Normalizer) -> Vec<Item> {
    let item = |node: &Node| {
        let title = n.key(&node.value["title"]);
        (!title.is_empty()).then(|| Item::of(vec![("path", node.path.clone()), ("title", title)]))
    };
    nodes(record, n).iter().filter_map(item).collect()
}

/// One item for each row of any agenda table.
fn agenda(record: &Value, n: Normalizer) -> Vec<Item> {
    let item = |row: &Value| {
        Item::of(vec![
            ("ordinal", n.marker(&row["ordinal"])),
            ("content", n.key(&row["content"])),
            ("responsible", n.units(&row["responsible"])),
            ("time", n.key(&row["time"])),
        ])
    };
    members(&record["agenda_tables"]).iter().flat_map(|table| members(&table["rows"])).map(item).collect()
}

/// Each content and each responsible cell alone.
fn agenda_cells(record: &Value, n: Normalizer) -> Vec<Item> {
    let cells =
        |row: &Item| ["content", "responsible"].map(|name| Item::named(name, row.get(name).to_string()));
    agenda(record, n).iter().flat_map(cells).filter(|cell| !cell.get("value").is_empty()).collect()
}

/// One item for each entry, with the label of its group.
fn attendees(record: &Value, n: Normalizer) -> Vec<Item> {
    let group = |group: &Value| {
        let label = n.key(&group["label"]);
        let item = |entry: &Value| Item::of(vec![("group", label.clone()), ("raw", n.key(&entry["raw"]))]);
        members(&group["entries"]).iter().map(item).collect::<Vec<_>>()
    };
    members(&record["attendee_groups"]).iter().flat_map(group).collect()
}

/// One item for each group: its label.
fn attendee_groups(record: &Value, n: Normalizer) -> Vec<Item> {
    let item = |group: &Value| Item::of(vec![("label", n.key(&group["label"]))]);
    members(&record["attendee_groups"]).iter().map(item).collect()
}

/// One item for each organisation and role named in an entry.
fn attendee_parties(record: &Value, n: Normalizer) -> Vec<Item> {
    let group = |group: &Value| {
        let label = n.key(&group["label"]);
        let item = |party: &Value| {
            let (organisation, role) = (n.key(&party["organisation"]), n.key(&party["role"]));
            Item::of(vec![("group", label.clone()), ("organisation", organisation), ("role", role)])
        };
        let parties = members(&group["entries"]).iter().flat_map(|entry| members(&entry["parties"]));
        parties.map(item).collect::<Vec<_>>()
    };
    members(&record["attendee_groups"]).iter().flat_map(group).collect()
}

/// One item for each task: who, what, until when.
fn tasks(record: &Value, n: Normalizer) -> Vec<Item> {
    let item = |task: &Value| {
        let (unit, text) = (n.units(&task["unit"]), n.key(&task["text"]));
        Item::of(vec![("unit", unit), ("text", text), ("deadline", n.key(at(task, "deadline.raw")))])
    };
    members(&record["tasks"]).iter().map(item).collect()
}

/// The tasks with the section they stand in.
fn task_links(record: &Value, n: Normalizer) -> Vec<Item> {
    let item = |task: &Value| {
        let path: Vec<String> =
            members(&task["section_path"]).iter().map(|marker| n.marker(marker)).collect();
        let (unit, text) = (n.units(&task["unit"]), n.key(&task["text"]));
        Item::of(vec![("unit", unit), ("path", path.join("/")), ("text", text)])
    };
    members(&record["tasks"]).iter().map(item).collect()
}

/// One item for each recipient and one for the line `Lưu`.
fn recipients(record: &Value, n: Normalizer) -> Vec<Item> {
    let item = |kind: &str, text: String| Item::of(vec![("kind", kind.to_string()), ("text", text)]);
    let entries = members(&record["recipients"]["entries"]).iter();
    let mut items: Vec<Item> = entries.map(|entry| item("recipient", n.key(&entry["text"]))).collect();
    let archive = n.key(at(record, "recipients.archive.raw"));
    if !archive.is_empty() {
        items.push(item("archive", archive));
    }
    items
}

/// One item for each line of authority, one for the title and one for the name.
fn signature(record: &Value, n: Normalizer) -> Vec<Item> {
    let signature = &record["signature"];
    let mut items: Vec<Item> =
        listed(&signature["authority"]).iter().map(|line| Item::named("authority", n.key(line))).collect();
    items.extend(["title", "signer_name"].map(|name| Item::named(name, n.key(&signature[name]))));
    items.retain(|item| !item.get("value").is_empty());
    items
}

/// One item for each document referred to; its title counts only where it has no number.
fn references(record: &Value, n: Normalizer) -> Vec<Item> {
    let item = |(at_index, reference): (usize, &Value)| {
        let number = n.without_blanks(&reference["number"]);
        let title = if number.is_empty() { n.key(&reference["title"]) } else { String::new() };
        let inferred = |name: &&str| inferred(record, &format!("references.{at_index}.{name}"));
        let fields = vec![
            ("type", n.key(&reference["type"])),
            ("number", number),
            ("date", n.key(at(reference, "date.iso"))),
            ("issuer", n.key(&reference["issuer"])),
            ("title", title),
        ];
        Item {
            optional_fields: ["issuer", "number"].into_iter().filter(inferred).collect(),
            ..Item::of(fields)
        }
    };
    members(&record["references"]).iter().enumerate().map(item).collect()
}

/// One item for each legal basis, verbatim.
fn legal_bases(record: &Value, n: Normalizer) -> Vec<Item> {
    members(&record["legal_bases"])
        .iter()
        .map(|basis| Item::of(vec![("raw", n.key(&basis["raw"]))]))
        .collect()
}

/// One item for each paragraph before and after the sections.
fn prose(record: &Value, n: Normalizer) -> Vec<Item> {
    let paragraphs = |name: &'static str| {
        members(&record[name]).iter().map(move |text| Item::named(name, n.key(text))).collect::<Vec<_>>()
    };
    ["preamble", "closing"]
        .into_iter()
        .flat_map(paragraphs)
        .filter(|item| !item.get("value").is_empty())
        .collect()
}

/// A node of the section tree with the markers that lead to it, joined by `/`.
struct Node<'a> {
    path: String,
    value: &'a Value,
}

/// All nodes, a parent before its children.
fn nodes<'a>(record: &'a Value, n: Normalizer) -> Vec<Node<'a>> {
    let mut found = Vec::new();
    walk(&record["sections"], None, n, &mut found);
    found
}

/// Depth is bounded: the JSON reader refuses nesting deeper than 128.
fn walk<'a>(nodes: &'a Value, above: Option<&str>, n: Normalizer, found: &mut Vec<Node<'a>>) {
    for value in members(nodes) {
        let marker = n.marker(&value["marker"]);
        let path = above.map_or_else(|| marker.clone(), |above| format!("{above}/{marker}"));
        found.push(Node { path: path.clone(), value });
        walk(&value["children"], Some(&path), n, found);
    }
}

/// Title and own paragraphs run together; where a line is split between them is not judged, nor is a colon.
fn content(node: &Value, n: Normalizer) -> String {
    let title = std::iter::once(&node["title"]);
    let parts = title.chain(listed(&node["text"])).filter(|part| part.is_string()).map(|part| n.value(part));
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    key_of(&n.text(&without_closing_colons(&n.text(&parts.join(" ")))))
}

fn without_closing_colons(text: &str) -> String {
    let mut characters = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(c) = characters.next() {
        if c != ':' || characters.peek().is_some_and(|&next| !is_blank(next)) {
            out.push(c);
        }
    }
    out
}

/// The members of a list; none of anything else.
fn members(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The value at a dotted path; null where it leads nowhere.
fn at<'a>(record: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(record, |value, name| &value[name])
}

/// Whether the evidence marks the value at the path, or an object that holds it, as inferred.
fn inferred(record: &Value, path: &str) -> bool {
    let evidence = &record["evidence"];
    let mut pointer = String::new();
    path.split('.').any(|name| {
        pointer.push('/');
        pointer.push_str(name);
        evidence[pointer.as_str()]["status"] == "inferred"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Alternatives;
    use serde_json::json;

    fn read(reader: Reader, record: Value) -> Vec<Item> {
        reader(&record, Normalizer { alternatives: &Alternatives::default() })
    }

    #[test]
    fn a_node_is_its_path_and_its_words() {
        let record = json!({"sections": [{"marker": "I.", "title": "MỤC ĐÍCH", "text": [], "children": [
            {"marker": "1.", "title": "Chủ trì:", "text": ["Sở Nội vụ."], "children": []}]}]});
        let items = read(sections, record);
        assert_eq!(items[1].get("path"), "I/1");
        assert_eq!(items[1].get("content"), "Chủ trì Sở Nội vụ");
    }

    #[test]
    fn a_record_of_the_wrong_types_is_an_empty_record() {
        let record =
            json!({"sections": 5, "tasks": {"a": 1}, "recipients": [], "signature": "x", "meeting": null});
        for (name, reader) in BLOCKS.into_iter().chain(DIAGNOSTICS) {
            assert!(read(reader, record.clone()).is_empty(), "{name}");
        }
        assert!(read(sections, json!([1, 2])).is_empty());
    }

    #[test]
    fn an_inferred_issuer_is_optional() {
        let record = json!({"issuer": {"name": "UBND"}, "evidence": {"/issuer": {"status": "inferred"}}});
        assert!(read(metadata, record)[0].optional);
    }
}
