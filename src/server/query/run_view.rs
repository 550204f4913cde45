//! A run as a page expands it: light enough to be carried by the page, with the place where it is listed.

use super::get_run;
use crate::{
    domain::{
        filter::RunFilter,
        filters::{FilterKind, Filters},
        ids::{ConversationId, RunId},
        page::{Limit, PageNumber, PageRequest, PageSize},
        payload,
        place::Place,
        run::{Run, RunSummary},
        run_view::{ExpandedRun, RunView, StepsView},
        scope::LogsScope,
        time::Timestamp,
        unread::Unread,
    },
    error::AppError,
    server::store::{OrgDb, Snapshot, StoreError},
};

/// From where a run is looked at.
#[derive(Debug, Clone)]
pub struct Asked {
    pub scope: LogsScope,
    pub filters: Filters,
    pub size: PageSize,
    pub now: Timestamp,
}

/// A run with everything that it shows when it is expanded; `None` when the organization has no such run.
pub async fn expanded(org: &OrgDb, run_id: RunId, asked: &Asked) -> Result<Option<ExpandedRun>, AppError> {
    let Some(mut detail) = get_run::get_run(org, run_id.into()).await? else { return Ok(None) };
    let row = RunSummary::from(&detail.run);
    let mut snapshot = org.snapshot().await?;
    let place = place(&mut snapshot, &detail.run, asked).await?;
    let turns = match detail.run.conversation_id {
        Some(conversation_id) => turns(&mut snapshot, conversation_id).await?,
        None => Vec::new(),
    };
    drop(snapshot);
    let cut = payload::lighten(&mut detail);
    let view = Unread::new(&RunView { detail, cut, turns }).map_err(unwritable)?;
    Ok(Some(ExpandedRun { row, place, view }))
}

/// What comes of a value that cannot be written as JSON.
pub fn unwritable(error: serde_json::Error) -> AppError {
    tracing::error!(%error, "an answer cannot be written as JSON");
    AppError::Internal
}

/// The last runs of a conversation, oldest first.
async fn turns(snapshot: &mut Snapshot, conversation_id: ConversationId) -> Result<Vec<RunSummary>, StoreError> {
    let filter = RunFilter { conversation_id: Some(conversation_id), ..RunFilter::default() };
    let request = PageRequest { page: PageNumber::FIRST, limit: Limit::from(PageSize::Fifty) };
    let mut turns = snapshot.list_summaries(&filter, request).await?;
    turns.reverse();
    Ok(turns)
}

/// Where a run is listed: on the surface from which it was asked for, less the filters that leave it out; else on the
/// surface that has it.
async fn place(snapshot: &mut Snapshot, run: &Run, asked: &Asked) -> Result<Place, StoreError> {
    let (scope, mut filters) = if asked.scope.lists(run) {
        (asked.scope, asked.filters.clone())
    } else {
        (LogsScope::that_lists(run), Filters::default())
    };
    let excludes = |kind: &FilterKind| scope.offers(*kind) && filters.excludes(*kind, run, asked.now);
    let excluded_by: Vec<_> = FilterKind::ALL.into_iter().filter(excludes).collect();
    for kind in &excluded_by {
        filters.clear(*kind);
    }
    let filter = scope.narrow(filters.to_run_filter(asked.now));
    let before = snapshot.count_before(&filter, run.created_at, run.id).await?;
    let page = PageNumber::try_from(before / asked.size.get() + 1).unwrap_or_default();
    Ok(Place { scope, excluded_by, page })
}

/// More steps of a run; `None` when there is no such run.
pub async fn steps(org: &OrgDb, run_id: RunId, offset: u64) -> Result<Option<StepsView>, StoreError> {
    let Some(mut page) = get_run::get_steps(org, run_id.into(), offset).await? else { return Ok(None) };
    let cut = payload::lighten_steps(&mut page.steps);
    Ok(Some(StepsView { page, cut }))
}
