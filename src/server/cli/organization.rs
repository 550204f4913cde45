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
    /// Prints after how many days the runs of an organization are taken away, or sets it; those that are older then go within the
    /// hour
    Retention {
        /// The organization, by id or name
        #[arg(long)]
        org: String,
        /// Days since a run was created, or off to keep all
        #[arg(long, value_parser = parse_retention)]
        days: Option<Retention>,
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
            match days {
                Some(Retention::Off) => db.set_retention(id, None).await?,
                Some(Retention::Days(days)) => db.set_retention(id, Some(days)).await?,
                None => {
                    let kept = db.organizations().await?.into_iter().find(|organization| organization.id == id);
                    let days = kept.and_then(|organization| organization.retention);
                    println!("{}", days.map_or_else(|| "off".to_owned(), |days| days.get().to_string()));
                }
            }
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
