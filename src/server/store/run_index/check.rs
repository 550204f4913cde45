//! The index made again from the runs themselves: to see whether it is right, and to mend it.

use super::{
    FactsRow, IndexState,
    blocks::{OfIndex, pack_all},
    facts::facts,
};
use crate::{
    domain::ids::RunId,
    server::{
        aside::aside,
        run_index::{IndexChange, RunIndex},
        store::{
            engine::{JsonRows, JsonValue, Tx},
            error::StoreError,
            org_db::OrgDb,
            schema::WorkflowRuns as Runs,
        },
    },
};
use sea_query::{Expr, ExprTrait, Order, Query};

/// Runs that are read by one statement.
const RUNS_AT_ONCE: u64 = 10_000;

/// What a look at an index found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexCheck {
    /// How many runs there are.
    pub runs: u64,
    /// How many runs the index knows otherwise, or not at all, or knows and are not there.
    pub differences: u64,
}

impl OrgDb {
    /// Compares the index with the runs, both as they are at one moment. Takes as long as reading all of them.
    pub async fn check_index(&self) -> Result<IndexCheck, StoreError> {
        let mut snapshot = self.snapshot().await?;
        let kept = snapshot.index().await?;
        let made = OfIndex::of(self.organization_id()).made_again(&mut snapshot.tx).await?;
        Ok(aside(move || IndexCheck { runs: made.len(), differences: made.differences(&kept) }).await?)
    }

    /// Makes the index again. Nobody writes meanwhile.
    pub async fn rebuild_index(&self) -> Result<(), StoreError> {
        let mut tx = self.db.begin_alone(self.organization_id()).await?;
        OfIndex::of(self.organization_id()).rebuild(&mut tx).await?;
        tx.commit().await
    }
}

impl OfIndex {
    /// Whether there is an index.
    pub async fn is_there(self, tx: &mut Tx) -> Result<bool, StoreError> {
        Ok(self.state(tx).await?.is_some())
    }

    /// Stores the index that the runs make, within a transaction that is alone in writing them.
    pub async fn rebuild(self, tx: &mut Tx) -> Result<(), StoreError> {
        let former = self.block_keys(tx).await?.into_keys().collect();
        let state = self.state(tx).await?.unwrap_or_default();
        let index = self.made_again(tx).await?;
        let runs = i64::try_from(index.len()).unwrap_or(i64::MAX);
        let blocks = aside(move || pack_all(&index)).await??;
        let state = IndexState { change: state.change + 1, fold: state.fold + 1, pending: 0, runs };
        self.replace_blocks(tx, former, blocks, state.fold).await?;
        self.forget_all_changes(tx).await?;
        self.set_state(tx, state).await
    }

    async fn made_again(self, tx: &mut Tx) -> Result<RunIndex, StoreError> {
        let (mut index, mut last): (RunIndex, Option<(i64, RunId)>) = (RunIndex::default(), None);
        loop {
            let place = Expr::tuple([Expr::col(Runs::CreatedAt), Expr::col(Runs::Id)]);
            let after = last.map(|(at, id)| place.gt(Expr::tuple([Expr::val(at), Expr::val(id.0)])));
            let select = Query::select()
                .from(Runs::Table)
                .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
                .and_where_option(after)
                .order_by(Runs::CreatedAt, Order::Asc)
                .order_by(Runs::Id, Order::Asc)
                .limit(RUNS_AT_ONCE)
                .take();
            let row = JsonValue::Array(vec![JsonValue::Id(Expr::col(Runs::Id)), facts()]);
            let rows: JsonRows<(RunId, FactsRow)> = tx.fetch_json(select, row).await?;
            let rows = aside(move || rows.read()).await??;
            let mut changes = Vec::with_capacity(rows.len());
            for (id, facts) in rows {
                let change = IndexChange::add(&facts.read()?);
                last = Some((change.at(), id));
                changes.push(change);
            }
            if changes.is_empty() {
                return Ok(index);
            }
            (index, _) = index.after(&changes);
        }
    }
}
