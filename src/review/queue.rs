//! All documents of the results, the riskiest first.
//!
//! *Risk* is what a person's look is worth: the expected number of wrong values among the doubtful ones, plus the expected
//! wrong characters of the pages below the bar, a hundred of them counting as one value. A page that was not read counts as
//! [`FAILED_PAGE`] values. What has been looked at counts no more, so a document sinks as it is worked on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

use serde::Serialize;
use serde_json::Value;

use super::fields::{Field, fields};
use crate::batch::status::{DocumentStatus, PageStatus, State};
use crate::write::corrections::{self, Change, Correction};
use crate::write::results::{self, ResultFolder};

/// Values that a page counts for of which nothing was read.
const FAILED_PAGE: f64 = 10.0;
/// Wrong characters that weigh as much as one wrong value.
const CHARACTERS_A_VALUE: f64 = 100.0;

/// A document as the queue shows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Entry {
    /// Its folder below `documents/`.
    pub name: String,
    /// Type of the paper, as printed, else its code.
    pub doc_type: String,
    /// Number and notation.
    pub number: Option<String>,
    /// Day of issue, as ISO date where known.
    pub date: Option<String>,
    /// Issuing body.
    pub issuer: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// How many pages.
    pub pages: usize,
    /// See the module.
    pub risk: f64,
    /// Values and pages that a person should look at.
    pub to_check: usize,
    /// How many of them have been looked at.
    pub checked: usize,
    /// Pages to look at and not yet looked at.
    pub open_pages: Vec<u32>,
    /// Values to look at and not yet looked at.
    pub open_fields: usize,
}

/// A document as it lies on disk, with what people made of it.
pub struct Filed {
    /// The record as the program wrote it.
    pub record: Value,
    /// What was done to it.
    pub status: Option<DocumentStatus>,
    /// What people made of it.
    pub corrections: Vec<Correction>,
}

impl Filed {
    /// Reads a folder; `None` where its record is no JSON.
    pub fn read(folder: &ResultFolder) -> Option<Self> {
        let record = serde_json::from_slice(&folder.read("record.json")?).ok()?;
        let status = DocumentStatus::read(&folder.path.join("status.json"));
        Some(Self { record, status, corrections: corrections::read(&folder.path) })
    }

    /// Its pages with their states; empty where no run says.
    pub fn pages(&self) -> &[PageStatus] {
        self.status.as_ref().map_or(&[], |status| &status.pages)
    }

    /// Whether a person has looked through a page.
    pub fn looked_through(&self, page: u32) -> bool {
        self.corrections.iter().any(|c| matches!(c.change, Change::Page { page: p } if p == page))
    }

    fn page_risk(&self, page: &PageStatus) -> f64 {
        let characters = self.record["quality"]["pages"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|quality| quality["page"] == page.page)
            .and_then(|quality| quality["characters"].as_f64());
        match page.expected_character_accuracy {
            None => FAILED_PAGE,
            Some(share) => (1.0 - share) * characters.unwrap_or(1000.0) / CHARACTERS_A_VALUE,
        }
    }

    /// Its line in the queue.
    pub fn entry(&self, name: &str) -> Entry {
        let fields = fields(&self.record, &self.corrections);
        let doubtful = fields.iter().filter(|field| field.doubtful || field.open());
        let (open_fields, seen_fields): (Vec<&Field>, Vec<&Field>) = doubtful.partition(|field| field.open());
        let risky = self.pages().iter().filter(|p| matches!(p.state, State::LowConfidence | State::Failed));
        let (seen_pages, open_pages): (Vec<&PageStatus>, Vec<&PageStatus>) =
            risky.partition(|page| self.looked_through(page.page));
        let risk = open_fields.iter().map(|field| field.risk()).sum::<f64>()
            + open_pages.iter().map(|page| self.page_risk(page)).sum::<f64>();
        let now = |pointer: &str| {
            let field = fields.iter().find(|field| field.pointer == pointer).map(|field| &field.value);
            field.or_else(|| self.record.pointer(pointer)).and_then(Value::as_str).map(str::to_owned)
        };
        Entry {
            name: name.to_owned(),
            doc_type: now("/doc_type/name").or_else(|| now("/doc_type/code")).unwrap_or_default(),
            number: now("/number/raw"),
            date: now("/date/iso").or_else(|| now("/date/raw")),
            issuer: now("/issuer/name"),
            subject: now("/subject"),
            pages: self.pages().len(),
            risk: (risk * 100.0).round() / 100.0,
            to_check: open_fields.len() + seen_fields.len() + open_pages.len() + seen_pages.len(),
            checked: seen_fields.len() + seen_pages.len(),
            open_pages: open_pages.iter().map(|page| page.page).collect(),
            open_fields: open_fields.len(),
        }
    }
}

/// What tells that a folder's files have changed: times and lengths.
type Stamp = Vec<Option<(SystemTime, u64)>>;

/// Documents by name, as they were when they were last looked at.
type Known = BTreeMap<String, (Stamp, ResultFolder, Arc<Entry>)>;

/// The queue, kept in memory; a document is read again only when its files have changed.
#[derive(Default)]
pub struct Queue {
    known: Mutex<Known>,
}

impl Queue {
    /// All documents, the riskiest first; what is done last, in the order of the names.
    pub fn entries(&self, out: &Path) -> Vec<Arc<Entry>> {
        let mut known = self.lock();
        let mut fresh = BTreeMap::new();
        for folder in results::folders(out) {
            let stamp = stamp(&folder);
            let old = known.remove(&folder.name).filter(|(old, _, _)| *old == stamp);
            let entry = old.map(|(_, _, entry)| entry);
            let entry =
                entry.or_else(|| Filed::read(&folder).map(|filed| Arc::new(filed.entry(&folder.name))));
            if let Some(entry) = entry {
                fresh.insert(folder.name.clone(), (stamp, folder, entry));
            }
        }
        *known = fresh;
        let mut entries: Vec<Arc<Entry>> = known.values().map(|(_, _, entry)| Arc::clone(entry)).collect();
        entries.sort_by(|a, b| b.risk.total_cmp(&a.risk).then_with(|| a.name.cmp(&b.name)));
        entries
    }

    /// The folder of a document that the queue has shown; only such a name leads to a file.
    pub fn folder(&self, name: &str) -> Option<ResultFolder> {
        self.lock().get(name).map(|(_, folder, _)| folder.clone())
    }

    /// A thread that panicked left whole entries behind.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn stamp(folder: &ResultFolder) -> Stamp {
    let stamp = |file: &str| {
        let meta = std::fs::metadata(folder.path.join(file)).ok()?;
        Some((meta.modified().ok()?, meta.len()))
    };
    ["record.json", "status.json", corrections::FILE_NAME].into_iter().map(stamp).collect()
}
