//! Search over all runs: how fast the index follows, what it weighs, and how long a rare word, a common one, the beginning
//! of one, a phrase and a fragment of an id take, each with the rows of a page, what was found in them, and the total. A
//! figure that is not what was promised for a million runs on SQLite is marked.
//!
//! `ALLOY_BENCH_RUNS` asks for another number than a hundred thousand.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made is a failure")]

#[path = "support/mod.rs"]
mod measures;
#[path = "../tests/support/mod.rs"]
mod support;

use alloy_logs::{
    domain::{
        document::{self, RunDocument},
        filter::RunFilter,
        page::PageRequest,
        run_write::RunWrite,
        status::RunStatus,
    },
    server::{
        query::{ingest, search_index, search_runs},
        store::OrgDb,
    },
};
use measures::{resident, times};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::time::Instant;
use support::{
    database,
    program::Installation,
    runs::{at, id},
};

/// Different words, as a power of two, of which the first are the most common.
const VOCABULARY_BITS: u32 = 15;
const WORDS_OF_RUN: usize = 140;

#[expect(clippy::disallowed_methods, reason = "a bench has no settings")]
fn main() {
    let runs: u64 = std::env::var("ALLOY_BENCH_RUNS").map_or(100_000, |runs| runs.parse().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for installation in Installation::both() {
        let kind = if installation.url().starts_with("sqlite") { "SQLite" } else { "PostgreSQL" };
        let org = installation.organization("Halden");
        runtime.block_on(async {
            let db = database::open(installation.url()).await;
            let org = OrgDb::new(db, org.parse().unwrap());
            let began = Instant::now();
            fill(&org, runs).await;
            println!("\n== {kind}, {runs} runs, written in {:.0} s", began.elapsed().as_secs_f64());
            let postgres = (kind == "PostgreSQL").then(|| installation.url());
            tidy(postgres).await;
            let before = weight(&installation);
            let began = Instant::now();
            assert_eq!(search_index::catch_up(&org).await.unwrap(), runs);
            let seconds = began.elapsed().as_secs_f64();
            #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
            let rate = runs as f64 / seconds;
            let late = if rate < 1_000.0 { "  below what was promised" } else { "" };
            println!("indexed {rate:>23.0} runs/s{late}");
            println!("bytes of the index     {:>8} a run", (weight(&installation) - before) / runs);
            tidy(postgres).await;
            Box::pin(searches(&org, runs, kind == "SQLite")).await;
            println!("resident               {:>8.0} MB", resident(std::process::id()));
        });
    }
}

/// What a server of PostgreSQL does by itself within a minute.
async fn tidy(postgres: Option<&str>) {
    if let Some(url) = postgres {
        let pool = sqlx::PgPool::connect(url).await.unwrap();
        sqlx::query("VACUUM ANALYZE").execute(&pool).await.unwrap();
    }
}

/// Bytes of the database.
fn weight(installation: &Installation) -> u64 {
    if let Some(file) = installation.url().strip_prefix("sqlite://") {
        let bytes = |file: &str| std::fs::metadata(file).map_or(0, |file| file.len());
        // What is still in the log is there too, but for what it replaces.
        return bytes(file);
    }
    tokio::task::block_in_place(|| {
        let url = installation.url().to_owned();
        tokio::runtime::Handle::current().block_on(async move {
            let pool = sqlx::PgPool::connect(&url).await.unwrap();
            let bytes: i64 =
                sqlx::query_scalar("SELECT pg_database_size(current_database())").fetch_one(&pool).await.unwrap();
            bytes.unsigned_abs()
        })
    })
}

/// About a kilobyte of words in the places where runs have them.
fn run(n: u64, runs: u64, random: &mut ChaCha8Rng) -> RunDocument {
    let mut words = |count: usize| {
        let word = |_| {
            // Each power of two as likely as the next.
            let most = 1 << random.random_range(1..=VOCABULARY_BITS);
            let rank = random.random_range(0..most);
            format!("{}{rank}", ["lo", "mira", "ten", "qua", "or", "besi"][rank % 6])
        };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    };
    let (input, output, result) = (words(WORDS_OF_RUN / 4), words(WORDS_OF_RUN / 4), words(WORDS_OF_RUN / 2));
    let rare = if n.is_multiple_of(runs / 5) { " xylophone" } else { "" };
    let phrase = if n.is_multiple_of(1_000) { "a wet parcel" } else { "a parcel, wet" };
    // Two a minute.
    let created = at(i64::try_from(n).unwrap() * 30);
    let document = json!({
        "id": uuid::Uuid::from_u128(u128::from(n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)),
        "workflow_id": id(2, n % 24), "workflow_name": format!("Skill {}", n % 24),
        "ai_employee_id": id(3, n % 9), "ai_employee_name": format!("Mate {}", n % 9),
        "model": "gpt-5-mini", "status": if n.is_multiple_of(9) { "failed" } else { "completed" },
        "created_at": created, "completed_at": created,
        "input_message": format!("The customer asks: {input}{rare}"), "output_message": output,
        "steps": [{ "id": "s1", "name": "Look up order", "tool_calls": [
            { "id": "c1", "name": "lookup_order", "arguments": { "order": n }, "result": { "note": phrase, "text": result } }
        ] }],
    });
    document::parse(document.to_string().as_bytes()).unwrap()
}

async fn fill(org: &OrgDb, runs: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for first in (0..runs).step_by(500) {
        let batch = (first..runs.min(first + 500)).map(|n| RunWrite::named(run(n, runs, &mut random)).unwrap());
        ingest::write(org, batch.collect()).await.unwrap();
    }
}

async fn searches(org: &OrgDb, runs: u64, is_promised: bool) {
    let middle = run(runs / 2, runs, &mut ChaCha8Rng::seed_from_u64(1)).id.unwrap().to_string();
    let all = RunFilter::default();
    let failed = RunFilter { status: Some(RunStatus::Failed), ..RunFilter::default() };
    let questions = [
        ("a rare word", "xylophone", &all, 1, 10.0),
        ("a common word", "customer", &all, 1, 50.0),
        ("two common words", "customer parcel", &all, 1, 50.0),
        ("a common one, page 400", "customer", &all, 400, f64::MAX),
        ("a common one, failed", "customer", &failed, 1, f64::MAX),
        ("a beginning of few", "custo", &all, 1, 50.0),
        ("a beginning of many", "mi", &all, 1, f64::MAX),
        ("a phrase", "\"a wet parcel\"", &all, 1, f64::MAX),
        ("the beginning of an id", &middle[..8], &all, 1, 20.0),
        ("a fragment of an id", &middle[15..23], &all, 1, 20.0),
        ("four digits of an id", &middle[32..], &all, 1, 20.0),
        ("nothing", "zzzzz", &all, 1, 10.0),
    ];
    println!("{:<24} {:>8} {:>12} {:>12}", "search", "found", "p50", "p99");
    for (name, text, filter, page, promise) in questions {
        let query = text.parse().unwrap();
        let request = PageRequest { page: page.try_into().unwrap(), ..PageRequest::default() };
        let found = search_runs::summaries(org, &query, filter, request).await.unwrap();
        let times = times(50, || async {
            search_runs::summaries(org, &query, filter, request).await.unwrap();
        })
        .await;
        let late = if is_promised && times.p50 > promise { "  above what was promised" } else { "" };
        println!("{name:<24} {:>9} {:>8.2} ms {:>8.2} ms{late}", found.page.total.to_string(), times.p50, times.p99);
        assert_eq!(found.page.total.rows == 0, text == "zzzzz", "{name}");
    }
}
