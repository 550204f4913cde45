//! The rows of an index: its state, its blocks and its changes.

use super::{IndexState, STATE, broken};
use crate::{
    domain::ids::OrganizationId,
    server::{
        run_index::{
            Block, IndexChange, RunIndex,
            packed::{self, PackedBlock},
        },
        store::{
            engine::Tx,
            error::StoreError,
            insert_rows::insert_rows,
            schema::{RunIndexBlocks, RunIndexChanges, RunIndexes},
        },
    },
};
use sea_query::{DeleteStatement, Expr, ExprTrait, IntoColumnRef, OnConflict, Order, Query};
use sqlx::FromRow;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Blocks that are read by one statement; some 30 MB.
const BLOCKS_AT_ONCE: usize = 100;
/// Rows of changes that are named in one statement.
const CHANGES_AT_ONCE: usize = 10_000;

/// The index of one organization.
#[derive(Debug, Clone, Copy)]
pub(in crate::server::store) struct OfIndex(OrganizationId);

/// A block as it lies in its row, with the time at which it begins.
#[derive(FromRow)]
pub(super) struct BlockRow {
    pub begins_at: i64,
    pub packed: Vec<u8>,
}

#[derive(FromRow)]
struct BlockKeyRow {
    begins_at: i64,
    fold: i64,
}

/// Changes as one transaction stored them, with their number.
#[derive(FromRow)]
pub(super) struct ChangesRow {
    pub change: i64,
    pub packed: Vec<u8>,
}

impl ChangesRow {
    pub(super) fn of(change: i64, changes: &[IndexChange]) -> Result<Self, StoreError> {
        Ok(Self { change, packed: packed::pack_changes(changes).map_err(broken)? })
    }

    pub(super) fn read(&self) -> Result<Vec<IndexChange>, StoreError> {
        packed::read_changes(&self.packed).map_err(broken)
    }
}

impl OfIndex {
    pub const fn of(organization_id: OrganizationId) -> Self {
        Self(organization_id)
    }

    pub(super) fn owns(self, organization_column: impl IntoColumnRef) -> Expr {
        Expr::col(organization_column).eq(self.0.0)
    }

    /// Up to where the index is stored; `None` when there is none.
    pub(super) async fn state(self, tx: &mut Tx) -> Result<Option<IndexState>, StoreError> {
        let select = Query::select()
            .columns(STATE)
            .from(RunIndexes::Table)
            .and_where(self.owns((RunIndexes::Table, RunIndexes::OrganizationId)))
            .take();
        tx.fetch_optional(&select).await
    }

    pub(super) async fn set_state(self, tx: &mut Tx, state: IndexState) -> Result<(), StoreError> {
        let IndexState { change, fold, pending, runs } = state;
        let upsert = Query::insert()
            .into_table(RunIndexes::Table)
            .columns([RunIndexes::OrganizationId].into_iter().chain(STATE))
            .values_panic([self.0.0.into(), change.into(), fold.into(), pending.into(), runs.into()])
            .on_conflict(OnConflict::column(RunIndexes::OrganizationId).update_columns(STATE).to_owned())
            .take();
        tx.execute(&upsert).await.map(drop)
    }

    /// When each block begins, and with which fold it was made.
    pub(super) async fn block_keys(self, tx: &mut Tx) -> Result<BTreeMap<i64, i64>, StoreError> {
        let select = Query::select()
            .columns([RunIndexBlocks::BeginsAt, RunIndexBlocks::Fold])
            .from(RunIndexBlocks::Table)
            .and_where(self.owns((RunIndexBlocks::Table, RunIndexBlocks::OrganizationId)))
            .take();
        let rows: Vec<BlockKeyRow> = tx.fetch_all(&select).await?;
        Ok(rows.into_iter().map(|row| (row.begins_at, row.fold)).collect())
    }

    /// The blocks that begin at these times.
    pub(super) async fn blocks(
        self,
        tx: &mut Tx,
        begins_at: impl Iterator<Item = i64>,
    ) -> Result<Vec<BlockRow>, StoreError> {
        let (wanted, mut blocks): (Vec<_>, Vec<BlockRow>) = (begins_at.collect(), Vec::new());
        for wanted in wanted.chunks(BLOCKS_AT_ONCE) {
            let select = Query::select()
                .columns([RunIndexBlocks::BeginsAt, RunIndexBlocks::Packed])
                .from(RunIndexBlocks::Table)
                .and_where(self.owns((RunIndexBlocks::Table, RunIndexBlocks::OrganizationId)))
                .and_where(Expr::col(RunIndexBlocks::BeginsAt).is_in(wanted.iter().copied()))
                .take();
            blocks.append(&mut tx.fetch_all(&select).await?);
        }
        Ok(blocks)
    }

    /// The changes that are not in the blocks, after one of them.
    pub(super) async fn changes_after(self, tx: &mut Tx, change: i64) -> Result<Vec<IndexChange>, StoreError> {
        let mut changes = Vec::new();
        for row in self.change_rows(tx, change).await? {
            changes.append(&mut row.read()?);
        }
        Ok(changes)
    }

    /// The same, as they lie in their rows.
    pub(super) async fn change_rows(self, tx: &mut Tx, change: i64) -> Result<Vec<ChangesRow>, StoreError> {
        let select = Query::select()
            .columns([RunIndexChanges::Change, RunIndexChanges::Packed])
            .from(RunIndexChanges::Table)
            .and_where(self.owns((RunIndexChanges::Table, RunIndexChanges::OrganizationId)))
            .and_where(Expr::col(RunIndexChanges::Change).gt(change))
            .order_by(RunIndexChanges::Change, Order::Asc)
            .take();
        tx.fetch_all(&select).await
    }

    /// Stores rows of changes.
    pub(super) async fn insert_changes(self, tx: &mut Tx, rows: Vec<ChangesRow>) -> Result<(), StoreError> {
        let columns = [RunIndexChanges::OrganizationId, RunIndexChanges::Change, RunIndexChanges::Packed];
        let row = |row: ChangesRow| vec![self.0.0.into(), row.change.into(), row.packed.into()];
        insert_rows(tx, RunIndexChanges::Table, &columns, rows.into_iter().map(row).collect(), None).await
    }

    /// Forgets some rows of changes.
    pub(super) async fn forget_changes(self, tx: &mut Tx, numbers: &[i64]) -> Result<(), StoreError> {
        for some in numbers.chunks(CHANGES_AT_ONCE) {
            let mut delete = self.delete_changes();
            tx.execute(delete.and_where(Expr::col(RunIndexChanges::Change).is_in(some.iter().copied()))).await?;
        }
        Ok(())
    }

    pub(super) async fn forget_all_changes(self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.execute(&self.delete_changes()).await.map(drop)
    }

    fn delete_changes(self) -> DeleteStatement {
        Query::delete()
            .from_table(RunIndexChanges::Table)
            .and_where(self.owns((RunIndexChanges::Table, RunIndexChanges::OrganizationId)))
            .take()
    }

    /// Stores blocks instead of those that began at these times.
    pub(super) async fn replace_blocks(
        self,
        tx: &mut Tx,
        former: BTreeSet<i64>,
        blocks: Vec<(i64, Vec<u8>)>,
        fold: i64,
    ) -> Result<(), StoreError> {
        if !former.is_empty() {
            let delete = Query::delete()
                .from_table(RunIndexBlocks::Table)
                .and_where(self.owns((RunIndexBlocks::Table, RunIndexBlocks::OrganizationId)))
                .and_where(Expr::col(RunIndexBlocks::BeginsAt).is_in(former))
                .take();
            tx.execute(&delete).await?;
        }
        let columns =
            [RunIndexBlocks::OrganizationId, RunIndexBlocks::BeginsAt, RunIndexBlocks::Fold, RunIndexBlocks::Packed];
        let row =
            |(begins_at, packed): (i64, Vec<u8>)| vec![self.0.0.into(), begins_at.into(), fold.into(), packed.into()];
        let rows = blocks.into_iter().map(row).collect();
        insert_rows(tx, RunIndexBlocks::Table, &columns, rows, None).await
    }
}

/// The index of some blocks.
pub(super) fn index_of(blocks: Vec<BlockRow>) -> Result<RunIndex, StoreError> {
    with_blocks(RunIndex::default(), blocks)
}

/// An index with some more blocks.
pub(super) fn with_blocks(index: RunIndex, blocks: Vec<BlockRow>) -> Result<RunIndex, StoreError> {
    blocks.into_iter().try_fold(index, |index, BlockRow { begins_at, packed }| {
        Ok(index.with_block(begins_at, PackedBlock::read(&packed).map_err(broken)?))
    })
}

/// All blocks of an index.
pub(super) fn pack_all(index: &RunIndex) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let pack = |(begins_at, block): (&i64, &Arc<Block>)| Ok((*begins_at, index.pack(block).map_err(broken)?));
    index.blocks().in_order().map(pack).collect()
}

/// Says that an index does not fit the runs, which is a mistake of this program. Lists go on; `alloy-logs check` mends it.
pub(super) fn tell(missing: usize) {
    if missing > 0 {
        tracing::error!(missing, "the run index does not know runs that are gone: run `alloy-logs check --repair`");
    }
}
