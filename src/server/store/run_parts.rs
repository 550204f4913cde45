//! What lies inside a run, row by row: its payload, state pairs, steps, token history and files.

use super::{
    detail::StepPayload,
    engine::{StoreError, Tx},
    org_db::OrgDb,
    packed,
    run_write::RunWrite,
    runs::state_digest,
    schema::{Attachments, RunPayloads, RunStateValues, StepLogs, TokenHistory, VoiceTranscripts},
};
use crate::domain::{
    document::RunDocument,
    ids::RunId,
    text::{PREVIEW_CHARS, cut},
    time::Timestamp,
};
use sea_query::{Expr, ExprTrait, IntoColumnRef, IntoIden, IntoTableRef, Query, SimpleExpr, Value};

/// Rows of one insert; fourteen columns of a thousand rows stay below what either database binds.
const ROWS_AT_ONCE: usize = 1_000;

impl OrgDb {
    /// Takes away what lies inside a run that is about to be replaced.
    pub(super) async fn clear_run(&self, tx: &mut Tx, run_id: RunId) -> Result<(), StoreError> {
        self.clear(tx, RunPayloads::Table, RunPayloads::OrganizationId, RunPayloads::RunId, run_id).await?;
        self.clear(tx, RunStateValues::Table, RunStateValues::OrganizationId, RunStateValues::RunId, run_id).await?;
        self.clear(tx, StepLogs::Table, StepLogs::OrganizationId, StepLogs::RunId, run_id).await?;
        self.clear(tx, TokenHistory::Table, TokenHistory::OrganizationId, TokenHistory::RunId, run_id).await?;
        self.clear(tx, Attachments::Table, Attachments::OrganizationId, Attachments::RunId, run_id).await?;
        self.clear(tx, VoiceTranscripts::Table, VoiceTranscripts::OrganizationId, VoiceTranscripts::RunId, run_id).await
    }

    async fn clear<C: IntoColumnRef>(
        &self,
        tx: &mut Tx,
        table: impl IntoTableRef,
        organization: C,
        run_column: C,
        run_id: RunId,
    ) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table(table)
            .and_where(self.owns(organization))
            .and_where(Expr::col(run_column).eq(run_id.0))
            .take();
        tx.execute(&delete).await.map(drop)
    }

    /// Stores the state and the messages that are longer than their preview.
    pub(super) async fn insert_payload(&self, tx: &mut Tx, write: &RunWrite) -> Result<(), StoreError> {
        let [input, output, error] = long_messages(&write.document).map(|message| message.map(str::to_owned));
        let state = write.document.state.as_ref().map(|state| packed::pack(state.as_str()));
        if input.is_none() && output.is_none() && error.is_none() && state.is_none() {
            return Ok(());
        }
        let insert = Query::insert()
            .into_table(RunPayloads::Table)
            .columns([
                RunPayloads::OrganizationId,
                RunPayloads::RunId,
                RunPayloads::InputMessage,
                RunPayloads::OutputMessage,
                RunPayloads::ErrorMessage,
                RunPayloads::PackedState,
            ])
            .values_panic([
                self.organization_id().0.into(),
                write.run_id.0.into(),
                input.into(),
                output.into(),
                error.into(),
                state.into(),
            ])
            .take();
        tx.execute(&insert).await.map(drop)
    }

    /// Stores the pairs of the state that can be asked for.
    pub(super) async fn insert_state_values(&self, tx: &mut Tx, write: &RunWrite) -> Result<(), StoreError> {
        let rows = write.state_values.iter().map(|(key, value)| {
            vec![self.organization_id().0.into(), write.run_id.0.into(), state_digest(key, value).into()]
        });
        let columns = [RunStateValues::OrganizationId, RunStateValues::RunId, RunStateValues::Digest];
        insert_rows(tx, RunStateValues::Table, &columns, rows.collect()).await
    }

    /// Stores the step logs in their order.
    pub(super) async fn insert_steps(&self, tx: &mut Tx, write: &RunWrite) -> Result<(), StoreError> {
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(write.document.steps.len());
        for (position, step) in write.document.steps.iter().enumerate() {
            let has_payload = step.input.is_some() || step.output.is_some() || !step.tool_calls.is_empty();
            let payload = has_payload.then(|| StepPayload {
                input: step.input.clone(),
                output: step.output.clone(),
                tool_calls: step.tool_calls.clone(),
            });
            let payload = payload.as_ref().map(packed::pack_json).transpose().map_err(unwritable)?;
            rows.push(vec![
                self.organization_id().0.into(),
                write.run_id.0.into(),
                step.id.clone().into(),
                row_position(position),
                step.parent_id.clone().into(),
                step.step_id.clone().into(),
                step.name.clone().into(),
                step.kind.clone().into(),
                step.status.clone().into(),
                step.started_at.map(Timestamp::micros).into(),
                step.ended_at.map(Timestamp::micros).into(),
                step.millis().into(),
                step.error.clone().into(),
                payload.into(),
            ]);
        }
        let columns = [
            StepLogs::OrganizationId,
            StepLogs::RunId,
            StepLogs::Id,
            StepLogs::Position,
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
        ];
        insert_rows(tx, StepLogs::Table, &columns, rows).await
    }

    /// Stores what each call of a model cost.
    pub(super) async fn insert_token_history(&self, tx: &mut Tx, write: &RunWrite) -> Result<(), StoreError> {
        let rows = write.document.token_history.iter().map(|usage| {
            vec![
                self.organization_id().0.into(),
                write.run_id.0.into(),
                usage.id.clone().into(),
                usage.key_type.clone().into(),
                usage.model.clone().into(),
                usage.input_tokens.into(),
                usage.output_tokens.into(),
                usage.cached_input_tokens.into(),
                usage.usd_cost.nanos().into(),
            ]
        });
        let columns = [
            TokenHistory::OrganizationId,
            TokenHistory::RunId,
            TokenHistory::Id,
            TokenHistory::KeyType,
            TokenHistory::Model,
            TokenHistory::InputTokens,
            TokenHistory::OutputTokens,
            TokenHistory::CachedInputTokens,
            TokenHistory::UsdNanos,
        ];
        insert_rows(tx, TokenHistory::Table, &columns, rows.collect()).await
    }

    /// Stores the attachments, without their bytes, and the transcripts.
    pub(super) async fn insert_files(&self, tx: &mut Tx, write: &RunWrite) -> Result<(), StoreError> {
        let attachments = write.document.attachments.iter().enumerate().map(|(position, attachment)| {
            vec![
                self.organization_id().0.into(),
                write.run_id.0.into(),
                attachment.id.0.into(),
                row_position(position),
                attachment.name.clone().into(),
                attachment.media_type.clone().into(),
                i64::try_from(attachment.size).unwrap_or(i64::MAX).into(),
            ]
        });
        let columns = [
            Attachments::OrganizationId,
            Attachments::RunId,
            Attachments::Id,
            Attachments::Position,
            Attachments::Name,
            Attachments::MediaType,
            Attachments::Size,
        ];
        insert_rows(tx, Attachments::Table, &columns, attachments.collect()).await?;
        let mut transcripts: Vec<Vec<Value>> = Vec::new();
        for (position, transcript) in write.document.voice_transcripts.iter().enumerate() {
            transcripts.push(vec![
                self.organization_id().0.into(),
                write.run_id.0.into(),
                transcript.id.0.into(),
                row_position(position),
                transcript.attachment_id.map(|id| id.0).into(),
                packed::pack_json(&transcript.turns).map_err(unwritable)?.into(),
            ]);
        }
        let columns = [
            VoiceTranscripts::OrganizationId,
            VoiceTranscripts::RunId,
            VoiceTranscripts::Id,
            VoiceTranscripts::Position,
            VoiceTranscripts::AttachmentId,
            VoiceTranscripts::PackedTurns,
        ];
        insert_rows(tx, VoiceTranscripts::Table, &columns, transcripts).await
    }
}

async fn insert_rows<C: IntoIden + Copy>(
    tx: &mut Tx,
    table: impl IntoTableRef + Copy,
    columns: &[C],
    rows: Vec<Vec<Value>>,
) -> Result<(), StoreError> {
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        let mut insert = Query::insert().into_table(table).columns(columns.iter().copied()).take();
        for row in chunk {
            insert.values_panic(row.iter().cloned().map(SimpleExpr::from));
        }
        tx.execute(&insert).await?;
    }
    Ok(())
}

/// The messages that are longer than their preview, which alone are kept a second time.
pub(super) fn long_messages(document: &RunDocument) -> [Option<&str>; 3] {
    [&document.input_message, &document.output_message, &document.error_message]
        .map(|message| message.as_deref().filter(|message| cut(message, PREVIEW_CHARS).len() < message.len()))
}

fn row_position(position: usize) -> Value {
    i64::try_from(position).unwrap_or(i64::MAX).into()
}

pub(super) fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::Inconsistent { table: "workflow_runs", problem: error.to_string() }
}
