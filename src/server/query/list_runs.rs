//! Pages of runs, each as it was at one moment.

use crate::{
    domain::{
        cost::CostLine,
        filter::RunFilter,
        ids::RunId,
        page::{Page, PageRequest},
        run::{Run, RunSummary},
    },
    server::store::{Columns, OrgDb, Snapshot, StoreError},
};

/// A page of runs as a page lists them.
pub async fn summaries(org: &OrgDb, filter: &RunFilter, request: PageRequest) -> Result<Page<RunSummary>, StoreError> {
    let mut snapshot = org.snapshot().await?;
    let total = snapshot.count_runs(filter).await?;
    if request.offset() >= total {
        return Ok(Page { rows: Vec::new(), request, total });
    }
    let mut rows = snapshot.list_summaries(filter, request).await?;
    fill_costs(&mut snapshot, &mut rows, |run| (run.id, &mut run.costs)).await?;
    Ok(Page { rows, request, total })
}

/// A page of runs as the API lists them.
pub async fn runs(
    org: &OrgDb,
    filter: &RunFilter,
    request: PageRequest,
    columns: Columns,
) -> Result<Page<Run>, StoreError> {
    let mut snapshot = org.snapshot().await?;
    let total = snapshot.count_runs(filter).await?;
    if request.offset() >= total {
        return Ok(Page { rows: Vec::new(), request, total });
    }
    let mut rows = snapshot.list_runs(filter, request, columns).await?;
    fill_costs(&mut snapshot, &mut rows, |run| (run.id, &mut run.costs)).await?;
    Ok(Page { rows, request, total })
}

/// Reads what all runs of a page cost, at once.
pub(super) async fn fill_costs<T>(
    snapshot: &mut Snapshot,
    rows: &mut [T],
    parts: fn(&mut T) -> (RunId, &mut Vec<CostLine>),
) -> Result<(), StoreError> {
    let ids: Vec<_> = rows.iter_mut().map(|row| parts(row).0).collect();
    let mut costs = snapshot.costs(&ids).await?;
    for row in rows {
        let (id, lines) = parts(row);
        *lines = costs.remove(&id).unwrap_or_default();
    }
    Ok(())
}
