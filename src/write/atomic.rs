//! Writes a file so that a reader sees either the old one or the new one, never a half.
//!
//! The bytes go to a temporary file in the same folder, are synced to disk, and take the final name by rename. A
//! temporary left behind by a killed run starts with [`TEMPORARY_PREFIX`] and is cleared by the next run.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use super::WriteError;

/// Marks the temporaries of this program.
pub const TEMPORARY_PREFIX: &str = ".vanthu-";

/// Puts `bytes` at `path`, creating the folders above it.
///
/// # Errors
/// [`WriteError::Io`] if the folder or the file cannot be written; then nothing is left under `path`'s name that was
/// not there before.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_with(path, |file| file.write_all(bytes))
}

/// Puts what `fill` writes at `path`, piece by piece, creating the folders above it.
///
/// # Errors
/// As [`write()`], and what `fill` says.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&File>) -> std::io::Result<()>,
) -> Result<(), WriteError> {
    write_in(path, fill).map_err(|source| WriteError::Io { path: path.to_owned(), source })
}

fn write_in(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&File>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let file = tempfile::Builder::new()
        .prefix(TEMPORARY_PREFIX)
        .permissions(world_readable())
        .tempfile_in(folder)?;
    let mut buffer = BufWriter::new(file.as_file());
    fill(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The rename itself is only durable once the folder is.
    File::open(folder)?.sync_all()
}

/// As any other new file (the umask still applies); temporaries are private by default.
#[cfg(unix)]
fn world_readable() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(0o666)
}

/// Removes the temporaries that a killed run left directly in `folder`.
pub fn clear_temporaries(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|e| e.file_name().to_string_lossy().starts_with(TEMPORARY_PREFIX)) {
        // Not being able to remove a leftover harms nothing; the next run tries again.
        let _ = fs::remove_file(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_leaves_no_temporary() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/record.json");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn leftovers_of_a_killed_run_are_cleared_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".vanthu-abc"), b"half").unwrap();
        fs::write(folder.path().join("record.json"), b"whole").unwrap();
        clear_temporaries(folder.path());
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, ["record.json"]);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plain"), b"").unwrap();
        let error = write(&folder.path().join("plain/record.json"), b"x").unwrap_err();
        assert!(error.to_string().contains("record.json"));
    }
}
