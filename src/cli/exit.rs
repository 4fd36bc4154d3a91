//! Exit codes and the one-line error behind each (`sysexits.h`).

use std::fmt;
use std::process::ExitCode;

use crate::batch::BatchError;
use crate::batch::shards::ShardError;
use crate::dictionary::DictionaryError;
use crate::ingest::IngestError;
use crate::pipeline::PipelineError;
use crate::recognize::RecognizeError;
use crate::review::ReviewError;
use crate::write::WriteError;
use crate::write::catalog::CatalogError;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All done.
    Done = 0,
    /// Wrong usage.
    Usage = 64,
    /// Some inputs are bad; the rest is done.
    BadInput = 65,
    /// An input was not found.
    NotFound = 66,
    /// Something needed is missing; the message says the command that installs it.
    Missing = 69,
    /// A result cannot be created.
    CannotCreate = 73,
    /// Reading or writing failed.
    Io = 74,
    /// Out of room, or interrupted as a shard; run again and it goes on.
    TryAgain = 75,
    /// Stopped by Ctrl-C after the pages in hand.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// One line for the user and the code to end with.
#[derive(Debug)]
pub struct CliError {
    /// The code.
    pub exit: Exit,
    /// What, where and what to do.
    pub message: String,
}

impl CliError {
    /// An error with this code.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // File names may hold line feeds; the promise is one line.
        f.write_str(&self.message.replace(['\n', '\r'], " "))
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        let exit = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Exit::TryAgain,
            std::io::ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::Io,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<WriteError> for CliError {
    fn from(error: WriteError) -> Self {
        let full = matches!(&error, WriteError::Io { source, .. }
            if matches!(source.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded));
        Self::new(if full { Exit::TryAgain } else { Exit::CannotCreate }, error.to_string())
    }
}

impl From<CatalogError> for CliError {
    fn from(error: CatalogError) -> Self {
        let exit = match &error {
            CatalogError::Missing(_) => Exit::NotFound,
            CatalogError::Unusable(_) => Exit::BadInput,
            CatalogError::Sqlite { .. } => Exit::Io,
            CatalogError::Io { .. } => Exit::CannotCreate,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<ReviewError> for CliError {
    fn from(error: ReviewError) -> Self {
        let exit = match &error {
            ReviewError::NoResults(_) | ReviewError::NotFound(_) => Exit::NotFound,
            ReviewError::Address { .. } | ReviewError::Server(_) => Exit::Io,
            ReviewError::Refused(_) | ReviewError::Outdated => Exit::Usage,
            ReviewError::Write(_) => Exit::CannotCreate,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<IngestError> for CliError {
    fn from(error: IngestError) -> Self {
        Self::new(
            if matches!(error, IngestError::NotFound(_)) { Exit::NotFound } else { Exit::BadInput },
            error.to_string(),
        )
    }
}

impl From<DictionaryError> for CliError {
    fn from(error: DictionaryError) -> Self {
        Self::new(Exit::BadInput, error.to_string())
    }
}

impl From<PipelineError> for CliError {
    fn from(error: PipelineError) -> Self {
        let message = error.to_string();
        match error {
            PipelineError::Ingest(error) => error.into(),
            PipelineError::Dictionary(error) => error.into(),
            PipelineError::Recognize(
                RecognizeError::ModelMissing { .. } | RecognizeError::ModelRejected { .. },
            ) => Self::new(Exit::Missing, message),
            PipelineError::Prepare(_) | PipelineError::Recognize(_) => Self::new(Exit::BadInput, message),
        }
    }
}

impl From<ShardError> for CliError {
    fn from(error: ShardError) -> Self {
        let exit = match &error {
            ShardError::Manifest { .. } => Exit::NotFound,
            ShardError::Cut { .. } | ShardError::Differ(_) | ShardError::Place(_) => Exit::Usage,
            ShardError::NoInput(_) | ShardError::Mismatch(_) | ShardError::Shelf(_) => Exit::TryAgain,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<BatchError> for CliError {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Write(error) => error.into(),
            BatchError::Shard(error) => error.into(),
            BatchError::Catalog(error) => error.into(),
            BatchError::Locked { .. } => Self::new(Exit::TryAgain, error.to_string()),
            BatchError::Worker(_) => Self::new(Exit::Missing, error.to_string()),
            BatchError::Threads(_) => Self::new(Exit::Io, error.to_string()),
        }
    }
}
