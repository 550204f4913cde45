//! `demo`: an organization to look around in.

use super::CliError;
use crate::{
    domain::{
        access::Role,
        document::RunDocument,
        ids::{OrganizationId, RunId},
        run_write::RunWrite,
        time::Timestamp,
    },
    server::{
        auth::{password, secret::Secret},
        clock, connection,
        demo::{self, DemoFile, live::LiveRun},
        files::Files,
        query::ingest,
        settings::Settings,
        store::{Db, OrgDb},
    },
};
use clap::Args;
use std::{process::ExitCode, time::Duration};

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
    /// Goes on as an engine at work: runs begin, go through their steps and end, until Ctrl-C. While the program serves, too
    #[arg(long)]
    live: bool,
    /// How many times as fast
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100), requires = "live")]
    speed: u32,
}

const ORGANIZATION: &str = "Halden";
const PEOPLE: [(&str, Role); 2] = [("admin@halden.example", Role::Admin), ("member@halden.example", Role::Member)];
/// Runs of one transaction.
const AT_ONCE: usize = 200;
/// So often what has happened meanwhile is written, while the engine works.
const BETWEEN_WRITES: Duration = Duration::from_millis(200);

pub async fn run(db: &Db, settings: &Settings, options: Options) -> Result<ExitCode, CliError> {
    if options.if_empty && !options.live && db.count_organizations().await? > 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let (organization_id, seed) = (demo::organization_id(options.seed), options.seed);
    let org = OrgDb::new(db.clone(), organization_id);
    let files = Files::open(settings)?;
    match db.find_organization(ORGANIZATION).await? {
        None => make(db, &org, &files, &options).await?,
        Some(id) if options.live && id == organization_id => {}
        Some(_) if options.live => {
            return Err(CliError::Refused(format!(
                "the organization {ORGANIZATION} was not made with the seed {seed}"
            )));
        }
        Some(_) => return Err(CliError::Refused(format!("there is an organization {ORGANIZATION} already"))),
    }
    if options.live {
        println!("Runs come and go in {ORGANIZATION} until Ctrl-C.");
        Box::pin(work(&org, &files, seed, options.speed)).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the organization, its people and its past.
async fn make(db: &Db, org: &OrgDb, files: &Files, options: &Options) -> Result<(), CliError> {
    let (now, organization_id) = (clock::now(), org.organization_id());
    let password = match &options.password {
        Some(password) => password.clone(),
        None => Secret::generate(organization_id)?.to_cookie()[32..48].to_owned(),
    };
    let password_hash = password::hash(&password)?;
    db.insert_organization(organization_id, ORGANIZATION, now).await?;
    for (number, (email, role)) in (0..).zip(PEOPLE) {
        let user_id = match db.find_user(email).await? {
            Some(user) => user.id,
            None => demo::user_id(options.seed, number),
        };
        db.insert_user(user_id, email, &password_hash, now).await?;
        org.add_member(user_id, role).await?;
    }
    let mut runs = demo::runs(options.seed, options.runs, now);
    loop {
        let mut writes = Vec::with_capacity(AT_ONCE);
        for run in runs.by_ref().take(AT_ONCE) {
            let write = named(run.document)?;
            put(files, organization_id, write.run_id, run.files).await?;
            writes.push(write);
        }
        if writes.is_empty() {
            break;
        }
        ingest::write(org, writes).await?;
    }
    println!("The organization {ORGANIZATION} ({organization_id}) has {} runs. Sign in as", options.runs);
    for (email, role) in PEOPLE {
        println!("  {email}  {password}  ({role})");
    }
    Ok(())
}

/// Works as an engine does: runs begin, go on and end, until the program is told to stop; then those at work are stopped.
async fn work(org: &OrgDb, files: &Files, seed: u64, rate: u32) -> Result<(), CliError> {
    let stop = connection::told_to_stop();
    tokio::pin!(stop);
    let (mut at_work, mut next_at) = (Vec::<LiveRun>::new(), clock::now());
    loop {
        let now = clock::now();
        if now >= next_at {
            at_work.push(LiveRun::begin(seed, now, rate));
            next_at = now.plus(demo::live::until_next(seed, now, rate));
        }
        match tell(org, files, &mut at_work, now).await {
            Ok(()) => at_work.retain(|run| run.next().is_some()),
            // It is told with what comes next.
            Err(CliError::Store(error)) if error.is_passing() => tracing::warn!(%error, "a moment was missed"),
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(BETWEEN_WRITES) => {}
        }
    }
    let now = clock::now();
    let stopped: Result<Vec<_>, _> = at_work.iter().map(|run| named(run.stopped(now))).collect();
    ingest::write(org, stopped?).await?;
    Ok(())
}

/// Writes what has happened to runs by now.
async fn tell(org: &OrgDb, files: &Files, at_work: &mut [LiveRun], now: Timestamp) -> Result<(), CliError> {
    let mut writes = Vec::new();
    let mut due: Vec<_> = at_work.iter_mut().filter(|run| run.next().is_some_and(|moment| moment <= now)).collect();
    for run in &mut due {
        let write = named(run.at(now))?;
        if !write.document.attachments.is_empty() {
            put(files, org.organization_id(), write.run_id, std::mem::take(&mut run.files)).await?;
        }
        writes.push(write);
    }
    ingest::write(org, writes).await?;
    for run in due {
        run.told(now);
    }
    Ok(())
}

fn named(document: RunDocument) -> Result<RunWrite, CliError> {
    RunWrite::named(document).map_err(|faults| CliError::Refused(format!("the demo made a bad run: {}", faults[0])))
}

async fn put(
    files: &Files,
    organization_id: OrganizationId,
    run_id: RunId,
    of_run: Vec<DemoFile>,
) -> Result<(), CliError> {
    for file in of_run {
        files.put(organization_id, run_id, file.attachment_id, file.bytes).await?;
    }
    Ok(())
}
