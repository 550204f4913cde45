//! Generated text never makes a 5xx, never hangs, and is never answered with anything but JSON.

use crate::support::{program::Installation, runs};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

const REQUESTS: usize = 2_100;

const NAMES: [&str; 20] = [
    "page",
    "limit",
    "run_id",
    "conversation_id",
    "ai_employee_id",
    "workflow_id",
    "trigger_id",
    "status",
    "channel",
    "model",
    "started",
    "ended",
    "finished",
    "duration",
    "tokens",
    "exclude",
    "state[region]",
    "state[']",
    "offset",
    "q",
];

const VALUES: [&str; 22] = [
    "",
    "0",
    "-1",
    "1000000000",
    "99999999999999999999",
    "1e9",
    "null",
    "NaN",
    "' OR 1=1 --",
    "\"; DROP TABLE workflow_runs; --",
    "\0",
    "a\0b",
    "%",
    "%%%s%n",
    "../../../etc/passwd",
    "<script>alert(1)</script>",
    "2026-11-21T00:00:00Z..",
    "9..1",
    "..9223372036854775807",
    "00000000-0000-0000-0000-000000000000",
    "failed",
    "\u{202e}\u{feff}𝔘😀",
];

/// A query string of known and unknown parameters with values good, bad and odd; some bytes are no UTF-8.
fn any_query() -> impl Strategy<Value = String> {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let name = prop_oneof![
        6 => proptest::sample::select(NAMES.as_slice()).prop_map(str::to_owned),
        1 => "\\PC{0,30}",
        1 => "state\\[\\PC{0,300}\\]",
    ];
    let value = prop_oneof![
        4 => proptest::sample::select(VALUES.as_slice()).prop_map(encode),
        2 => "\\PC{0,60}".prop_map(move |text| encode(&text)),
        1 => "(%[0-9a-f]{2}){1,20}",
        1 => "[a-z]{0,2000}",
    ];
    let pairs = proptest::collection::vec((name, value), 0..5);
    pairs.prop_map(move |pairs| {
        pairs.iter().map(|(name, value)| format!("{}={value}", encode(name))).collect::<Vec<_>>().join("&")
    })
}

#[test]
fn generated_text_never_makes_a_5xx() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        installation.import(&org, &(0..30).map(runs::full_run).collect::<Vec<_>>());
        let token = installation.token(&org, "runs:read,runs:write");
        let server = installation.serve();
        let (workflow, run) = (runs::id(2, 1), runs::id(1, 1));
        let base = format!("/api/organizations/{org}");
        let paths = [
            format!("{base}/workflows/runs/"),
            format!("{base}/workflows/{workflow}/runs/{run}/"),
            format!("{base}/runs/{run}/steps/"),
            format!("{base}/workflows/{workflow}/runs/{run}/attachments/{}", runs::id(5, 1)),
            "/api/session".to_owned(),
        ];
        let mut runner = TestRunner::deterministic();
        for number in 0..REQUESTS {
            let query = any_query().new_tree(&mut runner).unwrap().current();
            let mut path = paths[number % paths.len()].clone();
            if number % 7 == 0 {
                // Something that is no id, in the place of one.
                path = path.replace(&run.to_string(), &query.replace(['=', '&'], ""));
            }
            let answer = server.get(&format!("{path}?{query}"), &token);
            assert!(answer.status < 500, "{} for {path}?{query}: {}", answer.status, answer.body);
            let kind = answer.header("content-type");
            let fits =
                if answer.status < 400 { kind == "application/json" } else { kind == "application/problem+json" };
            assert!(fits, "{kind} for {path}?{query}");
        }
        for (path, body) in [
            (paths[1].as_str(), "{".to_owned()),
            (&paths[1], "[".repeat(100_000)),
            (&paths[1], format!("{{\"state\":{}1{}}}", "{\"a\":".repeat(10_000), "}".repeat(10_000))),
            (&paths[1], "\u{0}".to_owned()),
            (&paths[1], r#"{ "status": "\ud800", "created_at": 1e999 }"#.to_owned()),
            ("/api/session", r#"{ "email": "a\u0000b", "password": "\ud83d" }"#.to_owned()),
            ("/api/session", r#"{ "email": "a\u0000b", "password": "x" }"#.to_owned()),
            ("/fn/list_runs", r#"{ "organization_id": {}, "scope": 7 }"#.to_owned()),
        ] {
            let method = if path == paths[1] { "PUT" } else { "POST" };
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            let answer = server.send(method, path, &headers, Some(&body));
            assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.status);
        }
    }
}
