//! The compressed `state` that lists carry instead of the whole one.

use super::{engine_state::EngineState, json::Json, step::StepLog, text::cut};
use serde::Serialize;
use serde_json::{Map, Value};

/// How much of a step's input and output a list carries, in characters.
const SUMMARY_CHARS: usize = 200;

/// The compressed state, in the order of the contract.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListState {
    current_step_id: Value,
    error: Value,
    runtime_context: ListContext,
    steps: Vec<StepSummary>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListContext {
    user_id: Value,
    is_async: Value,
}

#[derive(Debug, Serialize)]
struct StepSummary {
    id: Value,
    name: Value,
    status: Value,
    started_at: Value,
    ended_at: Value,
    input: Option<String>,
    output: Option<String>,
}

/// Compresses a state. The steps come from the step logs, or from the engine's own `state.steps` where it keeps
/// them there.
pub fn compress(state: EngineState, steps: &[StepLog]) -> Json {
    let compressed = ListState {
        current_step_id: cut_value(state.current_step_id),
        error: cut_value(state.error),
        runtime_context: ListContext { user_id: cut_value(state.user_id), is_async: cut_value(state.is_async) },
        steps: if steps.is_empty() { engine_steps(&state.steps) } else { steps.iter().map(logged_step).collect() },
    };
    Json::from(&serde_json::to_value(compressed).unwrap_or_default())
}

fn logged_step(step: &StepLog) -> StepSummary {
    StepSummary {
        id: step.id.as_str().into(),
        name: step.name.as_deref().into(),
        status: step.status.as_deref().into(),
        started_at: step.started_at.map(|time| time.to_string()).into(),
        ended_at: step.ended_at.map(|time| time.to_string()).into(),
        input: step.input.as_ref().and_then(|input| summary(&input.to_value())),
        output: step.output.as_ref().and_then(|output| summary(&output.to_value())),
    }
}

/// The engine keeps its steps as a list, or as an object by id; its names are camelCase.
fn engine_steps(steps: &Value) -> Vec<StepSummary> {
    match steps {
        Value::Array(list) => list.iter().filter_map(Value::as_object).map(|step| engine_step(None, step)).collect(),
        Value::Object(by_id) => {
            by_id.iter().filter_map(|(id, step)| Some(engine_step(Some(id), step.as_object()?))).collect()
        }
        _ => Vec::new(),
    }
}

fn engine_step(id: Option<&str>, step: &Map<String, Value>) -> StepSummary {
    let member = |names: &[&str]| names.iter().find_map(|name| step.get(*name)).cloned().unwrap_or_default();
    StepSummary {
        id: cut_value(id.map_or_else(|| member(&["id", "stepId"]), Value::from)),
        name: cut_value(member(&["name"])),
        status: cut_value(member(&["status"])),
        started_at: cut_value(member(&["startedAt", "started_at"])),
        ended_at: cut_value(member(&["endedAt", "ended_at"])),
        input: summary(&member(&["input"])),
        output: summary(&member(&["output"])),
    }
}

fn summary(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(cut(text, SUMMARY_CHARS).to_owned()),
        other => Some(cut(&other.to_string(), SUMMARY_CHARS).to_owned()),
    }
}

/// A short value as it is; a long one as the beginning of its text.
fn cut_value(value: Value) -> Value {
    match summary(&value) {
        Some(short) if short.chars().count() == SUMMARY_CHARS => Value::from(short),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_absent_state_has_the_same_shape() {
        let expected = json!({
            "currentStepId": null, "error": null, "runtimeContext": { "userId": null, "isAsync": null }, "steps": []
        });
        assert_eq!(compress(EngineState::default(), &[]).to_value(), expected);
    }

    #[test]
    fn steps_come_from_the_logs_and_are_cut() {
        let step: StepLog = serde_json::from_str(&format!(
            r#"{{ "id": "s1", "name": "Read", "status": "completed", "started_at": "2026-11-21T14:00:00Z",
                 "input": "{}", "output": {{ "n": 1 }} }}"#,
            "é".repeat(300)
        ))
        .unwrap();
        let state = json!({ "currentStepId": "s1", "runtimeContext": { "userId": "u", "isAsync": true, "state": { "big": 1 } },
                            "steps": [{ "id": "ignored" }] });
        let expected = json!({
            "currentStepId": "s1", "error": null, "runtimeContext": { "userId": "u", "isAsync": true },
            "steps": [{ "id": "s1", "name": "Read", "status": "completed", "started_at": "2026-11-21T14:00:00.000Z",
                        "ended_at": null, "input": "é".repeat(200), "output": "{\"n\":1}" }]
        });
        assert_eq!(compress(EngineState::read(Some(&Json::from(&state))), &[step]).to_value(), expected);
    }

    #[test]
    fn without_logs_the_engines_own_steps_count() {
        let state = json!({ "error": "x".repeat(500), "steps": { "a": { "name": "One", "startedAt": "t", "output": [1, 2] } } });
        let compressed = compress(EngineState::read(Some(&Json::from(&state))), &[]).to_value();
        assert_eq!(compressed["steps"][0]["id"], "a");
        assert_eq!(compressed["steps"][0]["started_at"], "t");
        assert_eq!(compressed["steps"][0]["output"], "[1,2]");
        assert_eq!(compressed["error"], "x".repeat(200));
    }
}
