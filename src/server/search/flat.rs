//! The text of a JSON value, as one would read it aloud: names and values in their order.

use crate::domain::json::Json;
use std::borrow::Cow;

/// The text, to about so many bytes.
pub fn flat(json: &Json, most: usize) -> String {
    let text = json.as_str();
    let (mut flat, mut at) = (String::new(), 0);
    while at < text.len() && flat.len() < most {
        let rest = &text[at..];
        match rest.as_bytes()[0] {
            b'"' => {
                let end = end_of_text(rest);
                flat.push_str(&unescaped(&rest[..end]));
                at += end;
            }
            b':' => {
                flat.push_str(": ");
                at += 1;
            }
            b',' => {
                flat.push_str(", ");
                at += 1;
            }
            b'{' | b'}' | b'[' | b']' | b' ' | b'\n' | b'\r' | b'\t' => at += 1,
            _ => {
                let ends = |byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
                let end = rest.bytes().position(ends).unwrap_or(rest.len());
                flat.push_str(&rest[..end]);
                at += end;
            }
        }
    }
    flat
}

/// Where the text ends that begins here, its quotes included.
fn end_of_text(rest: &str) -> usize {
    let mut is_escaped = false;
    let ends = |byte| match byte {
        _ if is_escaped => {
            is_escaped = false;
            false
        }
        b'\\' => {
            is_escaped = true;
            false
        }
        byte => byte == b'"',
    };
    rest.bytes().skip(1).position(ends).map_or(rest.len(), |at| at + 2)
}

fn unescaped(quoted: &str) -> Cow<'_, str> {
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains('\\') {
        return inner.into();
    }
    // One with half an emoji in it cannot be read, and stays as it was written.
    serde_json::from_str(quoted).map_or_else(|_| inner.into(), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_in_its_order() {
        for (json, text) in [
            (
                r#"{ "order": 88213, "note": "a \"wet\" parcel\n", "tags": ["a", null, 1.50] }"#,
                "order: 88213, note: a \"wet\" parcel\n, tags: a, null, 1.50",
            ),
            (r#""caf\u00e9""#, "café"),
            (r#"["\ud83d"]"#, r"\ud83d"),
            (r#"{"a\\":{"b":[[]]}}"#, "a\\: b: "),
            ("12345678901234567890123", "12345678901234567890123"),
            ("\"\"", ""),
        ] {
            let json = Json::from_text(json.to_owned()).unwrap();
            assert_eq!(flat(&json, 1_000), text);
        }
        let long = Json::from(&serde_json::json!(vec!["word"; 1_000]));
        assert!((100..110).contains(&flat(&long, 100).len()));
    }
}
