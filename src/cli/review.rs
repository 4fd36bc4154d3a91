//! `vanthu review DIR`: check and correct results in a browser.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use super::{CliError, Exit};
use crate::review::{ReviewOptions, export, serve};
use crate::write::jsonl;

/// Check and correct results in a browser.
///
/// Serves a page on this machine: the papers that most need a look first, the scan beside its text and values. Corrections
/// go to corrections.jsonl beside each record, with who and when; no later run changes them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vanthu review results
  vanthu review results --bind 192.0.2.7 --port 8080      for others: with a token in the address
  vanthu review results --export terms > terms.tsv        then: vanthu run --dictionary terms.tsv …
  vanthu review results --export records > corrected.jsonl")]
pub struct Args {
    /// The folder of the results.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Port of the page; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8017)]
    port: u16,
    /// Serve others, too: the address of this machine they reach; a token is asked for.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Where the scans lie, if they were moved since the run.
    #[arg(long, value_name = "DIR")]
    scans: Option<PathBuf>,
    /// Print what people put right instead of serving the page.
    #[arg(long, value_enum, value_name = "WHAT")]
    export: Option<Export>,
}

/// What corrections are printed as.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Export {
    /// `read TAB right`: what the engine read and what stands there
    Pairs,
    /// `term TAB weight`: for `--dictionary`
    Terms,
    /// Every record with the corrections in it, JSON Lines
    Records,
}

/// Serves the page, or prints.
pub fn run(args: Args) -> Result<Exit, CliError> {
    if !args.dir.join("documents").is_dir() {
        let message =
            format!("{}: no results here; name the folder given to `vanthu run --out`", args.dir.display());
        return Err(CliError::new(Exit::NotFound, message));
    }
    if let Some(what) = args.export {
        return print(what, &args.dir);
    }
    let address = SocketAddr::new(args.bind, args.port);
    let options = ReviewOptions { out: args.dir, scans: args.scans, address };
    serve(&options, |url| {
        // Whoever started it reads the address here; that nobody listens is no reason to stop.
        let _ = super::input::print(&format!("{url}\n"));
        eprintln!("open this address in a browser; Ctrl-C ends");
    })?;
    Ok(Exit::Done)
}

fn print(what: Export, dir: &Path) -> Result<Exit, CliError> {
    let mut to = std::io::BufWriter::new(std::io::stdout().lock());
    let mut exit = Exit::Done;
    match what {
        Export::Pairs => export::write_pairs(dir, &mut to)?,
        Export::Terms => export::write_terms(dir, &mut to)?,
        Export::Records => {
            jsonl::write(dir, &mut to, |name| {
                exit = Exit::BadInput;
                eprintln!("{name}: its record cannot be read; run `vanthu run` on its input again");
            })?;
        }
    }
    to.flush()?;
    Ok(exit)
}
