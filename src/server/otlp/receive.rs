//! Bodies of export requests read into spans. A span that cannot be one is left out and counted; the others stay.

mod answer;
mod convert;
mod lenient;

pub use answer::{Answer, answer_traces, nothing};

use super::span::{Span, SpanData, SpanId, TraceId};
use crate::domain::time::Timestamp;
use opentelemetry_proto::tonic::collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest};
use prost::Message;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// How a body is written, which is also how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Protobuf,
    Json,
}

/// Why a body cannot be read at all. Says nothing of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiveError {
    /// Answered with 415.
    #[error("the content type must be application/x-protobuf or application/json")]
    UnknownType,
    /// Answered with 400.
    #[error("the body is not an export request of this kind, or it is nested too deeply")]
    Undecodable,
}

/// What a body holds.
#[derive(Debug, Default)]
pub struct Received {
    /// One account of each span, in the order of the body.
    pub spans: Vec<Span>,
    /// How many were left out, by the reason.
    pub rejected: BTreeMap<Rejection, i64>,
}

/// The most spans of one request.
const MAX_SPANS: usize = 20_000;

/// Why a span was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Rejection {
    #[error("the trace id is not 16 bytes, or all zero")]
    TraceId,
    #[error("the span id is not 8 bytes, or all zero")]
    SpanId,
    #[error("the id of the parent is not 8 bytes")]
    ParentId,
    #[error("there are more than {MAX_SPANS} spans in one request")]
    TooMany,
}

impl Encoding {
    /// From a `Content-Type`, whose parameters say nothing.
    pub fn from_content_type(content_type: &str) -> Result<Self, ReceiveError> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        [("application/x-protobuf", Self::Protobuf), ("application/json", Self::Json)]
            .into_iter()
            .find_map(|(name, encoding)| name.eq_ignore_ascii_case(essence).then_some(encoding))
            .ok_or(ReceiveError::UnknownType)
    }

    /// The `Content-Type` of an answer.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }

    /// Reads a message that is in JSON an object with the member `list`, or an empty one.
    fn decode<M: Message + Default + DeserializeOwned>(self, body: &[u8], list: &str) -> Result<M, ReceiveError> {
        match self {
            // Prost stops at a depth of 100, and serde_json at one of 128.
            Self::Protobuf => M::decode(body).map_err(|_| ReceiveError::Undecodable),
            Self::Json => {
                let value = lenient::canonical(lenient::read(body).map_err(|_| ReceiveError::Undecodable)?);
                let members = value.as_object().ok_or(ReceiveError::Undecodable)?;
                // An unknown member is passed by, so that logs would be taken for no spans.
                if !members.is_empty() && !members.contains_key(list) {
                    return Err(ReceiveError::Undecodable);
                }
                serde_json::from_value(value).map_err(|_| ReceiveError::Undecodable)
            }
        }
    }
}

/// Reads a body of `/v1/traces`, inflated, that came at `received_at`.
pub fn traces(body: &[u8], encoding: Encoding, received_at: Timestamp) -> Result<Received, ReceiveError> {
    let request: ExportTraceServiceRequest = encoding.decode(body, "resourceSpans")?;
    let mut received = Received::default();
    for of_resource in request.resource_spans {
        let resource = convert::shared(convert::attributes(of_resource.resource.unwrap_or_default().attributes));
        for of_scope in of_resource.scope_spans {
            let scope = convert::scope(of_scope.scope.unwrap_or_default());
            for span in of_scope.spans {
                if received.spans.len() >= MAX_SPANS {
                    *received.rejected.entry(Rejection::TooMany).or_default() += 1;
                    continue;
                }
                match convert::span(span, &scope, &resource, received_at) {
                    Ok(data) => received.spans.push(Span::received(data, true, received_at)),
                    Err(rejection) => *received.rejected.entry(rejection).or_default() += 1,
                }
            }
        }
    }
    Ok(received)
}

/// Reads a body of `/v1/logs` as accounts of the spans that its records name, each with one event: the messages of a
/// model, which some clients send like this. Other records are none of ours and passed by.
pub fn logs(body: &[u8], encoding: Encoding, received_at: Timestamp) -> Result<Received, ReceiveError> {
    let request: ExportLogsServiceRequest = encoding.decode(body, "resourceLogs")?;
    let mut accounts: BTreeMap<(TraceId, SpanId), SpanData> = BTreeMap::new();
    for of_resource in request.resource_logs {
        let resource = convert::shared(convert::attributes(of_resource.resource.unwrap_or_default().attributes));
        for of_scope in of_resource.scope_logs {
            let scope = convert::scope(of_scope.scope.unwrap_or_default());
            let records = of_scope.log_records.into_iter().enumerate();
            for data in records.filter_map(|record| convert::log(record, &scope, &resource, received_at)) {
                let key = (data.trace_id, data.span_id);
                if let Some(known) = accounts.get_mut(&key) {
                    convert::add_events(known, data);
                } else if accounts.len() < MAX_SPANS {
                    accounts.insert(key, data);
                }
            }
        }
    }
    let account = |mut data: SpanData| {
        data.put_in_order();
        Span::received(data, false, received_at)
    };
    Ok(Received { spans: accounts.into_values().map(account).collect(), ..Received::default() })
}

#[cfg(test)]
mod tests;
