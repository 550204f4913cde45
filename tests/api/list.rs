//! `GET …/workflows/runs/`.

use crate::support::{program::Installation, runs};
use serde_json::json;

#[test]
fn a_token_lists_runs_as_the_contract_says() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        installation.import(&org, &(0..30).map(runs::full_run).collect::<Vec<_>>());
        let token = installation.token(&org, "runs:read");
        let server = installation.serve();
        let list = format!("/api/organizations/{org}/workflows/runs");

        let answer = server.get(&format!("{list}/?exclude=flow,state&limit=10&page=2"), &token);
        assert_eq!(answer.status, 200);
        let body = answer.json();
        assert_eq!(body["pagination"], json!({ "page": 2, "limit": 10, "total": 30, "total_pages": 3 }));
        let run = &body["data"][0];
        assert_eq!(run["organization_id"], json!(org));
        assert_eq!(run["created_at"], json!("2026-11-01T00:00:10.000Z"));
        assert_eq!(run["completed_at"], json!(null));
        assert_eq!(run["state"]["steps"][1]["name"], json!("Post credit note"));
        assert_eq!(run["state"]["runtimeContext"], json!({ "userId": "u1", "isAsync": false }));
        assert_eq!(run["costs"][1]["usd_cost"], json!(0.1192));
        assert_eq!(run["failure"]["tool"], json!("ledger.create"));
        assert!(run.get("flow").is_none());

        let full =
            server.get(&format!("{list}?limit=1&state[region]=eu&state[vip]=true&state[n]=7&status=failed"), &token);
        let full = full.json();
        assert_eq!(full["pagination"]["total"], json!(30));
        assert_eq!(full["data"][0]["flow"], runs::full_run(0)["flow"]);
        assert_eq!(full["data"][0]["state"], runs::full_run(0)["state"]);
        assert_eq!(server.get(&format!("{list}/?channel=api"), &token).json()["pagination"]["total"], json!(0));
        assert_eq!(
            server.get(&format!("{list}/?channel=employee_chat"), &token).json()["pagination"]["total"],
            json!(30)
        );
        let members = [
            "id",
            "organization_id",
            "workflow_id",
            "workflow_name",
            "ai_employee_id",
            "ai_employee_name",
            "conversation_id",
            "conversation_title",
            "conversation_channel",
            "channel",
            "source",
            "trigger_id",
            "trigger_url",
            "model",
            "status",
            "created_at",
            "started_at",
            "completed_at",
            "failed_at",
            "suspended_at",
            "cancelled_at",
            "duration_ms",
            "input_tokens",
            "output_tokens",
            "total_tokens",
            "input_message",
            "output_message",
            "error_message",
            "failure",
            "flow",
            "state",
            "costs",
        ];
        let named: Vec<_> = full["data"][0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(named.len(), members.len());
        assert!(members.iter().all(|member| named.contains(member)), "{named:?}");
    }
}

#[test]
fn every_bad_parameter_is_named() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let token = installation.token(&org, "runs:read");
    let server = installation.serve();
    let answer =
        server.get(&format!("/api/organizations/{org}/workflows/runs/?limit=1000&stauts=failed&page=x"), &token);
    assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"));
    let body = answer.json();
    assert_eq!(body["errors"][1], json!({ "param": "stauts", "message": "is not a parameter here" }));
    assert_eq!(body["errors"].as_array().unwrap().len(), 3);
    assert_eq!((&body["status"], &body["title"]), (&json!(400), &json!("Bad Request")));
}

#[test]
fn nobody_reads_what_is_not_theirs() {
    let installation = Installation::sqlite();
    let (halden, other) = (installation.organization("Halden"), installation.organization("Other"));
    let reader = installation.token(&halden, "runs:read");
    let writer = installation.token(&halden, "runs:write");
    let server = installation.serve();
    let list = |org: &str| format!("/api/organizations/{org}/workflows/runs/");

    assert_eq!(server.send("GET", &list(&halden), &[], None).status, 401);
    assert_eq!(server.get(&list(&halden), "alk_nonsense").status, 401);
    assert_eq!(server.get(&list(&halden), &writer).status, 403);
    let foreign = server.get(&list(&other), &reader);
    let nowhere = server.get(&list("00000000-0000-4000-8000-000000000000"), &reader);
    let nothing = server.get(&list("nonsense"), &reader);
    assert_eq!((foreign.status, nowhere.status, nothing.status), (403, 403, 403));
    assert_eq!((&foreign.body, &nowhere.body), (&nowhere.body, &nothing.body));

    let member = server.sign_in("member@halden.example");
    let by_cookie = |path: &str| server.send("GET", path, &[("cookie", &member)], None).status;
    assert_eq!((by_cookie(&list(&halden)), by_cookie(&list(&other))), (200, 403));
}

#[test]
fn a_list_is_never_older_than_what_was_written_before_it_was_asked_for() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let untitled = |n| {
            let mut run = runs::full_run(n);
            run["conversation_title"] = json!(null);
            run
        };
        installation.import(&org, &[untitled(0)]);
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve();
        let runs_path = format!("/api/organizations/{org}/workflows/runs");
        let list = || server.get(&format!("{runs_path}/?exclude=flow,state"), &token).json();
        let first = list();
        assert_eq!((&first["pagination"]["total"], &first["data"][0]["conversation_title"]), (&json!(1), &json!(null)));
        assert_eq!(list(), first);
        // Who opens a run of a conversation without a title gives it one.
        let id = first["data"][0]["id"].as_str().unwrap().to_owned();
        let skill = first["data"][0]["workflow_id"].as_str().unwrap();
        let path = format!("/api/organizations/{org}/workflows/{skill}/runs/{id}/");
        assert_eq!(server.get(&path, &token).status, 200);
        assert_ne!(list()["data"][0]["conversation_title"], json!(null));
        let headers = [("authorization", &*format!("Bearer {token}")), ("content-type", "application/json")];
        for n in 1..20 {
            let run = untitled(n);
            let [skill, id] = ["workflow_id", "id"].map(|name| run[name].as_str().unwrap());
            let path = format!("/api/organizations/{org}/workflows/{skill}/runs/{id}/");
            assert_eq!(server.send("PUT", &path, &headers, Some(&run.to_string())).status, 201);
            assert_eq!(list()["pagination"]["total"], json!(n + 1));
        }
        // By another program, and taken away.
        installation.import(&org, &[untitled(20)]);
        assert_eq!(list()["pagination"]["total"], json!(21));
        installation.run(&["prune", "--org", &org, "--older-than", "1d"], "");
        assert_eq!(list()["pagination"]["total"], json!(0));
    }
}

#[test]
fn p23_runs_are_searched_soon_after_they_are_written() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        installation.import(&org, &(0..30).map(runs::full_run).collect::<Vec<_>>());
        let token = installation.token(&org, "runs:read");
        let server = installation.serve();
        let list = format!("/api/organizations/{org}/workflows/runs/?exclude=flow,state");
        let search = |query: &str| server.get(&format!("{list}&limit=2&{query}"), &token).json();
        let began = std::time::Instant::now();
        let body = loop {
            let body = search("q=PERIOD+%22is+closed%22&page=2&status=failed");
            if body["search"]["behind"] == json!(0) {
                break body;
            }
            assert!(began.elapsed() < std::time::Duration::from_secs(30), "{body}");
            std::thread::sleep(std::time::Duration::from_millis(50));
        };
        assert_eq!(body["pagination"], json!({ "page": 2, "limit": 2, "total": 30, "total_pages": 15 }));
        assert!(body["search"]["took_ms"].is_u64());
        assert_eq!(body["data"][0]["id"], json!(runs::id(1, 27)));
        assert_eq!(
            body["data"][0]["match"],
            json!({ "field": "tool_error", "step_id": "s2", "step_name": "Post credit note", "call_id": "c1",
                "text": "409: period 2026-10 is closed", "marks": [[5, 11], [20, 29]] })
        );
        assert_eq!(search("q=nothing+like+it")["pagination"]["total"], json!(0));
        assert_eq!(search("q=period&status=completed")["pagination"]["total"], json!(0));
        let plain = search("");
        assert!(plain.get("search").is_none() && plain["data"][0].get("match").is_none());
        for (query, fault) in [
            ("q=", "must have a letter, a digit or a pictograph to look for"),
            ("q=%2D%2D", "must have a letter, a digit or a pictograph to look for"),
            (&format!("q={}", "x".repeat(257)), "must not be longer than 256 characters"),
            (&format!("q={}", "x1+y2+".repeat(9)), ""),
        ] {
            let answer = server.get(&format!("{list}&{query}"), &token);
            if fault.is_empty() {
                assert_eq!(answer.status, 200, "the same word again is one");
            } else {
                assert_eq!(
                    (answer.status, &answer.json()["errors"][0]),
                    (400, &json!({ "param": "q", "message": fault }))
                );
            }
        }
        assert_eq!(installation.run(&["reindex", "--org", &org], ""), "30");
        assert_eq!(search("q=period")["pagination"]["total"], json!(30));
    }
}
