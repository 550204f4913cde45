//! Real clients of OpenTelemetry, with models that are stubs, against the real program.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use serde_json::{Value, json};
use std::process::Command;
use support::{program::Installation, say};

/// The Python with those clients that `make test` installs. Without it nothing is tested, and a line says so.
#[expect(clippy::disallowed_methods, reason = "tests have no settings")]
fn python() -> Option<String> {
    let python = std::env::var("ALLOY_TEST_CLIENTS_PYTHON").ok();
    if python.is_none() {
        eprintln!("ALLOY_TEST_CLIENTS_PYTHON is not set: no real client of OpenTelemetry is tested (make test does)");
    }
    python
}

/// Lets a client of `tests/otlp` send what it does; the runs that come of it, oldest first, with their steps.
fn runs_of(python: &str, installation: &Installation, client: &str) -> Vec<Value> {
    let org = installation.organization(client);
    let token = installation.token(&org, "runs:read,runs:write");
    let server = installation.serve();
    let output = Command::new(python)
        .arg(format!("{}/tests/otlp/{client}_client.py", env!("CARGO_MANIFEST_DIR")))
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", server.address))
        .env("OTEL_EXPORTER_OTLP_HEADERS", format!("authorization=Bearer%20{token}"))
        .env("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let runs = server.get(&format!("/api/organizations/{org}/workflows/runs/"), &token).json();
    let detail = |run: &Value| {
        let (workflow, run) = (run["workflow_id"].as_str().unwrap(), run["id"].as_str().unwrap());
        server.get(&format!("/api/organizations/{org}/workflows/{workflow}/runs/{run}/"), &token).json()
    };
    runs["data"].as_array().unwrap().iter().rev().map(detail).collect()
}

/// The names of the tools that were called.
fn tools(run: &Value) -> Vec<&str> {
    let steps = run["steps"].as_array().unwrap().iter();
    let calls = steps.flat_map(|step| step["tool_calls"].as_array().unwrap());
    calls.map(|call| call["name"].as_str().unwrap()).collect()
}

#[test]
fn what_they_send_becomes_runs() {
    let Some(python) = python() else { return };
    for installation in Installation::both() {
        let runs = runs_of(&python, &installation, "pydantic_ai");
        let [settled, lost] = runs.as_slice() else { panic!("{} runs", runs.len()) };
        assert_eq!((&settled["status"], &lost["status"]), (&json!("completed"), &json!("failed")));
        assert_eq!((tools(settled), &settled["ai_employee_name"]), (vec!["look_up_order"], &json!("Nora")));
        assert_eq!((&settled["model"], &settled["input_tokens"]), (&json!("stub-1"), &json!(240)));
        assert_eq!(settled["conversation_id"], lost["conversation_id"]);
        assert!(lost["error_message"].as_str().unwrap().contains("connection refused"));

        let runs = runs_of(&python, &installation, "openai_agents");
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0]["status"], "completed");
        assert!(!tools(&runs[0]).is_empty() && runs[0]["total_tokens"].as_i64() > Some(0), "{}", runs[0]);

        let runs = runs_of(&python, &installation, "langchain");
        assert!(runs.iter().any(|run| !tools(run).is_empty()), "{runs:?}");
        say(&format!(
            "three clients of OpenTelemetry on {}: their runs are there",
            installation.url().split(':').next().unwrap()
        ));
    }
}
