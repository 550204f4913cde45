//! `import`: run documents from a file or from standard input.

use super::{CliError, is_stdin, open_organization};
use crate::server::{
    query::ingest::{self, LinesError},
    settings::Settings,
    store::Db,
};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};
use tokio::{fs::File, io::AsyncRead};

#[derive(Debug, Args)]
pub struct Options {
    /// The file, or - for standard input
    file: PathBuf,
    /// The organization, by id or name
    #[arg(long)]
    org: String,
}

/// Prints what became of the lines, as the API answers it.
pub async fn run(db: &Db, settings: &Settings, options: Options) -> Result<ExitCode, CliError> {
    let org = open_organization(db, &options.org).await?;
    let unreadable = |error| CliError::Read(options.file.display().to_string(), error);
    let input: Box<dyn AsyncRead + Unpin + Send> = if is_stdin(&options.file) {
        Box::new(tokio::io::stdin())
    } else {
        Box::new(File::open(&options.file).await.map_err(unreadable)?)
    };
    let report = ingest::write_lines(&org, input, settings.max_document_bytes).await.map_err(|error| match error {
        LinesError::Read(error) => unreadable(error),
        LinesError::Store(error) => error.into(),
    })?;
    println!("{}", serde_json::to_string(&report).unwrap_or_default());
    Ok(if report.rejected_total == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
