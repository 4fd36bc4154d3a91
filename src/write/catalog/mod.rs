//! `catalog.sqlite`: the documents, pages, fields and tasks of a results folder, and the index to search them by.
//!
//! Reads what lies below `DIR/documents`, writes one SQLite file that any other program may read too. It is derived: it can
//! be thrown away and built again, and never holds anything the documents do not. Searching needs no marks and no case:
//! beside each value stands its key (`Đề án` → `de an`), and the query is folded alike.
//!
//! ```text
//! documents  id, name, file, type_code, type_name, type_key, number, sequence, number_key, issuer, issuer_key, place,
//!            date, subject, signer, pages, accuracy, stamp
//! pages      id, document, number (NULL where not known), text
//! fields     document, name, value, key, page, raw, confidence, status
//! tasks      document, id, page, units, text, deadline, deadline_iso
//! page_keys  FTS5 over the keys of the pages' words; rowid is pages.id
//! ```

mod entry;
mod index;
mod key;
mod query;
mod search;
mod snippet;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

pub use entry::Entry;
pub use index::{Builder, Indexed, rebuild, update};
pub use query::{Query, QueryError};
pub use search::{Hit, search};
pub use snippet::Snippet;

/// The name of the catalogue in a results folder.
pub const FILE_NAME: &str = "catalog.sqlite";

/// Changes with the tables; a catalogue of another version is built anew.
const VERSION: i32 = 1;

/// Why a catalogue cannot be made or searched.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// There is none.
    #[error("{0}: no catalogue of results here; run `vanthu index` on the folder of a run")]
    Missing(PathBuf),
    /// It was made by another version, or is no catalogue.
    #[error(
        "{0}: made by another version of vanthu, or damaged; run `vanthu index` on the folder to make it anew"
    )]
    Unusable(PathBuf),
    /// SQLite could not do it.
    #[error("{path}: {source}")]
    Sqlite {
        /// The catalogue.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file could not be put in place.
    #[error("{path}: cannot write ({source}); check that the folder is writable and has room")]
    Io {
        /// The catalogue.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A catalogue opened for searching.
pub struct Catalog {
    connection: Connection,
    path: PathBuf,
}

impl Catalog {
    /// Opens the catalogue of a results folder, for reading only.
    ///
    /// # Errors
    /// [`CatalogError`] where there is none, or none of this version.
    pub fn open(out: &Path) -> Result<Self, CatalogError> {
        let path = out.join(FILE_NAME);
        if !path.is_file() {
            return Err(CatalogError::Missing(out.to_owned()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let sqlite = |source| CatalogError::Sqlite { path: path.clone(), source };
        let connection = Connection::open_with_flags(&path, flags).map_err(sqlite)?;
        if version(&connection) != Some(VERSION) {
            return Err(CatalogError::Unusable(path));
        }
        Ok(Self { connection, path })
    }
}

/// The version of the tables; `None` where the file is no database.
fn version(connection: &Connection) -> Option<i32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).ok()
}
