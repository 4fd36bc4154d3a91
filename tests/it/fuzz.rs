//! Every reader stands, whatever a file holds: the functions of the fuzz targets on changed copies of a small corpus.
//!
//! The changes are the same each time. They run in a process of their own, whose time and memory the system limits, so
//! that a loop or a greedy decoder ends this test and not the machine.

use std::panic::catch_unwind;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use rustix::process::{Resource, Rlimit, setrlimit};

#[path = "../../fuzz/src/lib.rs"]
mod readers;

/// Folder of the corpus, function, changed copies of each of its files.
type Target = (&'static str, fn(&[u8]), usize);

const TARGETS: &[Target] = &[
    ("image", readers::image, 800),
    ("tiff", readers::tiff, 1000),
    ("pdf", readers::pdf, 800),
    ("text", readers::text, 300),
    ("replay", readers::replay, 5000),
    ("config", readers::config, 3000),
    ("edit_log", readers::edit_log, 3000),
    ("corrections", readers::corrections, 1000),
];

/// So many times as many copies are tried, for a longer search.
const TIMES: &str = "VANTHU_FUZZ_TIMES";

const CPU_SECONDS: u64 = 120;
const DATA_BYTES: u64 = 1 << 30;

/// Set in the process with limits.
const LIMITED: &str = "VANTHU_FUZZ_LIMITED";

#[test]
fn every_reader_stands_whatever_a_file_holds() {
    if std::env::var_os(LIMITED).is_some() {
        return run_within_limits();
    }
    let name = "fuzz::every_reader_stands_whatever_a_file_holds";
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env(LIMITED, "1");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().rev().take(30).collect();
    let last = last.into_iter().rev().collect::<Vec<_>>().join("\n");
    assert!(output.status.success(), "{}; the last that was tried:\n{last}", output.status);
}

/// Where the program itself panicked, be it that somebody caught it. Those of a dependency are for its caller to contain.
static OWN_PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn run_within_limits() {
    let times: usize = std::env::var(TIMES).map_or(1, |times| times.parse().unwrap());
    for (resource, most) in [(Resource::Cpu, CPU_SECONDS * times as u64), (Resource::Data, DATA_BYTES)] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).unwrap();
    }
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        if let Some(place) = panic.location().filter(|place| !Path::new(place.file()).is_absolute()) {
            OWN_PANICS.lock().unwrap().push(place.to_string());
        }
    }));
    let mut fallen = Vec::new();
    for &(target, reader, copies) in TARGETS {
        let corpus = corpus(target);
        let started = std::time::Instant::now();
        for (name, seed) in &corpus {
            let mut chance = Chance::of(name);
            for nth in 0..copies * times {
                let data = if nth == 0 { seed.clone() } else { changed(seed, &corpus, &mut chance) };
                eprintln!("{target}/{name}, copy {nth}");
                if catch_unwind(|| reader(&data)).is_err() {
                    fallen.push(format!("{target}/{name}, copy {nth}"));
                }
            }
        }
        eprintln!("{target}: {:.1?}", started.elapsed());
    }
    let _ = std::panic::take_hook();
    let own = OWN_PANICS.lock().unwrap();
    assert!(fallen.is_empty() && own.is_empty(), "fallen: {fallen:#?}\npanics of our own: {own:#?}");
}

/// The files of a target by name, in order.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let read = |entry: std::fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
    };
    let mut files: Vec<_> = entries.map(read).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// Numbers that look like chance and are the same each time (xorshift64, Marsaglia 2003).
struct Chance(u64);

impl Chance {
    fn of(name: &str) -> Self {
        Self(name.bytes().fold(0x9e37_79b9_7f4a_7c15, |seed, byte| seed.rotate_left(7) ^ u64::from(byte)))
    }

    /// A number below `end`, 0 where there is none.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }
}

/// A copy with one to four changes.
fn changed(seed: &[u8], corpus: &[(String, Vec<u8>)], chance: &mut Chance) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(data.len());
        let end = (at + 1 + chance.below(64)).min(data.len());
        match chance.below(10) {
            0..=2 => flip(&mut data, chance),
            3 => data.truncate(at),
            4 => drop(data.splice(at..end, [])),
            5 => {
                let piece = data[at..end].to_vec();
                data.splice(at..at, piece);
            }
            6 => {
                let (_, other) = &corpus[chance.below(corpus.len())];
                let from = chance.below(other.len());
                let piece = other[from..(from + 1 + chance.below(200)).min(other.len())].to_vec();
                data.splice(at..end, piece);
            }
            7 => blow_up_bytes(&mut data, at, chance),
            _ => blow_up_figures(&mut data, at, chance),
        }
    }
    data
}

fn flip(data: &mut [u8], chance: &mut Chance) {
    for _ in 0..=chance.below(6) {
        let (at, bit) = (chance.below(data.len()), chance.below(8));
        if let Some(byte) = data.get_mut(at) {
            *byte ^= 1 << bit;
        }
    }
}

/// Numbers of four bytes at the edge of what they can be.
fn blow_up_bytes(data: &mut [u8], at: usize, chance: &mut Chance) {
    const EDGES: [u32; 6] = [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX, 0xffff];
    let edge = EDGES[chance.below(EDGES.len())];
    let bytes = if chance.below(2) == 0 { edge.to_le_bytes() } else { edge.to_be_bytes() };
    data.iter_mut().skip(at).zip(bytes).for_each(|(byte, new)| *byte = new);
}

/// The next number in figures, likewise.
fn blow_up_figures(data: &mut Vec<u8>, at: usize, chance: &mut Chance) {
    const EDGES: [&str; 9] = [
        "0",
        "-1",
        "65536",
        "2147483647",
        "4294967295",
        "4294967296",
        "18446744073709551616",
        "1e39",
        "1e-400",
    ];
    let Some(start) = data.iter().skip(at).position(u8::is_ascii_digit).map(|n| n + at) else { return };
    let length = data.iter().skip(start).take_while(|byte| byte.is_ascii_digit()).count();
    data.splice(start..start + length, EDGES[chance.below(EDGES.len())].bytes());
}
