//! `vanthu completions SHELL`: a completion script on standard output.

use clap::CommandFactory;

use super::{Cli, CliError, Exit};

/// Print a completion script for a shell.
///
/// For bash: vanthu completions bash > ~/.local/share/bash-completion/completions/vanthu
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Prints the script.
pub fn run(args: Args) -> Result<Exit, CliError> {
    clap_complete::generate(args.shell, &mut Cli::command(), "vanthu", &mut std::io::stdout());
    Ok(Exit::Done)
}
