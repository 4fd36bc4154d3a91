//! `vanthu worker`: what `vanthu run` starts to read pages in a process that may be lost.

use super::{CliError, Exit};
use crate::batch::reading::serve::serve;

/// Reads pages for a run that started it.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Works until the run hangs up.
pub fn run(_: Args) -> Result<Exit, CliError> {
    serve()?;
    Ok(Exit::Done)
}
