//! The reviewer's desk: documents by name, their pages, and corrections checked before they are kept.
//!
//! Every name is looked up in the queue; nothing from a request becomes part of a path. A correction is kept only if the
//! value still says what the reviewer saw, and if the record with it is still a record.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ReviewError;
use super::fields::{Field, fields};
use super::follow::follow;
use super::queue::{Entry, Filed, Queue};
use super::scan::{self, Scans};
use crate::alphabet::{fold_key, recase};
use crate::batch::status::PageStatus;
use crate::dictionary::Dictionary;
use crate::extract::record::Record;
use crate::write::corrections::{self, Change, Correction, find_word};
use crate::write::results::ResultFolder;
use crate::write::words::{self, PageWords};

/// Longest name of a person, and longest value, in characters.
const LONGEST_NAME: usize = 80;
const LONGEST_VALUE: usize = 20_000;
/// Most words of the dictionary offered for one word.
const MOST_FORMS: usize = 8;

/// All that the page works with.
pub struct Desk {
    out: PathBuf,
    scans: Option<PathBuf>,
    queue: Queue,
    images: Scans,
    dictionary: Option<Arc<Dictionary>>,
    /// Held while a correction is checked and kept, so that two cannot pass each other.
    keeping: Mutex<()>,
}

/// The whole queue and how far it is.
#[derive(Debug, Serialize)]
pub struct Overview {
    /// The riskiest first, no more than a page shows.
    pub documents: Vec<Entry>,
    /// How many there are in all.
    pub total: usize,
    /// Values and pages that a person should look at, in all.
    pub to_check: usize,
    /// How many of them have been looked at.
    pub checked: usize,
}

/// A document, open on the desk.
#[derive(Debug, Serialize)]
pub struct Sheet {
    /// Its line in the queue.
    pub entry: Entry,
    /// Its values.
    pub fields: Vec<Field>,
    /// Its pages.
    pub pages: Vec<SheetPage>,
    /// What the program has to say of it.
    pub warnings: Value,
    /// Whether page images can be shown.
    pub has_images: bool,
}

/// A page of an open document.
#[derive(Debug, Serialize)]
pub struct SheetPage {
    /// State and expected accuracy.
    #[serde(flatten)]
    pub status: PageStatus,
    /// Width of the page in pixels, the frame of all boxes; 0 where not known.
    pub width: u64,
    /// Height of the page in pixels.
    pub height: u64,
    /// Whether a person has looked through it.
    pub looked_through: bool,
}

/// What a reviewer hands in.
#[derive(Debug, Deserialize)]
pub struct HandedIn {
    /// The document's name.
    pub document: String,
    /// Who.
    pub by: String,
    /// What.
    pub change: Change,
}

impl Desk {
    /// A desk for the results in `out`; `scans` is where to look for inputs that have moved.
    ///
    /// # Errors
    /// [`ReviewError::NoResults`].
    pub fn new(out: PathBuf, scans: Option<PathBuf>) -> Result<Self, ReviewError> {
        if !out.join("documents").is_dir() {
            return Err(ReviewError::NoResults(out));
        }
        // Without a dictionary the page offers fewer readings and works all the same.
        let dictionary = Dictionary::builtin().ok();
        let (queue, images, keeping) = (Queue::default(), Scans::default(), Mutex::default());
        Ok(Self { out, scans, queue, images, dictionary, keeping })
    }

    /// The queue; `limit` documents of it.
    pub fn overview(&self, limit: usize) -> Overview {
        let all = self.queue.entries(&self.out);
        let sum = |count: fn(&Entry) -> usize| all.iter().map(|entry| count(entry)).sum();
        let (total, to_check, checked) = (all.len(), sum(|e| e.to_check), sum(|e| e.checked));
        let documents = all.iter().take(limit).map(|entry| Entry::clone(entry)).collect();
        Overview { documents, total, to_check, checked }
    }

    /// A document.
    ///
    /// # Errors
    /// [`ReviewError::NotFound`].
    pub fn sheet(&self, name: &str) -> Result<Sheet, ReviewError> {
        let (_, filed) = self.open(name)?;
        Ok(self.sheet_of(name, &filed))
    }

    fn sheet_of(&self, name: &str, filed: &Filed) -> Sheet {
        let sizes = filed.record["source"]["page_images"].as_array().cloned().unwrap_or_default();
        let page = |status: &PageStatus| {
            let size = sizes.iter().find(|size| size["page"] == status.page);
            let side = |key: &str| size.and_then(|size| size[key].as_u64()).unwrap_or_default();
            let looked_through = filed.looked_through(status.page);
            SheetPage { status: status.clone(), width: side("width"), height: side("height"), looked_through }
        };
        Sheet {
            entry: filed.entry(name),
            fields: fields(&filed.record, &filed.corrections),
            pages: filed.pages().iter().map(page).collect(),
            warnings: filed.record["warnings"].clone(),
            has_images: !sizes.is_empty(),
        }
    }

    fn open(&self, name: &str) -> Result<(ResultFolder, Filed), ReviewError> {
        let missing = || ReviewError::NotFound(name.to_owned());
        let known = self.queue.folder(name).or_else(|| {
            self.queue.entries(&self.out);
            self.queue.folder(name)
        });
        let folder = known.ok_or_else(missing)?;
        let filed = Filed::read(&folder).ok_or_else(missing)?;
        Ok((folder, filed))
    }

    /// The words of a page, corrections in them.
    ///
    /// # Errors
    /// [`ReviewError::NotFound`].
    pub fn words(&self, name: &str, page: u32) -> Result<PageWords, ReviewError> {
        let (folder, filed) = self.open(name)?;
        let mut pages = words::read(&folder.path.join(words::FILE_NAME));
        corrections::apply_words(&mut pages, &filed.corrections);
        let found = pages.into_iter().find(|words| words.page == page);
        found.ok_or_else(|| ReviewError::NotFound(format!("the words of page {page}")))
    }

    /// The JPEG of a page.
    ///
    /// # Errors
    /// [`ReviewError::NotFound`].
    pub fn image(&self, name: &str, page: u32) -> Result<Arc<[u8]>, ReviewError> {
        let (_, filed) = self.open(name)?;
        let told = filed.status.map(|status| status.input_files).unwrap_or_default();
        self.images.page(name, &scan::files(&told, name, self.scans.as_deref()), page)
    }

    /// Words of the dictionary with the same bare letters, the commonest first, in the case of `word`.
    pub fn forms(&self, word: &str) -> Vec<String> {
        let letter = |c: char| c.is_alphanumeric();
        let (Some(start), Some(dictionary)) = (word.find(letter), &self.dictionary) else {
            return Vec::new();
        };
        let end =
            word.char_indices().rfind(|(_, c)| letter(*c)).map_or(word.len(), |(at, c)| at + c.len_utf8());
        let (before, middle, after) = (&word[..start], &word[start..end], &word[end..]);
        let mut ids: Vec<_> = dictionary.candidates(&fold_key(middle)).collect();
        ids.sort_by_key(|id| dictionary.ngram().unigram(*id));
        let spelled = |id| format!("{before}{}{after}", recase(dictionary.text(id), middle));
        ids.into_iter().map(spelled).filter(|form| form != word).take(MOST_FORMS).collect()
    }

    /// Checks a correction, keeps it, and says how the document stands now.
    ///
    /// # Errors
    /// [`ReviewError::Outdated`] if the value says something else by now, [`ReviewError::Refused`] if the record would be
    /// none with it, [`ReviewError::Write`] if it cannot be kept.
    pub fn keep(&self, handed_in: HandedIn) -> Result<Sheet, ReviewError> {
        let _alone = self.keeping.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let by = person(&handed_in.by)?;
        let (folder, filed) = self.open(&handed_in.document)?;
        let listed = fields(&filed.record, &filed.corrections);
        let change = match handed_in.change {
            Change::Field { pointer, was, is, .. } => check_field(&filed, &listed, pointer, was, is)?,
            Change::Page { page } if filed.pages().iter().any(|status| status.page == page) => {
                Change::Page { page }
            }
            Change::Page { page } => return Err(ReviewError::NotFound(format!("page {page}"))),
            Change::Word { page, bbox, was, is, .. } => check_word(&folder, &filed, (page, bbox), was, is)?,
        };
        let also = follow(&change, &listed).into_iter().filter(|more| still_a_record(&filed, more));
        let at = corrections::now();
        let line = |change| Correction { at: at.clone(), by: by.clone(), change };
        let lines: Vec<Correction> = std::iter::once(change.clone()).chain(also).map(line).collect();
        corrections::append(&folder.path, &lines)?;
        Ok(self
            .sheet_of(&handed_in.document, &Filed { corrections: corrections::read(&folder.path), ..filed }))
    }
}

fn person(by: &str) -> Result<String, ReviewError> {
    let by = by.trim();
    if by.is_empty() || by.chars().count() > LONGEST_NAME || by.chars().any(char::is_control) {
        return Err(ReviewError::Refused("say who you are".to_owned()));
    }
    Ok(by.to_owned())
}

fn check_field(
    filed: &Filed,
    listed: &[Field],
    pointer: String,
    was: Value,
    is: Value,
) -> Result<Change, ReviewError> {
    let field = listed.iter().find(|field| field.pointer == pointer);
    let field = field.ok_or_else(|| ReviewError::NotFound(pointer.clone()))?;
    if field.value != was {
        return Err(ReviewError::Outdated);
    }
    let day = pointer.ends_with("/iso");
    if day && is.as_str().is_some_and(|text| !text.is_empty() && !is_day(text)) {
        return Err(ReviewError::Refused("a day is written 2025-09-26".to_owned()));
    }
    let read = field.raw.clone();
    let change =
        |is: Value| Change::Field { pointer: pointer.clone(), was: was.clone(), is, read: read.clone() };
    let fit = wordings(is, &was).into_iter().map(change).find(|change| still_a_record(filed, change));
    fit.ok_or_else(|| ReviewError::Refused("such a value cannot stand here".to_owned()))
}

/// What a typed text may mean: as it is; nothing, if it is empty; a number, where one belongs.
fn wordings(is: Value, was: &Value) -> Vec<Value> {
    match &is {
        Value::String(text) if text.trim().is_empty() && !was.is_string() => vec![Value::Null],
        Value::String(text) if text.trim().is_empty() => vec![Value::Null, is],
        Value::String(text) if text.chars().count() > LONGEST_VALUE => Vec::new(),
        Value::String(text) => {
            let number = text.trim().parse::<u64>().ok().map(Value::from);
            std::iter::once(is).chain(number).collect()
        }
        _ => vec![is],
    }
}

fn is_day(text: &str) -> bool {
    let digit = |(at, c): (usize, char)| if at == 4 || at == 7 { c == '-' } else { c.is_ascii_digit() };
    text.len() == 10 && text.chars().enumerate().all(digit)
}

fn still_a_record(filed: &Filed, change: &Change) -> bool {
    let mut record = filed.record.clone();
    let line = |change: &Change| Correction { at: String::new(), by: String::new(), change: change.clone() };
    corrections::apply(&mut record, &filed.corrections);
    corrections::apply(&mut record, &[line(change)]) == 1 && serde_json::from_value::<Record>(record).is_ok()
}

fn check_word(
    folder: &ResultFolder,
    filed: &Filed,
    (page, bbox): (u32, [i32; 4]),
    was: String,
    is: String,
) -> Result<Change, ReviewError> {
    let mut pages = words::read(&folder.path.join(words::FILE_NAME));
    corrections::apply_words(&mut pages, &filed.corrections);
    let word = find_word(&mut pages, page, &bbox)
        .ok_or_else(|| ReviewError::NotFound(format!("a word there on page {page}")))?;
    if word.text != was {
        return Err(ReviewError::Outdated);
    }
    if is.chars().count() > LONGEST_NAME || is.chars().any(char::is_control) {
        return Err(ReviewError::Refused("a word is shorter, and on one line".to_owned()));
    }
    let read = word.raw.clone().or_else(|| Some(was.clone()));
    Ok(Change::Word { page, bbox: word.bbox.unwrap_or(bbox), was, is: is.trim().to_owned(), read })
}
