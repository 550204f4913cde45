//! Writing runs: a run with everything inside it and everything derived from it is one transaction, and many runs
//! are as many statements as one.

use super::{
    engine::Tx,
    error::StoreError,
    insert_rows::insert_rows,
    org_db::{OrgDb, Snapshot},
    packed_run::{PackedRun, RECORD},
    retention::{Expired, Taken},
    run_index::{FACTS, FactsRow, IndexChanges},
    run_rows::time,
    schema::WorkflowRuns as Runs,
    traces::Traced,
};
use crate::domain::{
    account::Account, document::Fault, ids::RunId, run_edit::RunEdit, run_facts::RunFacts, run_write::RunWrite,
    time::Timestamp,
};
use crate::server::{aside::turn, clock, otlp::span::Span};
use sea_query::{Expr, ExprTrait, OnConflict, Query, Value};
use sqlx::FromRow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteOutcome {
    Created,
    Replaced,
    /// What is stored stays: it is newer by the engine's clock, or it is an end and this is none.
    Stale,
    /// The run exists, in another workflow, and stays there.
    OtherWorkflow,
    /// There is no such run to be changed.
    Missing,
    /// There is no such run yet; what was posted of it is kept until it comes.
    Waiting,
    /// What would become of the run cannot be.
    Refused(Vec<Fault>),
    /// Spans are stored, and runs made of them.
    Traced(Traced),
    /// Runs were taken away.
    Taken(Taken),
}

impl WriteOutcome {
    /// Whether runs may be other than they were.
    pub const fn is_written(&self) -> bool {
        matches!(self, Self::Created | Self::Replaced | Self::Traced(_) | Self::Taken(_))
    }
}

/// What became of changes of one organization.
pub(super) struct Applied {
    pub outcomes: Vec<WriteOutcome>,
    /// Whether the run index has so many changes by now that they are to be folded into it.
    pub is_fold_due: bool,
}

#[derive(FromRow)]
struct StoredRow {
    id: Uuid,
    updated_at: Option<i64>,
    #[sqlx(flatten)]
    facts: FactsRow,
}

/// What has to be known of a run that may be replaced.
pub(super) struct StoredRun {
    pub account: Account,
    pub facts: RunFacts,
}

/// What is written of one run.
#[derive(Debug)]
pub(super) enum RunChange {
    Whole(Box<PackedRun>),
    Edit(RunEdit),
    /// Accounts of spans, of any runs.
    Spans {
        spans: Vec<Span>,
        weight: usize,
    },
    /// Runs that are made of spans, to be made again; those of which nothing came since this moment are given up.
    Remap(Vec<RunId>, Timestamp),
    /// Runs that are kept no longer.
    Remove(Expired),
}

impl RunChange {
    /// About how many bytes it takes while it waits.
    pub fn weight(&self) -> usize {
        match self {
            Self::Whole(run) => run.weight(),
            Self::Edit(edit) => edit.weight(),
            Self::Spans { weight, .. } => *weight,
            Self::Remap(runs, _) | Self::Remove(Expired { runs, .. }) => runs.len(),
        }
    }

    /// Whether it has a transaction of its own, so that it is known how long others wait for it.
    pub const fn is_alone(&self) -> bool {
        matches!(self, Self::Remove(_))
    }
}

impl OrgDb {
    /// Writes runs in one transaction, those that wait beside them included: all are on disk, whole, when this returns, or
    /// none is.
    pub async fn write_runs(&self, writes: Vec<RunWrite>) -> Result<Vec<WriteOutcome>, StoreError> {
        let packed = {
            let _turn = turn().await;
            PackedRun::all_of(self.organization_id(), writes).await?
        };
        self.enqueue(packed.into_iter().map(|run| RunChange::Whole(Box::new(run))).collect()).await
    }

    /// Changes a run, as [`write_runs`](Self::write_runs) writes one.
    pub async fn edit_run(&self, edit: RunEdit) -> Result<WriteOutcome, StoreError> {
        let outcome = self.enqueue(vec![RunChange::Edit(edit)]).await?.pop();
        outcome.ok_or(StoreError::Unavailable(sqlx::Error::WorkerCrashed))
    }

    /// Stores spans and makes their runs, as [`write_runs`](Self::write_runs) writes some. The spans take about so many
    /// bytes.
    pub async fn write_spans(&self, spans: Vec<Span>, weight: usize) -> Result<Traced, StoreError> {
        self.trace(RunChange::Spans { spans, weight }).await
    }

    /// Makes runs again that are made of spans, and gives up those of which nothing came since this moment; those that are
    /// none any more.
    pub async fn remap_runs(&self, runs: Vec<RunId>, stale_before: Timestamp) -> Result<Vec<RunId>, StoreError> {
        Ok(self.trace(RunChange::Remap(runs, stale_before)).await?.removed)
    }

    async fn trace(&self, change: RunChange) -> Result<Traced, StoreError> {
        match self.enqueue(vec![change]).await?.pop() {
            Some(WriteOutcome::Traced(traced)) => Ok(traced),
            _ => Ok(Traced::default()),
        }
    }

    /// Writes one change after the other, in as few statements as their order allows.
    pub(super) async fn apply(&self, view: &mut Snapshot, mut changes: &[&RunChange]) -> Result<Applied, StoreError> {
        let (mut outcomes, mut index) = (Vec::with_capacity(changes.len()), IndexChanges::default());
        while let Some(first) = changes.first() {
            let done = match first {
                RunChange::Whole(_) => self.write_different(view, &different(changes), &mut index).await?,
                RunChange::Edit(edit) => vec![Box::pin(self.edit(view, edit, &mut index)).await?],
                RunChange::Spans { .. } => {
                    // Many a small request of one trace is one.
                    let together = spans_together(changes);
                    let spans: Vec<Span> = together.iter().flat_map(|spans| spans.iter().cloned()).collect();
                    let traced = Box::pin(self.store_spans(view, spans, &mut index)).await?;
                    vec![WriteOutcome::Traced(traced); together.len()]
                }
                RunChange::Remap(runs, stale_before) => {
                    let removed = Box::pin(self.remap(view, runs, *stale_before, &mut index)).await?;
                    vec![WriteOutcome::Traced(Traced { files: Vec::new(), removed })]
                }
                RunChange::Remove(expired) => {
                    vec![WriteOutcome::Taken(Box::pin(self.expire(&mut view.tx, expired, &mut index)).await?)]
                }
            };
            changes = &changes[done.len()..];
            outcomes.extend(done);
        }
        let is_fold_due = self.store_index_changes(&mut view.tx, index).await?;
        Ok(Applied { outcomes, is_fold_due })
    }

    async fn write_different(
        &self,
        view: &mut Snapshot,
        runs: &[&PackedRun],
        index: &mut IndexChanges,
    ) -> Result<Vec<WriteOutcome>, StoreError> {
        let stored = self.stored_runs(&mut view.tx, runs.iter().map(|run| run.run_id)).await?;
        let outcomes: Vec<_> = runs.iter().map(|run| outcome(run, stored.get(&run.run_id))).collect();
        let written = runs.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_written());
        let written: Vec<&PackedRun> = written.map(|(run, _)| *run).collect();
        if !written.is_empty() {
            self.write_over(&mut view.tx, &written, &stored, index).await?;
            self.disown_runs(&mut view.tx, &written).await?;
            let ids = written.iter().map(|run| (run.run_id, run.workflow_id)).collect();
            self.rejoin_parts(view, &ids, index).await?;
        }
        Ok(outcomes)
    }

    /// Writes runs in place of what is stored of them.
    pub(super) async fn write_over(
        &self,
        tx: &mut Tx,
        runs: &[&PackedRun],
        stored: &HashMap<RunId, StoredRun>,
        index: &mut IndexChanges,
    ) -> Result<(), StoreError> {
        let (change, now) = (self.next_change(tx).await?.cast_signed(), clock::now().micros());
        self.write_names(tx, runs).await?;
        self.write_flows(tx, runs).await?;
        let channels = self.write_conversations(tx, runs, change, index).await?;
        let mut records = Vec::with_capacity(runs.len());
        let (mut replaced, mut new) = (Vec::new(), Vec::new());
        for run in runs {
            let facts = run.facts(channels.of(run));
            index.add(&facts);
            if let Some(stored) = stored.get(&run.run_id) {
                index.take(&stored.facts);
                replaced.push(run.run_id);
            } else {
                new.push(run.run_id);
            }
            let mut record = run.record.clone();
            record.extend([facts.source.into(), now.into(), change.into(), change.into()]);
            records.push(record);
        }
        self.upsert_records(tx, records).await?;
        self.forget_removal(tx, &new).await?;
        self.clear_contents(tx, &replaced).await?;
        let contents: Vec<_> = runs.iter().map(|run| &run.content).collect();
        self.insert_contents(tx, &contents).await
    }

    /// What is stored of runs, as far as writing them has to know it.
    pub(super) async fn stored_runs(
        &self,
        tx: &mut Tx,
        ids: impl Iterator<Item = RunId>,
    ) -> Result<HashMap<RunId, StoredRun>, StoreError> {
        let select = Query::select()
            .columns([Runs::Id, Runs::UpdatedAt].into_iter().chain(FACTS))
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col(Runs::Id).is_in(ids.map(|id| id.0)))
            .take();
        let rows: Vec<StoredRow> = tx.fetch_all(&select).await?;
        rows.into_iter().map(|row| Ok((RunId(row.id), row.read()?))).collect()
    }

    async fn upsert_records(&self, tx: &mut Tx, records: Vec<Vec<Value>>) -> Result<(), StoreError> {
        let columns: Vec<Runs> =
            RECORD.into_iter().chain([Runs::Source, Runs::WrittenAt, Runs::LastChange, Runs::FirstChange]).collect();
        // Not by which write it came.
        let replaced = &columns[2..columns.len() - 1];
        let replace =
            OnConflict::columns([Runs::OrganizationId, Runs::Id]).update_columns(replaced.iter().copied()).to_owned();
        insert_rows(tx, Runs::Table, &columns, records, Some(replace)).await
    }
}

/// The whole runs that come first, as long as none stands there twice.
fn different<'a>(changes: &[&'a RunChange]) -> Vec<&'a PackedRun> {
    let mut seen = HashSet::new();
    let runs = changes.iter().map_while(|change| match change {
        RunChange::Whole(run) => seen.insert(run.run_id).then_some(&**run),
        _ => None,
    });
    runs.collect()
}

/// The spans of the changes that come first, as far as they are spans, and not more than one statement can name.
fn spans_together<'a>(changes: &[&'a RunChange]) -> Vec<&'a [Span]> {
    const AT_ONCE: usize = 20_000;
    let mut count = 0;
    let spans = changes.iter().map_while(|change| match change {
        RunChange::Spans { spans, .. } => {
            let is_first = count == 0;
            count += spans.len();
            (is_first || count <= AT_ONCE).then_some(spans.as_slice())
        }
        _ => None,
    });
    spans.collect()
}

fn outcome(run: &PackedRun, stored: Option<&StoredRun>) -> WriteOutcome {
    match stored {
        None => WriteOutcome::Created,
        Some(stored) if stored.facts.workflow_id != run.workflow_id => WriteOutcome::OtherWorkflow,
        Some(stored) if run.account.replaces(stored.account) => WriteOutcome::Replaced,
        Some(_) => WriteOutcome::Stale,
    }
}

impl StoredRow {
    fn read(self) -> Result<StoredRun, StoreError> {
        let facts = self.facts.read()?;
        let account = Account { updated_at: self.updated_at.map(time).transpose()?, is_final: facts.status.is_final() };
        Ok(StoredRun { account, facts })
    }
}
