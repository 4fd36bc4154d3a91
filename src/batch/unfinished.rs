//! Pages read of documents that are not yet filed, so that a run that was killed goes on at the page where it was.
//!
//! `DIR/.work/<fingerprint>/0001.json` holds what was read on a page. The fingerprint covers the document's place, its
//! bytes, the options, the dictionary, the engine and the version: what was read otherwise is never taken up. A folder
//! goes when its document is filed, and all of them when a run has done everything.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::fingerprint::hex;
use super::reading::Sight;
use crate::ingest::Document;
use crate::write::{WriteError, atomic};

/// The folder of unfinished documents.
const FOLDER: &str = ".work";

/// The pages read of one document.
#[derive(Debug)]
pub struct Unfinished {
    folder: PathBuf,
}

impl Unfinished {
    /// What there may be of a document.
    pub fn of(out: &Path, document: &Document, input_sha256: &str, options_sha256: &str) -> Self {
        let mut digest = Sha256::new();
        let version = env!("CARGO_PKG_VERSION").as_bytes();
        for part in [
            document.output.as_os_str().as_encoded_bytes(),
            input_sha256.as_bytes(),
            options_sha256.as_bytes(),
            version,
        ] {
            digest.update(part);
            digest.update([0]);
        }
        let name: String = hex(digest).chars().take(32).collect();
        Self { folder: out.join(FOLDER).join(name) }
    }

    fn file(&self, number: u32) -> PathBuf {
        self.folder.join(format!("{number:04}.json"))
    }

    /// What was read on a page; `None` where there is nothing or nothing whole.
    pub fn take_up(&self, number: u32) -> Option<Sight> {
        serde_json::from_slice(&fs::read(self.file(number)).ok()?).ok()
    }

    /// Keeps what was read on a page, safe from a loss of power.
    ///
    /// # Errors
    /// [`WriteError`] if it cannot be written.
    pub fn keep(&self, number: u32, sight: &Sight) -> Result<(), WriteError> {
        let path = self.file(number);
        let bytes =
            serde_json::to_vec(sight).map_err(|source| WriteError::Json { path: path.clone(), source })?;
        match atomic::write(&path, &bytes) {
            // Another process has filed the document meanwhile and forgotten its pages: they are not needed any more.
            Err(WriteError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(()),
            written => written,
        }
    }

    /// Forgets the pages: the document is filed.
    pub fn forget(&self) {
        // What stays behind is never taken up by mistake, and goes at the end of the run.
        let _ = fs::remove_dir_all(&self.folder);
    }

    /// Forgets all pages: everything is done.
    pub fn forget_all(out: &Path) {
        let _ = fs::remove_dir_all(out.join(FOLDER));
    }

    /// Removes what a killed run left half-written.
    pub fn clear_temporaries(&self) {
        atomic::clear_temporaries(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::ocr_page::{OcrPage, OcrSymbol, OcrWord};

    #[test]
    fn a_page_comes_back_as_it_was_and_only_for_the_same_input_and_options() {
        let out = tempfile::tempdir().unwrap();
        let document = Document::of_file(Path::new("a.pdf"));
        let kept = Unfinished::of(out.path(), &document, "input", "options");
        let symbols = vec![OcrSymbol {
            text: "ế".into(),
            confidence: 0.123_456_79,
            alternatives: vec![("é".into(), 1e-7)],
        }];
        let word = OcrWord { text: "Kế".into(), confidence: 1.0 / 3.0, symbols, ..OcrWord::default() };
        let ocr = OcrPage { number: 2, dpi: 299.9994, words: vec![word], ..OcrPage::default() };
        kept.keep(2, &Sight { ocr: ocr.clone(), image: None, plainly: None }).unwrap();
        assert_eq!(kept.take_up(2).unwrap().ocr, ocr);
        assert!(kept.take_up(1).is_none());
        for (input, options) in [("other", "options"), ("input", "other")] {
            assert!(Unfinished::of(out.path(), &document, input, options).take_up(2).is_none());
        }
        fs::write(kept.file(2), b"{\"ocr\":{").unwrap();
        assert!(kept.take_up(2).is_none());
        kept.forget();
        assert!(!kept.folder.exists());
    }
}
