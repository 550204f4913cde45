//! `GET …/runs/{runId}/steps/?offset=`.

use crate::support::{program::Installation, runs};
use serde_json::{Value, json};

#[test]
fn the_steps_beyond_a_thousand_are_asked_for_by_themselves() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let mut run = runs::full_run(1);
        run["steps"] = (0..1_203).map(|n| json!({ "id": format!("s{n}"), "name": format!("Step {n}") })).collect();
        installation.import(&org, &[run]);
        let token = installation.token(&org, "runs:read");
        let server = installation.serve();
        let (workflow, run) = (runs::id(2, 1), runs::id(1, 1));
        let with_skill = format!("/api/organizations/{org}/workflows/{workflow}/runs/{run}");
        let detail = server.get(&format!("{with_skill}/"), &token).json();
        let ids =
            |body: &Value| body["steps"].as_array().unwrap().iter().map(|step| step["id"].clone()).collect::<Vec<_>>();
        let mut all = ids(&detail);
        assert_eq!((all.len(), &detail["steps_total"]), (1_000, &json!(1_203)));
        for path in [format!("{with_skill}/steps/"), format!("/api/organizations/{org}/runs/{run}/steps")] {
            let rest = server.get(&format!("{path}?offset=1000"), &token).json();
            assert_eq!((&rest["steps_total"], &rest["offset"]), (&json!(1_203), &json!(1_000)));
            assert_eq!(ids(&rest), (1_000..1_203).map(|n| json!(format!("s{n}"))).collect::<Vec<_>>());
            assert_eq!(ids(&server.get(&path, &token).json()), all);
            assert_eq!(ids(&server.get(&format!("{path}?offset=5000"), &token).json()).len(), 0);
            let bad = server.get(&format!("{path}?offset=-1&ofset=2"), &token);
            assert_eq!((bad.status, bad.json()["errors"].as_array().unwrap().len()), (400, 2));
        }
        all.dedup();
        assert_eq!(all.len(), 1_000);
        let elsewhere = with_skill.replace(&workflow.to_string(), &runs::id(2, 2).to_string());
        assert_eq!(server.get(&format!("{elsewhere}/steps/"), &token).status, 404);
    }
}
