//! What the colours of the page images mean: sRGB, as a small ICC profile of version 2 made here.

use std::io::{self, Write};

use pdf_writer::types::OutputIntentSubtype;
use pdf_writer::writers::Catalog;
use pdf_writer::{Filter, Ref, TextStr};

use super::file::{PdfFile, deflate};

/// The name the profile goes by.
const SRGB: &str = "sRGB IEC61966-2.1";

/// White, and the three primaries as ICC wants them, seen under D50 (IEC 61966-2-1, adapted by Bradford).
const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];
const PRIMARIES: [([u8; 4], [f64; 3]); 3] = [
    (*b"rXYZ", [0.436_07, 0.222_49, 0.013_92]),
    (*b"gXYZ", [0.385_15, 0.716_87, 0.097_08]),
    (*b"bXYZ", [0.143_07, 0.060_61, 0.714_10]),
];

/// Writes the profile.
pub fn write<W: Write>(file: &mut PdfFile<W>) -> io::Result<Ref> {
    let id = file.fresh();
    let packed = deflate(&profile());
    file.put(id, |chunk| {
        let mut icc = chunk.icc_profile(id, &packed);
        icc.n(3);
        icc.filter(Filter::FlateDecode);
    })?;
    Ok(id)
}

/// Says in the catalogue that the profile holds for the whole document.
pub fn declare(catalog: &mut Catalog<'_>, profile: Ref) {
    let mut intents = catalog.output_intents();
    let mut intent = intents.push();
    intent.subtype(OutputIntentSubtype::PDFA).output_condition_identifier(TextStr(SRGB));
    intent.info(TextStr(SRGB)).dest_output_profile(profile);
}

fn profile() -> Vec<u8> {
    let mut tags: Vec<([u8; 4], Vec<u8>)> = vec![
        (*b"desc", description()),
        (*b"cprt", [b"text\0\0\0\0".as_slice(), b"Public domain\0"].concat()),
        (*b"wtpt", xyz(WHITE)),
    ];
    tags.extend(PRIMARIES.map(|(tag, color)| (tag, xyz(color))));
    tags.extend([*b"rTRC", *b"gTRC", *b"bTRC"].map(|tag| (tag, curve())));
    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let (mut data, start) = (Vec::new(), 128 + 4 + 12 * tags.len());
    for (tag, bytes) in &tags {
        table.extend(tag);
        table.extend(((start + data.len()) as u32).to_be_bytes());
        table.extend((bytes.len() as u32).to_be_bytes());
        data.extend(bytes);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    [header(start + data.len()), table, data].concat()
}

fn header(size: usize) -> Vec<u8> {
    let mut header = (size as u32).to_be_bytes().to_vec();
    header.extend(b"\0\0\0\0\x02\x10\0\0mntrRGB XYZ ");
    // Day of the profile: that of the standard's publication, not of today.
    header.extend([1999u16, 10, 18, 0, 0, 0].iter().flat_map(|n| n.to_be_bytes()));
    header.extend(b"acsp");
    header.resize(68, 0);
    header.extend(WHITE.iter().flat_map(|part| fixed(*part)));
    header.resize(128, 0);
    header
}

/// A description: ASCII, and the empty Unicode and Macintosh ones the type demands.
fn description() -> Vec<u8> {
    let mut bytes = b"desc\0\0\0\0".to_vec();
    bytes.extend((SRGB.len() as u32 + 1).to_be_bytes());
    bytes.extend(SRGB.as_bytes());
    bytes.resize(bytes.len() + 1 + 8 + 3 + 67, 0);
    bytes
}

fn xyz(color: [f64; 3]) -> Vec<u8> {
    [b"XYZ \0\0\0\0".to_vec(), color.iter().flat_map(|part| fixed(*part)).collect()].concat()
}

fn fixed(value: f64) -> [u8; 4] {
    ((value * 65536.0).round() as i32).to_be_bytes()
}

/// The sRGB transfer function at 256 places.
fn curve() -> Vec<u8> {
    let mut bytes = b"curv\0\0\0\0\0\0\x01\0".to_vec();
    for step in 0..256 {
        let value = f64::from(step) / 255.0;
        let linear = if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
        bytes.extend(((linear * 65535.0).round() as u16).to_be_bytes());
    }
    bytes
}
