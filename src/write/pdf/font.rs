//! The font of blank letters: widths and meanings, no shapes.
//!
//! Each letter that occurs gets a glyph of its own in the order of its first use, an advance like that of a Times face
//! (so that selecting half a word in a viewer takes about the right half) and an entry in the table back to Unicode.
//!
//! Viewers and extractors take a word's box from the reach that its font states, so the font is put into the file once
//! for each [`Reach`] that occurs, all with the same letters: size and baseline are the line's, the box is the ink's.

use std::collections::BTreeMap;
use std::io::{self, Write};

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Name, Rect, Ref, Str};

use super::file::{PdfFile, deflate};
use crate::alphabet::fold_char;

const SYSTEM: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// How far the ink of a word goes above and below the baseline, in tenths of the type size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reach {
    up: u8,
    down: u8,
}

impl Reach {
    /// The nearest to a reach in type sizes; within what readers of PDF believe.
    pub fn of(up: f64, down: f64) -> Self {
        let tenths = |reach: f64, least: f64| (reach * 10.0).round().clamp(least, 18.0) as u8;
        Self { up: tenths(up, 1.0), down: tenths(down, 0.0) }
    }

    /// What a page's resources call the font of this reach.
    pub fn resource(self) -> Vec<u8> {
        format!("F{}-{}", self.up, self.down).into_bytes()
    }

    /// With the tag of a subset, one for each reach.
    fn base_font(self) -> Vec<u8> {
        [b"AAAA".as_slice(), &[b'A' + self.up, b'A' + self.down], b"+VanthuBlank"].concat()
    }

    fn ascent(self) -> f32 {
        f32::from(self.up) * 100.0
    }

    /// Never 0, which readers take for not stated.
    fn descent(self) -> f32 {
        -(f32::from(self.down) * 100.0).max(1.0)
    }
}

/// Letters used so far.
#[derive(Default)]
pub struct BlankFont {
    glyphs: BTreeMap<char, u16>,
    /// By glyph number less one; 0 is the glyph for what is missing, never used.
    letters: Vec<char>,
}

impl BlankFont {
    /// The codes of a text, two bytes a letter. A text of more different letters than a font holds loses the rest.
    pub fn encode(&mut self, text: &str) -> Vec<u8> {
        text.chars().filter_map(|c| self.glyph(c)).flat_map(u16::to_be_bytes).collect()
    }

    fn glyph(&mut self, c: char) -> Option<u16> {
        if let Some(glyph) = self.glyphs.get(&c) {
            return Some(*glyph);
        }
        let glyph = u16::try_from(self.letters.len() + 1).ok().filter(|glyph| *glyph < u16::MAX)?;
        self.glyphs.insert(c, glyph);
        self.letters.push(c);
        Some(glyph)
    }

    /// Writes the font for each reach, and what they share.
    pub fn write<W: Write>(
        &self,
        file: &mut PdfFile<W>,
        fonts: impl Iterator<Item = (Reach, Ref)>,
    ) -> io::Result<()> {
        let shared = Shared { program: file.fresh(), meanings: file.fresh(), widths: file.fresh() };
        for (reach, font) in fonts {
            shared.write_font(file, reach, font)?;
        }
        let bytes = self.program();
        let packed = deflate(&bytes);
        file.put(shared.program, |chunk| {
            let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
            chunk.stream(shared.program, &packed).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
        })?;
        let packed = deflate(&self.meanings());
        file.put(shared.meanings, |chunk| {
            chunk.stream(shared.meanings, &packed).filter(Filter::FlateDecode);
        })?;
        file.put(shared.widths, |chunk| {
            let mut widths = chunk.indirect(shared.widths).array();
            widths.item(0).push().array().items(self.widths().map(f32::from));
        })
    }

    /// Of all glyphs, the missing one first.
    fn widths(&self) -> impl Iterator<Item = u16> + '_ {
        std::iter::once(500).chain(self.letters.iter().map(|c| width(*c)))
    }

    fn meanings(&self) -> Vec<u8> {
        let mut meanings = UnicodeCmap::<u16>::new(Name(b"Meanings"), SYSTEM);
        for (glyph, c) in (1u16..).zip(&self.letters) {
            meanings.pair(glyph, *c);
        }
        meanings.finish().to_vec()
    }

    /// A TrueType file of the tables PDF asks for.
    fn program(&self) -> Vec<u8> {
        let glyphs = self.letters.len() as u16 + 1;
        let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        // What the ink of most words takes; PDF readers go by the descriptor of each font.
        let (ascent, descent) = (700, -120i16 as u16);
        let head = [
            words(&[1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, 1000]),
            vec![0; 16],
            words(&[0, descent, 1000, ascent, 0, 8, 2, 0, 0]),
        ];
        let hhea =
            [words(&[1, 0, ascent, descent, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0]), words(&[glyphs])];
        let maxp = [words(&[1, 0, glyphs, 0, 0, 0, 0, 2]), vec![0; 16]];
        let hmtx: Vec<u8> = self.widths().flat_map(|width| words(&[width, 0])).collect();
        // In the order of their names, as the directory must be. Every glyph is empty: all places are 0.
        let tables = [
            (b"glyf", vec![0; 4]),
            (b"head", head.concat()),
            (b"hhea", hhea.concat()),
            (b"hmtx", hmtx),
            (b"loca", vec![0; 2 * (usize::from(glyphs) + 1)]),
            (b"maxp", maxp.concat()),
        ];
        assemble(&tables)
    }
}

/// What the fonts of all reaches have in common.
struct Shared {
    program: Ref,
    meanings: Ref,
    widths: Ref,
}

impl Shared {
    fn write_font<W: Write>(&self, file: &mut PdfFile<W>, reach: Reach, font: Ref) -> io::Result<()> {
        let (cid, descriptor, name) = (file.fresh(), file.fresh(), reach.base_font());
        file.put(font, |chunk| {
            let mut font = chunk.type0_font(font);
            font.base_font(Name(&name)).encoding_predefined(Name(b"Identity-H"));
            font.descendant_font(cid).to_unicode(self.meanings);
        })?;
        file.put(cid, |chunk| {
            let mut cid = chunk.cid_font(cid);
            cid.subtype(CidFontType::Type2).base_font(Name(&name)).system_info(SYSTEM);
            cid.font_descriptor(descriptor).cid_to_gid_map_predefined(Name(b"Identity"));
            cid.default_width(500.0).pair(Name(b"W"), self.widths);
        })?;
        file.put(descriptor, |chunk| {
            let mut descriptor = chunk.font_descriptor(descriptor);
            descriptor.name(Name(&name)).flags(FontFlags::SYMBOLIC).italic_angle(0.0).stem_v(80.0);
            descriptor.cap_height(662.0).bbox(Rect::new(0.0, reach.descent(), 1000.0, reach.ascent()));
            descriptor.ascent(reach.ascent()).descent(reach.descent()).font_file2(self.program);
        })
    }
}

/// Directory and tables, with the checksums the format wants.
fn assemble(tables: &[(&[u8; 4], Vec<u8>); 6]) -> Vec<u8> {
    // Version 1.0, six tables, and the three figures of the binary search over them.
    let mut file: Vec<u8> = [0, 1, 0, 0, 0, 6, 0, 64, 0, 2, 0, 32].to_vec();
    let mut offset = file.len() as u32 + 16 * tables.len() as u32;
    for (tag, table) in tables {
        file.extend(*tag);
        file.extend(checksum(table).to_be_bytes());
        file.extend(offset.to_be_bytes());
        file.extend((table.len() as u32).to_be_bytes());
        offset += (table.len() as u32).next_multiple_of(4);
    }
    let head = tables
        .iter()
        .take_while(|(tag, _)| *tag != b"head")
        .map(|(_, t)| t.len().next_multiple_of(4))
        .sum::<usize>();
    let head = file.len() + head;
    for (_, table) in tables {
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    let adjustment = 0xb1b0_afba_u32.wrapping_sub(checksum(&file));
    if let Some(field) = file.get_mut(head + 8..head + 12) {
        field.copy_from_slice(&adjustment.to_be_bytes());
    }
    file
}

fn checksum(bytes: &[u8]) -> u32 {
    let word =
        |part: &[u8]| part.iter().enumerate().map(|(i, byte)| u32::from(*byte) << (24 - 8 * i)).sum::<u32>();
    bytes.chunks(4).map(word).fold(0, u32::wrapping_add)
}

/// Natural width of a text in thousandths of the type size.
pub fn text_width(text: &str) -> f64 {
    text.chars().map(|c| f64::from(width(c))).sum()
}

/// Advances of a Times face, by classes of like letters.
fn width(c: char) -> u16 {
    match fold_char(c) {
        'i' | 'j' | 'l' | 't' | '/' | '\\' | 'I' | 'J' if c.is_lowercase() || !c.is_alphabetic() => 278,
        ' ' | '.' | ',' | ';' | ':' | '\'' | '|' | '!' => 250,
        'f' | 'r' | 's' | '(' | ')' | '[' | ']' | '-' | '"' | 'I' => 350,
        'a' | 'c' | 'e' | 'z' | 'J' => 444,
        'm' | 'M' | 'W' | '—' | '@' | '%' => 850,
        'w' | 'A' | 'D' | 'G' | 'H' | 'K' | 'N' | 'O' | 'Q' | 'U' | 'V' | 'X' | 'Y' => 722,
        'B' | 'C' | 'E' | 'L' | 'R' | 'T' | 'Z' | 'F' | 'P' | 'S' => 620,
        _ => 500,
    }
}
