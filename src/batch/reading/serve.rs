//! A worker process: opens, decodes, cleans and reads what it is told to, and may die of it.
//!
//! It speaks with the run over the socket that is its standard input, holds itself to a limit of address space, writes no
//! file, and goes when the run goes.

use std::io::{self, BufReader, BufWriter};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use image::DynamicImage;
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

use super::Contents;
#[cfg(debug_assertions)]
use super::fault;
use super::here::Desk;
use super::message::{Envelope, Reply, Request, receive, send};
use crate::batch::{RunOptions, memory};
use crate::ingest::Document;
use crate::pipeline::Clock;
use crate::recognize::Model;
use crate::write::pdf::Scan;

/// Works until the run hangs up.
///
/// # Errors
/// If standard input is not the socket of a run, or breaks.
pub fn serve() -> io::Result<()> {
    // A run that is killed cannot hang up on a worker that does not listen.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut worker = Worker {
        from: BufReader::new(socket.try_clone()?),
        to: BufWriter::new(socket),
        clock: Clock::default(),
    };
    let Some(Request::Begin(options)) = receive(&mut worker.from)? else {
        return Err(io::Error::other("this command is for `vanthu run` to start"));
    };
    worker.work(&options)
}

struct Worker {
    from: BufReader<UnixStream>,
    to: BufWriter<UnixStream>,
    /// CPU time of the work at hand.
    clock: Clock,
}

impl Worker {
    fn work(&mut self, options: &RunOptions) -> io::Result<()> {
        limit(Resource::As, options.max_memory)?;
        limit(Resource::Core, 0)?;
        let mut pipeline = options.pipeline();
        // The run looks at the clock, and kills.
        pipeline.recognize.deadline = None;
        match Model::find(pipeline.recognize.tessdata.as_deref(), &pipeline.recognize.language) {
            Ok(_) => self.reply(Reply::Ready, &[])?,
            Err(error) => return self.reply(Reply::Failed(error.to_string()), &[]),
        }
        let mut desk = Desk::new(pipeline, options.keep_images);
        let mut document = None;
        while let Some(request) = receive(&mut self.from)? {
            match (request, &document) {
                (Request::Open(names), _) => {
                    let opened = Document::from(names);
                    #[cfg(debug_assertions)]
                    fault::strike(&opened, "open");
                    let reply = match desk.open(&opened, &mut self.clock) {
                        Ok(Contents::Pages(pages)) => Reply::Pages(pages),
                        Ok(Contents::Text(text)) => Reply::Text(text),
                        Err(reason) => Reply::Failed(reason),
                    };
                    document = Some(opened);
                    self.reply(reply, &[])?;
                }
                (Request::Read { number, plainly }, Some(document)) => {
                    self.read(&mut desk, document, number, plainly)?;
                }
                (Request::Scan { number, size }, Some(document)) => {
                    let (reply, bytes) = packed(desk.scan(document, number, size));
                    self.reply(reply, &bytes)?;
                }
                _ => return Err(io::Error::other("a request out of turn")),
            }
        }
        Ok(())
    }

    fn read(&mut self, desk: &mut Desk, document: &Document, number: u32, plainly: bool) -> io::Result<()> {
        let mut clock = Clock::default();
        let mut admitted = Ok(());
        let admit = |pixels| {
            admitted = self.admit(pixels);
            #[cfg(debug_assertions)]
            fault::strike(document, if plainly { "again" } else { "read" });
        };
        let sight = desk.read(document, number, plainly, admit, &mut clock);
        admitted?;
        self.clock.add(&clock);
        match sight {
            Err(reason) => self.reply(Reply::Failed(reason), &[]),
            Ok(mut sight) => {
                let image = sight.image.take().unwrap_or_default();
                self.reply(Reply::Sight(Box::new(sight)), &image)
            }
        }
    }

    /// Waits until there is room for so many pixels.
    fn admit(&mut self, pixels: u64) -> io::Result<()> {
        self.reply(Reply::Admit(pixels), &[])?;
        match receive(&mut self.from)? {
            Some(Request::Go) => Ok(()),
            _ => Err(io::Error::other("not let in")),
        }
    }

    fn reply(&mut self, reply: Reply, bytes: &[u8]) -> io::Result<()> {
        let clock = std::mem::take(&mut self.clock);
        let envelope = Envelope { reply, clock, peak_memory: memory::peak(), bytes: bytes.len() };
        send(&mut self.to, &envelope, bytes)
    }
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

fn packed(scan: Option<Scan>) -> (Reply, Vec<u8>) {
    let pixels = |width, height, channels, bytes| (Reply::Pixels { width, height, channels }, bytes);
    match scan {
        None => (Reply::NoScan, Vec::new()),
        Some(Scan::Jpeg { bytes, .. }) => (Reply::Jpeg, bytes),
        Some(Scan::Pixels(DynamicImage::ImageLuma8(gray))) => {
            pixels(gray.width(), gray.height(), 1, gray.into_raw())
        }
        Some(Scan::Pixels(image)) => {
            let rgb = image.into_rgb8();
            pixels(rgb.width(), rgb.height(), 3, rgb.into_raw())
        }
    }
}
