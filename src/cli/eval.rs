//! `vanthu eval`: how right a text or a record is.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};

use super::{CliError, Exit, input};
use crate::evaluate::{
    Alternatives, EvaluateError, Pair, RecordScore, TextScore, alternatives_beside, calibration_table,
    claims, is_record, pair_files, read_alternatives, read_record, read_text, record_summary, record_table,
    repair_table, score_calibration, score_claims, score_record, score_repair, score_text, text_summary,
    text_table,
};

/// Measure a text or a record against the right one.
///
/// A gold file ending in .json is a record, any other a text. Of two folders every pair is measured, and the mean is
/// printed below; a list `gold.tsv` in the gold folder (gold file TAB document) leads to the results of a run.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The right answer, or a folder of them.
    gold: PathBuf,
    /// What is measured, or a folder of it.
    candidate: PathBuf,
    /// The text before restoration: say what was repaired, and what was harmed.
    #[arg(long, value_name = "RAW")]
    raw: Option<PathBuf>,
    /// An edit log or word list (JSON Lines) about the candidate: say whether its probabilities can be believed.
    #[arg(long, value_name = "LOG")]
    calibration: Option<PathBuf>,
    /// Say whether the confidence beside the values of records can be believed: how many of each stated confidence are right.
    #[arg(long, conflicts_with_all = ["raw", "calibration", "text"])]
    reliability: bool,
    /// Compare as text, whatever the names say.
    #[arg(long)]
    text: bool,
    /// Print every figure as JSON.
    #[arg(long)]
    json: bool,
    /// List every difference between the records.
    #[arg(short, long, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Accepted alternative readings, instead of STEM.alternatives.json beside GOLD.
    #[arg(long, value_name = "FILE", conflicts_with = "no_alt")]
    alt: Option<PathBuf>,
    /// Accept no alternative readings.
    #[arg(long)]
    no_alt: bool,
}

const EXAMPLES: &str = "\
Examples:
  vanthu eval gold_003.json record.json --verbose
  vanthu eval gold_003.txt text.txt
  vanthu eval --raw before.txt gold.txt after.txt --calibration edits.jsonl
  vanthu eval fixtures/gold out                    every document of a run
  vanthu eval --reliability fixtures/gold out";

/// Measures and prints.
pub fn run(args: Args) -> Result<Exit, CliError> {
    let out = match (args.reliability, args.gold.is_dir()) {
        (true, _) => measure_reliability(&args)?,
        (false, true) => measure_folder(&args)?,
        (false, false) => measure_file(&args)?,
    };
    input::print(&out)?;
    Ok(Exit::Done)
}

impl From<EvaluateError> for CliError {
    fn from(error: EvaluateError) -> Self {
        let exit = match &error {
            EvaluateError::Read { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Exit::NotFound
            }
            EvaluateError::Read { .. } => Exit::Io,
            EvaluateError::Form { .. } | EvaluateError::NothingToCompare(_) => Exit::BadInput,
        };
        Self::new(exit, error.to_string())
    }
}

fn measure_file(args: &Args) -> Result<String, CliError> {
    let (alternatives, named) = accepted_readings(args, &args.gold)?;
    let head = format!("alternatives: {named}\n");
    if is_text(args, &args.gold) {
        return measure_text(args, &alternatives, &head);
    }
    let gold = read_record(&args.gold)?;
    let score = score_record(&gold, &candidate_record(&args.candidate)?, &alternatives);
    if args.json { as_json(&score) } else { Ok(head + &record_table(&score, args.verbose > 0)) }
}

/// The claims of all records together.
fn measure_reliability(args: &Args) -> Result<String, CliError> {
    let mut judged = Vec::new();
    for pair in
        pair_files(&args.gold, &args.candidate)?.iter().filter(|pair| is_record(&pair.gold) && is_there(pair))
    {
        let (alternatives, _) = accepted_readings(args, &pair.gold)?;
        judged.extend(claims(&read_record(&pair.gold)?, &candidate_record(&pair.candidate)?, &alternatives));
    }
    let score = score_claims(&judged);
    if args.json { as_json(&score) } else { Ok(calibration_table(&score)) }
}

fn is_text(args: &Args, gold: &Path) -> bool {
    args.text || args.raw.is_some() || args.calibration.is_some() || !is_record(gold)
}

fn measure_text(args: &Args, alternatives: &Alternatives, head: &str) -> Result<String, CliError> {
    let (gold, candidate) = (read_text(&args.gold)?, read_text(&args.candidate)?);
    let score = score_text(&gold, &candidate, alternatives);
    let (mut tables, mut all) = (vec![head.to_string() + &text_table(&score)], json!(score));
    if let Some(raw) = &args.raw {
        let repair = score_repair(&read_text(raw)?, &candidate, &gold, alternatives);
        tables.push(repair_table(&repair));
        all["repair"] = json!(repair);
    }
    if let Some(log) = &args.calibration {
        let calibration = score_calibration(&read_text(log)?, &candidate, &gold, alternatives);
        tables.push(calibration_table(&calibration));
        all["calibration"] = json!(calibration);
    }
    if args.json { as_json(&all) } else { Ok(tables.concat()) }
}

/// A candidate that is no JSON scores as an empty record, with a word about it.
fn candidate_record(path: &Path) -> Result<Value, EvaluateError> {
    match read_record(path) {
        Err(error @ EvaluateError::Form { .. }) => {
            eprintln!("vanthu: {error}; scored as empty");
            Ok(json!({}))
        }
        other => other,
    }
}

fn accepted_readings(args: &Args, gold: &Path) -> Result<(Alternatives, String), EvaluateError> {
    let file = if args.no_alt { None } else { args.alt.clone().or_else(|| alternatives_beside(gold)) };
    let Some(file) = file else { return Ok((Alternatives::default(), "none".into())) };
    let alternatives = read_alternatives(&file)?;
    let name =
        file.file_name().filter(|_| !alternatives.is_empty()).map(|name| name.to_string_lossy().into_owned());
    Ok((alternatives, name.unwrap_or_else(|| "none".into())))
}

fn measure_folder(args: &Args) -> Result<String, CliError> {
    if args.raw.is_some() || args.calibration.is_some() {
        return Err(CliError::new(Exit::Usage, "--raw and --calibration take one gold text, not a folder"));
    }
    let (mut records, mut texts) = (Vec::new(), Vec::new());
    for pair in pair_files(&args.gold, &args.candidate)? {
        let (alternatives, _) = accepted_readings(args, &pair.gold)?;
        if is_text(args, &pair.gold) {
            texts.push((pair.name.clone(), folder_text(&pair, &alternatives)?));
        } else {
            records.push((pair.name.clone(), folder_record(&pair, &alternatives)?));
        }
    }
    if args.json {
        return as_json(&json!({"records": named(&records), "texts": named(&texts)}));
    }
    let tables = [record_summary(&records), text_summary(&texts)];
    Ok(tables.into_iter().filter(|table| !table.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// A document without a result scores nothing, and is named: it must not vanish from the mean.
fn folder_record(pair: &Pair, alternatives: &Alternatives) -> Result<RecordScore, EvaluateError> {
    let gold = read_record(&pair.gold)?;
    let candidate = if is_there(pair) { candidate_record(&pair.candidate)? } else { json!({}) };
    Ok(score_record(&gold, &candidate, alternatives))
}

fn folder_text(pair: &Pair, alternatives: &Alternatives) -> Result<TextScore, EvaluateError> {
    let gold = read_text(&pair.gold)?;
    let candidate = if is_there(pair) { read_text(&pair.candidate)? } else { String::new() };
    Ok(score_text(&gold, &candidate, alternatives))
}

fn is_there(pair: &Pair) -> bool {
    let there = pair.candidate.is_file();
    if !there {
        eprintln!("vanthu: {} is missing; scored as empty", pair.candidate.display());
    }
    there
}

fn named<T: Serialize>(scores: &[(String, T)]) -> Vec<Value> {
    scores.iter().map(|(name, score)| json!({"document": name, "score": score})).collect()
}

/// Indented by one blank, as the reference scorer prints.
fn as_json(value: &impl Serialize) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut to = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    value.serialize(&mut to).map_err(|error| CliError::new(Exit::Io, error.to_string()))?;
    bytes.push(b'\n');
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
