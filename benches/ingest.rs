//! How fast runs are taken in, durably: by PUT from sixteen clients at once, by one stream of lines and as traces, on both
//! databases, while somebody reads the list; and what they take on disk against what was sent.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made is a failure")]

#[path = "support/http.rs"]
mod http;
#[path = "../tests/support/mod.rs"]
mod support;

use http::exchange;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value},
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message;
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use support::{
    program::{Installation, Server},
    runs::{at, id},
};
use tokio::net::TcpStream;

const RUNS: u32 = 10_000;
const CONCURRENCY: usize = 16;
const STEPS: u32 = 6;
/// Runs that a client exports at once, of seven spans each.
const RUNS_OF_EXPORT: u32 = 16;
const WORDS: [&str; 40] = [
    "order",
    "refund",
    "invoice",
    "customer",
    "parcel",
    "warehouse",
    "ledger",
    "credit",
    "note",
    "the",
    "a",
    "of",
    "was",
    "is",
    "shipped",
    "twice",
    "late",
    "missing",
    "address",
    "number",
    "please",
    "check",
    "status",
    "Tuesday",
    "price",
    "discount",
    "returned",
    "carrier",
    "label",
    "scan",
    "period",
    "closed",
    "approved",
    "agent",
    "reply",
    "email",
    "phone",
    "thank",
    "you",
    "again",
];

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let documents: Vec<String> = (0..2 * RUNS).map(|n| document(n.into(), &mut random)).collect();
    let bytes: usize = documents.iter().map(String::len).sum();
    println!("\nIngest of {RUNS} runs of {STEPS} steps and {} bytes each", bytes / documents.len());
    let exports: Vec<Vec<u8>> = (0..RUNS)
        .step_by(RUNS_OF_EXPORT.try_into().unwrap())
        .map(|first| export(first..first + RUNS_OF_EXPORT, &mut random))
        .collect();
    for installation in Installation::both() {
        println!("\n== {}", if installation.url().starts_with("sqlite") { "SQLite" } else { "PostgreSQL" });
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve_with(&[("ALLOY_LOG", "warn,alloy_logs::server::cli=info")]);
        let empty = stored(&installation);
        let (by_put, by_stream) = documents.split_at(documents.len() / 2);
        let target = Target { server: &server, org: &org, token: &token };
        runtime.block_on(measure("PUT, 16 clients", &target, put_all(&target, by_put)));
        runtime.block_on(measure("one NDJSON stream", &target, stream_all(&target, by_stream)));
        drop(server);
        let on_disk = stored(&installation) - empty;
        let sent = f64::from(u32::try_from(bytes).unwrap());
        println!(
            "on disk                {:>9.0} bytes a run, {:.0}% of what was sent",
            on_disk / (2.0 * f64::from(RUNS)),
            on_disk / sent * 100.0
        );
        let server = installation.serve_with(&[("ALLOY_LOG", "warn,alloy_logs::server::cli=info")]);
        let target = Target { server: &server, org: &org, token: &token };
        let before = stored(&installation);
        runtime.block_on(measure("OTLP, 16 clients", &target, export_all(&target, &exports)));
        drop(server);
        let sent = f64::from(u32::try_from(exports.iter().map(Vec::len).sum::<usize>()).unwrap());
        let on_disk = stored(&installation) - before;
        println!(
            "on disk                {:>9.0} bytes a run, {:.0}% of {:.0} bytes that were sent",
            on_disk / f64::from(RUNS),
            on_disk / sent * 100.0,
            sent / f64::from(RUNS)
        );
    }
}

/// Where everything is sent.
struct Target<'a> {
    server: &'a Server,
    org: &'a str,
    token: &'a str,
}

impl Target<'_> {
    fn request(&self, method: &str, path: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "{method} /api/organizations/{}/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
            self.org,
            self.token,
            body.len()
        );
        [head.as_bytes(), body].concat()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.server.address).await.unwrap()
    }
}

/// Prints how long it took to take in so many runs, and the lists that were read meanwhile.
async fn measure(name: &str, target: &Target<'_>, work: impl Future<Output = ()>) {
    let is_done = AtomicBool::new(false);
    let began = Instant::now();
    let (took, lists) = tokio::join!(
        async {
            work.await;
            is_done.store(true, Ordering::Relaxed);
            began.elapsed().as_secs_f64()
        },
        read_lists(target, &is_done)
    );
    let runs = f64::from(RUNS);
    println!("{name:<22} {:>9.0} runs/s {:>9.0} steps/s", runs / took, runs * f64::from(STEPS) / took);
    let millis = |share: usize| lists[lists.len() * share / 100].as_secs_f64() * 1_000.0;
    println!("lists meanwhile        {:>9.2} ms p50 {:>9.2} ms p99", millis(50), millis(99));
}

/// Reads the first page, twenty times a second, until it is done.
async fn read_lists(target: &Target<'_>, is_done: &AtomicBool) -> Vec<Duration> {
    let request = target.request("GET", "workflows/runs/?exclude=flow", "text/plain", b"");
    let (mut stream, mut buffer, mut taken) = (target.connect().await, Vec::new(), Vec::new());
    let mut pace = tokio::time::interval(Duration::from_millis(50));
    while !is_done.load(Ordering::Relaxed) {
        pace.tick().await;
        let began = Instant::now();
        exchange(&mut stream, &mut buffer, &request).await;
        taken.push(began.elapsed());
    }
    taken.sort_unstable();
    taken
}

async fn put_all(target: &Target<'_>, documents: &[String]) {
    let request = |document: &String| {
        let ids: Value = serde_json::from_str(document).unwrap();
        let [run, workflow] = ["id", "workflow_id"].map(|name| ids[name].as_str().unwrap().to_owned());
        target.request("PUT", &format!("workflows/{workflow}/runs/{run}/"), "application/json", document.as_bytes())
    };
    send_all(target, documents.iter().map(request).collect()).await;
}

async fn export_all(target: &Target<'_>, exports: &[Vec<u8>]) {
    let request = |export: &Vec<u8>| target.request("POST", "otel/v1/traces", "application/x-protobuf", export);
    send_all(target, exports.iter().map(request).collect()).await;
}

/// Sends requests from all clients at once.
async fn send_all(target: &Target<'_>, requests: Vec<Vec<u8>>) {
    let (next, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(requests));
    let mut clients = Vec::new();
    for _ in 0..CONCURRENCY {
        let (requests, next, mut stream) = (Arc::clone(&requests), Arc::clone(&next), target.connect().await);
        clients.push(tokio::spawn(async move {
            let mut buffer = Vec::new();
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                exchange(&mut stream, &mut buffer, request).await;
            }
        }));
    }
    for client in clients {
        client.await.unwrap();
    }
}

async fn stream_all(target: &Target<'_>, documents: &[String]) {
    let request = target.request("POST", "workflows/runs/", "application/x-ndjson", documents.join("\n").as_bytes());
    let (mut stream, mut buffer) = (target.connect().await, Vec::new());
    exchange(&mut stream, &mut buffer, &request).await;
    let answer = String::from_utf8_lossy(&buffer);
    assert!(answer.contains(&format!("\"accepted\":{RUNS},")), "{answer}");
}

/// The `n`th run, of about eight kilobytes.
fn document(n: u64, random: &mut ChaCha8Rng) -> String {
    let mut text =
        |words: usize| (0..words).map(|_| (*WORDS.choose(random).unwrap()).to_owned()).collect::<Vec<_>>().join(" ");
    let second = i64::try_from(n).unwrap();
    let steps: Vec<Value> = (0..STEPS)
        .map(|step| {
            json!({
                "id": format!("step-{n}-{step}"), "name": format!("Step {step}"), "kind": "llm", "status": "completed",
                "started_at": at(second), "ended_at": at(second + 1),
                "input": { "messages": [{ "role": "user", "content": text(70) }] }, "output": { "text": text(60) },
                "tool_calls": [{ "id": format!("call-{n}-{step}"), "name": "orders.find", "arguments": { "query": text(8) }, "result": text(30) }],
            })
        })
        .collect();
    let mut document = json!({
        "id": id(1, n), "workflow_id": id(2, n % 24), "workflow_name": format!("Skill {}", n % 24),
        "ai_employee_id": id(3, n % 9), "ai_employee_name": format!("Mate {}", n % 9), "conversation_id": id(4, n / 3),
        "conversation_channel": "web_chat", "model": "gpt-5-mini", "status": "completed", "created_at": at(second),
        "started_at": at(second), "completed_at": at(second + 7), "input_message": text(30), "output_message": text(40),
        "state": { "currentStepId": "s", "runtimeContext": { "userId": format!("user-{}", n % 500), "state": { "region": "eu" } } },
        "flow": { "version": n % 24, "nodes": [{ "id": "a" }, { "id": "b" }] }, "steps": steps,
    });
    document["token_history"] = json!([
        { "id": "t", "key_type": "platform", "model": "gpt-5-mini", "input_tokens": random.random_range(100..9_000), "output_tokens": 211, "usd_cost": 0.0192 }
    ]);
    document.to_string()
}

/// Some runs as a client would export them: an agent each, with a call of a model for every step.
fn export(runs: std::ops::Range<u32>, random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut text =
        |words: usize| (0..words).map(|_| (*WORDS.choose(random).unwrap()).to_owned()).collect::<Vec<_>>().join(" ");
    let mut spans = Vec::new();
    for n in runs {
        let (trace, begin) = (id(7, n.into()).as_bytes().to_vec(), 1_790_000_000 + u64::from(n));
        let mut span = |number: u8, parent: Vec<u8>, end: u64, attributes: Vec<KeyValue>| {
            spans.push(Span {
                trace_id: trace.clone(),
                span_id: vec![0, 0, 0, 0, 0, 0, 1, number],
                parent_span_id: parent,
                name: format!("step {number}"),
                start_time_unix_nano: begin * 1_000_000_000 + u64::from(number),
                end_time_unix_nano: end * 1_000_000_000,
                attributes,
                ..Span::default()
            });
        };
        let said = |role: &str, parts: Value| json!([{ "role": role, "parts": parts }]).to_string();
        for step in 1..=u8::try_from(STEPS).unwrap() {
            let asked = said("user", json!([{ "type": "text", "content": text(70) }]));
            let call = json!({ "type": "tool_call", "id": format!("call-{n}-{step}"), "name": "orders.find", "arguments": { "query": text(8) } });
            let answered = said("assistant", json!([{ "type": "text", "content": text(90) }, call]));
            span(
                step,
                vec![0, 0, 0, 0, 0, 0, 1, 0],
                begin + 1,
                vec![
                    attribute("gen_ai.operation.name", "chat"),
                    attribute("gen_ai.request.model", "gpt-5-mini"),
                    attribute("gen_ai.input.messages", &asked),
                    attribute("gen_ai.output.messages", &answered),
                ],
            );
        }
        let agent = vec![
            attribute("gen_ai.operation.name", "invoke_agent"),
            attribute("gen_ai.agent.name", &format!("Mate {}", n % 9)),
            attribute("gen_ai.conversation.id", &format!("conversation {}", n / 3)),
            attribute("input.value", &text(30)),
            attribute("output.value", &text(40)),
        ];
        span(0, Vec::new(), begin + 7, agent);
    }
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

fn attribute(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value), ..KeyValue::default() }
}

/// Bytes that the database takes, once nothing is left in its journal.
fn stored(installation: &Installation) -> f64 {
    let sizes = if installation.url().starts_with("sqlite") {
        installation.execute("SELECT CAST(page_count * page_size AS TEXT) FROM pragma_page_count, pragma_page_size")
    } else {
        installation.execute("SELECT pg_database_size(current_database())::text")
    };
    sizes[0].parse().unwrap()
}
