//! Pages of runs that are found by words, each with the stretch in which they were found.

use crate::{
    domain::{
        filter::RunFilter,
        ids::RunId,
        page::{Page, PageRequest},
        run::{Run, RunSummary},
        run_match::{RunMatch, Searched},
    },
    server::{
        search::{document::SearchedRun, query::SearchQuery, snippet},
        store::{Columns, OrgDb, Snapshot, StoreError},
    },
};
use std::{
    collections::{BTreeMap, HashMap},
    time::Instant,
};

/// A page of what was found, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    pub page: Page<T>,
    pub searched: Searched,
}

/// What was found, before the rows are read.
struct Hits {
    ids: Vec<RunId>,
    total: u64,
    searched: Searched,
    texts: Vec<SearchedRun>,
}

/// A page of what is found among the runs that fit a filter, as a page lists them.
pub async fn summaries(
    org: &OrgDb,
    query: &SearchQuery,
    filter: &RunFilter,
    request: PageRequest,
) -> Result<Found<RunSummary>, StoreError> {
    let began = Instant::now();
    let mut snapshot = org.snapshot().await?;
    let hits = search(&mut snapshot, query, filter, request).await?;
    let rows =
        if hits.ids.is_empty() { Vec::new() } else { snapshot.summaries_of(&RunFilter::default(), &hits.ids).await? };
    drop(snapshot);
    found(hits, rows, |run| run.id, query, request, began).await
}

/// The same as the API lists them.
pub async fn runs(
    org: &OrgDb,
    query: &SearchQuery,
    filter: &RunFilter,
    request: PageRequest,
    columns: Columns,
) -> Result<Found<Run>, StoreError> {
    let began = Instant::now();
    let mut snapshot = org.snapshot().await?;
    let hits = search(&mut snapshot, query, filter, request).await?;
    let rows = snapshot.runs_of(&hits.ids, columns).await?;
    drop(snapshot);
    found(hits, rows, |run| run.id, query, request, began).await
}

async fn search(
    snapshot: &mut Snapshot,
    query: &SearchQuery,
    filter: &RunFilter,
    request: PageRequest,
) -> Result<Hits, StoreError> {
    let hits = snapshot.search(query, filter, request).await?;
    let behind = snapshot.count_unindexed().await?;
    let texts = snapshot.searched_runs(&hits.ids).await?;
    let searched = Searched { behind, is_capped: hits.is_capped, ..Searched::default() };
    Ok(Hits { ids: hits.ids, total: hits.total, searched, texts })
}

/// Puts the rows in the order in which they were found, each with its match.
async fn found<T>(
    hits: Hits,
    rows: Vec<T>,
    id_of: impl Fn(&T) -> RunId,
    query: &SearchQuery,
    request: PageRequest,
    began: Instant,
) -> Result<Found<T>, StoreError> {
    let Hits { ids, total, mut searched, texts } = hits;
    let mut rows: HashMap<RunId, T> = rows.into_iter().map(|row| (id_of(&row), row)).collect();
    let rows = ids.iter().filter_map(|id| rows.remove(id)).collect();
    let query = query.clone();
    // Long texts take a while, in which others are served.
    let matches = tokio::task::spawn_blocking(move || matches(&texts, &query)).await;
    searched.matches = matches.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    searched.took_ms = began.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
    Ok(Found { page: Page { rows, request, total }, searched })
}

fn matches(texts: &[SearchedRun], query: &SearchQuery) -> BTreeMap<RunId, RunMatch> {
    texts.iter().filter_map(|run| Some((run.id, snippet::find(run, query)?))).collect()
}
