//! `demo`: an organization to look around in.

use super::CliError;
use crate::{
    domain::{access::Role, run_write::RunWrite},
    server::{
        auth::{password, secret::Secret},
        clock, demo,
        files::Files,
        query::ingest,
        settings::Settings,
        store::{Db, OrgDb},
    },
};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Options {
    /// How many runs
    #[arg(long, default_value_t = 2_000)]
    runs: usize,
    /// The same seed gives the same ids and data
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The password of both people; random when not given
    #[arg(long)]
    password: Option<String>,
    /// Does nothing when there is an organization
    #[arg(long)]
    if_empty: bool,
}

const ORGANIZATION: &str = "Halden";
const PEOPLE: [(&str, Role); 2] = [("admin@halden.example", Role::Admin), ("member@halden.example", Role::Member)];
/// Runs of one transaction.
const AT_ONCE: usize = 200;

pub async fn run(db: &Db, settings: &Settings, options: Options) -> Result<ExitCode, CliError> {
    if options.if_empty && db.count_organizations().await? > 0 {
        return Ok(ExitCode::SUCCESS);
    }
    if db.find_organization(ORGANIZATION).await?.is_some() {
        return Err(CliError::Refused(format!("there is an organization {ORGANIZATION} already")));
    }
    let now = clock::now();
    let organization_id = demo::organization_id(options.seed);
    let password = match options.password {
        Some(password) => password,
        None => Secret::generate(organization_id)?.to_cookie()[32..48].to_owned(),
    };
    let password_hash = password::hash(&password)?;
    db.insert_organization(organization_id, ORGANIZATION, now).await?;
    let org = OrgDb::new(db.clone(), organization_id);
    for (number, (email, role)) in (0..).zip(PEOPLE) {
        let user_id = match db.find_user(email).await? {
            Some(user) => user.id,
            None => demo::user_id(options.seed, number),
        };
        db.insert_user(user_id, email, &password_hash, now).await?;
        org.add_member(user_id, role).await?;
    }
    let files = Files::open(settings)?;
    let mut runs = demo::runs(options.seed, options.runs, now);
    loop {
        let mut writes = Vec::with_capacity(AT_ONCE);
        for run in runs.by_ref().take(AT_ONCE) {
            let write = RunWrite::named(run.document)
                .map_err(|faults| CliError::Refused(format!("the demo made a bad run: {}", faults[0])))?;
            for file in run.files {
                files.put(organization_id, write.run_id, file.attachment_id, file.bytes).await?;
            }
            writes.push(write);
        }
        if writes.is_empty() {
            break;
        }
        ingest::write(&org, writes).await?;
    }
    println!("The organization {ORGANIZATION} ({organization_id}) has {} runs. Sign in as", options.runs);
    for (email, role) in PEOPLE {
        println!("  {email}  {password}  ({role})");
    }
    Ok(ExitCode::SUCCESS)
}
