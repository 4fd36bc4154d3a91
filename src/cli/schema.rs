//! `vanthu schema`: the JSON Schema of a record.

use super::{CliError, Exit};
use crate::extract::SCHEMA;

/// Print the JSON Schema (draft 2020-12) of a record.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints the schema.
pub fn run(_: Args) -> Result<Exit, CliError> {
    super::input::print(SCHEMA)?;
    Ok(Exit::Done)
}
