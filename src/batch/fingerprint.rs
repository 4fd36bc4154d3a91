//! Tells by SHA-256 whether the input, the options or the dictionary changed since a document was done.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::options::RunOptions;

/// SHA-256 over the bytes of `files`, one after the other, each preceded by its length.
///
/// # Errors
/// If a file cannot be read; the path comes with the error.
pub fn files(files: &[PathBuf]) -> Result<String, (PathBuf, io::Error)> {
    let mut digest = Sha256::new();
    for path in files {
        add_file(&mut digest, path).map_err(|error| (path.clone(), error))?;
    }
    Ok(hex(digest))
}

fn add_file(digest: &mut Sha256, path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    digest.update(file.metadata()?.len().to_le_bytes());
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut buffer = [0; 1 << 16];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(()),
            n => digest.update(&buffer[..n]),
        }
    }
}

/// SHA-256 over everything in the options that can change a result, the user's dictionary with its bytes.
///
/// Jobs, progress and `--force` change nothing in a result and are left out.
pub fn options(options: &RunOptions, engine: &str) -> String {
    let mut digest = Sha256::new();
    let told = (options.group, &options.formats, options.max_pixels, &options.pages, options.keep_images);
    // A tuple of plain values cannot fail to encode; if it did, the document would merely be done again.
    digest.update(serde_json::to_vec(&told).unwrap_or_default());
    digest.update(engine.as_bytes());
    if let Some(path) = &options.dictionary {
        digest.update(std::fs::read(path).unwrap_or_default());
    }
    hex(digest)
}

/// The digest as hex digits.
pub fn hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_sees_where_one_file_ends_and_the_next_begins() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let one = files(&[file("a", "12"), file("b", "3")]).unwrap();
        let two = files(&[file("c", "1"), file("d", "23")]).unwrap();
        assert_ne!(one, two);
        assert_eq!(one.len(), 64);
    }

    #[test]
    fn only_options_that_change_results_count() {
        let base = RunOptions::default();
        let jobs = RunOptions { jobs: 7, force: true, ..RunOptions::default() };
        let pages = RunOptions { pages: "1-2".parse().ok(), ..RunOptions::default() };
        assert_eq!(options(&base, "5.3.0"), options(&jobs, "5.3.0"));
        assert_ne!(options(&base, "5.3.0"), options(&pages, "5.3.0"));
        assert_ne!(options(&base, "5.3.0"), options(&base, "5.5.0"));
    }
}
