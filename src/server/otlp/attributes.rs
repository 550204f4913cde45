//! Where each thing stands that a run is made of: lists of names, of which the first that is there counts. A name that
//! begins with `resource:` is an attribute of whatever sent the span.

use super::span::SpanData;
use serde_json::Value;
use std::borrow::Cow;

pub const RUN_ID: &[&str] = &["alloy.run.id", "resource:alloy.run.id"];
pub const RUN_STATUS: &[&str] = &["alloy.run.status"];
pub const WORKFLOW_ID: &[&str] = &["alloy.workflow.id", "resource:alloy.workflow.id"];
pub const WORKFLOW_NAME: &[&str] = &[
    "alloy.workflow.name",
    "resource:alloy.workflow.name",
    "ai.telemetry.functionId",
    "traceloop.workflow.name",
    "gen_ai.workflow.name",
];
pub const SERVICE_NAME: &[&str] = &["resource:service.name"];
pub const SERVICE_NAMESPACE: &[&str] = &["resource:service.namespace"];
pub const CONVERSATION_ID: &[&str] = &[
    "alloy.conversation.id",
    "gen_ai.conversation.id",
    "session.id",
    "langfuse.session.id",
    "traceloop.association.properties.conversation_id",
    "traceloop.association.properties.session_id",
    "traceloop.association.properties.thread_id",
    "ai.telemetry.metadata.conversationId",
    "ai.telemetry.metadata.sessionId",
    "metadata.conversation_id",
    "metadata.session_id",
    "metadata.thread_id",
    "thread_id",
];
pub const CHANNEL: &[&str] = &[
    "alloy.channel",
    "metadata.channel",
    "ai.telemetry.metadata.channel",
    "traceloop.association.properties.channel",
    "langfuse.trace.metadata.channel",
    "resource:alloy.channel",
];
// Not `gen_ai.agent.id`: OpenLLMetry and AutoGen have another one there for every run.
pub const TEAMMATE_ID: &[&str] = &[
    "alloy.ai_employee.id",
    "resource:alloy.ai_employee.id",
    "ai_employee_id",
    "metadata.ai_employee_id",
    "traceloop.association.properties.ai_employee_id",
    "ai.telemetry.metadata.ai_employee_id",
    "langfuse.trace.metadata.ai_employee_id",
];
pub const TEAMMATE_NAME: &[&str] = &["alloy.ai_employee.name", "resource:alloy.ai_employee.name"];
pub const AGENT_NAME: &[&str] =
    &["gen_ai.agent.name", "agent.name", "metadata.lc_agent_name", "traceloop.association.properties.lc_agent_name"];
/// What OpenInference calls an agent's node; other spans have it too, for what they are.
pub const AGENT_NODE: &[&str] = &["gen_ai.agent.name", "agent.name", "graph.node.id"];
pub const USER: &[&str] = &[
    "user.id",
    "enduser.id",
    "langfuse.user.id",
    "metadata.user_id",
    "metadata.userId",
    "ai.telemetry.metadata.userId",
    "traceloop.association.properties.user_id",
];
pub const MODEL: &[&str] = &[
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.response.model_name",
    "llm.model_name",
    "embedding.model_name",
    "ai.response.model",
    "ai.model.id",
    "langfuse.observation.model.name",
    "traceloop.association.properties.ls_model_name",
];
pub const INPUT_TOKENS: &[&str] = &[
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
    "ai.usage.inputTokens",
    "ai.usage.promptTokens",
    "ai.usage.tokens",
    LANGFUSE_INPUT_TOKENS,
];
/// Here cached tokens are not among the input tokens.
pub const LANGFUSE_INPUT_TOKENS: &str = "langfuse.observation.usage_details.input";
pub const OUTPUT_TOKENS: &[&str] = &[
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
    "ai.usage.outputTokens",
    "ai.usage.completionTokens",
    "langfuse.observation.usage_details.output",
];
pub const CACHED_TOKENS: &[&str] = &[
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.details.cache_read_tokens",
    "llm.token_count.prompt_details.cache_read",
    "ai.usage.cachedInputTokens",
    "ai.usage.inputTokenDetails.cacheReadTokens",
    "langfuse.observation.usage_details.cache_read_input_tokens",
    "langfuse.observation.usage_details.input_cached_tokens",
];
/// Tokens written to a cache; only counted where they are not among the input tokens.
pub const CACHE_WRITE_TOKENS: &[&str] = &[
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "langfuse.observation.usage_details.cache_creation_input_tokens",
];
pub const AGENT_INPUT_TOKENS: &[&str] = &[
    "gen_ai.aggregated_usage.input_tokens",
    "gen_ai.usage.input_tokens",
    "llm.token_count.prompt",
    "ai.usage.inputTokens",
];
pub const AGENT_OUTPUT_TOKENS: &[&str] = &[
    "gen_ai.aggregated_usage.output_tokens",
    "gen_ai.usage.output_tokens",
    "llm.token_count.completion",
    "ai.usage.outputTokens",
];
pub const AGENT_CACHED_TOKENS: &[&str] = &[
    "gen_ai.aggregated_usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "llm.token_count.prompt_details.cache_read",
    "ai.usage.cachedInputTokens",
];
pub const COST: &[&str] =
    &["alloy.usd_cost", "gen_ai.usage.cost", "llm.cost.total", "langfuse.observation.cost_details.total"];
/// Prices by kind of token, where there is no total.
pub const COST_DETAILS: &str = "langfuse.observation.cost_details";
pub const KEY_TYPE: &[&str] = &["alloy.key_type", "resource:alloy.key_type"];
pub const TOOL_NAME: &[&str] = &["gen_ai.tool.name", "tool.name", "ai.toolCall.name", "traceloop.entity.name"];
pub const TOOL_CALL_ID: &[&str] = &["gen_ai.tool.call.id", "tool_call.id", "ai.toolCall.id"];
pub const STEP_ID: &[&str] = &["alloy.step.id", "graph.node.id", "traceloop.association.properties.langgraph_node"];
pub const TRIGGER_URL: &[&str] = &["alloy.trigger_url"];
pub const TRIGGER_ID: &[&str] = &["alloy.trigger_id"];
pub const ERROR_TYPE: &[&str] = &["error.type"];
/// What follows this is a key of `runtimeContext.state`.
pub const STATE_PREFIX: &str = "alloy.state.";
/// What was said aloud, and by whom.
pub const SPOKEN: &[(&str, &str)] = &[
    ("audio.transcript", "speaker"),
    ("input.audio.transcript", "user"),
    ("output.audio.transcript", "assistant"),
    ("lk.user_transcript", "user"),
    ("lk.response.text", "assistant"),
];

/// Attributes that hold an object as JSON, whose members count as attributes.
const OBJECTS: [&str; 4] =
    ["metadata", "langfuse.observation.usage_details", "langfuse.observation.cost_details", "langfuse.trace.metadata"];

/// The attribute of a span, also where it is a member of one that holds JSON.
pub fn value<'a>(span: &'a SpanData, name: &str) -> Option<Cow<'a, Value>> {
    if let Some(name) = name.strip_prefix("resource:") {
        return span.resource.get(name).map(Cow::Borrowed);
    }
    if let Some(value) = span.attributes.get(name) {
        return Some(Cow::Borrowed(value));
    }
    OBJECTS.into_iter().find_map(|object| {
        let member = name.strip_prefix(object)?.strip_prefix('.')?;
        match parsed(span.attributes.get(object)?) {
            Cow::Borrowed(object) => object.get(member).map(Cow::Borrowed),
            Cow::Owned(mut object) => object.get_mut(member).map(Value::take).map(Cow::Owned),
        }
    })
}

/// The first of several attributes that is a text that says something, a number or a boolean, as text.
pub fn text(span: &SpanData, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| plain_text(&*value(span, name)?))
}

/// A text, number or boolean as text. Langfuse puts a text in quotes once more.
pub fn plain_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) if text.starts_with('"') => serde_json::from_str(text).unwrap_or_else(|_| text.clone()),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is) => is.to_string(),
        _ => return None,
    };
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The name of a model; some clients write that they do not know it.
pub fn model(span: &SpanData) -> Option<String> {
    MODEL
        .iter()
        .filter_map(|name| plain_text(&*value(span, name)?))
        .find(|model| !model.eq_ignore_ascii_case("unknown"))
}

/// The first of several attributes that is a whole number of at least 0.
pub fn count(span: &SpanData, names: &[&str]) -> Option<i64> {
    names.iter().find_map(|name| whole(&*value(span, name)?))
}

#[expect(clippy::cast_possible_truncation, reason = "beyond the range it is cut to its ends")]
fn whole(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|double| double.round() as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| *number >= 0)
}

/// A value, or where it is a text that holds a JSON object, array or text, what it holds.
pub fn parsed(value: &Value) -> Cow<'_, Value> {
    let held = value.as_str().filter(|text| text.trim_start().starts_with(['{', '[', '"']));
    held.and_then(|text| serde_json::from_str(text).ok()).map_or(Cow::Borrowed(value), Cow::Owned)
}
