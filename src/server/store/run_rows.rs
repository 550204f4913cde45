//! The rows of runs as the database has them, and what they say.

use super::{error::StoreError, packed, run_content::LongMessages, runs::Columns};
use crate::domain::{
    cost::CostLine,
    failure::Failure,
    ids::{AiEmployeeId, ConversationId, OrganizationId, RunId, WorkflowId},
    json::Json,
    run::{Flow, Run, RunSummary},
    time::Timestamp,
};
use serde::{Deserialize, de::DeserializeOwned};
use sqlx::FromRow;
use uuid::Uuid;

/// A row of [`Snapshot::list_summaries`](super::Snapshot::list_summaries).
#[derive(FromRow)]
pub(super) struct SummaryRow {
    id: Uuid,
    workflow_name: Option<String>,
    ai_employee_id: Option<Uuid>,
    ai_employee_name: Option<String>,
    conversation_id: Option<Uuid>,
    source: String,
    model: Option<String>,
    status: String,
    created_at: i64,
    started_at: Option<i64>,
    duration_ms: Option<i64>,
    total_tokens: Option<i64>,
    input_preview: Option<String>,
    output_preview: Option<String>,
    error_preview: Option<String>,
    failure: Option<String>,
    costs: Option<String>,
}

impl SummaryRow {
    /// As a page lists it.
    pub(super) fn read(self) -> Result<RunSummary, StoreError> {
        Ok(RunSummary {
            id: RunId(self.id),
            workflow_name: self.workflow_name.unwrap_or_default(),
            ai_employee_id: self.ai_employee_id.map(AiEmployeeId),
            ai_employee_name: self.ai_employee_name,
            conversation_id: self.conversation_id.map(ConversationId),
            source: self.source,
            model: self.model,
            status: self.status.parse().map_err(inconsistent)?,
            created_at: time(self.created_at)?,
            started_at: optional_time(self.started_at)?,
            duration_ms: self.duration_ms,
            total_tokens: self.total_tokens,
            input_message: self.input_preview,
            output_message: self.output_preview,
            error_message: self.error_preview,
            failure: read_failure(self.failure.as_deref())?,
            costs: read_costs(self.costs.as_deref())?,
        })
    }
}

/// A row of [`Snapshot::list_runs`](super::Snapshot::list_runs).
#[derive(FromRow)]
pub(super) struct RunRow {
    id: Uuid,
    workflow_id: Uuid,
    workflow_name: Option<String>,
    ai_employee_id: Option<Uuid>,
    ai_employee_name: Option<String>,
    conversation_id: Option<Uuid>,
    conversation_title: Option<String>,
    conversation_channel: Option<String>,
    channel: Option<String>,
    source: String,
    trigger_id: Option<String>,
    trigger_url: Option<String>,
    model: Option<String>,
    status: String,
    created_at: i64,
    started_at: Option<i64>,
    completed_at: Option<i64>,
    failed_at: Option<i64>,
    suspended_at: Option<i64>,
    cancelled_at: Option<i64>,
    duration_ms: Option<i64>,
    input_tokens: Option<i64>,
    output_tokens: Option<i64>,
    total_tokens: Option<i64>,
    input_preview: Option<String>,
    output_preview: Option<String>,
    error_preview: Option<String>,
    failure: Option<String>,
    costs: Option<String>,
    packed_messages: Option<Vec<u8>>,
    packed_list_state: Option<Vec<u8>>,
    packed_content: Option<Vec<u8>>,
    packed_flow: Option<Vec<u8>>,
}

/// All that a run's answer needs of what lies inside it.
#[derive(Default, Deserialize)]
struct StateInside {
    state: Option<Json>,
}

impl RunRow {
    /// As the API answers it.
    pub(super) fn read(self, organization_id: OrganizationId, columns: Columns) -> Result<Run, StoreError> {
        // A message that was not cut is kept in its preview alone.
        let messages: Option<LongMessages<String>> = unpack(self.packed_messages.as_deref())?;
        let [input, output, error] = messages.unwrap_or_default();
        let (state, flow) = match columns {
            Columns::List => (unpack(self.packed_list_state.as_deref())?, Flow::LeftOut),
            Columns::Full => {
                let inside: Option<StateInside> = unpack(self.packed_content.as_deref())?;
                (inside.unwrap_or_default().state, Flow::Read(unpack(self.packed_flow.as_deref())?))
            }
        };
        Ok(Run {
            id: RunId(self.id),
            organization_id,
            workflow_id: WorkflowId(self.workflow_id),
            workflow_name: self.workflow_name.unwrap_or_default(),
            ai_employee_id: self.ai_employee_id.map(AiEmployeeId),
            ai_employee_name: self.ai_employee_name,
            conversation_id: self.conversation_id.map(ConversationId),
            conversation_title: self.conversation_title,
            conversation_channel: self.conversation_channel,
            channel: self.channel,
            source: self.source,
            trigger_id: self.trigger_id,
            trigger_url: self.trigger_url,
            model: self.model,
            status: self.status.parse().map_err(inconsistent)?,
            created_at: time(self.created_at)?,
            started_at: optional_time(self.started_at)?,
            completed_at: optional_time(self.completed_at)?,
            failed_at: optional_time(self.failed_at)?,
            suspended_at: optional_time(self.suspended_at)?,
            cancelled_at: optional_time(self.cancelled_at)?,
            duration_ms: self.duration_ms,
            input_tokens: self.input_tokens,
            output_tokens: self.output_tokens,
            total_tokens: self.total_tokens,
            input_message: input.or(self.input_preview),
            output_message: output.or(self.output_preview),
            error_message: error.or(self.error_preview),
            failure: read_failure(self.failure.as_deref())?,
            flow,
            state,
            costs: read_costs(self.costs.as_deref())?,
        })
    }
}

pub(super) fn inconsistent(problem: impl std::fmt::Display) -> StoreError {
    StoreError::Inconsistent { table: "workflow_runs", problem: problem.to_string() }
}

/// Not with its message, which quotes the content.
pub(super) fn unreadable(error: serde_json::Error) -> StoreError {
    inconsistent(format_args!("JSON that cannot be read, at line {} column {}", error.line(), error.column()))
}

pub(super) fn time(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_micros(micros).map_err(inconsistent)
}

pub(super) fn optional_time(micros: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    micros.map(time).transpose()
}

pub(super) fn unpack<T: DeserializeOwned>(packed: Option<&[u8]>) -> Result<Option<T>, StoreError> {
    packed.map(packed::unpack_json).transpose().map_err(inconsistent)
}

pub(super) fn read_costs(json: Option<&str>) -> Result<Vec<CostLine>, StoreError> {
    json.map(serde_json::from_str).transpose().map(Option::unwrap_or_default).map_err(unreadable)
}

pub(super) fn read_failure(json: Option<&str>) -> Result<Option<Failure>, StoreError> {
    json.map(serde_json::from_str).transpose().map_err(unreadable)
}
