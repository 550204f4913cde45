//! `check`: whether what lists are found and counted by is what the runs make.

use super::{CliError, open_organization};
use crate::server::{
    query::run_index,
    store::{Db, IndexCheck, OrgDb, StoreError},
};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Options {
    /// One organization, by id or name, instead of all
    #[arg(long)]
    org: Option<String>,
    /// Make an index that is wrong again; nobody writes meanwhile
    #[arg(long)]
    repair: bool,
}

/// Prints a line for each organization. Fails when an index was wrong and stays so.
pub async fn run(db: &Db, options: Options) -> Result<ExitCode, CliError> {
    let organizations = if let Some(org) = &options.org {
        vec![open_organization(db, org).await?]
    } else {
        let known = db.organizations().await?;
        known.into_iter().map(|known| OrgDb::new(db.clone(), known.id)).collect()
    };
    let mut is_right = true;
    for org in organizations {
        let fault = match run_index::check(&org).await {
            Ok(IndexCheck { runs, differences: 0 }) => {
                println!("{}: {runs} runs, the index is right", org.organization_id());
                continue;
            }
            Ok(IndexCheck { runs, differences }) => format!("{runs} runs, the index is wrong about {differences}"),
            Err(error @ StoreError::Inconsistent { .. }) => error.to_string(),
            Err(error) => return Err(error.into()),
        };
        let remedy = if options.repair {
            run_index::rebuild(&org).await?;
            "it was made again"
        } else {
            is_right = false;
            "run `alloy-logs check --repair`"
        };
        println!("{}: {fault}: {remedy}", org.organization_id());
    }
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
