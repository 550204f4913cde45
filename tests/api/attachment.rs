//! `GET …/runs/{runId}/attachments/{attachmentId}`.

use crate::{
    s3::S3,
    support::{program::Installation, runs},
};
use serde_json::json;

/// Serves one run with one file of a name and media type.
fn with_file(name: &str, media_type: &str, bytes: &[u8]) -> (Installation, String, String) {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let mut run = runs::full_run(1);
    run["attachments"] = json!([{ "id": runs::id(5, 1), "name": name, "media_type": media_type, "size": bytes.len() }]);
    installation.import(&org, &[run]);
    installation.attach(&org, 1, bytes);
    let path = format!("/api/organizations/{org}/runs/{}/attachments/{}", runs::id(1, 1), runs::id(5, 1));
    (installation, org, path)
}

#[test]
fn bytes_are_answered_whole_and_by_range() {
    let text = "0123456789".repeat(10);
    let (installation, org, path) = with_file("notes.txt", "text/plain", text.as_bytes());
    let token = installation.token(&org, "runs:read");
    let server = installation.serve();
    let bearer = format!("Bearer {token}");
    let get = |range: &str| server.send("GET", &path, &[("authorization", &bearer), ("range", range)], None);
    let whole = server.get(&path, &token);
    assert_eq!((whole.status, whole.body.as_str(), whole.header("accept-ranges")), (200, text.as_str(), "bytes"));
    assert_eq!(whole.header("content-length"), "100");
    for (range, place, bytes) in [
        ("bytes=5-9", "bytes 5-9/100", "56789"),
        ("bytes=97-", "bytes 97-99/100", "789"),
        ("bytes=-2", "bytes 98-99/100", "89"),
    ] {
        let part = get(range);
        assert_eq!((part.status, part.header("content-range"), part.body.as_str()), (206, place, bytes));
    }
    let beyond = get("bytes=100-");
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */100"));
    assert_eq!(beyond.header("content-type"), "application/problem+json");
    assert_eq!((get("bytes=9-5").status, get("nonsense").status), (200, 200), "what is no range is not heeded");
    let head = server.send("HEAD", &path, &[("authorization", &bearer)], None);
    assert_eq!((head.status, head.header("content-length"), head.body.as_str()), (200, "100", ""));
    let head = server.send("HEAD", &path, &[("authorization", &bearer), ("range", "bytes=5-9")], None);
    assert_eq!((head.status, head.header("content-length")), (200, "100"), "only a GET has parts");
    let with_skill = path.replace("/runs/", &format!("/workflows/{}/runs/", runs::id(2, 1)));
    assert_eq!(server.get(&with_skill, &token).body, text);
    let of_another = path.replace("/runs/", &format!("/workflows/{}/runs/", runs::id(2, 2)));
    assert_eq!(server.get(&of_another, &token).status, 404);
}

#[test]
fn a_part_is_never_compressed() {
    let (installation, org, path) = with_file("notes.txt", "text/plain", "0123456789".repeat(1_000).as_bytes());
    let bearer = format!("Bearer {}", installation.token(&org, "runs:read"));
    let server = installation.serve();
    let headers = [("authorization", bearer.as_str()), ("accept-encoding", "gzip"), ("range", "bytes=0-4999")];
    let part = server.send("GET", &path, &headers, None);
    assert_eq!((part.status, part.header("content-encoding"), part.body.len()), (206, "", 5_000));
    assert_eq!(part.header("content-length"), "5000");
}

#[test]
fn nothing_that_could_run_is_answered_as_what_it_says_it_is() {
    for (media_type, served, shown) in [
        ("text/html", "application/octet-stream", "attachment"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("application/xhtml+xml", "application/octet-stream", "attachment"),
        ("application/pdf", "application/octet-stream", "attachment"),
        ("text/javascript", "application/octet-stream", "attachment"),
        ("image/png", "image/png", "inline"),
        ("audio/wav", "audio/wav", "inline"),
        ("text/csv", "text/plain; charset=utf-8", "inline"),
    ] {
        let (installation, org, path) = with_file("a \"b\"\r\n; ü.html", media_type, b"<script>alert(1)</script>");
        let token = installation.token(&org, "runs:read");
        let answer = installation.serve().get(&path, &token);
        assert_eq!((answer.status, answer.header("content-type")), (200, served), "{media_type}");
        assert_eq!(
            answer.header("content-disposition"),
            format!("{shown}; filename*=UTF-8''a%20%22b%22%0D%0A%3B%20%C3%BC.html")
        );
        assert_eq!((answer.header("x-content-type-options"), answer.header("cache-control")), ("nosniff", "no-store"));
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    }
}

#[test]
fn a_file_without_bytes_and_no_file_are_the_same_404() {
    let (installation, org, path) = with_file("notes.txt", "text/plain", b"x");
    let token = installation.token(&org, "runs:read");
    let server = installation.serve();
    std::fs::remove_dir_all(installation.folder().join("attachments").join(&org)).unwrap();
    let gone = server.get(&path, &token);
    let unknown = server.get(&path.replace(&runs::id(5, 1).to_string(), &runs::id(5, 2).to_string()), &token);
    let nonsense = server.get(&path.replace(&runs::id(5, 1).to_string(), "..%2f..%2falloy.db"), &token);
    assert_eq!((gone.status, &gone.body), (404, &unknown.body));
    assert_eq!((nonsense.status, &nonsense.body), (404, &unknown.body));
}

#[test]
fn files_lie_in_a_bucket_where_the_settings_say_so() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let token = installation.token(&org, "runs:read,runs:write");
    let buckets = installation.folder().join("buckets");
    std::fs::create_dir_all(buckets.join("files")).unwrap();
    let s3 = S3::serve(&buckets);
    let server = installation.serve_with(&s3.settings("s3://files/alloy"));
    let (run, file) = (runs::id(1, 1), runs::id(5, 1));
    installation.import(&org, &[runs::full_run(1)]);
    let path = format!("/api/organizations/{org}/runs/{run}/attachments/{file}");
    let bearer = format!("Bearer {token}");
    assert_eq!(server.get(&path, &token).status, 404, "it has no bytes yet");
    let headers = [("authorization", &*bearer), ("content-type", "text/plain")];
    assert_eq!(server.send("PUT", &path, &headers, Some("0123456789")).status, 200);
    assert_eq!(server.get(&path, &token).body, "0123456789");
    let part = server.send("GET", &path, &[("authorization", &bearer), ("range", "bytes=2-4")], None);
    assert_eq!((part.status, part.body.as_str()), (206, "234"));
    let there = buckets.join("files/alloy").join(&org).join(run.to_string()).join(file.to_string());
    assert_eq!(std::fs::read_to_string(there).unwrap(), "0123456789");
    drop(s3);
    assert_eq!(server.get(&path, &token).status, 503, "a bucket that is out of reach");
}
