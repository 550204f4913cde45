//! Pages of runs that are found by words, each with the stretch in which they were found.

use crate::{
    domain::{
        filter::RunFilter,
        ids::RunId,
        page::{Page, PageRequest, Total},
        run::{Run, RunSummary},
        run_match::{RunMatch, Searched},
    },
    server::{
        aside::aside,
        search::{query::SearchQuery, snippet},
        store::{Columns, OrgDb, Snapshot, StoreError},
    },
};
use std::{collections::HashMap, time::Instant};

/// Runs whose texts are in memory at once.
const RUNS_AT_ONCE: usize = 16;

/// A page of what was found, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    pub page: Page<T>,
    pub searched: Searched,
}

/// What was found, before the rows are read.
struct Hits {
    ids: Vec<RunId>,
    total: Total,
    searched: Searched,
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
    Ok(found(hits, rows, |run| run.id, request, began))
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
    Ok(found(hits, rows, |run| run.id, request, began))
}

async fn search(
    snapshot: &mut Snapshot,
    query: &SearchQuery,
    filter: &RunFilter,
    request: PageRequest,
) -> Result<Hits, StoreError> {
    let hits = snapshot.search(query, filter, request).await?;
    let behind = snapshot.count_unindexed().await?;
    let matches = matches(snapshot, &hits.ids, query).await?;
    let searched = Searched { behind, matches, ..Searched::default() };
    Ok(Hits { ids: hits.ids, total: hits.total, searched })
}

/// Puts the rows in the order in which they were found.
fn found<T>(hits: Hits, rows: Vec<T>, id_of: impl Fn(&T) -> RunId, request: PageRequest, began: Instant) -> Found<T> {
    let Hits { ids, total, mut searched } = hits;
    let mut rows: HashMap<RunId, T> = rows.into_iter().map(|row| (id_of(&row), row)).collect();
    let rows = ids.iter().filter_map(|id| rows.remove(id)).collect();
    searched.took_ms = began.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
    Found { page: Page { rows, request, total }, searched }
}

/// What was found in each run, of some at a time, for their texts may be long.
async fn matches(
    snapshot: &mut Snapshot,
    ids: &[RunId],
    query: &SearchQuery,
) -> Result<Vec<(RunId, RunMatch)>, StoreError> {
    let mut matches = Vec::new();
    for ids in ids.chunks(RUNS_AT_ONCE) {
        let (texts, query) = (snapshot.searched_runs(ids).await?, query.clone());
        // Long texts take a while, in which others are served.
        let found =
            move || -> Vec<_> { texts.iter().filter_map(|run| Some((run.id, snippet::find(run, &query)?))).collect() };
        matches.extend(aside(found).await?);
    }
    Ok(matches)
}
