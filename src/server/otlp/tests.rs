//! Whole runs: of what real clients sent, of hand-made spans for each rule, in every order, and of hostile ones.

use super::{
    identity::{RunIdentity, run_keys},
    receive::{Encoding, logs, traces},
    run::{MappedRun, run_of},
    span::{Attributes, Kind, Scope, Span, SpanData, SpanId, Status, StatusCode, TraceId},
};
use crate::domain::{document::RunDocument, ids::OrganizationId, time::Timestamp};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

mod clients;
mod files;
mod hostile;
mod naming;
mod order;
mod rules;
mod tokens;

pub(super) const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(7));

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When the runs of these tests begin.
pub(super) fn start() -> Timestamp {
    at("2026-11-25T15:00:00Z")
}

/// A body that a client sent, as the spans of each of its traces.
pub(super) fn by_trace(body: &[u8], encoding: Encoding) -> BTreeMap<TraceId, Vec<Span>> {
    let received = traces(body, encoding, at("2026-11-26T00:00:00Z")).unwrap();
    assert!(received.rejected.is_empty());
    let mut spans = BTreeMap::<TraceId, Vec<Span>>::new();
    for span in received.spans {
        spans.entry(span.data.trace_id).or_default().push(span);
    }
    spans
}

/// The run of all spans of one trace.
pub(super) fn map(spans: &[Span], is_stale: bool) -> Option<MappedRun> {
    let key = run_keys(spans[0].data.trace_id, spans).remove(0);
    let run = run_of(&RunIdentity { organization_id: ORGANIZATION, key }, spans, is_stale)?;
    assert_eq!(run.write.document.faults(), []);
    Some(run)
}

/// As [`map`], where a run is expected.
pub(super) fn document(spans: &[Span]) -> RunDocument {
    map(spans, false).unwrap().write.document
}

pub(super) fn trace(id: u128) -> TraceId {
    TraceId::from_bytes(&id.to_be_bytes()).unwrap()
}

pub(super) fn id(id: u64) -> SpanId {
    SpanId::from_bytes(&id.to_be_bytes()).unwrap()
}

/// A span of trace 1 that ended well, from its number's second to that of its end.
pub(super) fn data(number: u64, parent: Option<u64>, seconds: (i64, i64), attributes: Value) -> SpanData {
    let after = |seconds: i64| start().plus(TimeDelta::seconds(seconds));
    let attributes: Attributes = serde_json::from_value(attributes).unwrap();
    SpanData {
        trace_id: trace(1),
        span_id: id(number),
        parent_id: parent.map(id),
        has_remote_parent: false,
        name: format!("span {number}"),
        kind: Kind::Internal,
        started_at: after(seconds.0),
        ended_at: Some(after(seconds.1)),
        status: Status::default(),
        scope: Scope::default(),
        resource: BTreeMap::from([("service.name".to_owned(), json!("desk"))]),
        attributes,
        events: Vec::new(),
        links: Vec::new(),
    }
}

/// Received ten minutes after the start.
pub(super) fn received(data: SpanData) -> Span {
    Span::received(data, true, start().plus(TimeDelta::minutes(10)))
}

pub(super) fn span(number: u64, parent: Option<u64>, seconds: (i64, i64), attributes: Value) -> Span {
    received(data(number, parent, seconds, attributes))
}

pub(super) fn failed(mut data: SpanData, message: &str) -> Span {
    data.status = Status { code: StatusCode::Error, message: message.to_owned() };
    received(data)
}

/// The attributes of an agent's span, and more.
pub(super) fn agent(attributes: Value) -> Value {
    with(json!({ "gen_ai.operation.name": "invoke_agent" }), attributes)
}

/// The attributes of a model's span, and more.
pub(super) fn model(attributes: Value) -> Value {
    with(json!({ "gen_ai.operation.name": "chat" }), attributes)
}

pub(super) fn with(mut one: Value, other: Value) -> Value {
    one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    one
}
