//! JSON that somebody else wrote, kept as it was written: no number rounded, no member reordered.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::value::RawValue;
use std::fmt;
use utoipa::ToSchema;

/// How deep arrays and objects may lie in one another; deeper values are refused when they are read.
pub const MAX_DEPTH: usize = 128;

/// Any JSON value, as it was written.
// Its `Debug` does not show the text, which is a customer's.
#[derive(Clone, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = serde_json::Value)]
pub struct Json(Box<RawValue>);

impl Json {
    /// The text of the value.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// The value, taken apart.
    pub fn to_value(&self) -> serde_json::Value {
        // Well-formed and shallow enough since it was read; a lone surrogate in a text is all that can still fail.
        serde_json::from_str(self.as_str()).unwrap_or(serde_json::Value::Null)
    }

    /// From text that [`Json::as_str`] gave.
    pub fn from_text(text: String) -> Result<Self, serde_json::Error> {
        RawValue::from_string(text).map(Self)
    }
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        // A value that is in memory has text keys only, so it can always be written.
        Self(serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if depth(raw.get()) > MAX_DEPTH {
            return Err(D::Error::custom(format_args!("must not be nested deeper than {MAX_DEPTH}")));
        }
        Ok(Self(raw))
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Json {}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} bytes)", self.as_str().len())
    }
}

/// The deepest nesting in well-formed JSON.
fn depth(text: &str) -> usize {
    let (mut now, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !in_text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Json, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn keeps_what_was_written() {
        let text = r#"{"b": 1.0, "a": 12345678901234567890123, "c": "\u00e9\u0000"}"#;
        let json = read(text).unwrap();
        assert_eq!(json.as_str(), text);
        assert_eq!(serde_json::to_string(&json).unwrap(), text);
        assert_eq!(format!("{json:?}"), "Json(61 bytes)");
    }

    #[test]
    fn refuses_what_is_too_deep() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        assert!(read(&nested(MAX_DEPTH + 1)).is_err());
        assert_eq!(depth(r#"["[[[", "\"[{", {}]"#), 2);
    }
}
