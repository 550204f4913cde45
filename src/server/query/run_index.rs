//! The index of an organization's runs as a whole: whether it is right, and how it is made again.

use crate::server::store::{IndexCheck, OrgDb, StoreError};

/// Compares the index with the runs. Takes as long as reading all of them.
pub async fn check(org: &OrgDb) -> Result<IndexCheck, StoreError> {
    org.check_index().await
}

/// Makes the index again. Nobody writes meanwhile.
pub async fn rebuild(org: &OrgDb) -> Result<(), StoreError> {
    org.rebuild_index().await
}
