//! Page images for a browser: the page as it came, no wider than a screen shows, as JPEG.
//!
//! Reads the input files that `status.json` names. Boxes stay in pixels of the source page; the browser scales them by the
//! page's stated size. The last images are kept, up to [`CACHE_BYTES`], so that turning back is quick.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;

use super::ReviewError;
use crate::ingest::{self, Document, Limits, Opened};

/// Widest image sent, in pixels: sharp on a tablet when zoomed in to the lines.
const WIDEST: u32 = 1800;
/// JPEG quality: letters without visible rings.
const QUALITY: u8 = 82;
/// Images kept in memory, together.
const CACHE_BYTES: usize = 64 << 20;

/// A page of a document.
type Key = (String, u32);

/// The images shown last, the oldest first.
#[derive(Default)]
pub struct Scans {
    kept: Mutex<VecDeque<(Key, Arc<[u8]>)>>,
}

impl Scans {
    /// The JPEG of a page.
    ///
    /// # Errors
    /// [`ReviewError::NotFound`] if the scan is not where it was, or cannot be read any more.
    pub fn page(&self, document: &str, files: &[PathBuf], page: u32) -> Result<Arc<[u8]>, ReviewError> {
        let key = (document.to_owned(), page);
        if let Some((_, image)) = self.lock().iter().find(|(kept, _)| *kept == key) {
            return Ok(Arc::clone(image));
        }
        let image: Arc<[u8]> = jpeg(files, page, WIDEST)?.into();
        let mut kept = self.lock();
        kept.push_back((key, Arc::clone(&image)));
        while kept.len() > 1 && kept.iter().map(|(_, image)| image.len()).sum::<usize>() > CACHE_BYTES {
            kept.pop_front();
        }
        Ok(image)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(Key, Arc<[u8]>)>> {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A page of the files of a document as JPEG, at most `widest` pixels wide.
///
/// # Errors
/// [`ReviewError::NotFound`] as above.
pub fn jpeg(files: &[PathBuf], page: u32, widest: u32) -> Result<Vec<u8>, ReviewError> {
    let missing = |why: String| ReviewError::NotFound(why);
    let document = Document { files: files.to_vec(), output: PathBuf::new() };
    if files.is_empty() {
        return Err(missing("the results do not say where the scan lies".to_owned()));
    }
    let opened = ingest::open(&document, &Limits::default()).map_err(|error| missing(error.to_string()))?;
    let Opened::Pages(reader) = opened else { return Err(missing("a text has no page image".to_owned())) };
    let image = reader.page(page).map_err(|error| missing(error.to_string()))?.image;
    let image = match image.width() > widest {
        true => image.resize(widest, u32::MAX, FilterType::Triangle),
        false => image,
    };
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    let plain = match image.color().has_color() {
        true => image::DynamicImage::from(image.into_rgb8()),
        false => image::DynamicImage::from(image.into_luma8()),
    };
    plain.write_with_encoder(encoder).map_err(|error| missing(error.to_string()))?;
    Ok(bytes)
}

/// Where the scan of a document lies: where the run found it, else at the same place below `scans`.
pub fn files(told: &[PathBuf], name: &str, scans: Option<&Path>) -> Vec<PathBuf> {
    let below = scans.map(|folder| folder.join(name)).filter(|path| path.is_file());
    match below {
        Some(path) if !told.iter().all(|file| file.is_file()) || told.is_empty() => vec![path],
        _ => told.to_vec(),
    }
}
