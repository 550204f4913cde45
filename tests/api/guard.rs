//! What stands before every route: origins, headers, limits, and the answers to what is no route.

use crate::support::program::{Installation, PASSWORD};
use serde_json::json;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

#[test]
fn another_site_cannot_act_through_a_browser() {
    let installation = Installation::sqlite();
    installation.organization("Halden");
    let server = installation.serve();
    let body = json!({ "email": "admin@halden.example", "password": PASSWORD }).to_string();
    let here = format!("http://{}", server.address);
    for (name, value, status) in [
        ("sec-fetch-site", "same-origin", 204),
        ("sec-fetch-site", "none", 204),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", here.as_str(), 204),
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("cookie", "a=b", 403),
    ] {
        let headers = [("content-type", "application/json"), (name, value)];
        assert_eq!(server.send("POST", "/api/session", &headers, Some(&body)).status, status, "{name}: {value}");
    }
    let beside_cookie = [
        ("content-type", "application/json"),
        ("authorization", "Basic x"),
        ("cookie", "a=b"),
        ("origin", "http://evil.example"),
    ];
    assert_eq!(server.send("POST", "/api/session", &beside_cookie, Some(&body)).status, 403);
    let behind_tls = installation.serve_with(&[("ALLOY_PUBLIC_URL", "https://logs.example")]);
    let headers = [("content-type", "application/json"), ("origin", "https://logs.example")];
    let answer = behind_tls.send("POST", "/api/session", &headers, Some(&body));
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").starts_with("__Host-alloy_session="));
    assert!(answer.header("set-cookie").contains("Secure"));
    assert!(!answer.header("strict-transport-security").is_empty());
}

#[test]
fn every_answer_has_its_headers_and_every_problem_is_a_document() {
    let installation = Installation::sqlite();
    let server = installation.serve();
    let long_name = format!("/pkg/{}", "x".repeat(300));
    for (method, path, status) in [
        ("GET", "/health/live", 200),
        ("GET", "/health/ready", 200),
        ("GET", "/api", 404),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/organizations/%ff/workflows/runs/", 401),
        ("GET", "/api/organizations/x/y", 404),
        ("PUT", "/api/session", 405),
        ("POST", "/fn/nothing", 404),
        ("GET", long_name.as_str(), 404),
    ] {
        let answer = server.send(method, path, &[], (method != "GET").then_some(""));
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(!answer.header("x-request-id").is_empty());
        if status >= 400 {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        }
    }
}

#[test]
fn a_client_that_never_finishes_its_head_is_let_go() {
    let installation = Installation::sqlite();
    let server = installation.serve_with(&[("ALLOY_HEADER_TIMEOUT_MS", "300")]);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let installation = Installation::sqlite();
    let server = installation.serve();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(300_000));
    // The answer comes before all is sent, and then nobody takes the rest.
    let _ = stream.write_all(head.as_bytes());
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 431");
}
