//! Writes a file so that a reader sees either the old one or the new one, never a half.
//!
//! The bytes go to a temporary file in the same folder, are synced to disk, and take the final name by rename. A
//! temporary left behind by a killed run starts with [`TEMPORARY_PREFIX`] and is cleared by the next run.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

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
    fill: impl FnOnce(&mut Draft) -> std::io::Result<()>,
) -> Result<(), WriteError> {
    let mut draft = Draft::at(path)?;
    fill(&mut draft).map_err(|source| WriteError::Io { path: path.to_owned(), source })?;
    draft.finish()
}

/// A file in the making. It takes its name when it is finished, and is gone if it is not.
#[derive(Debug)]
pub struct Draft {
    to: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Draft {
    /// A draft of the file at `path`, creating the folders above it.
    ///
    /// # Errors
    /// [`WriteError::Io`] if it cannot be written there.
    pub fn at(path: &Path) -> Result<Self, WriteError> {
        let to =
            temporary(folder_of(path)).map_err(|source| WriteError::Io { path: path.to_owned(), source })?;
        Ok(Self { to: BufWriter::new(to), path: path.to_owned() })
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// [`WriteError::Io`] if it cannot be written out; then nothing stands under its name that did not before.
    pub fn finish(self) -> Result<(), WriteError> {
        let finish = |to: BufWriter<NamedTempFile>, path: &Path| {
            let file = to.into_inner().map_err(|error| error.into_error())?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)?;
            // The rename itself is only durable once the folder is.
            File::open(folder_of(path))?.sync_all()
        };
        finish(self.to, &self.path).map_err(|source| WriteError::Io { path: self.path, source })
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    fs::create_dir_all(folder)?;
    let prefix = format!("{TEMPORARY_PREFIX}{}-", process_tag());
    tempfile::Builder::new().prefix(&prefix).permissions(world_readable()).tempfile_in(folder)
}

/// A name for this process that no other living one has, on any machine: where it runs, and its number there.
pub fn process_tag() -> String {
    format!("{}-{}", *HOUSE, std::process::id())
}

/// Machine, since when it runs, and the space in which process numbers mean anything (each container has its own).
static HOUSE: LazyLock<String> = LazyLock::new(|| {
    let boot = fs::read("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let space = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let host = fs::read("/proc/sys/kernel/hostname").unwrap_or_default();
    let digest = Sha256::new().chain_update(boot).chain_update(space.as_os_str().as_encoded_bytes());
    let digest = digest.chain_update(host).finalize();
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
});

/// As any other new file (the umask still applies); temporaries are private by default.
#[cfg(unix)]
fn world_readable() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(0o666)
}

/// Removes the temporaries that a killed run left directly in `folder`. Those of other processes that may be alive, here
/// or on other machines, are left alone.
pub fn clear_temporaries(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.strip_prefix(TEMPORARY_PREFIX).is_some_and(|tag| !may_be_in_use(tag)) {
            // Not being able to remove a leftover harms nothing; the next run tries again.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether another living process, or one on another machine, has marked a temporary so.
fn may_be_in_use(tag: &str) -> bool {
    let mut parts = tag.splitn(3, '-');
    let (Some(house), Some(process), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    match process.parse::<u32>() {
        Ok(process) if house == *HOUSE => {
            process != std::process::id() && Path::new(&format!("/proc/{process}")).exists()
        }
        Ok(_) => true,
        Err(_) => false,
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
    fn temporaries_of_the_living_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = |tag: String| fs::write(folder.path().join(format!(".vanthu-{tag}")), b"half").unwrap();
        file(format!("{}-1-living", *HOUSE));
        file("00000000-7-elsewhere".to_owned());
        file(format!("{}-4294967295-dead", *HOUSE));
        clear_temporaries(folder.path());
        let names = fs::read_dir(folder.path()).unwrap().flatten();
        let mut names: Vec<_> = names.map(|e| e.file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(
            names.iter().any(|name| name.ends_with("living")) && names[0].ends_with("elsewhere"),
            "{names:?}"
        );
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plain"), b"").unwrap();
        let error = write(&folder.path().join("plain/record.json"), b"x").unwrap_err();
        assert!(error.to_string().contains("record.json"));
    }
}
