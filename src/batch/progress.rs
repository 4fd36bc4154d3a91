//! Tells how far a run is, on standard error: a bar for people, lines for logs, JSON for programs.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

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

struct Tally {
    start: Instant,
    told: Option<Instant>,
    known_pages: u64,
    done: u64,
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
        let tally =
            Tally { start: Instant::now(), told: None, known_pages: 0, done: 0, review: 0, failed: 0 };
        Self { teller, tally: Mutex::new(tally) }
    }

    /// A document was opened and has so many pages to read.
    pub fn opened(&self, pages: u32) {
        let mut tally = self.lock();
        tally.known_pages += u64::from(pages);
        if let Teller::Bar(bar) = &self.teller {
            bar.set_length(tally.known_pages);
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
                eprintln!("{}", tally.line());
            }
            Teller::Json => {
                self.json(&json!({"event": "page", "document": document, "page": page, "state": state}))
            }
            Teller::Plain | Teller::None => {}
        }
    }

    /// A document is filed, or was found done.
    pub fn document(&self, document: &str, outcome: &str) {
        if let Teller::Json = self.teller {
            self.json(&json!({"event": "document", "document": document, "outcome": outcome}));
        }
    }

    /// Something went wrong; one line, shown in every mode.
    pub fn problem(&self, line: &str) {
        match &self.teller {
            Teller::Bar(bar) => bar.suspend(|| eprintln!("{line}")),
            Teller::Json => self.json(&json!({"event": "problem", "message": line})),
            Teller::Plain | Teller::None => eprintln!("{line}"),
        }
    }

    /// The run is over.
    pub fn finish(&self) {
        match &self.teller {
            Teller::Bar(bar) => bar.finish_and_clear(),
            Teller::Plain => eprintln!("{}", self.lock().line()),
            Teller::Json | Teller::None => {}
        }
    }

    fn json(&self, value: &serde_json::Value) {
        // Standard error may be closed; a run goes on without it.
        let _ = writeln!(std::io::stderr().lock(), "{value}");
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Tally {
    fn line(&self) -> String {
        let seconds = self.start.elapsed().as_secs_f64();
        let speed = if seconds > 0.0 { self.done as f64 / seconds } else { 0.0 };
        format!(
            "{} of {} pages, {speed:.2} pages/s, {} to review, {} failed",
            self.done, self.known_pages, self.review, self.failed
        )
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} pages  {per_sec}  {eta} left  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}
