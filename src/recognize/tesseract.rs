//! The only door to the Tesseract library, and the only file with `unsafe`.
//!
//! Reads grey pixels; produces words with their symbols. The safe crate hides its handle and has no iterators, so the
//! C interface is called directly; each call's contract is stated where it is made. A handle belongs to one thread:
//! [`Engine`] is neither `Send` nor `Sync`, as it holds a raw pointer.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::ptr::NonNull;
use std::time::Duration;

use tesseract::plumbing::tesseract_sys as sys;
use unicode_normalization::UnicodeNormalization;

use super::error::RecognizeError;
use super::model::Model;
use super::ocr_page::{OcrSymbol, OcrWord};
use super::reading::RecognizeOptions;
use crate::geometry::Rect;
use crate::prepare::page_image::PageImage;

/// How the engine cuts a page into blocks and lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Segmentation {
    /// Finds columns, tables and text by itself (mode 3).
    #[default]
    Auto,
    /// One column of text of several sizes (mode 4).
    Column,
    /// One even block of text (mode 6).
    Block,
    /// One line (mode 7).
    Line,
    /// As much text as can be found, in no order (mode 11).
    Sparse,
}

impl Segmentation {
    fn mode(self) -> sys::TessPageSegMode {
        match self {
            Self::Auto => sys::TessPageSegMode_PSM_AUTO,
            Self::Column => sys::TessPageSegMode_PSM_SINGLE_COLUMN,
            Self::Block => sys::TessPageSegMode_PSM_SINGLE_BLOCK,
            Self::Line => sys::TessPageSegMode_PSM_SINGLE_LINE,
            Self::Sparse => sys::TessPageSegMode_PSM_SPARSE_TEXT,
        }
    }
}

#[link(name = "gomp")]
unsafe extern "C" {
    /// OpenMP 3.1, section 3.2.15: how deep parallel regions entered by the calling thread may be nested.
    fn omp_set_max_active_levels(levels: c_int);
}

/// Keeps the calling thread's engine to that one thread: pages are the unit of parallel work, and four threads a page
/// cost more than twice the CPU for no gain. Setting `OMP_THREAD_LIMIT` in `main` would come too late, as the runtime
/// reads it when it is loaded, and the engine asks for its four threads by number, so no default reaches it either.
fn stay_on_this_thread() {
    // SAFETY: no preconditions; sets a variable of the calling thread. No levels means no parallel regions.
    unsafe { omp_set_max_active_levels(0) };
}

/// The library's version.
pub fn version() -> String {
    // SAFETY: returns a static, zero-terminated string.
    unsafe { CStr::from_ptr(sys::TessVersion()) }.to_string_lossy().into_owned()
}

/// An engine with its model loaded.
pub struct Engine {
    handle: NonNull<sys::TessBaseAPI>,
}

impl Drop for Engine {
    fn drop(&mut self) {
        // SAFETY: the handle came from TessBaseAPICreate, is not shared, and is not used again.
        unsafe { sys::TessBaseAPIDelete(self.handle.as_ptr()) };
    }
}

impl Engine {
    /// Loads a model for the calling thread; takes about 0.1 s.
    pub fn load(model: &Model) -> Result<Self, RecognizeError> {
        stay_on_this_thread();
        let rejected =
            || RecognizeError::ModelRejected { path: model.file(), language: model.language.clone() };
        let folder = CString::new(model.folder.as_os_str().as_bytes()).map_err(|_| rejected())?;
        let language = CString::new(model.language.as_str()).map_err(|_| rejected())?;
        // SAFETY: no arguments; gives a new handle or null.
        let handle = NonNull::new(unsafe { sys::TessBaseAPICreate() }).ok_or_else(rejected)?;
        let engine = Self { handle };
        // The library's remarks would spoil a progress bar; what matters comes back as a value.
        engine.set(c"debug_file", c"/dev/null");
        // SAFETY: live handle, zero-terminated strings that outlive the call.
        let failed = unsafe {
            sys::TessBaseAPIInit2(
                handle.as_ptr(),
                folder.as_ptr(),
                language.as_ptr(),
                sys::TessOcrEngineMode_OEM_LSTM_ONLY,
            )
        };
        if failed != 0 {
            return Err(rejected());
        }
        engine.set(c"debug_file", c"/dev/null");
        // The print of these papers is proportional, and the network does not ask: the search for a typewriter's pitch
        // costs 2 % of the time and changes no word on the pages it was tried on.
        engine.set(c"textord_all_prop", c"1");
        Ok(engine)
    }

    fn set(&self, name: &CStr, value: &CStr) {
        // SAFETY: live handle, zero-terminated strings; an unknown name is refused with 0 and harms nothing.
        unsafe { sys::TessBaseAPISetVariable(self.handle.as_ptr(), name.as_ptr(), value.as_ptr()) };
    }

    /// Reads a page. The result depends on the page and the options alone, not on what was read before.
    pub fn read(
        &mut self,
        page: &PageImage,
        options: &RecognizeOptions,
    ) -> Result<Vec<OcrWord>, RecognizeError> {
        let (width, height) = (page.gray.width(), page.gray.height());
        let size = |v: u32| c_int::try_from(v).ok().filter(|&v| v > 0 && v <= i32::from(i16::MAX));
        let (Some(columns), Some(rows)) = (size(width), size(height)) else {
            let reason = format!("{width} × {height} pixels are more than the engine takes");
            return Err(RecognizeError::Engine { page: page.number, reason });
        };
        self.set(c"lstm_choice_mode", if options.alternatives { c"2" } else { c"0" });
        let ppi = (page.dpi.round() as c_int).clamp(70, 2400);
        // SAFETY: live handle; the pixels are `rows` lines of `columns` bytes, as `GrayImage` guarantees, and the
        // library copies them before the call returns.
        unsafe {
            sys::TessBaseAPISetPageSegMode(self.handle.as_ptr(), options.segmentation.mode());
            sys::TessBaseAPISetImage(
                self.handle.as_ptr(),
                page.gray.as_raw().as_ptr(),
                columns,
                rows,
                1,
                columns,
            );
            sys::TessBaseAPISetSourceResolution(self.handle.as_ptr(), ppi);
        }
        let outcome = self.run(page.number, options.deadline).map(|()| self.words());
        // SAFETY: live handle, no iterator is alive any more.
        unsafe { sys::TessBaseAPIClear(self.handle.as_ptr()) };
        outcome
    }

    fn run(&mut self, page: u32, deadline: Option<Duration>) -> Result<(), RecognizeError> {
        let monitor = deadline.and_then(Monitor::new);
        let monitor_ptr = monitor.as_ref().map_or(std::ptr::null_mut(), |m| m.handle.as_ptr());
        let started = std::time::Instant::now();
        // SAFETY: live handle with an image set; the monitor is null or outlives the call.
        let failed = unsafe { sys::TessBaseAPIRecognize(self.handle.as_ptr(), monitor_ptr) };
        match deadline {
            Some(limit) if started.elapsed() >= limit => {
                Err(RecognizeError::Deadline { page, seconds: limit.as_secs() })
            }
            _ if failed != 0 => Err(RecognizeError::Engine { page, reason: format!("code {failed}") }),
            _ => Ok(()),
        }
    }

    /// The words of the page just read.
    fn words(&self) -> Vec<OcrWord> {
        // SAFETY: live handle; gives an iterator of its own or null if nothing was read.
        let Some(handle) = NonNull::new(unsafe { sys::TessBaseAPIGetIterator(self.handle.as_ptr()) }) else {
            return Vec::new();
        };
        let results = Results { handle, _engine: self };
        let mut words = Vec::new();
        let mut place = Place::default();
        loop {
            place.advance(&results);
            let word = results.word(&place);
            words.extend(word.filter(|w| !w.text.trim().is_empty()));
            if !results.next(sys::TessPageIteratorLevel_RIL_WORD) {
                return words;
            }
        }
    }
}

/// A deadline the engine looks at between words.
struct Monitor {
    handle: NonNull<sys::ETEXT_DESC>,
}

impl Monitor {
    fn new(deadline: Duration) -> Option<Self> {
        // SAFETY: no arguments; gives a new monitor or null.
        let handle = NonNull::new(unsafe { sys::TessMonitorCreate() })?;
        let milliseconds = c_int::try_from(deadline.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: live monitor.
        unsafe { sys::TessMonitorSetDeadlineMSecs(handle.as_ptr(), milliseconds) };
        Some(Self { handle })
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        // SAFETY: the monitor came from TessMonitorCreate and is not used again.
        unsafe { sys::TessMonitorDelete(self.handle.as_ptr()) };
    }
}

/// Block, paragraph and line of a word, counted from 0 on the page.
#[derive(Default)]
struct Place {
    block: u32,
    paragraph: u32,
    line: u32,
    started: bool,
}

impl Place {
    fn advance(&mut self, results: &Results<'_>) {
        // A block or paragraph begins with a line. Each question makes the engine walk the line anew, so the rarer
        // ones are asked only there.
        if self.started && results.begins(sys::TessPageIteratorLevel_RIL_TEXTLINE) {
            self.line += 1;
            self.paragraph += u32::from(results.begins(sys::TessPageIteratorLevel_RIL_PARA));
            self.block += u32::from(results.begins(sys::TessPageIteratorLevel_RIL_BLOCK));
        }
        self.started = true;
    }
}

/// Walks over what was read; lives no longer than the engine's results.
struct Results<'e> {
    handle: NonNull<sys::TessResultIterator>,
    _engine: &'e Engine,
}

impl Drop for Results<'_> {
    fn drop(&mut self) {
        // SAFETY: the iterator came from TessBaseAPIGetIterator and is not used again.
        unsafe { sys::TessResultIteratorDelete(self.handle.as_ptr()) };
    }
}

type Level = sys::TessPageIteratorLevel;

impl Results<'_> {
    /// The same iterator under its base type; owned by `self`.
    fn page_iterator(&self) -> *const sys::TessPageIterator {
        // SAFETY: live iterator; the pointer returned is a view of it.
        unsafe { sys::TessResultIteratorGetPageIteratorConst(self.handle.as_ptr()) }
    }

    fn begins(&self, level: Level) -> bool {
        // SAFETY: live iterator.
        unsafe { sys::TessPageIteratorIsAtBeginningOf(self.page_iterator(), level) != 0 }
    }

    fn ends_word(&self) -> bool {
        let (word, symbol) = (sys::TessPageIteratorLevel_RIL_WORD, sys::TessPageIteratorLevel_RIL_SYMBOL);
        // SAFETY: live iterator.
        unsafe { sys::TessPageIteratorIsAtFinalElement(self.page_iterator(), word, symbol) != 0 }
    }

    fn next(&self, level: Level) -> bool {
        // SAFETY: live iterator; gives 0 at the end.
        unsafe { sys::TessResultIteratorNext(self.handle.as_ptr(), level) != 0 }
    }

    fn text(&self, level: Level) -> Option<String> {
        // SAFETY: live iterator; gives null or a string to be freed with TessDeleteText.
        let text = NonNull::new(unsafe { sys::TessResultIteratorGetUTF8Text(self.handle.as_ptr(), level) })?;
        // SAFETY: zero-terminated, and copied before it is freed.
        let copy = unsafe { nfc(text.as_ptr()) };
        // SAFETY: as the library demands, freed once.
        unsafe { sys::TessDeleteText(text.as_ptr()) };
        Some(copy)
    }

    fn confidence(&self, level: Level) -> f32 {
        // SAFETY: live iterator.
        let percent = unsafe { sys::TessResultIteratorConfidence(self.handle.as_ptr(), level) };
        share(percent)
    }

    fn bounds(&self) -> Rect {
        let mut rect = Rect::default();
        // SAFETY: live iterator; the four pointers are valid for writing.
        unsafe {
            sys::TessPageIteratorBoundingBox(
                self.page_iterator(),
                sys::TessPageIteratorLevel_RIL_WORD,
                &mut rect.x0,
                &mut rect.y0,
                &mut rect.x1,
                &mut rect.y1,
            )
        };
        rect
    }

    /// The word at hand; leaves the iterator on its last symbol.
    fn word(&self, place: &Place) -> Option<OcrWord> {
        let level = sys::TessPageIteratorLevel_RIL_WORD;
        let text = self.text(level)?.trim().to_string();
        let (bbox, confidence) = (self.bounds(), self.confidence(level));
        let symbols = self.symbols();
        let &Place { block, paragraph, line, .. } = place;
        Some(OcrWord { text, bbox, confidence, block, paragraph, line, symbols })
    }

    fn symbols(&self) -> Vec<OcrSymbol> {
        let level = sys::TessPageIteratorLevel_RIL_SYMBOL;
        let mut symbols = Vec::new();
        loop {
            if let Some(text) = self.text(level) {
                let alternatives = self.choices(&text);
                symbols.push(OcrSymbol { text, confidence: self.confidence(level), alternatives });
            }
            if self.ends_word() || !self.next(level) {
                return symbols;
            }
        }
    }

    /// Other readings of the symbol at hand, best first.
    fn choices(&self, chosen: &str) -> Vec<(String, f32)> {
        // SAFETY: live iterator on a symbol; gives null or an iterator to be deleted.
        let handle = unsafe { sys::TessResultIteratorGetChoiceIterator(self.handle.as_ptr()) };
        let Some(choices) = NonNull::new(handle) else { return Vec::new() };
        let mut found: Vec<(String, f32)> = Vec::new();
        loop {
            // SAFETY: live choice iterator; gives null or a string it owns, copied here.
            let text = unsafe { sys::TessChoiceIteratorGetUTF8Text(choices.as_ptr()) };
            if !text.is_null() {
                // SAFETY: checked not to be null; zero-terminated.
                let text = unsafe { nfc(text) };
                // SAFETY: live choice iterator.
                let confidence = share(unsafe { sys::TessChoiceIteratorConfidence(choices.as_ptr()) });
                if text != chosen && !text.is_empty() && found.iter().all(|(t, _)| *t != text) {
                    found.push((text, confidence));
                }
            }
            // SAFETY: live choice iterator; gives 0 at the end.
            if unsafe { sys::TessChoiceIteratorNext(choices.as_ptr()) } == 0 {
                break;
            }
        }
        // SAFETY: came from GetChoiceIterator, freed once.
        unsafe { sys::TessChoiceIteratorDelete(choices.as_ptr()) };
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found
    }
}

/// Percent to 0–1.
fn share(percent: f32) -> f32 {
    if percent.is_finite() { (percent / 100.0).clamp(0.0, 1.0) } else { 0.0 }
}

/// Copies a C string in NFC.
///
/// # Safety
/// `text` points to a zero-terminated string.
unsafe fn nfc(text: *const c_char) -> String {
    // SAFETY: as promised by the caller.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().nfc().collect()
}
