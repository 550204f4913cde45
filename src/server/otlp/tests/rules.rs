//! Each rule by itself, on spans made by hand.

use super::*;
use crate::{
    domain::{json::Json, status::RunStatus},
    server::otlp::{identity::RunKey, span::Event},
};

fn agent(attributes: Value) -> Value {
    with(json!({ "gen_ai.operation.name": "invoke_agent" }), attributes)
}

fn model(attributes: Value) -> Value {
    with(json!({ "gen_ai.operation.name": "chat" }), attributes)
}

fn with(mut one: Value, other: Value) -> Value {
    one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    one
}

fn exception(mut data: SpanData, kind: &str, message: &str) -> SpanData {
    data.status.code = StatusCode::Error;
    let attributes = json!({ "exception.type": kind, "exception.message": message });
    let attributes = serde_json::from_value(attributes).unwrap();
    data.events.push(Event { at: data.started_at, number: 0, name: "exception".to_owned(), attributes });
    data
}

#[test]
fn only_the_work_of_an_agent_is_a_run() {
    for (attributes, is_run) in [
        (json!({}), false),
        (json!({ "http.request.method": "GET" }), false),
        (json!({ "gen_ai.operation.name": "create_agent" }), false),
        (json!({ "langfuse.observation.type": "span" }), false),
        (json!({ "langfuse.observation.type": "span", "traceloop.span.kind": "task" }), true),
        (json!({ "langfuse.observation.type": "generation" }), true),
        (json!({ "openinference.span.kind": "CHAIN" }), true),
        (json!({ "gen_ai.operation.name": "execute_event_loop_cycle" }), true),
        (json!({ "ai.operationId": "ai.streamText" }), true),
        (json!({ "gen_ai.tool.name": "t" }), true),
        (json!({ "gen_ai.request.model": "m" }), true),
        (json!({ "alloy.step.type": "transform" }), true),
        (json!({ "alloy.step.type": "other", "gen_ai.request.model": "m" }), false),
    ] {
        assert_eq!(map(&[span(1, None, (0, 1), attributes.clone())], false).is_some(), is_run, "{attributes}");
    }
    let log = Span::received(data(1, None, (0, 1), model(json!({}))), false, start());
    assert!(map(&[log], false).is_none());
}

#[test]
fn a_step_is_of_the_kind_that_its_span_says_first() {
    for (attributes, kind) in [
        (json!({ "alloy.step.type": "transform" }), "transform"),
        (json!({ "openinference.span.kind": "RETRIEVER" }), "retrieval"),
        (json!({ "openinference.span.kind": "UNKNOWN" }), "step"),
        (json!({ "langfuse.observation.type": "generation", "openinference.span.kind": "TOOL" }), "model"),
        (json!({ "gen_ai.operation.name": "embeddings" }), "embedding"),
        (json!({ "gen_ai.operation.name": "invoke_workflow", "traceloop.span.kind": "agent" }), "workflow"),
        (json!({ "ai.operationId": "ai.streamText.doStream" }), "model"),
        (json!({ "ai.operationId": "ai.embed.doEmbed" }), "embedding"),
        (json!({ "ai.operationId": "ai.toolCall" }), "tool"),
        (json!({ "ai.operationId": "ai.generateObject" }), "agent"),
    ] {
        let document = document(&[span(1, None, (0, 1), attributes.clone())]);
        assert_eq!(document.steps[0].kind.as_deref(), Some(kind), "{attributes}");
    }
}

#[test]
fn a_run_ends_as_its_root_does() {
    let child = |attributes| span(2, Some(1), (1, 2), model(attributes));
    let root = |attributes| span(1, None, (0, 5), agent(attributes));
    let failed_child = || failed(data(2, Some(1), (1, 2), model(json!({}))), "503");
    for (spans, status, error, millis) in [
        (vec![root(json!({})), child(json!({}))], RunStatus::Completed, None, Some(5_000)),
        (vec![root(json!({})), failed_child()], RunStatus::Completed, None, Some(5_000)),
        (vec![root(json!({ "error.type": "timeout" }))], RunStatus::Failed, Some("timeout"), Some(5_000)),
        (
            vec![failed(data(1, None, (0, 5), agent(json!({}))), "lost"), failed_child()],
            RunStatus::Failed,
            Some("lost"),
            Some(5_000),
        ),
        (
            vec![
                received(exception(data(1, None, (0, 5), agent(json!({}))), "Outer", "wrapped")),
                received(exception(data(2, Some(1), (1, 2), model(json!({}))), "Inner", "refused")),
            ],
            RunStatus::Failed,
            Some("Inner: refused"),
            Some(5_000),
        ),
        (vec![child(json!({}))], RunStatus::Running, None, None),
        (vec![root(json!({ "alloy.run.status": "suspended" }))], RunStatus::Suspended, None, None),
        (vec![child(json!({ "alloy.run.status": "cancelled" }))], RunStatus::Cancelled, None, Some(1_000)),
        (
            vec![child(json!({ "alloy.run.status": "failed", "error.type": "timeout" }))],
            RunStatus::Failed,
            Some("timeout"),
            Some(1_000),
        ),
    ] {
        let document = document(&spans);
        assert_eq!((document.status, document.error_message.as_deref(), document.duration_ms), (status, error, millis));
        assert_eq!(document.finished_at().is_some(), status.is_final());
    }
}

#[test]
fn what_waits_for_its_root_runs_until_nothing_more_comes() {
    let child = span(2, Some(1), (1, 2), model(json!({})));
    let waiting = document(std::slice::from_ref(&child));
    assert_eq!(waiting.steps[0].label(), "Waiting for the root span");
    assert_eq!(waiting.steps[1].parent_id.as_deref(), Some("0000000000000001"));

    let stale = map(std::slice::from_ref(&child), true).unwrap().write.document;
    assert_eq!((stale.status, stale.steps.len()), (RunStatus::Failed, 1));
    assert_eq!(stale.error_message.as_deref(), Some("no sign of life since 2026-11-25T15:00:02.000Z"));
    assert_eq!(stale.failed_at, Some(at("2026-11-25T15:00:02Z")));

    // A run that was called from a process that sends its spans elsewhere ends as its first span does.
    let mut called = data(2, Some(1), (1, 2), model(json!({})));
    called.has_remote_parent = true;
    let called = received(called);
    assert_eq!(document(std::slice::from_ref(&called)).status, RunStatus::Running);
    assert_eq!(map(&[called], true).unwrap().write.document.status, RunStatus::Completed);

    let mut open = data(1, None, (0, 9), agent(json!({})));
    open.ended_at = None;
    let open = [received(open), child];
    assert_eq!(document(&open).status, RunStatus::Running);
    let words = |is_stale| map(&open, is_stale).unwrap().write.document.steps[0].status.clone().unwrap();
    assert_eq!((words(false).as_str(), words(true).as_str()), ("running", "cancelled"));
}

#[test]
fn tokens_are_counted_once() {
    let used =
        |input: i64, output: i64| json!({ "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output });
    let totals = |spans: &[Span]| document(spans).token_totals().map(|totals| (totals.input, totals.output));
    for (spans, expected) in [
        // Agents repeat what their models used.
        (
            vec![
                span(1, None, (0, 9), agent(used(30, 3))),
                span(2, Some(1), (1, 2), model(used(10, 1))),
                span(3, Some(1), (3, 4), model(used(20, 2))),
            ],
            Some((30, 3)),
        ),
        // So does a model around a model, with a step in between.
        (
            vec![
                span(1, None, (0, 9), model(used(10, 1))),
                span(2, Some(1), (1, 2), json!({})),
                span(3, Some(2), (1, 2), model(used(10, 1))),
            ],
            Some((10, 1)),
        ),
        (vec![span(1, None, (0, 9), model(used(10, 1))), span(2, Some(1), (1, 2), model(json!({})))], Some((10, 1))),
        // Only where no model says anything, the outermost agent counts.
        (
            vec![
                span(1, None, (0, 9), agent(used(30, 3))),
                span(2, Some(1), (1, 2), agent(used(30, 3))),
                span(3, Some(1), (3, 4), model(json!({}))),
            ],
            Some((30, 3)),
        ),
        (vec![span(1, None, (0, 9), agent(json!({ "gen_ai.aggregated_usage.input_tokens": 7 })))], Some((7, 0))),
        (vec![span(1, None, (0, 9), json!({ "gen_ai.tool.name": "t", "gen_ai.usage.input_tokens": 7 }))], None),
    ] {
        assert_eq!(totals(&spans), expected);
    }
}

#[test]
fn cached_tokens_are_part_of_the_input() {
    let langfuse = json!({
        "langfuse.observation.type": "generation",
        "langfuse.observation.usage_details": r#"{ "input": 10, "output": 2, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 3 }"#,
        "langfuse.observation.cost_details": { "input": 0.25, "output": 0.5 },
        "langfuse.observation.model.name": "m-2",
    });
    for (attributes, expected) in [
        (model(json!({ "gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 5 })), (10, 0, 5, "0")),
        (
            model(json!({ "gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 50 })),
            (60, 0, 50, "0"),
        ),
        (
            model(json!({ "llm.token_count.prompt": 10.0, "llm.token_count.completion": "4", "llm.cost.total": 0.5 })),
            (10, 4, 0, "0.5"),
        ),
        (
            model(json!({ "gen_ai.usage.input_tokens": -3, "gen_ai.usage.output_tokens": 1e300 })),
            (0, 1_000_000_000_000, 0, "0"),
        ),
        (langfuse, (18, 2, 5, "0.75")),
    ] {
        let document = document(&[span(1, None, (0, 1), attributes)]);
        let row = &document.token_history[0];
        let cost = serde_json::to_string(&row.usd_cost).unwrap();
        let row = (row.input_tokens, row.output_tokens, row.cached_input_tokens, cost.trim_end_matches(".0"));
        assert_eq!(row, expected);
    }
}

#[test]
fn a_cost_of_the_whole_run_counts_where_no_call_has_one() {
    let root = span(1, None, (0, 9), agent(json!({ "alloy.usd_cost": 0.5, "alloy.key_type": "platform" })));
    let call = |cost: Value| span(2, Some(1), (1, 2), model(with(json!({ "gen_ai.usage.input_tokens": 1 }), cost)));
    let costs = |spans: &[Span]| {
        let document = document(spans);
        document.token_history.iter().map(|row| (row.key_type.clone(), row.usd_cost.nanos())).collect::<Vec<_>>()
    };
    let external = "external".to_owned();
    assert_eq!(costs(&[root.clone(), call(json!({}))]), [(external.clone(), 0), ("platform".to_owned(), 500_000_000)]);
    assert_eq!(costs(&[root, call(json!({ "gen_ai.usage.cost": 0.25 }))]), [(external, 250_000_000)]);
}

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
fn times_are_the_clients_but_not_far_ahead() {
    let document = document(&[span(1, None, (3_600, 3_700), agent(json!({})))]);
    let held = (at("2026-11-25T15:15:00Z"), Some(at("2026-11-25T15:16:40Z")), Some(100_000));
    assert_eq!((document.created_at, document.completed_at, document.duration_ms), held);
}

#[test]
fn spans_in_a_circle_are_steps() {
    let document = document(&[
        span(1, Some(2), (0, 1), agent(json!({}))),
        span(2, Some(1), (0, 1), agent(json!({}))),
        span(3, Some(3), (0, 1), agent(json!({}))),
        span(4, Some(3), (0, 1), agent(json!({}))),
    ]);
    assert_eq!((document.status, document.steps.len()), (RunStatus::Running, 5));
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

#[test]
fn a_run_of_several_traces_takes_from_the_first_to_the_last() {
    let mut other = data(1, None, (20, 30), agent(json!({ "final_result": "done" })));
    other.trace_id = trace(2);
    let spans = [span(1, None, (0, 5), agent(json!({ "input.value": "begin" }))), received(other)];
    let identity = RunIdentity { organization_id: ORGANIZATION, key: RunKey::Named("r".to_owned()) };
    let document = run_of(&identity, &spans, false).unwrap().write.document;
    assert_eq!((document.duration_ms, document.completed_at), (Some(30_000), Some(at("2026-11-25T15:00:30Z"))));
    assert_eq!((document.input_message.as_deref(), document.output_message.as_deref()), (Some("begin"), Some("done")));
    assert_eq!(document.faults(), []);
}

#[test]
fn files_are_taken_out_of_messages() {
    let picture = "iVBORw0KGgo=";
    let messages = json!([
        { "role": "user", "parts": [
            { "type": "text", "content": "See this" },
            { "type": "blob", "modality": "image", "mime_type": "image/png", "content": picture },
            { "type": "uri", "modality": "image", "mime_type": "image/png", "uri": "https://shop.example/a.png" },
        ] },
        { "role": "user", "content": [
            { "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{picture}") } },
            { "type": "input_audio", "input_audio": { "data": "UklGRg", "format": "wav" } },
            { "type": "file", "mediaType": "application/pdf", "filename": "bill.pdf", "data": "JVBERi0=" },
        ] },
    ]);
    let run =
        map(&[span(1, None, (0, 1), model(json!({ "gen_ai.input.messages": messages.to_string() })))], false).unwrap();
    let document = &run.write.document;
    let files: Vec<_> =
        document.attachments.iter().map(|file| (file.name.as_str(), file.media_type.as_str(), file.size)).collect();
    assert_eq!(
        files,
        [("image-1.png", "image/png", 8), ("audio-2.wav", "audio/wav", 4), ("bill.pdf", "application/pdf", 5)]
    );
    assert_eq!(
        run.files.iter().map(|file| file.bytes.as_slice()).collect::<Vec<_>>(),
        [b"\x89PNG\r\n\x1a\n".as_slice(), b"RIFF", b"%PDF-"]
    );
    let input = document.steps[0].input.as_ref().unwrap().to_value();
    let picture = format!("attachment:{}", document.attachments[0].id);
    assert_eq!(input[0]["parts"][1]["content"], picture);
    assert_eq!(input[0]["parts"][2]["uri"], "https://shop.example/a.png");
    assert_eq!(input[1]["content"][0]["image_url"]["url"], picture);
    assert_eq!(document.input_message.as_deref(), Some("See this"));
}

#[test]
fn what_was_said_aloud_is_a_transcript() {
    let heard = json!({ "lk.user_transcript": "My order came twice.", "alloy.step.type": "turn" });
    let answered = model(json!({
        "lk.response.text": "I am sorry.",
        "gen_ai.output.messages": [{ "role": "assistant", "parts": [
            { "type": "blob", "mime_type": "audio/wav", "content": "UklGRg==", "transcript": "Sorry." }
        ] }],
    }));
    let document = document(&[
        span(1, None, (0, 2), heard.clone()),
        span(2, Some(1), (3, 5), answered),
        span(3, Some(1), (6, 7), heard),
    ]);
    let transcript = &document.voice_transcripts[0];
    let turns: Vec<_> =
        transcript.turns.iter().map(|turn| (turn.speaker.as_str(), turn.text.as_str(), turn.start_ms)).collect();
    assert_eq!(
        turns,
        [
            ("user", "My order came twice.", Some(0)),
            ("assistant", "I am sorry.", Some(3_000)),
            ("assistant", "Sorry.", Some(3_000))
        ]
    );
    assert_eq!(transcript.attachment_id, Some(document.attachments[0].id));
}
