//! What the program does by itself while it serves.

use crate::server::{
    clock,
    files::Files,
    query::{
        retention::{self, Pruned},
        traces,
    },
    settings::Settings,
    store::{Db, OrgDb, StoreError},
};
use chrono::TimeDelta;
use std::time::Duration;

/// How often traces are looked after, and runs taken away that are kept no longer.
const TRACES_EVERY: Duration = Duration::from_mins(1);
const RETENTION_EVERY: Duration = Duration::from_hours(1);

/// Looks after every organization, for ever. To take many runs away lasts, and traces do not wait for it.
pub async fn keep_up(db: Db, files: Files, settings: &Settings) {
    let stale_after = settings.stale_after();
    let look_after_traces = async {
        let mut ticks = tokio::time::interval(TRACES_EVERY);
        loop {
            ticks.tick().await;
            if let Err(error) = Box::pin(look_after_all(&db, &files, stale_after)).await {
                tracing::warn!(%error, "what is overdue could not be looked after");
            }
        }
    };
    let prune = async {
        let mut ticks = tokio::time::interval(RETENTION_EVERY);
        loop {
            ticks.tick().await;
            if let Err(error) = Box::pin(prune_all(&db, &files)).await {
                tracing::warn!(%error, "runs that are kept no longer could not be taken away");
            }
        }
    };
    tokio::join!(look_after_traces, prune);
}

async fn look_after_all(db: &Db, files: &Files, stale_after: TimeDelta) -> Result<(), StoreError> {
    for organization in db.organizations().await? {
        let (organization_id, org) = (organization.id, OrgDb::new(db.clone(), organization.id));
        if let Err(error) = Box::pin(traces::look_after(&org, files, clock::now(), stale_after)).await {
            tracing::warn!(%error, %organization_id, "the traces of an organization could not be looked after");
        }
    }
    Ok(())
}

async fn prune_all(db: &Db, files: &Files) -> Result<(), StoreError> {
    for organization in db.organizations().await? {
        let Some(days) = organization.retention else { continue };
        let (organization_id, org) = (organization.id, OrgDb::new(db.clone(), organization.id));
        match Box::pin(retention::prune(&org, files, days, &days.by_rule(), clock::now())).await {
            Ok(Pruned { runs: 0, .. }) => {}
            Ok(Pruned { runs, longest }) => {
                tracing::info!(%organization_id, runs, days = days.get(), ?longest, "runs are kept no longer");
            }
            Err(error) => tracing::warn!(%error, %organization_id, "runs could not be taken away"),
        }
    }
    retention::give_back_room(db).await
}
