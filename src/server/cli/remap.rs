//! `remap`: runs made of traces, made again by the rules of this program.

use super::{CliError, open_organization};
use crate::server::{clock, files::Files, query::traces, settings::Settings, store::Db};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Options {
    /// The organization, by id or name
    #[arg(long)]
    org: String,
}

/// Prints how many runs were made again.
pub async fn run(db: &Db, settings: &Settings, options: Options) -> Result<ExitCode, CliError> {
    let (org, files) = (open_organization(db, &options.org).await?, Files::open(settings)?);
    let runs = traces::remap_all(&org, &files, clock::now(), settings.stale_after()).await?;
    println!("{runs}");
    Ok(ExitCode::SUCCESS)
}
