//! JSON as clients write it made into what the decoder of the protocol takes. Left to itself it fails a whole request
//! for one `null`, the name of an enum, `NaN`, or a whole number with a point.

use opentelemetry_proto::tonic::{
    logs::v1::SeverityNumber,
    trace::v1::{span::SpanKind, status::StatusCode},
};
use serde_json::{Map, Value};

/// Reads a body. Half an emoji, which JavaScript writes where a text was cut, is read as U+FFFD.
pub(super) fn read(body: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(body).or_else(|error| {
        let mended = without_lone_surrogates(body);
        if mended == body { Err(error) } else { serde_json::from_slice(&mended) }
    })
}

fn without_lone_surrogates(body: &[u8]) -> Vec<u8> {
    let surrogate = |at: usize, halves: std::ops::Range<u16>| {
        let digits = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
        let unit = u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        halves.contains(&unit).then_some(())
    };
    let mut mended = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let is_first = surrogate(at, 0xD800..0xDC00).is_some();
        let length = match body[at] {
            b'\\' if is_first && surrogate(at + 6, 0xDC00..0xE000).is_some() => 12,
            b'\\' if is_first || surrogate(at, 0xDC00..0xE000).is_some() => {
                mended.extend(b"\\ufffd");
                at += 6;
                continue;
            }
            b'\\' => 2,
            _ => 1,
        };
        mended.extend(&body[at..body.len().min(at + length)]);
        at += length;
    }
    mended
}

/// The same message in the one form that is always decoded.
pub(super) fn canonical(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().filter(|item| !item.is_null()).map(canonical).collect(),
        Value::Object(members) => {
            members.into_iter().filter_map(|(name, value)| member(name, value)).collect::<Map<_, _>>().into()
        }
        plain => plain,
    }
}

/// A member as it must be; `None` when it is better left out.
fn member(name: String, value: Value) -> Option<(String, Value)> {
    if value.is_null() {
        return None;
    }
    let value = match name.as_str() {
        "kind" => number_of(&value, |name| SpanKind::from_str_name(name).map(|known| known as i64))?,
        "code" => number_of(&value, |name| StatusCode::from_str_name(name).map(|known| known as i64))?,
        "severityNumber" => number_of(&value, |name| SeverityNumber::from_str_name(name).map(|known| known as i64))?,
        "traceId" | "spanId" | "parentSpanId" => id(value),
        "doubleValue" => match double(&value) {
            Some(number) => number,
            None => return Some(as_text(value)),
        },
        "intValue" => match whole(&value) {
            Some(number) => number.into(),
            None => return Some(as_text(value)),
        },
        "boolValue" if !value.is_boolean() => return Some(as_text(value)),
        // A count that is a text would fail, and nobody reads it.
        "droppedAttributesCount" | "droppedEventsCount" | "droppedLinksCount" => return None,
        "flags" => Value::from(u32::try_from(whole(&value)?).ok()?),
        time if time.ends_with("UnixNano") => nanos(&value)?,
        _ => canonical(value),
    };
    Some((name, value))
}

fn number_of(value: &Value, of_name: impl Fn(&str) -> Option<i64>) -> Option<Value> {
    let number = whole(value).or_else(|| of_name(value.as_str()?))?;
    i32::try_from(number).ok().map(Value::from)
}

/// An id that is no hex becomes one of a wrong length, for which its span alone is left out.
fn id(value: Value) -> Value {
    let is_hex = |text: &str| text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if value.as_str().is_some_and(is_hex) { value } else { Value::from("00") }
}

fn as_text(value: Value) -> (String, Value) {
    let text = match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    ("stringValue".to_owned(), Value::String(text))
}

fn double(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => text.parse().ok().and_then(serde_json::Number::from_f64).map(Value::Number),
        _ => None,
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| exact(number.as_f64()?)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A double that is a whole number, of those up to which doubles have every one.
#[expect(clippy::cast_possible_truncation, reason = "whole, and within what is exact")]
fn exact(double: f64) -> Option<i64> {
    (double.fract() == 0.0 && double.abs() <= 9_007_199_254_740_992.0).then_some(double as i64)
}

/// A time in nanoseconds; JavaScript can only write it as a double, a little beside what it was.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "beyond the range it is cut to its ends")]
fn nanos(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().map(|double| double as u64)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
    .map(Value::from)
}
