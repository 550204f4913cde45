use super::*;
use crate::server::otlp::tests::{document, span, start};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceResponse,
    common::v1::{AnyValue, ArrayValue, KeyValue, any_value},
    trace::v1::{ResourceSpans, ScopeSpans, Span as WireSpan},
};
use serde_json::{Value, json};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn json_traces(span: &Value) -> Result<Received, ReceiveError> {
    let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span] }] }] });
    traces(body.to_string().as_bytes(), Encoding::Json, start())
}

fn request(spans: Vec<WireSpan>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    ExportTraceServiceRequest { resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }] }
}

#[test]
fn a_type_is_taken_whatever_its_parameters() {
    for (content_type, encoding) in [
        ("application/x-protobuf", Ok(Encoding::Protobuf)),
        ("application/json; charset=utf-8", Ok(Encoding::Json)),
        (" Application/JSON ;q=1", Ok(Encoding::Json)),
        ("application/grpc", Err(ReceiveError::UnknownType)),
        ("text/plain; application/json", Err(ReceiveError::UnknownType)),
        ("", Err(ReceiveError::UnknownType)),
    ] {
        assert_eq!(Encoding::from_content_type(content_type), encoding, "{content_type}");
    }
}

#[test]
fn both_encodings_say_the_same() {
    let body = include_bytes!("../../../../tests/fixtures/otlp/vercel-ai.json");
    let request: ExportTraceServiceRequest = serde_json::from_slice(body).unwrap();
    let from_json = traces(body, Encoding::Json, start()).unwrap();
    let from_protobuf = traces(&request.encode_to_vec(), Encoding::Protobuf, start()).unwrap();
    assert_eq!((from_json.spans.len(), from_json.spans), (4, from_protobuf.spans));

    let body = include_bytes!("../../../../tests/fixtures/otlp/pydantic-ai.pb");
    let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
    let from_protobuf = traces(body, Encoding::Protobuf, start()).unwrap();
    let from_json = traces(&serde_json::to_vec(&request).unwrap(), Encoding::Json, start()).unwrap();
    assert_eq!((from_protobuf.spans.len(), from_protobuf.spans), (7, from_json.spans));
}

#[test]
fn json_is_taken_as_clients_write_it() {
    let received = json_traces(&json!({
        "traceId": TRACE.to_uppercase(), "spanId": "b7ad6b7169203331", "parentSpanId": null, "name": "chat",
        "kind": "SPAN_KIND_CLIENT", "startTimeUnixNano": 1_795_618_800_000_000_000_i64,
        "endTimeUnixNano": "1795618801000000000", "flags": "256", "links": null, "droppedEventsCount": "0", "unknown": {},
        "status": { "code": "STATUS_CODE_ERROR", "message": null },
        "attributes": [
            null,
            { "key": "double", "value": { "doubleValue": "NaN" } },
            { "key": "whole", "value": { "intValue": "7" } },
            { "key": "point", "value": { "intValue": 7.0 } },
            { "key": "large", "value": { "intValue": 1e30 } },
            { "key": "text", "value": { "doubleValue": "1.5" } },
            { "key": "odd", "value": { "boolValue": "yes" } },
            { "key": "list", "value": { "arrayValue": { "values": [{ "intValue": 1 }, null, {}] } } },
            { "key": "none", "value": null },
            { "key": "kind", "value": { "stringValue": "SPAN_KIND_CLIENT" } },
        ],
    }))
    .unwrap();
    let data = &received.spans[0].data;
    assert_eq!((data.trace_id.to_string().as_str(), data.parent_id, data.name.as_str()), (TRACE, None, "chat"));
    assert_eq!((data.started_at, data.ended_at.unwrap().millis_since(data.started_at)), (start(), 1_000));
    assert_eq!((json!(data.kind), json!(data.status.code)), (json!("client"), json!("error")));
    assert_eq!(
        json!(data.attributes),
        json!({
            "double": "NaN", "whole": 7, "point": 7, "large": "1e+30", "text": 1.5, "odd": "yes", "list": [1, null],
            "kind": "SPAN_KIND_CLIENT"
        })
    );
}

#[test]
fn a_pending_span_is_the_beginning_of_the_one_around_it() {
    let attribute = |key: &str, text: &str| json!({ "key": key, "value": { "stringValue": text } });
    let pending = |parent: &str| {
        let attributes =
            [attribute("logfire.span_type", "pending_span"), attribute("logfire.pending_parent_id", parent)];
        let ids = json!({ "traceId": TRACE, "spanId": "00000000000000aa", "parentSpanId": "00000000000000bb" });
        let mut span = json!({ "startTimeUnixNano": "1795618800000000000", "endTimeUnixNano": "1795618800000000000" });
        span["attributes"] = json!(attributes);
        span.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
        json_traces(&span).unwrap().spans.remove(0).data
    };
    let root = pending("0000000000000000");
    assert_eq!((root.span_id.to_string().as_str(), root.parent_id, root.ended_at), ("00000000000000bb", None, None));
    assert_eq!(pending("00000000000000cc").parent_id.map(|id| id.to_string()).as_deref(), Some("00000000000000cc"));
}

#[test]
fn half_an_emoji_takes_nothing_else_away() {
    let body = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{TRACE}","spanId":"b7ad6b7169203331",
           "name":"\ud83d","attributes":[{{"key":"a","value":{{"stringValue":"\\ud83d \ud83d\ude00 \ude00\"é"}}}}]}}]}}]}}]}}"#
    );
    let received = traces(body.as_bytes(), Encoding::Json, start()).unwrap();
    let data = &received.spans[0].data;
    assert_eq!((data.name.as_str(), data.attributes["a"].as_str()), ("\u{FFFD}", Some("\\ud83d 😀 \u{FFFD}\"é")));
    assert_eq!(data.started_at, start());
}

#[test]
fn a_span_without_proper_ids_is_left_out_and_the_others_stay() {
    let wire = |trace: usize, span: usize, parent: usize| WireSpan {
        trace_id: vec![1; trace],
        span_id: vec![1; span],
        parent_span_id: vec![1; parent],
        ..WireSpan::default()
    };
    let zero = WireSpan { trace_id: vec![0; 16], ..wire(0, 8, 0) };
    let no_parent = WireSpan { parent_span_id: vec![0; 8], ..wire(16, 8, 0) };
    let spans = vec![wire(16, 8, 8), wire(15, 8, 0), wire(16, 9, 0), wire(16, 8, 7), zero, no_parent];
    let received = traces(&request(spans).encode_to_vec(), Encoding::Protobuf, start()).unwrap();
    assert_eq!(received.spans.len(), 2);
    let counts = [(Rejection::TraceId, 2), (Rejection::SpanId, 1), (Rejection::ParentId, 1)];
    assert_eq!(received.rejected, BTreeMap::from(counts));

    let words = "2 × the trace id is not 16 bytes, or all zero; 1 × the span id is not 8 bytes, or all zero; \
                 1 × the id of the parent is not 8 bytes";
    let answer = answer_traces(&received, Encoding::Protobuf);
    let response = ExportTraceServiceResponse::decode(answer.body.as_slice()).unwrap();
    let partial = response.partial_success.unwrap();
    assert_eq!((partial.rejected_spans, partial.error_message.as_str()), (4, words));
    let answer = answer_traces(&received, Encoding::Json);
    let response: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(response, json!({ "partialSuccess": { "rejectedSpans": 4, "errorMessage": words } }));
    assert_eq!(answer.content_type, "application/json");

    let received = json_traces(&json!({ "traceId": "zz", "spanId": "b7ad6b7169203331" })).unwrap();
    assert_eq!(received.rejected, BTreeMap::from([(Rejection::TraceId, 1)]));
    let all_well = answer_traces(&Received::default(), Encoding::Json);
    assert_eq!(
        (all_well.body.as_slice(), answer_traces(&Received::default(), Encoding::Protobuf).body),
        (b"{}".as_slice(), vec![])
    );
}

#[test]
fn what_is_no_request_is_refused() {
    let deep = |depth: usize| {
        let inner = (0..depth).fold(AnyValue::default(), |inner, _| AnyValue {
            value: Some(any_value::Value::ArrayValue(ArrayValue { values: vec![inner] })),
        });
        let attributes = vec![KeyValue { key: "a".to_owned(), value: Some(inner), ..KeyValue::default() }];
        request(vec![WireSpan { trace_id: vec![1; 16], span_id: vec![1; 8], attributes, ..WireSpan::default() }])
    };
    let of = |body: &[u8], encoding| traces(body, encoding, start()).map(|received| received.spans.len());
    assert_eq!(of(&deep(40).encode_to_vec(), Encoding::Protobuf), Ok(1));
    assert_eq!(of(&deep(60).encode_to_vec(), Encoding::Protobuf), Err(ReceiveError::Undecodable));
    assert_eq!(of(b"", Encoding::Protobuf), Ok(0));
    assert_eq!(of(b"{}", Encoding::Json), Ok(0));
    for body in ["", "[]", "null", "{", r#"{"resourceLogs":[]}"#, r#"{"resourceSpans":7}"#] {
        assert_eq!(of(body.as_bytes(), Encoding::Json), Err(ReceiveError::Undecodable), "{body}");
    }
    let nested = "[".repeat(200) + &"]".repeat(200);
    assert_eq!(
        of(format!(r#"{{"resourceSpans":{nested}}}"#).as_bytes(), Encoding::Json),
        Err(ReceiveError::Undecodable)
    );
    assert_eq!(of(b"\xff\xff\xff\xff", Encoding::Protobuf), Err(ReceiveError::Undecodable));
}

#[test]
fn log_records_of_a_model_join_its_span_whichever_comes_first() {
    let ids = json!({ "traceId": "00000000000000000000000000000001", "spanId": "0000000000000001" });
    let record = |name: &str, body: Value, in_attribute: bool| {
        let mut record = ids.clone();
        record["timeUnixNano"] = json!("1795618800500000000");
        record["body"] = body;
        if in_attribute {
            record["attributes"] = json!([{ "key": "event.name", "value": { "stringValue": name } }]);
        } else {
            record["eventName"] = json!(name);
        }
        record
    };
    let text = |text: &str| json!({ "stringValue": text });
    let object = |members: Value| json!({ "kvlistValue": { "values": members } });
    let message = object(json!([{ "key": "content", "value": text("It left twice.") }]));
    let body = json!({ "resourceLogs": [{ "scopeLogs": [{ "logRecords": [
        record("gen_ai.user.message", object(json!([{ "key": "content", "value": text("Where is it?") }])), false),
        record("gen_ai.choice", object(json!([{ "key": "message", "value": message }])), true),
        record("http.request", text("none of ours"), false),
        { "eventName": "gen_ai.choice", "body": text("of no span") },
    ] }] }] });
    let received = logs(body.to_string().as_bytes(), Encoding::Json, start()).unwrap();
    assert_eq!((received.spans.len(), received.rejected.len()), (1, 0));

    let told = span(1, None, (0, 1), json!({ "gen_ai.operation.name": "chat" }));
    let mut before = told.clone();
    let mut after = received.spans[0].clone();
    assert!(after.merge(told));
    received.spans.iter().for_each(|log| assert!(before.merge(log.clone())));
    assert_eq!(before, after);
    let document = document(&[after]);
    assert_eq!(document.input_message.as_deref(), Some("Where is it?"));
    assert_eq!(document.output_message.as_deref(), Some("It left twice."));
}
