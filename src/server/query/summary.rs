//! What the runs of a filter come to (P-50).

use crate::{
    domain::{filter::RunFilter, summary::RunsSummary, time::Timestamp},
    server::store::{OrgDb, StoreError},
};

/// Counts, percentiles, sums and a histogram; the filter's dates are relative to `now`.
pub async fn summary(org: &OrgDb, filter: &RunFilter, now: Timestamp) -> Result<RunsSummary, StoreError> {
    org.snapshot().await?.summary(filter, now).await
}
