//! Changes are folded into the blocks that they touch. It is worked out beside those who write runs: they wait only while
//! blocks are exchanged, a few at a time.

use super::{
    IndexState,
    blocks::{self, BlockRow, ChangesRow, OfIndex},
};
use crate::{
    domain::ids::OrganizationId,
    server::{
        aside::aside,
        run_index::{Blocks, IndexChange},
        store::{error::StoreError, org_db::OrgDb},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Changes that are folded into blocks together: at least so many, and more where there are many blocks, as changes of
/// any time touch them all.
const FOLD_AT: i64 = 4_096;
const RUNS_A_CHANGE: i64 = 256;

/// Blocks that are exchanged in one transaction: some 2 MB, and the rows of changes that are of others too. Tests take two.
const EXCHANGED_AT_ONCE: usize = if cfg!(test) { 2 } else { 8 };

/// An exchange that takes longer is given up, so that a connection that is lost without a word does not end folding for good.
const PATIENCE: Duration = Duration::from_secs(25);

/// Whose changes are being folded by this program.
#[derive(Debug, Default)]
pub(in crate::server::store) struct Folding(Mutex<HashSet<OrganizationId>>);

impl Folding {
    fn organizations(&self) -> MutexGuard<'_, HashSet<OrganizationId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody else of this program folds the changes of the organization, however this ends.
struct Turn(OrgDb);

impl Turn {
    /// `None` when somebody is at it.
    fn of(org: &OrgDb) -> Option<Self> {
        org.db.folding.organizations().insert(org.organization_id()).then(|| Self(org.clone()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.db.folding.organizations().remove(&self.0.organization_id());
    }
}

impl IndexState {
    /// Whether there are so many changes that they are to be folded.
    pub(super) fn is_fold_due(self) -> bool {
        self.pending >= Ord::max(FOLD_AT, self.runs / RUNS_A_CHANGE)
    }
}

impl OrgDb {
    /// Folds the changes of the organization, unless that is going on. Nobody waits for it, and where it fails the changes stay
    /// until a later write.
    pub(in crate::server::store) fn fold_index_aside(&self) {
        let Some(turn) = Turn::of(self) else { return };
        tokio::spawn(async move {
            match Box::pin(turn.0.fold_index()).await {
                // The program ends; who goes on folds them.
                Ok(()) | Err(StoreError::Unavailable(sqlx::Error::PoolClosed)) => {}
                // Runs are written whatever is wrong with what lists are found by; `check` mends it.
                Err(error @ StoreError::Inconsistent { .. }) => {
                    tracing::error!(%error, "the run index cannot be read: run `alloy-logs check --repair`");
                }
                Err(error) => tracing::warn!(%error, "changes of the run index are not folded for now"),
            }
        });
    }

    /// Folds the changes that there are now.
    async fn fold_index(&self) -> Result<(), StoreError> {
        let mut last = None;
        loop {
            let exchange = tokio::time::timeout(PATIENCE, self.exchange(last)).await;
            last = exchange.unwrap_or(Err(StoreError::TooSlow))?;
            if last.is_none() {
                return Ok(());
            }
        }
    }

    /// Folds the changes of some blocks after one of them. The last of these blocks; `None` when there are no changes of later
    /// ones, or when somebody else folds them or makes the index again.
    async fn exchange(&self, after: Option<i64>) -> Result<Option<i64>, StoreError> {
        let of = OfIndex::of(self.organization_id());
        let mut tx = self.db.begin_reading().await?;
        let Some(state) = of.state(&mut tx).await? else { return Ok(None) };
        let (rows, keys) = (of.change_rows(&mut tx, 0).await?, of.block_keys(&mut tx).await?);
        let part = aside(move || Part::after(after, &rows, &keys)).await??;
        let former = of.blocks(&mut tx, part.blocks.iter().copied()).await?;
        drop(tx);
        let (part, blocks) = aside(move || part.folded_into(former).map(|blocks| (part, blocks))).await??;

        // Here others begin to wait.
        let mut tx = self.db.begin_alone(self.organization_id()).await?;
        let Some(now) = of.state(&mut tx).await?.filter(|now| now.fold == state.fold) else { return Ok(None) };
        let last = part.blocks.last().copied().filter(|_| part.goes_on);
        let (fold, count) = (state.fold + 1, i64::try_from(part.changes.len()).unwrap_or(i64::MAX));
        of.replace_blocks(&mut tx, part.blocks, blocks, fold).await?;
        of.forget_changes(&mut tx, &part.read).await?;
        of.insert_changes(&mut tx, part.left).await?;
        of.set_state(&mut tx, IndexState { fold, pending: now.pending - count, ..now }).await?;
        tx.commit().await?;
        Ok(last)
    }
}

/// Changes that are folded together.
struct Part {
    /// The blocks that they belong to, by when these begin.
    blocks: BTreeSet<i64>,
    /// Whether the last block of all is among them.
    is_end: bool,
    /// Whether there are changes of later blocks.
    goes_on: bool,
    changes: Vec<IndexChange>,
    /// The rows that they were read from, by their numbers.
    read: Vec<i64>,
    /// What is left of these.
    left: Vec<ChangesRow>,
}

impl Part {
    /// Those of the first blocks that changes belong to after one of them, among blocks that begin at the times of `keys`.
    fn after(last: Option<i64>, rows: &[ChangesRow], keys: &BTreeMap<i64, i64>) -> Result<Self, StoreError> {
        let rows = rows.iter().map(|row| Ok((row.change, row.read()?))).collect::<Result<Vec<_>, StoreError>>()?;
        let homes: BTreeSet<i64> =
            rows.iter().flat_map(|(_, changes)| changes).map(|change| home(keys, change)).collect();
        let mut later = homes.into_iter().filter(|home| last.is_none_or(|last| *home > last));
        let blocks: BTreeSet<i64> = later.by_ref().take(EXCHANGED_AT_ONCE).collect();
        let (mut these, mut read, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for (number, changes) in rows {
            let (mut some, others): (Vec<_>, Vec<_>) =
                changes.into_iter().partition(|change| blocks.contains(&home(keys, change)));
            if !some.is_empty() {
                these.append(&mut some);
                read.push(number);
                if !others.is_empty() {
                    left.push(ChangesRow::of(number, &others)?);
                }
            }
        }
        let is_end = keys.keys().next_back().is_none_or(|last| blocks.contains(last));
        Ok(Self { blocks, is_end, goes_on: later.next().is_some(), changes: these, read, left })
    }

    /// What becomes of their blocks.
    fn folded_into(&self, former: Vec<BlockRow>) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        let (index, missing) = blocks::index_of(former)?.part_after(&self.changes, self.is_end);
        blocks::tell(missing);
        blocks::pack_all(&index)
    }
}

/// The block that a change belongs to; any, where there is none yet.
fn home(keys: &BTreeMap<i64, i64>, change: &IndexChange) -> i64 {
    Blocks::home(keys, change.at()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ids::WorkflowId, run_facts::RunFacts, status::RunStatus, time::Timestamp},
        server::run_index::RunIndex,
    };
    use proptest::{collection::vec, prelude::*, sample::Index};
    use uuid::Uuid;

    fn facts(second: i64) -> RunFacts {
        RunFacts {
            created_at: Timestamp::from_micros(second * 1_000_000).unwrap(),
            status: RunStatus::Completed,
            source: "api".to_owned(),
            model: None,
            workflow_id: WorkflowId(Uuid::from_u128(1)),
            ai_employee_id: None,
            duration_ms: Some(second),
            total_tokens: None,
            cost: None,
        }
    }

    proptest! {
        /// What is there, what comes and goes, and how many changes lie in a row.
        #[test]
        fn block_by_block_they_are_the_same_index(
            there in vec(0..500_i64, 0..200),
            come in vec(0..700_i64, 0..100),
            go in vec(any::<Index>(), 0..100),
            per_row in 1..40_usize,
        ) {
            let added = |seconds: &[i64]| seconds.iter().map(|at| IndexChange::add(&facts(*at))).collect::<Vec<_>>();
            let (mut changes, mut left) = (added(&come), [there.as_slice(), &come].concat());
            let (there, _) = RunIndex::default().after(&added(&there));
            for which in go.iter().take(left.len()) {
                changes.push(IndexChange::take(&facts(left.remove(which.index(left.len())))));
            }
            let (expected, _) = there.after(&changes);

            let mut stored: BTreeMap<i64, Vec<u8>> = blocks::pack_all(&there).unwrap().into_iter().collect();
            let mut rows: BTreeMap<i64, ChangesRow> = (1..)
                .zip(changes.chunks(per_row))
                .map(|(change, some)| (change, ChangesRow::of(change, some).unwrap()))
                .collect();
            let (mut last, mut goes_on) = (None, true);
            while goes_on {
                let keys: BTreeMap<i64, i64> = stored.keys().map(|from| (*from, 0)).collect();
                let all: Vec<ChangesRow> = std::mem::take(&mut rows).into_values().collect();
                let part = Part::after(last, &all, &keys).unwrap();
                let former = part.blocks.iter().filter_map(|from| Some((*from, stored.remove(from)?)));
                let former = former.map(|(begins_at, packed)| BlockRow { begins_at, packed }).collect();
                stored.extend(part.folded_into(former).unwrap());
                rows = all.into_iter().map(|row| (row.change, row)).filter(|(n, _)| !part.read.contains(n)).collect();
                (last, goes_on) = (part.blocks.last().copied(), part.goes_on);
                rows.extend(part.left.into_iter().map(|row| (row.change, row)));
            }
            prop_assert!(rows.is_empty());
            let rows = stored.into_iter().map(|(begins_at, packed)| BlockRow { begins_at, packed });
            let made = blocks::index_of(rows.collect()).unwrap();
            prop_assert_eq!((made.len(), made.differences(&expected)), (expected.len(), 0));
        }
    }
}
