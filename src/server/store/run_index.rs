//! The run index in the database: blocks of runs, and the changes that are not in the blocks yet. Changes are stored with
//! the runs that they are of, in one transaction; when there are many, they are folded into the blocks.

mod blocks;
mod check;
mod facts;
mod fold;
mod kept;

use blocks::ChangesRow;
pub(super) use blocks::OfIndex;
pub use check::IndexCheck;
pub(super) use facts::{FACTS, FactsRow};
pub(super) use fold::Folding;
pub(super) use kept::KeptIndexes;

use super::{engine::Tx, error::StoreError, org_db::OrgDb, schema::RunIndexes};
use crate::{
    domain::run_facts::RunFacts,
    server::run_index::{IndexChange, packed::UnpackError},
};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;

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
    /// How often blocks were exchanged.
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
    /// Stores what a transaction changed. Whether there is so much now that it is to be folded.
    pub(super) async fn store_index_changes(&self, tx: &mut Tx, changes: IndexChanges) -> Result<bool, StoreError> {
        let IndexChanges(changes) = changes;
        if changes.is_empty() {
            return Ok(false);
        }
        let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
        let state = self.advance_index(tx, count, changes.iter().map(IndexChange::sign).sum()).await?;
        let row = ChangesRow::of(state.change, &changes)?;
        OfIndex::of(self.organization_id()).insert_changes(tx, vec![row]).await?;
        Ok(state.is_fold_due())
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
}
