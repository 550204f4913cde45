//! Nobody reads what is not theirs: every route and server function that the program lists, called by everybody who
//! could come.

use crate::support::{
    program::{Answer, Installation, Server},
    runs, say,
};
use serde_json::json;

/// Who comes, in the order of the columns below.
const CALLERS: [&str; 7] =
    ["anonymous", "admin elsewhere", "member", "admin", "read-only token", "revoked token", "ended session"];

/// What each of them is answered.
type Answers = [u16; 7];

const READ: Answers = [401, 403, 200, 200, 200, 401, 401];
/// As `READ`, of something that the organization does not have.
const READ_NOTHING: Answers = [401, 403, 404, 404, 404, 401, 401];
const WRITE: Answers = [401, 403, 403, 403, 403, 401, 401];
/// What a token writes into its own organization; a session is no token.
const OF_TOKEN: Answers = [401, 401, 401, 401, 403, 401, 401];
const OPEN: Answers = [200; 7];
/// A page sends away who has no session; a token opens none.
const PAGE_OF_ADMINS: Answers = [303, 200, 403, 200, 303, 303, 303];

/// Every route by its method and path; who may call it; what each caller is answered; and the body, where it takes one.
const KNOWN: [(&str, &str, Answers, &str); 53] = [
    ("GET /api/organizations/{organization_id}/workflows/runs/", "organization runs:read", READ, ""),
    ("POST /api/organizations/{organization_id}/workflows/runs/", "organization runs:write", WRITE, ""),
    ("GET /api/organizations/{organization_id}/workflows/runs/events/", "organization runs:read", READ, ""),
    ("GET /api/organizations/{organization_id}/workflows/runs/export/", "organization runs:read", READ, ""),
    ("GET /api/organizations/{organization_id}/workflows/runs/summary/", "organization runs:read", READ, ""),
    (
        "GET /api/organizations/{organization_id}/workflows/{workflow_id}/runs/{run_id}/",
        "organization runs:read",
        READ,
        "",
    ),
    (
        "PUT /api/organizations/{organization_id}/workflows/{workflow_id}/runs/{run_id}/",
        "organization runs:write",
        WRITE,
        RUN,
    ),
    (
        "PATCH /api/organizations/{organization_id}/workflows/{workflow_id}/runs/{run_id}/",
        "organization runs:write",
        WRITE,
        "{}",
    ),
    (
        "POST /api/organizations/{organization_id}/workflows/{workflow_id}/runs/{run_id}/steps/",
        "organization runs:write",
        WRITE,
        "[]",
    ),
    (
        "POST /api/organizations/{organization_id}/workflows/{workflow_id}/runs/{run_id}/token-history/",
        "organization runs:write",
        WRITE,
        "[]",
    ),
    (
        "PUT /api/organizations/{organization_id}/runs/{run_id}/attachments/{attachment_id}",
        "organization runs:write",
        WRITE,
        "bytes",
    ),
    (
        "GET /api/organizations/{organization_id}/workflows/{workflow_id}/runs/{run_id}/steps/",
        "organization runs:read",
        READ,
        "",
    ),
    ("GET /api/organizations/{organization_id}/runs/{run_id}/steps/", "organization runs:read", READ, ""),
    (
        "GET /api/organizations/{organization_id}/workflows/{workflow_id}/runs/{run_id}/attachments/{attachment_id}",
        "organization runs:read",
        READ,
        "",
    ),
    (
        "GET /api/organizations/{organization_id}/runs/{run_id}/attachments/{attachment_id}",
        "organization runs:read",
        READ,
        "",
    ),
    (
        "GET /api/organizations/{organization_id}/workflows/{workflow_id}/runs/{run_id}/payload/",
        "organization runs:read",
        [401, 403, 400, 400, 400, 401, 401],
        "",
    ),
    (
        "GET /api/organizations/{organization_id}/runs/{run_id}/payload/",
        "organization runs:read",
        [401, 403, 400, 400, 400, 401, 401],
        "",
    ),
    ("GET /api/organizations/{organization_id}/runs/{run_id}/payload/?of=input_message", "", READ, ""),
    ("POST /v1/traces", "token runs:write", OF_TOKEN, "{}"),
    ("POST /api/public/otel/v1/traces", "token runs:write", OF_TOKEN, "{}"),
    ("POST /api/organizations/{organization_id}/otel/v1/traces", "organization runs:write", WRITE, "{}"),
    ("POST /v1/logs", "token runs:write", OF_TOKEN, "{}"),
    ("POST /api/public/otel/v1/logs", "token runs:write", OF_TOKEN, "{}"),
    ("POST /api/organizations/{organization_id}/otel/v1/logs", "organization runs:write", WRITE, "{}"),
    ("POST /v1/metrics", "token runs:write", OF_TOKEN, "{}"),
    ("POST /api/public/otel/v1/metrics", "token runs:write", OF_TOKEN, "{}"),
    ("POST /api/organizations/{organization_id}/otel/v1/metrics", "organization runs:write", WRITE, "{}"),
    ("GET /api/session", "caller", [401, 200, 200, 200, 200, 401, 401], ""),
    ("POST /api/session", "public", [401; 7], r#"{ "email": "nobody@halden.example", "password": "x" }"#),
    ("DELETE /api/session", "public", [204; 7], ""),
    ("GET /api/openapi.json", "public", OPEN, ""),
    ("GET /api/docs/", "public", OPEN, ""),
    ("GET /api/docs/{*file}", "public", OPEN, ""),
    ("GET /health/live", "public", OPEN, ""),
    ("GET /health/ready", "public", OPEN, ""),
    ("POST /fn/list_runs", "organization runs:read", READ, LIST),
    ("POST /fn/get_run", "organization runs:read", READ, GET),
    ("POST /fn/get_steps", "organization runs:read", READ, STEPS),
    ("POST /fn/get_payload", "organization runs:read", READ, PAYLOAD),
    ("POST /fn/get_filter_options", "organization runs:read", READ, UNDER),
    ("POST /fn/get_summary", "organization runs:read", READ, UNDER),
    ("GET /", "signed-in", [303; 7], ""),
    ("GET /logs", "signed-in", PAGE_OF_ADMINS, ""),
    ("GET /staff/ai/{employee_id}", "signed-in", [303, 404, 200, 200, 303, 303, 303], ""),
    ("GET /login", "public", [200, 303, 303, 303, 200, 200, 200], ""),
    ("POST /login", "public", [303; 7], "email=nobody@halden.example&password=x"),
    ("POST /logout", "public", [303; 7], ""),
    ("POST /organization", "signed-in", [303, 403, 303, 303, 303, 303, 303], "organization_id={organization_id}"),
    ("GET /pkg/{*file}", "public", [404; 7], ""),
    ("GET /favicon.svg", "public", OPEN, ""),
    // The same once more, of what the organization does not have.
    ("GET /api/organizations/{organization_id}/workflows/{nothing}/runs/{run_id}/", "", READ_NOTHING, ""),
    ("GET /api/organizations/{organization_id}/runs/{nothing}/steps/", "", READ_NOTHING, ""),
    ("GET /logs?run={run_id}", "", PAGE_OF_ADMINS, ""),
];

const RUN: &str = r#"{ "status": "completed", "created_at": "2026-11-21T14:00:00Z" }"#;
const LIST: &str =
    r#"{ "organization_id": "{organization_id}", "scope": "Organization", "search": "", "size": "Ten" }"#;
const GET: &str = r#"{ "organization_id": "{organization_id}", "run_id": "{run_id}", "scope": "Organization", "search": "", "size": "Ten" }"#;
const STEPS: &str = r#"{ "organization_id": "{organization_id}", "run_id": "{run_id}", "offset": 0 }"#;
const PAYLOAD: &str = r#"{ "organization_id": "{organization_id}", "run_id": "{run_id}", "key": { "Run": "Input" } }"#;
const UNDER: &str = r#"{ "organization_id": "{organization_id}", "scope": "Organization", "search": "" }"#;
/// Stands in everything private that the organization has.
const MARK: &str = "88213";

/// Puts ids in the places of a path or body.
fn fill(text: &str, organization: &str) -> String {
    [
        ("{organization_id}", organization.to_owned()),
        ("{workflow_id}", runs::id(2, 1).to_string()),
        ("{run_id}", runs::id(1, 1).to_string()),
        ("{attachment_id}", runs::id(5, 1).to_string()),
        ("{employee_id}", runs::id(3, 1).to_string()),
        ("{nothing}", runs::id(9, 9).to_string()),
        ("/docs/{*file}", "/docs/swagger-ui.css".to_owned()),
        ("{*file}", "nothing.js".to_owned()),
    ]
    .iter()
    .fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
}

fn kind_of(body: &str) -> &'static str {
    if body.starts_with(['{', '[']) { "application/json" } else { "application/x-www-form-urlencoded" }
}

/// An organization with one run that has a file, and one beside it.
fn two_organizations(installation: &Installation) -> String {
    let org = installation.organization("Halden");
    installation.organization("Other");
    let mut run = runs::full_run(1);
    run["attachments"][0]["media_type"] = json!("text/plain");
    run["workflow_name"] = json!("Triage of 88213");
    run["model"] = json!("model-88213");
    installation.import(&org, &[run]);
    installation.attach(&org, 1, b"The order 88213 in a file");
    org
}

struct Callers<'a> {
    server: &'a Server,
    read_only: String,
    revoked: String,
}

impl<'a> Callers<'a> {
    fn new(installation: &Installation, server: &'a Server, org: &str) -> Self {
        let (read_only, revoked) =
            (installation.token(org, "runs:read"), installation.token(org, "runs:read,runs:write"));
        installation.run(&["token", "revoke", "--org", org, &revoked], "");
        Self { server, read_only, revoked }
    }

    /// A header with credentials. A new session each time, because some routes end theirs.
    fn credentials(&self, caller: &str, ended: &str) -> (&'static str, String) {
        let cookie = |email: &str| ("cookie", self.server.sign_in(email));
        match caller {
            "anonymous" => ("x-nobody", "x".to_owned()),
            "admin elsewhere" => cookie("admin@other.example"),
            "member" => cookie("member@halden.example"),
            "admin" => cookie("admin@halden.example"),
            "read-only token" => ("authorization", format!("Bearer {}", self.read_only)),
            "revoked token" => ("authorization", format!("Bearer {}", self.revoked)),
            _ => ("cookie", ended.to_owned()),
        }
    }

    fn call(&self, method: &str, path: &str, body: &str, (name, value): (&str, &str)) -> Answer {
        let headers = [
            ("content-type", kind_of(body)),
            ("accept", "text/html"),
            ("sec-fetch-site", "same-origin"),
            (name, value),
        ];
        if path.ends_with("/events/") {
            return self.begin(path, &headers);
        }
        self.server.send(method, path, &headers, (method != "GET").then_some(body))
    }
}

impl Callers<'_> {
    /// The beginning of a stream that has no end: what it tells first of all that was ever written.
    fn begin(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut stream = self.server.events(path, &[headers, &[("last-event-id", "0")]].concat());
        let body = if stream.status == 200 { stream.event().unwrap().data.to_string() } else { String::new() };
        Answer { status: stream.status, headers: ureq::http::HeaderMap::new(), body }
    }
}

#[test]
fn every_route_and_server_function_knows_its_callers() {
    for installation in Installation::both() {
        let org = two_organizations(&installation);
        let server =
            installation.serve_with(&[("ALLOY_SIGN_IN_PER_ACCOUNT", "1000"), ("ALLOY_SIGN_IN_PER_ADDRESS", "1000")]);
        let callers = Callers::new(&installation, &server, &org);
        // A session is known to be over only when its time is up.
        let ended = server.sign_in("admin@halden.example");
        installation.execute("UPDATE sessions SET seen_at = 0");

        let listed = installation.run(&["routes"], "");
        let listed: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
        for route in &listed {
            let (name, policy) = (format!("{} {}", route[0], route[1]), route[3]);
            let known = KNOWN.iter().find(|known| known.0 == name);
            let known = known.unwrap_or_else(|| panic!("nobody has said who may call {name} ({policy})"));
            assert_eq!(policy, known.1, "{name}");
        }
        let mut calls = 0;
        for (name, policy, answers, body) in KNOWN {
            let (method, path) = name.split_once(' ').unwrap();
            assert!(
                policy.is_empty() || listed.iter().any(|route| (route[0], route[1]) == (method, path)),
                "{name} is no route any more"
            );
            for (caller, expected) in CALLERS.iter().zip(answers) {
                let (header, value) = callers.credentials(caller, &ended);
                let answer = callers.call(method, &fill(path, &org), &fill(body, &org), (header, &value));
                assert_eq!(answer.status, expected, "{name} by {caller}: {}", answer.body);
                assert!(answer.header("location").starts_with('/') || answer.header("location").is_empty(), "{name}");
                let may_see = answer.status == 200 && ["member", "admin", "read-only token"].contains(caller);
                assert!(may_see || !answer.body.contains(MARK), "{name} by {caller} tells what is private");
                assert!(!may_see || answers != READ || answer.body.contains(MARK), "{name} by {caller} says nothing");
                calls += 1;
            }
        }
        say(&format!(
            "{} of {} routes and server functions called, {calls} calls by {} callers, on {}",
            listed.len(),
            listed.len(),
            CALLERS.len(),
            installation.url().split(':').next().unwrap()
        ));
        let functions = listed.iter().filter(|route| route[2] == "server-function").count();
        assert!(functions >= 2 && listed.len() >= KNOWN.len() - 4);
    }
}

#[test]
fn a_foreign_organization_and_none_at_all_are_told_apart_by_nobody() {
    let installation = Installation::sqlite();
    let org = two_organizations(&installation);
    let server = installation.serve();
    let person = ("cookie", server.sign_in("admin@other.example"));
    let program = ("authorization", format!("Bearer {}", installation.token("Other", "runs:read,runs:write")));
    let of_organization = KNOWN.iter().filter(|known| [known.0, known.3].concat().contains("{organization_id}"));
    for ((name, _, answers, body), (header, value)) in
        of_organization.flat_map(|known| [(known, &person), (known, &program)])
    {
        let (method, path) = name.split_once(' ').unwrap();
        let ask = |organization: &str| {
            let headers = [("content-type", kind_of(body)), ("sec-fetch-site", "same-origin"), (*header, value)];
            let (path, body) = (fill(path, organization), fill(body, organization));
            let answer = server.send(method, &path, &headers, (method != "GET").then_some(&body));
            let mut headers = answer.headers;
            for own in ["x-request-id", "date"] {
                headers.remove(own);
            }
            (answer.status, answer.body, headers)
        };
        assert_eq!(ask(&org), ask(&runs::id(8, 8).to_string()), "{name}");
        // A form knows sessions only.
        assert!(ask(&org).0 == answers[1] || (*header == "authorization" && ask(&org).0 == 303), "{name}");
    }
}

#[test]
fn revocation_takes_effect_with_the_next_request() {
    for installation in Installation::both() {
        let org = two_organizations(&installation);
        let server = installation.serve();
        let list = format!("/api/organizations/{org}/workflows/runs/");
        let token = installation.token(&org, "runs:read");
        let by_token = || server.get(&list, &token).status;
        assert_eq!(by_token(), 200);
        let id = installation.run(&["token", "list", "--org", &org], "").split_whitespace().next().unwrap().to_owned();
        installation.run(&["token", "revoke", "--org", &org, &id], "");
        assert_eq!(by_token(), 401);
        assert!(installation.run(&["token", "list", "--org", &org], "").contains("revoked"));

        let admin = server.sign_in("admin@halden.example");
        let get = |path: &str| server.send("GET", path, &[("cookie", &admin)], None).status;
        assert_eq!((get("/logs"), get(&list)), (200, 200));
        installation.run(&["user", "role", "--org", &org, "--email", "admin@halden.example", "--role", "member"], "");
        assert_eq!((get("/logs"), get(&list)), (403, 200), "a lowered role");
        installation.run(&["user", "remove", "--org", &org, "--email", "admin@halden.example"], "");
        assert_eq!((get("/logs"), get(&list)), (303, 401), "a removed member");
    }
}

#[test]
fn a_session_ends_after_its_idle_time_and_at_its_longest() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let server = installation.serve();
    let cookie = server.sign_in("member@halden.example");
    let list = format!("/api/organizations/{org}/workflows/runs/");
    let get = || server.send("GET", &list, &[("cookie", &cookie)], None).status;
    let hours_ago = |column: &str, hours: u64| {
        installation.execute(&format!("UPDATE sessions SET {column} = (strftime('%s') - {hours} * 3600) * 1000000"));
    };
    // Its use renews it, but not beyond a week.
    hours_ago("seen_at", 11);
    assert_eq!(get(), 200);
    hours_ago("created_at", 7 * 24 - 1);
    assert_eq!(get(), 200);
    hours_ago("created_at", 7 * 24);
    assert_eq!(get(), 401);
    let again = server.sign_in("member@halden.example");
    hours_ago("seen_at", 12);
    assert_eq!(server.send("GET", &list, &[("cookie", &again)], None).status, 401);
}

#[test]
fn the_log_says_who_opened_which_run_and_nothing_of_it() {
    let installation = Installation::sqlite();
    let org = two_organizations(&installation);
    let server = installation.serve();
    let token = installation.token(&org, "runs:read");
    let run = runs::id(1, 1);
    server.get(&format!("/api/organizations/{org}/workflows/{}/runs/{run}/", runs::id(2, 1)), &token);
    let cookie = server.sign_in("admin@halden.example");
    server.send("GET", &format!("/logs?run={run}"), &[("cookie", &cookie)], None);
    let (_, log) = server.stop();
    let opened: Vec<_> = log.lines().filter(|line| line.contains("a run was opened")).collect();
    assert!(opened.iter().all(|line| line.contains(&run.to_string()) && line.contains(&org)), "{opened:?}");
    let by = |who: &str| opened.iter().filter(|line| line.contains(who)).count();
    assert!(by("token=") == 1 && by("user_id=") >= 1, "{log}");
    assert!(!log.contains(MARK) && !log.contains(&token));
}
