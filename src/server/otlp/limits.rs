//! What clients say, held within what a document may hold, so that nothing they say makes it one that is refused.

use crate::domain::{
    document::{MAX_COUNT, MAX_ID_CHARS, MAX_MEMBER_BYTES, MAX_NAME_CHARS},
    json::Json,
    text::cut,
};
use serde_json::Value;

/// What all payloads of a run's steps may have together, in bytes: a document's limit.
const MAX_PAYLOADS: usize = 32 * 1024 * 1024;
/// What is kept of a value that is too long; in JSON a text may take six times as much.
const CUT_JSON: usize = 160 * 1024;
/// How deep a value may lie and still be part of something that is read again.
const MAX_DEPTH: usize = 100;
const CUT: &str = "… [cut here: it was too long to be kept]";
const LEFT_OUT: &str = "[left out: the run says more than can be kept]";

/// A text that may be long.
pub fn text(text: &str) -> String {
    let mut text = without_nul(text);
    if text.len() > MAX_MEMBER_BYTES {
        text.truncate(text.floor_char_boundary(MAX_MEMBER_BYTES - CUT.len()));
        text.push_str(CUT);
    }
    text
}

/// A name; `None` when it says nothing.
pub fn name(text: &str) -> Option<String> {
    shortened(text, MAX_NAME_CHARS)
}

/// An id that is text; `None` when it is empty.
pub fn id(text: &str) -> Option<String> {
    shortened(text, MAX_ID_CHARS)
}

/// A number of tokens.
pub fn count(number: i64) -> i64 {
    number.clamp(0, MAX_COUNT)
}

fn shortened(text: &str, chars: usize) -> Option<String> {
    Some(without_nul(cut(text.trim(), chars))).filter(|text| !text.is_empty())
}

/// `U+0000` cannot be stored.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// The payloads of one run, as they are made one after the other.
pub struct Payloads {
    left: usize,
}

impl Default for Payloads {
    fn default() -> Self {
        Self { left: MAX_PAYLOADS }
    }
}

impl Payloads {
    /// A value as a payload: one that is too long is cut to a text of its beginning, and when the run has too much in
    /// all, only said to have been there.
    pub fn json(&mut self, value: &Value) -> Json {
        let json = Json::from(value);
        let is_plain = !json.as_str().contains("\\u0000") && depth(value) <= MAX_DEPTH;
        let json = if json.as_str().len() <= MAX_MEMBER_BYTES && is_plain { json } else { cut_json(value, &json) };
        self.take(json.as_str().len()).map_or_else(|| Json::from(&Value::from(LEFT_OUT)), |()| json)
    }

    /// A long text of a step.
    pub fn text(&mut self, long: &str) -> String {
        let long = text(long);
        self.take(long.len()).map_or_else(|| LEFT_OUT.to_owned(), |()| long)
    }

    fn take(&mut self, bytes: usize) -> Option<()> {
        self.left = self.left.checked_sub(bytes)?;
        Some(())
    }
}

/// What cannot be kept as the value that it is, as a text.
fn cut_json(value: &Value, json: &Json) -> Json {
    let text = value.as_str().unwrap_or(json.as_str());
    let kept = text[..text.floor_char_boundary(CUT_JSON)].replace("\\u0000", "\u{FFFD}");
    let note = if text.len() > CUT_JSON { CUT } else { "" };
    Json::from(&Value::String(without_nul(&kept) + note))
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_and_names_fit() {
        assert_eq!(text("a\0b"), "a\u{FFFD}b");
        let long = text(&"ü".repeat(MAX_MEMBER_BYTES));
        assert!(long.len() <= MAX_MEMBER_BYTES && long.ends_with(CUT));
        assert_eq!(name(" \n "), None);
        assert_eq!(name(&"ü".repeat(500)).map(|name| name.chars().count()), Some(MAX_NAME_CHARS));
        assert_eq!(id("\0").as_deref(), Some("\u{FFFD}"));
    }

    #[test]
    fn payloads_are_kept_cut_or_left_out() {
        let mut payloads = Payloads::default();
        assert_eq!(payloads.json(&json!({ "a": [1.5, "é"] })).as_str(), r#"{"a":[1.5,"é"]}"#);
        assert_eq!(payloads.json(&json!({ "a": "\0" })).to_value(), json!("{\"a\":\"\u{FFFD}\"}"));
        let long = payloads.json(&json!(["\u{1}\"\\".repeat(MAX_MEMBER_BYTES)]));
        assert!(long.as_str().len() <= MAX_MEMBER_BYTES && long.to_value().as_str().unwrap().ends_with(CUT));
        let deep = (0..MAX_DEPTH).fold(json!([1]), |inner, _| json!([inner]));
        assert!(payloads.json(&deep).to_value().is_string());
        let large = json!("x".repeat(1_000_000));
        let kept = (0..50).filter(|_| payloads.json(&large).as_str().len() > 1_000).count();
        assert_eq!(kept, 33);
        assert_eq!(payloads.text(&"x".repeat(1_000_000)), LEFT_OUT);
    }
}
