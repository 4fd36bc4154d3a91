//! `vanthu dict evaluate`: how well text is restored that nothing was trained on, and what harm is done to right text.
//!
//! Takes the corpus that the model was trained from (its held-out blocks are used, and nothing else of it) and, if there
//! are any, pages that an engine read; prints a table. Every figure is of syllables with their case, beside the truth
//! line by line; tone placement (`hoà`, `hòa`) is made equal on both sides first.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::json;

use super::baseline::{bigram, most_frequent};
use super::conditions::{Condition, Mode, of_pages, of_text, older_style};
use crate::cli::CliError;
use crate::dictionary::Dictionary;
use crate::dictionary::DictionaryError;
use crate::dictionary::compile::held_out;
use crate::evaluate::{Alternatives, Bin, levenshtein, score_calibration, score_repair};
use crate::geometry::Rect;
use crate::layout::{LayoutOptions, arrange};
use crate::pipeline::{Options, Pipeline};
use crate::recognize::ocr_page::OcrPage;
use crate::recognize::replay;
use crate::restore::restored_page::{Block, Line, PageLayout, Paragraph, RestoredPage, Word};
use crate::restore::{RestoreOptions, Restorer};

/// What is measured.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of the training text: its held-out blocks are measured on
    #[arg(long, value_name = "DIR")]
    corpus: PathBuf,
    /// Folder of pages read by an engine: NAME.ocr.txt beside NAME.truth.txt, with `-eng-` or `-vie-` in the name
    #[arg(long, value_name = "DIR")]
    pages: Option<PathBuf>,
    /// Folder of scans (NAME.tif beside NAME.gold.txt), read with the engine's second choices; takes minutes the first
    /// time, then the readings kept beside them (NAME.ocr.tsv) are used
    #[arg(long, value_name = "DIR")]
    scans: Option<PathBuf>,
    /// Measure only what has this in its name
    #[arg(long, value_name = "NAME", default_value = "")]
    only: String,
    /// Also print how often probabilities come true, by tenths
    #[arg(long)]
    reliability: bool,
    /// A model file instead of the built-in model
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Your own terms, or what `dict learn` wrote
    #[arg(long, value_name = "FILE")]
    dictionary: Vec<PathBuf>,
    /// Print what was done wrong, a line each: condition, read, restored, true
    #[arg(long)]
    wrong: bool,
    /// Print every figure as JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Columns: syllables; right before; most frequent form, bigram, ours: right after (%); character error rate (%);
share of wrong syllables repaired (%); share of right ones made wrong (%); numbers and codes made wrong; calibration
error of the probabilities; syllables a second of processor time.

Examples:
  vanthu dict evaluate --corpus corpus/
  vanthu dict evaluate --corpus corpus/ --pages pages/ --scans pages/";

/// The figures of one condition.
#[derive(Debug, Clone, Default, Serialize)]
struct Figures {
    condition: &'static str,
    syllables: usize,
    right_before: f64,
    most_frequent: f64,
    bigram: f64,
    ours: f64,
    cer: f64,
    repaired: f64,
    harmed: f64,
    codes_harmed: usize,
    /// Expected calibration error.
    ece: f64,
    /// How often probabilities come true, by tenths.
    bins: Vec<Bin>,
    syllables_a_second: f64,
}

/// Measures everything asked for; the table, or the figures as JSON.
pub fn evaluate(args: &Args) -> Result<String, CliError> {
    let start = Instant::now();
    let base = match &args.model {
        Some(path) => Dictionary::open(path)?,
        None => Dictionary::clone(&*Dictionary::builtin()?),
    };
    let restorer =
        Restorer::new(super::with_overlays(base, &args.dictionary)?.into(), RestoreOptions::default());
    let load = start.elapsed();
    let mut conditions = of_text(&held_out::blocks(&args.corpus)?);
    if let Some(pages) = &args.pages {
        let garbled = of_pages(pages, "-eng-", "garbled pages (eng)", Mode::Text)?;
        let lines_read = garbled.lines_read("garbled pages, lines read");
        conditions.extend([garbled, lines_read]);
        conditions.push(of_pages(pages, "-vie-", "scans read by vie, as text", Mode::Text)?);
    }
    conditions.retain(|condition| condition.name.contains(&args.only));
    let mut rows = Vec::new();
    for condition in &conditions {
        let restored = restore(condition, &restorer);
        if args.wrong {
            print_wrong(condition, &restored.pieces);
        }
        rows.push(measured(condition, &restored, &restorer));
    }
    if let Some(scans) = &args.scans {
        rows.push(scanned(scans, &restorer, args.wrong)?);
    }
    let load = load.as_secs_f64() * 1000.0;
    if args.json {
        return Ok(format!("{}\n", json!({"load_ms": load, "conditions": rows})));
    }
    let reliability = if args.reliability { reliability(&rows) } else { String::new() };
    Ok(table(&rows) + &reliability + &format!("dictionary and search tree made in {load:.0} ms\n"))
}

/// Restored pieces, and the time it took.
struct Restored {
    pieces: Vec<String>,
    time: Duration,
    /// For pages: every word with its probability, line by line.
    words: Vec<Vec<(String, f32)>>,
}

fn restore(condition: &Condition, restorer: &Restorer) -> Restored {
    let mut restored = Restored { pieces: Vec::new(), time: Duration::ZERO, words: Vec::new() };
    for (read, _) in &condition.pieces {
        let heard = (condition.mode == Mode::Heard).then(|| layout(read, true));
        let start = processor_time();
        let piece = match (condition.mode, heard) {
            (Mode::Lines, _) => read.split_inclusive('\n').map(|line| restorer.text(line)).collect(),
            (_, None) => restorer.text(read),
            (_, Some(page)) => written(&restorer.document(vec![page])),
        };
        restored.time += processor_time().saturating_sub(start);
        restored.pieces.push(piece);
    }
    // Probabilities come with the words of pages only, so the same text is restored once more as a page.
    for (read, _) in &condition.pieces {
        let pages = restorer.document(vec![layout(read, condition.mode == Mode::Heard)]);
        restored.words.extend(
            lines(&pages)
                .map(|line| line.words.iter().map(|word| (word.text.clone(), word.confidence)).collect()),
        );
    }
    restored
}

/// Processor time of this thread: other programs on the machine don't count.
fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// A page of the lines of a text; with `heard`, as if an engine had just read it.
fn layout(text: &str, heard: bool) -> PageLayout {
    let word = |text: &str| Word {
        text: text.to_owned(),
        raw: text.to_owned(),
        bbox: heard.then(|| Rect::new(0, 0, 1, 1)),
        confidence: 0.93,
        ..Word::default()
    };
    let line = |(number, line): (usize, &str)| Line {
        words: line.split_whitespace().map(word).collect(),
        number: number as u32 + 1,
        ..Line::default()
    };
    let lines: Vec<Line> = text.lines().enumerate().map(line).collect();
    // A paragraph ends where a sentence does; which lines go on is the layout's affair and not measured here.
    let ends = |line: &Line| line.words.last().is_none_or(|word| word.text.ends_with(['.', ';', ':']));
    let blocks = lines
        .chunk_by(|line, _| !ends(line))
        .map(|lines| Block::Paragraph(Paragraph { lines: lines.to_vec(), ..Paragraph::default() }));
    PageLayout { number: 1, width: u32::from(heard), blocks: blocks.collect(), ..PageLayout::default() }
}

fn lines(pages: &[RestoredPage]) -> impl Iterator<Item = &Line> {
    pages.iter().flat_map(|page| &page.layout.blocks).flat_map(|block| match block {
        Block::Paragraph(paragraph) => paragraph.lines.iter().collect::<Vec<_>>(),
        Block::Table(table) => table.cells.iter().flat_map(|cell| &cell.lines).collect(),
        Block::Furniture(_) => Vec::new(),
    })
}

fn written(pages: &[RestoredPage]) -> String {
    joined(pages, |word| &word.text)
}

fn joined(pages: &[RestoredPage], text: impl Fn(&Word) -> &str) -> String {
    let line = |line: &Line| line.words.iter().map(&text).collect::<Vec<_>>().join(" ") + "\n";
    lines(pages).map(line).collect()
}

fn measured(condition: &Condition, restored: &Restored, restorer: &Restorer) -> Figures {
    let (none, dictionary) = (Alternatives::default(), restorer.dictionary());
    let whole = |texts: &mut dyn Iterator<Item = String>| texts.collect::<Vec<_>>().concat();
    let read = whole(&mut condition.pieces.iter().map(|(read, _)| same_style(read)));
    let truth = whole(&mut condition.pieces.iter().map(|(_, truth)| same_style(truth)));
    let ours = whole(&mut restored.pieces.iter().map(|piece| same_style(piece)));
    let score = score_repair(&read, &ours, &truth, &none);
    let total = score.gold_syllables.max(1) as f64;
    let right = |text: &str| {
        let score = score_repair(&read, text, &truth, &none);
        (score.right_before - score.harmed + score.repaired) as f64 / total
    };
    let (errors, letters) = character_errors(&ours, &truth);
    let bins = reliability_of(&restored.words, &truth);
    Figures {
        condition: condition.name,
        syllables: score.gold_syllables,
        right_before: score.right_before as f64 / total,
        most_frequent: right(&most_frequent(&read, dictionary)),
        bigram: right(&bigram(&read, dictionary)),
        ours: (score.right_before - score.harmed + score.repaired) as f64 / total,
        cer: errors as f64 / letters.max(1) as f64,
        repaired: score.repair_rate,
        harmed: score.harm_rate,
        codes_harmed: score.codes_harmed,
        ece: calibration_error(&bins),
        bins,
        syllables_a_second: total / restored.time.as_secs_f64().max(1e-9),
    }
}

fn same_style(text: &str) -> String {
    older_style(text)
}

fn character_errors(ours: &str, truth: &str) -> (usize, usize) {
    let letters = |line: &str| line.chars().collect::<Vec<char>>();
    let line =
        |(ours, truth): (&str, &str)| (levenshtein(&letters(ours), &letters(truth)), truth.chars().count());
    let lines = ours.lines().zip(truth.lines()).map(line);
    lines.fold((0, 0), |sum, line| (sum.0 + line.0, sum.1 + line.1))
}

/// How often the probabilities of all words come true, lines taken one by one.
fn reliability_of(words: &[Vec<(String, f32)>], truth: &str) -> Vec<Bin> {
    let mut bins: Vec<Bin> = Vec::new();
    for (line, truth) in words.iter().zip(truth.lines()) {
        let log: String = line
            .iter()
            .map(|(text, posterior)| json!({"text": text, "confidence": posterior}).to_string() + "\n")
            .collect();
        let text = line.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" ");
        bins = pooled(bins, score_calibration(&log, &text, truth, &Alternatives::default()).bins);
    }
    bins
}

/// The bins of two samples as those of one.
fn pooled(bins: Vec<Bin>, more: Vec<Bin>) -> Vec<Bin> {
    if bins.is_empty() {
        return more;
    }
    let pool = |(a, b): (Bin, Bin)| {
        let mean =
            |x: f64, y: f64| (x * a.count as f64 + y * b.count as f64) / (a.count + b.count).max(1) as f64;
        let (stated, right) = (mean(a.stated, b.stated), mean(a.right, b.right));
        Bin { count: a.count + b.count, stated, right, ..a }
    };
    bins.into_iter().zip(more).map(pool).collect()
}

/// Expected calibration error.
fn calibration_error(bins: &[Bin]) -> f64 {
    let claims: usize = bins.iter().map(|bin| bin.count).sum();
    let gap = |bin: &Bin| bin.count as f64 * (bin.stated - bin.right).abs();
    bins.iter().map(gap).sum::<f64>() / claims.max(1) as f64
}

/// A folder of scans, read by the same way that `vanthu run` takes: what restoration mends of what the engine got wrong.
fn scanned(folder: &Path, restorer: &Restorer, wrong: bool) -> Result<Figures, CliError> {
    let fail = |source| DictionaryError::Read { path: folder.to_owned(), source };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        paths.push(entry.map_err(fail)?.path());
    }
    paths.retain(|path| {
        path.extension().is_some_and(|e| e == "tif") && path.with_extension("gold.txt").exists()
    });
    paths.sort();
    let mut condition =
        Condition { name: "scans, with second choices", mode: Mode::Heard, pieces: Vec::new() };
    let mut restored = Restored { pieces: Vec::new(), time: Duration::ZERO, words: Vec::new() };
    let mut pipeline = None;
    for path in &paths {
        let gold = std::fs::read_to_string(path.with_extension("gold.txt")).map_err(fail)?;
        let pages = readings(path, &mut pipeline)?;
        let layouts = pages.iter().map(|page| arrange(page, &LayoutOptions::default())).collect();
        let start = processor_time();
        let pages = restorer.document(layouts);
        restored.time += processor_time().saturating_sub(start);
        // One line a page: what the engine left out or put elsewhere shifts no other line.
        let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ") + "\n";
        condition.pieces.push((line(joined(&pages, |word| &word.raw)), line(gold)));
        restored.pieces.push(line(written(&pages)));
        restored.words.push(
            lines(&pages).flat_map(|l| &l.words).map(|word| (word.text.clone(), word.confidence)).collect(),
        );
    }
    if wrong {
        print_wrong(&condition, &restored.pieces);
    }
    Ok(measured(&condition, &restored, restorer))
}

/// What the engine read on a scan, now or earlier.
fn readings(path: &Path, pipeline: &mut Option<Pipeline>) -> Result<Vec<OcrPage>, CliError> {
    let fail = |source| DictionaryError::Read { path: path.to_owned(), source };
    let kept = path.with_extension("ocr.tsv");
    if kept.exists() {
        let kept = std::fs::read_to_string(&kept).map_err(fail)?;
        return replay::read(&kept).map_err(|error| fail(std::io::Error::other(error)).into());
    }
    let pipeline = match pipeline {
        Some(pipeline) => pipeline,
        none => none.insert(Pipeline::new(Options::default())?),
    };
    let pages = pipeline.readings(path)?;
    super::write_file(&kept, replay::write(&pages).as_bytes())?;
    Ok(pages)
}

fn print_wrong(condition: &Condition, restored: &[String]) {
    for ((read, truth), ours) in condition.pieces.iter().zip(restored) {
        for ((read, ours), truth) in read.lines().zip(ours.lines()).zip(truth.lines()) {
            let words = [read, ours, truth].map(|line| line.split_whitespace().collect::<Vec<_>>());
            if words.iter().any(|w| w.len() != words[0].len()) {
                eprintln!("{}\t{read}\t{ours}\t{truth}", condition.name);
                continue;
            }
            for n in (0..words[0].len()).filter(|&n| older_style(words[1][n]) != older_style(words[2][n])) {
                let near = words[2][n.saturating_sub(3)..words[0].len().min(n + 3)].join(" ");
                eprintln!("{}\t{}\t{}\t{}\t{near}", condition.name, words[0][n], words[1][n], words[2][n]);
            }
        }
    }
}

/// For each condition a line for each tenth of probability: words, stated, come true.
fn reliability(rows: &[Figures]) -> String {
    let mut table = String::new();
    for row in rows {
        table += &format!("\n{:<29}    words  stated   right\n", row.condition);
        for bin in row.bins.iter().filter(|bin| bin.count > 0) {
            let range = format!("{:.1}-{:.1}", bin.from, bin.to);
            table += &format!("{range:>29} {:>8} {:>7.3} {:>7.3}\n", bin.count, bin.stated, bin.right);
        }
    }
    table + "\n"
}

fn table(rows: &[Figures]) -> String {
    let mut table = String::from(
        "condition                     syllables  before  freq.  bigram    ours   CER  repaired   harm  codes    ECE  syll./s\n",
    );
    let percent = |share: f64| if share == 0.0 { "-".to_owned() } else { format!("{:.2}", share * 100.0) };
    for row in rows {
        table += &format!(
            "{:<29} {:>9} {:>7} {:>6} {:>7} {:>7} {:>5} {:>9} {:>6.3} {:>6} {:>6.3} {:>8.0}\n",
            row.condition,
            row.syllables,
            percent(row.right_before),
            percent(row.most_frequent),
            percent(row.bigram),
            percent(row.ours),
            percent(row.cer),
            percent(row.repaired),
            row.harmed * 100.0,
            row.codes_harmed,
            row.ece,
            row.syllables_a_second
        );
    }
    table
}
