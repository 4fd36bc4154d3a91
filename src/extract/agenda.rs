//! Tables of the body: the programme of a meeting, and any other.
//!
//! The first row is the head if its cells are labels; columns get their meaning from them. A table is an agenda if it
//! stands under a heading that says so, or if it has a column of clock times. A programme set as paragraphs
//! (`7h30 - 8h00: Đón tiếp đại biểu`) or as a numbered list under such a heading makes rows too.

use std::sync::LazyLock;

use regex::Regex;

use super::evidence::Proof;
use super::flow::{Grid, Item};
use super::passage::{Passage, Span};
use super::record::{AgendaRow, AgendaTable, Column};
use super::section::Tree;
use crate::dictionary::cue;
use crate::dictionary::marker::MarkerKind;

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    let clock = r"\d{1,2}\s?(?:giờ|h|g|:)\s?(?:\d{2})?(?:\s?(?:phút|'))?";
    Regex::new(&format!(r"^(?i)(?:từ\s)?(?:lúc\s)?{clock}(?:\s?(?:[-–]|đến)\s?{clock})?"))
        .expect("a valid pattern")
});

/// The tables of a body: agendas and others, and for each node of the tree the ids of its tables.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub agendas: Vec<AgendaTable>,
    pub others: Vec<AgendaTable>,
    /// Node and id.
    pub links: Vec<(usize, String)>,
}

/// Reads all tables of a body; `meets` says that the paper is about a meeting, whose contents are its programme.
pub(crate) fn read(tree: &Tree, body: &[Item], meets: bool, proof: &mut Proof) -> Tables {
    let mut tables = Tables::default();
    for id in 0..tree.nodes.len() {
        let programme = is_programme(tree, id);
        for index in tree.nodes.get(id).map(|node| node.tables.clone()).unwrap_or_default() {
            if let Some(Item::Table(grid)) = body.get(index) {
                let programme = programme || meets && is_contents(tree, id, grid);
                add(grid, programme, Some((tree, id)), &mut tables, proof);
            }
        }
        if programme && is_heading_of_programme(tree, id) {
            add_listed(tree, id, &mut tables, proof);
        }
    }
    for index in &tree.tables {
        if let Some(Item::Table(grid)) = body.get(*index) {
            add(grid, false, None, &mut tables, proof);
        }
    }
    tables
}

fn is_programme(tree: &Tree, id: usize) -> bool {
    tree.ancestors(id).take(2).any(|id| is_heading_of_programme(tree, id))
}

/// What a meeting deals with, item by item and by whom: a table of that under a heading that says no more.
fn is_contents(tree: &Tree, id: usize, grid: &Grid) -> bool {
    let titled = tree.parts(id).title.is_some_and(|title| {
        let keys = title.keys();
        keys.starts_with(&cue::keys("Nội dung")) && keys.len() <= 6
    });
    let keys: Vec<&str> = grid.rows.first().into_iter().flatten().map(|cell| key_of(&cell.text)).collect();
    titled && ["content", "responsible"].iter().all(|key| keys.contains(key))
}

fn is_heading_of_programme(tree: &Tree, id: usize) -> bool {
    let Some(title) = tree.parts(id).title else { return false };
    let keys = title.keys();
    keys.len() <= 14
        && cue::holds_any(
            &keys,
            &["chương trình", "lịch trình", "kịch bản", "lịch làm việc", "nội dung chương trình"],
        )
        && !cue::holds_any(&keys, &["chương trình hành động", "chương trình mục tiêu", "phân công"])
}

fn add(grid: &Grid, programme: bool, node: Option<(&Tree, usize)>, tables: &mut Tables, proof: &mut Proof) {
    let Some(mut table) = table(grid) else { return };
    let timed = table.columns.iter().any(|column| column.key == "time");
    let spoken = table.columns.iter().any(|column| column.key == "content");
    let agenda = spoken && (programme || timed);
    let (list, name) = if agenda { (&mut tables.agendas, "agenda") } else { (&mut tables.others, "table") };
    table.id = format!("{name}{}", list.len() + 1);
    if let Some((tree, id)) = node {
        table.title = tree.parts(id).title.map(|title| title.owned());
        table.section_path = tree.path(id);
        tables.links.push((id, table.id.clone()));
    }
    let base =
        if agenda { format!("/agenda_tables/{}", list.len()) } else { format!("/tables/{}", list.len()) };
    prove(grid, &table, &base, proof);
    list.push(table);
}

/// A grid as a table; `None` for one without a row below its head.
pub(crate) fn table(grid: &Grid) -> Option<AgendaTable> {
    let head = grid.rows.first()?;
    let labelled = is_head(head);
    let depth = if labelled { head_rows(grid) } else { 0 };
    let columns: Vec<Column> = match depth {
        0 | 1 => head.iter().enumerate().map(|(at, cell)| column(at, &cell.text, labelled)).collect(),
        _ => (0..head.len()).map(|at| column(at, &label(grid, depth, at), labelled)).collect(),
    };
    let mut rows: Vec<AgendaRow> = grid.rows.iter().skip(depth).map(|cells| row(cells, &columns)).collect();
    settle_ordinals(&mut rows);
    (!rows.is_empty()).then(|| AgendaTable {
        columns,
        rows,
        header_rows: u32::try_from(depth).ok().filter(|depth| *depth > 1),
        spans: grid.spans.clone(),
        ..AgendaTable::default()
    })
}

/// A number with a speck on it (`2|`, `4_`) counts if it is the next one.
fn settle_ordinals(rows: &mut [AgendaRow]) {
    let mut last = 0;
    for row in rows {
        let speck = |c: char| matches!(c, '|' | '_' | '.' | ')' | ',' | '-' | '—' | '\'' | ' ');
        let read = row.ordinal_raw.as_ref().and_then(|raw| raw.trim_matches(speck).parse().ok());
        row.ordinal = row.ordinal.or(read.filter(|read| *read == last + 1));
        last = row.ordinal.unwrap_or(last + 1);
    }
}

/// Rows of the head: as many as its merged cells reach down, if none of them runs through the whole table.
fn head_rows(grid: &Grid) -> usize {
    let first = grid.spans.iter().filter(|span| span.row == 0);
    let depth = first.map(|span| span.rows as usize).max().unwrap_or(1);
    if depth < grid.rows.len() { depth.max(1) } else { 1 }
}

/// What a head of several rows says of a column, from the top: `Số đơn` over `Đã giải quyết`.
fn label(grid: &Grid, depth: usize, column: usize) -> String {
    let covering = |row: usize| {
        let over = grid.spans.iter().find(|span| {
            span.row as usize == row
                && (span.column as usize..(span.column + span.columns) as usize).contains(&column)
        });
        over.map_or(column, |span| span.column as usize)
    };
    let texts =
        (0..depth).filter_map(|row| grid.rows.get(row)?.get(covering(row))).map(|cell| cell.text.as_str());
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Labels: no cell is long, the first is `TT` or two are known.
fn is_head(cells: &[Passage]) -> bool {
    let known = cells.iter().filter(|cell| key_of(&cell.text) != "other").count();
    let ordinal = cells.first().is_some_and(|cell| key_of(&cell.text) == "ordinal");
    let short = cells.iter().all(|cell| cell.text.chars().count() < 60);
    short && (ordinal || known >= 2)
}

fn column(at: usize, text: &str, labelled: bool) -> Column {
    let ordinal = at == 0 && text.trim_end_matches('.').parse::<u32>().is_ok();
    match labelled {
        true => Column { key: key_of(text).to_owned(), label: text.to_owned() },
        false => Column { key: if ordinal { "ordinal" } else { "other" }.to_owned(), label: String::new() },
    }
}

/// What a column holds, by its label.
fn key_of(label: &str) -> &'static str {
    let keys: Vec<String> = cue::keys(label).into_iter().filter(|key| !key.is_empty()).collect();
    // `TT Nội dung`: the column of numbers is too thin to be one of its own.
    if let ["tt" | "stt", _, ..] = keys.iter().map(String::as_str).collect::<Vec<_>>().as_slice()
        && let Some((_, rest)) = label.trim().split_once(' ')
        && key_of(rest) != "other"
    {
        return key_of(rest);
    }
    let has = |phrases: &[&str]| cue::holds_any(&keys, phrases);
    let first = keys.first().map_or("", String::as_str);
    if matches!(first, "tt" | "stt") || has(&["số tt", "số thứ tự"]) {
        "ordinal"
    } else if has(&["hoàn thành", "kế hoạch", "tỷ lệ", "số lượng", "họ và tên", "chức vụ"])
    {
        "other"
    } else if has(&["thời gian", "giờ"]) && !has(&["thực hiện"]) {
        "time"
    } else if has(&["địa điểm"]) {
        "place"
    } else if has(&["ghi chú"]) {
        "note"
    } else if has(&["nội dung", "công việc", "nhiệm vụ", "chương trình", "hoạt động"]) {
        "content"
    } else if has(&["thực hiện", "phụ trách", "trình bày", "đơn vị", "cơ quan", "người", "điều hành"])
        && !has(&["phối hợp"])
    {
        "responsible"
    } else if has(&["chủ trì"]) {
        "chair"
    } else if cue::same(label, "Nội dung") {
        "content"
    } else if cue::same(label, "Thực hiện")
        || cue::same(label, "Đơn vị thực hiện")
        || cue::same(label, "Người thực hiện")
    {
        "responsible"
    } else {
        "other"
    }
}

fn row(cells: &[Passage], columns: &[Column]) -> AgendaRow {
    let text = |key: &str| {
        let at = columns.iter().position(|column| column.key == key)?;
        cells.get(at).map(|cell| cell.text.trim()).filter(|text| !text.is_empty())
    };
    let ordinal_raw = text("ordinal").map(str::to_owned);
    let number = |raw: &String| raw.trim_end_matches(['.', ')', ' ']).parse().ok();
    AgendaRow {
        ordinal: ordinal_raw.as_ref().and_then(number),
        ordinal_raw,
        content: text("content").map(str::to_owned),
        responsible: text("responsible").or_else(|| text("chair")).map(bodies).unwrap_or_default(),
        time: text("time").map(str::to_owned),
        cells: cells.iter().map(|cell| cell.text.clone()).collect(),
    }
}

/// Bodies in a cell: `;` parts them, a comma does not.
fn bodies(text: &str) -> Vec<String> {
    text.split(';')
        .map(|body| body.trim().trim_end_matches(['.', ',']).to_owned())
        .filter(|body| !body.is_empty())
        .collect()
}

fn prove(grid: &Grid, table: &AgendaTable, base: &str, proof: &mut Proof) {
    let skip = grid.rows.len() - table.rows.len();
    for (index, cells) in grid.rows.iter().skip(skip).enumerate() {
        let row = format!("{base}/rows/{index}");
        let all: Vec<Span> = cells.iter().filter(|cell| !cell.tokens.is_empty()).map(Passage::span).collect();
        proof.found(row.clone(), &all);
        for (column, cell) in table.columns.iter().zip(cells).filter(|(_, cell)| !cell.tokens.is_empty()) {
            if ["ordinal", "content", "responsible", "time"].contains(&column.key.as_str()) {
                proof.found(format!("{row}/{}", column.key), &[cell.span()]);
            }
        }
    }
}

/// A programme without a table: paragraphs that begin with a time, or a counted list.
fn add_listed(tree: &Tree, id: usize, tables: &mut Tables, proof: &mut Proof) {
    let Some(node) = tree.nodes.get(id).filter(|node| node.tables.is_empty()) else { return };
    let parts = tree.parts(id);
    let child = |id: &usize| {
        tree.nodes.get(*id).map(|node| (node.marker.clone(), node.content.from(node.marker.length).trim()))
    };
    let children: Vec<_> = node.children.iter().filter_map(child).collect();
    let mut lines: Vec<(Option<String>, Span)> = parts.text.iter().map(|span| (None, *span)).collect();
    let counted = children
        .iter()
        .filter(|(marker, _)| marker.kind == MarkerKind::Arabic || marker.kind == MarkerKind::Letter)
        .count();
    lines.extend(
        children.iter().map(|(marker, span)| (marker.kind.is_numbered().then(|| marker.text.clone()), *span)),
    );
    let timed = lines.iter().filter(|(_, span)| CLOCK.is_match(span.text())).count();
    if timed < 2 && (counted < 2 || counted < children.len()) {
        return;
    }
    let base = format!("/agenda_tables/{}", tables.agendas.len());
    let mut rows = Vec::new();
    for (marker, span) in lines.into_iter().filter(|(_, span)| timed < 2 || CLOCK.is_match(span.text())) {
        proof.found(format!("{base}/rows/{}", rows.len()), &[span]);
        rows.push(listed_row(marker, span));
    }
    let timed_column = timed >= 2;
    let keys = [("time", timed_column), ("content", true)];
    let columns = keys
        .iter()
        .filter(|(_, there)| *there)
        .map(|(key, _)| Column { key: (*key).to_owned(), label: String::new() });
    let table_id = format!("agenda{}", tables.agendas.len() + 1);
    tables.links.push((id, table_id.clone()));
    tables.agendas.push(AgendaTable {
        id: table_id,
        title: parts.title.map(|title| title.owned()),
        section_path: tree.path(id),
        columns: columns.collect(),
        rows,
        ..AgendaTable::default()
    });
}

fn listed_row(marker: Option<String>, span: Span) -> AgendaRow {
    let clock = CLOCK.find(span.text()).map(|found| found.end()).filter(|end| *end > 0);
    let time = clock.map(|end| span.slice(0..end).trim_end(&[':', ',', '-']).owned());
    let rest = span
        .from(clock.unwrap_or(0))
        .text()
        .trim_start_matches([':', ',', '-', '–', '.', ' '])
        .trim_end_matches([';', '.', ' ']);
    let (content, responsible) = match rest.rsplit_once(" - ").or_else(|| rest.rsplit_once(" – ")) {
        Some((content, who)) if is_party(who) => (content, bodies(who)),
        _ => (rest, Vec::new()),
    };
    let ordinal = marker.as_ref().and_then(|marker| marker.trim_end_matches(['.', ')']).parse().ok());
    let cells = vec![time.clone().unwrap_or_default(), content.to_owned(), responsible.join("; ")];
    AgendaRow { ordinal, ordinal_raw: marker, content: Some(content.to_owned()), responsible, time, cells }
}

fn is_party(text: &str) -> bool {
    let keys = cue::keys(text);
    cue::prefix_any(&keys, cue::ROLE_HEADS).is_some() || cue::prefix_any(&keys, cue::BODY_HEADS).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::super::section;
    use super::*;

    #[test]
    fn columns_get_their_meaning_from_their_labels() {
        let keys: Vec<&str> =
            ["STT", "Nội dung", "Đơn vị thực hiện", "Thời gian", "Thời gian hoàn thành"].map(key_of).to_vec();
        assert_eq!(keys, ["ordinal", "content", "responsible", "time", "other"]);
    }

    #[test]
    fn a_programme_in_paragraphs_makes_rows() {
        let lines = [
            "4. Chương trình",
            "- 7h30 - 8h00: Đón tiếp đại biểu - Văn phòng UBND xã;",
            "- 8h00 - 8h15: Khai mạc.",
        ];
        let body: Vec<Item> = lines.iter().map(|line| Item::Text(passage(line))).collect();
        let tables = read(&section::read(&body), &body, false, &mut Proof::default());
        let rows = &tables.agendas[0].rows;
        assert_eq!(rows[0].time.as_deref(), Some("7h30 - 8h00"));
        assert_eq!(rows[0].content.as_deref(), Some("Đón tiếp đại biểu"));
        assert_eq!(rows[0].responsible, ["Văn phòng UBND xã"]);
        assert_eq!(rows[1].content.as_deref(), Some("Khai mạc"));
    }
}
