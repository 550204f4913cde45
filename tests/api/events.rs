//! `GET …/workflows/runs/events/`.

use crate::support::{
    program::{Event, EventStream, Installation, Server},
    runs,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn path(org: &str) -> String {
    format!("/api/organizations/{org}/workflows/runs/events/")
}

fn open(server: &Server, path: &str, token: &str) -> EventStream {
    let stream = server.events(path, &[("authorization", &format!("Bearer {token}"))]);
    assert_eq!(stream.status, 200);
    stream
}

/// Writes a run by the API.
fn put(server: &Server, org: &str, token: &str, n: u64, status: &str) {
    let path = format!("/api/organizations/{org}/workflows/{}/runs/{}/", runs::id(2, 1), runs::id(1, n));
    let body = json!({ "status": status, "created_at": runs::at(1), "input_message": "A private matter" }).to_string();
    let headers = [("authorization", format!("Bearer {token}")), ("content-type", "application/json".to_owned())];
    let answer =
        server.send("PUT", &path, &headers.each_ref().map(|(name, value)| (*name, value.as_str())), Some(&body));
    assert!(answer.status == 200 || answer.status == 201, "{answer:?}");
}

/// An event in a few words, and the number of its run.
fn words(event: &Event) -> String {
    let run = event.data.get("run").unwrap_or(&event.data);
    let id: uuid::Uuid = serde_json::from_value(run["id"].clone()).unwrap();
    format!("{} {} {}", event.name, id.as_u64_pair().0 & 0xffff, run["status"].as_str().unwrap())
}

fn next(stream: &mut EventStream) -> String {
    words(&stream.event().expect("the stream goes on"))
}

#[test]
fn p51_runs_are_told_as_they_are_written_to_those_who_may_read_them() {
    for installation in Installation::both() {
        let (org, other) = (installation.organization("Halden"), installation.organization("Other"));
        let token = installation.token(&org, "runs:read,runs:write");
        let of_other = installation.token(&other, "runs:write");
        let server = installation.serve();
        let mut all = open(&server, &path(&org), &token);
        assert_eq!((all.header("content-type"), all.header("x-accel-buffering")), ("text/event-stream", "no"));
        let mut running = open(&server, &format!("{}?status=running", path(&org)), &token);
        let member = server.sign_in("member@halden.example");
        let mut by_cookie = server.events(&path(&org), &[("cookie", &member)]);

        put(&server, &other, &of_other, 9, "running");
        put(&server, &org, &token, 1, "running");
        let created = all.event().unwrap();
        assert_eq!(words(&created), "run-created 1 running");
        // What a row shows, and nothing else.
        let listed = server.get(&format!("/api/organizations/{org}/workflows/runs/"), &token).json()["data"][0].clone();
        let row = created.data["run"].as_object().unwrap();
        assert!(row.len() == 17 && !row.contains_key("state") && !row.contains_key("flow"));
        assert!(row.iter().all(|(name, value)| listed[name] == *value), "{row:?}");
        assert_eq!((&created.data["appeared"], created.id.as_str()), (&json!(1), "1"));

        put(&server, &org, &token, 2, "pending");
        put(&server, &org, &token, 1, "completed");
        let mut rest = vec![next(&mut all), next(&mut all)];
        rest.sort();
        assert_eq!(rest, ["run-created 2 pending", "run-updated 1 completed"]);
        assert_eq!([next(&mut running), next(&mut running)], ["run-created 1 running", "run-left 1 completed"]);
        assert_eq!(next(&mut by_cookie), "run-created 1 running");
    }
}

#[test]
fn p51_who_was_away_is_told_what_was_written_meanwhile() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:read,runs:write");
        installation.import(&org, &(1..=60).map(runs::full_run).collect::<Vec<_>>());
        let server = installation.serve();
        let bearer = format!("Bearer {token}");
        let from = |id: &str, query: &str| {
            let headers = [("authorization", bearer.as_str()), ("last-event-id", id)];
            server.events(&format!("{}{query}", path(&org)), &headers)
        };
        // All of one write, in parts, and none twice.
        let mut stream = from("0", "");
        let told: Vec<_> = (0..60).map(|_| stream.event().unwrap()).collect();
        let expected: Vec<_> = (1..=60).map(|n| format!("run-created {n} failed")).collect();
        assert_eq!(told.iter().map(words).collect::<Vec<_>>(), expected);
        // From the middle of it.
        let mut stream = from(&told[40].id, "?after=0");
        assert_eq!(next(&mut stream), "run-created 42 failed");
        let last = &told[59].id;
        put(&server, &org, &token, 7, "failed");
        put(&server, &org, &token, 61, "running");
        let mut stream = from(last, "?workflow_id=00000002-0000-0001-9e37-79b97f4a7c15");
        assert_eq!([next(&mut stream), next(&mut stream)], ["run-updated 7 failed", "run-created 61 running"]);
        let mut stream = open(&server, &format!("{}?after={last}&status=running", path(&org)), &token);
        assert_eq!([next(&mut stream), next(&mut stream)], ["run-left 7 failed", "run-created 61 running"]);

        let refused = from("nonsense", "?page=1");
        assert_eq!((refused.status, refused.header("content-type")), (400, "application/problem+json"));
        let refused = from("nonsense", "");
        assert_eq!(refused.status, 400);
        // Of another database, perhaps; what comes is told all the same.
        let mut stream = from("900000", "");
        assert_eq!(stream.line().unwrap(), "retry: 2000");
        put(&server, &org, &token, 62, "running");
        assert_eq!(next(&mut stream), "run-created 62 running");
    }
}

#[test]
fn p51_a_run_that_is_not_there_any_more_leaves_for_all_who_watch_and_for_who_was_away() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve();
        let bearer = format!("Bearer {token}");
        let send = |span: u8, attribute: (&str, &str)| {
            let attributes = json!([{ "key": attribute.0, "value": { "stringValue": attribute.1 } }]);
            let span = json!({
                "traceId": format!("{:032x}", 7), "spanId": format!("{span:016x}"), "name": "work",
                "startTimeUnixNano": "1790000000000000000", "endTimeUnixNano": "1790000001000000000", "attributes": attributes,
            });
            let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span] }] }] }).to_string();
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            assert_eq!(server.send("POST", "/v1/traces", &headers, Some(&body)).status, 200);
        };
        let mut watching = open(&server, &format!("{}?model=none", path(&org)), &token);
        let mut all = open(&server, &path(&org), &token);
        send(1, ("gen_ai.operation.name", "chat"));
        let created = all.event().unwrap();
        assert_eq!(created.name, "run-created");
        // All of it is another run's.
        send(2, ("alloy.run.id", &runs::id(1, 1).to_string()));
        let gone = json!({ "id": created.data["run"]["id"], "status": null, "duration_ms": null });
        let mut away = open(&server, &format!("{}?after={}", path(&org), created.id), &token);
        for stream in [&mut all, &mut watching, &mut away] {
            let event = stream.event().unwrap();
            assert_eq!((event.name.as_str(), &event.data), ("run-left", &gone));
        }
        assert_eq!(all.event().unwrap().data["run"]["id"], json!(runs::id(1, 1)));
    }
}

#[test]
fn p51_servers_of_one_database_tell_what_others_write() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:read,runs:write");
        let (one, other) = (installation.serve(), installation.serve());
        let mut stream = open(&one, &path(&org), &token);
        assert!(stream.line().unwrap().starts_with("retry: "));
        for n in 1..4 {
            put(&other, &org, &token, n, "running");
            assert_eq!(next(&mut stream), format!("run-created {n} running"));
        }
        // A program that only writes, and ends.
        installation.import(&org, &[runs::full_run(4)]);
        assert_eq!(next(&mut stream), "run-created 4 failed");
    }
}

#[test]
fn a_stream_ends_when_its_reader_may_not_read_any_more() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let (reader, writer) = (installation.token(&org, "runs:read"), installation.token(&org, "runs:write"));
        let server = installation.serve();
        let person = |email: &str| server.sign_in(email);
        let by = |cookie: &str| server.events(&path(&org), &[("cookie", cookie)]);
        let (signs_out, removed) = (person("admin@halden.example"), person("member@halden.example"));
        let mut streams = [open(&server, &path(&org), &reader), by(&signs_out), by(&removed)];
        for stream in &mut streams {
            assert!(stream.line().unwrap().starts_with("retry: "));
        }
        installation.run(&["token", "revoke", "--org", &org, &reader], "");
        server.send("DELETE", "/api/session", &[("cookie", &signs_out), ("sec-fetch-site", "same-origin")], None);
        installation.run(&["user", "remove", "--org", &org, "--email", "member@halden.example"], "");
        // What is written from now on is nothing for them, even if nothing else had made sure by then.
        put(&server, &org, &writer, 1, "running");
        for mut stream in streams {
            assert!(stream.event().is_none());
        }
    }
}

#[test]
fn a_stream_without_events_ends_with_its_token_too() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let token = installation.token(&org, "runs:read");
    let server = installation.serve();
    let mut stream = open(&server, &path(&org), &token);
    let began = Instant::now();
    installation.run(&["token", "revoke", "--org", &org, &token], "");
    assert!(stream.event().is_none());
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn to_watch_is_no_use_of_a_session() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let server = installation.serve_with(&[("ALLOY_EVENT_HEARTBEAT_MS", "20")]);
    let cookie = server.sign_in("member@halden.example");
    let mut stream = server.events(&path(&org), &[("cookie", &cookie)]);
    assert_eq!(stream.status, 200);
    let seen = || installation.execute("SELECT CAST(seen_at AS TEXT) FROM sessions");
    installation.execute("UPDATE sessions SET seen_at = seen_at - 3600000000");
    let before = seen();
    for _ in 0..5 {
        while stream.line().unwrap() != ":" {}
    }
    assert_eq!(seen(), before);
    installation.execute("UPDATE sessions SET seen_at = 0");
    assert!(stream.event().is_none());
}

#[test]
fn a_stream_that_has_nothing_to_tell_says_how_far_it_is_and_that_it_is_there() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    installation.import(&org, &[runs::full_run(1)]);
    let token = installation.token(&org, "runs:read");
    let server = installation.serve_with(&[("ALLOY_EVENT_HEARTBEAT_MS", "50")]);
    let headers = [("authorization", format!("Bearer {token}")), ("accept-encoding", "gzip, br".to_owned())];
    let mut stream = server.events(&path(&org), &headers.each_ref().map(|(name, value)| (*name, value.as_str())));
    assert_eq!(stream.header("content-encoding"), "");
    let lines: Vec<_> = (0..9).map(|_| stream.line().unwrap()).collect();
    assert_eq!(lines, ["retry: 2000", "id: 1", "", ":", "id: 1", "", ":", "id: 1", ""]);
}

#[test]
fn there_are_so_many_streams_and_no_more() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let tokens = [installation.token(&org, "runs:read"), installation.token(&org, "runs:read")];
    let limits = [("ALLOY_MAX_EVENT_STREAMS", "3"), ("ALLOY_MAX_EVENT_STREAMS_PER_USER", "2")];
    let server = installation.serve_with(&limits);
    let ask = |token: &str| server.events(&path(&org), &[("authorization", &format!("Bearer {token}"))]);
    let streams = [ask(&tokens[0]), ask(&tokens[0]), ask(&tokens[1])];
    assert!(streams.iter().all(|stream| stream.status == 200));
    let beyond = ask(&tokens[1]);
    assert_eq!((beyond.status, beyond.header("retry-after")), (503, "1"));
    let [first, second, third] = streams;
    drop(third);
    let beyond = loop {
        // The server hears a little later that a stream was given up.
        let beyond = ask(&tokens[0]);
        if beyond.status != 503 {
            break beyond;
        }
    };
    assert_eq!((beyond.status, beyond.header("retry-after")), (429, "10"));
    drop((first, second));
}

#[test]
fn a_server_that_stops_does_not_wait_for_streams() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let token = installation.token(&org, "runs:read");
    let server = installation.serve();
    let mut streams: Vec<_> = (0..20).map(|_| open(&server, &path(&org), &token)).collect();
    let began = Instant::now();
    let (ended_well, log) = server.stop();
    assert!(ended_well && !log.contains("before every request"), "{log}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(streams.iter_mut().all(|stream| stream.event().is_none()));
}

#[test]
fn what_is_told_is_described() {
    let installation = Installation::sqlite();
    let server = installation.serve();
    let described = server.send("GET", "/api/openapi.json", &[], None).json();
    let operation = &described["paths"]["/api/organizations/{organization_id}/workflows/runs/events/"]["get"];
    let named: Vec<_> =
        operation["parameters"].as_array().unwrap().iter().map(|parameter| &parameter["name"]).collect();
    for name in ["status", "channel", "state", "after", "Last-Event-ID"] {
        assert!(named.contains(&&Value::from(name)), "{name}");
    }
    assert!(!named.contains(&&Value::from("page")));
    assert!(operation["responses"]["200"]["content"]["text/event-stream"].is_object());
    for schema in ["RunEvent", "RunLeft", "RunRow"] {
        assert!(described["components"]["schemas"][schema]["required"].is_array(), "{schema}");
    }
}
