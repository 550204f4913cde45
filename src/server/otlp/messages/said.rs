//! The one text of an input or output that people read.

use super::{Message, Part, Role, messages};
use crate::server::otlp::attributes::parsed;
use serde_json::Value;

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Input,
    Output,
}

/// Members in which clients put what was asked or answered.
const INSIDE: [&str; 14] = [
    "inputs",
    "input",
    "outputs",
    "output",
    "prompt",
    "question",
    "query",
    "user_input",
    "answer",
    "result",
    "response",
    "text",
    "content",
    "update",
];
/// How far inside that is looked for.
const MAX_INSIDE: usize = 6;

/// Of messages the last that somebody asked, or the last that was answered; of anything else its text, or the JSON
/// that it is. `None` when it says nothing.
pub fn said(value: &Value, side: Side) -> Option<String> {
    match inside(value, side, 0) {
        Found::Text(text) => Some(text).filter(|text| !text.trim().is_empty()),
        Found::Nothing => None,
        Found::Unknown => Some(value.to_string()),
    }
}

enum Found {
    Text(String),
    /// These are messages, and none of them says anything.
    Nothing,
    Unknown,
}

fn inside(value: &Value, side: Side, depth: usize) -> Found {
    let known = messages(value);
    if !known.is_empty() {
        return last_said(&known, side).map_or(Found::Nothing, Found::Text);
    }
    match value {
        Value::Null => Found::Nothing,
        Value::String(text) if depth < MAX_INSIDE => match &*parsed(value) {
            Value::String(_) => Found::Text(text.clone()),
            held => match inside(held, side, depth + 1) {
                Found::Unknown => Found::Text(text.clone()),
                found => found,
            },
        },
        Value::String(text) => Found::Text(text.clone()),
        Value::Array(items) if depth < MAX_INSIDE && items.len() == 1 => inside(&items[0], side, depth + 1),
        Value::Object(object) if depth < MAX_INSIDE => {
            let found = INSIDE.iter().filter_map(|name| object.get(*name)).map(|value| inside(value, side, depth + 1));
            found.into_iter().find(|found| matches!(found, Found::Text(_))).unwrap_or(Found::Unknown)
        }
        _ => Found::Unknown,
    }
}

/// The text of the last message of a side that has one.
pub fn last_said(messages: &[Message], side: Side) -> Option<String> {
    let role = match side {
        Side::Input => Role::User,
        Side::Output => Role::Assistant,
    };
    messages.iter().rev().filter(|message| message.role == role).find_map(|message| {
        let texts = message.parts.iter().filter_map(|part| match part {
            Part::Text(text) | Part::Spoken(text) => Some(text.as_str()),
            Part::Call { .. } | Part::Result { .. } => None,
        });
        let text = texts.collect::<Vec<_>>().join("\n\n");
        (!text.trim().is_empty()).then_some(text)
    })
}
