//! Runs for an export, some at a time: where one batch ends the next one begins, each in a snapshot of its own, so that a
//! slow reader holds nothing up.

use super::{
    engine::StoreError,
    org_db::Snapshot,
    run_content::LongMessages,
    run_page::Stretch,
    run_rows::{inconsistent, optional_time, read_costs, read_failure, time, unpack},
    schema::{RunContents, WorkflowRuns as Runs},
};
use crate::domain::{
    cost,
    exported_run::ExportedRun,
    filter::RunFilter,
    ids::{AiEmployeeId, ConversationId, RunId, WorkflowId},
    range::Range,
    time::Timestamp,
};
use sea_query::{Cond, Expr, ExprTrait};
use sqlx::FromRow;
use uuid::Uuid;

/// How far an export came: the time of the last run, and how many of that time were there.
#[derive(Debug, Clone, Copy)]
struct Place {
    created_at: Timestamp,
    runs: u64,
}

/// What is still to be exported.
#[derive(Debug, Clone)]
pub struct Export {
    filter: RunFilter,
    done: Option<Place>,
}

#[derive(FromRow)]
struct ExportRow {
    id: Uuid,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    status: String,
    workflow_id: Uuid,
    workflow_name: Option<String>,
    ai_employee_id: Option<Uuid>,
    ai_employee_name: Option<String>,
    source: String,
    conversation_id: Option<Uuid>,
    trigger_id: Option<String>,
    model: Option<String>,
    duration_ms: Option<i64>,
    input_tokens: Option<i64>,
    output_tokens: Option<i64>,
    total_tokens: Option<i64>,
    costs: Option<String>,
    input_preview: Option<String>,
    output_preview: Option<String>,
    error_preview: Option<String>,
    failure: Option<String>,
    packed_messages: Option<Vec<u8>>,
}

const COLUMNS: [Runs; 20] = [
    Runs::Id,
    Runs::CreatedAt,
    Runs::StartedAt,
    Runs::FinishedAt,
    Runs::Status,
    Runs::WorkflowId,
    Runs::AiEmployeeId,
    Runs::Source,
    Runs::ConversationId,
    Runs::TriggerId,
    Runs::Model,
    Runs::DurationMs,
    Runs::InputTokens,
    Runs::OutputTokens,
    Runs::TotalTokens,
    Runs::Costs,
    Runs::InputPreview,
    Runs::OutputPreview,
    Runs::ErrorPreview,
    Runs::Failure,
];

impl Export {
    /// All runs of a filter, newest first.
    pub const fn of(filter: RunFilter) -> Self {
        Self { filter, done: None }
    }
}

impl Snapshot {
    /// The next runs of an export; none when there are no more.
    pub async fn export_some(&mut self, export: &mut Export, limit: u64) -> Result<Vec<ExportedRun>, StoreError> {
        let mut filter = export.filter.clone();
        if let Some(place) = export.done {
            // The end of a range is not in it.
            let to = Timestamp::from_micros(place.created_at.micros() + 1).ok();
            filter.started = Some(Range { from: filter.started.and_then(|range| range.from), to });
        }
        let stretch = Stretch { offset: export.done.map_or(0, |place| place.runs), limit };
        let Some(entry) = self.enter(&filter, stretch).await? else { return Ok(Vec::new()) };
        let mut select = self.page_of_runs(&filter, limit, entry);
        select.columns(COLUMNS.map(|column| (Runs::Table, column)));
        self.join_names(&mut select);
        let of_content = Cond::all()
            .add(self.owns((RunContents::Table, RunContents::OrganizationId)))
            .add(Expr::col((RunContents::Table, RunContents::RunId)).equals((Runs::Table, Runs::Id)))
            .add(Expr::col((RunContents::Table, RunContents::FirstStep)).eq(0))
            .add(Expr::col((Runs::Table, Runs::HasLongMessage)).eq(true));
        select.left_join(RunContents::Table, of_content).column((RunContents::Table, RunContents::PackedMessages));
        let rows: Vec<ExportRow> = self.tx.fetch_all(&select).await?;
        let runs = rows.into_iter().map(ExportRow::read).collect::<Result<Vec<_>, _>>()?;
        if let Some(last) = runs.last() {
            let at_once = runs.iter().rev().take_while(|run| run.created_at == last.created_at).count() as u64;
            let before = export.done.filter(|place| place.created_at == last.created_at).map_or(0, |place| place.runs);
            export.done = Some(Place { created_at: last.created_at, runs: before + at_once });
        }
        Ok(runs)
    }
}

impl ExportRow {
    fn read(self) -> Result<ExportedRun, StoreError> {
        let messages: Option<LongMessages<String>> = unpack(self.packed_messages.as_deref())?;
        let [input, output, error] = messages.unwrap_or_default();
        let failure = read_failure(self.failure.as_deref())?;
        Ok(ExportedRun {
            id: RunId(self.id),
            created_at: time(self.created_at)?,
            started_at: optional_time(self.started_at)?,
            finished_at: optional_time(self.finished_at)?,
            status: self.status.parse().map_err(inconsistent)?,
            workflow_id: WorkflowId(self.workflow_id),
            workflow_name: self.workflow_name.unwrap_or_default(),
            ai_employee_id: self.ai_employee_id.map(AiEmployeeId),
            ai_employee_name: self.ai_employee_name,
            channel: self.source,
            conversation_id: self.conversation_id.map(ConversationId),
            trigger_id: self.trigger_id,
            model: self.model,
            duration_ms: self.duration_ms,
            input_tokens: self.input_tokens,
            output_tokens: self.output_tokens,
            total_tokens: self.total_tokens,
            usd_cost: cost::total(&read_costs(self.costs.as_deref())?),
            input_message: input.or(self.input_preview),
            output_message: output.or(self.output_preview),
            error_message: error.or(self.error_preview),
            failure: failure.map(|failure| failure.sentence()),
        })
    }
}
