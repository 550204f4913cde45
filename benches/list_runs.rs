//! `make bench`: how fast runs are listed and opened, and what the program weighs. Ratios count more than the
//! figures, which are this machine's at this moment; everything is measured in one run.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made is a failure")]

#[path = "support/http.rs"]
mod http;
#[path = "support/load.rs"]
mod load;
#[path = "support/mod.rs"]
mod measures;
#[path = "../tests/support/mod.rs"]
mod support;

use alloy_logs::{
    domain::{filter::RunFilter, ids::OrganizationId, page::PageRequest, status::RunStatus},
    server::{
        query::{get_run::get_run, list_runs},
        store::{Columns, OrgDb},
    },
};
use load::{Bare, CONCURRENCY, answers};
use measures::{resident, times};
use std::{
    future::Future,
    time::{Duration, Instant},
};
use support::{database, program::Installation};

const RUNS: &str = "20000";

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if runtime.block_on(load::is_bare()) {
        return;
    }
    println!("\n{RUNS} demo runs, {} cores", std::thread::available_parallelism().map_or(0, usize::from));
    for installation in Installation::both() {
        let kind = if installation.url().starts_with("sqlite") { "SQLite" } else { "PostgreSQL" };
        println!("\n== {kind}");
        let loaded = Instant::now();
        installation.run(&["demo", "--runs", RUNS, "--seed", "7", "--password", "halden-demo"], "");
        println!("demo loaded            {:>9.1} s", loaded.elapsed().as_secs_f64());
        runtime.block_on(store(&installation));
        serve(&runtime, &installation);
    }
}

/// The query layer by itself.
async fn store(installation: &Installation) {
    let db = database::open(installation.url()).await;
    let id = db.find_organization("Halden").await.unwrap().unwrap();
    let org = &OrgDb::new(db, id);
    let all = &RunFilter::default();
    let failed = &RunFilter { status: Some(RunStatus::Failed), ..RunFilter::default() };
    let deep = PageRequest { page: 700.try_into().unwrap(), ..PageRequest::default() };
    let first = list_runs::summaries(org, all, PageRequest::default()).await.unwrap();
    let run_id = first.rows[0].id;
    measure("page 1 with total", || async {
        drop(list_runs::summaries(org, all, PageRequest::default()).await.unwrap());
    })
    .await;
    measure("page 1 of the failed", || async {
        drop(list_runs::summaries(org, failed, PageRequest::default()).await.unwrap());
    })
    .await;
    measure("page 700", || async { drop(list_runs::summaries(org, all, deep).await.unwrap()) }).await;
    measure("page 1 for the API", || async {
        drop(list_runs::runs(org, all, PageRequest::default(), Columns::List).await.unwrap());
    })
    .await;
    measure("the total alone", || async { assert!(org.snapshot().await.unwrap().count_runs(all).await.unwrap() > 0) })
        .await;
    measure("one run, whole", || async { drop(get_run(org, run_id.into()).await.unwrap()) }).await;
}

async fn measure<F: Future<Output = ()>>(name: &str, work: impl Fn() -> F) {
    let taken = times(200, work).await;
    println!("{name:<22} {:>9.2} ms p50 {:>9.2} ms p99", taken.p50, taken.p99);
}

/// The program over HTTP, beside a bare handler that sends the same bytes.
fn serve(runtime: &tokio::runtime::Runtime, installation: &Installation) {
    let token = installation.token("Halden", "runs:read");
    let mut starts: Vec<Duration> = (0..5)
        .map(|_| {
            let began = Instant::now();
            let server = installation.serve_with(&[("ALLOY_LOG", "info")]);
            assert_eq!(server.send("GET", "/health/ready", &[], None).status, 200);
            began.elapsed()
        })
        .collect();
    starts.sort_unstable();
    println!("cold start to ready    {:>9.0} ms p50", starts[2].as_secs_f64() * 1_000.0);
    let server = installation.serve_with(&[("ALLOY_LOG", "info,alloy_logs::server::telemetry=warn")]);
    println!("resident when idle     {:>9.1} MB", resident(server.id()));
    let org: OrganizationId =
        serde_json::from_value(server.get("/api/session", &token).json()["organization_id"].clone()).unwrap();
    let path = format!("/api/organizations/{org}/workflows/runs/?exclude=flow,state");
    let body = server.get(&path, &token).body;
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    let ours = runtime.block_on(answers(&server.address, &request));
    println!("resident under load    {:>9.1} MB", resident(server.id()));
    drop(server);
    let bare = Bare::start(&installation.folder(), &body);
    let theirs = runtime.block_on(answers(&bare.address, &request));
    println!("list over HTTP         {ours:>9.0} requests/s at {CONCURRENCY} at once, {} bytes each", body.len());
    println!(
        "bare handler           {theirs:>9.0} requests/s with the same bytes: ours is {:.0}%",
        ours / theirs * 100.0
    );
}
