//! Messages of the protocol made into what is stored.

use super::Rejection;
use crate::{
    domain::{text::cut, time::Timestamp},
    server::otlp::span::{Attributes, Event, Kind, Link, Scope, SpanData, SpanId, Status, StatusCode, TraceId},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use opentelemetry_proto::tonic::{
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value},
    logs::v1::LogRecord,
    trace::v1::{Span as WireSpan, span::SpanKind, status::StatusCode as WireCode},
};
use serde_json::{Number, Value};

/// Bytes of attributes that each span repeats, and of the name of what made it.
const MAX_SHARED: usize = 16 * 1024;
const MAX_NAME: usize = 400;
/// Events that one request adds to a span by log records.
const MAX_EVENTS: usize = 10_000;

/// `SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK` and `SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK` of the protocol.
const REMOTE_PARENT: u32 = 0x300;

/// Reads a span.
pub(super) fn span(
    span: WireSpan,
    scope: &Scope,
    resource: &Attributes,
    received_at: Timestamp,
) -> Result<SpanData, Rejection> {
    let ended_at = time(span.end_time_unix_nano);
    let kind = match span.kind() {
        SpanKind::Unspecified => Kind::Unspecified,
        SpanKind::Internal => Kind::Internal,
        SpanKind::Server => Kind::Server,
        SpanKind::Client => Kind::Client,
        SpanKind::Producer => Kind::Producer,
        SpanKind::Consumer => Kind::Consumer,
    };
    let status = span.status.unwrap_or_default();
    let code = match status.code() {
        WireCode::Unset => StatusCode::Unset,
        WireCode::Ok => StatusCode::Ok,
        WireCode::Error => StatusCode::Error,
    };
    let mut data = SpanData {
        trace_id: TraceId::from_bytes(&span.trace_id).ok_or(Rejection::TraceId)?,
        span_id: SpanId::from_bytes(&span.span_id).ok_or(Rejection::SpanId)?,
        parent_id: parent(&span.parent_span_id)?,
        has_remote_parent: span.flags & REMOTE_PARENT == REMOTE_PARENT,
        name: span.name,
        kind,
        started_at: time(span.start_time_unix_nano).or(ended_at).unwrap_or(received_at),
        ended_at,
        status: Status { code, message: status.message },
        scope: scope.clone(),
        resource: resource.clone(),
        attributes: attributes(span.attributes),
        events: span
            .events
            .into_iter()
            .enumerate()
            .map(|(number, event)| Event {
                at: time(event.time_unix_nano).unwrap_or(received_at),
                number,
                name: event.name,
                attributes: attributes(event.attributes),
            })
            .collect(),
        links: span
            .links
            .into_iter()
            .filter_map(|link| {
                Some(Link {
                    trace_id: TraceId::from_bytes(&link.trace_id)?,
                    span_id: SpanId::from_bytes(&link.span_id)?,
                    attributes: attributes(link.attributes),
                })
            })
            .collect(),
    };
    data.put_in_order();
    Ok(begun(data))
}

/// Logfire tells of the beginning of a span by another one inside it.
fn begun(data: SpanData) -> SpanData {
    let text = |name: &str| data.attributes.get(name).and_then(Value::as_str);
    match data.parent_id {
        Some(real) if text("logfire.span_type") == Some("pending_span") => {
            let parent_id = text("logfire.pending_parent_id").and_then(|id| id.parse().ok());
            SpanData { span_id: real, parent_id, ended_at: None, ..data }
        }
        _ => data,
    }
}

/// What a log record says of its span: one event, named as the record's. `None` for records without a span, and those
/// that do not tell of a call of a model.
pub(super) fn log(
    (number, record): (usize, LogRecord),
    scope: &Scope,
    resource: &Attributes,
    received_at: Timestamp,
) -> Option<SpanData> {
    let mut attributes = attributes(record.attributes);
    // Before records had a field for it, their name was an attribute.
    let name = Some(record.event_name)
        .filter(|name| !name.is_empty())
        .or_else(|| attributes.get("event.name").and_then(Value::as_str).map(str::to_owned))?;
    if !name.starts_with("gen_ai.") {
        return None;
    }
    match record.body.map(value) {
        Some(Value::Object(members)) => attributes.extend(members),
        Some(Value::Null) | None => {}
        Some(content) => drop(attributes.insert("content".to_owned(), content)),
    }
    let at = time(record.time_unix_nano).or_else(|| time(record.observed_time_unix_nano)).unwrap_or(received_at);
    Some(SpanData {
        trace_id: TraceId::from_bytes(&record.trace_id)?,
        span_id: SpanId::from_bytes(&record.span_id)?,
        parent_id: None,
        has_remote_parent: false,
        name: String::new(),
        kind: Kind::Unspecified,
        started_at: at,
        ended_at: None,
        status: Status::default(),
        scope: scope.clone(),
        resource: resource.clone(),
        attributes: Attributes::new(),
        events: vec![Event { at, number, name, attributes }],
        links: Vec::new(),
    })
}

/// Adds the events of another account of a span, as many as are kept of one.
pub(super) fn add_events(known: &mut SpanData, other: SpanData) {
    let room = MAX_EVENTS.saturating_sub(known.events.len());
    known.started_at = known.started_at.min(other.started_at);
    known.events.extend(other.events.into_iter().take(room));
}

/// The id of a parent; a root has none or, from some clients, one that is all zero.
fn parent(bytes: &[u8]) -> Result<Option<SpanId>, Rejection> {
    match bytes.len() {
        0 | 8 => Ok(SpanId::from_bytes(bytes)),
        _ => Err(Rejection::ParentId),
    }
}

pub(super) fn scope(scope: InstrumentationScope) -> Scope {
    let short = |text: String| cut(&text, MAX_NAME).to_owned();
    let attributes = shared(attributes(scope.attributes));
    Scope { name: short(scope.name), version: short(scope.version), attributes }
}

pub(super) fn attributes(pairs: Vec<KeyValue>) -> Attributes {
    let pairs = pairs.into_iter().filter_map(|pair| Some((pair.key, value(pair.value?))));
    pairs.filter(|(_, value)| !value.is_null()).collect()
}

// As deep as the reader of the body lets values be.
fn value(any: AnyValue) -> Value {
    match any.value {
        Some(any_value::Value::StringValue(text)) => Value::String(text),
        Some(any_value::Value::BoolValue(is)) => Value::Bool(is),
        Some(any_value::Value::IntValue(number)) => Value::from(number),
        Some(any_value::Value::DoubleValue(number)) => Number::from_f64(number).map_or_else(
            || {
                let text = if number.is_nan() {
                    "NaN"
                } else if number > 0.0 {
                    "Infinity"
                } else {
                    "-Infinity"
                };
                Value::from(text)
            },
            Value::Number,
        ),
        Some(any_value::Value::ArrayValue(array)) => array.values.into_iter().map(value).collect(),
        Some(any_value::Value::KvlistValue(list)) => {
            list.values.into_iter().filter_map(|pair| Some((own_key(pair.key), value(pair.value?)))).collect()
        }
        Some(any_value::Value::BytesValue(bytes)) => Value::String(STANDARD.encode(bytes)),
        // An index into a table that only profiles have.
        Some(any_value::Value::StringValueStrindex(_)) | None => Value::Null,
    }
}

/// A name that our reader of JSON would take for its own, and then not find what it means by it, gets another.
fn own_key(key: String) -> String {
    if key.starts_with("$serde_json::") { format!("_{key}") } else { key }
}

/// Attributes that each span repeats, as many as are kept of them.
pub(super) fn shared(mut attributes: Attributes) -> Attributes {
    let mut bytes = 0;
    attributes.retain(|key, value| {
        bytes += key.len() + value.as_str().map_or_else(|| value.to_string().len(), str::len);
        bytes <= MAX_SHARED
    });
    attributes
}

fn time(nanos: u64) -> Option<Timestamp> {
    let micros = i64::try_from(nanos / 1_000).ok().filter(|micros| *micros > 0)?;
    Timestamp::from_micros(micros).ok()
}
