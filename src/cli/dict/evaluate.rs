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
use crate::evaluate::{Alternatives, levenshtein, score_calibration, score_repair};
use crate::geometry::Rect;
use crate::pipeline::{Options, Pipeline};
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
    /// Folder of scans (NAME.tif beside NAME.gold.txt), to be read now with the engine's second choices; takes minutes
    #[arg(long, value_name = "DIR")]
    scans: Option<PathBuf>,
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
    /// Expected calibration error; none where the words weren't asked for their probability.
    ece: Option<f64>,
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
        conditions.push(of_pages(pages, "-eng-", "garbled pages (eng)", Mode::Text)?);
        conditions.push(of_pages(pages, "-vie-", "scans read by vie, as text", Mode::Text)?);
    }
    let mut rows = Vec::new();
    for condition in &conditions {
        let restored = restore(condition, &restorer);
        if args.wrong {
            print_wrong(condition, &restored.pieces);
        }
        rows.push(measured(condition, &restored, &restorer));
    }
    if let Some(scans) = &args.scans {
        rows.push(scanned(scans)?);
    }
    let load = load.as_secs_f64() * 1000.0;
    if args.json {
        return Ok(format!("{}\n", json!({"load_ms": load, "conditions": rows})));
    }
    Ok(table(&rows) + &format!("dictionary and search tree made in {load:.0} ms\n"))
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
    for (read, _) in condition.pieces.iter().take(8) {
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
        ece: Some(calibration_error(&restored.words, &truth)),
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

/// Expected calibration error over all words, lines taken together.
fn calibration_error(words: &[Vec<(String, f32)>], truth: &str) -> f64 {
    let mut bins = [(0usize, 0.0, 0.0); 10];
    let mut claims = 0;
    for (line, truth) in words.iter().zip(truth.lines()) {
        let log: String = line
            .iter()
            .map(|(text, posterior)| json!({"text": text, "confidence": posterior}).to_string() + "\n")
            .collect();
        let text = line.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" ");
        let score = score_calibration(&log, &text, truth, &Alternatives::default());
        claims += score.claims;
        for (sum, bin) in bins.iter_mut().zip(&score.bins) {
            let count = bin.count as f64;
            *sum = (sum.0 + bin.count, sum.1 + bin.stated * count, sum.2 + bin.right * count);
        }
    }
    bins.iter().map(|bin| (bin.1 - bin.2).abs()).sum::<f64>() / claims.max(1) as f64
}

/// Scans read now, by the same way that `vanthu run` takes: what restoration mends of what the engine got wrong.
fn scanned(folder: &Path) -> Result<Figures, CliError> {
    let fail = |source| DictionaryError::Read { path: folder.to_owned(), source };
    let pipeline = Pipeline::new(Options::default())?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        paths.push(entry.map_err(fail)?.path());
    }
    paths.retain(|path| {
        path.extension().is_some_and(|e| e == "tif") && path.with_extension("gold.txt").exists()
    });
    paths.sort();
    let mut figures = Figures { condition: "scans, read now with choices", ..Figures::default() };
    let (mut right, mut after, mut wrong, mut harmed, mut repaired) = (0, 0, 0, 0, 0);
    for path in &paths {
        let gold = path.with_extension("gold.txt");
        let gold = std::fs::read_to_string(gold).map_err(fail)?;
        let pages = pipeline.document(path)?.pages;
        let (read, ours) = (joined(&pages, |word| &word.raw), joined(&pages, |word| &word.text));
        let score = score_repair(
            &same_style(&read),
            &same_style(&ours),
            &same_style(&gold),
            &Alternatives::default(),
        );
        figures.syllables += score.gold_syllables;
        figures.codes_harmed += score.codes_harmed;
        right += score.right_before;
        wrong += score.gold_syllables - score.right_before;
        after += score.right_before + score.repaired - score.harmed;
        (harmed, repaired) = (harmed + score.harmed, repaired + score.repaired);
    }
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    figures.right_before = share(right, figures.syllables);
    figures.ours = share(after, figures.syllables);
    (figures.repaired, figures.harmed) = (share(repaired, wrong), share(harmed, right));
    Ok(figures)
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

fn table(rows: &[Figures]) -> String {
    let mut table = String::from(
        "condition                     syllables  before  freq.  bigram    ours   CER  repaired   harm  codes    ECE  syll./s\n",
    );
    let percent = |share: f64| if share == 0.0 { "-".to_owned() } else { format!("{:.2}", share * 100.0) };
    for row in rows {
        let ece = row.ece.map_or_else(|| "-".to_owned(), |ece| format!("{ece:.3}"));
        table += &format!(
            "{:<29} {:>9} {:>7} {:>6} {:>7} {:>7} {:>5} {:>9} {:>6.3} {:>6} {:>6} {:>8.0}\n",
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
            ece,
            row.syllables_a_second
        );
    }
    table
}
