//! Runs for an export, some at a time: where one batch ends the next one begins, each in a snapshot of its own, so that a
//! slow reader holds nothing up.

use super::{
    engine::{JsonRows, JsonValue, bytes},
    error::StoreError,
    org_db::Snapshot,
    run_content::LongMessages,
    run_page::{Stretch, newest_first},
    run_rows::{optional_time, read_costs, read_failure, time, unpack},
    runs::absent,
    schema::{AiEmployees, RunContents, WorkflowRuns as Runs, Workflows},
};
use crate::domain::{
    cost,
    exported_run::ExportedRun,
    filter::RunFilter,
    ids::{AiEmployeeId, ConversationId, RunId, WorkflowId},
    range::Range,
    status::RunStatus,
    time::Timestamp,
};
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use serde::Deserialize;

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
    /// Whether messages are read, too, which is slower: as long as some are longer than their previews.
    with_messages: bool,
}

/// What is read of each run, value by value in the order of [`value`].
#[derive(Deserialize)]
struct ExportRow {
    id: RunId,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    status: RunStatus,
    workflow_id: WorkflowId,
    workflow_name: Option<String>,
    ai_employee_id: Option<AiEmployeeId>,
    ai_employee_name: Option<String>,
    source: String,
    conversation_id: Option<ConversationId>,
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
    #[serde(deserialize_with = "bytes")]
    packed_messages: Option<Vec<u8>>,
    /// 1 when a message is longer than its preview, else 0.
    #[expect(dead_code, reason = "looked at before the row is read")]
    has_long_message: u8,
}

/// Runs that are read at once as long as their previews are their whole messages.
const AT_ONCE: u64 = 500;
/// Runs that are read at once with their messages, each of which may have megabytes.
const WITH_MESSAGES: u64 = 10;

impl Export {
    /// All runs of a filter, newest first.
    pub const fn of(filter: RunFilter) -> Self {
        Self { filter, done: None, with_messages: false }
    }

    /// Whether nothing is asked for but when runs were created.
    fn is_of_time(&self) -> bool {
        self.filter == RunFilter { started: self.filter.started, ..RunFilter::default() }
    }

    const fn at_once(&self) -> u64 {
        if self.with_messages { WITH_MESSAGES } else { AT_ONCE }
    }

    /// Goes on after some runs.
    fn took(&mut self, some: &JsonRows<ExportRow>) -> Result<(), StoreError> {
        if let Some(last) = some.last()? {
            self.done = Some(Place::Run(time(last.created_at)?, last.id));
        }
        self.with_messages = self.with_messages && some.has_marked();
        Ok(())
    }
}

/// Some runs of an export, as the database has them: to read them takes as long as to find them, and is done by whoever takes
/// them, while the next ones are found.
pub struct SomeRuns(JsonRows<ExportRow>);

impl SomeRuns {
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The runs.
    pub fn read(&self) -> Result<Vec<ExportedRun>, StoreError> {
        self.0.read()?.into_iter().map(ExportRow::read).collect()
    }
}

impl Snapshot {
    /// The next runs of an export; none when there are no more. A run is in it once, whatever is written meanwhile.
    pub async fn export_some(&mut self, export: &mut Export) -> Result<SomeRuns, StoreError> {
        let mut some = self.next_runs(export).await?;
        if !export.with_messages && !some.is_empty() {
            some = some.before_marked();
            if some.is_empty() {
                export.with_messages = true;
                some = self.next_runs(export).await?;
            }
        }
        export.took(&some)?;
        Ok(SomeRuns(some))
    }

    async fn next_runs(&mut self, export: &mut Export) -> Result<JsonRows<ExportRow>, StoreError> {
        if export.is_of_time() {
            return self.exported(export, self.after_the_last(export)).await;
        }
        if let Some(Place::Run(at, last)) = export.done {
            let some = self.exported(export, self.at_that_time(export, at, last)).await?;
            if !some.is_empty() {
                return Ok(some);
            }
            export.done = Some(Place::Time(at));
        }
        let mut filter = export.filter.clone();
        if let Some(Place::Time(at)) = export.done {
            filter.started = Some(Range { from: filter.started.and_then(|range| range.from), to: Some(at) });
        }
        let stretch = Stretch { offset: 0, limit: export.at_once() };
        let Some(entry) = self.enter(&filter, stretch).await? else { return Ok(JsonRows::default()) };
        self.exported(export, self.page_of_runs(&filter, export.at_once(), entry)).await
    }

    /// The runs that come after the last one where only their time is asked for: one index has them in order.
    fn after_the_last(&self, export: &Export) -> SelectStatement {
        let (mut filter, mut place) = (export.filter.clone(), None);
        if let Some(Place::Run(at, last)) = export.done {
            // In place of the end of the range, from which SQLite would go through all that is done.
            filter.started = filter.started.map(|range| Range { to: None, ..range });
            let columns = [Runs::CreatedAt, Runs::Id].map(|column| Expr::col((Runs::Table, column)));
            place = Some(Expr::tuple(columns).lt(Expr::tuple([Expr::val(at.micros()), Expr::val(last.0)])));
        }
        let mut select = Query::select().from(Runs::Table).cond_where(self.condition(&filter)).take();
        select.and_where_option(place);
        newest_first(&mut select);
        select.limit(export.at_once()).take()
    }

    /// How the database goes on after a run where only times are asked for; for the tests, which hold it to its index.
    pub async fn explain_export(
        &mut self,
        filter: RunFilter,
        (at, last): (Timestamp, RunId),
    ) -> Result<Vec<String>, StoreError> {
        let export = Export { done: Some(Place::Run(at, last)), ..Export::of(filter) };
        let rows = self.after_the_last(&export).column((Runs::Table, Runs::Id)).take();
        self.tx.explain(&rows).await
    }

    /// The runs that were created when the last one was, and are listed after it.
    fn at_that_time(&self, export: &Export, at: Timestamp, last: RunId) -> SelectStatement {
        Query::select()
            .from(Runs::Table)
            .cond_where(self.condition(&export.filter))
            .and_where(Expr::col((Runs::Table, Runs::CreatedAt)).eq(at.micros()))
            .and_where(Expr::col((Runs::Table, Runs::Id)).lt(last.0))
            .order_by((Runs::Table, Runs::Id), Order::Desc)
            .limit(export.at_once())
            .take()
    }

    async fn exported(
        &mut self,
        export: &Export,
        mut rows: SelectStatement,
    ) -> Result<JsonRows<ExportRow>, StoreError> {
        self.join_names(&mut rows);
        // Looked for only where a preview is not the whole message.
        let messages = Query::select()
            .column(RunContents::PackedMessages)
            .from(RunContents::Table)
            .and_where(self.owns((RunContents::Table, RunContents::OrganizationId)))
            .and_where(Expr::col((RunContents::Table, RunContents::RunId)).equals((Runs::Table, Runs::Id)))
            .and_where(Expr::col((RunContents::Table, RunContents::FirstStep)).eq(0))
            .take();
        let messages = SimpleExpr::SubQuery(None, Box::new(messages.into()));
        let messages = if export.with_messages {
            JsonValue::Bytes(Expr::case(has_long_message(), messages).into())
        } else {
            JsonValue::Plain(absent())
        };
        self.tx.fetch_json(rows, value(messages)).await
    }
}

fn has_long_message() -> Expr {
    Expr::col((Runs::Table, Runs::HasLongMessage)).eq(true)
}

/// What is read of each run, in the order of [`ExportRow`].
fn value(packed_messages: JsonValue) -> JsonValue {
    use JsonValue::{Array, Id, OptionalId, Plain};
    let of_run = |column: Runs| Expr::col((Runs::Table, column));
    Array(vec![
        Id(of_run(Runs::Id)),
        Plain(of_run(Runs::CreatedAt)),
        Plain(of_run(Runs::StartedAt)),
        Plain(of_run(Runs::FinishedAt)),
        Plain(of_run(Runs::Status)),
        Id(of_run(Runs::WorkflowId)),
        Plain(Expr::col((Workflows::Table, Workflows::Name))),
        OptionalId(of_run(Runs::AiEmployeeId)),
        Plain(Expr::col((AiEmployees::Table, AiEmployees::Name))),
        Plain(of_run(Runs::Source)),
        OptionalId(of_run(Runs::ConversationId)),
        Plain(of_run(Runs::TriggerId)),
        Plain(of_run(Runs::Model)),
        Plain(of_run(Runs::DurationMs)),
        Plain(of_run(Runs::InputTokens)),
        Plain(of_run(Runs::OutputTokens)),
        Plain(of_run(Runs::TotalTokens)),
        Plain(of_run(Runs::Costs)),
        Plain(of_run(Runs::InputPreview)),
        Plain(of_run(Runs::OutputPreview)),
        Plain(of_run(Runs::ErrorPreview)),
        Plain(of_run(Runs::Failure)),
        packed_messages,
        Plain(Expr::case(has_long_message(), 1).finally(0).into()),
    ])
}

impl ExportRow {
    fn read(self) -> Result<ExportedRun, StoreError> {
        let messages: Option<LongMessages<String>> = unpack(self.packed_messages.as_deref())?;
        let [input, output, error] = messages.unwrap_or_default();
        let failure = read_failure(self.failure.as_deref())?;
        Ok(ExportedRun {
            id: self.id,
            created_at: time(self.created_at)?,
            started_at: optional_time(self.started_at)?,
            finished_at: optional_time(self.finished_at)?,
            status: self.status,
            workflow_id: self.workflow_id,
            workflow_name: self.workflow_name.unwrap_or_default(),
            ai_employee_id: self.ai_employee_id,
            ai_employee_name: self.ai_employee_name,
            channel: self.source,
            conversation_id: self.conversation_id,
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
