//! What the runs of a filter come to: from the run index, or where it does not know enough, from the newest of the runs.

use super::{
    error::StoreError,
    org_db::Snapshot,
    run_index::{FACTS, FactsRow},
    run_walk::Way,
    schema::WorkflowRuns as Runs,
};
use crate::{
    domain::{facets::Facets, filter::RunFilter, page::Total, summary::RunsSummary, time::Timestamp},
    server::{
        aside::aside,
        run_index::{IndexChange, RunIndex, taken_apart},
    },
};

/// Runs that are summed up one by one, where the index cannot answer.
const MOST: usize = 100_000;

impl Snapshot {
    /// What the runs of a filter come to, its dates being relative to a moment.
    pub async fn summary(&mut self, filter: &RunFilter, now: Timestamp) -> Result<RunsSummary, StoreError> {
        let index = self.index().await?;
        let asked = filter.clone();
        if let Some(summary) = aside(move || index.summary(&asked, now)).await? {
            return Ok(summary);
        }
        if let Some((few, known)) = self.index_of_few(filter).await? {
            return Ok(aside(move || few.summary(&known, now)).await?.unwrap_or_default());
        }
        let way = self.way(filter).await?;
        let is_whole = way.is_whole();
        let mut rows = self.facts(filter, way, MOST as u64 + 1).await?;
        let total_capped = !is_whole || rows.len() > MOST;
        rows.truncate(MOST);
        // All of them fit, so that nothing else is asked for than their time.
        let of_time = RunFilter { started: filter.started, ..RunFilter::default() };
        let sums = aside(move || Ok::<_, StoreError>(index_of(rows)?.summary(&of_time, now))).await??;
        // What options would give under the others cannot be told from runs that fit all.
        Ok(RunsSummary { total_capped, facets: Facets::default(), ..sums.unwrap_or_default() })
    }

    /// An index of the runs that fit what of a filter the index of all does not know, and the rest of the filter, for it to be
    /// asked. `None` where they are many, or not all are looked at.
    pub(super) async fn index_of_few(
        &mut self,
        filter: &RunFilter,
    ) -> Result<Option<(RunIndex, RunFilter)>, StoreError> {
        let (unknown, known) = taken_apart(filter);
        // Of what is too long to be told, the menus could not count the other options.
        if unknown.duration.is_some() || unknown.tokens.is_some() {
            return Ok(None);
        }
        let way = self.way(&unknown).await?;
        if !way.is_whole() {
            return Ok(None);
        }
        let rows = self.facts(&unknown, way, Total::COUNTED + 1).await?;
        if rows.len() as u64 > Total::COUNTED {
            return Ok(None);
        }
        Ok(Some((aside(move || index_of(rows)).await??, known)))
    }

    /// What the index has to know of the newest runs of a filter, so many at most.
    async fn facts(&mut self, filter: &RunFilter, way: Way, most: u64) -> Result<Vec<FactsRow>, StoreError> {
        let Some(entry) = way.entry(0) else { return Ok(Vec::new()) };
        let mut select = self.page_of_runs(filter, most, entry);
        self.tx.fetch_all(select.columns(FACTS.map(|column| (Runs::Table, column)))).await
    }
}

fn index_of(rows: Vec<FactsRow>) -> Result<RunIndex, StoreError> {
    let changes = rows.into_iter().map(|row| Ok(IndexChange::add(&row.read()?)));
    let (index, _) = RunIndex::default().after(&changes.collect::<Result<Vec<_>, StoreError>>()?);
    Ok(index)
}
