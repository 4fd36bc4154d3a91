//! The head of the paper as fields of the record, each with its evidence: what a catalogue needs to name the paper.

use super::doc_type;
use super::evidence::Proof;
use super::flow::{Flow, Item};
use super::incoming;
use super::letterhead::{Head, is_upper};
use super::number::{self, NumberSpans};
use super::passage::{Span, join};
use super::record::{DocType, Issuer, NationalHeading, Number, Record};
use crate::alphabet::is_possible_syllable;
use crate::dictionary::cue;

/// Fills the fields that the head gives.
pub(crate) fn fill(head: &Head, flow: &Flow, record: &mut Record, proof: &mut Proof) {
    national_heading(head, record, proof);
    issuer(head, record, proof);
    match &head.number {
        Some(number) => record.number = number_of(number, head.doc_type.map(|(code, _)| code), proof),
        None => proof.absent("/number"),
    }
    doc_type(head, record, proof);
    record.place = one("/place", head.place, proof);
    match &head.date {
        Some((date, span)) => {
            proof.found("/date", &[*span]);
            proof.doubt_ink("/date");
            if date.iso.is_none() {
                proof.blank("/date/iso", &[*span]);
            }
            record.date = Some(date.clone());
        }
        None => proof.absent("/date"),
    }
    record.subject = several("/subject", &head.subject, proof);
    record.urgency =
        one("/urgency", head.urgency.or_else(|| stamped(flow, &["HỎA TỐC", "THƯỢNG KHẨN", "KHẨN"])), proof);
    let secrecy = head.confidentiality.or_else(|| stamped(flow, &["TUYỆT MẬT", "TỐI MẬT", "MẬT"]));
    record.confidentiality = one("/confidentiality", secrecy, proof);
    record.incoming = match head.incoming.as_slice() {
        [] => flow.stamps.iter().find_map(|stamp| {
            let lines = stamp.lines();
            (incoming::lines(&lines) > 0).then(|| incoming::read(&lines, proof)).flatten()
        }),
        lines => incoming::read(lines, proof),
    };
    for (index, span) in head.addressees.iter().enumerate() {
        proof.found(format!("/addressees/{index}"), &[*span]);
        record.addressees.push(span.owned());
    }
}

fn one(pointer: &str, span: Option<Span>, proof: &mut Proof) -> Option<String> {
    several(pointer, span.as_slice(), proof)
}

fn several(pointer: &str, spans: &[Span], proof: &mut Proof) -> Option<String> {
    let text = join(spans);
    if text.is_empty() {
        proof.absent(pointer);
        return None;
    }
    proof.found(pointer, spans);
    Some(text)
}

fn national_heading(head: &Head, record: &mut Record, proof: &mut Proof) {
    if head.country.is_none() && head.motto.is_none() {
        return proof.absent("/national_heading");
    }
    let country = one("/national_heading/country", head.country, proof);
    let motto = one("/national_heading/motto", head.motto, proof);
    record.national_heading = Some(NationalHeading { country, motto });
}

/// The lowest body is the issuer, the one above it its parent.
fn issuer(head: &Head, record: &mut Record, proof: &mut Proof) {
    let mut bodies = head.bodies.iter().rev();
    let Some(name) = bodies.next() else { return proof.absent("/issuer") };
    record.issuer.name = body("/issuer/name", name, proof);
    match bodies.next() {
        Some(parent) => record.issuer.parent = body("/issuer/parent", parent, proof),
        None => proof.absent("/issuer/parent"),
    }
}

/// The name of a body. Capitals are set so close that a blank may be lost: `TỈNHAN HẢI`.
fn body(pointer: &str, spans: &[Span], proof: &mut Proof) -> Option<String> {
    let name = several(pointer, spans, proof)?;
    let words: Vec<String> =
        name.split_whitespace().map(|word| parted(word).unwrap_or_else(|| word.to_owned())).collect();
    let whole = words.join(" ");
    if whole != name {
        proof.inferred(pointer, spans, "a blank between capitals was lost");
    }
    Some(whole)
}

/// Two syllables run together, one of which stands in the names of most bodies.
fn parted(word: &str) -> Option<String> {
    const USUAL: &[&str] = &[
        "TỈNH",
        "PHỐ",
        "PHƯỜNG",
        "HUYỆN",
        "QUẬN",
        "XÃ",
        "ỦY",
        "BAN",
        "NHÂN",
        "DÂN",
        "HỘI",
        "ĐỒNG",
        "SỞ",
        "PHÒNG",
    ];
    if !is_upper(word) || is_possible_syllable(word) {
        return None;
    }
    let ends = word.char_indices().map(|(at, _)| at).skip(1);
    let mut parts = ends.filter_map(|at| Some((word.get(..at)?, word.get(at..)?))).filter(|(a, b)| {
        (USUAL.contains(a) || USUAL.contains(b)) && is_possible_syllable(a) && is_possible_syllable(b)
    });
    let (a, b) = parts.next().filter(|_| parts.next().is_none())?;
    Some(format!("{a} {b}"))
}

fn number_of(number: &NumberSpans, doc_type: Option<&str>, proof: &mut Proof) -> Number {
    proof.found("/number", &[number.raw]);
    proof.doubt_ink("/number");
    match number.sequence {
        Some(sequence) => {
            if number::figures(sequence.text()) == compact(sequence) {
                proof.found("/number/sequence", &[sequence]);
            } else {
                proof.inferred("/number/sequence", &[sequence], "a stroke among figures is a one");
            }
            proof.doubt_ink("/number/sequence");
        }
        None => proof.blank("/number/sequence", &[number.raw]),
    }
    let notation = number.notation.map(|span| (span, compact(span)));
    let mended = notation.as_ref().and_then(|(_, notation)| doc_type::mended_notation(notation, doc_type));
    match (notation.as_ref(), &mended) {
        (Some((span, _)), Some(_)) => {
            proof.inferred("/number/notation", &[*span], "its first letters are those of the type");
        }
        (Some((span, _)), None) => proof.found("/number/notation", &[*span]),
        (None, _) => proof.absent("/number/notation"),
    }
    Number {
        raw: Some(number.raw.owned()),
        sequence: number.sequence.map(|sequence| number::figures(sequence.text())),
        notation: mended.or(notation.map(|(_, notation)| notation)),
    }
}

fn compact(span: Span) -> String {
    span.text().split_whitespace().collect()
}

/// The printed type; without one the notation tells, and a notation without a type is that of an official letter.
fn doc_type(head: &Head, record: &mut Record, proof: &mut Proof) {
    if let Some((code, name)) = head.doc_type {
        proof.found("/doc_type", &[name]);
        record.doc_type = DocType { code: code.to_owned(), name: Some(name.owned()) };
        return;
    }
    proof.absent("/doc_type/name");
    let notation = head.number.as_ref().and_then(|number| number.notation);
    let letter = head.subject.first().is_some_and(|span| span.text().to_lowercase().starts_with("v/v"));
    let code = notation.and_then(|notation| doc_type::of_notation(notation.text()));
    let code = code.or_else(|| (letter || !head.addressees.is_empty()).then_some("official_letter"));
    match (code, notation.or_else(|| head.subject.first().copied())) {
        (Some(code), Some(span)) => {
            proof.inferred(
                "/doc_type/code",
                &[span],
                "no type is printed; from the notation and the form of the head",
            );
            record.doc_type.code = code.to_owned();
        }
        (Some(code), None) => record.doc_type.code = code.to_owned(),
        (None, _) => proof.absent("/doc_type/code"),
    }
}

/// What a stamp beside the text says.
fn stamped<'p>(flow: &'p Flow, marks: &[&str]) -> Option<Span<'p>> {
    let says = |mark: &str| {
        flow.stamps
            .iter()
            .find(|stamp| stamp.text.chars().count() < 24 && cue::keys(&stamp.text) == cue::keys(mark))
    };
    marks.iter().find_map(|mark| says(mark)).map(|stamp| stamp.span())
}

/// A date before the papers that are cited was misread, or they were: it goes to review.
pub(crate) fn doubt_date(record: &Record, proof: &mut Proof) {
    let Some(own) = record.date.as_ref().and_then(|date| date.iso.as_ref()) else { return };
    let cited = record.references.iter().filter_map(|cited| cited.date.as_ref()?.iso.as_ref());
    if cited.filter(|cited| *cited > own).count() > 1 {
        proof.doubt("/date", CONTRADICTED);
    }
}

/// Confidence of a value that other values speak against.
const CONTRADICTED: f64 = 0.3;

/// A paper without a letterhead is issued by the body in whose name it is signed, if the paper prints that body's whole
/// name on a line of its own (a backdrop does).
pub(crate) fn infer_issuer(body: &[Item], record: &mut Record, proof: &mut Proof) {
    if record.issuer.name.is_some() {
        return;
    }
    let authority = record.signature.as_ref().and_then(|signature| signature.authority.first());
    let Some(signed) = authority.and_then(|line| line.strip_prefix("TM.")).map(cue::keys) else { return };
    let whole = body.iter().find_map(|item| match item {
        Item::Text(passage) => passage.lines().into_iter().find(|line| {
            let keys = line.keys();
            is_upper(line.text())
                && keys.len() > signed.len()
                && keys.len() <= signed.len() + 8
                && keys.starts_with(&signed)
        }),
        Item::Table(_) => None,
    });
    if let Some(line) = whole {
        record.issuer = Issuer { parent: None, name: Some(line.owned()) };
        proof.map.remove("/issuer");
        proof.inferred("/issuer", &[line], "no letterhead; the body in whose name the paper is signed");
    }
}
