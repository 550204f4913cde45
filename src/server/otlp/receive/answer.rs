//! What an export request is answered with: nothing, or how much of it was left out and why.

use super::{Encoding, Received};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use prost::Message;

/// The body of an answer with status 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub content_type: &'static str,
    pub body: Vec<u8>,
}

/// Answers `/v1/traces` in the encoding of the request.
pub fn answer_traces(received: &Received, encoding: Encoding) -> Answer {
    if received.rejected.is_empty() {
        return nothing(encoding);
    }
    let reasons = received.rejected.iter().map(|(rejection, count)| format!("{count} × {rejection}"));
    let partial_success = ExportTracePartialSuccess {
        rejected_spans: received.rejected.values().sum(),
        error_message: reasons.collect::<Vec<_>>().join("; "),
    };
    let response = ExportTraceServiceResponse { partial_success: Some(partial_success) };
    let body = match encoding {
        Encoding::Protobuf => response.encode_to_vec(),
        // Numbers and text can always be written.
        Encoding::Json => serde_json::to_vec(&response).unwrap_or_default(),
    };
    Answer { content_type: encoding.content_type(), body }
}

/// Answers that all of a request is stored; so does every answer to `/v1/logs` and `/v1/metrics`.
pub fn nothing(encoding: Encoding) -> Answer {
    let body = match encoding {
        Encoding::Protobuf => Vec::new(),
        Encoding::Json => b"{}".to_vec(),
    };
    Answer { content_type: encoding.content_type(), body }
}
