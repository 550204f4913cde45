//! The run index in the database: blocks of runs, and the changes that are not in the blocks yet. Changes are stored with
//! the runs that they are of, in one transaction; when there are many, they are folded into the blocks, and begin anew.

mod blocks;
mod check;
mod facts;
mod kept;

pub(super) use blocks::OfIndex;
pub use check::IndexCheck;
pub(super) use facts::{FACTS, FactsRow};
pub(super) use kept::KeptIndexes;

use super::{
    engine::Tx,
    error::StoreError,
    insert_rows::insert_rows,
    org_db::OrgDb,
    schema::{RunIndexChanges, RunIndexes},
};
use crate::{
    domain::run_facts::RunFacts,
    server::{
        aside::aside,
        run_index::{
            Blocks, IndexChange,
            packed::{self, UnpackError},
        },
    },
};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;
use std::collections::BTreeSet;

/// Changes that are folded into blocks together: at least so many, and more where there are many blocks, as changes of
/// any time touch them all.
const FOLD_AT: i64 = 4_096;
const RUNS_A_CHANGE: i64 = 256;

/// What a transaction changes of the index.
#[derive(Debug, Default)]
pub(super) struct IndexChanges(Vec<IndexChange>);

impl IndexChanges {
    /// A run that is there now.
    pub fn add(&mut self, facts: &RunFacts) {
        self.0.push(IndexChange::add(facts));
    }

    /// A run that is not there any more, or not as it was.
    pub fn take(&mut self, facts: &RunFacts) {
        self.0.push(IndexChange::take(facts));
    }
}

/// Up to where an index is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
struct IndexState {
    /// The number of the last change.
    change: i64,
    /// How often changes were folded into blocks.
    fold: i64,
    /// Changes that are not in the blocks yet.
    pending: i64,
    runs: i64,
}

const STATE: [RunIndexes; 4] = [RunIndexes::Change, RunIndexes::Fold, RunIndexes::Pending, RunIndexes::Runs];

/// An index that cannot be read or written.
fn broken(error: impl Into<UnpackError>) -> StoreError {
    StoreError::Inconsistent { table: "run_index_blocks", problem: error.into().to_string() }
}

impl OrgDb {
    /// Stores what a transaction changed.
    pub(super) async fn store_index_changes(&self, tx: &mut Tx, changes: IndexChanges) -> Result<(), StoreError> {
        let IndexChanges(changes) = changes;
        if changes.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
        let state = self.advance_index(tx, count, changes.iter().map(IndexChange::sign).sum()).await?;
        let packed = packed::pack_changes(&changes).map_err(broken)?;
        let columns = [RunIndexChanges::OrganizationId, RunIndexChanges::Change, RunIndexChanges::Packed];
        let row = vec![self.organization_id().0.into(), state.change.into(), packed.into()];
        insert_rows(tx, RunIndexChanges::Table, &columns, vec![row], None).await?;
        if state.pending >= Ord::max(FOLD_AT, state.runs / RUNS_A_CHANGE) {
            match self.fold_index(tx, state).await {
                // Runs are written whatever is wrong with what lists are found by; `check` mends it.
                Err(error @ StoreError::Inconsistent { .. }) => {
                    tracing::error!(%error, "the run index cannot be read: run `alloy-logs check --repair`");
                }
                other => other?,
            }
        }
        Ok(())
    }

    async fn advance_index(&self, tx: &mut Tx, pending: i64, runs: i64) -> Result<IndexState, StoreError> {
        let sum = |column: RunIndexes, more: i64| Expr::col((RunIndexes::Table, column)).add(more);
        let upsert = Query::insert()
            .into_table(RunIndexes::Table)
            .columns([RunIndexes::OrganizationId].into_iter().chain(STATE))
            .values_panic([self.organization_id().0.into(), 1_i64.into(), 0_i64.into(), pending.into(), runs.into()])
            .on_conflict(
                OnConflict::column(RunIndexes::OrganizationId)
                    .value(RunIndexes::Change, sum(RunIndexes::Change, 1))
                    .value(RunIndexes::Pending, sum(RunIndexes::Pending, pending))
                    .value(RunIndexes::Runs, sum(RunIndexes::Runs, runs))
                    .to_owned(),
            )
            .returning(Query::returning().columns(STATE))
            .take();
        Ok(tx.fetch_optional(&upsert).await?.unwrap_or_default())
    }

    /// Makes the blocks anew that the stored changes touch, and is done with the changes.
    async fn fold_index(&self, tx: &mut Tx, state: IndexState) -> Result<(), StoreError> {
        let of = OfIndex::of(self.organization_id());
        let changes = of.changes_after(tx, 0).await?;
        let keys = of.block_keys(tx).await?;
        let touched: BTreeSet<i64> = changes.iter().filter_map(|change| Blocks::home(&keys, change.at())).collect();
        let packed = of.blocks(tx, touched.iter().copied()).await?;
        let fold = state.fold + 1;
        let folded = aside(move || {
            let (index, missing) = blocks::index_of(packed)?.after(&changes);
            blocks::tell(missing);
            blocks::pack_all(&index)
        });
        of.replace_blocks(tx, touched, folded.await??, fold).await?;
        of.forget_changes(tx).await?;
        of.set_state(tx, IndexState { fold, pending: 0, ..state }).await
    }
}
