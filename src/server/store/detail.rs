//! What lies inside one run: steps, files, calls; and the title of its conversation.

use super::{
    engine::StoreError,
    org_db::OrgDb,
    packed,
    schema::{AiEmployees, Attachments, Conversations, StepLogs, VoiceTranscripts, WorkflowRuns as Runs},
};
use crate::domain::{
    ids::{AiEmployeeId, AttachmentId, ConversationId, RunId, VoiceTranscriptId},
    json::Json,
    run::temporary_title,
    step::{Attachment, StepLog, ToolCall, VoiceTranscript},
    time::Timestamp,
};
use sea_query::{Asterisk, Expr, ExprTrait, Func, Order, Query};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

/// The payload of a step log, packed into one column.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StepPayload {
    pub input: Option<Json>,
    pub output: Option<Json>,
    pub tool_calls: Vec<ToolCall>,
}

#[derive(FromRow)]
struct StepRow {
    id: String,
    parent_id: Option<String>,
    step_id: Option<String>,
    name: Option<String>,
    kind: Option<String>,
    status: Option<String>,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    duration_ms: Option<i64>,
    error: Option<String>,
    packed_payload: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct AttachmentRow {
    id: Uuid,
    name: String,
    media_type: String,
    size: i64,
}

#[derive(FromRow)]
struct TranscriptRow {
    id: Uuid,
    attachment_id: Option<Uuid>,
    packed_turns: Vec<u8>,
}

#[derive(FromRow)]
struct FirstRunRow {
    created_at: i64,
}

#[derive(FromRow)]
struct FirstInputRow {
    input_preview: Option<String>,
}

#[derive(FromRow)]
struct TitleRow {
    title: Option<String>,
}

#[derive(FromRow)]
struct NameRow {
    id: Uuid,
    name: String,
}

impl OrgDb {
    /// Step logs in order, at most `limit`, and how many there are.
    pub async fn steps(&self, run_id: RunId, limit: usize) -> Result<(Vec<StepLog>, u64), StoreError> {
        let of_run = |columns: &mut sea_query::SelectStatement| {
            columns
                .from(StepLogs::Table)
                .and_where(self.owns((StepLogs::Table, StepLogs::OrganizationId)))
                .and_where(Expr::col(StepLogs::RunId).eq(run_id.0))
                .take()
        };
        let select = of_run(
            Query::select()
                .columns([
                    StepLogs::Id,
                    StepLogs::ParentId,
                    StepLogs::StepId,
                    StepLogs::Name,
                    StepLogs::Kind,
                    StepLogs::Status,
                    StepLogs::StartedAt,
                    StepLogs::EndedAt,
                    StepLogs::DurationMs,
                    StepLogs::Error,
                    StepLogs::PackedPayload,
                ])
                .order_by(StepLogs::Position, Order::Asc)
                .limit(limit as u64),
        );
        let rows: Vec<StepRow> = self.db.fetch_all(&select).await?;
        let steps = rows.into_iter().map(StepRow::read).collect::<Result<Vec<_>, _>>()?;
        let total = if steps.len() < limit {
            steps.len() as u64
        } else {
            self.db.fetch_count(&of_run(Query::select().expr(Func::count(Expr::col(Asterisk))))).await?
        };
        Ok((steps, total))
    }

    /// The files of a run, without their bytes.
    pub async fn attachments(&self, run_id: RunId) -> Result<Vec<Attachment>, StoreError> {
        let select = Query::select()
            .columns([Attachments::Id, Attachments::Name, Attachments::MediaType, Attachments::Size])
            .from(Attachments::Table)
            .and_where(self.owns((Attachments::Table, Attachments::OrganizationId)))
            .and_where(Expr::col(Attachments::RunId).eq(run_id.0))
            .order_by(Attachments::Position, Order::Asc)
            .take();
        let rows: Vec<AttachmentRow> = self.db.fetch_all(&select).await?;
        rows.into_iter()
            .map(|row| {
                let size = u64::try_from(row.size).map_err(|error| inconsistent("attachments", error))?;
                Ok(Attachment { id: AttachmentId(row.id), name: row.name, media_type: row.media_type, size })
            })
            .collect()
    }

    /// What was said in the calls of a run.
    pub async fn voice_transcripts(&self, run_id: RunId) -> Result<Vec<VoiceTranscript>, StoreError> {
        let select = Query::select()
            .columns([VoiceTranscripts::Id, VoiceTranscripts::AttachmentId, VoiceTranscripts::PackedTurns])
            .from(VoiceTranscripts::Table)
            .and_where(self.owns((VoiceTranscripts::Table, VoiceTranscripts::OrganizationId)))
            .and_where(Expr::col(VoiceTranscripts::RunId).eq(run_id.0))
            .order_by(VoiceTranscripts::Position, Order::Asc)
            .take();
        let rows: Vec<TranscriptRow> = self.db.fetch_all(&select).await?;
        rows.into_iter()
            .map(|row| {
                Ok(VoiceTranscript {
                    id: VoiceTranscriptId(row.id),
                    attachment_id: row.attachment_id.map(AttachmentId),
                    turns: packed::unpack_json(&row.packed_turns)
                        .map_err(|error| inconsistent("voice_transcripts", error))?,
                })
            })
            .collect()
    }

    /// Gives a conversation without a title a temporary one, made from its first run. Of several that try at once
    /// one writes, and all answer what was written.
    pub async fn backfill_title(&self, conversation_id: ConversationId) -> Result<Option<String>, StoreError> {
        let runs = |columns: &mut sea_query::SelectStatement| {
            columns
                .from(Runs::Table)
                .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
                .and_where(Expr::col(Runs::ConversationId).eq(conversation_id.0))
                .order_by(Runs::CreatedAt, Order::Asc)
                .order_by(Runs::Id, Order::Asc)
                .limit(1)
                .take()
        };
        let Some(first) = self.db.fetch_optional::<FirstRunRow>(&runs(Query::select().column(Runs::CreatedAt))).await?
        else {
            return Ok(None);
        };
        let with_input =
            runs(Query::select().column(Runs::InputPreview).and_where(Expr::col(Runs::InputPreview).is_not_null()));
        let input = self.db.fetch_optional::<FirstInputRow>(&with_input).await?.and_then(|row| row.input_preview);
        let created_at =
            Timestamp::from_micros(first.created_at).map_err(|error| inconsistent("workflow_runs", error))?;
        let write = Query::update()
            .table(Conversations::Table)
            .value(Conversations::Title, temporary_title(input.as_deref(), created_at))
            .and_where(self.owns((Conversations::Table, Conversations::OrganizationId)))
            .and_where(Expr::col(Conversations::Id).eq(conversation_id.0))
            .and_where(Expr::col(Conversations::Title).is_null())
            .take();
        self.db.execute(&write).await?;
        let stored = Query::select()
            .column(Conversations::Title)
            .from(Conversations::Table)
            .and_where(self.owns((Conversations::Table, Conversations::OrganizationId)))
            .and_where(Expr::col(Conversations::Id).eq(conversation_id.0))
            .take();
        Ok(self.db.fetch_optional::<TitleRow>(&stored).await?.and_then(|row| row.title))
    }

    /// The teammates of the organization, by name.
    pub async fn ai_employees(&self) -> Result<Vec<(AiEmployeeId, String)>, StoreError> {
        let select = Query::select()
            .columns([AiEmployees::Id, AiEmployees::Name])
            .from(AiEmployees::Table)
            .and_where(self.owns((AiEmployees::Table, AiEmployees::OrganizationId)))
            .take();
        let mut rows: Vec<NameRow> = self.db.fetch_all(&select).await?;
        rows.sort_by_cached_key(|row| (row.name.to_lowercase(), row.id));
        Ok(rows.into_iter().map(|row| (AiEmployeeId(row.id), row.name)).collect())
    }
}

impl StepRow {
    fn read(self) -> Result<StepLog, StoreError> {
        let time = |micros: Option<i64>| {
            micros.map(Timestamp::from_micros).transpose().map_err(|error| inconsistent("step_logs", error))
        };
        let payload = match &self.packed_payload {
            Some(packed) => packed::unpack_json(packed).map_err(|error| inconsistent("step_logs", error))?,
            None => StepPayload { input: None, output: None, tool_calls: Vec::new() },
        };
        Ok(StepLog {
            id: self.id,
            parent_id: self.parent_id,
            step_id: self.step_id,
            name: self.name,
            kind: self.kind,
            status: self.status,
            started_at: time(self.started_at)?,
            ended_at: time(self.ended_at)?,
            duration_ms: self.duration_ms,
            input: payload.input,
            output: payload.output,
            error: self.error,
            tool_calls: payload.tool_calls,
        })
    }
}

fn inconsistent(table: &'static str, problem: impl std::fmt::Display) -> StoreError {
    StoreError::Inconsistent { table, problem: problem.to_string() }
}
