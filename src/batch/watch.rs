//! Goes on as files arrive in a folder, for a scanner that drops them there.
//!
//! The folder is looked through every other second: what every network file system allows. A document is taken when the
//! sizes and times of its files have not moved since the last look, so that no half-copied file is read; it is taken
//! again when they have moved since it was done.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::ingest::Document;

/// Between two looks.
const INTERVAL: Duration = Duration::from_secs(2);

/// Between two looks at whether the run is to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// What was there at the last look, and what was taken.
#[derive(Debug, Default)]
pub struct Watch {
    seen: BTreeMap<PathBuf, Shape>,
    taken: BTreeMap<PathBuf, Shape>,
}

/// Name, size and time of each file of a document.
type Shape = Vec<(PathBuf, u64, Option<SystemTime>)>;

impl Watch {
    /// The documents that are whole by now and not yet taken as they are.
    pub fn settled(&mut self, documents: Vec<Document>) -> Vec<Document> {
        let mut seen = BTreeMap::new();
        let mut settled = Vec::new();
        for document in documents {
            let shape = shape(&document);
            let still = self.seen.get(&document.output) == Some(&shape);
            if still && self.taken.get(&document.output) != Some(&shape) {
                self.taken.insert(document.output.clone(), shape.clone());
                settled.push(document.clone());
            }
            seen.insert(document.output, shape);
        }
        self.seen = seen;
        settled
    }

    /// Waits for the next look; `false` if the run is to stop.
    pub fn wait(&mut self, stop: &AtomicBool) -> bool {
        let until = Instant::now() + INTERVAL;
        while !stop.load(Ordering::Relaxed) && Instant::now() < until {
            std::thread::sleep(GLANCE);
        }
        !stop.load(Ordering::Relaxed)
    }
}

fn shape(document: &Document) -> Shape {
    let of = |path: &PathBuf| {
        let meta = std::fs::metadata(path).ok();
        let (size, time) = (meta.as_ref().map_or(0, |m| m.len()), meta.and_then(|m| m.modified().ok()));
        (path.clone(), size, time)
    };
    document.files.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_when_it_has_stood_still_and_again_when_it_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        let document = || vec![Document::of_file(&path)];
        let mut watch = Watch::default();
        std::fs::write(&path, "half").unwrap();
        assert!(watch.settled(document()).is_empty(), "just seen");
        std::fs::write(&path, "half and half").unwrap();
        assert!(watch.settled(document()).is_empty(), "still growing");
        assert_eq!(watch.settled(document()).len(), 1);
        assert!(watch.settled(document()).is_empty(), "done");
        std::fs::write(&path, "another paper of that name").unwrap();
        assert!(watch.settled(document()).is_empty());
        assert_eq!(watch.settled(document()).len(), 1);
    }
}
