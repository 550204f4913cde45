//! The writes of an organization in their order: each has a number, which its runs carry. What was written after a number
//! is read from an index, by whoever was away, and by other servers of the same database too. A bell only says that there
//! is something to read.

use super::{
    engine::{Db, Tx},
    error::StoreError,
    org_db::{OrgDb, Snapshot},
    run_rows::SummaryRow,
    schema::{Organizations, RemovedRuns, RunIndexes, WorkflowRuns as Runs},
};
use crate::domain::{
    change::Position,
    filter::RunFilter,
    ids::{OrganizationId, RunId},
    run::RunSummary,
    status::RunStatus,
};
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sqlx::FromRow;
use std::time::Duration;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Rings that are kept for one who does not listen at the moment; beyond, they are told that there were more.
const KEPT: usize = 64;

/// Rings when runs of an organization were written.
#[derive(Debug, Clone)]
pub(super) struct Bell(broadcast::Sender<OrganizationId>);

impl Default for Bell {
    fn default() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }
}

impl Bell {
    pub(super) fn ring(&self, organization_id: OrganizationId) {
        // Nobody may be listening.
        let _ = self.0.send(organization_id);
    }
}

/// Hears of the writes of one organization.
pub struct Listener {
    organization_id: OrganizationId,
    rings: broadcast::Receiver<OrganizationId>,
}

impl Listener {
    /// Done when something may have been written since it was asked last.
    pub async fn heard(&mut self) {
        loop {
            match self.rings.recv().await {
                Ok(organization_id) if organization_id != self.organization_id => {}
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                // Not while there is the database, which the bell belongs to.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

/// A run that was written, or taken away.
#[derive(Debug, Clone, Copy)]
pub struct ChangedRun {
    pub id: RunId,
    /// The number of the write that did it last.
    pub last_change: u64,
    pub became: Became,
}

/// What a run is after a write.
#[derive(Debug, Clone, Copy)]
pub enum Became {
    Written {
        /// The number of the write by which it came.
        first_change: u64,
        status: RunStatus,
        duration_ms: Option<i64>,
    },
    Removed,
}

/// When nothing of it has moved, neither has a list: runs are written under a number of their own, and the index, by which
/// they are found, may be made again without one, under a number of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Stamp {
    last_change: i64,
    change: i64,
}

impl Stamp {
    /// Selects it where an organization is selected from.
    pub(super) fn select(of_organization: &mut SelectStatement) {
        let change = Expr::col((RunIndexes::Table, RunIndexes::Change)).if_null(0);
        let of_index = Expr::col((RunIndexes::Table, RunIndexes::OrganizationId))
            .equals((Organizations::Table, Organizations::Id));
        of_organization
            .column((Organizations::Table, Organizations::LastChange))
            .expr_as(change, RunIndexes::Change)
            .left_join(RunIndexes::Table, of_index);
    }
}

#[cfg(test)]
impl Stamp {
    /// The stamp of a write, without an index.
    pub const fn of_write(last_change: i64) -> Self {
        Self { last_change, change: 0 }
    }
}

#[derive(FromRow)]
struct ChangedRow {
    id: Uuid,
    first_change: i64,
    last_change: i64,
    status: String,
    duration_ms: Option<i64>,
}

#[derive(FromRow)]
struct RemovedRow {
    run_id: Uuid,
    change: i64,
}

/// Hears of the writes of all organizations.
pub struct AllListener(broadcast::Receiver<OrganizationId>);

impl AllListener {
    /// Of which organization something may have been written; `None` when it may be any.
    pub async fn heard(&mut self) -> Option<OrganizationId> {
        match self.0.recv().await {
            Ok(organization_id) => Some(organization_id),
            Err(broadcast::error::RecvError::Lagged(_)) => None,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Db {
    /// Hears of writes of all organizations from now on.
    pub fn listen_to_all(&self) -> AllListener {
        AllListener(self.bell.0.subscribe())
    }

    /// Tells everybody who has a stream open, on this server and on others.
    pub(super) fn announce(&self, organization_id: OrganizationId) {
        self.bell.ring(organization_id);
        let db = self.clone();
        tokio::spawn(async move {
            if let Err(error) = db.notify_others(organization_id).await {
                // They find it all the same, a little later.
                tracing::warn!(%error, "other servers could not be told of a write");
            }
        });
    }
}

impl OrgDb {
    /// Hears of writes from now on.
    pub fn listen(&self) -> Listener {
        Listener { organization_id: self.organization_id(), rings: self.db.bell.0.subscribe() }
    }

    /// Begins to hear of writes by other servers, for as long as the program runs.
    pub fn hear_others(&self) {
        let db = self.db.clone();
        tokio::spawn(async move { db.hear_others().await });
    }

    /// How long a write of another process may go unheard.
    pub fn longest_silence(&self) -> Duration {
        self.db.longest_silence()
    }

    /// The number of the last write.
    pub async fn last_change(&self) -> Result<u64, StoreError> {
        let select = Query::select()
            .column(Organizations::LastChange)
            .from(Organizations::Table)
            .and_where(self.owns((Organizations::Table, Organizations::Id)))
            .take();
        self.db.fetch_count(&select).await
    }

    /// What the lists of this moment are told by from those of another.
    pub async fn stamp(&self) -> Result<Stamp, StoreError> {
        let mut select = Query::select()
            .from(Organizations::Table)
            .and_where(self.owns((Organizations::Table, Organizations::Id)))
            .take();
        Stamp::select(&mut select);
        Ok(self.db.fetch_optional(&select).await?.unwrap_or_default())
    }

    /// The number of a write that begins.
    pub(super) async fn next_change(&self, tx: &mut Tx) -> Result<u64, StoreError> {
        let update = Query::update()
            .table(Organizations::Table)
            .value(Organizations::LastChange, Expr::col(Organizations::LastChange).add(1))
            .and_where(self.owns((Organizations::Table, Organizations::Id)))
            .returning_col(Organizations::LastChange)
            .take();
        tx.fetch_count(&update).await
    }
}

impl Snapshot {
    /// The number of the last write.
    pub async fn last_change(&mut self) -> Result<u64, StoreError> {
        let select = Query::select()
            .column(Organizations::LastChange)
            .from(Organizations::Table)
            .and_where(self.owns((Organizations::Table, Organizations::Id)))
            .take();
        self.tx.fetch_count(&select).await
    }

    /// The runs that were written or taken away after a position, each once, in the order in which that was done last.
    pub async fn changed_runs(&mut self, after: Position, limit: u64) -> Result<Vec<ChangedRun>, StoreError> {
        let change = i64::try_from(after.change).unwrap_or(i64::MAX);
        let after = || Expr::tuple([Expr::val(change), Expr::val(after.run.0)]);
        let written = Query::select()
            .columns([Runs::Id, Runs::FirstChange, Runs::LastChange, Runs::Status, Runs::DurationMs])
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::tuple([Expr::col(Runs::LastChange), Expr::col(Runs::Id)]).gt(after()))
            .order_by(Runs::LastChange, Order::Asc)
            .order_by(Runs::Id, Order::Asc)
            .limit(limit)
            .take();
        let removed = Query::select()
            .columns([RemovedRuns::RunId, RemovedRuns::Change])
            .from(RemovedRuns::Table)
            .and_where(self.owns((RemovedRuns::Table, RemovedRuns::OrganizationId)))
            .and_where(Expr::tuple([Expr::col(RemovedRuns::Change), Expr::col(RemovedRuns::RunId)]).gt(after()))
            .order_by(RemovedRuns::Change, Order::Asc)
            .order_by(RemovedRuns::RunId, Order::Asc)
            .limit(limit)
            .take();
        let written: Vec<ChangedRow> = self.tx.fetch_all(&written).await?;
        let removed: Vec<RemovedRow> = self.tx.fetch_all(&removed).await?;
        let written = written.into_iter().map(ChangedRow::read);
        let mut runs: Vec<_> =
            written.chain(removed.into_iter().map(|row| Ok(row.read()))).collect::<Result<_, _>>()?;
        runs.sort_unstable_by_key(|run| (run.last_change, run.id));
        runs.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(runs)
    }

    /// Those of some runs that fit a filter, as a page lists them, in no order.
    pub async fn summaries_of(&mut self, filter: &RunFilter, ids: &[RunId]) -> Result<Vec<RunSummary>, StoreError> {
        let of_these = Expr::col((Runs::Table, Runs::Id)).is_in(ids.iter().map(|id| id.0));
        let mut select =
            Query::select().from(Runs::Table).cond_where(self.condition(filter)).and_where(of_these).take();
        self.select_summary(&mut select);
        let rows: Vec<SummaryRow> = self.tx.fetch_all(&select).await?;
        rows.into_iter().map(SummaryRow::read).collect()
    }
}

impl ChangedRow {
    fn read(self) -> Result<ChangedRun, StoreError> {
        let became = Became::Written {
            first_change: self.first_change.unsigned_abs(),
            status: self.status.parse().map_err(super::run_rows::inconsistent)?,
            duration_ms: self.duration_ms,
        };
        Ok(ChangedRun { id: RunId(self.id), last_change: self.last_change.unsigned_abs(), became })
    }
}

impl RemovedRow {
    fn read(self) -> ChangedRun {
        let last_change = self.change.unsigned_abs();
        ChangedRun { id: RunId(self.run_id), last_change, became: Became::Removed }
    }
}
