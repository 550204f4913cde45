//! The steps of a run: one for each span.

use super::{
    Talk, calls, outcome,
    tree::{Node, Tree},
};
use crate::{
    domain::{
        document::MAX_ROWS,
        step::{StepLog, ToolCall},
    },
    server::otlp::{
        attributes::{self, STEP_ID},
        class::SpanClass,
        limits::{self, Payloads},
    },
};
use std::collections::HashSet;

/// The id of a step that is not there yet.
const WAITING: &str = "root";

/// The steps of a run, which may be over whatever its spans say.
pub(super) fn steps(tree: &Tree, talks: &[Talk], is_over: bool, payloads: &mut Payloads) -> Vec<StepLog> {
    let calls = calls::calls(tree, talks);
    let is_waiting = tree.first_root().is_none() && !is_over;
    let waiting = is_waiting.then(|| waiting(tree));
    let of_spans = tree.nodes.iter().zip(talks).zip(calls);
    let of_spans = of_spans.map(|((node, talk), calls)| step(tree, node, talk, calls, is_over, payloads));
    waiting.into_iter().chain(of_spans).take(MAX_ROWS).collect()
}

/// A parent is sent when it ends, so that what lies in it comes first.
fn waiting(tree: &Tree) -> StepLog {
    StepLog {
        id: WAITING.to_owned(),
        parent_id: None,
        step_id: None,
        name: Some("Waiting for the root span".to_owned()),
        kind: Some(SpanClass::Other.as_str().to_owned()),
        status: Some("running".to_owned()),
        started_at: Some(tree.started_at),
        ended_at: None,
        duration_ms: None,
        input: None,
        output: None,
        error: None,
        tool_calls: Vec::new(),
    }
}

fn step(
    tree: &Tree,
    node: &Node,
    talk: &Talk,
    calls: Vec<calls::Call>,
    is_over: bool,
    payloads: &mut Payloads,
) -> StepLog {
    let span = node.span;
    let error = outcome::error(span).map(|error| payloads.text(&error));
    let status = match node.ended_at {
        _ if error.is_some() => "failed",
        Some(_) => "completed",
        // It is not known what became of it.
        None if is_over => "cancelled",
        None => "running",
    };
    // A tool's span is its call.
    let is_tool = node.class == SpanClass::Tool;
    let input = talk.exchange.input.as_ref().filter(|_| !is_tool).map(|value| payloads.json(value));
    let output = talk.exchange.output.as_ref().filter(|_| !is_tool).map(|value| payloads.json(value));
    let output = output.or_else(|| Some(payloads.json(&exception(node)?)));
    // Some clients call all their tools the same.
    let tool = calls.first().filter(|call| is_tool && !span.name.contains(&call.name)).map(|call| &call.name);
    let name = limits::name(tool.unwrap_or(&span.name));
    let mut seen = HashSet::new();
    let tool_calls = calls.into_iter().enumerate();
    let tool_calls = tool_calls.map(|(number, call)| {
        let id = call.id.as_deref().and_then(limits::id).filter(|id| seen.insert(id.clone()));
        ToolCall {
            id: id.unwrap_or_else(|| format!("{}-{number}", node.id)),
            name: limits::name(&call.name).unwrap_or_else(|| "tool".to_owned()),
            arguments: call.arguments.as_ref().map(|value| payloads.json(value)),
            result: call.result.as_ref().map(|value| payloads.json(value)),
            error: error.clone().filter(|_| is_tool),
            started_at: is_tool.then_some(node.started_at),
            ended_at: node.ended_at.filter(|_| is_tool),
        }
    });
    StepLog {
        tool_calls: tool_calls.collect(),
        id: node.id.clone(),
        parent_id: node
            .parent
            .map(|parent| tree.nodes[parent].id.clone())
            .or_else(|| Some(span.parent_id?.to_string())),
        step_id: attributes::text(span, STEP_ID).and_then(|id| limits::id(&id)),
        name,
        kind: Some(kind(node)),
        status: Some(status.to_owned()),
        started_at: Some(node.started_at),
        ended_at: node.ended_at,
        duration_ms: None,
        input,
        output,
        error,
    }
}

/// The engine's word, else ours.
fn kind(node: &Node) -> String {
    let said = attributes::text(node.span, &["alloy.step.type"]).and_then(|word| limits::id(&word));
    said.unwrap_or_else(|| node.class.as_str().to_owned())
}

/// The exception that ended a span, with its stack.
fn exception(node: &Node) -> Option<serde_json::Value> {
    let event = node.span.events.iter().rfind(|event| event.name == "exception")?;
    outcome::has_failed(node.span)
        .then(|| event.attributes.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
}
