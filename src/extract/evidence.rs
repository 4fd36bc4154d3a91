//! The proof beside the values: a map from JSON Pointers to where each value was read.

use std::collections::BTreeMap;

use super::passage::{Span, evidence_of};
use super::record::{Evidence, Status};

/// Evidence gathered so far.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    pub map: BTreeMap<String, Evidence>,
}

impl Proof {
    /// A value found where it belongs.
    pub fn found(&mut self, pointer: impl Into<String>, spans: &[Span]) {
        self.map.insert(pointer.into(), evidence_of(spans, Status::Found));
    }

    /// A value worked out from another place, with how.
    pub fn inferred(&mut self, pointer: impl Into<String>, spans: &[Span], note: &str) {
        let evidence = Evidence { note: Some(note.to_owned()), ..evidence_of(spans, Status::Inferred) };
        self.map.insert(pointer.into(), evidence);
    }

    /// A value looked for and not there.
    pub fn absent(&mut self, pointer: impl Into<String>) {
        self.map.insert(pointer.into(), Evidence { status: Status::Absent, ..Evidence::default() });
    }

    /// A value looked for and left blank on the form, with the place where it would stand.
    pub fn blank(&mut self, pointer: impl Into<String>, spans: &[Span]) {
        let evidence = Evidence { confidence: None, ..evidence_of(spans, Status::Absent) };
        self.map.insert(pointer.into(), evidence);
    }

    /// Caps the confidence of a value read from a page image that is often written in ink on a printed form.
    pub fn doubt_ink(&mut self, pointer: &str) {
        if self.map.get(pointer).is_some_and(|evidence| evidence.bbox.is_some()) {
            self.doubt(pointer, INK);
        }
    }

    /// Caps the confidence of a value.
    pub fn doubt(&mut self, pointer: &str, most: f64) {
        if let Some(evidence) = self.map.get_mut(pointer) {
            evidence.confidence = Some(evidence.confidence.unwrap_or(1.0).min(most));
        }
    }
}

/// Numbers and days are often written by hand, and an engine is sure of what it misreads: such a value goes to review.
const INK: f64 = 0.75;
