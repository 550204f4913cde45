//! `GET …/runs/{runId}/payload/?of=`.

use crate::support::{program::Installation, runs};
use serde_json::json;

#[test]
fn each_payload_is_answered_whole_as_a_file() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let mut run = runs::full_run(1);
        let long = "Überlang. ".repeat(60_000);
        run["output_message"] = json!(long);
        run["steps"][1]["tool_calls"][0]["result"] = json!({ "rows": vec![1.5; 40_000] });
        installation.import(&org, &[run.clone()]);
        let token = installation.token(&org, "runs:read");
        let server = installation.serve();
        let (workflow, id) = (runs::id(2, 1), runs::id(1, 1));
        let of = |query: &str| server.get(&format!("/api/organizations/{org}/runs/{id}/payload/?{query}"), &token);
        let text = of("of=output_message");
        assert_eq!((text.status, text.header("content-type")), (200, "text/plain; charset=utf-8"));
        assert!(text.header("content-disposition").starts_with("attachment"));
        assert_eq!(text.body, long);
        for (query, value) in [
            ("of=state", &run["state"]),
            ("of=flow", &run["flow"]),
            ("of=step_input&step=s1", &run["steps"][0]["input"]),
            ("of=call_arguments&step=s2&call=c1", &run["steps"][1]["tool_calls"][0]["arguments"]),
            ("of=call_result&step=s2&call=c1", &run["steps"][1]["tool_calls"][0]["result"]),
        ] {
            let answer = of(query);
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{query}");
            assert_eq!(answer.json(), *value, "{query}");
        }
        // What there is not, and what names nothing.
        for query in [
            "of=step_output&step=s2",
            "of=step_input",
            "of=state&step=s1",
            "of=step_input&step=gone",
            "of=call_result&call=c1",
        ] {
            assert_eq!(of(query).status, 404, "{query}");
        }
        assert_eq!((of("").status, of("of=everything").status), (400, 400));
        let elsewhere = format!("/api/organizations/{org}/workflows/{}/runs/{id}/payload/?of=state", runs::id(2, 2));
        assert_eq!(server.get(&elsewhere, &token).status, 404);
        assert_eq!(
            server.get(&elsewhere.replace(&runs::id(2, 2).to_string(), &workflow.to_string()), &token).status,
            200
        );
    }
}
