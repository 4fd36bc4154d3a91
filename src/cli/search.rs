//! `vanthu search DIR QUERY`: pages and papers in the results of runs.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;

use super::{CliError, Exit};
use crate::write::catalog::{Catalog, Hit, Query, Snippet, search};

/// Search the results of runs.
///
/// Marks and case do not matter: `ke hoach` finds `Kế hoạch`. All words must be on the page; words in quotes must stand
/// together; a minus before a word or field excludes it (put the whole query in quotes, then).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Fields:
  number:265  number:265/KH-UBND     number and notation
  type:KH  type:plan  type:\"kế hoạch\"  type of paper
  issuer:\"sở nội vụ\"                 words of the issuing body's name
  after:2025-01-01  before:2025-12   day of issue

Examples:
  vanthu search results cai cach hanh chinh
  vanthu search results '\"chuyển đổi số\" type:KH after:2025'
  vanthu search results 'hoi nghi -\"du thao\"'
  vanthu search results --json number:265 | jq -r .document")]
pub struct Args {
    /// The folder of the results.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// What to look for.
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// Print a JSON object a line.
    #[arg(long)]
    json: bool,
    /// Print so many hits at most.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

/// Searches and prints.
pub fn run(args: Args) -> Result<Exit, CliError> {
    let query = Query::parse(&args.query.join(" "));
    let query = query.map_err(|error| CliError::new(Exit::Usage, error.to_string()))?;
    let hits = search(&Catalog::open(&args.dir)?, &query, args.limit)?;
    let text = if args.json { json(&hits)? } else { table(&hits, std::io::stdout().is_terminal()) };
    super::input::print(&text)?;
    if hits.is_empty() {
        eprintln!("nothing found");
    }
    Ok(Exit::Done)
}

fn json(hits: &[Hit]) -> Result<String, CliError> {
    let line = |hit| serde_json::to_string(hit).map(|line| line + "\n");
    hits.iter()
        .map(line)
        .collect::<Result<_, _>>()
        .map_err(|error| CliError::new(Exit::Io, error.to_string()))
}

/// A heading and a snippet for each hit; with the hits in bold where a person looks on.
fn table(hits: &[Hit], bold: bool) -> String {
    let mut text = String::new();
    for hit in hits {
        let page = hit.page.map(|page| format!(" p. {page}")).unwrap_or_default();
        let known = [&hit.doc_type, &hit.number, &hit.date].into_iter().flatten();
        let known: Vec<String> = known.map(|value| harmless(value)).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}{page}  {}", harmless(&hit.document), known.join(" · "));
        let _ = writeln!(text, "    {}", marked(&hit.snippet, bold));
    }
    text
}

fn marked(snippet: &Snippet, bold: bool) -> String {
    let mut text = String::new();
    for (index, c) in snippet.text.chars().enumerate() {
        if bold && snippet.hits.iter().any(|hit| hit.0 == index) {
            text.push_str("\u{1b}[1m");
        }
        text.push(c);
        if bold && snippet.hits.iter().any(|hit| hit.1 == index + 1) {
            text.push_str("\u{1b}[0m");
        }
    }
    text
}

/// Names come from files and papers: nothing in them may drive the terminal.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
