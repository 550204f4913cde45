//! Messages that came as events of the span, or as log records that became such.

use super::Side;
use crate::server::otlp::{
    attributes,
    span::{Event, SpanData},
};
use serde_json::{Value, json};

/// Events by which messages go in, with the role that they mean where they name none.
const INPUT: [(&str, &str); 4] = [
    ("gen_ai.system.message", "system"),
    ("gen_ai.user.message", "user"),
    ("gen_ai.assistant.message", "assistant"),
    ("gen_ai.tool.message", "tool"),
];
const CHOICE: &str = "gen_ai.choice";
/// One event for the whole of a call, with the attributes that a span would have.
const DETAILS: &str = "gen_ai.client.inference.operation.details";

/// The messages of a span's events as an array; `None` when there are none.
pub(super) fn gather(span: &SpanData, side: Side) -> Option<Value> {
    let details = match side {
        Side::Input => "gen_ai.input.messages",
        Side::Output => "gen_ai.output.messages",
    };
    let whole =
        span.events.iter().filter(|event| event.name == DETAILS).find_map(|event| event.attributes.get(details));
    if let Some(whole) = whole {
        return Some(attributes::parsed(whole).into_owned());
    }
    let messages: Vec<Value> = span.events.iter().filter_map(|event| message(event, side)).collect();
    (!messages.is_empty()).then_some(Value::Array(messages))
}

fn message(event: &Event, side: Side) -> Option<Value> {
    let role = match side {
        Side::Input => INPUT.iter().find(|(name, _)| *name == event.name)?.1,
        Side::Output if event.name == CHOICE => "assistant",
        Side::Output => return None,
    };
    let mut message = json!({ "role": role });
    for (name, value) in &event.attributes {
        let value = attributes::parsed(value).into_owned();
        match (name.as_str(), value) {
            // A choice has its message inside; Strands puts only the parts there.
            ("message", Value::Object(members)) => {
                for (name, value) in members {
                    message[name] = value;
                }
            }
            ("message", parts) => message["content"] = parts,
            (name, value) => message[name] = value,
        }
    }
    Some(message)
}
