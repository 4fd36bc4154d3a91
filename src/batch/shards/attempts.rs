//! Which documents kill whoever works on them.
//!
//! Every process that works on a shard keeps a note of the documents it has in hand, `attempts/<process>.json`, written
//! before a document is opened. A process that ends, or is told to end, takes its note away. A note that stays behind is
//! a death, and each document in it has a mark.
//!
//! A death says little of one document among several in hand, and nothing if the machine was lost. So a document with a
//! mark is worked on alone, and one is given up only with [`FATAL`] marks: it was there at the first death, and each of
//! the others came while nothing else was in hand. A document is cleared as soon as it is filed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::ShardError;
use super::shelf::Shelf;
use crate::ingest::Document;
use crate::write::{WriteError, atomic};

/// Deaths that a document may be there at before it is given up.
pub const FATAL: usize = 3;

/// The notes of all processes that have worked on a shard, and this one's own.
#[derive(Debug)]
pub struct Attempts {
    shelf: Shelf,
    folder: String,
    own: String,
    note: Mutex<Note>,
}

/// What a process has in hand.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Note {
    process: String,
    in_hand: BTreeSet<String>,
    /// The process is told to end: what happens now is nobody's fault.
    #[serde(skip)]
    released: bool,
}

impl Attempts {
    /// The attempts on a shard, whose notes stand below `folder`.
    pub fn new(shelf: &Shelf, folder: String) -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let process = format!("{}-{}", atomic::process_tag(), since.as_nanos());
        let own = format!("{folder}/{process}.json");
        Self { shelf: shelf.clone(), folder, own, note: Mutex::new(Note { process, ..Note::default() }) }
    }

    /// The documents that were in hand when a process died, and at how many deaths.
    ///
    /// # Errors
    /// If the notes cannot be read.
    pub fn marks(&self) -> Result<BTreeMap<String, usize>, ShardError> {
        let mut marks = BTreeMap::new();
        for name in self.shelf.names(&self.folder).map_err(ShardError::Shelf)? {
            let key = format!("{}/{name}", self.folder);
            // A note that another process takes away meanwhile was no death.
            let Some(bytes) = self.shelf.read(&key).map_err(ShardError::Shelf)? else { continue };
            let note: Note = serde_json::from_slice(&bytes).unwrap_or_default();
            note.in_hand.into_iter().for_each(|document| *marks.entry(document).or_default() += 1);
        }
        Ok(marks)
    }

    /// A document is about to be opened.
    ///
    /// # Errors
    /// If that cannot be noted.
    pub fn begin(&self, document: &Document) -> Result<(), WriteError> {
        let mut note = self.lock();
        note.in_hand.insert(name(&document.output));
        self.file(&note)
    }

    /// A document is filed.
    ///
    /// # Errors
    /// If that cannot be noted.
    pub fn end(&self, document: &Document) -> Result<(), WriteError> {
        let mut note = self.lock();
        note.in_hand.remove(&name(&document.output));
        self.file(&note)
    }

    fn file(&self, note: &Note) -> Result<(), WriteError> {
        if note.released {
            return Ok(());
        }
        let path = || Path::new(&self.own).to_owned();
        let bytes = serde_json::to_vec(note).map_err(|source| WriteError::Json { path: path(), source })?;
        self.shelf.write(&self.own, &bytes)
    }

    /// This process ends, whether it has done everything or was told to.
    pub fn release(&self) {
        let mut note = self.lock();
        note.released = true;
        // If it stays, the documents in it are worked on alone next time, no more.
        let _ = self.shelf.remove(&self.own);
    }

    /// Forgets every death: the documents are tried again as if for the first time.
    ///
    /// # Errors
    /// If a note cannot be taken away.
    pub fn forget(&self) -> Result<(), ShardError> {
        let names = self.shelf.names(&self.folder).map_err(ShardError::Shelf)?;
        let keys = names.iter().map(|name| format!("{}/{name}", self.folder));
        keys.into_iter().try_for_each(|key| self.shelf.remove(&key)).map_err(ShardError::Shelf)
    }

    fn lock(&self) -> MutexGuard<'_, Note> {
        self.note.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(place: &Path) -> String {
    place.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(name: &str) -> Document {
        Document::of_file(Path::new(name))
    }

    #[test]
    fn only_what_was_in_hand_at_a_death_is_marked() {
        let out = tempfile::tempdir().unwrap();
        let shelf = Shelf::at(out.path()).unwrap();
        let attempt = || Attempts::new(&shelf, "attempts".to_owned());
        let (died, ended) = (attempt(), attempt());
        for name in ["a", "b", "c"] {
            died.begin(&document(name)).unwrap();
        }
        died.end(&document("b")).unwrap();
        ended.begin(&document("d")).unwrap();
        ended.release();
        ended.begin(&document("e")).unwrap();
        drop((died, ended));
        assert_eq!(attempt().marks().unwrap(), BTreeMap::from([("a".to_owned(), 1), ("c".to_owned(), 1)]));
        let again = attempt();
        again.begin(&document("c")).unwrap();
        drop(again);
        assert_eq!(attempt().marks().unwrap()["c"], 2);
        attempt().forget().unwrap();
        assert!(attempt().marks().unwrap().is_empty());
    }
}
