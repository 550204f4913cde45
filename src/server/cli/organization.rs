//! `org create` and `org retention`.

use super::CliError;
use crate::{
    domain::{ids::OrganizationId, retention::RetentionDays},
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
    /// Says how long the runs of an organization are kept; those that are older are taken away within the hour
    Retention {
        /// The organization, by id or name
        #[arg(long)]
        org: String,
        /// Days since a run was created, or off to keep all
        #[arg(long, value_parser = parse_retention)]
        days: Retention,
    },
}

/// How long runs are kept.
#[derive(Debug, Clone, Copy)]
pub enum Retention {
    Off,
    Days(RetentionDays),
}

fn parse_retention(text: &str) -> Result<Retention, String> {
    if text == "off" {
        return Ok(Retention::Off);
    }
    let days = text.parse().map(Retention::Days);
    days.map_err(|error: crate::domain::retention::InvalidDays| format!("{error}, or off"))
}

pub async fn run(db: &Db, command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Create { name } => create(db, &name).await,
        Command::Retention { org, days } => {
            let id = db.find_organization(&org).await?.ok_or(CliError::NoOrganization(org))?;
            let days = match days {
                Retention::Off => None,
                Retention::Days(days) => Some(days),
            };
            db.set_retention(id, days).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn create(db: &Db, name: &str) -> Result<ExitCode, CliError> {
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
