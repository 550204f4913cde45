//! Writing whole runs: a run with everything inside it and everything derived from it is one transaction, and many runs
//! are as many statements as one.

use super::{
    counts::CountChanges,
    engine::{StoreError, Tx},
    insert_rows::insert_rows,
    org_db::OrgDb,
    packed_run::{PackedRun, RECORD},
    run_rows::{inconsistent, time},
    schema::WorkflowRuns as Runs,
};
use crate::domain::{
    account::Account,
    facet::Facts,
    ids::{AiEmployeeId, WorkflowId},
    run_write::RunWrite,
    status::RunStatus,
};
use sea_query::{Expr, ExprTrait, OnConflict, Query, Value};
use sqlx::FromRow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    Created,
    Replaced,
    /// What is stored stays: it is newer by the engine's clock, or it is an end and this is none.
    Stale,
    /// The run exists, in another workflow, and stays there.
    OtherWorkflow,
}

impl WriteOutcome {
    /// Whether the run is stored as it was given.
    pub const fn is_written(self) -> bool {
        matches!(self, Self::Created | Self::Replaced)
    }
}

#[derive(FromRow)]
struct StoredRow {
    id: Uuid,
    workflow_id: Uuid,
    updated_at: Option<i64>,
    created_at: i64,
    status: String,
    source: String,
    model: Option<String>,
    ai_employee_id: Option<Uuid>,
    duration_class: Option<i32>,
    token_class: Option<i32>,
}

/// What has to be known of a run that may be replaced.
struct StoredRun {
    account: Account,
    facts: Facts,
}

impl OrgDb {
    /// Writes runs in one transaction, those that wait beside them included: all are on disk, whole, when this returns, or
    /// none is.
    pub async fn write_runs(&self, writes: Vec<RunWrite>) -> Result<Vec<WriteOutcome>, StoreError> {
        let pack = |write| PackedRun::of(self.organization_id(), write);
        self.enqueue(writes.into_iter().map(pack).collect::<Result<_, _>>()?).await
    }

    /// Writes runs one after the other, in as few statements as their order allows.
    pub(super) async fn apply(&self, tx: &mut Tx, mut runs: &[&PackedRun]) -> Result<Vec<WriteOutcome>, StoreError> {
        let (mut outcomes, mut counts) = (Vec::with_capacity(runs.len()), CountChanges::default());
        while !runs.is_empty() {
            // No run stands twice in what is written at once.
            let mut seen = HashSet::new();
            let different = runs.iter().take_while(|run| seen.insert(run.run_id)).count();
            let (now, later) = runs.split_at(different);
            outcomes.extend(self.write_different(tx, now, &mut counts).await?);
            runs = later;
        }
        self.store_counts(tx, counts).await?;
        Ok(outcomes)
    }

    async fn write_different(
        &self,
        tx: &mut Tx,
        runs: &[&PackedRun],
        counts: &mut CountChanges,
    ) -> Result<Vec<WriteOutcome>, StoreError> {
        let stored = self.stored_runs(tx, runs).await?;
        let outcomes: Vec<_> = runs.iter().map(|run| outcome(run, stored.get(&run.run_id.0))).collect();
        let written = runs.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_written());
        let written: Vec<&PackedRun> = written.map(|(run, _)| *run).collect();
        if written.is_empty() {
            return Ok(outcomes);
        }
        let change = self.next_change(tx).await?.cast_signed();
        self.write_names(tx, &written).await?;
        self.write_flows(tx, &written).await?;
        let channels = self.write_conversations(tx, &written, change, counts).await?;
        let mut records = Vec::with_capacity(written.len());
        let mut replaced = Vec::new();
        for run in &written {
            let facts = run.facts(channels.of(run));
            counts.add(&facts);
            if let Some(stored) = stored.get(&run.run_id.0) {
                counts.take(&stored.facts);
                replaced.push(run.run_id);
            }
            let mut record = run.record.clone();
            record.extend([facts.source.into(), change.into(), change.into()]);
            records.push(record);
        }
        self.upsert_records(tx, records).await?;
        self.clear_parts(tx, &replaced).await?;
        let parts: Vec<_> = written.iter().map(|run| &run.parts).collect();
        self.insert_parts(tx, &parts).await?;
        Ok(outcomes)
    }

    async fn stored_runs(&self, tx: &mut Tx, runs: &[&PackedRun]) -> Result<HashMap<Uuid, StoredRun>, StoreError> {
        let select = Query::select()
            .columns([
                Runs::Id,
                Runs::WorkflowId,
                Runs::UpdatedAt,
                Runs::CreatedAt,
                Runs::Status,
                Runs::Source,
                Runs::Model,
                Runs::AiEmployeeId,
                Runs::DurationClass,
                Runs::TokenClass,
            ])
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col(Runs::Id).is_in(runs.iter().map(|run| run.run_id.0)))
            .take();
        let rows: Vec<StoredRow> = tx.fetch_all(&select).await?;
        rows.into_iter().map(|row| Ok((row.id, row.read()?))).collect()
    }

    async fn upsert_records(&self, tx: &mut Tx, records: Vec<Vec<Value>>) -> Result<(), StoreError> {
        let columns: Vec<Runs> =
            RECORD.into_iter().chain([Runs::Source, Runs::LastChange, Runs::FirstChange]).collect();
        // Not by which write it came.
        let replaced = &columns[2..columns.len() - 1];
        let replace =
            OnConflict::columns([Runs::OrganizationId, Runs::Id]).update_columns(replaced.iter().copied()).to_owned();
        insert_rows(tx, Runs::Table, &columns, records, Some(replace)).await
    }
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
        let status: RunStatus = self.status.parse().map_err(inconsistent)?;
        Ok(StoredRun {
            account: Account { updated_at: self.updated_at.map(time).transpose()?, is_final: status.is_final() },
            facts: Facts {
                created_at: time(self.created_at)?,
                status,
                source: self.source,
                model: self.model,
                workflow_id: WorkflowId(self.workflow_id),
                ai_employee_id: self.ai_employee_id.map(AiEmployeeId),
                duration_class: self.duration_class,
                token_class: self.token_class,
            },
        })
    }
}
