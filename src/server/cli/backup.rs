//! `backup`: the database as it is at one moment, in a file.

use super::CliError;
use crate::server::{settings::Settings, store::backup};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};

#[derive(Debug, Args)]
pub struct Options {
    /// The file, which must not be there yet
    file: PathBuf,
}

/// Opens the database by itself: what is backed up before a new program is started stays as the old one knows it.
pub async fn run(settings: &Settings, options: Options) -> Result<ExitCode, CliError> {
    backup(&settings.database_url, &options.file).await?;
    Ok(ExitCode::SUCCESS)
}
