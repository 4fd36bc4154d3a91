//! Brings the catalogue up to date with what lies below `documents/`, or builds it anew.
//!
//! Folders are read some hundred at a time, by all threads, and filed in one transaction: a reader sees the catalogue as it
//! was or as it is, never a half. A run of a few papers into an archive of many costs a look at each status, no more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;
use rusqlite::{Connection, Transaction, params};

use super::entry::{self, Entry};
use super::{CatalogError, FILE_NAME, VERSION, key, version};
use crate::write::atomic::TEMPORARY_PREFIX;
use crate::write::results::{self, ResultFolder};

/// Folders read ahead; a page is some kilobytes, so this is some megabytes.
const BATCH: usize = 256;

const TABLES: &str = "
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, file TEXT NOT NULL,
    type_code TEXT NOT NULL, type_name TEXT, type_key TEXT NOT NULL,
    number TEXT, sequence TEXT, number_key TEXT NOT NULL, issuer TEXT, issuer_key TEXT NOT NULL,
    place TEXT, date TEXT, subject TEXT, signer TEXT, pages INTEGER, accuracy REAL, stamp TEXT NOT NULL);
CREATE INDEX documents_by_number ON documents (number_key);
CREATE INDEX documents_by_date ON documents (date);
CREATE TABLE pages (id INTEGER PRIMARY KEY, document INTEGER NOT NULL, number INTEGER, text TEXT NOT NULL);
CREATE INDEX pages_by_document ON pages (document);
CREATE TABLE fields (document INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, key TEXT NOT NULL,
    page INTEGER, raw TEXT, confidence REAL, status TEXT NOT NULL);
CREATE INDEX fields_by_document ON fields (document);
CREATE TABLE tasks (document INTEGER NOT NULL, id TEXT NOT NULL, page INTEGER, units TEXT NOT NULL,
    text TEXT NOT NULL, deadline TEXT, deadline_iso TEXT);
CREATE INDEX tasks_by_document ON tasks (document);
CREATE INDEX tasks_by_deadline ON tasks (deadline_iso);
CREATE VIRTUAL TABLE page_keys USING fts5 (keys, content='', contentless_delete=1, tokenize='ascii');
";

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Indexed {
    /// Documents filed anew.
    pub documents: u64,
    /// Pages filed anew.
    pub pages: u64,
    /// Documents that were already there, unchanged.
    pub unchanged: u64,
    /// Documents taken out, as their folder is gone.
    pub removed: u64,
    /// Folders whose record is none.
    pub unreadable: u64,
}

/// Files what is new or changed below `out/documents`, takes out what is gone.
///
/// # Errors
/// [`CatalogError`] if the catalogue cannot be written.
pub fn update(out: &Path) -> Result<Indexed, CatalogError> {
    let path = out.join(FILE_NAME);
    match Connection::open(&path) {
        Ok(mut connection) if path.is_file() && version(&connection) == Some(VERSION) => {
            fill(&mut connection, out).map_err(|source| CatalogError::Sqlite { path, source })
        }
        _ => rebuild(out),
    }
}

/// Builds the catalogue of `out/documents` anew and puts it in the place of an older one.
///
/// # Errors
/// [`CatalogError`] if it cannot be written; then the older one is still there.
pub fn rebuild(out: &Path) -> Result<Indexed, CatalogError> {
    let mut builder = Builder::new(out)?;
    let fresh = builder.path().to_owned();
    let filled = fill(&mut builder.connection, out);
    builder.indexed = filled.map_err(|source| CatalogError::Sqlite { path: fresh, source })?;
    builder.finish()
}

/// A catalogue in the making: papers come one after the other, and it takes the place of an older one at the end.
pub struct Builder {
    fresh: tempfile::NamedTempFile,
    path: PathBuf,
    connection: Connection,
    indexed: Indexed,
}

impl Builder {
    /// An empty catalogue for the folder `out`.
    ///
    /// # Errors
    /// [`CatalogError`] if it cannot be written.
    pub fn new(out: &Path) -> Result<Self, CatalogError> {
        let path = out.join(FILE_NAME);
        let io = |source| CatalogError::Io { path: path.clone(), source };
        let fresh = tempfile::Builder::new()
            .prefix(TEMPORARY_PREFIX)
            .suffix(".sqlite")
            .tempfile_in(out)
            .map_err(io)?;
        let sqlite = |source| CatalogError::Sqlite { path: path.clone(), source };
        let connection = empty(fresh.path()).map_err(sqlite)?;
        Ok(Self { fresh, path, connection, indexed: Indexed::default() })
    }

    fn path(&self) -> &Path {
        &self.path
    }

    /// Files papers whose names are new, all or none of them.
    ///
    /// # Errors
    /// [`CatalogError`] if they cannot be written.
    pub fn add<'e>(&mut self, entries: impl IntoIterator<Item = &'e Entry>) -> Result<(), CatalogError> {
        let add = || {
            let transaction = self.connection.transaction()?;
            for entry in entries {
                insert(&transaction, entry)?;
                self.indexed.documents += 1;
                self.indexed.pages += entry.pages.len() as u64;
            }
            transaction.commit()
        };
        add().map_err(|source| CatalogError::Sqlite { path: self.path.clone(), source })
    }

    /// Puts the catalogue in its place.
    ///
    /// # Errors
    /// [`CatalogError`] if it cannot be written; then the older one is still there.
    pub fn finish(self) -> Result<Indexed, CatalogError> {
        let sqlite = |source| CatalogError::Sqlite { path: self.path.clone(), source };
        self.connection.execute_batch(OPTIMIZE).map_err(sqlite)?;
        drop(self.connection);
        let io = |source| CatalogError::Io { path: self.path.clone(), source };
        put_in_place(self.fresh, &self.path).map_err(io)?;
        Ok(self.indexed)
    }
}

const OPTIMIZE: &str = "INSERT INTO page_keys (page_keys) VALUES ('optimize');";

fn put_in_place(fresh: tempfile::NamedTempFile, path: &PathBuf) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fresh.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    fresh.as_file().sync_all()?;
    fresh.persist(path)?;
    Ok(())
}

fn empty(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    // Nobody else knows the file yet: if this is broken off, it is thrown away.
    connection
        .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")?;
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "user_version", VERSION)?;
    connection.execute_batch("INSERT INTO page_keys (page_keys, rank) VALUES ('automerge', 0);")?;
    Ok(connection)
}

fn fill(connection: &mut Connection, out: &Path) -> rusqlite::Result<Indexed> {
    connection.busy_timeout(Duration::from_secs(10))?;
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut known = known(&transaction)?;
    let mut indexed = Indexed::default();
    let mut folders = results::folders(out).peekable();
    while folders.peek().is_some() {
        let batch: Vec<ResultFolder> = folders.by_ref().take(BATCH).collect();
        for found in batch.par_iter().map(|folder| look(folder, &known)).collect::<Vec<_>>() {
            file(&transaction, found, &mut known, &mut indexed)?;
        }
    }
    for (id, _) in known.values() {
        remove(&transaction, *id)?;
        indexed.removed += 1;
    }
    let changed = indexed.documents + indexed.removed;
    if changed > indexed.unchanged {
        transaction.execute_batch(OPTIMIZE)?;
    }
    transaction.commit()?;
    Ok(indexed)
}

/// The documents in the catalogue by name, with id and stamp.
type Known = BTreeMap<String, (i64, String)>;

fn known(transaction: &Transaction<'_>) -> rusqlite::Result<Known> {
    let mut statement = transaction.prepare("SELECT name, id, stamp FROM documents")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    rows.collect()
}

/// What a folder turned out to be.
enum Found {
    Unchanged(String),
    Changed(Box<Entry>),
    Unreadable,
    /// Of no document any more; taken out if it was there.
    Stale,
}

fn look(folder: &ResultFolder, known: &Known) -> Found {
    let Some(stamp) = entry::stamp(folder) else { return Found::Stale };
    if known.get(&folder.name).is_some_and(|(_, old)| *old == stamp) {
        return Found::Unchanged(folder.name.clone());
    }
    Entry::read(folder, stamp).map_or(Found::Unreadable, |entry| Found::Changed(Box::new(entry)))
}

fn file(
    transaction: &Transaction<'_>,
    found: Found,
    known: &mut Known,
    indexed: &mut Indexed,
) -> rusqlite::Result<()> {
    match found {
        Found::Stale => {}
        Found::Unreadable => indexed.unreadable += 1,
        Found::Unchanged(name) => {
            known.remove(&name);
            indexed.unchanged += 1;
        }
        Found::Changed(entry) => {
            if let Some((id, _)) = known.remove(&entry.name) {
                remove(transaction, id)?;
            }
            insert(transaction, &entry)?;
            indexed.documents += 1;
            indexed.pages += entry.pages.len() as u64;
        }
    }
    Ok(())
}

fn remove(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM page_keys WHERE rowid IN (SELECT id FROM pages WHERE document = ?)",
        "DELETE FROM pages WHERE document = ?",
        "DELETE FROM fields WHERE document = ?",
        "DELETE FROM tasks WHERE document = ?",
        "DELETE FROM documents WHERE id = ?",
    ] {
        transaction.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}

fn insert(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<()> {
    let id = insert_document(transaction, entry)?;
    for page in &entry.pages {
        let mut statement =
            transaction.prepare_cached("INSERT INTO pages (document, number, text) VALUES (?, ?, ?)")?;
        let row = statement.insert(params![id, page.number, page.text])?;
        transaction
            .prepare_cached("INSERT INTO page_keys (rowid, keys) VALUES (?, ?)")?
            .execute(params![row, page.keys])?;
    }
    for field in entry.fields() {
        let sql = "INSERT INTO fields VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let (key, confidence) = (key::key(field.value), field.confidence);
        let row = params![id, field.name, field.value, key, field.page, field.raw, confidence, field.status];
        transaction.prepare_cached(sql)?.execute(row)?;
    }
    insert_tasks(transaction, entry, id)
}

fn insert_document(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<i64> {
    let record = &entry.record;
    let number = record.number.raw.as_deref();
    let sequence = record.number.sequence.as_deref();
    let issuer = record.issuer.name.as_deref();
    let date = record.date.as_ref().and_then(|date| date.iso.as_deref());
    let signer = record.signature.as_ref().and_then(|signature| signature.signer_name.as_deref());
    let accuracy = record.quality.as_ref().and_then(|quality| quality.expected_character_accuracy);
    let sql = "INSERT INTO documents (name, file, type_code, type_name, type_key, number, sequence, number_key, issuer,
        issuer_key, place, date, subject, signer, pages, accuracy, stamp)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    transaction.prepare_cached(sql)?.insert(params![
        entry.name,
        record.source.file,
        record.doc_type.code,
        record.doc_type.name,
        entry.type_key(),
        number,
        sequence,
        key::key(number.unwrap_or_default()),
        issuer,
        key::padded(issuer.unwrap_or_default()),
        record.place,
        date,
        record.subject,
        signer,
        record.source.pages,
        accuracy,
        entry.stamp,
    ])
}

fn insert_tasks(transaction: &Transaction<'_>, entry: &Entry, document: i64) -> rusqlite::Result<()> {
    for (index, task) in entry.record.tasks.iter().enumerate() {
        let page = crate::write::table::page_of(&entry.record, &format!("/tasks/{index}"));
        let deadline = task.deadline.as_ref().map(|deadline| &deadline.raw);
        let iso = task.deadline.as_ref().and_then(|deadline| deadline.iso.as_ref());
        transaction.prepare_cached("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            document,
            task.id,
            page,
            task.unit.join("; "),
            task.text,
            deadline,
            iso
        ])?;
    }
    Ok(())
}
