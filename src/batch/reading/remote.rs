//! The run's end of a worker process: asks it, waits no longer than is allowed, and replaces it when it is lost.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use image::{DynamicImage, GrayImage, RgbImage};

use super::message::{Envelope, Names, Reply, Request, receive, send};
use super::pixels::PixelGate;
use super::{Contents, Reader, Sight, Trouble};
use crate::batch::{BatchError, RunOptions};
use crate::ingest::Document;
use crate::pipeline::Clock;
use crate::write::pdf::Scan;

/// A worker that cannot even load its engine within this time never will.
const START: Duration = Duration::from_secs(60);

/// One worker process at a time, started when it is needed and kept between pages.
pub struct Worker<'a> {
    program: &'a Path,
    options: RunOptions,
    gate: &'a PixelGate,
    process: Option<Process>,
    peak_memory: u64,
}

impl<'a> Worker<'a> {
    /// A worker of `program`, which is this one.
    pub fn new(program: &'a Path, options: &RunOptions, gate: &'a PixelGate) -> Self {
        // Nothing a worker does needs the dictionary.
        let options = RunOptions { dictionary: None, ..options.clone() };
        Self { program, options, gate, process: None, peak_memory: 0 }
    }

    /// The time allowed, and a second more for each file that must be looked into.
    fn patience(&self, files: usize) -> Option<Duration> {
        let seconds = self.options.page_timeout;
        (seconds > 0).then(|| Duration::from_secs(seconds + files as u64))
    }

    /// Sends a request to a running process and takes its reply; a lost process is cleared away.
    fn ask(
        &mut self,
        request: &Request,
        limit: Option<Duration>,
        clock: &mut Clock,
    ) -> Result<Answer, Asked> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => self.start().map_err(|error| Asked::Run(BatchError::Worker(error)))?,
        };
        let answer = process.ask(request, limit);
        match answer {
            Ok(answer) => {
                clock.add(&answer.envelope.clock);
                self.peak_memory = self.peak_memory.max(answer.envelope.peak_memory);
                self.process = Some(process);
                Ok(answer)
            }
            Err(error) => Err(Asked::Lost(process.post_mortem(&error, limit))),
        }
    }

    fn start(&self) -> io::Result<Process> {
        let mut process = Process::start(self.program)?;
        let begin = Request::Begin(Box::new(self.options.clone()));
        match process.ask(&begin, Some(START)) {
            Ok(Answer { envelope: Envelope { reply: Reply::Ready, .. }, .. }) => Ok(process),
            Ok(Answer { envelope: Envelope { reply: Reply::Failed(reason), .. }, .. }) => {
                Err(io::Error::other(reason))
            }
            Ok(_) => Err(io::Error::other("it does not answer as it should")),
            Err(error) => Err(io::Error::other(process.post_mortem(&error, Some(START)))),
        }
    }

    fn is_open(&self, document: &Document) -> bool {
        self.process.as_ref().is_some_and(|process| process.open.as_ref() == Some(&document.output))
    }

    fn open_once(&mut self, document: &Document, clock: &mut Clock) -> Result<Contents, Asked> {
        let limit = self.patience(document.files.len());
        let answer = self.ask(&Request::Open(Names::from(document)), limit, clock)?;
        if let Some(process) = &mut self.process {
            process.open = Some(document.output.clone());
        }
        match answer.envelope.reply {
            Reply::Pages(pages) => Ok(Contents::Pages(pages)),
            Reply::Text(text) => Ok(Contents::Text(text)),
            Reply::Failed(reason) => Err(Asked::Refused(reason)),
            _ => Err(Asked::Refused(OUT_OF_TURN.to_owned())),
        }
    }

    fn read_once(
        &mut self,
        document: &Document,
        number: u32,
        plainly: bool,
        clock: &mut Clock,
    ) -> Result<Sight, Asked> {
        if !self.is_open(document) {
            self.open_once(document, clock)?;
        }
        let limit = self.patience(0);
        let mut answer = self.ask(&Request::Read { number, plainly }, limit, clock)?;
        let gate = self.gate;
        let mut loan = None;
        if let Reply::Admit(pixels) = answer.envelope.reply {
            loan = Some(gate.take(pixels));
            answer = self.ask(&Request::Go, limit, clock)?;
        }
        drop(loan);
        match answer.envelope.reply {
            Reply::Sight(sight) => {
                let image = (!answer.bytes.is_empty()).then_some(answer.bytes);
                Ok(Sight { image, ..*sight })
            }
            Reply::Failed(reason) => Err(Asked::Refused(reason)),
            _ => Err(Asked::Refused(OUT_OF_TURN.to_owned())),
        }
    }
}

const OUT_OF_TURN: &str = "the worker process does not answer as it should; please report it";

/// Why there is no answer.
enum Asked {
    /// The worker says it cannot be done.
    Refused(String),
    /// The worker was lost over it, and how.
    Lost(String),
    /// No worker can be had.
    Run(BatchError),
}

impl From<Asked> for Trouble {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Refused(reason) | Asked::Lost(reason) => Trouble::Input(reason),
            Asked::Run(error) => Trouble::Run(error),
        }
    }
}

impl Reader for Worker<'_> {
    fn open(&mut self, document: &Document, clock: &mut Clock) -> Result<Contents, Trouble> {
        self.open_once(document, clock).map_err(|asked| match asked {
            Asked::Lost(reason) => Trouble::Input(format!(
                "{}: cannot be opened: {reason}",
                crate::batch::filing::shown(document)
            )),
            other => other.into(),
        })
    }

    fn read(&mut self, document: &Document, number: u32, clock: &mut Clock) -> Result<Sight, Trouble> {
        let first = match self.read_once(document, number, false, clock) {
            Err(Asked::Lost(reason)) => reason,
            other => return Ok(other?),
        };
        match self.read_once(document, number, true, clock) {
            Ok(sight) => Ok(Sight { plainly: Some(first), ..sight }),
            Err(Asked::Lost(second)) if second == first => Err(Trouble::Input(format!("{first}, twice"))),
            Err(Asked::Lost(second)) => Err(Trouble::Input(format!("{first}; then {second}"))),
            Err(other) => Err(other.into()),
        }
    }

    fn scan(&mut self, document: &Document, number: u32, size: Option<(u32, u32)>) -> Option<Scan> {
        let mut clock = Clock::default();
        if !self.is_open(document) {
            self.open_once(document, &mut clock).ok()?;
        }
        let answer = self.ask(&Request::Scan { number, size }, self.patience(0), &mut clock).ok()?;
        match answer.envelope.reply {
            Reply::Jpeg => Scan::from_jpeg(answer.bytes),
            Reply::Pixels { width, height, channels: 1 } => GrayImage::from_raw(width, height, answer.bytes)
                .map(DynamicImage::ImageLuma8)
                .map(Scan::Pixels),
            Reply::Pixels { width, height, .. } => {
                RgbImage::from_raw(width, height, answer.bytes).map(DynamicImage::ImageRgb8).map(Scan::Pixels)
            }
            _ => None,
        }
    }

    fn peak_memory(&self) -> u64 {
        self.peak_memory
    }
}

struct Answer {
    envelope: Envelope,
    bytes: Vec<u8>,
}

/// A running worker; killed when dropped.
struct Process {
    child: Child,
    line: Timed,
    /// What it said on standard error, for the case of its death.
    last_words: File,
    /// The document it has open.
    open: Option<PathBuf>,
}

impl Process {
    fn start(program: &Path) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let last_words = tempfile::tempfile()?;
        let child = Command::new(program)
            .arg0("vanthu")
            .arg("worker")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(last_words.try_clone()?)
            // A group of its own: Ctrl-C on the terminal is for the run to answer.
            .process_group(0)
            .spawn()?;
        Ok(Self { child, line: Timed::new(ours), last_words, open: None })
    }

    fn ask(&mut self, request: &Request, limit: Option<Duration>) -> io::Result<Answer> {
        self.line.until = limit.map(|limit| Instant::now() + limit);
        send(&mut self.line, request, &[])?;
        let mut reader = BufReader::with_capacity(1 << 16, &mut self.line);
        let envelope: Envelope = receive(&mut reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut bytes = vec![0; envelope.bytes];
        reader.read_exact(&mut bytes)?;
        Ok(Answer { envelope, bytes })
    }

    /// Puts an end to a worker that does not answer; what there is to say of it, in one line.
    fn post_mortem(mut self, error: &io::Error, limit: Option<Duration>) -> String {
        if let (io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut, Some(limit)) = (error.kind(), limit) {
            return format!("not read within {} s; give it longer with --page-timeout", limit.as_secs());
        }
        // Its end of the socket is closed, so it is dead or about to be; if neither, it is made to.
        let _ = self.child.kill();
        let signal = self.child.wait().ok().and_then(|status| status.signal());
        let mut said = String::new();
        let _ = self.last_words.rewind().and_then(|()| self.last_words.read_to_string(&mut said));
        if said.contains("memory allocation of") || said.contains("bad_alloc") {
            return "it needs more memory than a worker may have; give it more with --max-memory".to_owned();
        }
        let how = signal.map_or(String::new(), |signal| format!(" (signal {signal})"));
        format!("the worker process crashed over it{how}")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be dead already; either way nothing is left behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A socket that gives up at a point in time.
struct Timed {
    socket: UnixStream,
    until: Option<Instant>,
}

impl Timed {
    fn new(socket: UnixStream) -> Self {
        Self { socket, until: None }
    }

    fn left(&self) -> io::Result<Option<Duration>> {
        let Some(until) = self.until else { return Ok(None) };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(self.left()?)?;
        self.socket.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(self.left()?)?;
        self.socket.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}
