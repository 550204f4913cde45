//! `POST /v1/traces` and what is beside it, with what real clients sent.

use crate::{
    support::{
        program::{Answer, Installation, Server},
        runs,
    },
    write::gzip,
};
use serde_json::{Value, json};

const PYDANTIC_AI: &[u8] = include_bytes!("../fixtures/otlp/pydantic-ai.pb");
const VERCEL_AI: &[u8] = include_bytes!("../fixtures/otlp/vercel-ai.json");
const OPENAI: &[u8] = include_bytes!("../fixtures/otlp/openai.pb");
const OPENAI_LOGS: &[u8] = include_bytes!("../fixtures/otlp/openai-logs.pb");

/// A client that sends traces.
struct Client<'a> {
    server: &'a Server,
    org: &'a str,
    token: String,
}

impl Client<'_> {
    fn send(&self, path: &str, content_type: &str, encoding: &str, body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", &*bearer), ("content-type", content_type), ("content-encoding", encoding)];
        self.server.try_send("POST", path, &headers, Some(body)).unwrap()
    }

    /// Sends spans of one trace as JSON.
    fn spans(&self, spans: &Value) {
        let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string();
        let answer = self.send("/v1/traces", "application/json", "identity", body.as_bytes());
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    }

    fn list(&self) -> Vec<Value> {
        let list = format!("/api/organizations/{}/workflows/runs/", self.org);
        self.server.get(&list, &self.token).json()["data"].as_array().unwrap().clone()
    }

    fn detail(&self, run: &Value) -> Value {
        let (workflow, run) = (run["workflow_id"].as_str().unwrap(), run["id"].as_str().unwrap());
        let path = format!("/api/organizations/{}/workflows/{workflow}/runs/{run}/", self.org);
        self.server.get(&path, &self.token).json()
    }
}

fn with_client(installation: &Installation, settings: &[(&str, &str)], test: impl Fn(&Client<'_>)) {
    let org = installation.organization("Halden");
    let token = installation.token(&org, "runs:read,runs:write");
    let server = installation.serve_with(settings);
    test(&Client { server: &server, org: &org, token });
}

const TRACE: &str = "5b8efff798038103d269b633813fc60c";

/// A span of an agent; `parent` is empty at the root.
fn span(id: u8, parent: &str, end: Option<u64>, attributes: &Value) -> Value {
    let attributes = attributes.as_object().unwrap().iter();
    let attributes: Vec<_> =
        attributes.map(|(key, value)| json!({ "key": key, "value": { "stringValue": value } })).collect();
    json!({
        "traceId": TRACE, "spanId": format!("{id:016x}"), "parentSpanId": parent, "name": format!("span {id}"), "kind": 1,
        "startTimeUnixNano": (1_790_000_000_000_000_000_u64 + u64::from(id)).to_string(),
        "endTimeUnixNano": end.map_or(0, |end| 1_790_000_000_000_000_000 + end * 1_000_000_000).to_string(),
        "attributes": attributes,
    })
}

#[test]
fn what_real_clients_send_becomes_runs() {
    for installation in Installation::both() {
        with_client(&installation, &[], |client| {
            let answer = client.send("/v1/traces", "application/x-protobuf", "gzip", &gzip(PYDANTIC_AI));
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-protobuf"));
            let first = client.list();
            let [lost, settled] = first.as_slice() else { panic!("two runs, not {}", first.len()) };
            assert_eq!((&settled["status"], &lost["status"]), (&json!("completed"), &json!("failed")));
            assert_eq!((&settled["workflow_name"], &settled["ai_employee_name"]), (&json!("Nora"), &json!("Nora")));
            assert_eq!(settled["conversation_id"], "c3a1b2d4-77e8-4f10-8b9a-12f3a4b5c6d7");
            assert_eq!(lost["failure"]["tool"], "look_up_order");
            // Once more, by another way in, is nothing new.
            let path = format!("/api/organizations/{}/otel/v1/traces", client.org);
            assert_eq!(client.send(&path, "application/x-protobuf", "identity", PYDANTIC_AI).status, 200);
            assert_eq!(client.list(), first);
            assert_eq!(client.detail(settled)["steps"].as_array().unwrap().len(), 4);

            let answer = client.send("/v1/traces", "application/json; charset=utf-8", "identity", VERCEL_AI);
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
            assert_eq!(client.list().len(), 3);
            // What the model was told comes by itself, and may come first.
            assert_eq!(client.send("/v1/logs", "application/x-protobuf", "identity", OPENAI_LOGS).status, 200);
            assert_eq!(client.send("/v1/traces", "application/x-protobuf", "identity", OPENAI).status, 200);
            let listed = client.list();
            assert_eq!(listed.len(), 4);
            assert_eq!(client.send("/v1/metrics", "application/x-protobuf", "identity", b"").status, 200);
        });
    }
}

#[test]
fn a_run_grows_as_its_spans_come_and_is_given_up_when_none_do() {
    for installation in Installation::both() {
        with_client(&installation, &[("ALLOY_RUN_STALE_AFTER", "0")], |client| {
            let root = format!("{:016x}", 1);
            let plumbing = json!({ "http.method": "GET" });
            client.spans(&json!([span(3, &root, Some(1), &plumbing)]));
            assert_eq!(client.list(), Vec::<Value>::new(), "nothing of an agent yet");
            let model = json!({ "gen_ai.operation.name": "chat", "gen_ai.request.model": "stub-1" });
            client.spans(&json!([span(2, &root, Some(2), &model)]));
            let running = client.list();
            assert_eq!((running.len(), &running[0]["status"]), (1, &json!("running")));
            assert_eq!(running[0]["id"], "5b8efff7-9803-8103-d269-b633813fc60c");
            let agent = json!({ "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "Nora" });
            client.spans(&json!([span(1, "", Some(5), &agent)]));
            let done = client.list();
            assert_eq!(
                (done.len(), &done[0]["status"], &done[0]["workflow_name"]),
                (1, &json!("completed"), &json!("Nora"))
            );
            assert_eq!(client.detail(&done[0])["steps_total"], 3);

            // One span says that it is all of another run.
            let named = json!({ "gen_ai.operation.name": "execute_tool", "alloy.run.id": runs::id(1, 1).to_string() });
            client.spans(&json!([span(4, &root, Some(3), &named)]));
            let moved = client.list();
            assert_eq!((moved.len(), &moved[0]["id"]), (1, &json!(runs::id(1, 1))));
            assert_eq!(client.detail(&moved[0])["steps_total"], 4);
        });
    }
}

#[test]
fn a_run_is_related_to_those_whose_spans_its_own_have_links_to() {
    for installation in Installation::both() {
        with_client(&installation, &[], |client| {
            let (linking, named) = ("000000000000000000000000000000aa", runs::id(1, 7).to_string());
            let (elsewhere, agent) = ("000000000000000000000000000000bb", json!({ "gen_ai.operation.name": "chat" }));
            let mut span_of_other = span(1, "", Some(1), &agent);
            span_of_other["traceId"] = json!(linking);
            let link = |trace: &str| json!({ "traceId": trace, "spanId": format!("{:016x}", 9) });
            span_of_other["links"] = json!([link(TRACE), link(elsewhere), link(linking)]);
            client.spans(&json!([span_of_other]));
            let related = || {
                let run = client.list().into_iter().find(|run| run["id"] == "00000000-0000-0000-0000-0000000000aa");
                client.detail(&run.unwrap())["related_runs"].clone()
            };
            let not_there = "00000000-0000-0000-0000-0000000000bb";
            assert_eq!(related(), json!([not_there, "5b8efff7-9803-8103-d269-b633813fc60c"]), "by their traces");
            let grouped = json!({ "gen_ai.operation.name": "chat", "alloy.run.id": &named });
            client.spans(&json!([span(1, "", Some(1), &grouped)]));
            assert_eq!(related(), json!([not_there, named]), "by the run that the trace became");
        });
    }
}

#[test]
fn bad_requests_are_told_apart() {
    let installation = Installation::sqlite();
    with_client(&installation, &[("ALLOY_MAX_OTLP_BYTES", "100000")], |client| {
        let send = |content_type: &str, body: &[u8]| client.send("/v1/traces", content_type, "identity", body);
        assert_eq!(send("application/x-protobuf", b"no protobuf").status, 400);
        assert_eq!(send("application/json", b"{ \"resourceSpans\": 7 }").status, 400);
        assert_eq!(send("text/plain", b"x").status, 415);
        assert_eq!(client.send("/v1/traces", "application/json", "br", b"x").status, 415);
        let bomb = client.send("/v1/traces", "application/json", "gzip", &gzip(&vec![b' '; 200_000]));
        assert_eq!(bomb.json()["detail"], "The body is longer than the 100000 bytes that are taken here");
        let half = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [
            span(1, "", Some(1), &json!({ "gen_ai.operation.name": "chat" })),
            { "traceId": "00", "spanId": "01", "name": "x" },
        ] }] }] });
        let answer = send("application/json", half.to_string().as_bytes());
        let told = json!({ "rejectedSpans": 1, "errorMessage": "1 × the trace id is not 16 bytes, or all zero" });
        assert_eq!((answer.status, &answer.json()["partialSuccess"]), (200, &told));
        assert_eq!(client.list().len(), 1);
        // Langfuse's clients send a token as a password.
        let basic = base64(&format!("public:{}", client.token));
        let headers = [("authorization", &*format!("Basic {basic}")), ("content-type", "application/json")];
        let post = |path: &str| client.server.send("POST", path, &headers, Some("{}")).status;
        assert_eq!(post("/api/public/otel/v1/traces"), 200);
        assert_eq!(post(&format!("/api/organizations/{}/otel/v1/traces", client.org)), 401);
    });
}

fn base64(text: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.encode(text)
}
