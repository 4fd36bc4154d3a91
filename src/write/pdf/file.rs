//! The file as such: objects one after another, then the table of their places.
//!
//! `pdf-writer` spells the objects; keeping the table here instead lets every object go to disk as soon as it is made.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Chunk, Ref};

/// A PDF on its way to disk.
pub struct PdfFile<'a, W: Write> {
    to: &'a mut W,
    written: u64,
    /// Place of each object, by its number less one; 0 for one that was promised and not yet written.
    places: Vec<u64>,
}

impl<'a, W: Write> PdfFile<'a, W> {
    /// Writes the header: version 1.7, and four bytes above 127 that mark the file as binary.
    pub fn begin(to: &'a mut W) -> io::Result<Self> {
        let mut file = Self { to, written: 0, places: Vec::new() };
        file.push(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\n")?;
        Ok(file)
    }

    /// The next object number.
    pub fn fresh(&mut self) -> Ref {
        self.places.push(0);
        Ref::new(i32::try_from(self.places.len()).unwrap_or(i32::MAX))
    }

    /// Writes the one object that `make` puts into the chunk.
    pub fn put(&mut self, id: Ref, make: impl FnOnce(&mut Chunk)) -> io::Result<()> {
        let mut chunk = Chunk::new();
        make(&mut chunk);
        let written = self.written;
        if let Some(place) = usize::try_from(id.get() - 1).ok().and_then(|index| self.places.get_mut(index)) {
            *place = written;
        }
        self.push(chunk.as_bytes())
    }

    /// Writes the table and the trailer.
    pub fn end(mut self, catalog: Ref, info: Ref, file_id: &[u8; 16]) -> io::Result<()> {
        let start = self.written;
        let size = self.places.len() + 1;
        let mut table = format!("xref\n0 {size}\n0000000000 65535 f\r\n");
        for place in &self.places {
            table.push_str(&format!("{place:010} 00000 n\r\n"));
        }
        let id: String = file_id.iter().map(|byte| format!("{byte:02X}")).collect();
        let (catalog, info) = (catalog.get(), info.get());
        table.push_str(&format!(
            "trailer\n<< /Size {size} /Root {catalog} 0 R /Info {info} 0 R /ID [<{id}> <{id}>] >>\nstartxref\n{start}\n%%EOF\n"
        ));
        self.push(table.as_bytes())
    }

    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len() as u64;
        self.to.write_all(bytes)
    }
}

/// Bytes as a zlib stream.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(5));
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
