//! Spans that are received, and the upkeep of the runs that are made of them.

use super::removed::remove_files;
use crate::{
    domain::time::Timestamp,
    error::AppError,
    server::{
        files::Files,
        otlp::span::Span,
        store::{OrgDb, StoreError},
    },
};
use chrono::TimeDelta;

/// Traces of which nothing became a run are kept so long, should the rest of them still come.
const HIDDEN_FOR: TimeDelta = TimeDelta::days(7);
/// Runs that are made again in one transaction, in which others wait to write.
const REMAPPED_AT_ONCE: usize = 20;

/// Stores spans of about so many bytes with the runs that they make, and the files in them; all is on disk when it
/// returns. Files come last: when one of them cannot be stored, the client sends the spans again.
pub async fn store(org: &OrgDb, files: &Files, spans: Vec<Span>, weight: usize) -> Result<(), AppError> {
    if spans.is_empty() {
        return Ok(());
    }
    let organization_id = org.organization_id();
    let traced = org.write_spans(spans, weight).await?;
    for traced in traced.files {
        let id = traced.file.attachment.id;
        // Its id is made of its bytes.
        if files.size(organization_id, traced.run_id, id).await?.is_none() {
            files.put(organization_id, traced.run_id, id, traced.file.bytes).await?;
        }
    }
    remove_files(org, files, &traced.removed).await;
    Ok(())
}

/// Makes all runs again that came as traces; how many.
pub async fn remap_all(
    org: &OrgDb,
    files: &Files,
    now: Timestamp,
    stale_after: TimeDelta,
) -> Result<usize, StoreError> {
    let (mut last, mut count) = (None, 0);
    loop {
        let runs = org.traced_runs(last).await?;
        let Some(end) = runs.last() else { return Ok(count) };
        last = Some(*end);
        count += runs.len();
        for runs in runs.chunks(REMAPPED_AT_ONCE) {
            let removed = org.remap_runs(runs.to_vec(), now.plus(-stale_after)).await?;
            remove_files(org, files, &removed).await;
        }
    }
}

/// Gives up runs that have no end and of which nothing came for so long, and forgets traces that became no run: some of
/// them at a time. Several servers do not get into one another's way.
pub async fn look_after(org: &OrgDb, files: &Files, now: Timestamp, stale_after: TimeDelta) -> Result<(), StoreError> {
    let stale_before = now.plus(-stale_after);
    for runs in org.overdue_runs(stale_before).await?.chunks(REMAPPED_AT_ONCE) {
        // One that cannot be read does not keep the others.
        match org.remap_runs(runs.to_vec(), stale_before).await {
            Ok(removed) => remove_files(org, files, &removed).await,
            Err(error) => tracing::warn!(%error, "runs could not be given up"),
        }
    }
    org.forget_hidden_traces(now.plus(-HIDDEN_FOR)).await
}
