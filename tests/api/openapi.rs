//! The description of the API, and its page.

use crate::support::program::Installation;
use serde_json::{Value, json};

#[test]
fn every_endpoint_is_described_with_examples_and_errors() {
    let installation = Installation::sqlite();
    let listed = installation.run(&["routes"], "");
    let server = installation.serve();
    let answer = server.send("GET", "/api/openapi.json", &[], None);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let described = answer.json();
    assert_eq!(described["openapi"], json!("3.1.0"));
    let mut operations = 0;
    for route in listed.lines().map(|line| line.split('\t').collect::<Vec<_>>()).filter(|route| route[2] == "api") {
        // The files of the page itself are no part of the contract.
        if route[1].ends_with("{*file}") {
            continue;
        }
        let operation = &described["paths"][route[1]][route[0].to_lowercase()];
        assert!(operation["summary"].is_string() && operation["operationId"].is_string(), "{route:?}");
        let responses = operation["responses"].as_object().unwrap();
        for (status, response) in responses {
            for (kind, content) in response["content"].as_object().into_iter().flatten() {
                let has_example = content["example"].is_null() != kind.ends_with("json");
                assert!(has_example || route[1].starts_with("/api/openapi"), "{route:?} {status} {kind}");
                assert!(content["schema"].is_object());
            }
        }
        let errors: &[&str] = if route[3].starts_with("organization") { &["400", "401", "403", "503"] } else { &[] };
        assert!(errors.iter().all(|status| responses.contains_key(*status)), "{route:?}");
        operations += 1;
    }
    let there = described["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len());
    assert_eq!(there.sum::<usize>(), operations, "nothing is described that is not served");
    assert_every_reference_leads_somewhere(&described, &described);
}

fn assert_every_reference_leads_somewhere(value: &Value, whole: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                assert!(whole.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
            }
            members.values().for_each(|member| assert_every_reference_leads_somewhere(member, whole));
        }
        Value::Array(items) => items.iter().for_each(|item| assert_every_reference_leads_somewhere(item, whole)),
        _ => {}
    }
}

#[test]
fn people_read_it_without_another_host() {
    let installation = Installation::sqlite();
    let server = installation.serve();
    let get = |path: &str| server.send("GET", path, &[], None);
    let bare = get("/api/docs");
    assert_eq!((bare.status, bare.header("location")), (308, "/api/docs/"));
    let page = get("/api/docs/");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html"));
    assert!(!page.body.contains("http://") && !page.body.contains("https://"), "{}", page.body);
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert!(!page.header("content-security-policy").contains("unsafe-inline"));
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert!(page.body.contains(file));
        assert_eq!(get(&format!("/api/docs/{file}")).status, 200, "{file}");
    }
    assert!(get("/api/docs/swagger-initializer.js").body.contains("/api/openapi.json"));
    assert_eq!(get("/api/docs/nothing.js").status, 404);
}
