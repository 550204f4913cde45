//! Lists, totals, options, sums and exports at a hundred thousand runs and at many, on both databases: what each takes, and
//! how much longer than with few. A figure above what was promised is marked; a plan that scans the table ends the bench.
//!
//! `ALLOY_BENCH_RUNS` says how many are many, a million if nothing is said; `make bench-scale` asks for ten million.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made is a failure")]

#[path = "support/http.rs"]
mod http;
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
        range::{DatePreset, DurationPreset, NumberPreset, Preset, Range, TokenPreset},
        run_write::RunWrite,
        status::RunStatus,
        text::thousands,
        time::Timestamp,
    },
    server::{
        clock,
        query::{filter_options, ingest, list_runs, summary},
        store::OrgDb,
    },
};
use chrono::TimeDelta;
use http::exchange;
use measures::{Times, resident, times};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::time::{Duration, Instant};
use support::{
    database,
    program::{Installation, Server},
    runs::id,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Runs that are written one by one; the others are copies of them under other ids at other times.
const WRITTEN: u64 = 20_000;
const MODELS: [&str; 5] = ["gpt-5-mini", "claude-sonnet-4.5", "gpt-5", "claude-haiku-4.5", "gemini-3-flash"];
const CHANNELS: [&str; 4] = ["employee_chat", "web_chat", "ally_chat", "skill_chat"];
const TRIGGERS: [&str; 3] = ["order-webhook", "nightly", "weekly-digest"];

/// With so many runs everything is compared.
const FEW: u64 = 100_000;

/// What is promised of a list with its total, in milliseconds.
struct Promise {
    p50: f64,
    p99: f64,
}

#[expect(clippy::disallowed_methods, reason = "a bench has no settings")]
fn main() {
    let wanted: u64 = std::env::var("ALLOY_BENCH_RUNS").map_or(1_000_000, |runs| runs.parse().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let few = Installation::both();
    for (few, many) in few.into_iter().zip(Installation::both()) {
        let (kind, promise) = if many.url().starts_with("sqlite") {
            ("SQLite", Promise { p50: 3.0, p99: 20.0 })
        } else {
            ("PostgreSQL", Promise { p50: 10.0, p99: 50.0 })
        };
        println!("\n== {kind}");
        let [few, many] = [(few, FEW), (many, wanted)].map(|(installation, runs)| {
            let org = installation.organization("Halden");
            let began = Instant::now();
            let copies = runs / WRITTEN;
            fill(&runtime, &installation, &org, copies);
            println!("{} runs, made in {:.0} s", thousands(copies * WRITTEN), began.elapsed().as_secs_f64());
            Filled { installation, org, runs: copies * WRITTEN }
        });
        runtime.block_on(lists(&few, &many, &promise));
        runtime.block_on(sums(&few, &many));
        over_http(&runtime, &many);
    }
}

/// A database with runs.
struct Filled {
    installation: Installation,
    org: String,
    runs: u64,
}

impl Filled {
    async fn open(&self) -> OrgDb {
        OrgDb::new(database::open(self.installation.url()).await, self.org.parse().unwrap())
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
    // Indexes are made when all rows are there, which takes less than to keep them up.
    let indexes = if sqlite {
        "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'workflow_runs' AND sql IS NOT NULL"
    } else {
        "SELECT indexdef FROM pg_indexes WHERE tablename = 'workflow_runs' AND indexname LIKE 'runs_%'"
    };
    let indexes = installation.execute(indexes);
    for index in &indexes {
        let name = index.split_whitespace().nth(2).unwrap();
        installation.execute(&format!("DROP INDEX {name}"));
    }
    let names = installation.execute(&columns.replace("TABLE", "workflow_runs"));
    for copy in 1..copies {
        installation.execute(&copy_statement(&names, id, copy, copies));
    }
    for index in &indexes {
        installation.execute(index);
    }
    installation.run(&["check", "--repair"], "");
    if !sqlite {
        // What the server does by itself after a while.
        installation.execute("VACUUM ANALYZE");
    }
}

/// Copies what was written under another id, all copies within half an hour after it.
fn copy_statement(columns: &[String], id: &str, copy: u64, copies: u64) -> String {
    let later = copy * 1_500_000_000 / copies;
    let values = columns.iter().map(|name| match name.as_str() {
        "id" => id.replace("COLUMN", "id").replace("COPY", &copy.to_string()),
        // Only copies have it.
        "updated_at" => "1".to_owned(),
        name if name.ends_with("_at") => format!("{name} + {later}"),
        name => name.to_owned(),
    });
    format!(
        "INSERT INTO workflow_runs ({}) SELECT {} FROM workflow_runs WHERE updated_at IS NULL",
        columns.join(", "),
        values.collect::<Vec<_>>().join(", ")
    )
}

/// Every list that a menu can ask for, one filter at a time.
fn shapes(now: Timestamp, runs: u64) -> Vec<(String, RunFilter, u64)> {
    let all = RunFilter::default();
    let two = RunFilter { status: Some(RunStatus::Failed), model: Some(MODELS[0].to_owned()), ..all.clone() };
    let (workflow_id, ai_employee_id) = (Some(WorkflowId(id(2, 3))), Some(AiEmployeeId(id(3, 6))));
    let four = RunFilter { status: Some(RunStatus::Cancelled), workflow_id, ai_employee_id, ..two.clone() };
    let none = RunFilter { source: Some("api".to_owned()), workflow_id: Some(WorkflowId(id(2, 99))), ..two.clone() };
    let free = RunFilter { duration: Some(Range { from: Some(1_234), to: Some(56_789) }), ..all.clone() };
    let mut shapes = vec![
        ("all, page 1".to_owned(), all.clone(), 1),
        ("all, page 1,000".to_owned(), all.clone(), 1_000),
        (format!("all, page {}", thousands(runs / 25)), all.clone(), runs / 25),
        ("status completed".to_owned(), RunFilter { status: Some(RunStatus::Completed), ..all.clone() }, 1),
        ("status failed".to_owned(), RunFilter { status: Some(RunStatus::Failed), ..all.clone() }, 1),
        ("status failed, last page".to_owned(), RunFilter { status: Some(RunStatus::Failed), ..all.clone() }, 0),
        ("status pending, the rarest".to_owned(), RunFilter { status: Some(RunStatus::Pending), ..all.clone() }, 1),
        ("channel api".to_owned(), RunFilter { source: Some("api".to_owned()), ..all.clone() }, 1),
        ("model".to_owned(), RunFilter { model: Some(MODELS[0].to_owned()), ..all.clone() }, 1),
        ("model unknown".to_owned(), RunFilter { model: Some("none".to_owned()), ..all.clone() }, 1),
        ("skill".to_owned(), RunFilter { workflow_id: Some(WorkflowId(id(2, 1))), ..all.clone() }, 1),
        ("teammate".to_owned(), RunFilter { ai_employee_id: Some(AiEmployeeId(id(3, 1))), ..all.clone() }, 1),
        ("skill, last page".to_owned(), RunFilter { workflow_id: Some(WorkflowId(id(2, 1))), ..all.clone() }, 0),
        ("model, last page".to_owned(), RunFilter { model: Some(MODELS[0].to_owned()), ..all.clone() }, 0),
        ("status and model".to_owned(), two.clone(), 1),
        ("status and model, last page".to_owned(), two.clone(), 0),
        ("status, model, skill and teammate".to_owned(), four, 1),
        ("three that no run has".to_owned(), none, 1),
        ("two in 30 days".to_owned(), RunFilter { started: Some(DatePreset::LastMonth.at(now)), ..two }, 1),
        ("duration of one's own".to_owned(), free.clone(), 1),
        ("duration of one's own, last page".to_owned(), free, 0),
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

/// A list with its total, as pages ask for it.
async fn page(org: &OrgDb, filter: &RunFilter, page: u64) -> Times {
    let request = PageRequest { page: page.try_into().unwrap(), ..PageRequest::default() };
    times(200, || async {
        list_runs::summaries(org, filter, request).await.unwrap();
    })
    .await
}

async fn lists(few: &Filled, many: &Filled, promise: &Promise) {
    let (of_few, of_many) = (few.open().await, many.open().await);
    let began = Instant::now();
    list_runs::summaries(&of_many, &RunFilter::default(), PageRequest::default()).await.unwrap();
    println!("the first list after the program began: {:.0} ms\n", began.elapsed().as_secs_f64() * 1_000.0);
    println!("{:<34} {:>10} {:>10} {:>10} {:>7}", "list and total", "fitting", "p50", "p99", "ratio");
    let (now, mut plans) = (clock::now(), Vec::new());
    let shapes_of_few = shapes(now, few.runs);
    for ((name, filter, number), (_, _, of_few_number)) in shapes(now, many.runs).into_iter().zip(shapes_of_few) {
        let mut snapshot = of_many.snapshot().await.unwrap();
        let fitting = snapshot.count_runs(&filter).await.unwrap();
        // The deepest page of a filter is asked for as page 0.
        let last = |fitting: u64, number: u64| if number == 0 { fitting.div_ceil(25).max(1) } else { number };
        let few_fitting = of_few.snapshot().await.unwrap().count_runs(&filter).await.unwrap();
        let before = page(&of_few, &filter, last(few_fitting, of_few_number)).await;
        let taken = page(&of_many, &filter, last(fitting, number)).await;
        let request = PageRequest { page: last(fitting, number).try_into().unwrap(), ..PageRequest::default() };
        plans.push((name.clone(), snapshot.explain_list(&filter, request).await.unwrap()));
        let is_late = taken.p50 > promise.p50 || taken.p99 > promise.p99;
        println!(
            "{name:<34} {:>10} {:>7.2} ms {:>7.2} ms {:>6.1}x{}",
            thousands(fitting),
            taken.p50,
            taken.p99,
            taken.p50 / before.p50,
            if is_late { "  above what was promised" } else { "" }
        );
    }
    println!("\nHow the rows and the total of each are found, where not by the run index alone:");
    for (name, plans) in plans {
        for (part, steps) in [("rows", plans.rows), ("total", plans.total)] {
            let steps: Vec<&str> = steps.iter().map(|step| step.trim()).collect();
            if part == "total" && !steps.is_empty() {
                println!("  {name}, {part}: {}", steps.join(" · "));
            }
            let scans =
                |step: &str| step.starts_with("SCAN workflow_runs") || step.contains("Seq Scan on workflow_runs");
            assert!(!steps.iter().any(|step| scans(step)), "{name} scans the table");
        }
    }
}

/// Options of all menus, and what runs come to.
async fn sums(few: &Filled, many: &Filled) {
    let (of_few, of_many) = (few.open().await, many.open().await);
    let now = clock::now();
    let all = RunFilter::default();
    let month = RunFilter { started: Some(DatePreset::LastMonth.at(now)), ..all.clone() };
    let failed = RunFilter { status: Some(RunStatus::Failed), model: Some(MODELS[0].to_owned()), ..all.clone() };
    let range = RunFilter { duration: Some(Range { from: Some(1_234), to: Some(56_789) }), ..failed.clone() };
    println!("\n{:<34} {:>10} {:>10} {:>7}", "options and sums", "p50", "p99", "ratio");
    for (name, filter, promise) in [
        ("all options", &all, 20.0),
        ("all options of two filters", &failed, 20.0),
        ("all options of 30 days", &month, 20.0),
        ("all options of a free range", &range, f64::MAX),
    ] {
        let options = async |org: &OrgDb| {
            times(40, || async {
                filter_options::filter_options(org, filter, now).await.unwrap();
            })
            .await
        };
        say(name, options(&of_few).await, options(&of_many).await, promise);
    }
    for (name, filter, promise) in [
        ("summary, histogram of 30 days", &month, 80.0),
        ("summary, histogram of two filters", &failed, f64::MAX),
        ("summary, histogram of all", &all, f64::MAX),
    ] {
        let summed = async |org: &OrgDb| {
            times(20, || async {
                summary::summary(org, filter, now).await.unwrap();
            })
            .await
        };
        say(name, summed(&of_few).await, summed(&of_many).await, promise);
    }
}

fn say(name: &str, before: Times, taken: Times, promise: f64) {
    println!(
        "{name:<34} {:>7.2} ms {:>7.2} ms {:>6.1}x{}",
        taken.p50,
        taken.p99,
        taken.p50 / before.p50,
        if taken.p50 > promise { "  above what was promised" } else { "" }
    );
}

/// The list over HTTP beside a handler that has the same bytes in memory, and exports, each with what the program weighs.
fn over_http(runtime: &tokio::runtime::Runtime, many: &Filled) {
    let token = many.installation.token(&many.org, "runs:read");
    let server = many.installation.serve_with(&[("ALLOY_LOG", "warn,alloy_logs::server::cli=info")]);
    let runs = format!("/api/organizations/{}/workflows/runs", many.org);
    let list = format!("{runs}/?exclude=flow,state&limit=25");
    let body = server.get(&list, &token).body;
    let bytes = body.len();
    println!("\nlist over HTTP, 16 clients, {bytes} bytes each");
    runtime.block_on(async {
        let bare = bare_handler(body).await;
        let ours = requests(&server.address, &list, &token).await;
        let theirs = requests(&bare, "/", &token).await;
        let share = ours / theirs;
        let late = if share < 0.4 { "  above what was promised" } else { "" };
        println!("{ours:.0} requests/s, a bare handler {theirs:.0}: {:.0}%{late}", share * 100.0);
    });
    println!("resident {:.0} MB", resident(server.id()));
    for format in ["ndjson", "csv"] {
        let before = resident(server.id());
        let began = Instant::now();
        let path = format!("{runs}/export/?format={format}");
        let (bytes, most) = runtime.block_on(drain(&server, &path, &token));
        let seconds = began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let rate = many.runs as f64 / seconds;
        println!(
            "export as {format}: {rate:.0} runs/s, {:.0} MB in {seconds:.0} s, resident grew by {:.1} MB",
            bytes / 1e6,
            most - before
        );
    }
}

/// Good answers a second that sixteen clients get.
async fn requests(address: &str, path: &str, token: &str) -> f64 {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    let began = Instant::now();
    let clients = (0..16).map(|_| {
        let (request, address) = (request.clone(), address.to_owned());
        tokio::spawn(async move {
            let (mut stream, mut buffer) = (TcpStream::connect(address).await.unwrap(), Vec::new());
            let mut answers = 0_u32;
            while began.elapsed() < Duration::from_secs(4) {
                exchange(&mut stream, &mut buffer, request.as_bytes()).await;
                answers += 1;
            }
            answers
        })
    });
    let mut answers = 0;
    for client in clients.collect::<Vec<_>>() {
        answers += client.await.unwrap();
    }
    f64::from(answers) / began.elapsed().as_secs_f64()
}

/// Reads an answer to its end: how many bytes it has, and what the program weighed most meanwhile, in megabytes.
async fn drain(server: &Server, path: &str, token: &str) -> (f64, f64) {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut buffer, mut bytes, mut most, mut reads) = (vec![0; 256 * 1024], 0.0, 0.0_f64, 0_u32);
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        if read == 0 {
            return (bytes, most);
        }
        bytes += f64::from(u32::try_from(read).unwrap());
        reads += 1;
        if reads % 100 == 1 {
            most = most.max(resident(server.id()));
        }
    }
}

/// A handler that answers what it has in memory; its address.
async fn bare_handler(body: String) -> String {
    let body = axum::body::Bytes::from(body);
    let answer = move || {
        let body = body.clone();
        async move { ([(axum::http::header::CONTENT_TYPE, "application/json")], body) }
    };
    let router = axum::Router::new().route("/", axum::routing::get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}
