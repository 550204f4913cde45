//! What real clients sent. `tests/otlp` has the programs that sent it.

use super::*;
use crate::domain::{json::Json, step::StepLog};

const PYDANTIC_AI: &[u8] = include_bytes!("../../../../tests/fixtures/otlp/pydantic-ai.pb");
const OPENAI_AGENTS: &[u8] = include_bytes!("../../../../tests/fixtures/otlp/openai-agents.pb");
const LANGCHAIN: &[u8] = include_bytes!("../../../../tests/fixtures/otlp/langchain.pb");
const OPENAI: &[u8] = include_bytes!("../../../../tests/fixtures/otlp/openai.pb");
const OPENAI_LOGS: &[u8] = include_bytes!("../../../../tests/fixtures/otlp/openai-logs.pb");
const STRANDS: &[u8] = include_bytes!("../../../../tests/fixtures/otlp/strands.pb");
const VERCEL_AI: &[u8] = include_bytes!("../../../../tests/fixtures/otlp/vercel-ai.json");

/// All fixtures with spans.
pub(super) const BODIES: [(&[u8], Encoding); 6] = [
    (PYDANTIC_AI, Encoding::Protobuf),
    (OPENAI_AGENTS, Encoding::Protobuf),
    (LANGCHAIN, Encoding::Protobuf),
    (OPENAI, Encoding::Protobuf),
    (STRANDS, Encoding::Protobuf),
    (VERCEL_AI, Encoding::Json),
];

/// All of them, as the spans of each trace.
pub(super) fn all() -> Vec<Vec<Span>> {
    BODIES.into_iter().flat_map(|(body, encoding)| by_trace(body, encoding).into_values()).collect()
}

fn runs(body: &[u8], encoding: Encoding) -> Vec<MappedRun> {
    let mut runs: Vec<MappedRun> = by_trace(body, encoding).values().map(|spans| map(spans, false).unwrap()).collect();
    runs.sort_by_key(|run| run.write.document.created_at);
    runs
}

/// The steps with their depth, and the calls in them: `  tool look_up_order completed look_up_order({"order":1}) = 2`.
fn outline(steps: &[StepLog]) -> Vec<String> {
    let depth = |step: &StepLog| {
        let parent = |step: &&StepLog| steps.iter().find(|other| Some(&other.id) == step.parent_id.as_ref());
        std::iter::successors(parent(&step), parent).count()
    };
    let line = |step: &StepLog| {
        let (indent, kind, status) =
            ("  ".repeat(depth(step)), step.kind.as_deref().unwrap(), step.status.as_deref().unwrap());
        let calls = step.tool_calls.iter().map(|call| {
            let text = |json: &Option<Json>| json.as_ref().map_or("-", |json| json.as_str()).to_owned();
            format!(" {}:{}({}) = {}", call.id, call.name, text(&call.arguments), text(&call.result))
        });
        format!("{indent}{kind} {} {status}{}", step.label(), calls.collect::<String>())
    };
    steps.iter().map(line).collect()
}

/// Model, input, output and cached tokens of every row.
fn tokens(document: &RunDocument) -> Vec<(Option<&str>, i64, i64, i64)> {
    let row = document.token_history.iter();
    row.map(|row| (row.model.as_deref(), row.input_tokens, row.output_tokens, row.cached_input_tokens)).collect()
}

fn state(document: &RunDocument) -> Value {
    document.state.as_ref().map(Json::to_value).unwrap_or_default()
}

#[test]
fn pydantic_ai_two_runs_of_one_conversation() {
    let runs = runs(PYDANTIC_AI, Encoding::Protobuf);
    let [settled, lost] = runs.as_slice() else { panic!("two runs") };
    let document = &settled.write.document;
    assert_eq!(document.status.as_str(), "completed");
    assert_eq!((document.workflow_name.as_deref(), document.ai_employee_name.as_deref()), (Some("Nora"), Some("Nora")));
    assert_eq!(document.conversation_id.unwrap().to_string(), "c3a1b2d4-77e8-4f10-8b9a-12f3a4b5c6d7");
    assert_eq!(document.input_message.as_deref(), Some("Order 40117 shipped twice"));
    assert_eq!(document.output_message.as_deref(), Some("Order 40117 left twice; a refund is on its way."));
    assert_eq!(
        outline(&document.steps),
        [
            "agent invoke_agent Nora completed",
            "  model chat stub-1 completed",
            r#"  tool execute_tool look_up_order completed call-40117:look_up_order({"order":40117}) = {"order":40117,"shipments":2}"#,
            "  model chat stub-1 completed",
        ]
    );
    // The agent repeats the sums.
    assert_eq!(tokens(document), [(Some("stub-1"), 120, 18, 64), (Some("stub-1"), 120, 18, 64)]);
    assert_eq!(state(document), Value::Null);

    let document = &lost.write.document;
    assert_eq!(document.workflow_id, settled.write.document.workflow_id);
    assert_eq!(document.ai_employee_id, settled.write.document.ai_employee_id);
    assert_eq!(document.conversation_id, settled.write.document.conversation_id);
    assert_eq!((document.status.as_str(), document.failed_at.is_some()), ("failed", true));
    assert_eq!(document.error_message.as_deref(), Some("RuntimeError: orders: connection refused"));
    let failure = lost.write.failure.as_ref().unwrap();
    assert_eq!(failure.headline(), "Step “execute_tool look_up_order” failed");
    assert_eq!(failure.reason().unwrap(), "look_up_order: RuntimeError: orders: connection refused");
    let stack = document.steps[2].output.as_ref().unwrap().to_value();
    assert!(stack["exception.stacktrace"].as_str().unwrap().starts_with("Traceback"));
}

#[test]
fn openai_agents_hand_over_and_a_tool_that_fails_once() {
    let runs = runs(OPENAI_AGENTS, Encoding::Protobuf);
    let document = &runs[0].write.document;
    assert_eq!((document.status.as_str(), document.workflow_name.as_deref()), ("completed", Some("Refund triage")));
    assert_eq!((document.ai_employee_name.as_deref(), document.channel.as_deref()), (Some("Triage"), Some("web_chat")));
    assert_eq!(document.input_message.as_deref(), Some("Order 40117 shipped twice"));
    assert_eq!(document.output_message.as_deref(), Some("Credit note 7 is booked."));
    assert_eq!(document.model.as_deref(), Some("stub-1"));
    assert_eq!(
        outline(&document.steps),
        [
            "agent Refund triage completed",
            "  step Agent workflow completed",
            "    agent Triage completed",
            "      step turn completed",
            r#"        model generation completed call-0:transfer_to_refunds(-) = {"assistant":"Refunds"}"#,
            "        tool handoff to Refunds completed ID:handoff to Refunds(\"Triage\") = \"Refunds\"",
            "    agent Refunds completed",
            "      step turn completed",
            "        model generation completed",
            r#"        tool create_credit_note failed call-1:create_credit_note({"order":-1}) = "An error occurred while running the tool. Please try again.""#,
            "      step turn completed",
            "        model generation completed",
            r#"        tool create_credit_note completed call-2:create_credit_note({"order":40117}) = {"credit_note":7,"order":40117}"#,
            "      step turn completed",
            "        model generation completed",
        ]
        .map(|line| line.replace("ID", &document.steps[5].tool_calls[0].id))
    );
    assert_eq!(tokens(document), [(Some("stub-1"), 100, 20, 0); 4]);
    assert_eq!(
        state(document),
        json!({
            "participants": ["Triage", "Refunds"],
            "runtimeContext": { "userId": "u-17", "state": { "external_conversation_id": "chat-81" } }
        })
    );
    assert_eq!(runs[0].write.state_values, [("external_conversation_id".to_owned(), "chat-81".to_owned())]);
}

#[test]
fn langchain_with_openllmetry_knows_no_model() {
    let runs = runs(LANGCHAIN, Encoding::Protobuf);
    let document = &runs[0].write.document;
    assert_eq!((document.workflow_name.as_deref(), document.channel.as_deref()), (Some("Nora"), Some("web_chat")));
    assert_eq!(document.model, None);
    assert_eq!(document.input_message.as_deref(), Some("Order 40117 shipped twice"));
    assert_eq!(document.output_message.as_deref(), Some("It left twice."));
    assert_eq!(
        outline(&document.steps),
        [
            "agent invoke_agent Nora completed",
            "  agent Nora.workflow completed",
            "    step execute_task model completed",
            "      model Stub.chat completed",
            "    step execute_task tools completed",
            r#"      tool execute_tool look_up_order completed call-1:look_up_order({"order":40117}) = "order 40117: 2 shipments""#,
            "    step execute_task model completed",
            "      model Stub.chat completed",
        ]
    );
    assert_eq!(tokens(document), [(None, 90, 11, 0); 2]);
}

#[test]
fn vercel_ai_sends_json() {
    let runs = runs(VERCEL_AI, Encoding::Json);
    let document = &runs[0].write.document;
    assert_eq!(document.workflow_name.as_deref(), Some("Answer a customer"));
    assert_eq!((document.ai_employee_id, document.channel.as_deref()), (None, Some("web_chat")));
    assert_eq!(document.input_message.as_deref(), Some("Order 40117 shipped twice"));
    assert_eq!(document.output_message.as_deref(), Some("It left twice; keep the second one."));
    assert_eq!(
        outline(&document.steps),
        [
            "agent ai.generateText completed",
            "  model ai.generateText.doGenerate completed",
            r#"  tool lookUpOrder completed call-1:lookUpOrder({"order":40117}) = {"order":40117,"shipments":2}"#,
            "  model ai.generateText.doGenerate completed",
        ]
    );
    assert_eq!(tokens(document), [(Some("stub-1"), 80, 12, 0), (Some("stub-1"), 110, 9, 64)]);
    assert_eq!(state(document)["runtimeContext"]["userId"], "u-17");
}

#[test]
fn openai_says_what_was_said_in_log_records() {
    let (_, mut spans) = by_trace(OPENAI, Encoding::Protobuf).pop_first().unwrap();
    let records = logs(OPENAI_LOGS, Encoding::Protobuf, start()).unwrap().spans;
    for record in records {
        let span = spans.iter_mut().find(|span| span.data.span_id == record.data.span_id).unwrap();
        assert!(span.merge(record));
    }
    let document = document(&spans);
    assert_eq!(document.workflow_name.as_deref(), Some("Answer a customer"));
    assert_eq!(document.input_message.as_deref(), Some("Order 40117 shipped twice"));
    assert_eq!(document.output_message.as_deref(), Some("It left twice."));
    assert_eq!(
        outline(&document.steps),
        [
            "span Answer a customer completed",
            "  model chat stub-1 completed",
            r#"  tool execute_tool look_up_order completed call-1:look_up_order({"order":40117}) = {"shipments":2}"#,
            "  model chat stub-1 completed",
        ]
    );
    assert_eq!(tokens(&document), [(Some("stub-1-2026"), 70, 8, 0); 2]);
}

#[test]
fn strands_says_what_was_said_in_events() {
    let runs = runs(STRANDS, Encoding::Protobuf);
    let document = &runs[0].write.document;
    assert_eq!((document.workflow_name.as_deref(), document.ai_employee_name.as_deref()), (Some("Nora"), Some("Nora")));
    assert_eq!(document.input_message.as_deref(), Some("Order 40117 shipped twice"));
    assert_eq!(document.output_message.as_deref().map(str::trim), Some("It left twice."));
    assert_eq!(
        outline(&document.steps),
        [
            "agent invoke_agent Nora completed",
            "  step execute_event_loop_cycle completed",
            "    model chat completed",
            r#"    tool execute_tool look_up_order completed call-1:look_up_order({"order":40117}) = [{"text":"order 40117: 2 shipments"}]"#,
            "  step execute_event_loop_cycle completed",
            "    model chat completed",
        ]
    );
    assert_eq!(document.token_totals().map(|totals| (totals.input, totals.output)), Some((100, 10)));
}
