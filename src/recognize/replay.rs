//! Records what was read on pages and reads it back, so that everything after the engine can run without it.
//!
//! The form is Tesseract's own TSV with more to it: a `#page` line before each page holds its geometry and rulings as
//! JSON, and a column after `text` holds the symbols with their second choices. Nothing an [`OcrPage`] holds is lost.
//! Tesseract's plain TSV is read too. Never panics: a bad line is an error that names it.
//!
//! ```text
//! #vanthu-ocr 1
//! #page {"number":1,"width":2480,…}
//! level page_num block_num par_num line_num word_num left top width height conf text symbols   (tabs between)
//! 5     1        1         1       1        1        300  200 90    30     96.5 Kế   [["K",0.99,[]],["ế",0.9,[["é",0.1]]]]
//! ```

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ocr_page::{OcrPage, OcrSymbol, OcrWord, Origin, Step};
use crate::geometry::{Affine, Rect};
use crate::prepare::page_image::Ruling;

const HEADER: &str = "#vanthu-ocr 1";
const COLUMNS: &str =
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\tsymbols";

/// Tesseract's level of a page and of a word.
const PAGE_LEVEL: i64 = 1;
const WORD_LEVEL: i64 = 5;

/// Why a recording cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ReplayError {
    /// A line that does not hold what it should.
    #[error("line {line}: {reason}; record the page again")]
    Line {
        /// 1-based.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A recording of a newer form.
    #[error("recorded by a newer version ({0}); use that version to replay it")]
    Version(String),
}

/// The geometry of a page: everything but its words.
#[derive(Serialize, Deserialize)]
struct Sheet {
    number: u32,
    width: u32,
    height: u32,
    dpi: f32,
    source_width: u32,
    source_height: u32,
    to_source: Affine,
    origin: Origin,
    blank: bool,
    #[serde(default)]
    step: Step,
    #[serde(default)]
    uncovered: f32,
    rulings: Vec<Ruling>,
}

type Symbol = (String, f32, Vec<(String, f32)>);

/// Records pages.
pub fn write(pages: &[OcrPage]) -> String {
    let mut out = format!("{HEADER}\n");
    for page in pages {
        let sheet = serde_json::to_string(&Sheet::of(page)).unwrap_or_default();
        out.push_str(&format!("#page {sheet}\n{COLUMNS}\n"));
        let mut place = (0, 0);
        for word in &page.words {
            let line = u64::from(word.line) + 1;
            place = if place.0 == line { (line, place.1 + 1) } else { (line, 1) };
            out.push_str(&word_line(page.number, word, place.1));
        }
    }
    out
}

fn word_line(page: u32, word: &OcrWord, nth: u32) -> String {
    let OcrWord { text, bbox, confidence, block, paragraph, line, symbols } = word;
    let symbols: Vec<Symbol> =
        symbols.iter().map(|s| (s.text.clone(), s.confidence, s.alternatives.clone())).collect();
    let symbols = serde_json::to_string(&symbols).unwrap_or_default();
    let (width, height) = (i64::from(bbox.x1) - i64::from(bbox.x0), i64::from(bbox.y1) - i64::from(bbox.y0));
    format!(
        "{WORD_LEVEL}\t{page}\t{}\t{}\t{}\t{nth}\t{}\t{}\t{width}\t{height}\t{}\t{}\t{symbols}\n",
        u64::from(*block) + 1,
        u64::from(*paragraph) + 1,
        u64::from(*line) + 1,
        bbox.x0,
        bbox.y0,
        f64::from(*confidence) * 100.0,
        escape(text),
    )
}

/// Reads a recording, or Tesseract's plain TSV.
///
/// # Errors
/// [`ReplayError`] names the first line that does not hold what it should.
pub fn read(text: &str) -> Result<Vec<OcrPage>, ReplayError> {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        let taken = reader.line(line);
        taken.map_err(|reason| match reason.strip_prefix("version ") {
            Some(version) => ReplayError::Version(version.to_string()),
            None => ReplayError::Line { line: index + 1, reason },
        })?;
    }
    Ok(reader.pages)
}

#[derive(Default)]
struct Reader {
    pages: Vec<OcrPage>,
    /// In the project's own form, where ids run through the page and text is escaped.
    own: bool,
    /// Tesseract's block, paragraph and line of the last word.
    last: Option<[i64; 3]>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if let Some(json) = line.strip_prefix("#page ") {
            let sheet: Sheet = serde_json::from_str(json).map_err(|e| format!("bad page geometry ({e})"))?;
            if !sheet.dpi.is_finite() {
                return Err("bad page geometry (a resolution beyond all measure)".to_string());
            }
            self.pages.push(sheet.into_page());
            return Ok(());
        }
        if let Some(version) = line.strip_prefix("#vanthu-ocr ") {
            self.own = true;
            return if version.trim() == "1" { Ok(()) } else { Err(format!("version {}", version.trim())) };
        }
        if line.is_empty() || line.starts_with('#') || line.starts_with("level\t") {
            return Ok(());
        }
        self.row(line)
    }

    fn row(&mut self, line: &str) -> Result<(), String> {
        let fields: Vec<&str> = line.split('\t').collect();
        if !(11..=13).contains(&fields.len()) {
            return Err(format!("{} columns where 12 or 13 belong", fields.len()));
        }
        let row = Row { fields };
        match row.integer(0)? {
            PAGE_LEVEL if !self.own => self.plain_page(&row),
            WORD_LEVEL => self.word(&row),
            _ => Ok(()),
        }
    }

    /// A page of plain TSV: its size is all that is known.
    fn plain_page(&mut self, row: &Row<'_>) -> Result<(), String> {
        let size = |column| u32::try_from(row.integer(column)?).map_err(|_| "a negative size".to_string());
        let (width, height) = (size(8)?, size(9)?);
        let number = u32::try_from(row.integer(1)?).unwrap_or(1);
        self.last = None;
        self.pages.push(OcrPage {
            number,
            width,
            height,
            dpi: 300.0,
            source_width: width,
            source_height: height,
            ..Default::default()
        });
        Ok(())
    }

    fn word(&mut self, row: &Row<'_>) -> Result<(), String> {
        let mut word = row.word(self.own)?;
        let ids = [row.integer(2)?, row.integer(3)?, row.integer(4)?];
        let page = self.pages.last_mut().ok_or("a word before any page")?;
        if self.own {
            let id =
                |v: i64| v.checked_sub(1).and_then(|v| u32::try_from(v).ok()).ok_or("a bad block or line");
            [word.block, word.paragraph, word.line] = [id(ids[0])?, id(ids[1])?, id(ids[2])?];
        } else {
            [word.block, word.paragraph, word.line] = self.last.map_or([0; 3], |last| {
                let before = page.words.last().map_or([0; 3], |w| [w.block, w.paragraph, w.line]);
                // Plain numbers restart inside the block above, so a change at any level counts at those below.
                std::array::from_fn(|level| before[level] + u32::from(last[..=level] != ids[..=level]))
            });
            self.last = Some(ids);
        }
        if !word.text.trim().is_empty() || self.own {
            page.words.push(word);
        }
        Ok(())
    }
}

struct Row<'a> {
    fields: Vec<&'a str>,
}

impl Row<'_> {
    fn field(&self, column: usize) -> &str {
        self.fields.get(column).copied().unwrap_or_default()
    }

    fn integer(&self, column: usize) -> Result<i64, String> {
        let field = self.field(column);
        field.parse().map_err(|_| format!("column {}: {field:?} is no whole number", column + 1))
    }

    fn word(&self, own: bool) -> Result<OcrWord, String> {
        let percent: f64 = self.field(10).parse().map_err(|_| "the confidence is no number".to_string())?;
        let confidence = (percent / 100.0) as f32;
        if !confidence.is_finite() {
            return Err("the confidence is no number".to_string());
        }
        let symbols: Vec<Symbol> = match self.field(12) {
            "" => Vec::new(),
            json => serde_json::from_str(json).map_err(|e| format!("bad symbols ({e})"))?,
        };
        let mut figures = symbols.iter().flat_map(|s| s.2.iter().map(|a| a.1).chain([s.1]));
        if !figures.all(f32::is_finite) {
            return Err("bad symbols (a confidence is no number)".to_string());
        }
        let symbol = |(text, confidence, alternatives)| OcrSymbol { text, confidence, alternatives };
        Ok(OcrWord {
            text: if own { unescape(self.field(11)) } else { self.field(11).to_string() },
            bbox: self.bbox()?,
            confidence,
            symbols: symbols.into_iter().map(symbol).collect(),
            ..Default::default()
        })
    }

    fn bbox(&self) -> Result<Rect, String> {
        let [left, top, width, height] =
            [self.integer(6)?, self.integer(7)?, self.integer(8)?, self.integer(9)?];
        let place = |v: Option<i64>| v.and_then(|v| i32::try_from(v).ok()).ok_or("a box outside all measure");
        Ok(Rect::new(
            place(Some(left))?,
            place(Some(top))?,
            place(left.checked_add(width))?,
            place(top.checked_add(height))?,
        ))
    }
}

impl Sheet {
    fn of(page: &OcrPage) -> Self {
        Self {
            number: page.number,
            width: page.width,
            height: page.height,
            dpi: page.dpi,
            source_width: page.source_width,
            source_height: page.source_height,
            to_source: page.to_source,
            origin: page.origin,
            blank: page.blank,
            step: page.step,
            uncovered: page.uncovered,
            rulings: page.rulings.clone(),
        }
    }

    fn into_page(self) -> OcrPage {
        OcrPage {
            number: self.number,
            width: self.width,
            height: self.height,
            dpi: self.dpi,
            source_width: self.source_width,
            source_height: self.source_height,
            to_source: self.to_source,
            origin: self.origin,
            words: Vec::new(),
            rulings: self.rulings,
            blank: self.blank,
            step: self.step,
            uncovered: self.uncovered,
        }
    }
}

/// Keeps a field in its column and line.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match (c, c == '\\') {
            (c, false) => c,
            (_, true) => match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn word() -> impl Strategy<Value = OcrWord> {
        let symbol = (".{0,2}", 0f32..1.0, prop::collection::vec((".{0,2}", 0f32..1.0), 0..3));
        let symbol =
            symbol.prop_map(|(text, confidence, alternatives)| OcrSymbol { text, confidence, alternatives });
        let ids = (0u32..9, 0u32..9, 0u32..9);
        (".{0,8}", any::<[i32; 4]>(), 0f32..1.0, ids, prop::collection::vec(symbol, 0..3)).prop_map(
            |(text, [x0, y0, x1, y1], confidence, (block, paragraph, line), symbols)| OcrWord {
                text,
                bbox: Rect { x0, y0, x1, y1 },
                confidence,
                block,
                paragraph,
                line,
                symbols,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_recorded_is_replayed(words in prop::collection::vec(word(), 0..6), dpi in 70f32..600.0, turn in -0.2f64..0.2) {
            let page = OcrPage {
                number: 3, width: 10, height: 20, dpi, source_width: 5, source_height: 6,
                to_source: Affine::rotate_about(turn, 3.0, 4.0), words, blank: turn > 0.0, ..Default::default()
            };
            prop_assert_eq!(read(&write(&[page.clone(), page.clone()])), Ok(vec![page.clone(), page]));
        }

        #[test]
        fn hostile_lines_are_errors_and_never_panics(text in "(#page |#vanthu-ocr 1\n|5\t|[0-9\t\\\\-]{0,30}|.{0,9}|\n){0,20}") {
            let _ = read(&text);
        }
    }

    #[test]
    fn plain_tesseract_tsv_is_read() {
        let tsv = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            1\t1\t0\t0\t0\t0\t0\t0\t2480\t3508\t-1\t\n\
            5\t1\t1\t1\t1\t1\t300\t200\t90\t30\t96.5\tKế\n\
            5\t1\t1\t1\t2\t1\t300\t250\t90\t30\t91\thoạch\n\
            5\t1\t2\t1\t1\t1\t300\t450\t90\t30\t91\tsố\n";
        let pages = read(tsv).unwrap();
        let lines: Vec<_> = pages[0].words.iter().map(|w| (w.text.as_str(), w.block, w.line)).collect();
        assert_eq!(lines, [("Kế", 0, 0), ("hoạch", 0, 1), ("số", 1, 2)]);
        assert_eq!(pages[0].words[0].bbox, Rect::new(300, 200, 390, 230));
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = read("#vanthu-ocr 1\n5\t1\tx").unwrap_err();
        assert_eq!(
            error,
            ReplayError::Line { line: 2, reason: "3 columns where 12 or 13 belong".to_string() }
        );
        assert_eq!(read("#vanthu-ocr 9").unwrap_err(), ReplayError::Version("9".to_string()));
    }
}
