//! Agenda, attendees and tasks as spreadsheets: CSV, a file a sheet, and one XLSX.
//!
//! Reads a [`Record`]; a sheet has a header, and every row names the document, its number and the page, so that the
//! sheets of many papers can be put under each other. CSV is UTF-8 with a byte order mark (spreadsheets take it for
//! another encoding without) and CRLF (RFC 4180). Text in a CSV that a spreadsheet would run as a formula gets an
//! apostrophe before it; in the XLSX every text is typed as text and needs none. Deterministic: no clock, no user name.

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

use super::{WriteError, atomic};
use crate::extract::record::{AgendaRow, AttendeeEntry, Party, Record};

/// What a cell of an XLSX may hold, in UTF-16 units; the CSV always has the whole text.
const LONGEST_XLSX_TEXT: usize = 32_767;

/// One table, ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Short name: the sheet's, and the CSV file's.
    pub name: &'static str,
    /// Names of the columns.
    pub header: Vec<&'static str>,
    /// As many cells as the header has.
    pub rows: Vec<Vec<Cell>>,
}

/// A value in a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// A whole number.
    Number(u32),
    /// Any text; never a formula.
    Text(String),
}

/// The names of the sheets, in order.
pub const NAMES: [&str; 3] = ["agenda", "attendees", "tasks"];

/// The sheets of a document, always all three, perhaps with no rows.
pub fn sheets(record: &Record) -> [Sheet; 3] {
    [agenda(record), attendees(record), tasks(record)]
}

/// Files `agenda.csv`, `attendees.csv` and `tasks.csv` in `folder`.
///
/// # Errors
/// [`WriteError`] if a file cannot be written.
pub fn write_csv(folder: &Path, record: &Record) -> Result<(), WriteError> {
    let write =
        |sheet: &Sheet| atomic::write(&folder.join(format!("{}.csv", sheet.name)), csv(sheet).as_bytes());
    sheets(record).iter().try_for_each(write)
}

/// Files all sheets as one XLSX.
///
/// # Errors
/// [`WriteError`] if the file cannot be written.
pub fn write_xlsx(path: &Path, record: &Record) -> Result<(), WriteError> {
    let cannot = |e: XlsxError| WriteError::Io { path: path.to_owned(), source: std::io::Error::other(e) };
    atomic::write(path, &xlsx(record).map_err(cannot)?)
}

/// A sheet as CSV.
pub fn csv(sheet: &Sheet) -> String {
    let mut text = String::from('\u{feff}');
    push_row(&mut text, sheet.header.iter().map(|name| (*name).to_owned()));
    for row in &sheet.rows {
        push_row(&mut text, row.iter().map(csv_value));
    }
    text
}

fn push_row(text: &mut String, values: impl Iterator<Item = String>) {
    let quoted = values.map(|value| match value.contains(['"', ',', ';', '\n', '\r', '\t']) {
        true => format!("\"{}\"", value.replace('"', "\"\"")),
        false => value,
    });
    text.push_str(&quoted.collect::<Vec<_>>().join(","));
    text.push_str("\r\n");
}

fn csv_value(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) if would_run(text) => format!("'{}", clean(text)),
        Cell::Text(text) => clean(text),
    }
}

/// Whether a spreadsheet might take the text for a formula (also behind blanks); a lone `-` or `+` is a list marker.
fn would_run(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%'])
        && !matches!(text.trim_end(), "-" | "+")
}

fn clean(text: &str) -> String {
    let harmless = |c: char| if c.is_control() && c != '\n' { '\u{fffd}' } else { c };
    text.chars().map(harmless).collect()
}

/// All sheets as the bytes of an XLSX file.
///
/// # Errors
/// Where the format cannot hold what it is given, such as more than 1,048,576 rows.
pub fn xlsx(record: &Record) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(record)?);
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let body = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for sheet in sheets(record) {
        let page = workbook.add_worksheet().set_name(sheet.name)?;
        page.set_freeze_panes(1, 0)?;
        for (column, name) in (0u16..).zip(&sheet.header) {
            page.set_column_width(column, width(name))?;
            page.write_string_with_format(0, column, *name, &head)?;
        }
        for (row, cells) in (1u32..).zip(&sheet.rows) {
            for (column, cell) in (0u16..).zip(cells) {
                match cell {
                    Cell::Empty => {}
                    Cell::Number(number) => {
                        page.write_number_with_format(row, column, *number, &body)?;
                    }
                    Cell::Text(text) => {
                        page.write_string_with_format(row, column, shortened(clean(text)), &body)?;
                    }
                }
            }
        }
        let (rows, columns) = (sheet.rows.len() as u32, sheet.header.len() as u16);
        page.autofilter(0, 0, rows.max(1), columns.saturating_sub(1))?;
    }
    workbook.save_to_buffer()
}

fn properties(record: &Record) -> Result<DocProperties, XlsxError> {
    // The clock stays out of the file: the day of the paper, or the format's own first day.
    let (year, month, day) = record
        .date
        .as_ref()
        .and_then(|date| Some((u16::try_from(date.year?).ok()?, date.month? as u8, date.day? as u8)))
        .unwrap_or((1900, 1, 1));
    let date = ExcelDateTime::from_ymd(year, month, day).or_else(|_| ExcelDateTime::from_ymd(1900, 1, 1))?;
    let text = |value: &Option<String>| clean(value.as_deref().unwrap_or_default());
    Ok(DocProperties::new()
        .set_title(text(&record.subject))
        .set_author(text(&record.issuer.name))
        .set_creation_datetime(&date))
}

/// Widths in characters, by what the column holds.
fn width(name: &str) -> f64 {
    match name {
        "page" | "ordinal" | "count" | "marker" | "invited" | "mode" => 8.0,
        "content" | "text" | "entry" => 70.0,
        "document" | "responsible" | "organisation" | "units" | "group" => 30.0,
        _ => 16.0,
    }
}

fn shortened(text: String) -> String {
    if text.encode_utf16().count() <= LONGEST_XLSX_TEXT {
        return text;
    }
    let mut room = LONGEST_XLSX_TEXT - 1;
    let fits = |c: &char| {
        let fits = c.len_utf16() <= room;
        room = room.saturating_sub(c.len_utf16());
        fits
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// Document, number and page: the first columns of every sheet.
fn head(record: &Record, pointer: &str) -> Vec<Cell> {
    let page = page_of(record, pointer).map_or(Cell::Empty, Cell::Number);
    vec![text(&record.source.file), optional(&record.number.raw), page]
}

/// The page of a value: of its own evidence, else of the first of its parts, else of the value it is a part of.
pub(super) fn page_of(record: &Record, pointer: &str) -> Option<u32> {
    let below = format!("{pointer}/");
    let own = record.evidence.get(pointer).and_then(|evidence| evidence.page);
    let parts = || record.evidence.range(below.clone()..).take_while(|(key, _)| key.starts_with(&below));
    let above = || {
        pointer
            .rsplit_once('/')
            .filter(|(above, _)| !above.is_empty())
            .and_then(|(above, _)| page_of_exactly(record, above))
    };
    own.or_else(|| parts().find_map(|(_, evidence)| evidence.page)).or_else(above)
}

fn page_of_exactly(record: &Record, pointer: &str) -> Option<u32> {
    let above =
        || page_of_exactly(record, pointer.rsplit_once('/').filter(|(above, _)| !above.is_empty())?.0);
    record.evidence.get(pointer).and_then(|evidence| evidence.page).or_else(above)
}

fn agenda(record: &Record) -> Sheet {
    let mut rows = Vec::new();
    for (t, table) in record.agenda_tables.iter().enumerate() {
        for (r, row) in table.rows.iter().enumerate() {
            let mut cells = head(record, &format!("/agenda_tables/{t}/rows/{r}"));
            cells.extend([text(&table.id), optional(&table.title)]);
            cells.extend(agenda_row(row));
            rows.push(cells);
        }
    }
    let header =
        vec!["document", "number", "page", "table", "title", "ordinal", "time", "content", "responsible"];
    Sheet { name: "agenda", header, rows }
}

fn agenda_row(row: &AgendaRow) -> [Cell; 4] {
    let ordinal = match row.ordinal {
        Some(number) => Cell::Number(number),
        None => optional(&row.ordinal_raw),
    };
    // A row whose cells were not understood still shows what it says.
    let content = match &row.content {
        Some(content) => text(content),
        None if row.responsible.is_empty() => list(&row.cells),
        None => Cell::Empty,
    };
    [ordinal, optional(&row.time), content, list(&row.responsible)]
}

/// An entry takes a row for each body, role or person it names, so that each can be filtered.
fn attendees(record: &Record) -> Sheet {
    let mut rows = Vec::new();
    for (g, group) in record.attendee_groups.iter().enumerate() {
        for (e, entry) in group.entries.iter().enumerate() {
            let mut cells = head(record, &format!("/attendee_groups/{g}/entries/{e}"));
            cells.extend([optional(&group.label), optional(&group.mode)]);
            cells.push(group.count.map_or(Cell::Empty, Cell::Number));
            rows.extend(entry_rows(entry).map(|more| [cells.clone(), more.to_vec()].concat()));
        }
    }
    let header = vec![
        "document",
        "number",
        "page",
        "group",
        "mode",
        "count",
        "marker",
        "entry",
        "invited",
        "organisation",
        "role",
        "person",
    ];
    Sheet { name: "attendees", header, rows }
}

fn entry_rows(entry: &AttendeeEntry) -> impl Iterator<Item = [Cell; 6]> + '_ {
    let nobody = entry.parties.is_empty().then(Party::default);
    entry.parties.iter().cloned().chain(nobody).map(|party| {
        let invited = entry.invited.map_or(Cell::Empty, |yes| text(if yes { "yes" } else { "no" }));
        let (organisation, role, person) =
            (optional(&party.organisation), optional(&party.role), optional(&party.person));
        [optional(&entry.marker), text(&entry.raw), invited, organisation, role, person]
    })
}

fn tasks(record: &Record) -> Sheet {
    let row = |(t, task): (usize, &crate::extract::record::Task)| {
        let mut cells = head(record, &format!("/tasks/{t}"));
        let deadline = task.deadline.as_ref();
        cells.extend([
            text(&task.id),
            optional(&task.marker),
            text(&task.section_path.join(" ")),
            list(&task.unit),
            optional(&task.role),
            list(&task.coordinating_units),
            text(&task.text),
            deadline.map_or(Cell::Empty, |deadline| text(&deadline.raw)),
            deadline.map_or(Cell::Empty, |deadline| optional(&deadline.iso)),
        ]);
        cells
    };
    let header = vec![
        "document",
        "number",
        "page",
        "task",
        "marker",
        "section",
        "units",
        "role",
        "coordinating_units",
        "text",
        "deadline",
        "deadline_iso",
    ];
    Sheet { name: "tasks", header, rows: record.tasks.iter().enumerate().map(row).collect() }
}

fn text(value: &str) -> Cell {
    if value.is_empty() { Cell::Empty } else { Cell::Text(value.to_owned()) }
}

fn optional(value: &Option<String>) -> Cell {
    value.as_deref().map_or(Cell::Empty, text)
}

fn list(values: &[String]) -> Cell {
    text(&values.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::record::{AgendaTable, AttendeeGroup, Evidence, Number, Task};

    fn record() -> Record {
        let row = |content: &str| AgendaRow {
            ordinal: Some(1),
            content: Some(content.into()),
            ..AgendaRow::default()
        };
        let rows = vec![row("Khai mạc, tuyên bố lý do"), row("=HYPERLINK(\"http://x\")")];
        let party = |name: &str| Party { organisation: Some(name.into()), ..Party::default() };
        let entry = AttendeeEntry {
            marker: Some("-".into()),
            raw: "Mời Sở Nội vụ và Sở Tài chính".into(),
            parties: vec![party("Sở Nội vụ"), party("Sở Tài chính")],
            ..AttendeeEntry::default()
        };
        let page = |page| Evidence { page: Some(page), ..Evidence::default() };
        Record {
            number: Number { raw: Some("265/KH-UBND".into()), ..Number::default() },
            agenda_tables: vec![AgendaTable { id: "agenda1".into(), rows, ..AgendaTable::default() }],
            attendee_groups: vec![AttendeeGroup { entries: vec![entry], ..AttendeeGroup::default() }],
            tasks: vec![Task { text: "- làm\u{0}\tngay\r".into(), ..Task::default() }],
            evidence: [
                ("/agenda_tables/0/rows/0/content".to_owned(), page(3)),
                ("/agenda_tables/0".to_owned(), page(2)),
            ]
            .into(),
            ..Record::default()
        }
    }

    #[test]
    fn every_row_names_document_number_and_page() {
        let [agenda, attendees, _] = sheets(&record());
        assert_eq!(agenda.rows[0][1..3], [Cell::Text("265/KH-UBND".into()), Cell::Number(3)]);
        assert_eq!(
            agenda.rows[1][2],
            Cell::Number(2),
            "the page of the table, where the row has none of its own"
        );
        assert_eq!(attendees.rows.len(), 2, "a row for each body");
        for sheet in sheets(&record()) {
            assert!(sheet.rows.iter().all(|row| row.len() == sheet.header.len()), "{}", sheet.name);
        }
    }

    #[test]
    fn a_csv_runs_nothing_and_breaks_no_row() {
        let [agenda, attendees, tasks] = sheets(&record()).map(|sheet| csv(&sheet));
        assert!(agenda.starts_with("\u{feff}document,number,page,"));
        assert!(agenda.contains("\"Khai mạc, tuyên bố lý do\""));
        assert!(agenda.contains(",\"'=HYPERLINK(\"\"http://x\"\")\","), "{agenda}");
        assert!(attendees.contains(",-,Mời"), "a lone list marker stays as it is: {attendees}");
        assert!(tasks.contains("'- làm\u{fffd}\u{fffd}ngay"), "{tasks}");
        assert_eq!(tasks.lines().count(), 2);
    }

    #[test]
    fn what_hides_behind_blanks_runs_neither() {
        for text in ["=1+1", " =1+1", "\t=1", "\u{a0}@SUM", "+84", "-2+3", "＝1"] {
            assert!(would_run(text), "{text:?}");
        }
        assert!(!would_run("Số: 12") && !would_run("-") && !would_run("a=b"));
    }

    #[test]
    fn an_xlsx_is_the_same_every_time_and_holds_any_text() {
        let mut record = record();
        record.tasks[0].text = "ẩ".repeat(LONGEST_XLSX_TEXT + 5);
        let first = xlsx(&record).unwrap();
        assert_eq!(first, xlsx(&record).unwrap());
        assert!(first.starts_with(b"PK"));
    }
}
