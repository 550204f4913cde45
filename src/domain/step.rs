//! What happened inside a run: its steps with their tool calls, its files and its calls.

use super::{
    ids::{AttachmentId, VoiceTranscriptId},
    json::Json,
    objects,
    time::Timestamp,
    whole,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One step of a run, as the engine logged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepLog {
    /// Unique in the run; at most 128 characters.
    #[schema(min_length = 1, max_length = 128)]
    pub id: String,
    /// The step inside which this one ran.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    pub parent_id: Option<String>,
    /// The step of the flow that this was.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    pub step_id: Option<String>,
    #[serde(default)]
    #[schema(max_length = 400)]
    pub name: Option<String>,
    /// The engine's word for what kind of step it is.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    pub kind: Option<String>,
    /// The engine's word for how it went; `failed` is the one that we know.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    pub status: Option<String>,
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
    /// When absent, the end less the start.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub duration_ms: Option<i64>,
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub input: Option<Json>,
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub output: Option<Json>,
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default, deserialize_with = "objects::rows")]
    pub tool_calls: Vec<ToolCall>,
}

impl StepLog {
    /// What people call the step.
    pub fn label(&self) -> &str {
        [&self.name, &self.step_id].into_iter().flatten().find(|name| !name.is_empty()).unwrap_or(&self.id)
    }

    /// Whether the step went wrong, by its status or by an error of its own or of a tool.
    pub fn has_failed(&self) -> bool {
        match self.status.as_deref() {
            Some("failed" | "error") => true,
            Some(_) => false,
            None => self.error.is_some() || self.tool_calls.iter().any(|call| call.error.is_some()),
        }
    }

    /// How the step went.
    pub fn state(&self) -> StepState {
        match self.status.as_deref() {
            _ if self.has_failed() => StepState::Failed,
            Some("running") => StepState::Running,
            Some("skipped" | "cancelled" | "pending") => StepState::Off,
            _ => StepState::Completed,
        }
    }

    /// About how many bytes the step takes.
    pub fn weight(&self) -> usize {
        const MEMBERS: usize = 300;
        let json = |json: &Option<Json>| json.as_ref().map_or(0, |json| json.as_str().len());
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let calls = self.tool_calls.iter();
        let calls = calls.map(|call| MEMBERS + json(&call.arguments) + json(&call.result) + text(&call.error));
        MEMBERS + json(&self.input) + json(&self.output) + text(&self.error) + calls.sum::<usize>()
    }

    /// How long the step took, in milliseconds.
    pub fn millis(&self) -> Option<i64> {
        self.duration_ms.or_else(|| Some(self.ended_at?.millis_since(self.started_at?).max(0)))
    }
}

/// How a step went, of the engine's many words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Completed,
    Running,
    Failed,
    /// It was passed by, or called off.
    Off,
}

/// A call of a tool inside a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolCall {
    /// Unique in the step; at most 128 characters.
    #[schema(min_length = 1, max_length = 128)]
    pub id: String,
    #[schema(max_length = 400)]
    pub name: String,
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub arguments: Option<Json>,
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub result: Option<Json>,
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
}

impl ToolCall {
    /// How long the call took, in milliseconds.
    pub fn millis(&self) -> Option<i64> {
        Some(self.ended_at?.millis_since(self.started_at?).max(0))
    }
}

/// A file that belongs to a run; its bytes are stored apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    pub id: AttachmentId,
    #[schema(max_length = 400)]
    pub name: String,
    #[schema(max_length = 400)]
    pub media_type: String,
    /// In bytes.
    #[serde(deserialize_with = "whole::number")]
    #[schema(maximum = 9_223_372_036_854_775_807_i64)]
    pub size: u64,
}

/// What was said in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoiceTranscript {
    pub id: VoiceTranscriptId,
    /// The recording, when there is one.
    #[serde(default)]
    pub attachment_id: Option<AttachmentId>,
    #[serde(default, deserialize_with = "objects::rows")]
    pub turns: Vec<VoiceTurn>,
}

/// What one speaker said before the other did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoiceTurn {
    pub speaker: String,
    pub text: String,
    /// From the start of the recording.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(maximum = 1_000_000_000_000_i64)]
    pub start_ms: Option<u64>,
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(maximum = 1_000_000_000_000_i64)]
    pub end_ms: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_step_went_as_its_status_or_its_errors_say() {
        for (members, state) in [
            (json!({}), StepState::Completed),
            (json!({ "status": "success" }), StepState::Completed),
            (json!({ "status": "completed", "error": "told, and gone on" }), StepState::Completed),
            (json!({ "status": "running" }), StepState::Running),
            (json!({ "status": "skipped" }), StepState::Off),
            (json!({ "status": "error" }), StepState::Failed),
            (json!({ "error": "e" }), StepState::Failed),
            (json!({ "tool_calls": [{ "id": "c", "name": "t", "error": "e" }] }), StepState::Failed),
        ] {
            let mut step: Value = members.clone();
            step["id"] = json!("s");
            let step: StepLog = serde_json::from_str(&step.to_string()).unwrap();
            assert_eq!(step.state(), state, "{members}");
        }
    }
}
