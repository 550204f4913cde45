//! Indexes that are kept in memory, as readers saw them last. What was written since is read on top of them; what has grown
//! too large together is read again when somebody asks.

use super::{IndexState, blocks, blocks::OfIndex};
use crate::{
    domain::ids::OrganizationId,
    server::{
        aside::aside,
        run_index::RunIndex,
        store::{engine::Tx, error::StoreError, org_db::Snapshot},
    },
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// Runs whose indexes are kept: some 700 MB. One organization may have more.
const MAX_RUNS: u64 = 20_000_000;

/// The indexes of all organizations that were asked for.
#[derive(Debug, Default)]
pub(in crate::server::store) struct KeptIndexes(Mutex<Places>);

#[derive(Debug, Default)]
struct Places {
    places: HashMap<OrganizationId, Place>,
    /// How often any was asked for.
    asked: u64,
}

#[derive(Debug, Default)]
struct Place {
    kept: Arc<tokio::sync::Mutex<Kept>>,
    runs: u64,
    /// When it was asked for last, as a number of all that were.
    asked: u64,
}

/// An index as it was at one moment.
#[derive(Debug, Default)]
struct Kept {
    state: IndexState,
    /// By when they begin, with which fold each of these blocks was made.
    folds: BTreeMap<i64, i64>,
    /// Without the changes that are not in the blocks.
    folded: RunIndex,
    /// With them.
    index: Arc<RunIndex>,
}

impl KeptIndexes {
    fn place(&self, organization_id: OrganizationId) -> Arc<tokio::sync::Mutex<Kept>> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.asked += 1;
        let asked = places.asked;
        let place = places.places.entry(organization_id).or_default();
        place.asked = asked;
        Arc::clone(&place.kept)
    }

    /// Lets those go that were not asked for the longest, until the rest is small enough.
    fn make_room(&self, organization_id: OrganizationId, runs: u64) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.places.get_mut(&organization_id) {
            place.runs = runs;
        }
        let mut total: u64 = places.places.values().map(|place| place.runs).sum();
        while total > MAX_RUNS && places.places.len() > 1 {
            let oldest = places.places.iter().min_by_key(|(_, place)| place.asked).map(|(id, _)| *id);
            let Some(gone) = oldest.and_then(|id| places.places.remove(&id)) else { return };
            total -= gone.runs;
        }
    }
}

impl Snapshot {
    /// The index as this snapshot sees it.
    pub(in crate::server::store) async fn index(&mut self) -> Result<Arc<RunIndex>, StoreError> {
        if let Some(index) = &self.index {
            return Ok(Arc::clone(index));
        }
        let of = OfIndex::of(self.organization_id());
        let state = of.state(&mut self.tx).await?.unwrap_or_default();
        let place = self.indexes.place(self.organization_id());
        let mut kept = place.lock().await;
        let index = if (state.fold, state.change) < (kept.state.fold, kept.state.change) {
            // Another reader has a later snapshot already.
            let former = Kept { folds: kept.folds.clone(), folded: kept.folded.clone(), ..Kept::default() };
            former.brought_to(of, &mut self.tx, state).await?.index
        } else {
            if kept.state != state {
                *kept = kept.brought_to(of, &mut self.tx, state).await?;
                self.indexes.make_room(self.organization_id(), kept.index.len());
            }
            Arc::clone(&kept.index)
        };
        self.index = Some(Arc::clone(&index));
        Ok(index)
    }
}

impl Kept {
    /// The same at the moment of a transaction, whose state this is.
    async fn brought_to(&self, of: OfIndex, tx: &mut Tx, state: IndexState) -> Result<Self, StoreError> {
        if self.state.fold == state.fold {
            let changes = of.changes_after(tx, self.state.change).await?;
            let (index, missing) = self.index.after(&changes);
            blocks::tell(missing);
            let (folds, folded) = (self.folds.clone(), self.folded.clone());
            return Ok(Self { state, folds, folded, index: Arc::new(index) });
        }
        let folds = of.block_keys(tx).await?;
        let is_there = |begins_at: &i64| folds.get(begins_at) == self.folds.get(begins_at);
        let gone: Vec<i64> = self.folds.keys().copied().filter(|begins_at| !is_there(begins_at)).collect();
        let new = folds.keys().copied().filter(|begins_at| !is_there(begins_at));
        let new = of.blocks(tx, new).await?;
        let changes = of.changes_after(tx, 0).await?;
        let former = self.folded.clone();
        let read = aside(move || {
            let rest = gone.into_iter().fold(former, RunIndex::without_block);
            let folded = blocks::with_blocks(rest, new)?;
            let (index, missing) = folded.after(&changes);
            blocks::tell(missing);
            Ok::<_, StoreError>((folded, Arc::new(index)))
        });
        let (folded, index) = read.await??;
        Ok(Self { state, folds, folded, index })
    }
}
