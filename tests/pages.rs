//! Pages as HTML, without a browser: complete, of the right status, and for the right people.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::{
    program::{Installation, PASSWORD, Server},
    runs,
};

fn page(server: &Server, path: &str, cookie: &str) -> support::program::Answer {
    server.send("GET", path, &[("cookie", cookie), ("accept", "text/html")], None)
}

#[test]
fn p1_p2_the_list_is_rendered_for_admins_and_denied_to_members() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        installation.import(&org, &(0..60).map(runs::full_run).collect::<Vec<_>>());
        let server = installation.serve();

        let anonymous = page(&server, "/logs?page=2&run=x", "");
        assert_eq!((anonymous.status, anonymous.header("location")), (303, "/login?next=%2Flogs%3Fpage%3D2%26run%3Dx"));

        let admin = server.sign_in("admin@halden.example");
        let list = page(&server, "/logs", &admin);
        assert_eq!((list.status, list.header("cache-control")), (200, "no-store"));
        assert!(list.body.contains("<h1>Execution Logs</h1>"));
        assert!(list.body.contains("All skill executions across the organization"));
        assert_eq!(list.body.matches("class=\"run-toggle\"").count(), 25);
        assert!(list.body.contains("1–25 of 60"));
        assert!(list.body.contains("Step “Post credit note” failed · ledger.create: 409: period 2026-10 is closed"));
        let policy = list.header("content-security-policy");
        assert!(policy.contains("'strict-dynamic'") && !policy.contains("unsafe-inline"), "{policy}");

        let member = server.sign_in("member@halden.example");
        let denied = page(&server, "/logs", &member);
        assert_eq!(denied.status, 403);
        assert!(denied.body.contains("Access denied"));
        assert!(!denied.body.contains("Order 88213") && !denied.body.contains("run-toggle"));
    }
}

#[test]
fn p7_p8_a_page_is_of_the_size_that_the_browser_knows() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    installation.import(&org, &(0..60).map(runs::full_run).collect::<Vec<_>>());
    let server = installation.serve();
    let admin = server.sign_in("admin@halden.example");
    let rows = |path: &str, size: &str| {
        let cookie = format!("{admin}; alloy-logs-page-size={size}");
        page(&server, path, &cookie).body.matches("class=\"run-toggle\"").count()
    };
    assert_eq!((rows("/logs", "50"), rows("/logs?page=2", "50"), rows("/logs?page=0", "10")), (50, 10, 10));
    assert_eq!((rows("/logs", "7"), rows("/logs?page=2", "7")), (25, 25));
    let past = page(&server, "/logs?page=9", &admin).body;
    assert!(past.contains("Past the last page") && past.contains("href=\"/logs?page=3\""));
}

#[test]
fn p14_a_run_that_a_rule_took_away_is_said_to_have_existed() {
    for installation in Installation::both() {
        let (org, other) = (installation.organization("Halden"), installation.organization("Other"));
        for org in [&org, &other] {
            let [mut old, mut new] = [1, 2].map(runs::full_run);
            old["created_at"] = serde_json::json!("2020-01-01T00:00:00Z");
            new["created_at"] = serde_json::json!("2200-01-01T00:00:00Z");
            installation.import(org, &[old, new]);
        }
        let token = installation.token(&org, "runs:read");
        let prune = |more: &[&str]| {
            installation.run(&[&["prune", "--older-than", "1000d", "--org", "Halden"], more].concat(), "")
        };
        assert_eq!(prune(&["--dry-run"]), "1\tHalden");
        assert_eq!(prune(&[]), "1\tHalden");
        assert_eq!(prune(&["--vacuum"]), "0\tHalden");

        let server = installation.serve();
        let admin = server.sign_in("admin@halden.example");
        let (gone, unknown) = (runs::id(1, 1), runs::id(1, 9));
        let body = |id| page(&server, &format!("/logs?run={id}"), &admin).body;
        assert!(
            body(gone).contains("This run is not here") && body(gone).contains("This run existed. It was removed on ")
        );
        assert!(body(gone).contains(" by hand: runs older than 1000 days."));
        assert!(body(unknown).contains("This run is not here") && !body(unknown).contains("existed"));
        // The same when its id is pasted into the search box.
        let searched = |id| page(&server, &format!("/logs?q={id}"), &admin).body;
        assert!(searched(gone).contains("This run is not here") && searched(gone).contains("This run existed. "));
        assert!(searched(unknown).contains("No run fits") && !searched(unknown).contains("existed"));
        let api = |id| server.get(&format!("/api/organizations/{org}/workflows/{}/runs/{id}/", runs::id(2, 1)), &token);
        assert_eq!((api(gone).status, api(gone).body), (404, api(unknown).body));

        // By the rule of an organization, while it is served.
        drop(server);
        let kept = || installation.run(&["org", "retention", "--org", "Other"], "");
        assert_eq!(kept(), "off");
        installation.run(&["org", "retention", "--org", "Other", "--days", "1000"], "");
        assert_eq!(kept(), "1000");
        let of_other = installation.token(&other, "runs:read");
        let server = installation.serve();
        let total = || {
            let list = server.get(&format!("/api/organizations/{other}/workflows/runs/"), &of_other);
            list.json()["pagination"]["total"].as_u64().unwrap()
        };
        let began = std::time::Instant::now();
        while total() > 1 {
            assert!(began.elapsed() < std::time::Duration::from_secs(30), "the runs are still there");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        assert_eq!(total(), 1);
        drop(server);
        installation.run(&["org", "retention", "--org", &other, "--days", "off"], "");
        for days in ["0", "soon"] {
            assert!(
                !installation.run_with(&["org", "retention", "--org", &other, "--days", days], "").status.success()
            );
        }
    }
}

#[test]
fn p13_a_linked_run_is_expanded_at_first_paint_on_its_page_or_beside_it() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    installation.import(&org, &(0..60).map(runs::full_run).collect::<Vec<_>>());
    let server = installation.serve();
    let admin = server.sign_in("admin@halden.example");
    // All were created at once, so that the largest id comes first.
    let mut ids: Vec<_> = (0..60).map(|n| runs::id(1, n)).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let on_page = page(&server, &format!("/logs?run={}", ids[3]), &admin).body;
    assert!(on_page.contains("aria-label=\"Run details\"") && !on_page.contains("Linked run"));
    assert!(on_page.contains("Why was order 88213 shipped twice? &lt;b&gt;hi&lt;/b&gt;"));
    let number = (0..60).find(|n| runs::id(1, *n) == ids[3]).unwrap();
    let related = format!("href=\"/logs?run={}\"", runs::id(1, 1_000 + number));
    assert!(on_page.contains("Related runs") && on_page.contains(&related));
    let beside = page(&server, &format!("/logs?run={}", ids[30]), &admin).body;
    assert!(beside.contains("aria-label=\"Linked run\"") && beside.contains("aria-label=\"Run details\""));
    let unknown = page(&server, &format!("/logs?run={}", runs::id(9, 9)), &admin);
    assert_eq!(unknown.status, 200);
    assert!(unknown.body.contains("This run is not here"));
}

/// The tags of a page in order, which is what a browser holds against what its script expects.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|tag| tag.split([' ', '>']).next().unwrap()).collect()
}

#[test]
fn a_page_is_the_same_however_its_answers_come() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    installation.import(&org, &(0..60).map(runs::full_run).collect::<Vec<_>>());
    let server = installation.serve();
    let admin = server.sign_in("admin@halden.example");
    for path in ["/logs?status=failed".to_owned(), format!("/logs?run={}", runs::id(1, 1))] {
        let first = page(&server, &path, &admin).body;
        std::thread::scope(|scope| {
            // More at once than there are cores, so that the threads of the server get in each other's way.
            for _ in 0..6 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let again = page(&server, &path, &admin);
                        assert_eq!((again.status, tags(&again.body)), (200, tags(&first)), "{path}");
                    }
                });
            }
        });
        let title = if path.contains("status") {
            "<title>Execution Logs: Failed · Alloy<"
        } else {
            "<title>Execution Logs · Alloy<"
        };
        assert!(first.contains(title), "{path}");
    }
}

#[test]
fn p3_p5_a_teammate_has_a_page_for_every_member() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let mut by_api = runs::full_run(1);
    for member in ["conversation_id", "conversation_title", "conversation_channel"] {
        by_api[member] = serde_json::json!(null);
    }
    installation.import(&org, &[by_api, runs::full_run(2), runs::full_run(3)]);
    let server = installation.serve();
    let member = server.sign_in("member@halden.example");
    let path = format!("/staff/ai/{}", runs::id(3, 1));
    let logs = page(&server, &path, &member);
    assert_eq!((logs.status, logs.body.matches("class=\"run-toggle\"").count()), (200, 3));
    assert!(logs.body.contains("<h1>Nora<") && !logs.body.contains(">AI Teammate</th>"));
    assert_eq!(page(&server, &format!("{path}?tab=api"), &member).body.matches("class=\"run-toggle\"").count(), 1);
    assert_eq!(page(&server, &format!("/staff/ai/{}", runs::id(3, 2)), &member).status, 404);
    assert_eq!(page(&server, "/nothing", &member).status, 404);
    assert_eq!(page(&server, "/favicon.svg", "").header("content-type"), "image/svg+xml");
}

#[test]
fn the_sign_in_form_works_without_a_script_and_stays_on_this_site() {
    let installation = Installation::sqlite();
    installation.organization("Halden");
    let server = installation.serve();
    let form = page(&server, "/login?next=/logs%3Fpage%3D2", "");
    assert_eq!(form.status, 200);
    assert!(form.body.contains("name=\"next\" value=\"/logs?page=2\""));
    let post = |password: &str, next: &str| {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("email", "admin@halden.example"), ("password", password), ("next", next)])
            .finish();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        server.send("POST", "/login", &headers, Some(&body))
    };
    let right = post(PASSWORD, "/logs?page=2");
    assert_eq!((right.status, right.header("location")), (303, "/logs?page=2"));
    assert_eq!(page(&server, "/login?next=/logs", &right.cookie()).header("location"), "/logs");
    assert_eq!(post(PASSWORD, "https://evil.example/").header("location"), "/logs");
    let wrong = post("nope", "/logs");
    assert_eq!((wrong.status, wrong.header("location")), (303, "/login?next=%2Flogs&error=wrong"));
    assert!(page(&server, wrong.header("location"), "").body.contains("do not fit"));
}

#[test]
fn a_person_of_two_organizations_switches_between_them() {
    let installation = Installation::sqlite();
    let (other, foreign) = (installation.organization("Zenit"), installation.organization("Foreign"));
    installation.organization("Halden");
    installation.run(&["user", "create", "--org", &other, "--email", "admin@halden.example", "--role", "member"], "");
    let server = installation.serve();
    let cookie = server.sign_in("admin@halden.example");
    let list = |organization: &str| {
        page(&server, &format!("/api/organizations/{organization}/workflows/runs/"), &cookie).status
    };
    assert_eq!(
        (list(&other), list(&foreign)),
        (200, 403),
        "the API opens every organization of the person, and no other"
    );
    let switch = |organization: &str, cookie: &str| {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("cookie", cookie),
        ];
        server.send("POST", "/organization", &headers, Some(&format!("organization_id={organization}")))
    };
    let switched = switch(&other, &cookie);
    assert_eq!((switched.status, switched.header("location")), (303, "/logs"));
    assert_eq!(page(&server, "/logs", &switched.cookie()).status, 403, "a member there");
    assert_eq!(page(&server, "/logs", &cookie).status, 303, "the session before has ended");
    assert_eq!(switch(&runs::id(7, 7).to_string(), &switched.cookie()).status, 403);
}

#[test]
fn p14_a_run_of_another_organization_is_offered_with_a_switch_to_those_who_belong_there_and_to_nobody_else() {
    for installation in Installation::both() {
        let (zenit, _) = (installation.organization("Zenit"), installation.organization("Halden"));
        installation.import(&zenit, &[runs::full_run(1)]);
        installation
            .run(&["user", "create", "--org", &zenit, "--email", "admin@halden.example", "--role", "member"], "");
        let server = installation.serve();
        let path = format!("/logs?run={}", runs::id(1, 1));

        let both = server.sign_in("admin@halden.example");
        let offered = page(&server, &path, &both).body;
        assert!(offered.contains("This run belongs to Zenit") && !offered.contains("Order 88213"));
        let next = format!("/staff/ai/{}?tab=logs&run={}", runs::id(3, 1), runs::id(1, 1));
        assert!(
            offered.contains(&format!("value=\"{}\"", next.replace('&', "&amp;"))),
            "where a member of Zenit sees it"
        );
        assert!(offered.contains(&format!("name=\"organization_id\" value=\"{zenit}\"")));

        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("next", next.as_str()), ("organization_id", zenit.as_str())])
            .finish();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("cookie", both.as_str()),
        ];
        let switched = server.send("POST", "/organization", &headers, Some(&body));
        assert_eq!((switched.status, switched.header("location")), (303, next.as_str()));
        let shown = page(&server, &next, &switched.cookie()).body;
        assert!(shown.contains("aria-label=\"Run details\"") && shown.contains("Order 88213"));

        // Whoever does not belong there reads what they would read of a run that never was.
        installation.organization("Foreign");
        let stranger = server.sign_in("admin@foreign.example");
        let told = page(&server, &path, &stranger).body;
        assert!(told.contains("This run is not here") && !told.contains("Zenit"));
    }
}

#[test]
fn a_server_function_asks_for_access_like_the_api() {
    let installation = Installation::sqlite();
    let (halden, other) = (installation.organization("Halden"), installation.organization("Other"));
    let server = installation.serve();
    let cookie = server.sign_in("admin@halden.example");
    let call = |organization: &str, cookie: &str| {
        let body = serde_json::json!({ "organization_id": organization, "scope": "Organization", "search": "", "size": "Ten" });
        let headers = [
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
            ("cookie", cookie),
            ("accept", "text/html"),
            ("referer", "https://evil.example/"),
        ];
        let answer = server.send("POST", "/fn/list_runs", &headers, Some(&body.to_string()));
        assert_eq!(answer.header("location"), "");
        answer.status
    };
    assert_eq!((call(&halden, &cookie), call(&other, &cookie), call(&halden, "")), (200, 403, 401));
    let bad = server.send("POST", "/fn/list_runs", &[("content-type", "application/json")], Some("{}"));
    assert_eq!(bad.status, 400);
}
