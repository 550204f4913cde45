//! Lets the search index follow what is written, while the program serves.

use crate::{
    domain::ids::OrganizationId,
    server::{
        query::search_index,
        store::{Db, OrgDb, StoreError},
    },
};
use std::time::Duration;

/// How soon writes of other processes are looked for, of which one may not hear.
const EVERY: Duration = Duration::from_secs(2);

/// Puts runs into the index soon after they are written, for ever.
pub async fn keep_indexed(db: Db) {
    let mut writes = db.listen_to_all();
    let mut written = None;
    loop {
        if let Err(error) = index(&db, written).await {
            tracing::warn!(%error, "runs could not be put into the search index");
        }
        written = tokio::time::timeout(EVERY, writes.heard()).await.unwrap_or_default();
    }
}

/// Of one organization, or of all.
async fn index(db: &Db, written: Option<OrganizationId>) -> Result<(), StoreError> {
    let all = match written {
        Some(organization_id) => vec![organization_id],
        None => db.organizations().await?.into_iter().map(|organization| organization.id).collect(),
    };
    for organization_id in all {
        let org = OrgDb::new(db.clone(), organization_id);
        // One that cannot be read does not keep the others.
        if let Err(error) = Box::pin(search_index::catch_up(&org)).await {
            tracing::warn!(%error, %organization_id, "the search index of an organization could not follow");
        }
    }
    Ok(())
}
