//! What is left of runs that were taken away: their files, which lie apart.

use crate::{
    domain::ids::RunId,
    server::{files::Files, store::OrgDb},
};

/// Removes the files of runs that were taken away, after the transaction that did. What cannot be removed stays, and is of
/// no run: only the log says so. A file that was posted and waits for its run is kept for it.
pub async fn remove_files(org: &OrgDb, files: &Files, runs: &[RunId]) {
    if runs.is_empty() {
        return;
    }
    let gone = match org.gone_of(runs).await {
        Ok(gone) => gone,
        Err(error) => {
            tracing::warn!(%error, "the files of removed runs stay");
            return;
        }
    };
    for (run_id, waiting) in gone {
        let is_kept = |id: &str| waiting.contains(id);
        if let Err(error) = files.remove_of_run(org.organization_id(), run_id, is_kept).await {
            tracing::warn!(%error, %run_id, "files of a removed run stay");
        }
    }
}
