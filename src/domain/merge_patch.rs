//! JSON Merge Patch (RFC 7396) over JSON that is kept as it was written: no number is rounded, no member that the patch
//! does not name is touched.

use super::json::{Json, Shape};
use std::collections::HashMap;

/// What becomes of a value; `None` when it is gone.
pub fn merge(target: Option<Json>, patch: &Json) -> Option<Json> {
    let Shape::Object(changes) = patch.shape() else {
        return (patch.as_str() != "null").then(|| patch.clone());
    };
    let members = match target.map(|target| target.shape()) {
        Some(Shape::Object(members)) => members,
        _ => Vec::new(),
    };
    let mut merged: Vec<Option<(String, Json)>> = Vec::with_capacity(members.len() + changes.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(members.len());
    for (name, value) in members {
        put(&mut merged, &mut places, name, Some(value));
    }
    for (name, change) in changes {
        let before = places.get(&name).and_then(|place| merged[*place].take()).map(|(_, value)| value);
        put(&mut merged, &mut places, name, merge(before, &change));
    }
    Some(Json::object(&merged.into_iter().flatten().collect::<Vec<_>>()))
}

/// Puts a member in its place; of a name that stands there twice the last is the value.
fn put(
    merged: &mut Vec<Option<(String, Json)>>,
    places: &mut HashMap<String, usize>,
    name: String,
    value: Option<Json>,
) {
    let place = *places.entry(name.clone()).or_insert_with(|| {
        merged.push(None);
        merged.len() - 1
    });
    merged[place] = value.map(|value| (name, value));
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
