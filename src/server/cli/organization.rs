//! `org create`.

use super::CliError;
use crate::{
    domain::ids::OrganizationId,
    server::{clock, store::Db},
};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an organization and prints its id
    Create {
        /// What people call it
        #[arg(long)]
        name: String,
    },
}

pub async fn run(db: &Db, command: Command) -> Result<ExitCode, CliError> {
    let Command::Create { name } = command;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.contains('\0') {
        return Err(CliError::Refused("the name must have 1 to 200 characters".to_owned()));
    }
    let id = OrganizationId(clock::new_id());
    if !db.insert_organization(id, name, clock::now()).await? {
        return Err(CliError::Refused(format!("there is an organization {name} already")));
    }
    println!("{id}");
    Ok(ExitCode::SUCCESS)
}
