//! Everything that a filter lists, a batch at a time (P-52).

use crate::{
    domain::filter::RunFilter,
    server::store::{Export, OrgDb, SomeRuns, StoreError},
};
use tokio::sync::mpsc;

/// Batches that wait for a reader.
const AHEAD: usize = 1;

/// Some runs of an export, or why there are no more.
pub type Batch = Result<SomeRuns, StoreError>;

/// Reads all runs of a filter, newest first, a little ahead of whoever takes them; an empty batch is the end. What is written
/// meanwhile is in it when its place is still to come; no run is in it twice.
pub fn export(org: OrgDb, filter: RunFilter) -> mpsc::Receiver<Batch> {
    let (batches, taken) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let mut export = Export::of(filter);
        loop {
            let batch = tokio::select! {
                batch = next(&org, &mut export) => batch,
                () = batches.closed() => return,
            };
            let is_last = batch.as_ref().map_or(true, SomeRuns::is_empty);
            // Nobody may be there any more to take it.
            if batches.send(batch).await.is_err() || is_last {
                return;
            }
        }
    });
    taken
}

async fn next(org: &OrgDb, export: &mut Export) -> Batch {
    org.bulk_snapshot().await?.export_some(export).await
}
