//! How long somebody who writes waits while old runs are taken away, on both databases, and what becomes of the file.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made is a failure")]

#[path = "../tests/support/mod.rs"]
mod support;

use alloy_logs::{
    domain::{document::RunDocument, retention::RetentionDays, run_write::RunWrite},
    server::{
        clock,
        files::Files,
        query::{ingest, retention},
        store::OrgDb,
    },
};
use rand::{Rng, SeedableRng, distr::Alphanumeric};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use support::{
    database::{TestDb, both, organization},
    runs,
};

const RUNS: u64 = 50_000;

/// Runs among them that are as long as a run may be.
const LONG: u64 = 10;
/// How long: just below 32 MiB of text that hardly packs.
const STEPS: usize = 120;
const STEP_BYTES: usize = 250_000;

/// Others who write wait no longer for one turn.
const LONGEST: Duration = Duration::from_millis(50);

/// Somebody writes a run so often.
const WRITTEN_EVERY: Duration = Duration::from_millis(10);

fn run(n: u64, created_at: &str) -> RunDocument {
    let mut run = runs::full_run(n);
    run["created_at"] = json!(created_at);
    run["output_message"] = json!(format!("Parcel {n} is on its way. ").repeat(40));
    runs::document(&run)
}

/// A run of many steps.
fn long_run(n: u64) -> RunDocument {
    let mut random = ChaCha8Rng::seed_from_u64(n);
    let mut text = |length| (0..length).map(|_| char::from(random.sample(Alphanumeric))).collect::<String>();
    let mut run = runs::full_run(n);
    run["created_at"] = json!("2020-01-01T00:00:00Z");
    run["steps"] = (0..STEPS).map(|step| json!({ "id": format!("s{step}"), "output": text(STEP_BYTES) })).collect();
    runs::document(&run)
}

async fn write(org: &OrgDb, runs: impl Iterator<Item = RunDocument>) {
    ingest::write(org, runs.map(|run| RunWrite::named(run).unwrap()).collect()).await.unwrap();
}

/// Writes until it is told to stop; how long each write took, the shortest first.
async fn write_until(org: OrgDb, is_over: Arc<AtomicBool>) -> Vec<Duration> {
    let mut waits = Vec::new();
    for n in RUNS.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let began = Instant::now();
        write(&org, std::iter::once(run(n, &clock::now().to_string()))).await;
        waits.push(began.elapsed());
        tokio::time::sleep(WRITTEN_EVERY).await;
    }
    waits.sort_unstable();
    waits
}

async fn measure(database: &TestDb) {
    let org = organization(&database.db).await;
    for first in (0..RUNS).step_by(250) {
        write(&org, (first..first + 250).map(|n| run(n, "2020-01-01T00:00:00Z"))).await;
    }
    for n in (0..LONG).map(|n| n * RUNS / LONG) {
        write(&org, std::iter::once(long_run(n))).await;
    }
    let told = |name: &str, waits: &[Duration]| {
        let (half, most) = (waits[waits.len() / 2], waits[waits.len() - 1]);
        let late = waits[waits.len() * 99 / 100];
        let count = waits.len();
        println!("  {name:<28} {count:>6} writes: p50 {half:>9.1?}   p99 {late:>9.1?}   longest {most:>9.1?}");
    };
    println!("{}", database.kind);
    let write_meanwhile = || {
        let is_over = Arc::new(AtomicBool::new(false));
        (Arc::clone(&is_over), tokio::spawn(write_until(org.clone(), is_over)))
    };
    let (is_over, writing) = write_meanwhile();
    tokio::time::sleep(Duration::from_secs(5)).await;
    is_over.store(true, Ordering::Relaxed);
    told("nothing else going on", &writing.await.unwrap());

    let folder = tempfile::tempdir().unwrap();
    let (files, days) = (Files::in_folder(folder.path()).unwrap(), RetentionDays::try_from(90).unwrap());
    let (is_over, writing) = write_meanwhile();
    let began = Instant::now();
    let pruned = Box::pin(retention::prune(&org, &files, days, &days.by_rule(), clock::now())).await.unwrap();
    let took = began.elapsed();
    is_over.store(true, Ordering::Relaxed);
    assert_eq!(pruned.runs, RUNS);
    told("while runs are taken away", &writing.await.unwrap());

    let (is_over, writing) = write_meanwhile();
    let began = Instant::now();
    retention::give_back_room(&database.db).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let given = began.elapsed();
    is_over.store(true, Ordering::Relaxed);
    told("while room is given back", &writing.await.unwrap());
    let (runs, longest) = (pruned.runs, pruned.longest);
    let promise = if longest > LONGEST { "  not as was promised" } else { "" };
    println!(
        "  {runs} runs taken away in {took:.1?}, the longest turn {longest:.1?}{promise}; room given back in {given:.1?}"
    );
}

#[tokio::main]
async fn main() {
    for database in both().await {
        measure(&database).await;
    }
}
