//! What was said to a model and what it said: read from every way in which clients write it.

mod events;
mod flattened;
mod part;
mod said;

pub use part::Part;
pub use said::{Side, last_said, said};

use super::{attributes, span::SpanData};
use serde_json::Value;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
    Tool,
}

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub role: Role,
    pub parts: Vec<Part>,
}

/// What went into a span and what came out of it, as JSON where it was JSON.
#[derive(Debug, Default)]
pub struct Exchange {
    pub input: Option<Value>,
    pub output: Option<Value>,
}

/// A place where a span has its input or output.
enum Source {
    /// An attribute, parsed when it is JSON.
    Attribute(&'static str),
    /// Attributes under a name, one for each leaf of what they are together.
    Flattened(&'static str),
    /// Events of the span.
    Events(Side),
}

use Source::{Attribute, Events, Flattened};

/// The first that is there counts.
const INPUT: &[Source] = &[
    Attribute("gen_ai.tool.call.arguments"),
    Attribute("ai.toolCall.args"),
    Attribute("gen_ai.input.messages"),
    Flattened("llm.input_messages"),
    Flattened("gen_ai.prompt"),
    Events(Side::Input),
    Attribute("input.value"),
    Attribute("pydantic_ai.all_messages"),
    Attribute("ai.prompt.messages"),
    Attribute("ai.prompt"),
    Attribute("ai.value"),
    Attribute("ai.values"),
    Attribute("traceloop.entity.input"),
    Attribute("langfuse.observation.input"),
];
const OUTPUT: &[Source] = &[
    Attribute("gen_ai.tool.call.result"),
    Attribute("ai.toolCall.result"),
    Attribute("gen_ai.output.messages"),
    Flattened("llm.output_messages"),
    Flattened("gen_ai.completion"),
    Events(Side::Output),
    Attribute("output.value"),
    Attribute("final_result"),
    Attribute("ai.response.text"),
    Attribute("ai.response.object"),
    Attribute("ai.response.toolCalls"),
    Attribute("traceloop.entity.output"),
    Attribute("langfuse.observation.output"),
];

/// What went into a span and what came out of it.
pub fn exchange(span: &SpanData) -> Exchange {
    Exchange { input: first(span, INPUT), output: first(span, OUTPUT) }
}

fn first(span: &SpanData, sources: &[Source]) -> Option<Value> {
    sources.iter().find_map(|source| match source {
        Attribute(name) => attributes::value(span, name).map(|value| attributes::parsed(&value).into_owned()),
        // Some clients take only the roles apart.
        Flattened(name) => flattened::gather(span, name).filter(says_anything),
        Events(side) => events::gather(span, *side),
    })
}

fn says_anything(value: &Value) -> bool {
    messages(value).iter().any(|message| !message.parts.is_empty())
}

/// What a model asks of tools: in its answer, or beside it.
pub fn calls(span: &SpanData, output: &[Message]) -> Vec<Part> {
    let parts = output.iter().flat_map(|message| &message.parts);
    let calls: Vec<Part> = parts.filter(|part| matches!(part, Part::Call { .. })).cloned().collect();
    if !calls.is_empty() {
        return calls;
    }
    let beside = attributes::value(span, "ai.response.toolCalls");
    let beside = beside.as_deref().map(attributes::parsed);
    beside.iter().filter_map(|calls| calls.as_array()).flatten().filter_map(part::call).collect()
}

/// The messages that a value is, or holds where messages are expected; of anything else there are none.
pub fn messages(value: &Value) -> Vec<Message> {
    match value {
        Value::Array(items) => items.iter().flat_map(messages).collect(),
        Value::Object(object) => {
            if let Some(message) = message(value) {
                return vec![message];
            }
            object.get("messages").map(messages).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// A message; `None` when nobody speaks in it.
fn message(value: &Value) -> Option<Message> {
    // LangChain wraps its objects in two ways, and a choice of OpenAI's has the message inside.
    let inner = ["kwargs", "data", "message"].iter().find_map(|name| value.get(name).filter(|inner| inner.is_object()));
    let value = inner.unwrap_or(value);
    let by_type = || value.get("content").and(value.get("type"));
    let role = role(value.get("role").or_else(by_type)?.as_str()?)?;
    let content = ["parts", "content", "contents", "message"].iter().find_map(|name| value.get(name));
    let mut parts = match content {
        None | Some(Value::Null) => Vec::new(),
        Some(content) if role == Role::Tool => part::answers(value, &attributes::parsed(content)),
        Some(content) => parts(content),
    };
    let calls = value.get("tool_calls").map(attributes::parsed);
    parts.extend(calls.iter().filter_map(|calls| calls.as_array()).flatten().filter_map(part::call));
    Some(Message { role, parts })
}

fn parts(content: &Value) -> Vec<Part> {
    match content {
        // Parts in a text are parts; a text that merely happens to be JSON is meant as it was written.
        Value::String(text) => match &*attributes::parsed(content) {
            Value::Array(items) if items.iter().any(|item| item.is_object() && part::read(item).is_some()) => {
                items.iter().filter_map(part::read).collect()
            }
            _ => vec![Part::Text(text.clone())],
        },
        Value::Array(items) => items.iter().filter_map(part::read).collect(),
        other => part::read(other).into_iter().collect(),
    }
}

fn role(word: &str) -> Option<Role> {
    Some(match word.to_ascii_lowercase().as_str() {
        "system" | "developer" => Role::System,
        "user" | "human" => Role::User,
        "assistant" | "ai" | "model" => Role::Assistant,
        "tool" => Role::Tool,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
