//! `GET …/workflows/{workflowId}/runs/{runId}/`.

use crate::support::{program::Installation, runs};
use serde_json::json;

#[test]
fn a_run_is_answered_whole() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        installation.import(&org, &[runs::full_run(1)]);
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve();
        let (workflow, run) = (runs::id(2, 1), runs::id(1, 1));
        let answer = server.get(&format!("/api/organizations/{org}/workflows/{workflow}/runs/{run}/"), &token);
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        let body = answer.json();
        let written = runs::full_run(1);
        assert_eq!(body["flow"], written["flow"]);
        assert_eq!(body["state"], written["state"]);
        assert_eq!(body["attachments"], written["attachments"]);
        assert_eq!(body["voice_transcripts"], written["voice_transcripts"]);
        assert_eq!(body["related_runs"], written["related_runs"]);
        assert_eq!(body["steps_total"], json!(2));
        assert_eq!(body["steps"][0]["input"], json!({ "order": 88213 }));
        // As it was written, to the digit.
        assert!(answer.body.contains(r#""amount":1.0"#));
        assert_eq!(
            body["failure"],
            json!({
                "step_id": "s2", "step_name": "Post credit note", "tool": "ledger.create",
                "message": "409: period 2026-10 is closed", "signature": "#: period # is closed", "last_good_step": "Look up order"
            })
        );
    }
}

#[test]
fn a_run_that_is_not_there_and_one_of_another_workflow_are_the_same() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    installation.import(&org, &[runs::full_run(1)]);
    let token = installation.token(&org, "runs:read");
    let server = installation.serve();
    let get = |workflow: &str, run: &str| {
        let answer = server.get(&format!("/api/organizations/{org}/workflows/{workflow}/runs/{run}"), &token);
        (answer.status, answer.body)
    };
    let (workflow, run) = (runs::id(2, 1).to_string(), runs::id(1, 1).to_string());
    assert_eq!(get(&workflow, &run).0, 200);
    let elsewhere = get(&runs::id(2, 2).to_string(), &run);
    assert_eq!(elsewhere.0, 404);
    assert_eq!(get(&workflow, &runs::id(1, 2).to_string()), elsewhere);
    assert_eq!(get(&workflow, "nonsense"), elsewhere);
}
