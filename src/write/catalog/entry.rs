//! What the catalogue takes from one result folder.

use sha2::{Digest, Sha256};

use super::key;
use crate::extract::record::{Record, Status};
use crate::write::corrections;
use crate::write::results::ResultFolder;
use crate::write::table::page_of;

/// One document, ready to be filed in the catalogue.
pub struct Entry {
    pub(super) name: String,
    pub(super) stamp: String,
    pub(super) record: Record,
    pub(super) pages: Vec<Page>,
}

/// The text of a page and its key.
pub(super) struct Page {
    /// 1-based; `None` where the text has no pages.
    pub number: Option<u32>,
    pub text: String,
    pub keys: String,
}

/// A single value of a record, with its proof.
pub struct Field<'a> {
    pub name: &'static str,
    pub value: &'a str,
    pub page: Option<u32>,
    pub raw: Option<&'a str>,
    pub confidence: Option<f64>,
    pub status: &'static str,
}

/// What tells whether a folder has changed: its status is written last and names input, options and version; and what
/// people put right since. A folder without one is known by its record. `None` where the last run got nothing out of the document: the record that may
/// still lie there is not of it.
pub fn stamp(folder: &ResultFolder) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Files {
        files: Vec<String>,
    }
    let status = folder.read("status.json");
    let files = status.as_deref().and_then(|bytes| serde_json::from_slice::<Files>(bytes).ok());
    if files.is_some_and(|status| status.files.is_empty()) {
        return None;
    }
    let status = status.or_else(|| folder.read("record.json"))?;
    Some(digest(&status, folder.read(corrections::FILE_NAME).unwrap_or_default()))
}

fn digest(status: &[u8], corrections: Vec<u8>) -> String {
    let digest = Sha256::new().chain_update(status).chain_update(corrections).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Entry {
    /// Reads a folder; `None` where its record is no record.
    pub fn read(folder: &ResultFolder, stamp: String) -> Option<Self> {
        let mut record: serde_json::Value = serde_json::from_slice(&folder.read("record.json")?).ok()?;
        corrections::apply(&mut record, &corrections::read(&folder.path));
        let record: Record = serde_json::from_value(record).ok()?;
        let text = folder.read("text.txt").map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Some(Self::with(folder.name.clone(), stamp, record, text.as_deref()))
    }

    /// The same from what stands in a folder's files: the bytes of its status, its record, corrected if it was, its text,
    /// and the bytes of its corrections.
    pub fn new(
        name: String,
        status: &[u8],
        record: Record,
        text: Option<&str>,
        corrections: Vec<u8>,
    ) -> Self {
        Self::with(name, digest(status, corrections), record, text)
    }

    fn with(name: String, stamp: String, record: Record, text: Option<&str>) -> Self {
        let pages = text.map_or_else(|| said(&record), |text| pages(&record, text));
        Self { name, stamp, record, pages }
    }

    /// The ways to name the type, as keys between bars: name, code, and the abbreviation of the notation.
    pub fn type_key(&self) -> String {
        let (kind, notation) =
            (&self.record.doc_type, self.record.number.notation.as_deref().unwrap_or_default());
        // An official letter's notation begins with its issuer.
        let letter = kind.code == "official_letter";
        let short = if letter { "cv" } else { notation.split(['-', '/']).next().unwrap_or_default() };
        let name = kind.name.as_deref().unwrap_or(if letter { "công văn" } else { "" });
        let keys = [short, name, &kind.code].map(key::key);
        let keys: Vec<String> = keys.into_iter().filter(|key| !key.is_empty()).collect();
        format!("|{}|", keys.join("|"))
    }

    /// The single values of the record that are there.
    pub fn fields(&self) -> Vec<Field<'_>> {
        let record = &self.record;
        let date = record.date.as_ref();
        let signature = record.signature.as_ref();
        let meeting = record.meeting.as_ref();
        let time = meeting.and_then(|m| m.time.as_ref());
        let values = [
            ("type", "/doc_type/name", &record.doc_type.name),
            ("number", "/number/raw", &record.number.raw),
            ("issuer_parent", "/issuer/parent", &record.issuer.parent),
            ("issuer", "/issuer/name", &record.issuer.name),
            ("place", "/place", &record.place),
            ("date", "/date", date.map_or(&None, |d| if d.iso.is_some() { &d.iso } else { &d.raw })),
            ("subject", "/subject", &record.subject),
            ("urgency", "/urgency", &record.urgency),
            ("confidentiality", "/confidentiality", &record.confidentiality),
            ("meeting", "/meeting/name", meeting.map_or(&None, |m| &m.name)),
            ("meeting_time", "/meeting/time", time.map_or(&None, |t| &t.raw)),
            ("meeting_place", "/meeting/place", meeting.map_or(&None, |m| &m.place)),
            ("chair", "/meeting/chair", meeting.map_or(&None, |m| &m.chair)),
            ("signer_title", "/signature/title", signature.map_or(&None, |s| &s.title)),
            ("signer", "/signature/signer_name", signature.map_or(&None, |s| &s.signer_name)),
        ];
        let there =
            values.into_iter().filter_map(|(name, pointer, value)| Some((name, pointer, value.as_deref()?)));
        there.map(|(name, pointer, value)| self.field(name, pointer, value)).collect()
    }

    fn field<'a>(&'a self, name: &'static str, pointer: &str, value: &'a str) -> Field<'a> {
        let evidence = self.record.evidence.get(pointer);
        Field {
            name,
            value,
            page: page_of(&self.record, pointer),
            raw: evidence.and_then(|evidence| evidence.raw.as_deref()),
            confidence: evidence.and_then(|evidence| evidence.confidence),
            status: match evidence.map(|evidence| evidence.status) {
                Some(Status::Inferred) => "inferred",
                Some(Status::Absent) => "absent",
                Some(Status::Found) | None => "found",
            },
        }
    }
}

/// The pages of `text.txt`, numbered as the record's page images are (not all pages need have been asked for).
fn pages(record: &Record, text: &str) -> Vec<Page> {
    let images = record.source.more.get("page_images").and_then(|images| images.as_array());
    let number = |index: usize| match images {
        Some(images) => images.get(index)?.get("page")?.as_u64().and_then(|page| u32::try_from(page).ok()),
        None => record.source.pages.and_then(|_| u32::try_from(index + 1).ok()),
    };
    text.split('\u{c}').enumerate().map(|(index, text)| page(number(index), text.to_owned())).collect()
}

/// Where no text was filed: what the record says, on no page.
fn said(record: &Record) -> Vec<Page> {
    let mut lines: Vec<&str> = Vec::new();
    lines.extend(record.subject.as_deref());
    lines.extend(record.preamble.iter().map(String::as_str));
    lines.extend(record.legal_bases.iter().map(|basis| basis.raw.as_str()));
    let mut waiting: Vec<_> = record.sections.iter().rev().collect();
    while let Some(section) = waiting.pop() {
        lines.extend(section.title.as_deref());
        lines.extend(section.text.iter().map(String::as_str));
        waiting.extend(section.children.iter().rev());
    }
    let rows = record.agenda_tables.iter().flat_map(|table| &table.rows);
    lines.extend(rows.flat_map(|row| &row.cells).map(String::as_str));
    lines.extend(record.closing.iter().map(String::as_str));
    vec![page(None, lines.join("\n"))]
}

fn page(number: Option<u32>, text: String) -> Page {
    Page { number, keys: key::key(&text), text }
}
