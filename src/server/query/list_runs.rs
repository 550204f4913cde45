//! Pages of runs, each as it was at one moment.

use crate::{
    domain::{
        filter::RunFilter,
        page::{Page, PageRequest},
        run::{Run, RunSummary},
    },
    server::store::{Columns, OrgDb, StoreError},
};

/// How many runs there are.
pub async fn total(org: &OrgDb, filter: &RunFilter) -> Result<u64, StoreError> {
    org.snapshot().await?.count_runs(filter).await
}

/// A page of runs as a page lists them.
pub async fn summaries(org: &OrgDb, filter: &RunFilter, request: PageRequest) -> Result<Page<RunSummary>, StoreError> {
    let mut snapshot = org.snapshot().await?;
    let total = snapshot.total(filter).await?;
    if total.is_before(request) {
        return Ok(Page { rows: Vec::new(), request, total });
    }
    let rows = snapshot.list_summaries(filter, request).await?;
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
    let total = snapshot.total(filter).await?;
    if total.is_before(request) {
        return Ok(Page { rows: Vec::new(), request, total });
    }
    let rows = snapshot.list_runs(filter, request, columns).await?;
    Ok(Page { rows, request, total })
}
