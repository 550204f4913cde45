//! Made-up runs: few different values, so that filters meet, and times that tie.

use alloy_logs::domain::{
    document::{self, RunDocument},
    ids::{RunId, WorkflowId},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

/// The values that runs and filters share.
pub const MODELS: [&str; 3] = ["claude-sonnet-4.5", "gpt-5-mini", "модель"];
pub const CHANNELS: [&str; 4] = ["employee_chat", "ally_chat", "web_chat", "phone_line"];
pub const TRIGGERS: [&str; 2] = ["order-webhook", "nightly"];
pub const STATUSES: [&str; 6] = ["pending", "running", "suspended", "completed", "failed", "cancelled"];
pub const STATE_KEYS: [&str; 4] = ["region", "$.plan", "a]b", "ключ"];

/// The moment, in seconds after the first of November, at which something of number `n` happens.
pub fn at(second: i64) -> String {
    let start: alloy_logs::domain::time::Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    start.plus(chrono::TimeDelta::seconds(second)).to_string()
}

/// The `n`th id of a kind.
pub fn id(kind: u8, n: u64) -> Uuid {
    Uuid::from_u64_pair(u64::from(kind) << 32 | n, n.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// A document from JSON, with its ids.
pub fn document(value: &Value) -> RunDocument {
    document::parse(value.to_string().as_bytes()).unwrap_or_else(|faults| panic!("{faults:?} in {value}"))
}

/// A whole run with a little of everything.
pub fn full_run(n: u64) -> Value {
    json!({
        "id": id(1, n), "workflow_id": id(2, 1), "workflow_name": "Refund triage",
        "ai_employee_id": id(3, 1), "ai_employee_name": "Nora",
        "conversation_id": id(4, 1), "conversation_title": "Order 88213", "conversation_channel": "employee_chat",
        "trigger_id": "order-webhook", "trigger_url": "https://shop.example/hooks/1", "model": "gpt-5-mini",
        "status": "failed", "created_at": at(10), "started_at": at(11), "failed_at": at(18),
        "input_message": "Why was order 88213 shipped twice? <b>hi</b>", "error_message": "the run failed",
        "flow": { "nodes": [{ "id": "n1" }], "version": 14 },
        "state": { "currentStepId": "s2", "runtimeContext": { "userId": "u1", "isAsync": false, "state": { "region": "eu", "vip": true, "n": 7 } } },
        "steps": [
            { "id": "s1", "name": "Look up order", "status": "completed", "started_at": at(11), "ended_at": at(13), "input": { "order": 88213 }, "output": "found" },
            { "id": "s2", "name": "Post credit note", "status": "failed", "started_at": at(13), "ended_at": at(18), "error": "tool failed",
              "tool_calls": [{ "id": "c1", "name": "ledger.create", "arguments": { "amount": 1.0 }, "error": "409: period 2026-10 is closed" }] }
        ],
        "token_history": [
            { "id": "t1", "key_type": "platform", "model": "gpt-5-mini", "input_tokens": 3912, "output_tokens": 611, "cached_input_tokens": 2048, "usd_cost": 0.0192 },
            { "id": "t2", "key_type": "own", "input_tokens": 88, "output_tokens": 9, "usd_cost": 0.0008 },
            { "id": "t3", "key_type": "platform", "input_tokens": 1, "output_tokens": 1, "usd_cost": 0.1 }
        ],
        "attachments": [{ "id": id(5, n), "name": "invoice.pdf", "media_type": "application/pdf", "size": 48213 }],
        "voice_transcripts": [{ "id": id(6, n), "attachment_id": null, "turns": [{ "speaker": "caller", "text": "Hello?", "start_ms": 0, "end_ms": 900 }] }],
        "related_runs": [id(1, 1_000 + n)]
    })
}

/// Any run of number `n`.
pub fn any_run(n: u64) -> impl Strategy<Value = RunDocument> {
    let maybe = |share: f64| proptest::option::weighted(share, 0..100_u64);
    (
        (0..3_u64, maybe(0.8), maybe(0.7), maybe(0.3), maybe(0.4)),
        (0..6_usize, 0..40_i64, maybe(0.8), 0..90_000_i64, any::<bool>()),
        (maybe(0.8), proptest::collection::vec((0..4_usize, 0..4_u8), 0..4), 0..20_000_i64, maybe(0.5)),
    )
        .prop_map(move |(names, times, rest)| {
            let (workflow, employee, conversation, channel, trigger) = names;
            let (status, second, started, millis, is_async) = times;
            let (model, state, tokens, finished) = rest;
            let pick = |values: &[&str], index: u64| values[usize::try_from(index).unwrap() % values.len()].to_owned();
            let status = STATUSES[status];
            // Over half a day, many at once.
            let second = second * 1_000;
            let end = finished.map(|_| at(second + millis / 1_000));
            let state: serde_json::Map<String, Value> = state
                .into_iter()
                .map(|(key, value)| {
                    let value = match value {
                        0 => json!("eu"),
                        1 => json!(7),
                        2 => json!(true),
                        _ => json!({ "deep": 1 }),
                    };
                    (STATE_KEYS[key].to_owned(), value)
                })
                .collect();
            let usage = json!([{ "id": "t", "key_type": "platform", "input_tokens": tokens, "output_tokens": tokens / 7 }]);
            document(&json!({
                "id": id(1, n), "workflow_id": id(2, workflow), "workflow_name": format!("Skill {workflow}"),
                "ai_employee_id": employee.map(|n| id(3, n % 3)), "ai_employee_name": employee.map(|n| format!("Mate {}", n % 3)),
                "conversation_id": conversation.map(|n| id(4, n % 5)),
                // Of one conversation always the same, so that no order of writing matters.
                "conversation_channel": conversation.filter(|n| n % 5 < 2).map(|n| CHANNELS[usize::from(n % 5 == 0)]),
                "channel": channel.map(|n| pick(&CHANNELS, n)),
                "trigger_id": trigger.map(|n| pick(&TRIGGERS, n)),
                "model": model.map(|n| pick(&MODELS, n)),
                "status": status, "created_at": at(second), "started_at": started.map(|_| at(second + 1)),
                "completed_at": end.clone().filter(|_| status == "completed"),
                "failed_at": end.clone().filter(|_| status == "failed"),
                "cancelled_at": end.filter(|_| status == "cancelled"),
                "state": { "runtimeContext": { "isAsync": is_async, "state": state } },
                "token_history": if tokens % 5 == 0 { json!([]) } else { usage },
                "input_message": format!("message {n}"),
            }))
        })
}

/// The ids that a document carries.
pub fn ids_of(document: &RunDocument) -> (RunId, WorkflowId) {
    (document.id.unwrap(), document.workflow_id.unwrap())
}
