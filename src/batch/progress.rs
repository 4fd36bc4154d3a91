//! Tells how far a run is, on standard error: a bar for people, lines for logs, JSON for programs.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::status::State;

/// How to tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ProgressMode {
    /// A bar on a terminal, plain lines otherwise.
    #[default]
    Auto,
    /// A line now and then.
    Plain,
    /// A JSON object a line for every page and document.
    Json,
    /// Nothing.
    None,
}

/// Between two plain lines, so that a night's log stays readable.
const PLAIN_INTERVAL: Duration = Duration::from_secs(10);

/// Tells how far a run is. Shared by all threads.
pub struct Progress {
    teller: Teller,
    tally: Mutex<Tally>,
}

enum Teller {
    Bar(ProgressBar),
    Plain,
    Json,
    None,
}

/// Counts so far. A document that is not yet open counts as one page.
struct Tally {
    start: Instant,
    told: Option<Instant>,
    expected: u64,
    done: u64,
    skipped: u64,
    review: u64,
    failed: u64,
}

impl Progress {
    /// A teller for this mode.
    pub fn new(mode: ProgressMode) -> Self {
        let teller = match mode {
            ProgressMode::Auto if std::io::stderr().is_terminal() => Teller::Bar(bar()),
            ProgressMode::Auto | ProgressMode::Plain => Teller::Plain,
            ProgressMode::Json => Teller::Json,
            ProgressMode::None => Teller::None,
        };
        let start = Instant::now();
        let tally = Tally { start, told: None, expected: 0, done: 0, skipped: 0, review: 0, failed: 0 };
        Self { teller, tally: Mutex::new(tally) }
    }

    /// So many documents more are to be looked at.
    pub fn found(&self, documents: u64) {
        self.expect(documents, 0);
        if let Teller::Json = self.teller {
            json_line(&json!({"event": "found", "documents": documents}));
        }
    }

    /// A document was opened and has so many pages to read.
    pub fn opened(&self, pages: u64) {
        self.expect(pages, 1);
    }

    fn expect(&self, more: u64, less: u64) {
        let mut tally = self.lock();
        tally.expected = (tally.expected + more).saturating_sub(less);
        if let Teller::Bar(bar) = &self.teller {
            bar.set_length(tally.expected);
        }
    }

    /// A page is done.
    pub fn page(&self, document: &str, page: u32, state: State) {
        let mut tally = self.lock();
        tally.done += 1;
        tally.review += u64::from(state == State::LowConfidence);
        tally.failed += u64::from(state == State::Failed);
        match &self.teller {
            Teller::Bar(bar) => {
                bar.set_message(format!("{} to review, {} failed", tally.review, tally.failed));
                bar.inc(1);
            }
            Teller::Plain if tally.told.is_none_or(|told| told.elapsed() >= PLAIN_INTERVAL) => {
                tally.told = Some(Instant::now());
                line(&tally.line());
            }
            Teller::Json => {
                let page = json!({"event": "page", "document": document, "page": page, "state": state});
                json_line(&merged(page, tally.json()));
            }
            Teller::Plain | Teller::None => {}
        }
    }

    /// A document was found done.
    pub fn skipped(&self, document: &str) {
        self.expect(0, 1);
        self.lock().skipped += 1;
        self.document(document, "skipped");
    }

    /// A document could not be opened.
    pub fn failed(&self, document: &str) {
        self.expect(0, 1);
        self.lock().failed += 1;
        self.document(document, "failed");
    }

    /// A document is filed.
    pub fn document(&self, document: &str, outcome: &str) {
        if let Teller::Json = self.teller {
            json_line(&json!({"event": "document", "document": document, "outcome": outcome}));
        }
    }

    /// Something went wrong; one line, shown in every mode.
    pub fn problem(&self, message: &str) {
        // File names may hold line feeds; the promise is one line.
        let message = message.replace(['\n', '\r'], " ");
        match &self.teller {
            Teller::Bar(bar) => bar.suspend(|| line(&message)),
            Teller::Json => json_line(&json!({"event": "problem", "message": message})),
            Teller::Plain | Teller::None => line(&message),
        }
    }

    /// The run is over.
    pub fn finish(&self) {
        match &self.teller {
            Teller::Bar(bar) => bar.finish_and_clear(),
            Teller::Plain => line(&self.lock().line()),
            Teller::Json => json_line(&merged(json!({"event": "end"}), self.lock().json())),
            Teller::None => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    fn pages_per_second(&self) -> f64 {
        let seconds = self.start.elapsed().as_secs_f64();
        if seconds > 0.0 { self.done as f64 / seconds } else { 0.0 }
    }

    /// Seconds, if the rest goes as fast as what is done.
    fn left(&self) -> Option<u64> {
        let speed = self.pages_per_second();
        let rest = self.expected.saturating_sub(self.done) as f64;
        (speed > 0.0).then(|| (rest / speed).round() as u64)
    }

    fn line(&self) -> String {
        let left = match self.left() {
            Some(seconds) => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
            None => "?".to_owned(),
        };
        let skipped = match self.skipped {
            0 => String::new(),
            n => format!(", {n} documents done before"),
        };
        format!(
            "{} of {} pages, {:.2} pages/s, {left} left, {} to review, {} failed{skipped}",
            self.done,
            self.expected,
            self.pages_per_second(),
            self.review,
            self.failed
        )
    }

    fn json(&self) -> Value {
        json!({
            "done": self.done,
            "expected": self.expected,
            "pages_per_second": (self.pages_per_second() * 100.0).round() / 100.0,
            "seconds_left": self.left(),
            "to_review": self.review,
            "failed": self.failed,
        })
    }
}

fn merged(mut event: Value, counts: Value) -> Value {
    if let (Value::Object(event), Value::Object(counts)) = (&mut event, counts) {
        event.extend(counts);
    }
    event
}

/// Standard error may be closed; a run goes on without it.
fn line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

fn json_line(value: &Value) {
    line(&value.to_string());
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} pages  {per_sec}  {eta} left  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}
