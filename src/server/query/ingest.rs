//! Writing runs.

use crate::{
    domain::run_write::RunWrite,
    server::store::{OrgDb, StoreError, WriteOutcome},
};

/// Writes runs; all of them are on disk when this returns.
pub async fn write(org: &OrgDb, writes: Vec<RunWrite>) -> Result<Vec<WriteOutcome>, StoreError> {
    org.write_runs(writes).await
}
