//! A line of the waterfall: a step or a call of a tool, which opens to what went in and what came out.

use super::payload::{PayloadView, Payloads, as_text};
use crate::{
    domain::{
        duration,
        json::Json,
        payload::{CallPayload, Payload, PayloadKey, StepPayload},
        step::{StepLog, StepState},
        text::cut,
        time::Timestamp,
        waterfall::{Span, Stretch},
    },
    ui::{
        hooks::{hydrated::use_hydrated, landing::bring_into_sight, opened::use_opened},
        kit::bar::Bar,
    },
};
use leptos::{
    either::{Either, EitherOf3},
    html,
    prelude::*,
};
use std::sync::Arc;

/// How far a line may be indented; deeper ones stand as far in.
const DEEPEST: usize = 6;
/// How much of an error stands in the line itself, in characters.
const ERROR_IN_LINE: usize = 300;

/// How a line is when it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Closed,
    Open,
    /// Open, and brought into sight.
    InSight,
}

/// What a line says before it is opened.
struct Head {
    name: String,
    /// How it went, for those who do not see its colour.
    state: String,
    /// The class of the mark before the name, which is a dot but for a call that worked.
    mark: &'static str,
    time: Option<String>,
    stretch: Signal<Option<Stretch>>,
    lane: &'static str,
    depth: usize,
}

/// A payload of a line: which, by what name, and what of it is here.
type Part = (PayloadKey, &'static str, Option<Payload>);

/// A step.
#[component]
pub fn StepLine(step: Arc<StepLog>, depth: usize, span: Memo<Span>, is_cause: bool, start: Start) -> impl IntoView {
    let (state, mark) = match step.state() {
        StepState::Completed => ("completed", "status-dot step-completed"),
        StepState::Running => ("running", "status-dot step-running"),
        StepState::Failed => ("failed", "status-dot step-failed"),
        StepState::Off => (step.status.as_deref().unwrap_or_default(), "status-dot"),
    };
    let head = Head {
        name: step.label().to_owned(),
        state: state.to_owned(),
        mark,
        time: step.millis().map(duration::label),
        stretch: place(span, step.started_at, step.ended_at),
        lane: if step.has_failed() { "step-lane bar-bad" } else { "step-lane bar-step" },
        depth,
    };
    // A step often fails with the words of its tool, which stand below it anyway.
    let is_own = |error: &&String| !step.tool_calls.iter().any(|call| call.error.as_ref() == Some(*error));
    let error = step.error.as_ref().filter(is_own).cloned();
    let key = |kind| PayloadKey::Step(step.id.clone(), kind);
    let parts = vec![
        (key(StepPayload::Input), "Input", json(step.input.as_ref())),
        (key(StepPayload::Output), "Output", json(step.output.as_ref())),
        (key(StepPayload::Error), "Error", long_error(error.as_ref())),
    ];
    view! { <OpeningLine head error parts class="step" is_cause start /> }
}

/// A call of a tool.
#[component]
pub fn CallLine(
    step: Arc<StepLog>,
    call: usize,
    depth: usize,
    span: Memo<Span>,
    is_cause: bool,
    start: Start,
) -> impl IntoView {
    let call = step.tool_calls.get(call)?;
    let has_failed = call.error.is_some();
    let head = Head {
        name: call.name.clone(),
        state: if has_failed { "tool, failed" } else { "tool" }.to_owned(),
        mark: if has_failed { "status-dot step-failed" } else { "step-tool" },
        time: call.millis().map(duration::label),
        stretch: place(span, call.started_at, call.ended_at),
        lane: if has_failed { "step-lane bar-bad" } else { "step-lane bar-tool" },
        depth,
    };
    let key = |kind| PayloadKey::Call(step.id.clone(), call.id.clone(), kind);
    let parts = vec![
        (key(CallPayload::Arguments), "Arguments", json(call.arguments.as_ref())),
        (key(CallPayload::Result), "Result", json(call.result.as_ref())),
        (key(CallPayload::Error), "Error", long_error(call.error.as_ref())),
    ];
    let error = call.error.clone();
    Some(view! { <OpeningLine head error parts class="step step-call" is_cause start /> })
}

fn json(json: Option<&Json>) -> Option<Payload> {
    json.cloned().map(Payload::Json)
}

/// An error that the line does not say whole.
fn long_error(error: Option<&String>) -> Option<Payload> {
    error.filter(|error| cut(error, ERROR_IN_LINE).len() < error.len()).cloned().map(Payload::Text)
}

/// Where something lies in a lane that grows with what comes later.
fn place(span: Memo<Span>, started: Option<Timestamp>, ended: Option<Timestamp>) -> Signal<Option<Stretch>> {
    Signal::derive(move || span.get().place(started, ended))
}

/// The line, and below it what opens.
#[component]
fn OpeningLine(
    head: Head,
    error: Option<String>,
    parts: Vec<Part>,
    class: &'static str,
    is_cause: bool,
    start: Start,
) -> impl IntoView {
    let payloads: Payloads = expect_context();
    let parts: Vec<Part> =
        parts.into_iter().filter(|(key, _, part)| part.is_some() || payloads.bytes(key).is_some()).collect();
    let depth = format!("step-depth-{}", head.depth.min(DEEPEST));
    let error = error.map(|error| {
        let short = cut(&error, ERROR_IN_LINE);
        let short = if short.len() < error.len() { format!("{short}…") } else { short.to_owned() };
        view! {
            <p class="step-error" dir="auto">
                {short}
            </p>
        }
    });
    let line = view! { <Line head /> };
    let is_open = start != Start::Closed;
    let item = NodeRef::<html::Div>::new();
    if start == Start::InSight {
        bring_into_sight(item);
    }
    let content = if parts.is_empty() {
        Either::Left(view! { <div class="step-line">{line}</div> })
    } else {
        let (details, was_opened, toggled) = use_opened(is_open);
        let hydrated = use_hydrated();
        let parts = StoredValue::new(parts);
        let body = move || match (was_opened.get(), hydrated.get()) {
            (true, _) => {
                let parts = parts.get_value().into_iter();
                let parts =
                    parts.map(|(key, label, payload)| view! { <PayloadView key label payload /> }).collect_view();
                EitherOf3::A(view! { <div class="step-body">{parts}</div> })
            }
            // Who has no script opens it all the same.
            (false, false) => EitherOf3::B(parts.with_value(|parts| {
                let plain = parts.iter().filter_map(|(_, label, payload)| Some((*label, as_text(payload.as_ref()?))));
                let plain = plain.map(|(label, text)| view! { <h2>{label}</h2> <pre dir="auto">{text}</pre> });
                view! { <div class="step-body">{plain.collect_view()}</div> }
            })),
            (false, true) => EitherOf3::C(()),
        };
        Either::Right(view! {
            <details node_ref=details open=is_open on:toggle=toggled>
                <summary class="step-line">{line}</summary>
                {body}
            </details>
        })
    };
    view! {
        <div role="listitem" class=format!("{class} {depth}") class:step-cause=is_cause node_ref=item>
            {content}
            {error}
        </div>
    }
}

/// What stands in a line: a mark with how it went, the name, the lane and the time. Few elements, as there may be a
/// thousand lines.
#[component]
fn Line(head: Head) -> impl IntoView {
    let Head { name, state, mark, time, stretch, lane, .. } = head;
    view! {
        <span class="step-name">
            <span class=mark role="img" aria-label=state></span>
            <span class="step-label">{name}</span>
        </span>
        <Bar stretch class=lane />
        <span class="step-time">{time}</span>
    }
}
