//! [`Record`]: what an administrative paper says, in the shape of `vn_admin_doc.schema.json`.
//!
//! Fields stand in the order of the schema, which is the order of the JSON. `None` means absent from the paper,
//! an empty list means none; nothing is ever invented. Fields the schema calls optional are left out when empty.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::quality::Quality;

/// The version of the record's shape.
pub const SCHEMA_VERSION: &str = "1.0";

/// One paper, understood.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Always [`SCHEMA_VERSION`].
    pub schema_version: String,
    /// The file it was read from.
    pub source: SourceInfo,
    /// Type of the paper.
    pub doc_type: DocType,
    /// Quốc hiệu and tiêu ngữ; `None` where the paper prints neither.
    pub national_heading: Option<NationalHeading>,
    /// Issuing body.
    pub issuer: Issuer,
    /// Number and notation.
    pub number: Number,
    /// Địa danh.
    pub place: Option<String>,
    /// Day of issue.
    pub date: Option<Date>,
    /// Trích yếu, joined into one line.
    pub subject: Option<String>,
    /// Độ khẩn.
    pub urgency: Option<String>,
    /// Độ mật.
    pub confidentiality: Option<String>,
    /// Bodies an official letter or submission is addressed to (`Kính gửi`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addressees: Vec<String>,
    /// The stamp of the office that got the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incoming: Option<Incoming>,
    /// Paragraphs between the subject and the first section.
    pub preamble: Vec<String>,
    /// `Căn cứ …`, `Thực hiện …`.
    pub legal_bases: Vec<LegalBasis>,
    /// The body as a tree.
    pub sections: Vec<Section>,
    /// Programmes of a meeting.
    pub agenda_tables: Vec<AgendaTable>,
    /// Tables of the body that are no agenda.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<AgendaTable>,
    /// Facts of the meeting the paper is about; `None` where it is about none.
    pub meeting: Option<Meeting>,
    /// Who attends.
    pub attendee_groups: Vec<AttendeeGroup>,
    /// Who does what by when.
    pub tasks: Vec<Task>,
    /// Other papers that are cited.
    pub references: Vec<Reference>,
    /// Paragraphs after the last section and before the recipients.
    pub closing: Vec<String>,
    /// Nơi nhận.
    pub recipients: Recipients,
    /// Who signed, and by what authority.
    pub signature: Option<Signature>,
    /// Phụ lục.
    pub appendices: Vec<Appendix>,
    /// Where each value was read, keyed by JSON Pointer (RFC 6901).
    pub evidence: BTreeMap<String, Evidence>,
    /// How well the paper was read; filled in by the pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// What a reader should know; a warning never changes a value.
    pub warnings: Vec<Warning>,
}

/// The file a record was read from. Further members (hash, page sizes) are kept as they come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Name of the file.
    pub file: String,
    /// Number of pages; `None` for plain text without page breaks.
    pub pages: Option<u32>,
    /// Anything else the pipeline knows, such as `sha256` or the sizes of the page images.
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// Type of a paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocType {
    /// One of the schema's codes, such as `plan`; `other` where not known.
    pub code: String,
    /// As printed, such as `KẾ HOẠCH`; `None` where not printed (official letters).
    pub name: Option<String>,
}

impl Default for DocType {
    fn default() -> Self {
        Self { code: "other".to_owned(), name: None }
    }
}

/// Quốc hiệu and tiêu ngữ.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NationalHeading {
    /// `CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM`, or the party's title.
    pub country: Option<String>,
    /// `Độc lập - Tự do - Hạnh phúc`.
    pub motto: Option<String>,
}

/// Issuing body.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Issuer {
    /// The body above it, where printed.
    pub parent: Option<String>,
    /// The issuer.
    pub name: Option<String>,
}

/// Number and notation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Number {
    /// After the label `Số:`, such as `265/KH-UBND`.
    pub raw: Option<String>,
    /// The digits before the slash; `None` when left blank.
    pub sequence: Option<String>,
    /// Ký hiệu, such as `KH-UBND`.
    pub notation: Option<String>,
}

/// A date as printed, with what is known of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Date {
    /// As printed.
    pub raw: Option<String>,
    /// `YYYY-MM-DD`, only when day, month and year are all stated.
    pub iso: Option<String>,
    /// Year, four digits.
    pub year: Option<i32>,
    /// 1–12.
    pub month: Option<u32>,
    /// 1–31.
    pub day: Option<u32>,
}

/// The incoming-mail stamp (`CÔNG VĂN ĐẾN`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// Number in the register.
    pub number: Option<String>,
    /// Day it came in.
    pub date: Option<Date>,
}

/// A legal basis.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LegalBasis {
    /// `Căn cứ`, `Thực hiện`, `Theo`, `Xét`.
    pub relation: Option<String>,
    /// As printed.
    pub raw: String,
    /// The papers it cites, by the ids of `references`.
    pub reference_ids: Vec<String>,
}

/// A node of the section tree.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// As printed: `I.`, `4.1.`, `a)`, `-`, `+`; `None` for an unmarked heading.
    pub marker: Option<String>,
    /// 1 for the top.
    pub level: u32,
    /// Heading without marker and final colon; `None` for an item that is only text.
    pub title: Option<String>,
    /// Own paragraphs, line breaks joined.
    pub text: Vec<String>,
    /// Nodes below.
    pub children: Vec<Section>,
    /// Tables standing in this section.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub table_ids: Vec<String>,
}

/// A table: the programme of a meeting or any other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgendaTable {
    /// `agenda1`, `table1` and so on.
    pub id: String,
    /// Title of the section it stands in.
    pub title: Option<String>,
    /// Markers from the top section down.
    pub section_path: Vec<String>,
    /// From left to right.
    pub columns: Vec<Column>,
    /// From top to bottom, heads left out.
    pub rows: Vec<AgendaRow>,
    /// How many printed rows are the head, where there is more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_rows: Option<u32>,
    /// Cells that cover more than one place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<CellSpan>,
}

/// A merged cell of a table; its text is in the first of the places it covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellSpan {
    /// 0-based printed row, those of the head counted.
    pub row: u32,
    /// 0-based column.
    pub column: u32,
    /// Rows covered, at least 1.
    pub rows: u32,
    /// Columns covered, at least 1.
    pub columns: u32,
}

/// A column of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// What it holds: `ordinal`, `content`, `responsible`, `time`, `place`, `chair`, `note`, `other`.
    pub key: String,
    /// As printed.
    pub label: String,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgendaRow {
    /// Its number.
    pub ordinal: Option<u32>,
    /// Its number as printed.
    pub ordinal_raw: Option<String>,
    /// What happens.
    pub content: Option<String>,
    /// Who does it.
    pub responsible: Vec<String>,
    /// When, as printed.
    pub time: Option<String>,
    /// All cells from left to right.
    pub cells: Vec<String>,
}

/// Facts of a meeting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Meeting {
    /// What it is called in the paper.
    pub name: Option<String>,
    /// Who chairs.
    pub chair: Option<String>,
    /// When.
    pub time: Option<MeetingTime>,
    /// Where.
    pub place: Option<String>,
    /// `in_person`, `online` or `hybrid`.
    pub mode: Option<String>,
    /// Units that prepare it.
    pub lead_units: Vec<String>,
    /// Units that help.
    pub coordinating_units: Vec<String>,
    /// How many people.
    pub participant_count: Option<ParticipantCount>,
    /// Wording of the backdrop, one string a line block.
    pub banner: Vec<String>,
    /// All who chair together, where the paper says `Đồng chủ trì`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub co_chairs: Vec<String>,
    /// Address of the online meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online_link: Option<String>,
}

/// When a meeting takes place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MeetingTime {
    /// As printed.
    pub raw: Option<String>,
    /// Start, ISO 8601, where stated.
    pub start_iso: Option<String>,
    /// End, ISO 8601, where stated.
    pub end_iso: Option<String>,
    /// `YYYY-MM`, where only the month is known or the day too.
    pub month: Option<String>,
    /// `dự kiến`.
    pub tentative: Option<bool>,
}

/// A stated head count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ParticipantCount {
    /// As printed.
    pub raw: Option<String>,
    /// The figure.
    pub value: Option<u32>,
    /// `khoảng`.
    pub approximate: Option<bool>,
    /// Which participants it covers.
    pub scope: Option<String>,
}

/// Attendees under one label.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AttendeeGroup {
    /// Marker of the label.
    pub marker: Option<String>,
    /// Without a final colon.
    pub label: Option<String>,
    /// Markers from the top section down.
    pub section_path: Vec<String>,
    /// `in_person` or `online`.
    pub mode: Option<String>,
    /// Stated head count.
    pub count: Option<u32>,
    /// The count as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_raw: Option<String>,
    /// Entries in order.
    pub entries: Vec<AttendeeEntry>,
}

/// One entry of an attendee list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AttendeeEntry {
    /// As printed.
    pub marker: Option<String>,
    /// Text without its marker.
    pub raw: String,
    /// `true` when introduced by `Mời`.
    pub invited: Option<bool>,
    /// Bodies, roles and persons named.
    pub parties: Vec<Party>,
}

/// An organisation, role or person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// The body.
    pub organisation: Option<String>,
    /// In what capacity.
    pub role: Option<String>,
    /// By name.
    pub person: Option<String>,
}

/// A task given to a unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// `task1` and so on.
    pub id: String,
    /// As printed.
    pub marker: Option<String>,
    /// Markers from the top section down to the heading it stands under.
    pub section_path: Vec<String>,
    /// Who it is given to.
    pub unit: Vec<String>,
    /// `lead`, `coordinate` or not stated.
    pub role: Option<String>,
    /// Who helps.
    pub coordinating_units: Vec<String>,
    /// Verbatim, without its marker.
    pub text: String,
    /// By when; the first one stated.
    pub deadline: Option<Deadline>,
    /// All of them in order, where the task has more than one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deadlines: Vec<Deadline>,
}

/// A deadline.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    /// As printed.
    pub raw: String,
    /// `YYYY-MM-DD`, where a full date is printed.
    pub iso: Option<String>,
}

/// Another paper that is cited.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// `ref1` and so on.
    pub id: String,
    /// Code of its type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Its type as printed.
    pub type_name: Option<String>,
    /// Such as `337/KH-UBND`.
    pub number: Option<String>,
    /// Its date.
    pub date: Option<Date>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// What it is about.
    pub title: Option<String>,
    /// The citing words as printed.
    pub raw: String,
}

/// Nơi nhận.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipients {
    /// As printed, without the colon.
    pub label: Option<String>,
    /// In order, the archive line left out.
    pub entries: Vec<Recipient>,
    /// The `Lưu` line.
    pub archive: Option<Archive>,
}

/// A recipient.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipient {
    /// As printed.
    pub marker: Option<String>,
    /// Without marker and closing punctuation.
    pub text: String,
    /// With both.
    pub raw: Option<String>,
}

/// The `Lưu` line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Archive {
    /// As printed, without the dash.
    pub raw: String,
    /// Who keeps a copy.
    pub units: Vec<String>,
    /// How many copies.
    pub copies: Option<u32>,
    /// Who drafted the paper.
    pub drafter: Option<String>,
}

/// Who signed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Lines above the title, such as `TM. ỦY BAN NHÂN DÂN` and `KT. CHỦ TỊCH`.
    pub authority: Vec<String>,
    /// Such as `PHÓ CHỦ TỊCH`.
    pub title: Option<String>,
    /// The name under the signature.
    pub signer_name: Option<String>,
    /// Those who sign beside or below, in reading order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub co_signers: Vec<Signature>,
}

/// Phụ lục.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Appendix {
    /// Such as `PHỤ LỤC I`.
    pub marker: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Paragraphs outside its sections.
    pub text: Vec<String>,
    /// Its sections.
    pub sections: Vec<Section>,
    /// Its tables.
    pub tables: Vec<AgendaTable>,
}

/// Where a value was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// 1-based page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// 1-based line of a plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Last line, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_end: Option<u32>,
    /// `[x0, y0, x1, y1]` in pixels of the source page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[i32; 4]>,
    /// As read, before restoration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// 0–1: how likely the value is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// How the value came about.
    pub status: Status,
    /// Anything a reader should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How a value came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Printed where the field belongs.
    #[default]
    Found,
    /// Worked out from another place.
    Inferred,
    /// Looked for and not there.
    Absent,
}

/// What a reader should know about the paper or its reading.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable short name, such as `number_out_of_sequence`.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// 1-based page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// JSON Pointer of the value concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}
