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
        let behind = index(&db, written).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "runs could not be put into the search index");
            false
        });
        // Where one had no time to finish, all have another turn at once.
        written = if behind { None } else { tokio::time::timeout(EVERY, writes.heard()).await.unwrap_or_default() };
    }
}

/// Of one organization, or of all; whether something is left to be done.
async fn index(db: &Db, written: Option<OrganizationId>) -> Result<bool, StoreError> {
    let all = match written {
        Some(organization_id) => vec![organization_id],
        None => db.organizations().await?.into_iter().map(|organization| organization.id).collect(),
    };
    let mut is_behind = false;
    for organization_id in all {
        let org = OrgDb::new(db.clone(), organization_id);
        search_index::let_others_write(&org).await;
        match Box::pin(search_index::take_turn(&org)).await {
            Ok(caught_up) => is_behind |= !caught_up.is_all,
            // One that cannot be read does not keep the others.
            Err(error) => {
                tracing::warn!(%error, %organization_id, "the search index of an organization could not follow");
            }
        }
    }
    Ok(is_behind)
}
