use super::*;
use crate::server::otlp::{
    span::{Attributes, Event},
    tests::{data, start},
};
use serde_json::json;

fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

fn call(id: &str) -> Part {
    Part::Call { id: Some(id.to_owned()), name: "look_up".to_owned(), arguments: Some(json!({ "order": 7 })) }
}

fn answer(id: &str, result: Value) -> Part {
    Part::Result { id: Some(id.to_owned()), result }
}

/// The talk of which every form below tells: a question, a call, its answer and the last word.
fn whole_talk() -> Vec<Message> {
    vec![
        Message { role: Role::User, parts: vec![text("Where is 7?")] },
        Message { role: Role::Assistant, parts: vec![call("c")] },
        Message { role: Role::Tool, parts: vec![answer("c", json!({ "shipments": 2 }))] },
        Message { role: Role::Assistant, parts: vec![text("Here.")] },
    ]
}

#[test]
fn every_form_of_a_talk_is_read() {
    for form in [
        // GenAI conventions.
        json!([
            { "role": "user", "parts": [{ "type": "text", "content": "Where is 7?" }] },
            { "role": "assistant", "parts": [{ "type": "tool_call", "id": "c", "name": "look_up", "arguments": { "order": 7 } }] },
            { "role": "tool", "parts": [{ "type": "tool_call_response", "id": "c", "response": { "shipments": 2 } }] },
            { "role": "assistant", "parts": [{ "type": "reasoning", "content": "hm" }, { "type": "text", "content": "Here." }], "finish_reason": "stop" },
        ]),
        // OpenAI.
        json!([
            { "role": "user", "content": "Where is 7?" },
            { "role": "assistant", "content": null, "tool_calls": [{ "id": "c", "type": "function", "function": { "name": "look_up", "arguments": "{\"order\":7}" } }] },
            { "role": "tool", "tool_call_id": "c", "content": "{\"shipments\":2}" },
            { "role": "assistant", "content": [{ "type": "output_text", "text": "Here." }] },
        ]),
        // Anthropic, but for the role of the answer.
        json!({ "messages": [
            { "role": "user", "content": [{ "type": "text", "text": "Where is 7?" }] },
            { "role": "assistant", "content": [{ "type": "tool_use", "id": "c", "name": "look_up", "input": { "order": 7 } }] },
            { "role": "tool", "content": [{ "type": "tool_result", "tool_use_id": "c", "content": { "shipments": 2 } }] },
            { "role": "assistant", "content": "Here." },
        ] }),
        // Vercel.
        json!([
            { "role": "user", "content": [{ "type": "text", "text": "Where is 7?" }] },
            { "role": "assistant", "content": [{ "type": "tool-call", "toolCallId": "c", "toolName": "look_up", "input": { "order": 7 } }] },
            { "role": "tool", "content": [{ "type": "tool-result", "toolCallId": "c", "toolName": "look_up", "output": { "shipments": 2 } }] },
            { "role": "assistant", "content": [{ "type": "text", "text": "Here." }] },
        ]),
        // LangChain, a batch of one, and as its other objects.
        json!([[
            { "lc": 1, "type": "constructor", "kwargs": { "type": "human", "content": "Where is 7?" } },
            { "lc": 1, "type": "constructor", "kwargs": { "type": "ai", "content": "", "tool_calls": [{ "id": "c", "name": "look_up", "args": { "order": 7 } }] } },
            { "lc": 1, "type": "constructor", "kwargs": { "type": "tool", "content": "{\"shipments\":2}", "tool_call_id": "c" } },
            { "lc": 1, "type": "constructor", "kwargs": { "type": "ai", "content": "Here." } },
        ]]),
        json!({ "messages": [
            { "type": "human", "data": { "type": "human", "content": "Where is 7?" } },
            { "type": "ai", "data": { "type": "ai", "content": "", "tool_calls": [{ "id": "c", "name": "look_up", "args": { "order": 7 } }] } },
            { "type": "tool", "data": { "type": "tool", "content": "{\"shipments\":2}", "tool_call_id": "c" } },
            { "type": "ai", "data": { "type": "ai", "content": "Here." } },
        ] }),
        // Strands, parts as JSON in a text.
        json!([
            { "role": "user", "content": "[{\"text\":\"Where is 7?\"}]" },
            { "role": "assistant", "content": [{ "toolUse": { "toolUseId": "c", "name": "look_up", "input": { "order": 7 } } }] },
            { "role": "tool", "content": [{ "toolResult": { "toolUseId": "c", "content": { "shipments": 2 } } }] },
            { "role": "assistant", "message": "[{\"text\":\"Here.\"}]" },
        ]),
    ] {
        let mut read = messages(&form);
        // An empty text beside a call says nothing.
        for message in &mut read {
            message.parts.retain(|part| *part != text(""));
        }
        assert_eq!(read, whole_talk(), "{form}");
        assert_eq!(said(&form, Side::Input).as_deref(), Some("Where is 7?"));
        assert_eq!(said(&form, Side::Output).as_deref(), Some("Here."));
    }
}

#[test]
fn messages_that_were_taken_apart_are_put_together() {
    let of_openinference = json!({
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.contents.0.message_content.type": "text",
        "llm.input_messages.0.message.contents.0.message_content.text": "Where is 7?",
        "llm.input_messages.2.message.role": "assistant",
        "llm.input_messages.2.message.tool_calls.1.tool_call.id": "c",
        "llm.input_messages.2.message.tool_calls.1.tool_call.function.name": "look_up",
        "llm.input_messages.2.message.tool_calls.1.tool_call.function.arguments": "{\"order\":7}",
        "llm.input_messages.10.message.role": "tool",
        "llm.input_messages.10.message.tool_call_id": "c",
        "llm.input_messages.10.message.content": "{\"shipments\":2}",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "Here.",
        "llm.input_messages.11.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a": "too deep",
    });
    let of_openllmetry = json!({
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "Where is 7?",
        "gen_ai.prompt.1.role": "assistant",
        "gen_ai.prompt.1.tool_calls.0.id": "c",
        "gen_ai.prompt.1.tool_calls.0.name": "look_up",
        "gen_ai.prompt.1.tool_calls.0.arguments": "{\"order\":7}",
        "gen_ai.prompt.2.role": "tool",
        "gen_ai.prompt.2.tool_call_id": "c",
        "gen_ai.prompt.2.content": "{\"shipments\":2}",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "Here.",
    });
    for attributes in [of_openinference, of_openllmetry] {
        let exchange = exchange(&data(1, None, (0, 1), attributes));
        let read = [exchange.input, exchange.output].into_iter().flatten().flat_map(|side| messages(&side));
        assert_eq!(read.collect::<Vec<_>>(), whole_talk());
    }
}

#[test]
fn roles_alone_are_no_messages() {
    let attributes = json!({ "llm.input_messages.0.message.role": "user", "input.value": "Where is 7?" });
    assert_eq!(exchange(&data(1, None, (0, 1), attributes)).input, Some(json!("Where is 7?")));
}

#[test]
fn messages_come_as_events_too() {
    let mut span = data(1, None, (0, 1), json!({}));
    let event = |name: &str, attributes: Value| {
        let attributes: Attributes = serde_json::from_value(attributes).unwrap();
        Event { at: start(), number: 0, name: name.to_owned(), attributes }
    };
    span.events = vec![
        event("gen_ai.user.message", json!({ "content": "[{\"text\":\"Where is 7?\"}]" })),
        event(
            "gen_ai.assistant.message",
            json!({ "tool_calls": "[{\"id\":\"c\",\"function\":{\"name\":\"look_up\",\"arguments\":\"{\\\"order\\\":7}\"}}]" }),
        ),
        event("gen_ai.tool.message", json!({ "id": "c", "content": "{\"shipments\":2}" })),
        event("gen_ai.choice", json!({ "index": 0, "message": "{\"role\":\"assistant\",\"content\":\"Here.\"}" })),
        event("exception", json!({ "message": "none of them" })),
    ];
    let read = exchange(&span);
    let read = [read.input, read.output].into_iter().flatten().flat_map(|side| messages(&side));
    assert_eq!(read.collect::<Vec<_>>(), whole_talk());

    span.events = vec![event(
        "gen_ai.client.inference.operation.details",
        json!({ "gen_ai.input.messages": [{ "role": "user", "parts": [{ "type": "text", "content": "Hi" }] }] }),
    )];
    assert_eq!(said(&exchange(&span).input.unwrap(), Side::Input).as_deref(), Some("Hi"));
}

#[test]
fn what_was_said_is_found_in_what_is_around_it() {
    for (value, side, expected) in [
        (json!("Where is 7?"), Side::Input, Some("Where is 7?")),
        (json!({ "prompt": "Where is 7?", "system": "Help." }), Side::Input, Some("Where is 7?")),
        (
            json!({ "inputs": { "messages": [{ "role": "user", "content": "Hi" }] }, "tags": [] }),
            Side::Input,
            Some("Hi"),
        ),
        (
            json!({ "outputs": [{ "update": { "messages": [{ "role": "assistant", "content": "Hi" }] } }] }),
            Side::Output,
            Some("Hi"),
        ),
        (json!([{ "role": "user", "content": "Hi" }]), Side::Output, None),
        (json!([{ "role": "user", "content": "{\"order\": 7}" }]), Side::Input, Some("{\"order\": 7}")),
        (json!("{\"question\": \"Hi\"}"), Side::Input, Some("Hi")),
        (json!({ "order": 7 }), Side::Input, Some("{\"order\":7}")),
        (json!(" "), Side::Input, None),
        (json!(null), Side::Input, None),
    ] {
        assert_eq!(said(&value, side).as_deref(), expected, "{value}");
    }
}
