//! Taking runs away, and what is kept of those that are gone: that they were here, and why not any more.

use super::{
    engine::Tx,
    error::StoreError,
    insert_rows::insert_rows,
    org_db::OrgDb,
    run_index::IndexChanges,
    run_rows::time,
    run_write::StoredRun,
    schema::{PostedParts, RemovedRuns, WorkflowRuns as Runs},
};
use crate::{
    domain::{
        ids::RunId,
        removal::{Removal, Removed},
    },
    server::clock,
};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

#[derive(FromRow)]
struct RemovedRow {
    removed_at: i64,
    reason: String,
    rule: Option<String>,
}

#[derive(FromRow)]
struct FileRow {
    run_id: Uuid,
    id: String,
}

impl OrgDb {
    /// Takes runs away with what lies inside them, and notes why. What was posted of them by itself stays.
    pub(super) async fn remove(
        &self,
        tx: &mut Tx,
        runs: &HashMap<RunId, StoredRun>,
        removal: &Removal,
        index: &mut IndexChanges,
    ) -> Result<(), StoreError> {
        if runs.is_empty() {
            return Ok(());
        }
        for run in runs.values() {
            index.take(&run.facts);
        }
        let ids: Vec<RunId> = runs.keys().copied().collect();
        self.clear_contents(tx, &ids).await?;
        let delete = Query::delete()
            .from_table(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col(Runs::Id).is_in(ids.iter().map(|id| id.0)))
            .take();
        tx.execute(&delete).await?;
        self.forget_words(tx, &ids).await?;
        let change = self.next_change(tx).await?.cast_signed();
        let (now, (reason, rule)) = (clock::now().micros(), removal.parts());
        let row = |id: &RunId| {
            let organization_id = self.organization_id().0.into();
            vec![organization_id, id.0.into(), change.into(), now.into(), reason.into(), rule.into()]
        };
        let columns = [
            RemovedRuns::OrganizationId,
            RemovedRuns::RunId,
            RemovedRuns::Change,
            RemovedRuns::RemovedAt,
            RemovedRuns::Reason,
            RemovedRuns::Rule,
        ];
        let again =
            OnConflict::columns(columns.into_iter().take(2)).update_columns(columns.into_iter().skip(2)).to_owned();
        insert_rows(tx, RemovedRuns::Table, &columns, ids.iter().map(row).collect(), Some(again)).await
    }

    /// Notes that runs are here, which may have been taken away before.
    pub(super) async fn forget_removal(&self, tx: &mut Tx, ids: &[RunId]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let delete = Query::delete()
            .from_table(RemovedRuns::Table)
            .and_where(self.owns((RemovedRuns::Table, RemovedRuns::OrganizationId)))
            .and_where(Expr::col(RemovedRuns::RunId).is_in(ids.iter().map(|id| id.0)))
            .take();
        tx.execute(&delete).await.map(drop)
    }

    /// What became of a run that was here; `None` when it is here, or never was.
    pub async fn removed_run(&self, id: RunId) -> Result<Option<Removed>, StoreError> {
        let select = Query::select()
            .columns([RemovedRuns::RemovedAt, RemovedRuns::Reason, RemovedRuns::Rule])
            .from(RemovedRuns::Table)
            .and_where(self.owns((RemovedRuns::Table, RemovedRuns::OrganizationId)))
            .and_where(Expr::col(RemovedRuns::RunId).eq(id.0))
            .take();
        let row: Option<RemovedRow> = self.db.fetch_optional(&select).await?;
        row.map(RemovedRow::read).transpose()
    }

    /// Those of some runs of which nothing is here, each with the files that wait for it.
    pub async fn gone_of(&self, runs: &[RunId]) -> Result<HashMap<RunId, HashSet<String>>, StoreError> {
        let ids = || runs.iter().map(|id| id.0);
        let here = Query::select()
            .column(Runs::Id)
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col(Runs::Id).is_in(ids()))
            .take();
        let here: Vec<(Uuid,)> = self.db.fetch_all(&here).await?;
        let waiting = Query::select()
            .columns([PostedParts::RunId, PostedParts::Id])
            .from(PostedParts::Table)
            .and_where(self.owns((PostedParts::Table, PostedParts::OrganizationId)))
            .and_where(Expr::col(PostedParts::RunId).is_in(ids()))
            .take();
        let waiting: Vec<FileRow> = self.db.fetch_all(&waiting).await?;
        let mut gone: HashMap<_, HashSet<_>> = runs.iter().map(|id| (*id, HashSet::new())).collect();
        for (id,) in here {
            gone.remove(&RunId(id));
        }
        for part in waiting {
            gone.entry(RunId(part.run_id)).and_modify(|files| {
                files.insert(part.id);
            });
        }
        Ok(gone)
    }
}

impl RemovedRow {
    fn read(self) -> Result<Removed, StoreError> {
        let removal = Removal::of_parts(&self.reason, self.rule)
            .map_err(|error| StoreError::Inconsistent { table: "removed_runs", problem: error.to_string() })?;
        Ok(Removed { at: time(self.removed_at)?, removal })
    }
}
