//! `/api/session`.

use crate::support::program::{Installation, PASSWORD};
use serde_json::json;

#[test]
fn one_signs_in_is_known_and_signs_out() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let server = installation.serve();
        let json_type = ("content-type", "application/json");
        let body = json!({ "email": " Admin@Halden.example", "password": PASSWORD }).to_string();
        let signed_in = server.send("POST", "/api/session", &[json_type], Some(&body));
        assert_eq!(signed_in.status, 204);
        let set = signed_in.header("set-cookie");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
            assert!(set.contains(part), "{part} in {set}");
        }
        let cookie = signed_in.cookie();
        let who = server.send("GET", "/api/session", &[("cookie", &cookie)], None);
        assert_eq!(who.json()["email"], json!("admin@halden.example"));
        assert_eq!((who.json()["role"].clone(), who.json()["organization_id"].clone()), (json!("admin"), json!(org)));

        let origin = format!("http://{}", server.address);
        let out = server.send("DELETE", "/api/session", &[("cookie", &cookie), ("origin", &origin)], None);
        assert_eq!(out.status, 204);
        assert_eq!(server.send("GET", "/api/session", &[("cookie", &cookie)], None).status, 401);
    }
}

#[test]
fn a_wrong_password_and_an_unknown_person_are_told_the_same_until_they_have_to_wait() {
    let installation = Installation::sqlite();
    installation.organization("Halden");
    let server = installation.serve_with(&[("ALLOY_SIGN_IN_PER_ACCOUNT", "2")]);
    let sign_in = |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password }).to_string();
        server.send("POST", "/api/session", &[("content-type", "application/json")], Some(&body))
    };
    let (wrong, unknown) = (sign_in("admin@halden.example", "nope"), sign_in("nobody@halden.example", "nope"));
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert_eq!(wrong.body, unknown.body);
    sign_in("admin@halden.example", "nope");
    let throttled = sign_in("admin@halden.example", PASSWORD);
    assert_eq!(throttled.status, 429);
    assert!(throttled.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(sign_in("member@halden.example", PASSWORD).status, 204);
}

#[test]
fn behind_a_trusted_proxy_each_client_is_counted_by_its_own_address() {
    let installation = Installation::sqlite();
    installation.organization("Halden");
    let sign_in = |server: &crate::support::program::Server, from: &str| {
        let body = json!({ "email": "admin@halden.example", "password": "nope" }).to_string();
        let headers = [("content-type", "application/json"), ("x-forwarded-for", from)];
        server.send("POST", "/api/session", &headers, Some(&body)).status
    };
    let one_each = ("ALLOY_SIGN_IN_PER_ADDRESS", "1");
    let trusting = installation.serve_with(&[one_each, ("ALLOY_TRUSTED_PROXY", "127.0.0.1")]);
    let tries = ["10.0.0.1", "1.2.3.4, 10.0.0.2", "5.6.7.8, 10.0.0.2"].map(|from| sign_in(&trusting, from));
    assert_eq!(tries, [401, 401, 429]);
    let direct = installation.serve_with(&[one_each]);
    assert_eq!(["10.0.0.1", "10.0.0.2"].map(|from| sign_in(&direct, from)), [401, 429]);
}

#[test]
fn what_is_not_a_sign_in_is_a_problem_that_never_quotes_the_password() {
    let installation = Installation::sqlite();
    let server = installation.serve_with(&[("ALLOY_MAX_BODY_BYTES", "3000")]);
    let post = |kind: &str, body: &str| server.send("POST", "/api/session", &[("content-type", kind)], Some(body));
    for (kind, body, status) in [
        ("text/plain", "{}", 415),
        ("application/json", "{", 400),
        ("application/json", r#"{ "email": "a@b" }"#, 400),
        ("application/json", r#"["a@b", "hunter2"]"#, 400),
        ("application/json", r#"{ "email": "a@b", "password": "hunter2" } hunter2"#, 400),
        ("application/json", r#"{ "email": "a@b", "password": { "secret": "hunter2" } }"#, 400),
    ] {
        let answer = post(kind, body);
        assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"), "{body}");
        assert!(!answer.body.contains("hunter2"));
    }
    let large = format!(r#"{{ "email": "{}" }}"#, "x".repeat(4_000));
    assert_eq!(post("application/json", &large).status, 413);
}

#[test]
fn a_token_is_told_what_it_may() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let token = installation.token(&org, "runs:write,runs:read");
    let server = installation.serve();
    let who = server.get("/api/session", &token).json();
    assert_eq!(who["scopes"], json!(["runs:read", "runs:write"]));
    assert_eq!((who["organization_name"].clone(), who["user_id"].clone()), (json!("Halden"), json!(null)));
    assert_eq!(server.get("/api/session", "alk_other").status, 401);
}
