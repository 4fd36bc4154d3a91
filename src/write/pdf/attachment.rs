//! The record inside the PDF: PDF/A-3 (ISO 19005-3) allows any file to be embedded if the document says what it is to it.

use std::io::{self, Write};

use pdf_writer::types::AssociationKind;
use pdf_writer::writers::Catalog;
use pdf_writer::{Filter, Name, Ref, Str, TextStr};

use super::file::{PdfFile, deflate};
use super::metadata::Metadata;

/// The name it goes by.
const NAME: &str = "record.json";

/// Writes the file and what is said of it; gives the reference to that.
pub fn write<W: Write>(file: &mut PdfFile<W>, bytes: &[u8], metadata: &Metadata) -> io::Result<Ref> {
    let (stream, spec) = (file.fresh(), file.fresh());
    let packed = deflate(bytes);
    file.put(stream, |chunk| {
        let mut embedded = chunk.embedded_file(stream, &packed);
        embedded.subtype(Name(b"application/json")).filter(Filter::FlateDecode);
        let mut about = embedded.params();
        about.size(i32::try_from(bytes.len()).unwrap_or(i32::MAX));
        // The paper's own day stands for that of the file, so that the same input gives the same bytes.
        if let Some(date) = metadata.date() {
            about.modification_date(date);
        }
    })?;
    file.put(spec, |chunk| {
        let mut about = chunk.file_spec(spec);
        about.path(Str(NAME.as_bytes())).unic_file(TextStr(NAME)).embedded_file_with_unicode(stream);
        about.description(TextStr("The record of this paper")).association_kind(AssociationKind::Data);
    })?;
    Ok(spec)
}

/// Names it in the catalogue, among the embedded files and as associated with the document.
pub fn declare(catalog: &mut Catalog<'_>, spec: Ref) {
    catalog.names().embedded_files().names().insert(Str(NAME.as_bytes()), spec);
    catalog.insert(Name(b"AF")).array().item(spec);
}
