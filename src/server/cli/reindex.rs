//! `reindex`: the search index, made again by the rules of this program.

use super::{CliError, open_organization};
use crate::server::{
    query::search_index,
    store::{Db, OrgDb},
};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Options {
    /// The organization, by id or name; all when it is left out
    #[arg(long)]
    org: Option<String>,
}

/// Prints how many runs were put into the index again.
pub async fn run(db: &Db, options: Options) -> Result<ExitCode, CliError> {
    let orgs = match options.org {
        Some(org) => vec![open_organization(db, &org).await?],
        None => db.organizations().await?.into_iter().map(|known| OrgDb::new(db.clone(), known.id)).collect(),
    };
    let mut runs = 0;
    for org in orgs {
        runs += Box::pin(search_index::make_again(&org)).await?;
    }
    println!("{runs}");
    Ok(ExitCode::SUCCESS)
}
