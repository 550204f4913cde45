//! What the program does by itself while it serves.

use crate::server::{
    clock,
    files::Files,
    query::traces,
    settings::Settings,
    store::{Db, OrgDb, StoreError},
};
use chrono::TimeDelta;
use std::time::Duration;

const EVERY: Duration = Duration::from_mins(1);

/// Looks after every organization, once a minute and for ever.
pub async fn keep_up(db: Db, files: Files, settings: &Settings) {
    let stale_after = settings.stale_after();
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = Box::pin(look_after_all(&db, &files, stale_after)).await {
            tracing::warn!(%error, "what is overdue could not be looked after");
        }
    }
}

async fn look_after_all(db: &Db, files: &Files, stale_after: TimeDelta) -> Result<(), StoreError> {
    for organization_id in db.organization_ids().await? {
        let org = OrgDb::new(db.clone(), organization_id);
        if let Err(error) = Box::pin(traces::look_after(&org, files, clock::now(), stale_after)).await {
            tracing::warn!(%error, %organization_id, "the traces of an organization could not be looked after");
        }
    }
    Ok(())
}
