//! `prune`: runs that are kept no longer are taken away now.

use super::CliError;
use crate::{
    domain::retention::RetentionDays,
    server::{
        clock,
        files::Files,
        query::retention,
        settings::Settings,
        store::{Db, OrgDb},
    },
};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Options {
    /// Days since a run was created: 90d. One that goes on stays while anything is written of it
    #[arg(long, value_parser = parse_age)]
    older_than: RetentionDays,
    /// The organization, by id or name; all when left out
    #[arg(long)]
    org: Option<String>,
    /// Only says how many there are
    #[arg(long)]
    dry_run: bool,
    /// Writes an SQLite file anew afterwards, without what lies free in it: needs as much room again, and nobody else can
    /// write meanwhile
    #[arg(long, conflicts_with = "dry_run")]
    vacuum: bool,
}

fn parse_age(text: &str) -> Result<RetentionDays, String> {
    let days = text.strip_suffix('d').ok_or("must be a number of days, like 90d")?;
    days.parse().map_err(|error: crate::domain::retention::InvalidDays| error.to_string())
}

/// Prints for each organization how many runs are gone, or would be, and its name.
pub async fn run(db: &Db, settings: &Settings, options: Options) -> Result<ExitCode, CliError> {
    let (files, now) = (Files::open(settings)?, clock::now());
    let only = match options.org {
        Some(name) => Some(db.find_organization(&name).await?.ok_or(CliError::NoOrganization(name))?),
        None => None,
    };
    for organization in db.organizations().await? {
        if only.is_some_and(|only| only != organization.id) {
            continue;
        }
        let org = OrgDb::new(db.clone(), organization.id);
        let count = if options.dry_run {
            org.count_expired(options.older_than.before(now)).await?
        } else {
            retention::prune(&org, &files, options.older_than, &options.older_than.by_hand(), now).await?.runs
        };
        println!("{count}\t{}", organization.name);
    }
    if options.vacuum {
        db.vacuum().await?;
    } else if !options.dry_run {
        retention::give_back_room(db).await?;
    }
    Ok(ExitCode::SUCCESS)
}
