//! Whatever clients say, a run comes of it, and it is one that can be stored.

use super::*;
use crate::server::otlp::{attributes, identity::RunKey, span::Event};
use proptest::{prelude::*, sample::Index};

/// Every name that is looked at, and some more.
fn names() -> Vec<String> {
    let lists: [&[&str]; 19] = [
        attributes::RUN_STATUS,
        attributes::WORKFLOW_ID,
        attributes::WORKFLOW_NAME,
        attributes::CONVERSATION_ID,
        attributes::CHANNEL,
        attributes::TEAMMATE_ID,
        attributes::TEAMMATE_NAME,
        attributes::AGENT_NODE,
        attributes::USER,
        attributes::MODEL,
        attributes::INPUT_TOKENS,
        attributes::OUTPUT_TOKENS,
        attributes::CACHED_TOKENS,
        attributes::COST,
        attributes::KEY_TYPE,
        attributes::TOOL_CALL_ID,
        attributes::STEP_ID,
        attributes::TRIGGER_URL,
        attributes::TRIGGER_ID,
    ];
    let others = [
        "alloy.step.type",
        "gen_ai.operation.name",
        "openinference.span.kind",
        "error.type",
        "metadata",
        "langfuse.observation.usage_details",
        "langfuse.observation.cost_details",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "llm.input_messages.0.message.role",
        "llm.input_messages.99999999999.message.content",
        "gen_ai.prompt.0.tool_calls.0",
        "input.value",
        "output.value",
        "gen_ai.tool.call.arguments",
        "audio.transcript",
        "alloy.state.a",
        "alloy.state.",
    ];
    lists.concat().into_iter().chain(others).map(|name| name.trim_start_matches("resource:").to_owned()).collect()
}

fn values() -> impl Strategy<Value = Value> {
    let words =
        ["", " ", "\0", "\"", "chat", "LLM", "tool", "agent", "failed", "unknown", "javascript:alert(1)", "NaN"];
    let json = [
        r#"[{"role":"user","content":"a\u0000b"}]"#,
        r#"[{"role":"assistant","parts":[{"type":"tool_call","id":"","name":""},{"type":"tool_call","id":"x","name":"x"}]}]"#,
        r#"[{"type":"blob","mime_type":"IMAGE/PNG\u0000","content":"QUJD"},"data:;base64,QUJD"]"#,
        r#"{"messages":[[{"lc":1,"kwargs":{"type":"ai","content":[{"transcript":"a"}]}}]]}"#,
        r#"{"input":-1,"output":1e300,"total":1e300}"#,
        "[[[[[[[[[[",
    ];
    let long = prop_oneof![
        Just("x".repeat(1_200_000)),
        Just("\u{1}".repeat(300_000)),
        Just("[".repeat(500) + &"]".repeat(500))
    ];
    prop_oneof![
        4 => prop::sample::select(words.to_vec()).prop_map(Value::from),
        4 => prop::sample::select(json.to_vec()).prop_map(Value::from),
        2 => "\\PC{0,500}".prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => long.prop_map(Value::from),
        1 => Just((0..120).fold(json!("deep"), |inner, _| json!([inner]))),
    ]
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let attributes = || prop::collection::btree_map(prop::sample::select(names()), values(), 0..12);
    let span = (
        attributes(),
        prop::option::of(0..6_u64),
        any::<(i64, Option<i64>)>(),
        0..3_usize,
        "\\PC{0,9}|\0",
        attributes(),
    );
    let span = span.prop_map(|(attributes, parent, (start, end), code, name, more)| {
        let time = |micros: i64| Timestamp::from_micros(micros / 100).unwrap_or(Timestamp::MAX);
        let mut data = data(1, None, (0, 0), json!(attributes));
        data.parent_id = parent.and_then(|parent| SpanId::from_bytes(&parent.to_be_bytes()));
        data.started_at = time(start);
        data.ended_at = end.map(time);
        data.status.code = [StatusCode::Unset, StatusCode::Ok, StatusCode::Error][code];
        data.name.clone_from(&name);
        data.events = vec![
            Event { at: time(start), number: 0, name: "exception".to_owned(), attributes: more.clone() },
            Event { at: time(start), number: 0, name: "gen_ai.choice".to_owned(), attributes: more.clone() },
        ];
        data.resource = more;
        data
    });
    prop::collection::vec(span, 1..6).prop_map(|spans| {
        let numbered = spans.into_iter().zip(1..);
        let numbered = numbered.map(|(mut data, number)| {
            data.span_id = id(number);
            data
        });
        let certain = data(9, Some(3), (0, 1), json!({ "gen_ai.operation.name": "chat" }));
        numbered.chain([certain]).map(received).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_run_comes_of_anything(spans in spans(), is_stale: bool) {
        let run = map(&spans, is_stale).unwrap();
        prop_assert!(run.write.document.steps.len() >= spans.len());
        let text = serde_json::to_string(&run.write.document).unwrap();
        let read = crate::domain::document::parse(text.as_bytes());
        prop_assert!(read.is_ok(), "{:?}", read.err());
    }

    #[test]
    fn damaged_bodies_are_refused_or_read(damage in prop::collection::vec(any::<(Index, u8)>(), 1..9), cut: Index) {
        for (body, encoding) in clients::BODIES {
            let mut body = body.to_vec();
            for (place, byte) in &damage {
                *place.get_mut(&mut body) = *byte;
            }
            body.truncate(if damage.len() > 4 { cut.index(body.len()) } else { body.len() });
            for body in [body.as_slice(), &body[cut.index(body.len().max(1))..]] {
                let Ok(received) = traces(body, encoding, start()) else { continue };
                if let Some(first) = received.spans.first() {
                    let identity = RunIdentity { organization_id: ORGANIZATION, key: RunKey::Trace(first.data.trace_id) };
                    let run = run_of(&identity, &received.spans, false);
                    prop_assert_eq!(run.map(|run| run.write.document.faults()).unwrap_or_default(), []);
                }
            }
        }
    }
}

#[test]
fn many_spans_deep_in_one_another_are_a_run_in_time() {
    let call = json!({ "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1 });
    let span = |number: u64| span(number, (number > 1).then(|| number - 1), (0, 1), call.clone());
    let spans: Vec<Span> = (1..=25_000).map(span).collect();
    let document = document(&spans);
    assert_eq!(document.steps.len(), 20_000);
    assert_eq!(document.token_history.len(), 1);
    let flat: Vec<Span> = spans
        .into_iter()
        .map(|mut span| {
            span.data.parent_id = None;
            span
        })
        .collect();
    let flat = super::document(&flat);
    assert_eq!((flat.token_history.len(), flat.token_totals().unwrap().input), (20_000, 25_000));
}
