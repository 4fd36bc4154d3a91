//! Finds the engine's language model and says which one it is.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::error::RecognizeError;

/// Where distributions put models.
const FOLDERS: &[&str] = &[
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
];

/// A language model on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The folder that holds it.
    pub folder: PathBuf,
    /// Its name without `.traineddata`: `vie`.
    pub language: String,
}

impl Model {
    /// Finds `language` in `folder`, else in `TESSDATA_PREFIX`, else where distributions put models.
    ///
    /// # Errors
    /// [`RecognizeError::ModelMissing`] names the folders searched and the package to install.
    pub fn find(folder: Option<&Path>, language: &str) -> Result<Self, RecognizeError> {
        let folders = match folder {
            Some(folder) => vec![folder.to_path_buf()],
            None => usual_folders(),
        };
        let found = folders.iter().find(|f| Self::file_in(f, language).is_file());
        match found {
            Some(folder) => Ok(Self { folder: folder.clone(), language: language.to_string() }),
            None => {
                let names: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
                Err(RecognizeError::ModelMissing {
                    language: language.to_string(),
                    searched: names.join(", "),
                })
            }
        }
    }

    fn file_in(folder: &Path, language: &str) -> PathBuf {
        folder.join(format!("{language}.traineddata"))
    }

    /// The model file.
    pub fn file(&self) -> PathBuf {
        Self::file_in(&self.folder, &self.language)
    }

    /// What tells this model from another of the same name: `vie` and eight hex digits of its SHA-256.
    pub fn version(&self) -> String {
        use sha2::Digest;
        let bytes = std::fs::read(self.file()).unwrap_or_default();
        let digest = sha2::Sha256::digest(&bytes);
        let hex: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
        format!("{}-{hex}", self.language)
    }
}

fn usual_folders() -> Vec<PathBuf> {
    let prefix = std::env::var_os("TESSDATA_PREFIX").map(PathBuf::from);
    let prefixed = prefix.into_iter().flat_map(|p| [p.clone(), p.join("tessdata")]);
    prefixed.chain(FOLDERS.iter().map(PathBuf::from)).collect()
}

/// The engine's version, as `5.3.0`.
pub fn engine_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(super::tesseract::version);
    &VERSION
}
