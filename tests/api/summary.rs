//! `GET …/workflows/runs/summary/` and `…/export/`.

use crate::support::{program::Installation, runs};
use serde_json::{Value, json};

/// Ten runs a second apart: every third one failed, and every second one is of another model.
fn some_runs() -> Vec<Value> {
    let run = |n: u64| {
        let mut run = runs::full_run(n);
        if !n.is_multiple_of(3) {
            run["status"] = json!("completed");
            run["failed_at"] = json!(null);
        }
        run["model"] = json!(if n.is_multiple_of(2) { "even" } else { "odd" });
        run["duration_ms"] = json!(n * 1_000);
        run["created_at"] = json!(runs::at(n.cast_signed()));
        run
    };
    (0..10).map(run).collect()
}

#[test]
fn p50_what_the_runs_of_a_filter_come_to() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        installation.import(&org, &some_runs());
        let token = installation.token(&org, "runs:read");
        let server = installation.serve();
        let summary = |query: &str| {
            let answer = server.get(&format!("/api/organizations/{org}/workflows/runs/summary/?{query}"), &token);
            assert_eq!(answer.status, 200, "{}", answer.body);
            answer.json()
        };
        let all = summary("");
        assert_eq!((&all["total"], &all["statuses"]), (&json!(10), &json!({ "completed": 6, "failed": 4 })));
        assert_eq!((&all["failure_rate"], &all["total_tokens"]), (&json!(0.4), &json!(46_220)));
        assert_eq!((&all["duration_p50_ms"], &all["duration_p95_ms"]), (&json!(4_000), &json!(9_000)));
        assert_eq!(all["usd_cost"], json!(1.2));
        assert!(all.get("total_capped").is_none());
        assert_eq!(all["histogram"]["step_ms"], json!(1_000));
        let bars = all["histogram"]["bars"].as_array().unwrap();
        assert_eq!(bars.len(), 10);
        assert_eq!(bars[0], json!({ "from": "2026-11-01T00:00:00.000Z", "statuses": { "failed": 1 } }));
        assert_eq!(all["facets"]["model"], json!({ "even": 5, "odd": 5 }));
        assert_eq!(all["facets"]["duration"], json!({ "lt1s": 1, "1-10s": 9 }));

        // Each menu counts under all the others.
        let odd = summary("status=failed&model=odd");
        assert_eq!((&odd["total"], &odd["facets"]["model"]), (&json!(2), &json!({ "even": 2, "odd": 2 })));
        assert_eq!(odd["facets"]["status"], json!({ "completed": 3, "failed": 2 }));
        // What the index does not know is looked at run by run.
        let of_state = summary("state[region]=eu&status=failed&started=..2026-11-01T00:00:05Z");
        assert_eq!((&of_state["total"], &of_state["duration_p95_ms"]), (&json!(2), &json!(3_000)));
        assert_eq!(of_state["facets"]["status"], json!({ "completed": 3, "failed": 2 }));
        let finished = summary("finished=2026-11-01T00:00:00Z..&status=failed");
        assert_eq!((&finished["total"], &finished["facets"]["status"]), (&json!(4), &json!({ "failed": 4 })));
        let none = summary("model=none");
        assert_eq!((&none["total"], &none["failure_rate"], &none["usd_cost"]), (&json!(0), &json!(null), &json!(null)));
        assert_eq!(none["histogram"]["bars"], json!([]));
        let refused = server.get(&format!("/api/organizations/{org}/workflows/runs/summary/?page=1"), &token);
        assert_eq!((refused.status, &refused.json()["errors"][0]["param"]), (400, &json!("page")));
    }
}

#[test]
fn p52_everything_that_a_filter_lists_is_a_file() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let mut documents: Vec<_> = (0..1_203).map(runs::full_run).collect();
        for (second, document) in (0..).zip(&mut documents) {
            document["created_at"] = json!(runs::at(second));
        }
        // Many at one moment, where one batch ends and the next begins.
        for document in &mut documents[150..260] {
            document["created_at"] = json!(runs::at(200));
        }
        documents[3]["workflow_name"] = json!("=HYPERLINK(\"https://evil.example\")");
        documents[3]["workflow_id"] = json!(runs::id(2, 77));
        documents[4]["input_message"] = json!("Hi;=1+1");
        documents[3]["input_message"] = json!("line one\nline \"two\", 長い".repeat(200));
        installation.import(&org, &documents);
        let token = installation.token(&org, "runs:read");
        let server = installation.serve();
        let export = |query: &str| {
            let answer = server.get(&format!("/api/organizations/{org}/workflows/runs/export/?{query}"), &token);
            assert_eq!(answer.status, 200, "{}", answer.body);
            answer
        };
        let lines = export("format=ndjson");
        assert_eq!(lines.header("content-type"), "application/x-ndjson");
        assert!(lines.header("content-disposition").starts_with("attachment; filename=\"runs-20"));
        let exported: Vec<Value> = lines.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        // As the list has them, page after page.
        let mut listed = Vec::new();
        for page in 1..=13 {
            let list = format!("/api/organizations/{org}/workflows/runs/?limit=100&exclude=flow&page={page}");
            let page = server.get(&list, &token).json();
            listed.extend(page["data"].as_array().unwrap().iter().map(|run| run["id"].clone()));
        }
        assert_eq!(exported.iter().map(|run| run["id"].clone()).collect::<Vec<_>>(), listed);
        let last = exported.iter().find(|run| run["id"] == documents[3]["id"]).unwrap();
        assert_eq!(last["input_message"], documents[3]["input_message"]);
        assert_eq!((&last["status"], &last["usd_cost"]), (&json!("failed"), &json!(0.12)));
        assert_eq!(
            last["failure"],
            json!("Step “Post credit note” failed: ledger.create: 409: period 2026-10 is closed")
        );

        let table = export("");
        assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
        let mut reader = csv::Reader::from_reader(table.body.as_bytes());
        assert_eq!(reader.headers().unwrap().len(), 22);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|row| json!(row[0])).collect::<Vec<_>>(), listed);
        let row = rows.iter().find(|row| json!(row[0]) == documents[3]["id"]).unwrap();
        assert_eq!(
            (&row[6], json!(row[18])),
            ("'=HYPERLINK(\"https://evil.example\")", documents[3]["input_message"].clone())
        );
        assert!(export("bom=true").body.starts_with("\u{feff}\"id\",\"created_at\","));
        assert!(table.body.contains(",\"Hi;=1+1\","), "no formula where a semicolon separates");

        let some = export(&format!("format=ndjson&workflow_id={}", runs::id(2, 77))).body;
        assert_eq!(some.lines().count(), 1);
        let of_state = export("format=ndjson&state[region]=eu&started=..2026-11-01T00:03:20Z").body;
        assert_eq!(of_state.lines().count(), 150);
        let run = runs::id(1, 7);
        let one = export(&format!("format=ndjson&run_id={run}&ended=..2030-01-01T00:00:00Z")).body;
        assert_eq!(one, "", "it failed");
        let one = export(&format!("format=ndjson&run_id={run}&workflow_id={}", runs::id(2, 1))).body;
        assert_eq!(one.lines().count(), 1);
        assert_eq!(export("format=ndjson&status=running").body, "");
        assert_eq!(export("status=running").body.lines().count(), 1);
        let refused =
            server.get(&format!("/api/organizations/{org}/workflows/runs/export/?format=xml&limit=1"), &token);
        let refused = refused.json();
        assert_eq!(
            (&refused["errors"][0]["param"], &refused["errors"][1]["param"]),
            (&json!("format"), &json!("limit"))
        );
    }
}
