//! Which run it is, whose, and what it is called.

use super::*;
use crate::{domain::json::Json, server::otlp::identity::RunKey};

#[test]
fn names_and_ids_come_from_what_is_said_first() {
    let uuid = "c3a1b2d4-77e8-4f10-8b9a-12f3a4b5c6d7";
    let of = |name: &str, attributes: Value| {
        let mut data = data(1, None, (0, 1), agent(attributes));
        name.clone_into(&mut data.name);
        document(&[received(data)])
    };
    for (name, attributes, workflow) in [
        ("invoke_agent Nora", json!({}), "Nora"),
        ("crew.kickoff", json!({}), "crew"),
        ("x", json!({ "gen_ai.agent.name": "Nora" }), "Nora"),
        ("x", json!({ "gen_ai.agent.name": "Nora", "traceloop.workflow.name": "Refunds" }), "Refunds"),
        ("x", json!({ "traceloop.workflow.name": "Refunds", "alloy.workflow.name": "Settle" }), "Settle"),
        ("", json!({}), "desk"),
        ("publish nora_200c07e1-ae36-41ac-955a-f5d6c2f79530.x", json!({ "graph.node.id": "Nora" }), "Nora"),
    ] {
        assert_eq!(of(name, attributes).workflow_name.as_deref(), Some(workflow));
    }
    let document = of("x", json!({ "alloy.workflow.id": uuid, "session.id": uuid, "alloy.ai_employee.id": uuid }));
    assert_eq!(document.workflow_id.unwrap().to_string(), uuid);
    assert_eq!(document.ai_employee_id.unwrap().to_string(), uuid);
    assert_eq!(
        (document.conversation_id.unwrap().to_string().as_str(), document.channel, document.state),
        (uuid, None, None)
    );

    let made = Uuid::new_v5(&ORGANIZATION.0, b"/desk/x");
    let document = of("x", json!({ "thread_id": "t-1", "gen_ai.agent.id": uuid }));
    assert_eq!((document.workflow_id.unwrap().0, document.ai_employee_id), (made, None));
    assert_eq!(document.conversation_id.unwrap().0, Uuid::new_v5(&ORGANIZATION.0, b"t-1"));
    let teammate = of("x", json!({ "gen_ai.agent.name": "Nora" })).ai_employee_id.unwrap().0;
    assert_eq!(teammate, Uuid::new_v5(&ORGANIZATION.0, b"desk/Nora"));

    for (attributes, channel) in [
        (json!({}), Some("api")),
        (json!({ "session.id": "s" }), None),
        (json!({ "session.id": "s", "metadata": r#"{ "channel": "web_chat" }"# }), Some("web_chat")),
        (json!({ "metadata": { "channel": "web_chat" }, "alloy.channel": "phone" }), Some("phone")),
        (json!({ "langfuse.trace.metadata.channel": "\"ally_chat\"" }), Some("ally_chat")),
    ] {
        assert_eq!(of("x", attributes).channel.as_deref(), channel);
    }
}

#[test]
fn the_state_is_what_the_engine_says() {
    let root = agent(json!({
        "alloy.state.region": "eu", "alloy.state.vip": true, "alloy.state.nul": "a\0", "alloy.state.": 1,
        "enduser.id": "u-17", "alloy.trigger_id": "hook", "alloy.trigger_url": "https://shop.example/a?b=c",
    }));
    let child = model(json!({ "alloy.state.region": "us", "alloy.state.n": 1.5 }));
    let document = document(&[span(1, None, (0, 9), root), span(2, Some(1), (1, 2), child)]);
    assert_eq!(
        document.state.as_ref().map(Json::to_value),
        Some(json!({
            "runtimeContext": { "userId": "u-17", "state": { "region": "eu", "vip": true, "n": 1.5, "nul": "a\u{FFFD}" } }
        }))
    );
    assert_eq!(document.trigger_id.as_deref(), Some("hook"));
    assert_eq!(document.trigger_url.as_deref(), Some("https://shop.example/a?b=c"));
    for url in ["javascript:alert(1)", "/hook", "ftp://shop.example/", "https//x", "data:text/html,x", "http:x"] {
        let root = agent(json!({ "alloy.trigger_url": url }));
        assert_eq!(super::document(&[span(1, None, (0, 9), root)]).trigger_url, None, "{url}");
    }
}

#[test]
fn a_run_is_the_one_that_is_named_or_the_trace() {
    let identity = |key| RunIdentity { organization_id: ORGANIZATION, key };
    let uuid = "c3a1b2d4-77e8-4f10-8b9a-12f3a4b5c6d7";
    assert_eq!(identity(RunKey::Named(uuid.to_owned())).run_id().to_string(), uuid);
    assert_eq!(identity(RunKey::Named("run 1".to_owned())).run_id().0, Uuid::new_v5(&ORGANIZATION.0, b"run 1"));
    assert_eq!(identity(RunKey::Trace(trace(0xab))).run_id().0, Uuid::from_u128(0xab));

    let keys = |spans: &[Span]| {
        let keys = run_keys(trace(1), spans).into_iter();
        keys.map(|key| if let RunKey::Named(name) = key { name } else { "trace".to_owned() }).collect::<Vec<_>>()
    };
    let run = |number: u64, parent: Option<u64>, name: &str| {
        span(number, parent, (0, 1), if name.is_empty() { json!({}) } else { json!({ "alloy.run.id": name }) })
    };
    assert_eq!(keys(&[run(1, None, ""), run(2, Some(1), "")]), ["trace", "trace"]);
    assert_eq!(keys(&[run(1, None, ""), run(2, Some(1), "a"), run(3, Some(9), "")]), ["a", "a", "a"]);
    assert_eq!(
        keys(&[run(1, None, ""), run(2, Some(1), "a"), run(3, Some(2), ""), run(4, Some(1), "b"), run(5, Some(5), "")]),
        ["trace", "a", "a", "b", "trace"]
    );
}
