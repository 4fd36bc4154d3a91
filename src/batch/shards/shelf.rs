//! Where the shards of a run file what they share: a folder that every node mounts.
//!
//! A key is a relative path with `/` between its parts. What is written appears whole or not at all, and writing the same
//! again changes nothing, so that no shard needs to know of another.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::write::{WriteError, atomic};

/// The place of the results.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// The shelf of that name.
    pub fn at(place: &Path) -> Self {
        Self { folder: place.to_owned() }
    }

    /// What stands under a key; `None` where nothing does.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(&self, key: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.folder.join(key)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens what stands under a key, or a range of its bytes, to be read piece by piece.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub fn open(&self, key: &str, range: Option<Range<u64>>) -> io::Result<Box<dyn BufRead + Send>> {
        let mut file = File::open(self.folder.join(key))?;
        let Some(range) = range else { return Ok(Box::new(BufReader::with_capacity(1 << 18, file))) };
        file.seek(SeekFrom::Start(range.start))?;
        Ok(Box::new(BufReader::with_capacity(1 << 18, file.take(range.end.saturating_sub(range.start)))))
    }

    /// Puts bytes under a key.
    ///
    /// # Errors
    /// [`WriteError`] if they cannot be written; then the key is as it was.
    pub fn write(&self, key: &str, bytes: &[u8]) -> Result<(), WriteError> {
        atomic::write(&self.folder.join(key), bytes)
    }

    /// Puts what `fill` writes under a key.
    ///
    /// # Errors
    /// As [`Self::write()`], and what `fill` says.
    pub fn write_with(
        &self,
        key: &str,
        fill: impl FnOnce(&mut atomic::Draft) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        atomic::write_with(&self.folder.join(key), fill)
    }

    /// The names right below a key, in order; none where there is nothing.
    ///
    /// # Errors
    /// If they cannot be listed.
    pub fn names(&self, key: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.folder.join(key)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        let mut names: Vec<String> = names.collect::<io::Result<_>>()?;
        names.retain(|name| !name.starts_with(atomic::TEMPORARY_PREFIX));
        names.sort();
        Ok(names)
    }

    /// Takes a key away. That it is gone already is no error.
    ///
    /// # Errors
    /// If it is still there.
    pub fn remove(&self, key: &str) -> io::Result<()> {
        match fs::remove_file(self.folder.join(key)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
