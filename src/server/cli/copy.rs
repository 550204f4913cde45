//! `copy`: everything from one database into another, which is how one grows out of SQLite.

use super::{CliError, close, open};
use crate::{
    domain::{ids::OrganizationId, text::thousands},
    server::{
        query::run_index,
        settings::Settings,
        store::{Compared, Copied, Db, OrgDb, directory::OrganizationRow},
    },
};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Options {
    /// The database to read: `sqlite://FILE` or `postgres://…`
    #[arg(long)]
    from: String,
    /// The database to write: a new one, or a copy that was broken off or has grown old
    #[arg(long)]
    to: String,
    /// One organization with its people, by id or name, instead of everything
    #[arg(long)]
    org: Option<String>,
}

/// Says of each table how it goes, and in the end of each organization whether both are the same. Fails when they are not.
pub async fn run(settings: &Settings, options: Options) -> Result<ExitCode, CliError> {
    if !Db::is_there(&options.from)? {
        return Err(CliError::Refused(format!("there is no database {}", options.from)));
    }
    let (from, to) = (open(settings, &options.from).await?, open(settings, &options.to).await?);
    let done = if from.is_same_as(&to) {
        Err(CliError::Refused("both are the same database".to_owned()))
    } else {
        copy(&from, &to, options.org).await
    };
    for db in [from, to] {
        close(&db, settings.stop_timeout_ms).await;
    }
    done
}

async fn copy(from: &Db, to: &Db, only: Option<String>) -> Result<ExitCode, CliError> {
    let only = match only {
        Some(name) => Some(from.find_organization(&name).await?.ok_or(CliError::NoOrganization(name))?),
        None => None,
    };
    if only.is_none() {
        tell("everybody", from.copy_people_to(to).await?);
    }
    for OrganizationRow { id, name, .. } in chosen(from, only).await? {
        let (source, target) = (OrgDb::new(from.clone(), id), OrgDb::new(to.clone(), id));
        Box::pin(source.copy_to(&target, |copied| tell(&name, copied))).await?;
        if run_index::check(&target).await?.differences > 0 {
            run_index::rebuild(&target).await?;
        }
        // Words are put there by a server, in its own time.
        target.restart_index().await?;
    }
    let mut is_same = true;
    if only.is_none() {
        is_same &= say("everybody", &[from.compare_people_with(to).await?]);
    }
    for OrganizationRow { id, name, .. } in chosen(from, only).await? {
        let (source, target) = (OrgDb::new(from.clone(), id), OrgDb::new(to.clone(), id));
        is_same &= say(&name, &Box::pin(source.compare_with(&target)).await?);
    }
    if !is_same {
        return Err(CliError::Refused("the source was written meanwhile: run it again".to_owned()));
    }
    println!("Attachments are not in a database: they stay where they are");
    Ok(ExitCode::SUCCESS)
}

async fn chosen(db: &Db, only: Option<OrganizationId>) -> Result<Vec<OrganizationRow>, CliError> {
    let mut organizations = db.organizations().await?;
    organizations.retain(|organization| only.is_none_or(|only| only == organization.id));
    Ok(organizations)
}

fn tell(whose: &str, Copied { table, rows, written, .. }: Copied) {
    eprintln!("{whose}: {table}: {} rows, {} written", thousands(rows), thousands(written));
}

/// Says whether a copy is the same.
fn say(whose: &str, tables: &[Compared]) -> bool {
    let different: Vec<_> = tables.iter().filter(|table| !table.is_same()).collect();
    for Compared { table, here, there } in &different {
        let (here, there) = (thousands(here.rows), thousands(there.rows));
        println!("{whose}: {table} differs: {here} rows, {there} in the copy");
    }
    if different.is_empty() {
        let rows = tables.iter().map(|table| table.here.rows).sum();
        println!("{whose}: {} rows, the same in both", thousands(rows));
    }
    different.is_empty()
}
