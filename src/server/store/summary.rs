//! What the runs of a filter come to: from the run index, or where it does not know enough, from the newest of the runs.

use super::{
    error::StoreError,
    org_db::Snapshot,
    run_index::{FACTS, FactsRow},
    schema::WorkflowRuns as Runs,
};
use crate::{
    domain::{facets::Facets, filter::RunFilter, page::Total, summary::RunsSummary, time::Timestamp},
    server::{
        aside::aside,
        run_index::{IndexChange, RunIndex, taken_apart},
    },
};
use sea_query::{Order, Query};

/// Runs that are looked at one by one, where the index cannot answer.
const LOOKED_AT: usize = 100_000;

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
        let mut rows = self.facts(filter, LOOKED_AT as u64 + 1, true).await?;
        let total_capped = rows.len() > LOOKED_AT;
        rows.truncate(LOOKED_AT);
        // All of them fit, so that nothing else is asked for than their time.
        let of_time = RunFilter { started: filter.started, ..RunFilter::default() };
        let sums = aside(move || Ok::<_, StoreError>(index_of(rows)?.summary(&of_time, now))).await??;
        // What options would give under the others cannot be told from runs that fit all.
        Ok(RunsSummary { total_capped, facets: Facets::default(), ..sums.unwrap_or_default() })
    }

    /// An index of the runs that fit what of a filter the index of all does not know, and the rest of the filter, for it to be
    /// asked. `None` where they are many, or no index of the database leads to them.
    pub(super) async fn index_of_few(
        &mut self,
        filter: &RunFilter,
    ) -> Result<Option<(RunIndex, RunFilter)>, StoreError> {
        let (unknown, known) = taken_apart(filter);
        let is_found = unknown.run_id.is_some()
            || unknown.conversation_id.is_some()
            || unknown.trigger_id.is_some()
            || !unknown.state.is_empty();
        if !is_found {
            return Ok(None);
        }
        let rows = self.facts(&unknown, Total::COUNTED + 1, false).await?;
        if rows.len() as u64 > Total::COUNTED {
            return Ok(None);
        }
        Ok(Some((aside(move || index_of(rows)).await??, known)))
    }

    /// What the index has to know of runs that fit a filter, of at most so many, the newest first or whichever.
    async fn facts(&mut self, filter: &RunFilter, most: u64, in_order: bool) -> Result<Vec<FactsRow>, StoreError> {
        let mut select = Query::select()
            .columns(FACTS.map(|column| (Runs::Table, column)))
            .from(Runs::Table)
            .cond_where(self.condition(filter))
            .limit(most)
            .take();
        if in_order {
            select.order_by((Runs::Table, Runs::CreatedAt), Order::Desc).order_by((Runs::Table, Runs::Id), Order::Desc);
        }
        self.tx.fetch_all(&select).await
    }
}

fn index_of(rows: Vec<FactsRow>) -> Result<RunIndex, StoreError> {
    let changes = rows.into_iter().map(|row| Ok(IndexChange::add(&row.read()?)));
    let (index, _) = RunIndex::default().after(&changes.collect::<Result<Vec<_>, StoreError>>()?);
    Ok(index)
}
