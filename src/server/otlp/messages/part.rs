//! The parts of a message.

use crate::server::otlp::attributes::{parsed, plain_text};
use serde_json::Value;

/// A part of a message that runs are made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Text(String),
    /// A model asks for a tool.
    Call {
        id: Option<String>,
        name: String,
        arguments: Option<Value>,
    },
    /// What a tool answered.
    Result {
        id: Option<String>,
        result: Value,
    },
    /// The words of a sound.
    Spoken(String),
}

const IDS: [&str; 6] = ["id", "toolCallId", "tool_call_id", "call_id", "tool_use_id", "toolUseId"];
const RESULTS: [&str; 4] = ["response", "result", "output", "content"];

/// Reads a part; `None` for what is thought, for files and for what we do not know.
pub(super) fn read(value: &Value) -> Option<Part> {
    if let Value::String(text) = value {
        return Some(Part::Text(text.clone()));
    }
    if let Some(spoken) = value.get("transcript").and_then(plain_text) {
        return Some(Part::Spoken(spoken));
    }
    match value.get("type").and_then(Value::as_str) {
        Some("text" | "input_text" | "output_text") => ["text", "content"]
            .iter()
            .find_map(|name| value.get(name)?.as_str())
            .map(|text| Part::Text(text.to_owned())),
        Some("tool_call" | "tool-call" | "tool_use" | "function_call") => call(value),
        Some("tool_call_response" | "tool-result" | "tool_result" | "function_call_output") => {
            Some(Part::Result { id: id(value), result: first(value, &RESULTS)? })
        }
        Some(_) => None,
        // Bedrock and Strands say what a part is by the name of its only member.
        None => {
            if let Some(use_of_tool) = value.get("toolUse") {
                return call(use_of_tool);
            }
            if let Some(result) = value.get("toolResult") {
                return Some(Part::Result { id: id(result), result: first(result, &RESULTS)? });
            }
            value.get("text")?.as_str().map(|text| Part::Text(text.to_owned()))
        }
    }
}

/// Reads a call of a tool, as a part or as a member of `tool_calls`.
pub(super) fn call(value: &Value) -> Option<Part> {
    let function = value.get("function").unwrap_or(value);
    let name = ["name", "toolName"].iter().find_map(|name| function.get(name)?.as_str())?.to_owned();
    let arguments = first(function, &["arguments", "input", "args"]);
    Some(Part::Call { id: id(value), name, arguments })
}

/// What the message of a tool answers: parts that say so, or its whole content.
pub(super) fn answers(message: &Value, content: &Value) -> Vec<Part> {
    let parts = content.as_array().into_iter().flatten().filter_map(read);
    let answers: Vec<Part> = parts.filter(|part| matches!(part, Part::Result { .. })).collect();
    if answers.is_empty() { vec![Part::Result { id: id_of_call(message), result: content.clone() }] } else { answers }
}

// A message has an id of its own, too.
fn id_of_call(message: &Value) -> Option<String> {
    ["tool_call_id", "toolCallId", "call_id", "id"].iter().find_map(|name| plain_text(message.get(name)?))
}

fn id(value: &Value) -> Option<String> {
    IDS.iter().find_map(|name| plain_text(value.get(name)?))
}

fn first(value: &Value, names: &[&str]) -> Option<Value> {
    names
        .iter()
        .find_map(|name| value.get(name).filter(|value| !value.is_null()))
        .map(|value| parsed(value).into_owned())
}
