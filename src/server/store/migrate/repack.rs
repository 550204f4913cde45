//! Takes what lies inside runs from the tables that each part had of its own (up to migration 3) into `run_contents`
//! (migration 4), before those tables go (migration 5). A few runs a transaction, so that it can be cut off and goes on
//! where it was.

use crate::{
    domain::{
        cost::Usd,
        document::{RunDocument, TokenUsage},
        ids::{AttachmentId, OrganizationId, VoiceTranscriptId},
        json::Json,
        step::{Attachment, StepLog, ToolCall, VoiceTranscript, VoiceTurn},
        time::Timestamp,
    },
    server::store::{
        engine::{Db, Tx},
        error::StoreError,
        insert_rows::insert_rows,
        packed::{self, unpack_json},
        run_content::{CONTENT, contents},
        run_rows::{inconsistent, time},
        schema::{RunContents, WorkflowRuns as Runs},
    },
};
use sea_query::{Alias, Expr, ExprTrait, Iden, Order, Query, SelectStatement, Value};
use serde::Deserialize;
use sqlx::FromRow;
use uuid::Uuid;

const RUNS_AT_ONCE: u64 = 200;

/// The tables as they were. All of them have the columns of the key.
#[derive(Clone, Copy, Iden)]
enum Former {
    OldRunPayloads,
    OldStepLogs,
    OldTokenHistory,
    OldAttachments,
    OldVoiceTranscripts,
    OrganizationId,
    RunId,
    ListState,
    Position,
    Id,
}

#[derive(FromRow)]
struct RunRow {
    organization_id: Uuid,
    id: Uuid,
    status: String,
    created_at: i64,
    started_at: Option<i64>,
    completed_at: Option<i64>,
    failed_at: Option<i64>,
    cancelled_at: Option<i64>,
    duration_ms: Option<i64>,
    list_state: String,
}

#[derive(FromRow)]
struct PayloadRow {
    input_message: Option<String>,
    output_message: Option<String>,
    error_message: Option<String>,
    packed_state: Option<Vec<u8>>,
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

#[derive(Default, Deserialize)]
struct StepPayload {
    input: Option<Json>,
    output: Option<Json>,
    tool_calls: Vec<ToolCall>,
}

#[derive(FromRow)]
struct UsageRow {
    id: String,
    key_type: String,
    model: Option<String>,
    input_tokens: i64,
    output_tokens: i64,
    cached_input_tokens: i64,
    usd_nanos: i64,
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

/// Repacks every run that was not repacked before.
pub async fn repack(db: &Db) -> Result<(), StoreError> {
    let mut last = (Uuid::nil(), Uuid::nil());
    loop {
        // One of several servers at a time.
        let mut tx = db.begin_alone(OrganizationId(Uuid::nil())).await?;
        let runs: Vec<RunRow> = tx.fetch_all(&runs_after(last)).await?;
        let Some(end) = runs.last() else { return Ok(()) };
        last = (end.organization_id, end.id);
        for run in &runs {
            Box::pin(repack_run(&mut tx, run)).await?;
        }
        tx.commit().await?;
        tracing::info!(runs = runs.len(), "repacked what lies inside runs");
    }
}

/// The next runs that have no packed state yet, which they get here.
fn runs_after((organization_id, id): (Uuid, Uuid)) -> SelectStatement {
    let key = Expr::tuple([Expr::col(Runs::OrganizationId), Expr::col(Runs::Id)]);
    Query::select()
        .columns([
            Runs::OrganizationId,
            Runs::Id,
            Runs::Status,
            Runs::CreatedAt,
            Runs::StartedAt,
            Runs::CompletedAt,
            Runs::FailedAt,
            Runs::CancelledAt,
            Runs::DurationMs,
        ])
        .column(Former::ListState)
        .from(Runs::Table)
        .and_where(Expr::col(Runs::PackedListState).is_null())
        .and_where(key.gt(Expr::tuple([Expr::val(organization_id), Expr::val(id)])))
        .order_by(Runs::OrganizationId, Order::Asc)
        .order_by(Runs::Id, Order::Asc)
        .limit(RUNS_AT_ONCE)
        .take()
}

async fn repack_run(tx: &mut Tx, run: &RunRow) -> Result<(), StoreError> {
    let document = document(tx, run).await?;
    let key: [Value; 2] = [run.organization_id.into(), run.id.into()];
    let rows = contents(&document).map_err(packed::unwritable)?.into_iter();
    let rows = rows.map(|values| key.iter().cloned().chain(values).collect());
    insert_rows(tx, RunContents::Table, &CONTENT, rows.collect(), None).await?;
    let costs = (!document.token_history.is_empty()).then(|| serde_json::to_string(&document.costs()));
    let update = Query::update()
        .table(Runs::Table)
        .value(Runs::PackedListState, packed::pack(&run.list_state))
        .value(Runs::Costs, costs.transpose().map_err(packed::unwritable)?)
        .and_where(Expr::col(Runs::OrganizationId).eq(run.organization_id))
        .and_where(Expr::col(Runs::Id).eq(run.id))
        .take();
    tx.execute(&update).await.map(drop)
}

/// What the rows of the old tables say of a run, as far as its contents need it.
async fn document(tx: &mut Tx, run: &RunRow) -> Result<RunDocument, StoreError> {
    let all_of = |table: Former, columns: &[&'static str]| {
        Query::select()
            .columns(columns.iter().map(|column| Alias::new(*column)))
            .from(table)
            .and_where(Expr::col(Former::OrganizationId).eq(run.organization_id))
            .and_where(Expr::col(Former::RunId).eq(run.id))
            .take()
    };
    let payload = all_of(Former::OldRunPayloads, &["input_message", "output_message", "error_message", "packed_state"]);
    let payload: Option<PayloadRow> = tx.fetch_optional(&payload).await?;
    let mut document = RunDocument::new(run.status.parse().map_err(inconsistent)?, time(run.created_at)?);
    if let Some(payload) = payload {
        document.input_message = payload.input_message;
        document.output_message = payload.output_message;
        document.error_message = payload.error_message;
        document.state = payload.packed_state.as_deref().map(unpack_json).transpose().map_err(inconsistent)?;
    }
    let columns = ["id", "parent_id", "step_id", "name", "kind", "status", "started_at", "ended_at"];
    let steps = all_of(Former::OldStepLogs, &columns)
        .columns(["duration_ms", "error", "packed_payload"].map(Alias::new))
        .order_by(Former::Position, Order::Asc)
        .take();
    let steps: Vec<StepRow> = tx.fetch_all(&steps).await?;
    document.steps = steps.into_iter().map(StepRow::read).collect::<Result<_, _>>()?;
    let columns = ["id", "key_type", "model", "input_tokens", "output_tokens", "cached_input_tokens", "usd_nanos"];
    let usages = all_of(Former::OldTokenHistory, &columns).order_by(Former::Id, Order::Asc).take();
    let usages: Vec<UsageRow> = tx.fetch_all(&usages).await?;
    document.token_history = usages.into_iter().map(UsageRow::read).collect();
    let files = all_of(Former::OldAttachments, &["id", "name", "media_type", "size"]);
    let files: Vec<AttachmentRow> = tx.fetch_all(files.clone().order_by(Former::Position, Order::Asc)).await?;
    document.attachments = files.into_iter().map(AttachmentRow::read).collect();
    let calls = all_of(Former::OldVoiceTranscripts, &["id", "attachment_id", "packed_turns"]);
    let calls: Vec<TranscriptRow> = tx.fetch_all(calls.clone().order_by(Former::Position, Order::Asc)).await?;
    document.voice_transcripts = calls.into_iter().map(TranscriptRow::read).collect::<Result<_, _>>()?;
    // A duration that is what the times measure was not given.
    let optional = |micros: Option<i64>| micros.map(time).transpose();
    document.started_at = optional(run.started_at)?;
    document.completed_at = optional(run.completed_at)?;
    document.failed_at = optional(run.failed_at)?;
    document.cancelled_at = optional(run.cancelled_at)?;
    document.duration_ms = run.duration_ms.filter(|given| document.duration() != Some(*given));
    Ok(document)
}

impl StepRow {
    fn read(self) -> Result<StepLog, StoreError> {
        let payload: Option<StepPayload> =
            self.packed_payload.as_deref().map(unpack_json).transpose().map_err(inconsistent)?;
        let StepPayload { input, output, tool_calls } = payload.unwrap_or_default();
        let time = |micros: Option<i64>| micros.map(Timestamp::from_micros).transpose().map_err(inconsistent);
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
            input,
            output,
            error: self.error,
            tool_calls,
        })
    }
}

impl UsageRow {
    fn read(self) -> TokenUsage {
        TokenUsage {
            id: self.id,
            key_type: self.key_type,
            model: self.model,
            input_tokens: self.input_tokens,
            output_tokens: self.output_tokens,
            cached_input_tokens: self.cached_input_tokens,
            usd_cost: Some(Usd::from_nanos(self.usd_nanos)),
        }
    }
}

impl AttachmentRow {
    fn read(self) -> Attachment {
        let size = self.size.try_into().unwrap_or_default();
        Attachment { id: AttachmentId(self.id), name: self.name, media_type: self.media_type, size }
    }
}

impl TranscriptRow {
    fn read(self) -> Result<VoiceTranscript, StoreError> {
        let turns: Vec<VoiceTurn> = unpack_json(&self.packed_turns).map_err(inconsistent)?;
        let attachment_id = self.attachment_id.map(AttachmentId);
        Ok(VoiceTranscript { id: VoiceTranscriptId(self.id), attachment_id, turns })
    }
}
