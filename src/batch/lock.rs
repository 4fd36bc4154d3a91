//! One run at a time on a folder of results.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::BatchError;
use crate::write::WriteError;

const FILE: &str = ".lock";

/// The right to write below a folder; given back when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct Lock {
    /// Open as long as the lock is held.
    _file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the folder, creating it if need be.
    ///
    /// # Errors
    /// [`BatchError::Locked`] says who has it; [`BatchError::Write`] if it cannot be written to.
    pub fn take(out: &Path) -> Result<Self, BatchError> {
        let path = out.join(FILE);
        let failed = |source| BatchError::Write(WriteError::Io { path: path.clone(), source });
        fs::create_dir_all(out).map_err(failed)?;
        loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(failed)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => {
                    note_holder(&mut file).map_err(failed)?;
                    return Ok(Self { _file: file, path });
                }
                // Its last holder removed it in between: the next one is at its place.
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    let _ = file.read_to_string(&mut holder);
                    let holder = if holder.trim().is_empty() { "unknown" } else { holder.trim() };
                    return Err(BatchError::Locked { out: out.to_owned(), holder: holder.to_owned() });
                }
                Err(fs::TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An empty lock file that stays is taken by the next run all the same.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the open file is the one of that name.
fn is_at(file: &File, path: &Path) -> bool {
    let place = |meta: io::Result<fs::Metadata>| meta.ok().map(|meta| (meta.dev(), meta.ino()));
    place(file.metadata()) == place(fs::metadata(path))
}

fn note_holder(file: &mut File) -> io::Result<()> {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "this host" } else { host.trim() };
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "process {} on {host}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_holder_at_a_time_and_is_free_again_after() {
        let out = tempfile::tempdir().unwrap();
        let lock = Lock::take(&out.path().join("new")).unwrap();
        let refused = Lock::take(&out.path().join("new")).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(lock);
        assert!(!out.path().join("new/.lock").exists());
        Lock::take(&out.path().join("new")).unwrap();
    }
}
