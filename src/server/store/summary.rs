//! What the runs of a filter come to: from the run index, or where it does not know enough, from the newest of the runs.

use super::{
    error::StoreError,
    org_db::Snapshot,
    run_index::{FACTS, FactsRow},
    schema::WorkflowRuns as Runs,
};
use crate::{
    domain::{filter::RunFilter, summary::RunsSummary, time::Timestamp},
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
        // What a menu's options would give is asked without that menu's own part of the filter, so of all that fit the rest.
        let (unknown, known) = taken_apart(filter);
        let (wide, is_capped) = self.index_of_newest(&unknown).await?;
        let summary = aside(move || wide.summary(&known, now)).await?.unwrap_or_default();
        if !is_capped {
            return Ok(summary);
        }
        let (narrow, is_capped) = self.index_of_newest(filter).await?;
        // All of them fit, so that nothing else is asked for than their time.
        let of_time = RunFilter { started: filter.started, ..RunFilter::default() };
        let sums = aside(move || narrow.summary(&of_time, now)).await?.unwrap_or_default();
        Ok(RunsSummary { total_capped: is_capped, facets: summary.facets, ..sums })
    }

    /// An index of the newest runs that fit a filter, and whether there are more.
    pub(super) async fn index_of_newest(&mut self, filter: &RunFilter) -> Result<(RunIndex, bool), StoreError> {
        let select = Query::select()
            .columns(FACTS.map(|column| (Runs::Table, column)))
            .from(Runs::Table)
            .cond_where(self.condition(filter))
            .order_by((Runs::Table, Runs::CreatedAt), Order::Desc)
            .order_by((Runs::Table, Runs::Id), Order::Desc)
            .limit(LOOKED_AT as u64 + 1)
            .take();
        let rows: Vec<FactsRow> = self.tx.fetch_all(&select).await?;
        let is_capped = rows.len() > LOOKED_AT;
        let changes = rows.into_iter().take(LOOKED_AT).map(|row| Ok(IndexChange::add(&row.read()?)));
        let changes = changes.collect::<Result<Vec<_>, StoreError>>()?;
        let (index, _) = aside(move || RunIndex::default().after(&changes)).await?;
        Ok((index, is_capped))
    }
}
