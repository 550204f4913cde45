//! `token create`.

use super::{CliError, find_organization};
use crate::{
    domain::access::{Scope, UnknownScope},
    server::{
        auth::secret::Secret,
        clock,
        store::{Db, OrgDb},
    },
};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an API token and prints it, once
    Create {
        /// The organization, by id or name
        #[arg(long)]
        org: String,
        /// runs:read, runs:write or both with a comma between
        #[arg(long, value_delimiter = ',', required = true, value_parser = parse_scope)]
        scope: Vec<Scope>,
    },
}

pub async fn run(db: &Db, command: Command) -> Result<ExitCode, CliError> {
    let Command::Create { org, mut scope } = command;
    let organization_id = find_organization(db, &org).await?;
    scope.sort_unstable();
    scope.dedup();
    let secret = Secret::generate(organization_id)?;
    OrgDb::new(db.clone(), organization_id).insert_token(&secret.hash(), &scope, clock::now()).await?;
    println!("{}", secret.to_token());
    Ok(ExitCode::SUCCESS)
}

fn parse_scope(text: &str) -> Result<Scope, String> {
    text.parse().map_err(|error: UnknownScope| error.to_string())
}
