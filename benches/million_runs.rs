//! A million runs: every list of the menus, its rows and its exact total by themselves, on both databases, and how
//! the database goes about it. A figure above what was promised is marked; a plan that scans the table ends the bench.
//!
//! `ALLOY_BENCH_RUNS` asks for another number.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made is a failure")]

#[path = "support/mod.rs"]
mod measures;
#[path = "../tests/support/mod.rs"]
mod support;

use alloy_logs::{
    domain::{
        document::{self, RunDocument},
        filter::RunFilter,
        ids::{AiEmployeeId, ConversationId, RunId, WorkflowId},
        page::PageRequest,
        range::{DatePreset, DurationPreset, NumberPreset, Preset, TokenPreset},
        run_write::RunWrite,
        status::RunStatus,
        time::Timestamp,
    },
    server::{clock, query::ingest, store::OrgDb},
};
use chrono::TimeDelta;
use measures::{resident, times};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::time::Instant;
use support::{database, program::Installation, runs::id};

/// Runs that are written one by one; the others are copies of them under other ids at other times.
const WRITTEN: u64 = 20_000;
const MODELS: [&str; 5] = ["gpt-5-mini", "claude-sonnet-4.5", "gpt-5", "claude-haiku-4.5", "gemini-3-flash"];
const CHANNELS: [&str; 4] = ["employee_chat", "web_chat", "ally_chat", "skill_chat"];
const TRIGGERS: [&str; 3] = ["order-webhook", "nightly", "weekly-digest"];

/// What is promised of a database: rows and total in milliseconds.
struct Promise {
    p50: f64,
    p99: f64,
    total: f64,
}

#[expect(clippy::disallowed_methods, reason = "a bench has no settings")]
fn main() {
    let wanted: u64 = std::env::var("ALLOY_BENCH_RUNS").map_or(1_000_000, |runs| runs.parse().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for installation in Installation::both() {
        let (kind, promise) = if installation.url().starts_with("sqlite") {
            ("SQLite", Promise { p50: 3.0, p99: 20.0, total: 60.0 })
        } else {
            ("PostgreSQL", Promise { p50: 10.0, p99: 50.0, total: 100.0 })
        };
        let org = installation.organization("Halden");
        let began = Instant::now();
        let copies = wanted / WRITTEN;
        fill(&runtime, &installation, &org, copies);
        println!("\n== {kind}, {} runs, made in {:.0} s", copies * WRITTEN, began.elapsed().as_secs_f64());
        runtime.block_on(lists(&installation, &org, copies * WRITTEN, &promise));
        weigh(&installation, &org);
    }
}

/// One lean run: short messages, no steps, one row of costs.
fn run(n: u64, now: Timestamp, random: &mut ChaCha8Rng) -> RunDocument {
    let status = match random.random_range(0..100) {
        0..82 => "completed",
        82..93 => "failed",
        93..96 => "cancelled",
        96..98 => "running",
        98 => "suspended",
        _ => "pending",
    };
    let created = now.plus(-TimeDelta::seconds(random.random_range(1_800..90 * 86_400)));
    // Each power of ten as likely as the next.
    let mut spread = |powers: f64| 10_f64.powf(random.random_range(1.0..powers)).round();
    let (millis, tokens) = (spread(5.5), spread(4.7));
    let at = |millis: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a few minutes")]
        let delta = TimeDelta::milliseconds(millis as i64);
        created.plus(delta).to_string()
    };
    let end = |of: &str| (status == of).then(|| at(millis));
    let conversation = (n % 10 < 7).then(|| id(4, n / 3));
    let document = json!({
        "id": id(1, n), "workflow_id": id(2, n % 24), "workflow_name": format!("Skill {}", n % 24),
        "ai_employee_id": id(3, n % 9), "ai_employee_name": format!("Mate {}", n % 9),
        "conversation_id": conversation, "conversation_channel": conversation.map(|_| CHANNELS[(n / 3 % 4) as usize]),
        "trigger_id": n.is_multiple_of(5).then(|| TRIGGERS[(n / 5 % 3) as usize]), "model": MODELS[(n * n % 5) as usize],
        "status": status, "created_at": created.to_string(), "started_at": at(0.0),
        "completed_at": end("completed"), "failed_at": end("failed"), "cancelled_at": end("cancelled"),
        "input_message": format!("Where is order {n}? It was to come on Tuesday."), "output_message": "It left the house today.",
        "token_history": [{ "id": "t", "key_type": "platform", "input_tokens": tokens, "output_tokens": 7, "usd_cost": 0.01 }],
    });
    document::parse(document.to_string().as_bytes()).unwrap()
}

/// Writes the first runs as the program does, then has the database copy them.
fn fill(runtime: &tokio::runtime::Runtime, installation: &Installation, org: &str, copies: u64) {
    runtime.block_on(async {
        let db = database::open(installation.url()).await;
        let org = OrgDb::new(db.clone(), org.parse().unwrap());
        let (now, mut random) = (clock::now(), ChaCha8Rng::seed_from_u64(7));
        for batch in (0..WRITTEN).collect::<Vec<_>>().chunks(500) {
            let documents = batch.iter().map(|n| RunWrite::named(run(*n, now, &mut random)).unwrap());
            ingest::write(&org, documents.collect()).await.unwrap();
        }
        db.close().await;
    });
    let sqlite = installation.url().starts_with("sqlite");
    let (columns, id) = if sqlite {
        ("SELECT name FROM pragma_table_info('TABLE')", "unhex(substr(hex(COLUMN), 1, 24) || printf('%08x', COPY))")
    } else {
        (
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'TABLE'",
            "(substr(replace(COLUMN::text, '-', ''), 1, 24) || lpad(to_hex(COPY), 8, '0'))::uuid",
        )
    };
    for (table, key, mark) in COPIED {
        let names = installation.execute(&columns.replace("TABLE", table));
        for copy in 1..copies {
            installation.execute(&copy_statement(table, key, mark, &names, id, copy));
        }
    }
    installation.run(&["check", "--repair"], "");
    if !sqlite {
        // What the server does by itself after a while.
        installation.execute("VACUUM ANALYZE");
    }
}

/// The tables that are copied, each with the id that differs, and with what only copies have.
const COPIED: [(&str, &str, (&str, &str)); 1] = [("workflow_runs", "id", ("updated_at", "1"))];

/// Copies what was written under another id, its times half a minute later each time.
fn copy_statement(
    table: &str,
    key: &str,
    (mark, value): (&str, &str),
    columns: &[String],
    id: &str,
    copy: u64,
) -> String {
    let values = columns.iter().map(|name| match name.as_str() {
        name if name == key => id.replace("COLUMN", name).replace("COPY", &copy.to_string()),
        name if name == mark => value.to_owned(),
        name if name.ends_with("_at") => format!("{name} + {}", copy * 31_000_000),
        name => name.to_owned(),
    });
    let values = values.collect::<Vec<_>>().join(", ");
    format!("INSERT INTO {table} ({}) SELECT {values} FROM {table} WHERE {mark} IS NULL", columns.join(", "))
}

/// Every list that a menu can ask for, one filter at a time.
fn shapes(now: Timestamp, runs: u64) -> Vec<(String, RunFilter, u64)> {
    let all = RunFilter::default();
    let mut shapes = vec![
        ("all, page 1".to_owned(), all.clone(), 1),
        ("all, page 1000".to_owned(), all.clone(), 1_000),
        ("all, last page".to_owned(), all.clone(), runs.div_ceil(25)),
        ("status completed".to_owned(), RunFilter { status: Some(RunStatus::Completed), ..all.clone() }, 1),
        ("status failed".to_owned(), RunFilter { status: Some(RunStatus::Failed), ..all.clone() }, 1),
        ("status pending".to_owned(), RunFilter { status: Some(RunStatus::Pending), ..all.clone() }, 1),
        ("channel api".to_owned(), RunFilter { source: Some("api".to_owned()), ..all.clone() }, 1),
        ("model".to_owned(), RunFilter { model: Some(MODELS[0].to_owned()), ..all.clone() }, 1),
        ("model unknown".to_owned(), RunFilter { model: Some("none".to_owned()), ..all.clone() }, 1),
        ("skill".to_owned(), RunFilter { workflow_id: Some(WorkflowId(id(2, 1))), ..all.clone() }, 1),
        ("teammate".to_owned(), RunFilter { ai_employee_id: Some(AiEmployeeId(id(3, 1))), ..all.clone() }, 1),
        ("conversation".to_owned(), RunFilter { conversation_id: Some(ConversationId(id(4, 7))), ..all.clone() }, 1),
        ("trigger".to_owned(), RunFilter { trigger_id: Some(TRIGGERS[0].to_owned()), ..all.clone() }, 1),
        ("run".to_owned(), RunFilter { run_id: Some(RunId(id(1, 7))), ..all.clone() }, 1),
    ];
    for preset in DatePreset::ALL {
        shapes.push((preset.label().to_owned(), RunFilter { started: Some(preset.at(now)), ..all.clone() }, 1));
    }
    for preset in DurationPreset::ALL {
        let filter = RunFilter { duration: Some(preset.range()), ..all.clone() };
        shapes.push((format!("duration {}", preset.label()), filter, 1));
    }
    for preset in TokenPreset::ALL {
        let filter = RunFilter { tokens: Some(preset.range()), ..all.clone() };
        shapes.push((format!("tokens {}", preset.label()), filter, 1));
    }
    shapes
}

async fn lists(installation: &Installation, org: &str, runs: u64, promise: &Promise) {
    let org = &OrgDb::new(database::open(installation.url()).await, org.parse().unwrap());
    println!("{:<20} {:>9} {:>9} {:>9} {:>9} {:>7}", "list", "fitting", "rows p50", "rows p99", "total p50", "ratio");
    let (mut first, mut plans) = (None, Vec::new());
    for (name, filter, page) in shapes(clock::now(), runs) {
        let (filter, request) = (&filter, PageRequest { page: page.try_into().unwrap(), ..PageRequest::default() });
        let rows = times(200, || async {
            let mut snapshot = org.snapshot().await.unwrap();
            snapshot.list_summaries(filter, request).await.unwrap();
        })
        .await;
        let total = times(30, || async {
            org.snapshot().await.unwrap().count_runs(filter).await.unwrap();
        })
        .await;
        let mut snapshot = org.snapshot().await.unwrap();
        let fitting = snapshot.count_runs(filter).await.unwrap();
        plans.push((name.clone(), snapshot.explain_list(filter, request).await.unwrap()));
        let late = rows.p50 > promise.p50 || rows.p99 > promise.p99 || total.p50 > promise.total;
        println!(
            "{name:<20} {fitting:>9} {:>6.2} ms {:>6.2} ms {:>6.2} ms {:>6.1}x{}",
            rows.p50,
            rows.p99,
            total.p50,
            rows.p50 / *first.get_or_insert(rows.p50),
            if late { "  above what was promised" } else { "" }
        );
    }
    println!("\nHow the rows and the total of each are found:");
    for (name, plans) in plans {
        for (part, steps) in [("rows", plans.rows), ("total", plans.total)] {
            let steps: Vec<&str> = steps.iter().map(|step| step.trim()).collect();
            println!("  {name}, {part}: {}", steps.join(" · "));
            let scans =
                |step: &str| step.starts_with("SCAN workflow_runs") || step.contains("Seq Scan on workflow_runs");
            assert!(!steps.iter().any(|step| scans(step)), "{name} scans the table");
        }
    }
}

/// What the program weighs once every list was asked for over HTTP.
fn weigh(installation: &Installation, org: &str) {
    let token = installation.token(org, "runs:read");
    let server = installation.serve_with(&[("ALLOY_LOG", "info,alloy_logs::server::telemetry=warn")]);
    for query in
        ["", "page=1000&", "status=failed&", "channel=api&", "model=gpt-5-mini&", "duration=60000..&", "tokens=..100&"]
    {
        for _ in 0..20 {
            let path = format!("/api/organizations/{org}/workflows/runs/?{query}limit=100&exclude=flow,state");
            let answer: Value = server.get(&path, &token).json();
            assert!(answer["pagination"]["total"].as_u64().unwrap() > 0);
        }
    }
    println!("\nresident after 140 lists of 100 rows: {:.0} MB", resident(server.id()));
}
