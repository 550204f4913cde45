//! A run as it is read: what every face says of it, a row of a page's list, and the whole of it.

use super::{
    cost::CostLine,
    failure::Failure,
    filter::RunFilter,
    ids::{AiEmployeeId, ConversationId, OrganizationId, RunId, WorkflowId},
    json::Json,
    status::RunStatus,
    step::{Attachment, StepLog, VoiceTranscript},
    text::{PREVIEW_CHARS, cut},
    time::Timestamp,
};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many steps a detail carries at most; the rest is asked for by itself.
pub const MAX_DETAIL_STEPS: usize = 1_000;

/// Which run is meant: by its id, and where its skill was named too, only as a run of that skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunKey {
    pub id: RunId,
    pub workflow_id: Option<WorkflowId>,
}

impl From<RunId> for RunKey {
    fn from(id: RunId) -> Self {
        Self { id, workflow_id: None }
    }
}

impl From<RunKey> for RunFilter {
    fn from(key: RunKey) -> Self {
        Self { run_id: Some(key.id), workflow_id: key.workflow_id, ..Self::default() }
    }
}

/// A row of a page's list: no payload, messages cut to [`PREVIEW_CHARS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema, ToSchema)]
#[schema(as = RunRow)]
pub struct RunSummary {
    pub id: RunId,
    pub workflow_name: String,
    pub ai_employee_id: Option<AiEmployeeId>,
    pub ai_employee_name: Option<String>,
    pub conversation_id: Option<ConversationId>,
    /// The resolved channel key, see [`super::source`].
    pub source: String,
    pub model: Option<String>,
    pub status: RunStatus,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
    pub total_tokens: Option<i64>,
    pub input_message: Option<String>,
    pub output_message: Option<String>,
    pub error_message: Option<String>,
    pub failure: Option<Failure>,
    pub costs: Vec<CostLine>,
}

/// RUN of the contract: every face of the API answers with it. Absent values are `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    pub id: RunId,
    pub organization_id: OrganizationId,
    pub workflow_id: WorkflowId,
    pub workflow_name: String,
    pub ai_employee_id: Option<AiEmployeeId>,
    pub ai_employee_name: Option<String>,
    pub conversation_id: Option<ConversationId>,
    pub conversation_title: Option<String>,
    pub conversation_channel: Option<String>,
    pub channel: Option<String>,
    pub source: String,
    pub trigger_id: Option<String>,
    pub trigger_url: Option<String>,
    pub model: Option<String>,
    pub status: RunStatus,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub failed_at: Option<Timestamp>,
    pub suspended_at: Option<Timestamp>,
    pub cancelled_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    pub total_tokens: Option<i64>,
    pub input_message: Option<String>,
    pub output_message: Option<String>,
    pub error_message: Option<String>,
    pub failure: Option<Failure>,
    /// Left out, not `null`, in list serialization.
    #[serde(default, skip_serializing_if = "Flow::is_left_out")]
    #[schema(value_type = serde_json::Value)]
    pub flow: Flow,
    /// The whole one, or in list serialization the compressed one.
    #[schema(value_type = serde_json::Value)]
    pub state: Option<Json>,
    pub costs: Vec<CostLine>,
}

impl From<&Run> for RunSummary {
    fn from(run: &Run) -> Self {
        let preview = |message: &Option<String>| message.as_deref().map(|text| cut(text, PREVIEW_CHARS).to_owned());
        Self {
            id: run.id,
            workflow_name: run.workflow_name.clone(),
            ai_employee_id: run.ai_employee_id,
            ai_employee_name: run.ai_employee_name.clone(),
            conversation_id: run.conversation_id,
            source: run.source.clone(),
            model: run.model.clone(),
            status: run.status,
            created_at: run.created_at,
            started_at: run.started_at,
            duration_ms: run.duration_ms,
            total_tokens: run.total_tokens,
            input_message: preview(&run.input_message),
            output_message: preview(&run.output_message),
            error_message: preview(&run.error_message),
            failure: run.failure.clone(),
            costs: run.costs.clone(),
        }
    }
}

/// The flow snapshot of a run: read, or left out because nobody asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Flow {
    #[default]
    LeftOut,
    Read(Option<Json>),
}

impl Flow {
    /// Whether it was not asked for.
    pub const fn is_left_out(&self) -> bool {
        matches!(self, Self::LeftOut)
    }
}

impl Serialize for Flow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::LeftOut => serializer.serialize_none(),
            Self::Read(flow) => flow.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Flow {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<Json>::deserialize(deserializer).map(Self::Read)
    }
}

/// Everything that is known of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDetail {
    pub run: Run,
    /// In order; at most [`MAX_DETAIL_STEPS`].
    pub steps: Vec<StepLog>,
    pub steps_total: u64,
    pub attachments: Vec<Attachment>,
    pub voice_transcripts: Vec<VoiceTranscript>,
    /// Other runs that it has to do with, which may be gone or not there yet.
    pub related_runs: Vec<RunId>,
}

/// A part of a run's steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepsPage {
    /// In order; at most [`MAX_DETAIL_STEPS`].
    pub steps: Vec<StepLog>,
    /// How many the run has.
    pub steps_total: u64,
    /// How many come before these.
    pub offset: u64,
}

/// The name that a conversation without a title gets, from its first input message or else from its first day.
pub fn temporary_title(first_input: Option<&str>, created_at: Timestamp) -> String {
    let line = first_input.into_iter().flat_map(str::lines).map(str::trim).find(|line| !line.is_empty());
    line.map_or_else(
        || format!("Conversation on {}", created_at.to_datetime().date_naive()),
        |line| cut(line, 60).to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_is_named_by_its_first_words_or_its_day() {
        let day: Timestamp = "2026-11-21T14:02:11Z".parse().unwrap();
        for (input, title) in [
            (Some("\n  Where is my parcel?\nIt is late."), "Where is my parcel?".to_owned()),
            (Some(" \n "), "Conversation on 2026-11-21".to_owned()),
            (None, "Conversation on 2026-11-21".to_owned()),
            (Some("ü".repeat(80).as_str()), "ü".repeat(60)),
        ] {
            assert_eq!(temporary_title(input, day), title);
        }
    }
}
