//! Runs that are kept no longer: which they are, and everything that goes with them.

use super::{
    engine::Tx,
    error::StoreError,
    org_db::OrgDb,
    run_index::IndexChanges,
    run_write::{RunChange, WriteOutcome},
    schema::{PostedParts, RunContents, TraceBatches, TraceRuns, WorkflowRuns as Runs},
};
use crate::domain::{ids::RunId, removal::Removal, status::RunStatus, time::Timestamp};
use sea_query::{Alias, Asterisk, Cond, Expr, ExprTrait, Func, IntoColumnRef, Order, Query};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// How much of contents and spans goes in one transaction, in bytes: a megabyte takes some milliseconds.
const BYTES_AT_ONCE: i64 = 2_000_000;

/// Runs to be taken away for a reason, those of them that were created before a moment.
#[derive(Debug)]
pub(super) struct Expired {
    pub runs: Vec<RunId>,
    pub before: Timestamp,
    pub removal: Removal,
}

/// Runs that can be taken away in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The oldest first.
    pub runs: Vec<RunId>,
    /// Whether there is only one because its contents alone are more than goes in one transaction.
    pub is_long: bool,
}

/// Runs that were taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    pub runs: Vec<RunId>,
    /// How long it took without its commit.
    pub worked: Duration,
    /// How long others who write had to wait for it. Known when it is committed, by whoever commits it.
    pub held: Duration,
}

impl OrgDb {
    /// Some runs that were created before a moment, the oldest first: at most so many, and of long ones fewer. One that goes on is
    /// among them only when nothing was written of it since.
    pub async fn expired_runs(&self, before: Timestamp, most: u64) -> Result<Due, StoreError> {
        let select = Query::select()
            .column(Runs::Id)
            .from(Runs::Table)
            .cond_where(self.expired(before))
            .order_by(Runs::CreatedAt, Order::Asc)
            .order_by(Runs::Id, Order::Asc)
            .limit(most)
            .take();
        let rows: Vec<(Uuid,)> = self.db.fetch_all(&select).await?;
        let runs: Vec<RunId> = rows.into_iter().map(|(id,)| RunId(id)).collect();
        let (contents, spans) = (self.content_bytes(&runs).await?, self.span_bytes(&runs).await?);
        let (mut sum, mut runs, mut due) = (0, runs.into_iter().peekable(), Vec::new());
        let of = |bytes: &HashMap<RunId, i64>, run: &RunId| bytes.get(run).copied().unwrap_or_default();
        let of_run = |run: &RunId| of(&contents, run) + of(&spans, run);
        let is_long = runs.peek().is_some_and(|first| of(&contents, first) > BYTES_AT_ONCE);
        while let Some(run) = runs.next_if(|run| due.is_empty() || sum + of_run(run) <= BYTES_AT_ONCE) {
            sum += of_run(&run);
            due.push(run);
        }
        Ok(Due { runs: due, is_long })
    }

    /// Takes away some of the steps of a long run that has ended and goes, all but the last ones, so that nobody takes for whole
    /// what is left of it. How long others who write had to wait for it; `None` when there are no more.
    pub async fn take_steps(&self, run: RunId, before: Timestamp) -> Result<Option<Duration>, StoreError> {
        let mut tx = self.db.begin_alone(self.organization_id()).await?;
        let began = Instant::now();
        let goes = Query::select()
            .column(Runs::Id)
            .from(Runs::Table)
            .cond_where(self.expired(before))
            .and_where(Expr::col(Runs::Id).eq(run.0))
            .and_where(Expr::col(Runs::Status).is_in(ended()))
            .take();
        let of_run = || {
            self.owns((RunContents::Table, RunContents::OrganizationId)).and(Expr::col(RunContents::RunId).eq(run.0))
        };
        let steps = Query::select()
            .column(RunContents::FirstStep)
            .expr(length(RunContents::PackedContent))
            .from(RunContents::Table)
            .and_where(of_run())
            .and_where(Expr::col(RunContents::FirstStep).gt(0))
            .and_where(Expr::col(RunContents::RunId).in_subquery(goes))
            .order_by(RunContents::FirstStep, Order::Asc)
            .take();
        let mut rows: Vec<(i64, i64)> = tx.fetch_all(&steps).await?;
        rows.pop();
        let mut sum = 0;
        let mut fits = |bytes: i64| {
            let is_first = sum == 0;
            sum += bytes;
            is_first || sum <= BYTES_AT_ONCE
        };
        let some: Vec<i64> = rows.into_iter().take_while(|(_, bytes)| fits(*bytes)).map(|(first, _)| first).collect();
        if some.is_empty() {
            return Ok(None);
        }
        let delete = Query::delete()
            .from_table(RunContents::Table)
            .and_where(of_run())
            .and_where(Expr::col(RunContents::FirstStep).is_in(some))
            .take();
        tx.execute(&delete).await?;
        tx.commit().await?;
        Ok(Some(began.elapsed()))
    }

    /// How many bytes the contents of runs are.
    async fn content_bytes(&self, runs: &[RunId]) -> Result<HashMap<RunId, i64>, StoreError> {
        let messages = Func::coalesce([length(RunContents::PackedMessages), Expr::val(0)]);
        let select = Query::select()
            .column(RunContents::RunId)
            .expr(sum(length(RunContents::PackedContent).add(messages)))
            .from(RunContents::Table)
            .and_where(self.owns((RunContents::Table, RunContents::OrganizationId)))
            .and_where(Expr::col(RunContents::RunId).is_in(runs.iter().map(|id| id.0)))
            .group_by_col(RunContents::RunId)
            .take();
        let rows: Vec<(Uuid, i64)> = self.db.fetch_all(&select).await?;
        Ok(rows.into_iter().map(|(id, bytes)| (RunId(id), bytes)).collect())
    }

    /// How many bytes the spans are that runs were made of; those of several runs are one's.
    async fn span_bytes(&self, runs: &[RunId]) -> Result<HashMap<RunId, i64>, StoreError> {
        let traces = Query::select()
            .columns([TraceRuns::TraceId, TraceRuns::RunId])
            .from(TraceRuns::Table)
            .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
            .and_where(Expr::col(TraceRuns::RunId).is_in(runs.iter().map(|id| id.0)))
            .take();
        let rows: Vec<(Uuid, Uuid)> = self.db.fetch_all(&traces).await?;
        let of_trace: HashMap<Uuid, Uuid> = rows.into_iter().collect();
        if of_trace.is_empty() {
            return Ok(HashMap::new());
        }
        let batches = Query::select()
            .column(TraceBatches::TraceId)
            .expr(sum(length(TraceBatches::PackedSpans)))
            .from(TraceBatches::Table)
            .and_where(self.owns((TraceBatches::Table, TraceBatches::OrganizationId)))
            .and_where(Expr::col(TraceBatches::TraceId).is_in(of_trace.keys().copied()))
            .group_by_col(TraceBatches::TraceId)
            .take();
        let rows: Vec<(Uuid, i64)> = self.db.fetch_all(&batches).await?;
        let mut bytes = HashMap::new();
        for (trace, more) in rows {
            if let Some(run) = of_trace.get(&trace) {
                *bytes.entry(RunId(*run)).or_default() += more;
            }
        }
        Ok(bytes)
    }

    /// How many there are.
    pub async fn count_expired(&self, before: Timestamp) -> Result<u64, StoreError> {
        let count = Func::count(Expr::col(Asterisk));
        self.db
            .fetch_count(&Query::select().expr(count).from(Runs::Table).cond_where(self.expired(before)).take())
            .await
    }

    /// Takes away those of some runs that are still as [`expired_runs`](Self::expired_runs) says, in a transaction of its own.
    pub async fn take_expired(
        &self,
        runs: Vec<RunId>,
        before: Timestamp,
        removal: Removal,
    ) -> Result<Taken, StoreError> {
        match self.enqueue(vec![RunChange::Remove(Expired { runs, before, removal })]).await?.pop() {
            Some(WriteOutcome::Taken(taken)) => Ok(taken),
            _ => Ok(Taken::default()),
        }
    }

    fn expired(&self, before: Timestamp) -> Cond {
        let is_quiet = Expr::col(Runs::WrittenAt).lt(before.micros());
        Cond::all()
            .add(self.owns((Runs::Table, Runs::OrganizationId)))
            .add(Expr::col(Runs::CreatedAt).lt(before.micros()))
            .add(Cond::any().add(Expr::col(Runs::Status).is_in(ended())).add(is_quiet))
    }

    /// Takes runs away with all that is kept of them, within a transaction.
    pub(super) async fn expire(
        &self,
        tx: &mut Tx,
        Expired { runs, before, removal }: &Expired,
        index: &mut IndexChanges,
    ) -> Result<Taken, StoreError> {
        let began = Instant::now();
        // Whether they are so is asked as a value: as a condition it would lead a database that has no statistics of the table
        // yet to look for all such runs.
        let these = Query::select()
            .columns([Runs::Id, Runs::ConversationId])
            .expr(self.expired(*before))
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col(Runs::Id).is_in(runs.iter().map(|id| id.0)))
            .take();
        let mut still: Vec<(Uuid, Option<Uuid>, bool)> = tx.fetch_once(&these).await?;
        still.retain(|(.., is_expired)| *is_expired);
        if still.is_empty() {
            return Ok(Taken::default());
        }
        let runs: Vec<RunId> = still.iter().map(|(id, ..)| RunId(*id)).collect();
        let stored = self.stored_runs(tx, runs.iter().copied()).await?;
        let parts = Query::delete()
            .from_table(PostedParts::Table)
            .and_where(self.owns((PostedParts::Table, PostedParts::OrganizationId)))
            .and_where(Expr::col(PostedParts::RunId).is_in(runs.iter().map(|id| id.0)))
            .take();
        tx.execute(&parts).await?;
        self.forget_traces_of(tx, &runs).await?;
        self.remove(tx, &stored, removal, index).await?;
        self.forget_conversations(tx, still.into_iter().filter_map(|(_, conversation, _)| conversation)).await?;
        Ok(Taken { runs, worked: began.elapsed(), held: Duration::ZERO })
    }
}

fn sum(bytes: Expr) -> Expr {
    Func::cast_as(Func::sum(bytes), Alias::new("bigint")).into()
}

/// Of packed bytes, which are not read for it.
fn length(column: impl IntoColumnRef) -> Expr {
    Expr::from(Func::cast_as(Func::cust("length").arg(Expr::col(column)), Alias::new("bigint")))
}

/// The states of runs that have ended.
fn ended() -> impl Iterator<Item = &'static str> {
    RunStatus::ALL.into_iter().filter(|status| status.is_final()).map(RunStatus::as_str)
}
