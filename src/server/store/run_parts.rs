//! What lies inside a run, row by row: its payload, state pairs, steps, token history and files.

use super::{
    detail::StepPayload,
    engine::{StoreError, Tx},
    insert_rows::insert_rows,
    org_db::OrgDb,
    packed,
    packed_run::weight_of,
    runs::state_digest,
    schema::{Attachments, RunPayloads, RunStateValues, StepLogs, TokenHistory, VoiceTranscripts},
};
use crate::domain::{
    document::RunDocument,
    ids::{OrganizationId, RunId},
    run_write::RunWrite,
    text::{PREVIEW_CHARS, cut},
    time::Timestamp,
};
use sea_query::{Expr, ExprTrait, IntoColumnRef, IntoTableRef, Query, Value};

type Rows = Vec<Vec<Value>>;

/// The rows of one run, each table's in the order of its columns below.
#[derive(Debug)]
pub(super) struct RunParts {
    /// At most one: the state, and the messages that are longer than their preview.
    payload: Rows,
    state_values: Rows,
    steps: Rows,
    token_history: Rows,
    attachments: Rows,
    voice_transcripts: Rows,
}

const PAYLOAD: [RunPayloads; 6] = [
    RunPayloads::OrganizationId,
    RunPayloads::RunId,
    RunPayloads::InputMessage,
    RunPayloads::OutputMessage,
    RunPayloads::ErrorMessage,
    RunPayloads::PackedState,
];

const STATE_VALUE: [RunStateValues; 3] =
    [RunStateValues::OrganizationId, RunStateValues::RunId, RunStateValues::Digest];

const STEP: [StepLogs; 14] = [
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

const TOKEN_USAGE: [TokenHistory; 9] = [
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

const ATTACHMENT: [Attachments; 7] = [
    Attachments::OrganizationId,
    Attachments::RunId,
    Attachments::Id,
    Attachments::Position,
    Attachments::Name,
    Attachments::MediaType,
    Attachments::Size,
];

const VOICE_TRANSCRIPT: [VoiceTranscripts; 6] = [
    VoiceTranscripts::OrganizationId,
    VoiceTranscripts::RunId,
    VoiceTranscripts::Id,
    VoiceTranscripts::Position,
    VoiceTranscripts::AttachmentId,
    VoiceTranscripts::PackedTurns,
];

impl RunParts {
    /// About how many bytes they take while they wait.
    pub fn weight(&self) -> usize {
        let tables = [
            &self.payload,
            &self.state_values,
            &self.steps,
            &self.token_history,
            &self.attachments,
            &self.voice_transcripts,
        ];
        tables.into_iter().flatten().flatten().map(weight_of).sum()
    }

    /// Packs what lies inside a run.
    pub fn of(organization_id: OrganizationId, write: &RunWrite) -> Result<Self, StoreError> {
        let key: [Value; 2] = [organization_id.0.into(), write.run_id.0.into()];
        let row = |values: Vec<Value>| key.iter().cloned().chain(values).collect::<Vec<_>>();
        let document = &write.document;
        let state_values = write.state_values.iter();
        let usages = document.token_history.iter();
        Ok(Self {
            payload: payload(document).into_iter().map(row).collect(),
            state_values: state_values.map(|(key, value)| row(vec![state_digest(key, value).into()])).collect(),
            steps: steps(document)?.into_iter().map(row).collect(),
            token_history: usages
                .map(|usage| {
                    row(vec![
                        usage.id.clone().into(),
                        usage.key_type.clone().into(),
                        usage.model.clone().into(),
                        usage.input_tokens.into(),
                        usage.output_tokens.into(),
                        usage.cached_input_tokens.into(),
                        usage.usd_cost.nanos().into(),
                    ])
                })
                .collect(),
            attachments: (0_i64..)
                .zip(&document.attachments)
                .map(|(position, attachment)| {
                    row(vec![
                        attachment.id.0.into(),
                        position.into(),
                        attachment.name.clone().into(),
                        attachment.media_type.clone().into(),
                        i64::try_from(attachment.size).unwrap_or(i64::MAX).into(),
                    ])
                })
                .collect(),
            voice_transcripts: (0_i64..)
                .zip(&document.voice_transcripts)
                .map(|(position, transcript)| {
                    Ok(row(vec![
                        transcript.id.0.into(),
                        position.into(),
                        transcript.attachment_id.map(|id| id.0).into(),
                        packed::pack_json(&transcript.turns)?.into(),
                    ]))
                })
                .collect::<Result<_, serde_json::Error>>()
                .map_err(packed::unwritable)?,
        })
    }
}

fn payload(document: &RunDocument) -> Option<Vec<Value>> {
    let messages = long_messages(document);
    let state = document.state.as_ref().map(|state| packed::pack(state.as_str()));
    let is_empty = state.is_none() && messages.iter().all(Option::is_none);
    let messages = messages.into_iter().map(|message| Value::from(message.map(str::to_owned)));
    (!is_empty).then(|| messages.chain([state.into()]).collect())
}

fn steps(document: &RunDocument) -> Result<Rows, StoreError> {
    let row = |(position, step): (i64, &crate::domain::step::StepLog)| {
        let has_payload = step.input.is_some() || step.output.is_some() || !step.tool_calls.is_empty();
        let payload = has_payload.then(|| StepPayload {
            input: step.input.clone(),
            output: step.output.clone(),
            tool_calls: step.tool_calls.clone(),
        });
        Ok(vec![
            step.id.clone().into(),
            position.into(),
            step.parent_id.clone().into(),
            step.step_id.clone().into(),
            step.name.clone().into(),
            step.kind.clone().into(),
            step.status.clone().into(),
            step.started_at.map(Timestamp::micros).into(),
            step.ended_at.map(Timestamp::micros).into(),
            step.millis().into(),
            step.error.clone().into(),
            payload.as_ref().map(packed::pack_json).transpose()?.into(),
        ])
    };
    (0..).zip(&document.steps).map(row).collect::<Result<_, serde_json::Error>>().map_err(packed::unwritable)
}

/// The messages that are longer than their preview, which alone are kept a second time.
pub(super) fn long_messages(document: &RunDocument) -> [Option<&str>; 3] {
    [&document.input_message, &document.output_message, &document.error_message]
        .map(|message| message.as_deref().filter(|message| cut(message, PREVIEW_CHARS).len() < message.len()))
}

impl OrgDb {
    /// Takes away what lies inside runs that are being replaced.
    pub(super) async fn clear_parts(&self, tx: &mut Tx, ids: &[RunId]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.clear(tx, RunPayloads::Table, [RunPayloads::OrganizationId, RunPayloads::RunId], ids).await?;
        self.clear(tx, RunStateValues::Table, [RunStateValues::OrganizationId, RunStateValues::RunId], ids).await?;
        self.clear(tx, StepLogs::Table, [StepLogs::OrganizationId, StepLogs::RunId], ids).await?;
        self.clear(tx, TokenHistory::Table, [TokenHistory::OrganizationId, TokenHistory::RunId], ids).await?;
        self.clear(tx, Attachments::Table, [Attachments::OrganizationId, Attachments::RunId], ids).await?;
        self.clear(tx, VoiceTranscripts::Table, [VoiceTranscripts::OrganizationId, VoiceTranscripts::RunId], ids).await
    }

    async fn clear<C: IntoColumnRef>(
        &self,
        tx: &mut Tx,
        table: impl IntoTableRef,
        [organization, run]: [C; 2],
        ids: &[RunId],
    ) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table(table)
            .and_where(self.owns(organization))
            .and_where(Expr::col(run).is_in(ids.iter().map(|id| id.0)))
            .take();
        tx.execute(&delete).await.map(drop)
    }

    /// Stores what lies inside runs.
    pub(super) async fn insert_parts(&self, tx: &mut Tx, parts: &[&RunParts]) -> Result<(), StoreError> {
        let all = |rows: fn(&RunParts) -> &Rows| parts.iter().flat_map(|parts| rows(parts)).cloned().collect::<Rows>();
        insert_rows(tx, RunPayloads::Table, &PAYLOAD, all(|parts| &parts.payload), None).await?;
        insert_rows(tx, RunStateValues::Table, &STATE_VALUE, all(|parts| &parts.state_values), None).await?;
        insert_rows(tx, StepLogs::Table, &STEP, all(|parts| &parts.steps), None).await?;
        insert_rows(tx, TokenHistory::Table, &TOKEN_USAGE, all(|parts| &parts.token_history), None).await?;
        insert_rows(tx, Attachments::Table, &ATTACHMENT, all(|parts| &parts.attachments), None).await?;
        insert_rows(tx, VoiceTranscripts::Table, &VOICE_TRANSCRIPT, all(|parts| &parts.voice_transcripts), None).await
    }
}
