//! `token create`, `token list` and `token revoke`.

use super::{CliError, open_organization};
use crate::{
    domain::access::{Scope, UnknownScope},
    server::{
        auth::secret::{Secret, called},
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
    /// Lists the API tokens: id, scopes, when it was made, and when it was revoked
    List {
        /// The organization, by id or name
        #[arg(long)]
        org: String,
    },
    /// Takes an API token out of force, at once
    Revoke {
        /// The organization, by id or name
        #[arg(long)]
        org: String,
        /// The token itself, or its id from the list
        token: String,
    },
}

pub async fn run(db: &Db, command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Create { org, scope } => create(&open_organization(db, &org).await?, scope).await?,
        Command::List { org } => list(&open_organization(db, &org).await?).await?,
        Command::Revoke { org, token } => revoke(&open_organization(db, &org).await?, &token).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(org: &OrgDb, mut scopes: Vec<Scope>) -> Result<(), CliError> {
    scopes.sort_unstable();
    scopes.dedup();
    let secret = Secret::generate(org.organization_id())?;
    org.insert_token(&secret.hash(), &scopes, clock::now()).await?;
    println!("{}", secret.to_token());
    Ok(())
}

async fn list(org: &OrgDb) -> Result<(), CliError> {
    for token in org.tokens().await? {
        let state = token.revoked_at.map_or_else(|| "in force".to_owned(), |time| format!("revoked {time}"));
        println!("{}  {}  {}  {state}", called(&token.secret_hash), token.scopes, token.created_at);
    }
    Ok(())
}

async fn revoke(org: &OrgDb, token: &str) -> Result<(), CliError> {
    let asked = Secret::from_token(token).map_or_else(|| token.to_owned(), |secret| called(&secret.hash()));
    let found = org.tokens().await?.into_iter().find(|token| called(&token.secret_hash) == asked);
    // Not with what was given, which may be a secret.
    let found =
        found.ok_or_else(|| CliError::Refused("there is no such token (`token list` shows the ids)".to_owned()))?;
    if !org.revoke_token(&found.secret_hash, clock::now()).await? {
        return Err(CliError::Refused(format!("the token {asked} was revoked before")));
    }
    Ok(())
}

fn parse_scope(text: &str) -> Result<Scope, String> {
    text.parse().map_err(|error: UnknownScope| error.to_string())
}
