//! Understands a restored paper: letterhead, sections, agenda, attendees, tasks, recipients, signature.
//!
//! Reads all [`RestoredPage`]s of one document, produces one [`Record`] with evidence for its values and warnings
//! where something does not add up. Never changes a word and never invents a value. Which provision of Decree
//! 30/2020/NĐ-CP each part follows is in `DECREE.md`.

pub mod quality;
pub mod record;

use crate::restore::restored_page::RestoredPage;
pub use record::{Record, SourceInfo, Warning};

/// The JSON Schema (draft 2020-12) of a record.
pub const SCHEMA: &str = include_str!("vn_admin_doc.schema.json");

/// How to read a paper. The default suits every paper known so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtractOptions {
    /// Leave the evidence of single words of lists out, keep that of whole fields; smaller records.
    pub brief_evidence: bool,
}

/// Understands one document: its pages in order, all of them.
///
/// What is not on the paper is `None` or empty in the record, and the evidence of main fields says `absent`.
pub fn extract(_pages: &[RestoredPage], source: SourceInfo, _options: &ExtractOptions) -> Record {
    Record { schema_version: record::SCHEMA_VERSION.to_owned(), source, ..Record::default() }
}
