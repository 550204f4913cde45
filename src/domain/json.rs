//! JSON that somebody else wrote, kept as it was written: no number rounded, no member reordered.

use postcard_schema::{Schema, schema::NamedType};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::fmt::{self, Write};
use utoipa::ToSchema;

/// How deep arrays and objects may lie in one another; deeper values are refused when they are read.
pub const MAX_DEPTH: usize = 128;

/// What a value is, taken apart one level deep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Its members in their order, one that stands there twice too.
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    Text(String),
    /// A number, a boolean or nothing, as it was written.
    Plain(String),
}

/// Any JSON value, as it was written.
// Its `Debug` does not show the text, which is a customer's.
#[derive(Clone, ToSchema)]
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

    /// The value, taken apart one level deep.
    pub fn shape(&self) -> Shape {
        let text = self.as_str();
        // A text with a lone surrogate cannot be read as one; then its JSON is shown.
        let read = match text.as_bytes().first() {
            Some(b'{') => serde_json::from_str(text).map(|Members(members)| Shape::Object(members)),
            Some(b'[') => serde_json::from_str::<Vec<Box<RawValue>>>(text)
                .map(|items| Shape::Array(items.into_iter().map(Self).collect())),
            Some(b'"') => serde_json::from_str(text).map(Shape::Text),
            _ => Ok(Shape::Plain(text.to_owned())),
        };
        read.unwrap_or_else(|_| Shape::Plain(text.to_owned()))
    }

    /// An object of these members, in their order.
    pub fn object(members: &[(String, Self)]) -> Self {
        let mut text = String::from("{");
        for (index, (name, value)) in members.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            // Writes the name with what JSON wants before it: quotes, and a stroke before some characters.
            let _ = write!(text, "{comma}{}:{value}", serde_json::Value::from(name.as_str()), value = value.as_str());
        }
        text.push('}');
        Self(RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// From text that [`Json::as_str`] gave.
    pub fn from_text(text: String) -> Result<Self, serde_json::Error> {
        RawValue::from_string(text).map(Self)
    }
}

/// The members of an object in their order.
struct Members(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    members.push((name, Json(value)));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        // A value that is in memory has text keys only, so it can always be written.
        Self(serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

/// Within JSON it is JSON; in the bytes of an answer it is its text, which nobody takes apart on its way.
impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { self.0.serialize(serializer) } else { self.as_str().serialize(serializer) }
    }
}

impl Schema for Json {
    const SCHEMA: &'static NamedType = String::SCHEMA;
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            // Only what a `Json` wrote, which was shallow enough when it was read first.
            return Self::from_text(String::deserialize(deserializer)?).map_err(D::Error::custom);
        }
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
    fn travels_as_its_text_among_bytes() {
        let json = read(r#"{"b": 1.0, "a": "é"}"#).unwrap();
        let bytes = postcard::to_stdvec(&Some(&json)).unwrap();
        assert_eq!(postcard::from_bytes::<Option<Json>>(&bytes).unwrap(), Some(json));
        let broken = postcard::to_stdvec("{").unwrap();
        assert!(postcard::from_bytes::<Json>(&broken).is_err());
    }

    #[test]
    fn is_taken_apart_one_level_at_a_time() {
        let object = read(r#"{ "b": [1.0, 2], "a": "\u00e9", "b": 12345678901234567890123 }"#).unwrap();
        let Shape::Object(members) = object.shape() else { panic!("an object") };
        let members: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(members, [("b", "[1.0, 2]"), ("a", "\"\\u00e9\""), ("b", "12345678901234567890123")]);
        assert_eq!(read(r#""\u00e9""#).unwrap().shape(), Shape::Text("é".to_owned()));
        assert_eq!(read("1.50").unwrap().shape(), Shape::Plain("1.50".to_owned()));
        assert_eq!(read(r#""\ud83d""#).unwrap().shape(), Shape::Plain(r#""\ud83d""#.to_owned()));
        assert!(matches!(read("[1, [2]]").unwrap().shape(), Shape::Array(items) if items.len() == 2));
    }

    #[test]
    fn refuses_what_is_too_deep() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        assert!(read(&nested(MAX_DEPTH + 1)).is_err());
        assert_eq!(depth(r#"["[[[", "\"[{", {}]"#), 2);
    }
}
