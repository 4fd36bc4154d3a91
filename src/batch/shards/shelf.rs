//! Where the shards of a run file what they share: a folder that every node mounts, or an object store.
//!
//! A key is a relative path with `/` between its parts. What is written appears whole or not at all, and writing the same
//! again changes nothing, so that no shard needs to know of another.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::ShardError;
use super::store::{self, Store};
use crate::write::{WriteError, atomic};

/// The place of the results.
#[derive(Debug, Clone)]
pub enum Shelf {
    /// A folder, on a file system that all nodes share.
    Folder(PathBuf),
    /// A part of a bucket.
    Store(Store),
}

/// Whether a place is an address, not a folder.
pub fn is_address(place: &Path) -> bool {
    place.to_str().is_some_and(|place| place.contains("://"))
}

impl Shelf {
    /// The shelf at a folder or an address such as `s3://bucket/prefix`.
    ///
    /// # Errors
    /// [`ShardError::Place`] if the address is none, or the environment lacks what is needed to go there.
    pub fn at(place: &Path) -> Result<Self, ShardError> {
        match place.to_str().filter(|_| is_address(place)) {
            Some(url) => Store::open(url).map(Self::Store).map_err(ShardError::Place),
            None => Ok(Self::Folder(place.to_owned())),
        }
    }

    /// What stands under a key; `None` where nothing does.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(&self, key: &str) -> io::Result<Option<Vec<u8>>> {
        let folder = match self {
            Self::Store(store) => return store.read(key),
            Self::Folder(folder) => folder,
        };
        match fs::read(folder.join(key)) {
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
        let folder = match self {
            Self::Store(store) => {
                let fetch = store.open_range(key, range)?;
                return Ok(Box::new(BufReader::with_capacity(store::FETCH, fetch)));
            }
            Self::Folder(folder) => folder,
        };
        let mut file = File::open(folder.join(key))?;
        let Some(range) = range else { return Ok(Box::new(BufReader::with_capacity(1 << 18, file))) };
        file.seek(SeekFrom::Start(range.start))?;
        Ok(Box::new(BufReader::with_capacity(1 << 18, file.take(range.end.saturating_sub(range.start)))))
    }

    /// Puts bytes under a key.
    ///
    /// # Errors
    /// [`WriteError`] if they cannot be written; then the key is as it was.
    pub fn write(&self, key: &str, bytes: &[u8]) -> Result<(), WriteError> {
        match self {
            Self::Store(store) => store.write(key, bytes).map_err(|source| lost(key, source)),
            Self::Folder(folder) => atomic::write(&folder.join(key), bytes),
        }
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
        match self {
            Self::Folder(folder) => atomic::write_with(&folder.join(key), fill),
            Self::Store(_) => {
                let scratch = tempfile::tempdir().map_err(|source| lost(key, source))?;
                let file = scratch.path().join("file");
                atomic::write_with(&file, fill)?;
                self.upload(key, &file)
            }
        }
    }

    /// Puts a file under a key, if it is not there by being in the folder.
    ///
    /// # Errors
    /// [`WriteError`] if it cannot be read or written.
    pub fn upload(&self, key: &str, file: &Path) -> Result<(), WriteError> {
        match self {
            Self::Folder(_) => Ok(()),
            Self::Store(store) => store.upload(key, file).map_err(|source| lost(key, source)),
        }
    }

    /// The names right below a key, in order; none where there is nothing.
    ///
    /// # Errors
    /// If they cannot be listed.
    pub fn names(&self, key: &str) -> io::Result<Vec<String>> {
        let folder = match self {
            Self::Store(store) => return store.names(key),
            Self::Folder(folder) => folder,
        };
        let entries = match fs::read_dir(folder.join(key)) {
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
        let folder = match self {
            Self::Store(store) => return store.remove(key),
            Self::Folder(folder) => folder,
        };
        match fs::remove_file(folder.join(key)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn lost(key: &str, source: io::Error) -> WriteError {
    WriteError::Io { path: PathBuf::from(key), source }
}
