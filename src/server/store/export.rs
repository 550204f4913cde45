//! Runs for an export, some at a time: where one batch ends the next one begins, each in a snapshot of its own, so that a
//! slow reader holds nothing up.

use super::{
    error::StoreError,
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
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use sqlx::FromRow;
use uuid::Uuid;

/// How far an export came.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// A run, after which others of the same time may come.
    Run(Timestamp, RunId),
    /// All runs of this time and of later ones.
    Time(Timestamp),
}

/// What is still to be exported.
#[derive(Debug, Clone)]
pub struct Export {
    filter: RunFilter,
    done: Option<Place>,
    /// How many runs are read at once.
    at_once: u64,
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

/// Runs that are read at once, by about how many bytes each has.
const AT_ONCE: [(usize, u64); 3] = [(4 * 1024, 1_000), (40 * 1024, 100), (usize::MAX, 10)];

impl Export {
    /// All runs of a filter, newest first.
    pub const fn of(filter: RunFilter) -> Self {
        Self { filter, done: None, at_once: 100 }
    }

    fn took(&mut self, runs: &[ExportedRun]) {
        if let Some(last) = runs.last() {
            self.done = Some(Place::Run(last.created_at, last.id));
            let bytes = runs.iter().map(ExportedRun::weight).sum::<usize>() / runs.len();
            self.at_once = AT_ONCE.into_iter().find(|(most, _)| bytes <= *most).map_or(1, |(_, runs)| runs);
        }
    }
}

impl Snapshot {
    /// The next runs of an export; none when there are no more. A run is in it once, whatever is written meanwhile.
    pub async fn export_some(&mut self, export: &mut Export) -> Result<Vec<ExportedRun>, StoreError> {
        if let Some(Place::Run(at, last)) = export.done {
            let runs = self.exported(self.at_that_time(export, at, last)).await?;
            if !runs.is_empty() {
                export.took(&runs);
                return Ok(runs);
            }
            export.done = Some(Place::Time(at));
        }
        let mut filter = export.filter.clone();
        if let Some(Place::Time(at)) = export.done {
            filter.started = Some(Range { from: filter.started.and_then(|range| range.from), to: Some(at) });
        }
        let stretch = Stretch { offset: 0, limit: export.at_once };
        let Some(entry) = self.enter(&filter, stretch).await? else { return Ok(Vec::new()) };
        let runs = self.exported(self.page_of_runs(&filter, export.at_once, entry)).await?;
        export.took(&runs);
        Ok(runs)
    }

    /// The runs that were created when the last one was, and are listed after it.
    fn at_that_time(&self, export: &Export, at: Timestamp, last: RunId) -> SelectStatement {
        Query::select()
            .from(Runs::Table)
            .cond_where(self.condition(&export.filter))
            .and_where(Expr::col((Runs::Table, Runs::CreatedAt)).eq(at.micros()))
            .and_where(Expr::col((Runs::Table, Runs::Id)).lt(last.0))
            .order_by((Runs::Table, Runs::Id), Order::Desc)
            .limit(export.at_once)
            .take()
    }

    async fn exported(&mut self, mut select: SelectStatement) -> Result<Vec<ExportedRun>, StoreError> {
        select.columns(COLUMNS.map(|column| (Runs::Table, column)));
        self.join_names(&mut select);
        let of_content = Cond::all()
            .add(self.owns((RunContents::Table, RunContents::OrganizationId)))
            .add(Expr::col((RunContents::Table, RunContents::RunId)).equals((Runs::Table, Runs::Id)))
            .add(Expr::col((RunContents::Table, RunContents::FirstStep)).eq(0))
            .add(Expr::col((Runs::Table, Runs::HasLongMessage)).eq(true));
        select.left_join(RunContents::Table, of_content).column((RunContents::Table, RunContents::PackedMessages));
        let rows: Vec<ExportRow> = self.tx.fetch_all(&select).await?;
        rows.into_iter().map(ExportRow::read).collect()
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
