//! Lists, totals, options, sums and exports at a hundred thousand runs and at many, on both databases: what each takes, and
//! how much longer than with few. A figure above what was promised is marked; a plan that scans the table ends the bench.
//!
//! `ALLOY_BENCH_RUNS` says how many are many, a million if nothing is said; `make bench-scale` asks for ten million.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made is a failure")]

#[path = "../support/http.rs"]
mod http;
#[path = "../support/load.rs"]
mod load;
#[path = "../support/mod.rs"]
mod measures;
#[path = "../../tests/support/mod.rs"]
mod support;

mod fill;
mod over_http;

use alloy_logs::{
    domain::{
        filter::RunFilter,
        ids::{AiEmployeeId, ConversationId, RunId, WorkflowId},
        page::{PageRequest, Total},
        preset::{DatePreset, DurationPreset, NumberPreset, Preset, TokenPreset},
        range::Range,
        status::RunStatus,
        text::thousands,
        time::Timestamp,
    },
    server::{
        clock,
        query::{filter_options, list_runs, summary},
        store::OrgDb,
    },
};
use chrono::TimeDelta;
use measures::{Times, times};
use std::time::Instant;
use support::{database, program::Installation, runs::id};

/// Runs that are written one by one; the others are copies of them under other ids at other times.
const WRITTEN: u64 = 20_000;
const MODELS: [&str; 5] = ["gpt-5-mini", "claude-sonnet-4.5", "gpt-5", "claude-haiku-4.5", "gemini-3-flash"];
const CHANNELS: [&str; 4] = ["employee_chat", "web_chat", "ally_chat", "skill_chat"];
const REGIONS: [&str; 2] = ["us", "eu"];
const TRIGGERS: [&str; 3] = ["order-webhook", "nightly", "weekly-digest"];

/// The last page of a list takes no more than so many times what the first does.
const DEEPEST: f64 = 5.0;

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
    if runtime.block_on(load::is_bare()) {
        return;
    }
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
            fill::fill(&runtime, &installation, &org, copies);
            println!("{} runs, made in {:.0} s", thousands(copies * WRITTEN), began.elapsed().as_secs_f64());
            Filled { installation, org, runs: copies * WRITTEN }
        });
        runtime.block_on(lists(&few, &many, &promise));
        runtime.block_on(sums(&few, &many));
        over_http::measure(&runtime, &many);
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

    /// Whether it is promised how fast its runs are exported.
    fn has_promised_rate(&self) -> bool {
        self.installation.url().starts_with("sqlite") && self.runs <= 1_000_000
    }
}

/// Every list that a menu can ask for, one filter at a time.
fn shapes(now: Timestamp) -> Vec<(String, RunFilter)> {
    let all = RunFilter::default();
    let model = Some(MODELS[0].to_owned());
    let two = RunFilter { status: Some(RunStatus::Failed), model: model.clone(), ..all.clone() };
    let (workflow_id, ai_employee_id) = (Some(WorkflowId(id(2, 3))), Some(AiEmployeeId(id(3, 6))));
    let four = RunFilter { status: Some(RunStatus::Cancelled), workflow_id, ai_employee_id, ..two.clone() };
    let none = RunFilter { source: Some("api".to_owned()), workflow_id: Some(WorkflowId(id(2, 99))), ..two.clone() };
    let free = RunFilter { duration: Some(Range { from: Some(1_234), to: Some(56_789) }), ..all.clone() };
    let eu = RunFilter { state: [("region".to_owned(), REGIONS[1].to_owned())].into(), ..all.clone() };
    let trigger = RunFilter { trigger_id: Some(TRIGGERS[0].to_owned()), ..all.clone() };
    let ago = |from: i64, to: i64| {
        let [from, to] = [from, to].map(|days| Some(now.plus(-TimeDelta::days(days))));
        Some(Range { from, to })
    };
    let named = [
        ("all", all.clone()),
        ("status completed", RunFilter { status: Some(RunStatus::Completed), ..all.clone() }),
        ("status failed", RunFilter { status: Some(RunStatus::Failed), ..all.clone() }),
        ("status pending, the rarest", RunFilter { status: Some(RunStatus::Pending), ..all.clone() }),
        ("channel api", RunFilter { source: Some("api".to_owned()), ..all.clone() }),
        ("model", RunFilter { model, ..all.clone() }),
        ("model unknown", RunFilter { model: Some("none".to_owned()), ..all.clone() }),
        ("skill", RunFilter { workflow_id: Some(WorkflowId(id(2, 1))), ..all.clone() }),
        ("teammate", RunFilter { ai_employee_id: Some(AiEmployeeId(id(3, 1))), ..all.clone() }),
        ("status and model", two.clone()),
        ("status, model, skill and teammate", four.clone()),
        ("three that no run has", none),
        ("two in 30 days", RunFilter { started: Some(DatePreset::LastMonth.at(now)), ..two.clone() }),
        ("duration of one's own", free),
        ("conversation", RunFilter { conversation_id: Some(ConversationId(id(4, 7))), ..all.clone() }),
        ("state, half of all", eu.clone()),
        ("state and status", RunFilter { status: Some(RunStatus::Failed), ..eu.clone() }),
        ("state and what few have", RunFilter { state: eu.state.clone(), ..four.clone() }),
        ("state and what none of them has", RunFilter { workflow_id: Some(WorkflowId(id(2, 4))), ..eu }),
        ("trigger and model", RunFilter { model: two.model.clone(), ..trigger.clone() }),
        ("trigger", trigger),
        ("ended in ten days long ago", RunFilter { ended: ago(60, 50), ..all.clone() }),
        ("run", RunFilter { run_id: Some(RunId(id(1, 7))), ..all.clone() }),
    ];
    let mut shapes: Vec<_> = named.into_iter().map(|(name, filter)| (name.to_owned(), filter)).collect();
    for preset in DatePreset::ALL {
        shapes.push((preset.label().to_owned(), RunFilter { started: Some(preset.at(now)), ..all.clone() }));
    }
    for preset in DurationPreset::ALL {
        let filter = RunFilter { duration: Some(preset.range()), ..all.clone() };
        shapes.push((format!("duration {}", preset.label()), filter));
    }
    for preset in TokenPreset::ALL {
        let filter = RunFilter { tokens: Some(preset.range()), ..all.clone() };
        shapes.push((format!("tokens {}", preset.label()), filter));
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

/// The last page of a list.
async fn deepest(org: &OrgDb, filter: &RunFilter) -> (Total, u64) {
    let total = org.snapshot().await.unwrap().total(filter).await.unwrap();
    (total, total.rows.div_ceil(PageRequest::default().limit.get()).max(1))
}

async fn lists(few: &Filled, many: &Filled, promise: &Promise) {
    let (of_few, of_many) = (few.open().await, many.open().await);
    let began = Instant::now();
    list_runs::summaries(&of_many, &RunFilter::default(), PageRequest::default()).await.unwrap();
    println!("the first list after the program began: {:.0} ms\n", began.elapsed().as_secs_f64() * 1_000.0);
    println!(
        "{:<34} {:>10} {:>10} {:>10} {:>7}   {:>11} {:>10} {:>10} {:>7} {:>9}",
        "list and total", "fitting", "p50", "p99", "ratio", "last page", "p50", "p99", "ratio", "to page 1"
    );
    let (now, mut plans) = (clock::now(), Vec::new());
    for (name, filter) in shapes(now) {
        let (_, last_of_few) = deepest(&of_few, &filter).await;
        let (fitting, last) = deepest(&of_many, &filter).await;
        let [first, before] = [page(&of_many, &filter, 1).await, page(&of_few, &filter, 1).await];
        let [deep, deep_before] = [page(&of_many, &filter, last).await, page(&of_few, &filter, last_of_few).await];
        for number in [1, last] {
            let request = PageRequest { page: number.try_into().unwrap(), ..PageRequest::default() };
            plans.push((name.clone(), of_many.snapshot().await.unwrap().explain_list(&filter, request).await.unwrap()));
        }
        // The runs of a range that is no option of a menu are gone through, and so are those of what is in no menu.
        let is_promised = filter.duration.is_none_or(|range| DurationPreset::whole_class(range).is_some())
            && (&filter.trigger_id, &filter.ended, filter.state.is_empty()) == (&None, &None, true);
        let is_late = [first, deep].iter().any(|taken| taken.p50 > promise.p50 || taken.p99 > promise.p99);
        let is_deep = deep.p50 > first.p50 * DEEPEST;
        println!(
            "{name:<34} {:>10} {:>7.2} ms {:>7.2} ms {:>6.1}x   {:>11} {:>7.2} ms {:>7.2} ms {:>6.1}x {:>8.1}x{}",
            fitting.to_string(),
            first.p50,
            first.p99,
            first.p50 / before.p50,
            thousands(last),
            deep.p50,
            deep.p99,
            deep.p50 / deep_before.p50,
            deep.p50 / first.p50,
            if is_promised && (is_late || is_deep) { LATE } else { "" }
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
            let began = Instant::now();
            summary::summary(org, filter, now).await.unwrap();
            let first = began.elapsed().as_secs_f64() * 1_000.0;
            let again = times(20, || async {
                summary::summary(org, filter, now).await.unwrap();
            });
            (first, again.await)
        };
        let ((first_of_few, of_few), (first, of_many)) = (summed(&of_few).await, summed(&of_many).await);
        say(name, of_few, of_many, promise);
        let late = if first > promise { LATE } else { "" };
        println!("{:<34} {first:>7.2} ms {:>10} {:>6.1}x{late}", "  … for the first time", "", first / first_of_few);
    }
}

/// What stands beside a figure that is not as was promised.
const LATE: &str = "  not as was promised";

fn say(name: &str, before: Times, taken: Times, promise: f64) {
    println!(
        "{name:<34} {:>7.2} ms {:>7.2} ms {:>6.1}x{}",
        taken.p50,
        taken.p99,
        taken.p50 / before.p50,
        if taken.p50 > promise { LATE } else { "" }
    );
}
