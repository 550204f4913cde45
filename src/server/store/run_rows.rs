//! The rows of runs as the database has them, and what they say.

use super::{engine::StoreError, packed, runs::Columns};
use crate::domain::{
    failure::Failure,
    ids::{AiEmployeeId, ConversationId, OrganizationId, RunId, WorkflowId},
    json::Json,
    run::{Flow, Run, RunSummary},
    time::Timestamp,
};
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
}

impl SummaryRow {
    /// As a page lists it, its costs still to be read.
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
            costs: Vec::new(),
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
    has_long_message: bool,
    input_preview: Option<String>,
    output_preview: Option<String>,
    error_preview: Option<String>,
    input_message: Option<String>,
    output_message: Option<String>,
    error_message: Option<String>,
    failure: Option<String>,
    list_state: Option<String>,
    packed_state: Option<Vec<u8>>,
    packed_flow: Option<Vec<u8>>,
}

impl RunRow {
    /// As the API answers it, its costs still to be read.
    pub(super) fn read(self, organization_id: OrganizationId, columns: Columns) -> Result<Run, StoreError> {
        // A message that was not cut is kept in its preview alone.
        let whole = |message: Option<String>, preview: Option<String>| {
            if self.has_long_message { message.or(preview) } else { preview }
        };
        let (state, flow) = match columns {
            Columns::List => (self.list_state.map(Json::from_text).transpose().map_err(unreadable)?, Flow::LeftOut),
            Columns::Full => (unpack(self.packed_state.as_deref())?, Flow::Read(unpack(self.packed_flow.as_deref())?)),
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
            input_message: whole(self.input_message, self.input_preview),
            output_message: whole(self.output_message, self.output_preview),
            error_message: whole(self.error_message, self.error_preview),
            failure: read_failure(self.failure.as_deref())?,
            flow,
            state,
            costs: Vec::new(),
        })
    }
}

pub(super) fn inconsistent(problem: impl std::fmt::Display) -> StoreError {
    StoreError::Inconsistent { table: "workflow_runs", problem: problem.to_string() }
}

/// Not with its message, which quotes the content.
fn unreadable(error: serde_json::Error) -> StoreError {
    inconsistent(format_args!("JSON that cannot be read, at line {} column {}", error.line(), error.column()))
}

pub(super) fn time(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_micros(micros).map_err(inconsistent)
}

fn optional_time(micros: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    micros.map(time).transpose()
}

fn unpack(packed: Option<&[u8]>) -> Result<Option<Json>, StoreError> {
    packed.map(packed::unpack_raw).transpose().map_err(inconsistent)
}

fn read_failure(json: Option<&str>) -> Result<Option<Failure>, StoreError> {
    json.map(serde_json::from_str).transpose().map_err(unreadable)
}
