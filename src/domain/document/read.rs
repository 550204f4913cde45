//! Reading what an engine writes, or naming all that is wrong with it.

use super::{Fault, MAX_FAULTS, RunDocument, faults};
use crate::domain::objects;
use serde::{Deserialize, de::DeserializeOwned};

/// Reads JSON, or says by its path what is wrong.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Vec<Fault>> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        // What is no JSON at all has no path.
        let path = if path == "." || path == "?" { "" } else { &path };
        vec![Fault::new(path, error.inner().to_string())]
    })?;
    reader.end().map_err(|error| vec![Fault::new("", error.to_string())])?;
    Ok(read)
}

/// Reads an array of objects, or says by its path what is wrong; also with what they say, by `check`.
pub fn read_rows<T: DeserializeOwned>(json: &[u8], check: impl Fn(&[T]) -> Vec<Fault>) -> Result<Vec<T>, Vec<Fault>> {
    #[derive(Deserialize)]
    #[serde(transparent, bound = "T: DeserializeOwned")]
    struct Rows<T>(#[serde(deserialize_with = "objects::rows")] Vec<T>);
    let check = |rows: &Rows<T>| check(&rows.0);
    checked(json, check, faults::of_rows).map(|Rows(rows)| rows)
}

/// Reads a document, or says by its path what is wrong.
pub fn parse(json: &[u8]) -> Result<RunDocument, Vec<Fault>> {
    // Left to itself, serde also takes an array with the members in order.
    if json.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(vec![Fault::new("", "must be a JSON object")]);
    }
    checked(json, RunDocument::faults, faults::of_object)
}

/// What can be read and has no fault by `check`; else all faults, those that `look_closer` finds where it cannot be read.
fn checked<T: DeserializeOwned, C: Fn(&T) -> Vec<Fault>>(
    json: &[u8],
    check: C,
    look_closer: impl Fn(&[u8], C) -> Vec<Fault>,
) -> Result<T, Vec<Fault>> {
    match read(json) {
        Ok(value) => match check(&value) {
            faults if faults.is_empty() => Ok(value),
            faults => Err(told(faults, true)),
        },
        Err(first) => match look_closer(json, check) {
            faults if faults.is_empty() => Err(first),
            faults => Err(faults),
        },
    }
}

/// Faults as they are told: not more than anybody reads, and with a last one that says whether there may be more.
pub(super) fn told(mut faults: Vec<Fault>, is_all: bool) -> Vec<Fault> {
    if faults.len() > MAX_FAULTS || !is_all {
        faults.truncate(MAX_FAULTS);
        faults.push(Fault::new("", "there may be more that is wrong"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        document::MAX_ID_CHARS,
        posted::{self, Part},
        step::StepLog,
    };

    fn faults_of(json: &str) -> Vec<String> {
        parse(json.as_bytes()).map_or_else(|faults| faults.iter().map(Fault::to_string).collect(), |_| Vec::new())
    }

    #[test]
    fn only_status_and_creation_are_needed() {
        assert_eq!(faults_of(r#"{ "status": "failed", "created_at": "2026-11-21T14:00:00Z" }"#), [""; 0]);
        assert_eq!(faults_of("{}"), ["missing field `status`", "missing field `created_at`"]);
    }

    #[test]
    fn a_fault_of_shape_is_named_by_its_path() {
        for (json, fault) in [
            (r#"{ "status": "failed", "created_at": "yesterday" }"#, "created_at: must be an RFC 3339 time"),
            (r#"{ "status": "done", "created_at": "2026-11-21T14:00:00Z" }"#, "status: unknown variant `done`"),
            ("[]", "must be a JSON object"),
            ("", "EOF"),
            ("{", "EOF"),
            (r#"{ "status": "failed", "created_at": "2026-11-21T14:00:00Z" } x"#, "trailing characters"),
        ] {
            let faults = faults_of(json);
            assert!(faults.len() == 1 && faults[0].starts_with(fault), "{json}: {faults:?}");
        }
        for (member, fault) in [
            (r#""stauts": "failed""#, "stauts: unknown field `stauts`"),
            (r#""status": "failed""#, "status: duplicate field `status`"),
            (r#""steps": [{ "id": "a" }, { "name": "b" }]"#, "steps[1]: missing field `id`"),
            (
                r#""token_history": [{ "id": "a", "key_type": "p", "usd_cost": "1" }]"#,
                "token_history[0].usd_cost: invalid type",
            ),
            (r#""steps": [["a"]]"#, "steps[0]: invalid type: sequence, expected an object"),
            (r#""steps": 7"#, "steps: invalid type: integer `7`, expected a sequence"),
            (r#""attachments": [7]"#, "attachments[0]: invalid type: integer `7`, expected an object"),
            (r#""model": "\ud800""#, "model: "),
            (
                r#""related_runs": ["5b8efff7-9803-8103-d269-b633813fc60c", 7]"#,
                "related_runs[1]: invalid type: integer `7`",
            ),
            (r#""related_runs": ["nonsense"]"#, "related_runs[0]: UUID parsing failed"),
        ] {
            let faults =
                faults_of(&format!(r#"{{ "status": "failed", "created_at": "2026-11-21T14:00:00Z", {member} }}"#));
            assert!(faults.len() == 1 && faults[0].starts_with(fault), "{member}: {faults:?}");
        }
    }

    #[test]
    fn every_fault_is_named_those_of_shape_in_their_order_and_then_those_of_content() {
        let long = "x".repeat(MAX_ID_CHARS + 1);
        let rows = format!(
            r#"{{ "id": "a", "nmae": 1, "name": 7, "kind": "{long}" }}, 8, {{ "id": ["{long}"], "tool_calls": [{{ "nmae": 1 }}, {{ "id": "t",
                 "name": "t", "error": false }}] }}, {{ "id": "a", "id": "b", "started_at": "soon" }}, {{ "id": "a" }}"#
        );
        let in_rows = [
            "[0].nmae: unknown field `nmae`",
            "[0].name: invalid type: integer `7`, expected a string",
            "[1]: invalid type: integer `8`, expected an object",
            "[2].id: invalid type: sequence, expected a string",
            "[2].tool_calls[0].nmae: unknown field `nmae`",
            "[2].tool_calls[0]: missing field `id`",
            "[2].tool_calls[0]: missing field `name`",
            "[2].tool_calls[1].error: invalid type: boolean `false`, expected a string",
            "[3].id: duplicate field `id`",
            "[3].started_at: must be an RFC 3339 time",
            "[0].kind: must be a text of 1 to 128 characters",
            "[4].id: stands here twice",
        ];
        let faults = read_rows::<StepLog>(format!("[{rows}]").as_bytes(), |rows| {
            posted::faults(rows.iter().cloned().map(Part::Step))
        });
        let faults: Vec<_> = faults.unwrap_err().iter().map(Fault::to_string).collect();
        let all_begin = |faults: &[String], expected: &[String]| {
            faults.len() == expected.len()
                && faults.iter().zip(expected).all(|(fault, expected)| fault.starts_with(expected.as_str()))
        };
        assert!(all_begin(&faults, &in_rows.map(str::to_owned)), "{faults:#?}");

        let json = format!(
            r#"{{ "flow": {{ "any": 1e400 }}, "stauts": "failed", "model": 7, "steps": [{rows}], "duration_ms": -1, "model": "m",
                 "token_history": [{{ "id": "t", "usd_cost": "1", "input_tokens": -5 }}], "attachments": {{}}, "status": "done" }}"#
        );
        let steps = in_rows.map(|fault| format!("steps{fault}"));
        let expected = [
            &["stauts: unknown field", "model: invalid type: integer `7`"].map(str::to_owned)[..],
            &steps[..10],
            &[
                "token_history[0].usd_cost: invalid type",
                "token_history[0]: missing field `key_type`",
                "attachments: invalid type: map",
                "status: unknown variant `done`",
                "missing field `created_at`",
                "duration_ms: must be from 0",
            ]
            .map(str::to_owned),
            &steps[10..],
            &["token_history[0].input_tokens: must be from 0".to_owned()],
        ]
        .concat();
        let faults = faults_of(&json);
        assert!(all_begin(&faults, &expected), "{faults:#?}");
    }

    #[test]
    fn of_very_many_faults_a_hundred_are_named_and_that_there_may_be_more() {
        let many = |row: &str, rows: usize| format!(r#"{{ "steps": [{}] }}"#, vec![row; rows].join(","));
        let twice = r#"{ "id": "a" }"#;
        for json in [
            many("7", 150),
            many(r#"{ "nmae": 1 }"#, 15_000),
            format!(r#"{{ "status": "failed", "created_at": "2026-11-21T14:00:00Z", {}"#, &many(twice, 150)[1..]),
            format!("{{ {} }}", (0..2_000).map(|n| format!("\"a{n}\": 1")).collect::<Vec<_>>().join(",")),
        ] {
            let faults = faults_of(&json);
            assert_eq!(faults.last().map(String::as_str), Some("there may be more that is wrong"), "{json:.80}");
            assert!(faults.len() <= MAX_FAULTS + 1, "{json:.80}");
        }
    }

    #[test]
    fn every_fault_of_content_is_named() {
        let long = "x".repeat(MAX_ID_CHARS + 1);
        let json = format!(
            r#"{{ "status": "failed", "created_at": "2026-11-21T14:00:00Z", "duration_ms": -1, "input_message": "a\u0000b",
                 "steps": [{{ "id": "{long}" }}, {{ "id": "s", "tool_calls": [{{ "id": "", "name": "t" }}] }}, {{ "id": "s" }}],
                 "token_history": [{{ "id": "t", "key_type": "platform", "input_tokens": -5 }}] }}"#
        );
        assert_eq!(
            faults_of(&json),
            [
                "input_message: must not hold the character U+0000",
                "duration_ms: must be from 0 to 1000000000000",
                "steps[0].id: must be a text of 1 to 128 characters",
                "steps[1].tool_calls[0].id: must be a text of 1 to 128 characters",
                "steps[2].id: stands here twice",
                "token_history[0].input_tokens: must be from 0 to 1000000000000",
            ]
        );
    }
}
