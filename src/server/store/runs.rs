//! Reading runs: what a filter means as a condition, and the list, its count and one run.

use super::{
    error::StoreError,
    org_db::Snapshot,
    run_content::state_digest,
    run_page::Entry,
    run_rows::{RunRow, SummaryRow},
    run_walk::{Walk, Way},
    schema::{AiEmployees, Conversations, FlowSnapshots, RunContents, RunStateValues, WorkflowRuns as Runs, Workflows},
};
use crate::domain::{
    filter::RunFilter,
    ids::RunId,
    page::{Limit, PageRequest, Total},
    range::Range,
    run::{Run, RunKey, RunSummary},
    status::RunStatus,
    time::Timestamp,
};
use sea_query::{Alias, Asterisk, Cond, Expr, ExprTrait, Func, IntoIden, Query, SelectStatement, SimpleExpr};

/// How much of a run is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Columns {
    /// Everything, state and flow too.
    Full,
    /// List serialization: the compressed state, and no flow.
    List,
}

/// How a list and its total are found, a line a step; no step for a total that the run index knows.
#[derive(Debug, Clone)]
pub struct ListPlans {
    pub rows: Vec<String>,
    pub total: Vec<String>,
}

impl Snapshot {
    /// A filter as the condition that list and count share.
    pub(super) fn condition(&self, filter: &RunFilter) -> Cond {
        let column = |column: Runs| Expr::col((Runs::Table, column));
        let mut all = Cond::all().add(self.owns((Runs::Table, Runs::OrganizationId)));
        for (name, id) in [
            (Runs::Id, filter.run_id.map(|id| id.0)),
            (Runs::ConversationId, filter.conversation_id.map(|id| id.0)),
            (Runs::WorkflowId, filter.workflow_id.map(|id| id.0)),
            (Runs::AiEmployeeId, filter.ai_employee_id.map(|id| id.0)),
        ] {
            all = all.add_option(id.map(|id| column(name).eq(id)));
        }
        for (name, text) in [
            (Runs::Status, filter.status.map(RunStatus::as_str)),
            (Runs::Source, filter.source.as_deref()),
            (Runs::Model, filter.model.as_deref()),
            (Runs::TriggerId, filter.trigger_id.as_deref()),
        ] {
            all = all.add_option(text.map(|text| text_is(column(name), text)));
        }
        for (name, range) in
            [(Runs::CreatedAt, filter.started), (Runs::CompletedAt, filter.ended), (Runs::FinishedAt, filter.finished)]
        {
            all = all.add_option(range.map(|range| within(&column(name), range, Timestamp::micros)));
        }
        for (name, range) in [(Runs::DurationMs, filter.duration), (Runs::TotalTokens, filter.tokens)] {
            let bound = |bound: u64| bound.try_into().unwrap_or(i64::MAX);
            all = all.add_option(range.map(|range| within(&column(name), range, bound)));
        }
        filter.state.iter().fold(all, |all, (key, value)| {
            let with_value = Query::select()
                .column(RunStateValues::RunId)
                .from(RunStateValues::Table)
                .and_where(self.owns((RunStateValues::Table, RunStateValues::OrganizationId)))
                .and_where(Expr::col((RunStateValues::Table, RunStateValues::RunId)).equals((Runs::Table, Runs::Id)))
                .and_where(Expr::col(RunStateValues::Digest).eq(state_digest(key, value)))
                .take();
            all.add(Expr::exists(with_value))
        })
    }

    /// How many runs there are.
    pub async fn count_runs(&mut self, filter: &RunFilter) -> Result<u64, StoreError> {
        if filter.run_id.is_some() {
            return self.tx.fetch_count(&self.count(filter)).await;
        }
        let index = self.index().await?;
        match index.ask(filter) {
            Some(asked) => Ok(index.count(&asked)),
            None => self.tx.fetch_count(&self.count(filter)).await,
        }
    }

    /// The total of a list. Where the runs themselves are counted, and they may be many, it is so up to [`Total::COUNTED`], and
    /// among no more than are looked at.
    pub async fn total(&mut self, filter: &RunFilter) -> Result<Total, StoreError> {
        if has_id(filter) || self.index().await?.ask(filter).is_some() {
            return self.count_runs(filter).await.map(Total::from);
        }
        match self.way(filter).await? {
            Way::Among(times) => self.tx.fetch_count(&count(self.ids_among(filter, times))).await.map(Total::from),
            Way::Through(walk) => {
                let counted = Total::counted(self.tx.fetch_count(&self.count_some(&walk)).await?);
                Ok(Total { is_capped: counted.is_capped || !walk.is_whole, ..counted })
            }
        }
    }

    /// How many runs of a list come before one.
    pub async fn count_before(
        &mut self,
        filter: &RunFilter,
        created_at: Timestamp,
        id: RunId,
    ) -> Result<u64, StoreError> {
        let newer = Range { from: Timestamp::from_micros(created_at.micros() + 1).ok(), to: None };
        let newer = match (newer.from, filter.started) {
            // Nothing is newer than the end of the calendar.
            (None, _) => 0,
            (Some(from), within) => {
                let started = Range { from: Some(from), to: within.and_then(|range| range.to) };
                if started.to.is_some_and(|to| to <= from) {
                    0
                } else {
                    self.count_runs(&RunFilter { started: Some(started), ..filter.clone() }).await?
                }
            }
        };
        let at_once = Query::select()
            .expr(Func::count(Expr::col(Asterisk)))
            .from(Runs::Table)
            .cond_where(self.condition(filter))
            .and_where(Expr::col((Runs::Table, Runs::CreatedAt)).eq(created_at.micros()))
            .and_where(Expr::col((Runs::Table, Runs::Id)).gt(id.0))
            .take();
        Ok(newer + self.tx.fetch_count(&at_once).await?)
    }

    /// Counts the runs themselves.
    fn count(&self, filter: &RunFilter) -> SelectStatement {
        Query::select()
            .expr(Func::count(Expr::col(Asterisk)))
            .from(Runs::Table)
            .cond_where(self.condition(filter))
            .take()
    }

    /// Counts the runs that are gone through until there is one too many.
    fn count_some(&self, walk: &Walk) -> SelectStatement {
        count(self.ids(walk).limit(Total::COUNTED + 1).take())
    }

    /// A page of runs for a page's list, newest first.
    pub async fn list_summaries(
        &mut self,
        filter: &RunFilter,
        page: PageRequest,
    ) -> Result<Vec<RunSummary>, StoreError> {
        let Some(entry) = self.enter_list(filter, page).await? else { return Ok(Vec::new()) };
        let select = self.summaries(filter, page.limit, entry);
        let rows: Vec<SummaryRow> = self.tx.fetch_all(&select).await?;
        rows.into_iter().map(SummaryRow::read).collect()
    }

    fn summaries(&self, filter: &RunFilter, limit: Limit, entry: Entry) -> SelectStatement {
        let mut select = self.page_of_runs(filter, limit.get(), entry);
        self.select_summary(&mut select);
        select
    }

    /// What a row of a page's list shows.
    pub(super) fn select_summary(&self, select: &mut SelectStatement) {
        select.columns(
            [
                Runs::Id,
                Runs::AiEmployeeId,
                Runs::ConversationId,
                Runs::Source,
                Runs::Model,
                Runs::Status,
                Runs::CreatedAt,
                Runs::StartedAt,
                Runs::DurationMs,
                Runs::TotalTokens,
                Runs::InputPreview,
                Runs::OutputPreview,
                Runs::ErrorPreview,
                Runs::Failure,
                Runs::Costs,
            ]
            .map(|column| (Runs::Table, column)),
        );
        self.join_names(select);
    }

    /// A page of runs for the API, newest first.
    pub async fn list_runs(
        &mut self,
        filter: &RunFilter,
        page: PageRequest,
        columns: Columns,
    ) -> Result<Vec<Run>, StoreError> {
        let Some(entry) = self.enter_list(filter, page).await? else { return Ok(Vec::new()) };
        let mut select = self.page_of_runs(filter, page.limit.get(), entry);
        self.select_run(&mut select, columns);
        let rows: Vec<RunRow> = self.tx.fetch_all(&select).await?;
        rows.into_iter().map(|row| row.read(self.organization_id(), columns)).collect()
    }

    /// How the database lists and counts; for the tests and `make bench`, which hold both to their indexes.
    pub async fn explain_list(&mut self, filter: &RunFilter, page: PageRequest) -> Result<ListPlans, StoreError> {
        let index = self.index().await?;
        let entry =
            self.enter_list(filter, page).await?.unwrap_or_else(|| Entry::Through(Walk::all(filter), page.offset()));
        let rows = self.summaries(filter, page.limit, entry);
        let rows = self.tx.explain(&rows).await?;
        let total = match index.ask(filter) {
            Some(_) => Vec::new(),
            None if has_id(filter) => self.tx.explain(&self.count(filter)).await?,
            None => match self.way(filter).await? {
                Way::Among(times) => self.tx.explain(&count(self.ids_among(filter, times))).await?,
                Way::Through(walk) => self.tx.explain(&self.count_some(&walk)).await?,
            },
        };
        Ok(ListPlans { rows, total })
    }

    /// One run; `None` when the organization has no such run.
    pub async fn find_run(&mut self, key: RunKey) -> Result<Option<Run>, StoreError> {
        Ok(self.list_runs(&key.into(), PageRequest::default(), Columns::Full).await?.pop())
    }

    /// Whether the organization has such a run.
    pub async fn has_run(&mut self, key: RunKey) -> Result<bool, StoreError> {
        Ok(self.count_runs(&key.into()).await? == 1)
    }

    /// What a run is called by others: its skill, teammate and conversation.
    pub(super) fn join_names(&self, select: &mut SelectStatement) {
        let same = |organization, id, run_column| {
            Cond::all().add(organization).add(SimpleExpr::from(id).equals((Runs::Table, run_column)))
        };
        select
            .left_join(
                Workflows::Table,
                same(
                    self.owns((Workflows::Table, Workflows::OrganizationId)),
                    Expr::col((Workflows::Table, Workflows::Id)),
                    Runs::WorkflowId,
                ),
            )
            .left_join(
                AiEmployees::Table,
                same(
                    self.owns((AiEmployees::Table, AiEmployees::OrganizationId)),
                    Expr::col((AiEmployees::Table, AiEmployees::Id)),
                    Runs::AiEmployeeId,
                ),
            )
            .expr_as(Expr::col((Workflows::Table, Workflows::Name)), Alias::new("workflow_name"))
            .expr_as(Expr::col((AiEmployees::Table, AiEmployees::Name)), Alias::new("ai_employee_name"));
    }

    pub(super) fn select_run(&self, select: &mut SelectStatement, columns: Columns) {
        use Runs::{
            AiEmployeeId, CancelledAt, Channel, CompletedAt, ConversationId, Costs, CreatedAt, DurationMs,
            ErrorPreview, FailedAt, Failure, HasLongMessage, Id, InputPreview, InputTokens, Model, OutputPreview,
            OutputTokens, Source, StartedAt, Status, SuspendedAt, TotalTokens, TriggerId, TriggerUrl, WorkflowId,
        };
        select.columns(
            [
                Id,
                WorkflowId,
                AiEmployeeId,
                ConversationId,
                Channel,
                Source,
                TriggerId,
                TriggerUrl,
                Model,
                Status,
                CreatedAt,
                StartedAt,
                CompletedAt,
                FailedAt,
                SuspendedAt,
                CancelledAt,
                DurationMs,
                InputTokens,
                OutputTokens,
                TotalTokens,
                InputPreview,
                OutputPreview,
                ErrorPreview,
                Failure,
                Costs,
            ]
            .map(|column| (Runs::Table, column)),
        );
        self.join_names(select);
        select
            .left_join(
                Conversations::Table,
                Cond::all()
                    .add(self.owns((Conversations::Table, Conversations::OrganizationId)))
                    .add(Expr::col((Conversations::Table, Conversations::Id)).equals((Runs::Table, ConversationId))),
            )
            .expr_as(Expr::col((Conversations::Table, Conversations::Title)), Alias::new("conversation_title"))
            .expr_as(Expr::col((Conversations::Table, Conversations::Channel)), Alias::new("conversation_channel"));
        // What lies inside is read for an answer that has it, and else only where a preview is not the whole message.
        let mut of_content = Cond::all()
            .add(self.owns((RunContents::Table, RunContents::OrganizationId)))
            .add(Expr::col((RunContents::Table, RunContents::RunId)).equals((Runs::Table, Id)))
            .add(Expr::col((RunContents::Table, RunContents::FirstStep)).eq(0));
        if columns == Columns::List {
            of_content = of_content.add(Expr::col((Runs::Table, HasLongMessage)).eq(true));
        }
        select.left_join(RunContents::Table, of_content).column((RunContents::Table, RunContents::PackedMessages));
        match columns {
            Columns::List => {
                select
                    .column((Runs::Table, Runs::PackedListState))
                    .expr_as(absent(), RunContents::PackedContent.into_iden())
                    .expr_as(absent(), Alias::new("packed_flow"));
            }
            Columns::Full => {
                select
                    .left_join(
                        FlowSnapshots::Table,
                        Cond::all().add(self.owns((FlowSnapshots::Table, FlowSnapshots::OrganizationId))).add(
                            Expr::col((FlowSnapshots::Table, FlowSnapshots::Digest))
                                .equals((Runs::Table, Runs::FlowDigest)),
                        ),
                    )
                    .expr_as(absent(), Runs::PackedListState.into_iden())
                    .column((RunContents::Table, RunContents::PackedContent))
                    .expr_as(Expr::col((FlowSnapshots::Table, FlowSnapshots::Packed)), Alias::new("packed_flow"));
            }
        }
    }
}

/// A packed column that was not asked for.
pub(super) fn absent() -> Expr {
    Expr::val(None::<Vec<u8>>)
}

/// No stored text holds U+0000, and PostgreSQL would not even compare with one: such a text matches nothing.
pub(super) fn text_is(column: Expr, text: &str) -> Expr {
    if text.contains('\0') { never() } else { column.eq(text) }
}

/// How many rows a query has.
pub(super) fn count(of: SelectStatement) -> SelectStatement {
    Query::select().expr(Func::count(Expr::col(Asterisk))).from_subquery(of, Alias::new("found")).take()
}

/// Whether a filter names runs by an id that few runs have.
pub(super) const fn has_id(filter: &RunFilter) -> bool {
    filter.run_id.is_some() || filter.conversation_id.is_some()
}

fn never() -> Expr {
    Expr::val(false).eq(true)
}

/// A range as the condition of a column.
pub(super) fn within<T>(column: &Expr, range: Range<T>, bound: impl Fn(T) -> i64) -> Cond {
    Cond::all()
        .add_option(range.from.map(|from| column.clone().gte(bound(from))))
        .add_option(range.to.map(|to| column.clone().lt(bound(to))))
        // An open side does not take in runs that have no value.
        .add(column.clone().is_not_null())
}
