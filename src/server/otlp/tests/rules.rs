//! Each rule by itself, on spans made by hand.

use super::*;
use crate::{
    domain::{ids::RunId, status::RunStatus},
    server::otlp::{
        identity::RunKey,
        span::{Event, Link},
    },
};

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
fn runs_to_whose_spans_there_are_links_are_related() {
    let linking = |number, to: &[u128]| {
        let mut data = data(number, None, (0, 5), agent(json!({})));
        let link = |of: &u128| Link { trace_id: trace(*of), span_id: id(9), attributes: Attributes::new() };
        data.links = to.iter().map(link).collect();
        data
    };
    let mut other = linking(2, &[1, 7]);
    other.trace_id = trace(2);
    // Not to a trace of its own, nor twice.
    let spans = [received(linking(1, &[1, 2, 5, 5, 3])), received(other)];
    let identity = RunIdentity { organization_id: ORGANIZATION, key: RunKey::Named("r".to_owned()) };
    let document = run_of(&identity, &spans, false).unwrap().write.document;
    assert_eq!(document.related_runs, [5, 3, 7].map(|id| RunId(Uuid::from_u128(id))));
    let many: Vec<u128> = (10..300).collect();
    assert_eq!(self::document(&[received(linking(1, &many))]).related_runs.len(), 100);
}
