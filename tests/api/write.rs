//! `PUT …/workflows/{workflowId}/runs/{runId}/`.

use crate::support::{program::Installation, runs};
use serde_json::json;

#[test]
fn a_run_is_created_replaced_and_read_back() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve();
        let path = format!("/api/organizations/{org}/workflows/{}/runs/{}/", runs::id(2, 1), runs::id(1, 1));
        let bearer = format!("Bearer {token}");
        let put = |body: &str| {
            server.send("PUT", &path, &[("authorization", &bearer), ("content-type", "application/json")], Some(body))
        };
        let document = runs::full_run(1).to_string();
        let created = put(&document);
        assert_eq!((created.status, created.json()["status"].clone()), (201, json!("failed")));
        assert_eq!(put(&document).status, 200);
        assert_eq!(server.get(&path, &token).json()["steps_total"], json!(2));

        let bad = put(r#"{ "status": "completed", "created_at": "2026-11-21T14:00:00Z", "colour": "red" }"#);
        assert_eq!((bad.status, bad.json()["errors"][0]["param"].clone()), (400, json!("colour")));
        let usage = (0..10).map(|n| json!({ "id": n.to_string(), "key_type": "own", "usd_cost": 1_000_000 }));
        let mut dear = runs::full_run(1);
        dear["token_history"] = usage.collect();
        assert_eq!(put(&dear.to_string()).json()["errors"][0]["param"], json!("token_history"));
        let other = put(&runs::full_run(2).to_string());
        assert_eq!(other.json()["errors"], json!([{ "param": "id", "message": "is not the one in the path" }]));
        let elsewhere = path.replace(&runs::id(2, 1).to_string(), &runs::id(2, 2).to_string());
        let minimal = r#"{ "status": "completed", "created_at": "2026-11-21T14:00:00Z" }"#;
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        assert_eq!(server.send("PUT", &elsewhere, &headers, Some(minimal)).status, 404);
        assert_eq!(server.get(&path, &token).json()["status"], json!("failed"), "nothing bad changed it");
    }
}

#[test]
fn only_a_token_that_may_write_writes() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let reader = installation.token(&org, "runs:read");
    let server = installation.serve_with(&[("ALLOY_MAX_DOCUMENT_BYTES", "4000")]);
    let path = format!("/api/organizations/{org}/workflows/{}/runs/{}/", runs::id(2, 1), runs::id(1, 1));
    let put = |name: &str, value: &str| {
        let headers = [(name, value), ("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
        server.send("PUT", &path, &headers, Some(&"x".repeat(5_000))).status
    };
    assert_eq!(put("authorization", &format!("Bearer {reader}")), 403);
    assert_eq!(put("cookie", &server.sign_in("admin@halden.example")), 403);
    assert_eq!(put("x-nothing", "x"), 401);
    let writer = installation.token(&org, "runs:write");
    let headers = [
        ("authorization", &*format!("Bearer {writer}")),
        ("content-type", "application/json"),
        ("content-encoding", "br"),
    ];
    assert_eq!(server.send("PUT", &path, &headers, Some("x")).status, 415);
    assert_eq!(put("authorization", &format!("Bearer {writer}")), 413);
}
