//! Writing runs: whole, in part, and as a stream of lines.

use crate::support::{program::Installation, runs};
use serde_json::json;
use std::io::Write;

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

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_stream_goes_on_after_a_bad_line() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve_with(&[("ALLOY_MAX_DOCUMENT_BYTES", "4000")]);
        let (mut done, mut nameless, mut elsewhere) = (runs::full_run(2), runs::full_run(3), runs::full_run(1));
        done["status"] = json!("done");
        nameless.as_object_mut().unwrap().remove("workflow_id");
        elsewhere["workflow_id"] = json!(runs::id(2, 9));
        let lines = [
            runs::full_run(1).to_string(),
            "{".to_owned(),
            done.to_string(),
            String::new(),
            "x".repeat(5_000),
            nameless.to_string(),
            elsewhere.to_string(),
            runs::full_run(8).to_string(),
        ]
        .join("\r\n");
        let path = format!("/api/organizations/{org}/workflows/runs/");
        let bearer = format!("Bearer {token}");
        let send = |encoding: &str, body: &[u8]| {
            let headers =
                [("authorization", &*bearer), ("content-type", "application/x-ndjson"), ("content-encoding", encoding)];
            server.try_send("POST", &path, &headers, Some(body)).unwrap()
        };
        for (encoding, body) in [("identity", lines.as_bytes().to_vec()), ("gzip", gzip(lines.as_bytes()))] {
            let report = send(encoding, &body).json();
            assert_eq!((&report["accepted"], &report["rejected_total"]), (&json!(2), &json!(5)), "{report}");
            let rejected = report["rejected"].as_array().unwrap();
            let faults: Vec<_> = rejected
                .iter()
                .map(|one| (one["line"].as_u64().unwrap(), one["errors"][0]["param"].as_str().unwrap()))
                .collect();
            assert_eq!(faults, [(2, ""), (3, "status"), (5, ""), (6, "workflow_id"), (7, "workflow_id")]);
            assert_eq!(rejected[2]["errors"][0]["message"], "is longer than 4000 bytes");
        }
        let list = server.get(&path, &token).json();
        assert_eq!(list["pagination"]["total"], 2);
        assert_eq!(server.get(&path, &token).json()["data"][0]["workflow_id"], json!(runs::id(2, 1)));

        // Over several batches, one of which has a run that is elsewhere.
        let many: Vec<_> = (100..350)
            .map(|n| match n {
                130 => elsewhere.to_string(),
                310 => "[]".to_owned(),
                n => runs::full_run(n).to_string(),
            })
            .collect();
        let report = send("identity", many.join("\n").as_bytes()).json();
        assert_eq!((&report["accepted"], &report["rejected_total"]), (&json!(248), &json!(2)), "{report}");
        let numbers: Vec<_> = report["rejected"].as_array().unwrap().iter().map(|one| one["line"].as_u64()).collect();
        assert_eq!(numbers, [Some(31), Some(211)]);
        assert_eq!(server.get(&path, &token).json()["pagination"]["total"], 250);

        assert_eq!(send("br", b"x").status, 415);
        let half = gzip(lines.as_bytes());
        assert_eq!(send("gzip", &half[..half.len() / 2]).status, 400);
        let json = [("authorization", &*bearer), ("content-type", "application/json")];
        assert_eq!(server.send("POST", &path, &json, Some("{}")).status, 415);
        assert_eq!(send("identity", b"").json(), json!({ "accepted": 0, "rejected_total": 0, "rejected": [] }));
    }
}

#[test]
fn limits_are_of_what_comes_out_of_a_compressed_body() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let token = installation.token(&org, "runs:write");
    let server = installation.serve();
    let path = format!("/api/organizations/{org}/workflows/{}/runs/{}/", runs::id(2, 1), runs::id(1, 1));
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", &*bearer), ("content-type", "application/json"), ("content-encoding", "gzip")];
    let put = |body: &[u8]| server.try_send("PUT", &path, &headers, Some(&gzip(body))).unwrap();
    assert_eq!(put(runs::full_run(1).to_string().as_bytes()).status, 201);
    let bomb = put(&vec![b' '; 33 << 20]);
    assert_eq!((bomb.status, bomb.header("content-type")), (413, "application/problem+json"));
    assert_eq!(bomb.json()["detail"], "The body is longer than the 33554432 bytes that are taken here");
    let deep = format!(
        r#"{{ "status": "failed", "created_at": "2026-11-21T14:00:00Z", "state": {}1{} }}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    assert_eq!(put(deep.as_bytes()).status, 400);
}

#[test]
fn every_answer_comes_in_time_but_that_of_a_stream() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let token = installation.token(&org, "runs:read,runs:write");
    let session = installation.serve().sign_in("admin@halden.example");
    // Whoever has to wait for anything is late.
    let server = installation.serve_with(&[("ALLOY_HANDLER_TIMEOUT_MS", "0")]);
    let path = format!("/api/organizations/{org}/workflows/runs/");
    let late = server.get(&path, &token);
    assert_eq!((late.status, late.header("retry-after")), (503, "1"));
    assert_eq!(server.send("GET", "/logs", &[("cookie", &session)], None).status, 503);
    let headers = [("authorization", &*format!("Bearer {token}")), ("content-type", "application/x-ndjson")];
    let stream = server.send("POST", &path, &headers, Some(&runs::full_run(1).to_string()));
    assert_eq!((stream.status, stream.json()["accepted"].clone()), (200, json!(1)));
}

#[test]
fn a_run_is_patched() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve();
        let path = format!("/api/organizations/{org}/workflows/{}/runs/{}/", runs::id(2, 1), runs::id(1, 1));
        let bearer = format!("Bearer {token}");
        let send = |kind: &str, body: &str| {
            server.send("PATCH", &path, &[("authorization", &bearer), ("content-type", kind)], Some(body))
        };
        assert_eq!(send("application/merge-patch+json", "{}").status, 404);
        installation.import(&org, &[runs::full_run(1)]);
        let text = r#"{ "status": "completed", "failed_at": null, "completed_at": "2026-11-01T00:00:30Z" }"#;
        let patched = send("application/merge-patch+json", text);
        assert_eq!((patched.status, &patched.json()["status"]), (200, &json!("completed")));
        assert_eq!(patched.json()["failure"], json!(null), "what is derived follows");
        let detail = server.get(&path, &token).json();
        assert_eq!((&detail["steps_total"], &detail["duration_ms"]), (&json!(2), &json!(19_000)));
        assert_eq!(send("application/json", r#"{ "model": "other" }"#).json()["model"], "other");
        let bad = send("application/json", r#"{ "status": "done" }"#);
        assert_eq!((bad.status, &bad.json()["errors"][0]["param"]), (400, &json!("status")));
        let other = send("application/json", &format!(r#"{{ "id": "{}" }}"#, runs::id(1, 2)));
        assert_eq!(other.json()["errors"][0]["message"], "is not the one in the path");
        assert_eq!(send("application/json", "[]").status, 400);
        assert_eq!(send("text/plain", "{}").status, 415);
    }
}

#[test]
fn parts_are_posted_before_their_run_and_after_it() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve();
        let path = format!("/api/organizations/{org}/workflows/{}/runs/{}/", runs::id(2, 1), runs::id(1, 1));
        let headers = [("authorization", &*format!("Bearer {token}")), ("content-type", "application/json")];
        let post = |end: &str, body: &serde_json::Value| {
            server.send("POST", &format!("{path}{end}"), &headers, Some(&body.to_string()))
        };
        let early = json!([{ "id": "s0", "name": "Greet", "started_at": runs::at(5), "ended_at": runs::at(6) }]);
        let waiting = post("steps/?updated_at=2026-11-01T00:00:06Z", &early);
        assert_eq!((waiting.status, waiting.json()), (202, json!({ "accepted": 1 })));
        assert_eq!(server.get(&path, &token).status, 404);
        installation.import(&org, &[runs::full_run(1)]);
        let names = || -> Vec<_> {
            let steps = server.get(&path, &token).json()["steps"].clone();
            steps.as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(), ["Greet", "Look up order", "Post credit note"]);
        let late = json!([
            { "id": "s3", "name": "Tell", "started_at": runs::at(19), "ended_at": runs::at(20) },
            { "id": "s1", "name": "Look it up", "started_at": runs::at(11), "ended_at": runs::at(13) },
        ]);
        assert_eq!(post("steps/", &late).status, 200);
        assert_eq!(names(), ["Greet", "Look it up", "Post credit note", "Tell"]);
        let usage = json!([{ "id": "t9", "key_type": "own", "input_tokens": 1000, "usd_cost": 1.5 }]);
        assert_eq!(post("token-history/", &usage).status, 200);
        let listed = &server.get(&format!("/api/organizations/{org}/workflows/runs/"), &token).json()["data"][0];
        assert_eq!((&listed["costs"][0]["input_tokens"], &listed["input_tokens"]), (&json!(1_088), &json!(5_001)));

        let bad = post("steps/", &json!([{ "id": "a" }, { "id": "a" }]));
        let twice = json!([{ "param": "[1].id", "message": "stands here twice" }]);
        assert_eq!((bad.status, &bad.json()["errors"]), (400, &twice));
        let bad = post("steps/", &json!([{ "name": "a" }]));
        assert_eq!((bad.status, &bad.json()["errors"][0]["param"]), (400, &json!("[0]")));
        assert_eq!(post("steps/", &json!({ "id": "a" })).status, 400);
        assert_eq!(post("steps/?updated=1", &early).json()["errors"][0]["param"], "updated");
        let elsewhere = path.replace(&runs::id(2, 1).to_string(), &runs::id(2, 2).to_string());
        assert_eq!(server.send("POST", &format!("{elsewhere}steps/"), &headers, Some("[]")).status, 404);
    }
}

#[test]
fn the_bytes_of_a_file_are_stored() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve_with(&[("ALLOY_MAX_ATTACHMENT_BYTES", "2000")]);
        let path = |n: u64| format!("/api/organizations/{org}/runs/{}/attachments/{}", runs::id(1, 1), runs::id(5, n));
        let bearer = format!("Bearer {token}");
        let put = |n: u64, query: &str, kind: &str, bytes: &str| {
            let headers = [("authorization", &*bearer), ("content-type", kind)];
            server.send("PUT", &format!("{}/{query}", path(n)), &headers, Some(bytes))
        };
        let early = put(2, "?name=note.txt", "text/plain", "Hello");
        assert_eq!((early.status, &early.json()["size"]), (202, &json!(5)));
        assert_eq!(server.get(&path(2), &token).status, 404, "it has no run yet");
        installation.import(&org, &[runs::full_run(1)]);
        assert_eq!(server.get(&path(2), &token).body, "Hello");
        // The one that the document names has its true size and type from now on.
        assert_eq!(put(1, "?name=order.csv", "text/csv", "1,2").status, 200);
        installation.import(&org, &[runs::full_run(1)]);
        let run = format!("/api/organizations/{org}/workflows/{}/runs/{}/", runs::id(2, 1), runs::id(1, 1));
        let files = server.get(&run, &token).json()["attachments"].clone();
        let files: Vec<_> =
            files.as_array().unwrap().iter().map(|file| (file["name"].clone(), file["size"].clone())).collect();
        assert_eq!(files, [(json!("order.csv"), json!(3)), (json!("note.txt"), json!(5))]);
        assert_eq!(server.get(&path(1), &token).body, "1,2");

        let long = put(3, "", "text/plain", &"x".repeat(2_001));
        assert_eq!(long.json()["detail"], "The body is longer than the 2000 bytes that are taken here");
        assert_eq!(put(3, &format!("?name={}", "x".repeat(401)), "text/plain", "x").status, 400);
        assert_eq!(put(3, "", &"x".repeat(401), "x").json()["errors"][0]["param"], "media_type");
    }
}
