//! Runs that are kept no longer: which they are, and everything that goes with them.

use super::{
    engine::Tx,
    error::StoreError,
    org_db::OrgDb,
    run_index::IndexChanges,
    run_write::{RunChange, WriteOutcome},
    schema::{PostedParts, WorkflowRuns as Runs},
};
use crate::domain::{ids::RunId, removal::Removal, status::RunStatus, time::Timestamp};
use sea_query::{Asterisk, Cond, Expr, ExprTrait, Func, Order, Query};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Runs to be taken away for a reason, those of them that were created before a moment.
#[derive(Debug)]
pub(super) struct Expired {
    pub runs: Vec<RunId>,
    pub before: Timestamp,
    pub removal: Removal,
}

/// Runs that were taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    pub runs: Vec<RunId>,
    /// How long others who write had to wait for it.
    pub held: Duration,
}

impl OrgDb {
    /// Some runs that were created before a moment, the oldest first. One that goes on is among them only when nothing was
    /// written of it since.
    pub async fn expired_runs(&self, before: Timestamp, most: u64) -> Result<Vec<RunId>, StoreError> {
        let select = Query::select()
            .column(Runs::Id)
            .from(Runs::Table)
            .cond_where(self.expired(before))
            .order_by(Runs::CreatedAt, Order::Asc)
            .order_by(Runs::Id, Order::Asc)
            .limit(most)
            .take();
        let rows: Vec<(Uuid,)> = self.db.fetch_all(&select).await?;
        Ok(rows.into_iter().map(|(id,)| RunId(id)).collect())
    }

    /// How many there are.
    pub async fn count_expired(&self, before: Timestamp) -> Result<u64, StoreError> {
        let count = Func::count(Expr::col(Asterisk));
        self.db
            .fetch_count(&Query::select().expr(count).from(Runs::Table).cond_where(self.expired(before)).take())
            .await
    }

    /// Takes away those of some runs that are still as [`expired_runs`](Self::expired_runs) says, in one transaction in
    /// which others may write too.
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
        let going_on = [RunStatus::Pending, RunStatus::Running, RunStatus::Suspended].map(RunStatus::as_str);
        let is_quiet = Expr::col(Runs::WrittenAt).lt(before.micros());
        Cond::all()
            .add(self.owns((Runs::Table, Runs::OrganizationId)))
            .add(Expr::col(Runs::CreatedAt).lt(before.micros()))
            .add(Cond::any().add(Expr::col(Runs::Status).is_not_in(going_on)).add(is_quiet))
    }

    /// Takes runs away with all that is kept of them, within a transaction.
    pub(super) async fn expire(
        &self,
        tx: &mut Tx,
        Expired { runs, before, removal }: &Expired,
        index: &mut IndexChanges,
    ) -> Result<Taken, StoreError> {
        let began = Instant::now();
        let still = Query::select()
            .column(Runs::Id)
            .from(Runs::Table)
            .cond_where(self.expired(*before))
            .and_where(Expr::col(Runs::Id).is_in(runs.iter().map(|id| id.0)))
            .take();
        let still: Vec<(Uuid,)> = tx.fetch_all(&still).await?;
        if still.is_empty() {
            return Ok(Taken::default());
        }
        let runs: Vec<RunId> = still.into_iter().map(|(id,)| RunId(id)).collect();
        let stored = self.stored_runs(tx, runs.iter().copied()).await?;
        let parts = Query::delete()
            .from_table(PostedParts::Table)
            .and_where(self.owns((PostedParts::Table, PostedParts::OrganizationId)))
            .and_where(Expr::col(PostedParts::RunId).is_in(runs.iter().map(|id| id.0)))
            .take();
        tx.execute(&parts).await?;
        self.forget_traces_of(tx, &runs).await?;
        self.remove(tx, &stored, removal, index).await?;
        Ok(Taken { runs, held: began.elapsed() })
    }
}
