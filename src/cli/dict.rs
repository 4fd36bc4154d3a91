//! `vanthu dict`: look at the dictionary, learn from an agency's own papers, train the model.

mod baseline;
mod conditions;
mod evaluate;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use walkdir::WalkDir;

use super::{CliError, Exit};
use crate::alphabet::{canonical, fold_key};
use crate::dictionary::compile::{Budget, TrainOptions, held_out, train};
use crate::dictionary::learn::Learner;
use crate::dictionary::vocabulary::FIRST_WORD;
use crate::dictionary::{Dictionary, DictionaryError, Gazetteer, Phrases, abbreviation};

/// Look at dictionaries, add to them, train the model.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: DictCommand,
}

#[derive(Debug, Subcommand)]
enum DictCommand {
    /// Size and figures of the dictionary
    Info {
        /// A model file instead of the built-in model
        #[arg(long, value_name = "FILE")]
        model: Option<PathBuf>,
        /// Also measure it on the held-out part of this corpus
        #[arg(long, value_name = "DIR")]
        corpus: Option<PathBuf>,
        /// Your own terms, or what `dict learn` wrote
        #[arg(long, value_name = "FILE")]
        dictionary: Vec<PathBuf>,
    },
    /// What the dictionary knows of a word, marks or no marks
    #[command(after_help = "Example: vanthu dict lookup dinh UBND \"lao cai\"")]
    Lookup {
        /// Words, abbreviations, names of places or phrases
        #[arg(required = true)]
        words: Vec<String>,
        /// Your own terms, or what `dict learn` wrote
        #[arg(long, value_name = "FILE")]
        dictionary: Vec<PathBuf>,
    },
    /// Learn from checked papers (.txt files, results of `vanthu run`): writes a small file of counts
    #[command(after_help = "Example: vanthu dict learn out/ --out so_noi_vu.tsv\n         \
                      vanthu dict info --dictionary so_noi_vu.tsv --corpus corpus/\n         \
                      vanthu restore --dictionary so_noi_vu.tsv stripped.txt")]
    Learn {
        /// Folder with .txt files, searched through
        dir: PathBuf,
        /// File to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// How well held-out text is restored, and what harm is done to right text
    Evaluate(evaluate::Args),
    /// Train the model from text; the same text gives the same bytes
    Train {
        /// Folder of *.txt and *.txt.zst, a paragraph a line
        #[arg(long, value_name = "DIR")]
        corpus: PathBuf,
        /// Folder of the source lists
        #[arg(long, value_name = "DIR")]
        lists: PathBuf,
        /// Model file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Leave out sources whose names contain this
        #[arg(long, value_name = "NAME")]
        without: Vec<String>,
        /// Pairs of words to keep
        #[arg(long, default_value_t = TrainOptions::default().budget.bigrams)]
        bigrams: usize,
        /// Triples of words to keep
        #[arg(long, default_value_t = TrainOptions::default().budget.trigrams)]
        trigrams: usize,
        /// Weights of what the words around say, in bytes: a power of two, or 0
        #[arg(long, default_value_t = TrainOptions::default().weights)]
        weights: usize,
    },
}

/// Runs one of the commands; what it finds goes to standard output.
pub fn run(args: Args) -> Result<Exit, CliError> {
    answer(&args, &mut std::io::stdout().lock())?;
    Ok(Exit::Done)
}

fn answer(args: &Args, out: &mut dyn Write) -> Result<(), CliError> {
    match &args.command {
        DictCommand::Info { model, corpus, dictionary } => {
            let base = model.as_deref().map_or_else(
                || Dictionary::builtin().map(|built_in| Dictionary::clone(&built_in)),
                Dictionary::open,
            )?;
            info(&with_overlays(base, dictionary)?, corpus.as_deref(), out)
        }
        DictCommand::Lookup { words, dictionary } => {
            let dictionary = with_overlays(Dictionary::clone(&*Dictionary::builtin()?), dictionary)?;
            words.iter().try_for_each(|word| lookup(word, &dictionary, out))
        }
        DictCommand::Learn { dir, out: file } => learn(dir, file, out),
        DictCommand::Evaluate(args) => Ok(out.write_all(evaluate::evaluate(args)?.as_bytes())?),
        DictCommand::Train { corpus, lists, out: file, without, bigrams, trigrams, weights } => {
            let budget = Budget { bigrams: *bigrams, trigrams: *trigrams };
            let options = TrainOptions {
                without: without.clone(),
                budget,
                weights: *weights,
                ..TrainOptions::default()
            };
            let trained = train(corpus, lists, &options)?;
            write_file(file, &trained.bytes)?;
            writeln!(out, "{} bytes, from {} running words", trained.bytes.len(), trained.running_words)?;
            info(&trained.dictionary, Some(corpus), out)
        }
    }
}

fn with_overlays(base: Dictionary, files: &[PathBuf]) -> Result<Dictionary, DictionaryError> {
    files.iter().try_fold(base, |dictionary, file| dictionary.with_terms(file))
}

fn info(dictionary: &Dictionary, corpus: Option<&Path>, out: &mut dyn Write) -> Result<(), CliError> {
    let [_, bigrams, trigrams] = dictionary.ngram().sizes();
    let words = dictionary.vocabulary().len() - usize::from(FIRST_WORD);
    writeln!(out, "words {words}, pairs {bigrams}, triples {trigrams}")?;
    let (places, phrases) = (Gazetteer::builtin().iter().count(), Phrases::builtin().iter().count());
    writeln!(out, "places {places}, phrases {phrases}")?;
    let Some(corpus) = corpus else { return Ok(()) };
    let figures = held_out::measure(corpus, dictionary)?;
    let percent = |part: usize| 100.0 * part as f64 / figures.words.max(1) as f64;
    writeln!(out, "held-out lines, stripped of marks, each alone: {} words", figures.words)?;
    writeln!(out, "  most frequent form {:.2} % right", percent(figures.right_by_frequency))?;
    writeln!(
        out,
        "  model {:.2} % right, {:.2} % not in the vocabulary",
        percent(figures.right),
        percent(figures.unknown)
    )?;
    let nats = figures.cost as f64 / 1000.0 / figures.priced.max(1) as f64;
    writeln!(out, "  {nats:.3} nats a word (perplexity {:.1})", nats.exp())?;
    Ok(())
}

fn lookup(word: &str, dictionary: &Dictionary, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "{word}")?;
    let key = fold_key(word);
    let added = dictionary.added_candidates(&key).iter().copied();
    for id in dictionary.candidates(&key).chain(added) {
        let cost = f64::from(dictionary.ngram().unigram(id)) / 1000.0;
        let case = dictionary.case();
        let share = |cost: i32| (-f64::from(cost) / 1000.0).exp() * 100.0;
        writeln!(
            out,
            "  {}{}  {cost:.2} nats; capital {:.0} %, all capitals {:.0} %",
            dictionary.text(id),
            if dictionary.text(id) == canonical(word) { " (as given)" } else { "" },
            share(case.title(id)),
            share(case.upper(id))
        )?;
    }
    for (form, count) in abbreviation::written_forms(word) {
        writeln!(out, "  abbreviation {form} ({count}): {}", abbreviation::expansions(form).join("; "))?;
    }
    for (form, count) in abbreviation::number_suffixes(word) {
        writeln!(out, "  in numbers {form} ({count})")?;
    }
    for place in Gazetteer::builtin().find(word).take(20) {
        let within: Vec<&str> =
            [place.district, place.province].into_iter().filter(|name| !name.is_empty()).collect();
        let when = if place.current { "" } else { ", before July 2025" };
        writeln!(out, "  place {} ({}{when})", place.full_name, within.join(", "))?;
    }
    if let Some(found) = Phrases::builtin().nearest(word, 0.8) {
        writeln!(out, "  phrase {} ({:?}, {:.2})", found.phrase.text, found.phrase.role, found.similarity)?;
    }
    Ok(())
}

fn learn(dir: &Path, file: &Path, out: &mut dyn Write) -> Result<(), CliError> {
    let dictionary = Dictionary::builtin()?;
    let mut learner = Learner::default();
    let mut papers = 0;
    for entry in WalkDir::new(dir).sort_by_file_name() {
        let entry =
            entry.map_err(|error| DictionaryError::Read { path: dir.to_owned(), source: error.into() })?;
        if entry.file_type().is_file()
            && entry.path().extension().is_some_and(|e| e.eq_ignore_ascii_case("txt"))
        {
            let read = |source| DictionaryError::Read { path: entry.path().to_owned(), source };
            let text = String::from_utf8(std::fs::read(entry.path()).map_err(read)?);
            let text = text.map_err(|_| read(std::io::Error::other("not UTF-8")))?;
            text.lines().for_each(|line| learner.read_paragraph(line, &dictionary));
            papers += 1;
        }
    }
    if papers == 0 {
        return Err(DictionaryError::Training(format!("no .txt files in {}", dir.display())).into());
    }
    let overlay = learner.to_overlay(&dictionary);
    write_file(file, overlay.as_bytes())?;
    writeln!(
        out,
        "{papers} papers, {} words: {} lines learned",
        learner.running_words,
        overlay.lines().count() - 1
    )?;
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), DictionaryError> {
    std::fs::write(path, bytes).map_err(|source| DictionaryError::Write { path: path.to_owned(), source })
}
