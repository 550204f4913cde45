//! What the rules read of an engine's `state`: each part by itself, so that one odd value elsewhere takes nothing away.

use super::json::Json;
use serde_json::Value;
use std::collections::BTreeMap;

/// A key of `runtimeContext.state` longer than this cannot be asked for.
pub const MAX_STATE_KEY_CHARS: usize = 200;

/// The parts, `null` where there are none.
#[derive(Debug, Default)]
pub struct EngineState {
    pub current_step_id: Value,
    pub error: Value,
    pub user_id: Value,
    pub is_async: Value,
    /// The engine's own steps, where it keeps them here.
    pub steps: Value,
    /// The pairs of `runtimeContext.state` that can be asked for, values as [`state_text`] writes them.
    pub pairs: Vec<(String, String)>,
}

impl EngineState {
    /// Takes a state apart.
    pub fn read(state: Option<&Json>) -> Self {
        let state = members(state);
        let context = members(state.get("runtimeContext"));
        let value =
            |members: &BTreeMap<String, Json>, name: &str| members.get(name).map(Json::to_value).unwrap_or_default();
        let pairs = members(context.get("state")).into_iter();
        Self {
            current_step_id: value(&state, "currentStepId"),
            error: value(&state, "error"),
            user_id: value(&context, "userId"),
            is_async: value(&context, "isAsync"),
            steps: value(&state, "steps"),
            pairs: pairs
                .filter(|(key, _)| key.chars().count() <= MAX_STATE_KEY_CHARS)
                .filter_map(|(key, value)| Some((key, state_text(&value)?)))
                .collect(),
        }
    }
}

/// The members of an object, none of them taken apart; of anything else there are none.
fn members(json: Option<&Json>) -> BTreeMap<String, Json> {
    json.and_then(|json| serde_json::from_str(json.as_str()).ok()).unwrap_or_default()
}

/// The text by which a value of `runtimeContext.state` is found: a text is itself, a number or a boolean its JSON
/// text. Nothing else can be asked for.
pub fn state_text(value: &Json) -> Option<String> {
    match value.as_str().as_bytes().first()? {
        b'"' => serde_json::from_str(value.as_str()).ok(),
        b'{' | b'[' | b'n' => None,
        _ => Some(value.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn state_values_are_found_by_their_text() {
        for (value, text) in [
            (r#""eu""#, Some("eu")),
            (r#""\u00e9""#, Some("é")),
            ("7", Some("7")),
            ("1.50", Some("1.50")),
            ("12345678901234567890123", Some("12345678901234567890123")),
            ("true", Some("true")),
            ("null", None),
            (r#"{ "a": 1 }"#, None),
            ("[1]", None),
        ] {
            assert_eq!(state_text(&json(value)).as_deref(), text, "{value}");
        }
    }

    #[test]
    fn an_odd_value_takes_nothing_else_away() {
        let state = json(
            r#"{ "cut": "\ud83d", "huge": 1e400, "error": "e",
                 "runtimeContext": { "isAsync": true, "state": { "a": "\ud83d", "region": "eu" } } }"#,
        );
        let read = EngineState::read(Some(&state));
        assert_eq!((read.error, read.is_async), ("e".into(), true.into()));
        assert_eq!(read.pairs, [("region".to_owned(), "eu".to_owned())]);
    }

    #[test]
    fn what_is_no_object_has_no_parts() {
        for state in [None, Some(json("[1]")), Some(json("7")), Some(json(r#"{ "runtimeContext": "none" }"#))] {
            let read = EngineState::read(state.as_ref());
            assert!(read.pairs.is_empty() && read.user_id.is_null() && read.steps.is_null());
        }
    }
}
