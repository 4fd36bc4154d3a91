//! Understands a restored paper: letterhead, sections, agenda, attendees, tasks, recipients, signature.
//!
//! Reads all [`RestoredPage`]s of one document, produces one [`Record`] with evidence for its values and warnings
//! where something does not add up. Never changes a word and never invents a value. Which provision of Decree
//! 30/2020/NĐ-CP each part follows is in `DECREE.md`.
//!
//! The way through: [`flow`] (all pages as one), [`letterhead`] and [`zone`] (where head, body and foot are), [`section`]
//! (the body as a tree), then each part from its zone. All of them speak of [`passage::Span`]s, which know their place.

pub mod accuracy;
mod agenda;
mod appendix;
mod attendee;
mod consistency;
mod date;
mod deadline;
mod doc_type;
mod evidence;
mod flow;
mod identity;
mod incoming;
mod legal_basis;
mod letterhead;
mod meeting;
mod number;
mod party;
mod passage;
pub mod quality;
mod recipient;
pub mod record;
mod reference;
mod section;
mod sequence;
mod signature;
mod subject;
mod task;
mod tree;
mod unit;
mod zone;

use crate::restore::restored_page::RestoredPage;
use evidence::Proof;
use record::{LegalBasis, Reference};
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
#[must_use]
pub fn extract(pages: &[RestoredPage], source: SourceInfo, options: &ExtractOptions) -> Record {
    let mut record =
        Record { schema_version: record::SCHEMA_VERSION.to_owned(), source, ..Record::default() };
    let mut proof = Proof::default();
    let flow = flow::read(pages);
    let head = letterhead::read(&flow.items);
    let zones = zone::cut(&flow.items, head.end);
    identity::fill(&head, &flow, &mut record, &mut proof);

    let mut tree = section::read(&zones.body);
    meeting::part_banners(&mut tree);
    let meets = meeting::event(record.subject.as_deref().unwrap_or_default()).is_some();
    let tables = agenda::read(&tree, &zones.body, meets, &mut proof);
    record.sections = tree.sections(&tables.links, "/sections", &mut proof);
    (record.agenda_tables, record.tables) = (tables.agendas, tables.others);
    prose(&tree, &mut record, &mut proof);
    citations(&tree, &mut record, &mut proof);

    let attendees = attendee::read(&tree, &zones.body, &mut proof);
    record.attendee_groups = attendees.groups;
    let context = meeting::Context {
        subject: record.subject.as_deref().unwrap_or_default(),
        is_invitation: record.doc_type.code == "invitation",
        has_agenda: !record.agenda_tables.is_empty(),
        count: attendees.count,
    };
    record.meeting = meeting::read(&tree, context, &mut proof);
    record.tasks = task::read(&tree, &mut proof);

    let (recipients, signed) = recipient::part(&zones.foot);
    record.recipients = recipient::read(&recipients, &mut proof);
    record.signature = signature::read(&signed, &mut proof);
    record.appendices = appendix::read(&zones.appendices, &mut proof);
    identity::infer_issuer(&zones.body, &mut record, &mut proof);

    identity::doubt_date(&record, &mut proof);
    record.warnings = consistency::check(&record, &tree);
    record.evidence = proof.map;
    if options.brief_evidence {
        record.evidence.retain(|pointer, _| pointer.matches('/').count() <= 2);
    }
    record
}

/// Preamble and closing.
fn prose(tree: &section::Tree, record: &mut Record, proof: &mut Proof) {
    for (name, spans) in [("preamble", &tree.preamble), ("closing", &tree.closing)] {
        for (index, span) in spans.iter().enumerate() {
            proof.found(format!("/{name}/{index}"), &[*span]);
        }
    }
    let texts = |spans: &[passage::Span]| spans.iter().map(|span| span.owned()).collect();
    (record.preamble, record.closing) = (texts(&tree.preamble), texts(&tree.closing));
}

/// Legal bases and references, in the order of the paper; a paper cited twice is one reference.
fn citations(tree: &section::Tree, record: &mut Record, proof: &mut Proof) {
    for paragraph in &tree.preamble {
        let Some(basis) = legal_basis::read(*paragraph) else {
            cite(reference::read(*paragraph, false), record, proof);
            continue;
        };
        proof.found(format!("/legal_bases/{}", record.legal_bases.len()), &[basis.raw]);
        let reference_ids = cite(reference::read(basis.raw, true), record, proof);
        let raw = basis.raw.owned();
        let rest = basis.raw.text().len() + paragraph.text().find(raw.as_str()).unwrap_or(0);
        record.legal_bases.push(LegalBasis { relation: Some(basis.relation), raw, reference_ids });
        cite(reference::read(paragraph.from(rest), false), record, proof);
    }
    for node in &tree.nodes {
        for span in std::iter::once(&node.content).chain(&node.text) {
            cite(reference::read(*span, false), record, proof);
        }
    }
    for paragraph in &tree.closing {
        cite(reference::read(*paragraph, false), record, proof);
    }
}

/// Files references and returns their ids.
fn cite(cited: Vec<reference::Cited>, record: &mut Record, proof: &mut Proof) -> Vec<String> {
    let mut ids = Vec::with_capacity(cited.len());
    for cited in cited {
        let same = |known: &&Reference| cited.record.number.is_some() && known.number == cited.record.number;
        if let Some(known) = record.references.iter().find(same) {
            ids.push(known.id.clone());
            continue;
        }
        let index = record.references.len();
        let id = format!("ref{}", index + 1);
        proof.found(format!("/references/{index}"), &[cited.span]);
        if let Some(from) = cited.issuer_from {
            proof.inferred(
                format!("/references/{index}/issuer"),
                &[from],
                "named once, after the last paper of a list",
            );
        }
        if cited.kind_inferred {
            proof.inferred(format!("/references/{index}/type"), &[cited.span], "from the notation");
        }
        record.references.push(Reference { id: id.clone(), ..cited.record });
        ids.push(id);
    }
    ids
}
