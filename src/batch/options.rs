//! What a run may be told, from the command line or a TOML file.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::acceptance::Sample;
use crate::ingest::{Grouping, Limits};
use crate::pipeline::Options;

/// What a run may be told. Every field is a key of the configuration file, with `-` for `_`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RunOptions {
    /// Pages read at one time, each by a process of its own; 0 means one for each core.
    pub jobs: usize,
    /// What to file beside the record.
    pub formats: Formats,
    /// How images in a folder become documents.
    pub group: Group,
    /// Seconds after which the reading of a page is given up; 0 means never.
    pub page_timeout: u64,
    /// Pixels above which a page is refused.
    pub max_pixels: u64,
    /// Pixels decoded at one time, over all jobs; a larger page is read alone.
    pub max_pixels_at_once: u64,
    /// Bytes of address space above which a process that reads pages is stopped.
    pub max_memory: u64,
    /// Bytes above which a file is refused.
    pub max_file_bytes: u64,
    /// Pages above which a document is refused.
    pub max_pages: u32,
    /// Bytes above which a text file is refused.
    pub max_text_bytes: u64,
    /// Only these pages of every document.
    pub pages: Option<PageSet>,
    /// Write an acceptance report on this share of the pages.
    pub sample: Option<Sample>,
    /// Do again what is done.
    pub force: bool,
    /// Go on as files arrive.
    pub watch: bool,
    /// File the cleaned page images and the engine's reading, too.
    pub keep_images: bool,
    /// Folder of the engine's models, instead of the system's.
    pub tessdata: Option<PathBuf>,
    /// The user's own terms, a term a line.
    pub dictionary: Option<PathBuf>,
}

impl Default for RunOptions {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            jobs: 0,
            formats: Formats::default(),
            group: Group::default(),
            page_timeout: 120,
            max_pixels: limits.max_pixels,
            max_pixels_at_once: 100_000_000,
            max_memory: 4 << 30,
            max_file_bytes: limits.max_file_bytes,
            max_pages: limits.max_pages,
            max_text_bytes: limits.max_text_bytes,
            pages: None,
            sample: None,
            force: false,
            watch: false,
            keep_images: false,
            tessdata: None,
            dictionary: None,
        }
    }
}

impl RunOptions {
    /// What the stages are told.
    pub fn pipeline(&self) -> Options {
        let mut pipeline =
            Options { limits: self.limits(), dictionary: self.dictionary.clone(), ..Options::default() };
        pipeline.recognize.tessdata.clone_from(&self.tessdata);
        pipeline.recognize.deadline = (self.page_timeout > 0).then(|| Duration::from_secs(self.page_timeout));
        pipeline
    }

    /// How much one input may ask of the machine.
    pub fn limits(&self) -> Limits {
        Limits {
            max_pixels: self.max_pixels,
            max_file_bytes: self.max_file_bytes,
            max_pages: self.max_pages,
            max_text_bytes: self.max_text_bytes,
        }
    }
}

/// How images in a folder become documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Names that differ only in a trailing number are the pages of one document.
    #[default]
    Auto,
    /// Every file is a document.
    File,
    /// All images of a folder are one document.
    Folder,
}

impl From<Group> for Grouping {
    fn from(group: Group) -> Self {
        match group {
            Group::Auto => Self::Auto,
            Group::File => Self::File,
            Group::Folder => Self::Folder,
        }
    }
}

/// A result format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `record.json`
    Json,
    /// `text.txt`
    Txt,
    /// `alto/0001.xml` and so on: ALTO 4.4, a page a file
    Alto,
    /// `text.hocr`: hOCR
    Hocr,
    /// `text.md`: Markdown
    Md,
    /// `tables/agenda.csv`, `attendees.csv`, `tasks.csv`
    Csv,
    /// `tables.xlsx`: the same, a sheet each
    Xlsx,
    /// `searchable.pdf`: PDF/A-2b of the scans with the restored text beneath
    Pdf,
    /// `searchable.pdf` with `record.json` inside: PDF/A-3b
    PdfRecord,
    /// `DIR/records.jsonl`: every record of the results on a line of its own
    Jsonl,
}

/// The formats of a run. The record is always among them: catalogue, `records.jsonl` and review are made from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Format>")]
pub struct Formats(BTreeSet<Format>);

impl Formats {
    /// Whether a format is asked for.
    pub fn contains(&self, format: Format) -> bool {
        self.0.contains(&format)
    }

    /// The formats in their order.
    pub fn iter(&self) -> impl Iterator<Item = Format> + '_ {
        self.0.iter().copied()
    }
}

impl From<Vec<Format>> for Formats {
    fn from(formats: Vec<Format>) -> Self {
        Self(formats.into_iter().chain([Format::Json]).collect())
    }
}

impl Default for Formats {
    fn default() -> Self {
        vec![Format::Txt].into()
    }
}

/// Pages by number: `1-3,7`, `5-` (from 5 to the end).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageSet {
    ranges: Vec<(u32, u32)>,
}

impl PageSet {
    /// Whether the 1-based page is in the set.
    pub fn contains(&self, page: u32) -> bool {
        self.ranges.iter().any(|&(first, last)| first <= page && page <= last)
    }
}

impl FromStr for PageSet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ranges = text.split(',').map(|part| range(part.trim())).collect::<Option<Vec<_>>>();
        ranges
            .map(|ranges| Self { ranges })
            .ok_or_else(|| format!("`{text}` is not a list of pages; write for instance 1-3,7 or 5-"))
    }
}

fn range(part: &str) -> Option<(u32, u32)> {
    let (first, last) = match part.split_once('-') {
        None => (part.parse().ok()?, part.parse().ok()?),
        Some((first, "")) => (first.parse().ok()?, u32::MAX),
        Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
    };
    (1 <= first && first <= last).then_some((first, last))
}

impl TryFrom<String> for PageSet {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PageSet> for String {
    fn from(set: PageSet) -> String {
        let part = |&(first, last): &(u32, u32)| match last {
            u32::MAX => format!("{first}-"),
            last if last == first => first.to_string(),
            last => format!("{first}-{last}"),
        };
        set.ranges.iter().map(part).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_lists_are_read_and_written_alike() {
        let set: PageSet = "1-3, 7,9-".parse().unwrap();
        let inside: Vec<u32> = (1..=11).filter(|&page| set.contains(page)).collect();
        assert_eq!(inside, [1, 2, 3, 7, 9, 10, 11]);
        assert_eq!(String::from(set), "1-3,7,9-");
    }

    #[test]
    fn a_wrong_page_list_says_how_a_right_one_looks() {
        for wrong in ["", "0", "3-1", "a", "1--2"] {
            assert!(wrong.parse::<PageSet>().unwrap_err().contains("1-3,7"), "{wrong}");
        }
    }

    #[test]
    fn every_option_is_a_key_of_the_configuration() {
        let text = "jobs = 2\nformats = ['json']\ngroup = 'folder'\npages = '1-2'\nkeep-images = true";
        let options: RunOptions = toml::from_str(text).unwrap();
        assert_eq!((options.jobs, options.group, options.keep_images), (2, Group::Folder, true));
        assert!(toml::from_str::<RunOptions>("job = 2").unwrap_err().to_string().contains("unknown field"));
    }
}
