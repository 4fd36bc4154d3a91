//! The documents of earlier runs, as they lie on disk below `DIR/documents`.
//!
//! Reads folder by folder, in the order of their names, and never holds more than one name at a time.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// The result folder of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultFolder {
    /// Its place below `documents/`, with `/` on every system: the document's name.
    pub name: String,
    /// The folder itself.
    pub path: PathBuf,
}

impl ResultFolder {
    /// The bytes of one of its files; `None` where it is not there or cannot be read.
    pub fn read(&self, file: &str) -> Option<Vec<u8>> {
        std::fs::read(self.path.join(file)).ok()
    }
}

/// The folders below `out/documents` that hold a record, in the order of their names; links are not followed.
pub fn folders(out: &Path) -> impl Iterator<Item = ResultFolder> {
    let root = out.join("documents");
    let entries = WalkDir::new(&root).sort_by_file_name().into_iter().flatten();
    let records = entries.filter(|entry| entry.file_name() == "record.json" && entry.file_type().is_file());
    records.filter_map(move |entry| {
        let path = entry.path().parent()?.to_owned();
        let parts = path.strip_prefix(&root).ok()?.iter().map(|part| part.to_string_lossy());
        let name = parts.collect::<Vec<_>>().join("/");
        Some(ResultFolder { name, path })
    })
}
