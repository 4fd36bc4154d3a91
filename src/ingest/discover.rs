//! Finds the documents in files and folders.
//!
//! Reads the tree of names (and the first bytes of files whose name says nothing); produces [`Document`]s in a
//! stable order, each with a place for its results that mirrors the input tree. Hidden files are skipped, links
//! are never followed inside a folder, so there are no loops and nothing outside is read.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::error::IngestError;
use super::format::{self, by_magic, has_readable_name};

/// One document: a file, or page images that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The file, or the page images in page order.
    pub files: Vec<PathBuf>,
    /// Where its results belong: relative, UTF-8, without `..`, unique within a [`Discovery`].
    pub output: PathBuf,
}

impl Document {
    /// A document of one file.
    pub fn of_file(path: &Path) -> Self {
        Self { files: vec![path.to_path_buf()], output: clean(&own_name(path)) }
    }
}

/// Which images are the pages of one document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Images of one folder whose names differ only in a trailing number.
    #[default]
    Auto,
    /// Every file is a document.
    File,
    /// All images of a folder are one document.
    Folder,
}

/// How to look for documents.
#[derive(Debug, Clone, Default)]
pub struct DiscoverOptions {
    /// Which images belong together.
    pub grouping: Grouping,
    /// The folder results are written to: passed over where it lies in an input, and so are the results in it where it
    /// is the input itself.
    pub exclude: Option<PathBuf>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// In a stable order: inputs as given, names in natural order within a folder.
    pub documents: Vec<Document>,
    /// Inputs and folders that cannot be read.
    pub problems: Vec<IngestError>,
    /// Files of other kinds and links, passed over.
    pub skipped: Vec<PathBuf>,
}

/// Finds the documents in `inputs`.
pub fn discover(inputs: &[PathBuf], options: &DiscoverOptions) -> Discovery {
    let mut search = Search {
        options,
        exclude: own_folders(options.exclude.as_deref()),
        found: Discovery::default(),
        seen: BTreeSet::new(),
        taken: BTreeSet::new(),
    };
    for input in inputs {
        search.input(input, inputs.len() > 1);
    }
    search.found
}

struct Search<'a> {
    options: &'a DiscoverOptions,
    /// Folders to pass over.
    exclude: Vec<PathBuf>,
    found: Discovery,
    /// Files already taken, so that overlapping inputs are read once.
    seen: BTreeSet<PathBuf>,
    /// Output paths already given.
    taken: BTreeSet<PathBuf>,
}

impl Search<'_> {
    fn input(&mut self, input: &Path, one_of_several: bool) {
        match std::fs::metadata(input) {
            Err(error) => self.found.problems.push(IngestError::io(input, &error)),
            Ok(meta) if meta.is_dir() => {
                let prefix = if one_of_several { own_name(input) } else { PathBuf::new() };
                self.folder(input, &prefix);
            }
            Ok(meta) if !meta.is_file() => self.found.problems.push(IngestError::NotSupported {
                path: input.to_path_buf(),
                found: "is a pipe or device, not a file".to_string(),
            }),
            Ok(_) if self.is_new(input) => self.document(vec![input.to_path_buf()], own_name(input)),
            Ok(_) => {}
        }
    }

    /// Whether a file was not yet taken through another input.
    fn is_new(&mut self, path: &Path) -> bool {
        let place = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        self.seen.insert(place)
    }

    fn folder(&mut self, root: &Path, prefix: &Path) {
        let files = self.walk(root);
        let mut groups: BTreeMap<GroupKey, Vec<PathBuf>> = BTreeMap::new();
        for path in files {
            let relative = path.strip_prefix(root).unwrap_or(&path).to_path_buf();
            groups.entry(group_key(&relative, self.options.grouping)).or_default().push(path);
        }
        for (key, mut files) in groups {
            files.sort_by_cached_key(|f| natural_key(f.file_name().unwrap_or_default()));
            let place = match (files.as_slice(), key.named_group(self.options.grouping)) {
                ([_, _, ..], Some(name)) => name,
                ([only], _) => only.strip_prefix(root).unwrap_or(only).to_path_buf(),
                _ => key.place(),
            };
            self.document(files, prefix.join(place));
        }
    }

    /// The readable files below `root`, in no particular order.
    fn walk(&mut self, root: &Path) -> Vec<PathBuf> {
        let exclude = self.exclude.clone();
        let wanted = move |entry: &DirEntry| {
            let out = entry.file_type().is_dir()
                && entry.path().canonicalize().is_ok_and(|path| exclude.contains(&path));
            entry.depth() == 0 || !(is_hidden(entry.file_name()) || out)
        };
        let mut files = Vec::new();
        for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(wanted) {
            match entry {
                Err(error) => self.found.problems.push(walk_error(root, &error)),
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) if entry.file_type().is_file() && is_candidate(entry.path()) => {
                    if self.is_new(entry.path()) {
                        files.push(entry.into_path());
                    }
                }
                Ok(entry) => self.found.skipped.push(entry.into_path()),
            }
        }
        files
    }

    fn document(&mut self, files: Vec<PathBuf>, place: PathBuf) {
        let wanted = clean(&place);
        let mut output = self.beside_documents(&wanted);
        let mut copy = 2;
        while !self.is_free(&output) {
            output = numbered(&wanted, copy);
            copy += 1;
        }
        self.taken.insert(output.clone());
        self.found.documents.push(Document { files, output });
    }

    /// A place that lies in no other document's folder, whose files might be in its way: `k/text.txt` where `k` is a
    /// document goes to `k (2)/text.txt`.
    fn beside_documents(&self, wanted: &Path) -> PathBuf {
        let mut place = PathBuf::new();
        let parent = wanted.parent().unwrap_or(Path::new(""));
        for component in parent.components() {
            let folder = place.join(component);
            place = folder.clone();
            let mut copy = 2;
            while self.taken.contains(&place) {
                place = numbered(&folder, copy);
                copy += 1;
            }
        }
        place.join(wanted.file_name().unwrap_or_default())
    }

    /// Whether no document has this place or one in it.
    fn is_free(&self, place: &Path) -> bool {
        // Paths are ordered part by part: what lies in a folder comes right behind it.
        let next = self.taken.range(place.to_path_buf()..).next();
        next.is_none_or(|next| !next.starts_with(place))
    }
}

/// `a.pdf` as `a.pdf (2)`.
fn numbered(place: &Path, copy: u32) -> PathBuf {
    let name = format!("{} ({copy})", place.file_name().unwrap_or_default().display());
    place.with_file_name(shortened(name))
}

/// The folder of results, and the documents in it, as far as they are there.
fn own_folders(out: Option<&Path>) -> Vec<PathBuf> {
    let folders = out.into_iter().flat_map(|out| [out.to_path_buf(), out.join("documents")]);
    folders.filter_map(|folder| folder.canonicalize().ok()).collect()
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// A readable name, or unreadable name with readable content.
fn is_candidate(path: &Path) -> bool {
    has_readable_name(path) || format::head(path).is_ok_and(|head| by_magic(&head).is_some())
}

fn walk_error(root: &Path, error: &walkdir::Error) -> IngestError {
    let path = error.path().unwrap_or(root);
    match error.io_error() {
        Some(e) => IngestError::io(path, e),
        None => IngestError::Unreadable {
            path: path.to_path_buf(),
            reason: "a link that leads in a circle".to_string(),
        },
    }
}

/// The name of an input itself, also for `.` and `..`.
fn own_name(input: &Path) -> PathBuf {
    let name = |p: &Path| p.file_name().map(PathBuf::from);
    name(input).or_else(|| input.canonicalize().ok().and_then(|p| name(&p))).unwrap_or_default()
}

/// Which files form one document: those of one key. The order of keys is the order of documents.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    folder: Vec<NaturalKey>,
    /// The name without its trailing number for a group, the whole name for a file of its own.
    stem: NaturalKey,
    extension: String,
    folder_path: PathBuf,
    stem_path: String,
}

impl GroupKey {
    fn new(folder: &Path, stem: &str, extension: &str) -> Self {
        Self {
            folder: folder.iter().map(natural_key).collect(),
            stem: natural_key(OsStr::new(stem)),
            extension: extension.to_string(),
            folder_path: folder.to_path_buf(),
            stem_path: stem.to_string(),
        }
    }

    /// The place of a whole folder of images.
    fn named_group(&self, grouping: Grouping) -> Option<PathBuf> {
        (grouping == Grouping::Folder && !self.folder_path.as_os_str().is_empty())
            .then(|| self.folder_path.clone())
    }

    /// The place of images that differ in a number: their common name.
    fn place(&self) -> PathBuf {
        let stem = self.stem_path.trim_end_matches(['-', '_', '.', ' ', '(', '#']);
        let stem = if stem.is_empty() { "pages" } else { stem };
        self.folder_path.join(format!("{stem}.{}", self.extension))
    }
}

fn group_key(relative: &Path, grouping: Grouping) -> GroupKey {
    let folder = relative.parent().unwrap_or(Path::new(""));
    let whole = escape(relative.file_name().unwrap_or_default());
    let extension = format::extension(relative).unwrap_or_default();
    if matches!(extension.as_str(), "pdf" | "txt" | "") || grouping == Grouping::File {
        return GroupKey::new(folder, &whole, "");
    }
    if grouping == Grouping::Folder {
        return GroupKey::new(folder, "pages", "");
    }
    let stem = escape(relative.file_stem().unwrap_or_default());
    let bare = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == ')');
    if bare.len() == stem.len() {
        return GroupKey::new(folder, &whole, "");
    }
    GroupKey::new(folder, bare, &extension)
}

/// A name cut into text and numbers, so that `page-2` comes before `page-10`.
type NaturalKey = Vec<(String, u128, String)>;

fn natural_key(name: &OsStr) -> NaturalKey {
    let name = escape(name);
    let mut parts = Vec::new();
    let mut rest = name.as_str();
    while !rest.is_empty() {
        let (text, after) = rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()));
        let (digits, next) = after.split_at(after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len()));
        // Numbers beyond 38 digits all compare equal here and by their digits next.
        parts.push((text.to_string(), digits.parse().unwrap_or(u128::MAX), digits.to_string()));
        rest = next;
    }
    parts
}

/// A name as UTF-8 on one line; bytes that are none, and control characters, become `%XX`.
fn escape(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                control if control.is_control() => text.push_str(&format!("%{:02X}", u32::from(control))),
                letter => text.push(letter),
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// A name that a file system takes: at most 255 bytes. What is longer, by its escapes, ends in a digest of the whole.
fn shortened(name: String) -> String {
    const LONGEST: usize = 255;
    if name.len() <= LONGEST {
        return name;
    }
    let digest =
        name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    let end = (0..=LONGEST - 17).rev().find(|&end| name.is_char_boundary(end)).unwrap_or(0);
    format!("{}~{digest:016x}", &name[..end])
}

/// A relative UTF-8 path of plain components.
fn clean(path: &Path) -> PathBuf {
    let plain = path.components().filter_map(|c| match c {
        Component::Normal(name) => Some(shortened(escape(name))),
        _ => None,
    });
    let cleaned: PathBuf = plain.collect();
    if cleaned.as_os_str().is_empty() { PathBuf::from("document") } else { cleaned }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(names: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        dir
    }

    fn outputs(dir: &tempfile::TempDir, grouping: Grouping) -> Vec<(String, usize)> {
        let found = discover(&[dir.path().to_path_buf()], &DiscoverOptions { grouping, exclude: None });
        found.documents.iter().map(|d| (d.output.display().to_string(), d.files.len())).collect()
    }

    #[test]
    fn numbered_images_of_a_folder_are_one_document_in_natural_order() {
        let dir = tree(&["a/trang-10.jpg", "a/trang-2.jpg", "a/trang-1.jpg", "a/bia.jpg", "b.pdf", "b2.pdf"]);
        let found = discover(&[dir.path().to_path_buf()], &DiscoverOptions::default());
        let group = found.documents.iter().find(|d| d.files.len() == 3).unwrap();
        let names: Vec<_> = group.files.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["trang-1.jpg", "trang-2.jpg", "trang-10.jpg"]);
        assert_eq!(group.output, Path::new("a/trang.jpg"));
        assert_eq!(found.documents.len(), 4);
    }

    #[test]
    fn a_folder_can_be_one_document_and_a_file_always_one() {
        let dir = tree(&["k/1.png", "k/x.png", "k/ghi-chu.txt"]);
        // No document's results lie in the folder of another's.
        assert_eq!(outputs(&dir, Grouping::Folder), [("k/ghi-chu.txt".into(), 1), ("k (2)".into(), 2)]);
        assert_eq!(outputs(&dir, Grouping::File).len(), 3);
    }

    #[test]
    fn hidden_files_links_and_the_output_folder_are_passed_over() {
        let dir = tree(&["a.pdf", ".hidden/b.pdf", ".c.pdf", "out/documents/a.pdf/text.txt", "notes.docx"]);
        #[cfg(unix)]
        std::os::unix::fs::symlink(dir.path(), dir.path().join("loop")).unwrap();
        let options = DiscoverOptions { exclude: Some(dir.path().join("out")), ..Default::default() };
        let found = discover(&[dir.path().to_path_buf()], &options);
        assert_eq!(found.documents.len(), 1);
        assert!(found.problems.is_empty());
        assert!(found.skipped.iter().any(|p| p.ends_with("notes.docx")));
    }

    #[test]
    fn outputs_are_unique_and_stay_inside() {
        let (one, two) = (tree(&["a.pdf"]), tree(&["a.pdf"]));
        let inputs = [one.path().join("a.pdf"), two.path().join("x/../a.pdf"), two.path().join("../nowhere")];
        std::fs::create_dir(two.path().join("x")).unwrap();
        let found = discover(&inputs, &DiscoverOptions::default());
        let places: Vec<_> = found.documents.iter().map(|d| d.output.display().to_string()).collect();
        assert_eq!(places, ["a.pdf", "a.pdf (2)"]);
        assert_eq!(found.problems.len(), 1);
    }

    #[test]
    fn no_document_lies_in_the_folder_of_another() {
        let dir = tree(&["k/1.png", "k/2.png", "k/text.txt", "p/t-1.png", "p/t-2.png", "p/t.png/text.txt"]);
        for grouping in [Grouping::Folder, Grouping::Auto] {
            let places: Vec<PathBuf> = outputs(&dir, grouping).into_iter().map(|o| o.0.into()).collect();
            for (a, b) in places.iter().flat_map(|a| places.iter().map(move |b| (a, b))) {
                assert!(a == b || !a.starts_with(b), "{} in {}", a.display(), b.display());
            }
        }
    }

    #[test]
    fn results_are_no_input_even_where_they_lie_among_the_scans() {
        let dir = tree(&["a.pdf", "documents/a.pdf/text.txt", "report.json"]);
        let options = DiscoverOptions { exclude: Some(dir.path().to_path_buf()), ..Default::default() };
        assert_eq!(discover(&[dir.path().to_path_buf()], &options).documents.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_refused_and_names_stay_short_and_on_one_line() {
        use std::os::unix::ffi::OsStrExt;
        let device = discover(&[PathBuf::from("/dev/zero")], &DiscoverOptions::default());
        assert!(device.documents.is_empty() && device.problems.len() == 1);
        let dir = tempfile::tempdir().unwrap();
        let long = [&[0xe8; 251][..], b".txt"].concat();
        std::fs::write(dir.path().join(OsStr::from_bytes(&long)), b"x").unwrap();
        std::fs::write(dir.path().join("a\nb.txt"), b"x").unwrap();
        let found = outputs(&dir, Grouping::Auto);
        assert!(found.iter().all(|(place, _)| place.len() <= 255 && !place.contains('\n')), "{found:?}");
        assert!(found.iter().any(|(place, _)| place == "a%0Ab.txt"));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf8_gets_a_readable_place() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(OsStr::from_bytes(b"k\xd5 ho\xb9ch.pdf")), b"x").unwrap();
        assert_eq!(outputs(&dir, Grouping::Auto), [("k%D5 ho%B9ch.pdf".into(), 1)]);
    }
}
