//! What lies inside one run: steps, files, calls.

use super::{
    engine::StoreError,
    org_db::Snapshot,
    packed,
    runs::text_is,
    schema::{Attachments, StepLogs, VoiceTranscripts},
};
use crate::domain::{
    ids::{AttachmentId, RunId, VoiceTranscriptId},
    json::Json,
    step::{Attachment, StepLog, ToolCall, VoiceTranscript},
    time::Timestamp,
};
use sea_query::{Asterisk, Expr, ExprTrait, Func, Order, Query, SelectStatement};
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

impl Snapshot {
    /// Step logs in order from `offset` on, at most `limit`, and how many the run has.
    pub async fn steps(&mut self, run_id: RunId, offset: u64, limit: usize) -> Result<(Vec<StepLog>, u64), StoreError> {
        let select = self
            .select_steps(run_id)
            .order_by(StepLogs::Position, Order::Asc)
            .limit(limit as u64)
            // Beyond what a database counts to there is nothing anyway.
            .offset(Ord::min(offset, i64::MAX as u64))
            .take();
        let rows: Vec<StepRow> = self.tx.fetch_all(&select).await?;
        let steps = rows.into_iter().map(StepRow::read).collect::<Result<Vec<_>, _>>()?;
        let total = if offset == 0 && steps.len() < limit {
            steps.len() as u64
        } else {
            let count = self.select_steps(run_id).clear_selects().expr(Func::count(Expr::col(Asterisk))).take();
            self.tx.fetch_count(&count).await?
        };
        Ok((steps, total))
    }

    /// One step log of a run; `None` when the run has no such step.
    pub async fn step(&mut self, run_id: RunId, id: &str) -> Result<Option<StepLog>, StoreError> {
        let select = self.select_steps(run_id).and_where(text_is(Expr::col(StepLogs::Id), id)).take();
        self.tx.fetch_optional::<StepRow>(&select).await?.map(StepRow::read).transpose()
    }

    fn select_steps(&self, run_id: RunId) -> SelectStatement {
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
            .from(StepLogs::Table)
            .and_where(self.owns((StepLogs::Table, StepLogs::OrganizationId)))
            .and_where(Expr::col(StepLogs::RunId).eq(run_id.0))
            .take()
    }

    /// The files of a run, without their bytes.
    pub async fn attachments(&mut self, run_id: RunId) -> Result<Vec<Attachment>, StoreError> {
        let select = self.select_attachments(run_id).order_by(Attachments::Position, Order::Asc).take();
        let rows: Vec<AttachmentRow> = self.tx.fetch_all(&select).await?;
        rows.into_iter().map(AttachmentRow::read).collect()
    }

    /// One file of a run, without its bytes; `None` when the run has no such file.
    pub async fn attachment(&mut self, run_id: RunId, id: AttachmentId) -> Result<Option<Attachment>, StoreError> {
        let select = self.select_attachments(run_id).and_where(Expr::col(Attachments::Id).eq(id.0)).take();
        self.tx.fetch_optional::<AttachmentRow>(&select).await?.map(AttachmentRow::read).transpose()
    }

    fn select_attachments(&self, run_id: RunId) -> SelectStatement {
        Query::select()
            .columns([Attachments::Id, Attachments::Name, Attachments::MediaType, Attachments::Size])
            .from(Attachments::Table)
            .and_where(self.owns((Attachments::Table, Attachments::OrganizationId)))
            .and_where(Expr::col(Attachments::RunId).eq(run_id.0))
            .take()
    }

    /// What was said in the calls of a run.
    pub async fn voice_transcripts(&mut self, run_id: RunId) -> Result<Vec<VoiceTranscript>, StoreError> {
        let select = Query::select()
            .columns([VoiceTranscripts::Id, VoiceTranscripts::AttachmentId, VoiceTranscripts::PackedTurns])
            .from(VoiceTranscripts::Table)
            .and_where(self.owns((VoiceTranscripts::Table, VoiceTranscripts::OrganizationId)))
            .and_where(Expr::col(VoiceTranscripts::RunId).eq(run_id.0))
            .order_by(VoiceTranscripts::Position, Order::Asc)
            .take();
        let rows: Vec<TranscriptRow> = self.tx.fetch_all(&select).await?;
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
}

impl AttachmentRow {
    fn read(self) -> Result<Attachment, StoreError> {
        let size = u64::try_from(self.size).map_err(|error| inconsistent("attachments", error))?;
        Ok(Attachment { id: AttachmentId(self.id), name: self.name, media_type: self.media_type, size })
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
