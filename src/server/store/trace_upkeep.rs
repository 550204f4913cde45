//! What has to be found among traces from time to time: runs that go on without a sign, all runs to be made again, and
//! traces that are part of no run, or of none any more.

use super::{
    engine::Tx,
    error::StoreError,
    org_db::OrgDb,
    schema::{TraceBatches, TraceRuns, WorkflowRuns as Runs},
    traces::TraceRow,
};
use crate::domain::{ids::RunId, status::RunStatus, time::Timestamp};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use uuid::Uuid;

/// Runs or traces of one round.
const AT_ONCE: u64 = 500;

#[derive(FromRow)]
struct RunRow {
    run_id: Uuid,
}

impl OrgDb {
    /// Runs made of spans that still run, although nothing came of them since `before`; some of them at a time.
    pub async fn overdue_runs(&self, before: Timestamp) -> Result<Vec<RunId>, StoreError> {
        let select = Query::select()
            .column((TraceRuns::Table, TraceRuns::RunId))
            .from(Runs::Table)
            .inner_join(
                TraceRuns::Table,
                self.owns((TraceRuns::Table, TraceRuns::OrganizationId))
                    .and(Expr::col((TraceRuns::Table, TraceRuns::RunId)).equals((Runs::Table, Runs::Id))),
            )
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col((Runs::Table, Runs::Status)).eq(RunStatus::Running.as_str()))
            .and_where(Expr::cust("is_shown"))
            .group_by_col((TraceRuns::Table, TraceRuns::RunId))
            .and_having(Expr::col((TraceRuns::Table, TraceRuns::ReceivedAt)).max().lt(before.micros()))
            .limit(AT_ONCE)
            .take();
        let rows: Vec<RunRow> = self.db.fetch_all(&select).await?;
        Ok(rows.into_iter().map(|row| RunId(row.run_id)).collect())
    }

    /// Runs made of spans, by their ids, some of them at a time: those after `last`.
    pub async fn traced_runs(&self, last: Option<RunId>) -> Result<Vec<RunId>, StoreError> {
        let select = Query::select()
            .distinct()
            .column(TraceRuns::RunId)
            .from(TraceRuns::Table)
            .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
            .and_where_option(last.map(|last| Expr::col(TraceRuns::RunId).gt(last.0)))
            .order_by(TraceRuns::RunId, Order::Asc)
            .limit(AT_ONCE)
            .take();
        let rows: Vec<RunRow> = self.db.fetch_all(&select).await?;
        Ok(rows.into_iter().map(|row| RunId(row.run_id)).collect())
    }

    /// Forgets traces of which nothing became a run, and nothing came since `before`; some of them at a time.
    pub async fn forget_hidden_traces(&self, before: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.db.begin_alone(self.organization_id()).await?;
        let hidden = self
            .select_traces()
            .and_where(Expr::cust("NOT is_shown"))
            .and_where(Expr::col(TraceRuns::ReceivedAt).lt(before.micros()))
            .limit(AT_ONCE)
            .take();
        let rows: Vec<TraceRow> = tx.fetch_all(&hidden).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.trace_id).collect();
        let delete = Query::delete()
            .from_table(TraceRuns::Table)
            .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
            .and_where(Expr::col(TraceRuns::TraceId).is_in(ids.iter().copied()))
            .and_where(Expr::cust("NOT is_shown"))
            .take();
        tx.execute(&delete).await?;
        self.forget_spans(&mut tx, &ids).await?;
        tx.commit().await
    }

    /// Forgets the traces of runs, but for those that are part of other runs too.
    pub(super) async fn forget_traces_of(&self, tx: &mut Tx, runs: &[RunId]) -> Result<(), StoreError> {
        let of_runs = || Expr::col(TraceRuns::RunId).is_in(runs.iter().map(|id| id.0));
        let rows: Vec<TraceRow> = tx.fetch_all(self.select_traces().and_where(of_runs())).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let delete = Query::delete()
            .from_table(TraceRuns::Table)
            .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
            .and_where(of_runs())
            .take();
        tx.execute(&delete).await?;
        self.forget_spans(tx, &rows.iter().map(|row| row.trace_id).collect::<Vec<_>>()).await
    }

    /// Forgets the spans of those traces that are part of no run any more.
    async fn forget_spans(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<(), StoreError> {
        let of_runs = Query::select()
            .column(TraceRuns::TraceId)
            .from(TraceRuns::Table)
            .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
            .and_where(Expr::col(TraceRuns::TraceId).is_in(ids.iter().copied()))
            .take();
        let delete = Query::delete()
            .from_table(TraceBatches::Table)
            .and_where(self.owns((TraceBatches::Table, TraceBatches::OrganizationId)))
            .and_where(Expr::col(TraceBatches::TraceId).is_in(ids.iter().copied()))
            .and_where(Expr::col(TraceBatches::TraceId).in_subquery(of_runs).not())
            .take();
        tx.execute(&delete).await.map(drop)
    }
}
