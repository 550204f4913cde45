//! JSON Merge Patch (RFC 7396) over JSON that is kept as it was written: no number is rounded, no member that the patch
//! does not name is touched.

use super::json::{Json, Shape};

/// What becomes of a value; `None` when it is gone.
pub fn merge(target: Option<Json>, patch: &Json) -> Option<Json> {
    let Shape::Object(changes) = patch.shape() else {
        return (patch.as_str() != "null").then(|| patch.clone());
    };
    let mut members = match target.map(|target| target.shape()) {
        Some(Shape::Object(members)) => members,
        _ => Vec::new(),
    };
    for (name, change) in changes {
        // Of a name that stands there twice the last is the value.
        let before = members.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let place = members.iter().position(|(known, _)| *known == name);
        members.retain(|(known, _)| *known != name);
        if let Some(after) = merge(before, &change) {
            members.insert(place.unwrap_or(members.len()), (name, after));
        }
    }
    Some(Json::object(&members))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_changes_what_it_names() {
        let json = |text: &str| Json::from_text(text.to_owned()).unwrap();
        // The first ones are those of the RFC's appendix.
        for (target, patch, merged) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"foo"}"#, "\"bar\"", "\"bar\""),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
            (
                r#"{"a":1.0,"b":1,"c":2}"#,
                r#"{"b":12345678901234567890.10}"#,
                r#"{"a":1.0,"b":12345678901234567890.10,"c":2}"#,
            ),
            (r#"{"a":{"x":1},"a":{"y":2}}"#, r#"{"a":{"z":3}}"#, r#"{"a":{"y":2,"z":3}}"#),
        ] {
            assert_eq!(merge(Some(json(target)), &json(patch)), Some(json(merged)), "{target} with {patch}");
        }
        assert_eq!(merge(Some(json(r#"{"a":"foo"}"#)), &json("null")), None);
    }
}
