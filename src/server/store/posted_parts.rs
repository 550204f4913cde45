//! Parts of runs as they were posted: what is known of each, and what waits for its run.

use super::{
    engine::Tx, error::StoreError, insert_rows::insert_rows, org_db::OrgDb, packed, run_rows::time, schema::PostedParts,
};
use crate::domain::{
    ids::{RunId, WorkflowId},
    posted::Posted,
    time::Timestamp,
};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};
use sqlx::FromRow;
use std::collections::HashMap;
use uuid::Uuid;

const COLUMNS: [PostedParts; 8] = [
    PostedParts::OrganizationId,
    PostedParts::RunId,
    PostedParts::Kind,
    PostedParts::Id,
    PostedParts::WorkflowId,
    PostedParts::UpdatedAt,
    PostedParts::IsShown,
    PostedParts::Packed,
];

#[derive(FromRow)]
struct Row {
    run_id: Uuid,
    workflow_id: Option<Uuid>,
    updated_at: Option<i64>,
    is_shown: bool,
    packed: Vec<u8>,
}

/// A part that was posted, and whether its run shows it.
#[derive(Debug)]
pub(super) struct Kept {
    pub posted: Posted,
    pub is_shown: bool,
}

/// Parts by what they are.
pub(super) type KeptParts = HashMap<(&'static str, String), Kept>;

impl OrgDb {
    /// What was posted of runs of these skills, in a fixed order.
    pub(super) async fn posted_parts(
        &self,
        tx: &mut Tx,
        runs: &HashMap<RunId, WorkflowId>,
    ) -> Result<HashMap<RunId, Vec<Kept>>, StoreError> {
        let of_runs = Expr::col(PostedParts::RunId).is_in(runs.keys().map(|run_id| run_id.0));
        let select = self.select_parts().and_where(of_runs).take();
        let mut parts: HashMap<RunId, Vec<Kept>> = HashMap::new();
        for row in tx.fetch_all::<Row>(&select).await? {
            let run_id = RunId(row.run_id);
            if row.workflow_id.is_none_or(|named| runs.get(&run_id).is_some_and(|of| of.0 == named)) {
                parts.entry(run_id).or_default().push(row.read()?);
            }
        }
        Ok(parts)
    }

    /// What was posted before of one run, by kind and id.
    pub(super) async fn known_parts(
        &self,
        tx: &mut Tx,
        run_id: RunId,
        parts: &[Posted],
    ) -> Result<KeptParts, StoreError> {
        let ids = parts.iter().map(|posted| posted.part.id());
        let select = self
            .select_parts()
            .and_where(Expr::col(PostedParts::RunId).eq(run_id.0))
            .and_where(Expr::col(PostedParts::Id).is_in(ids))
            .take();
        let rows: Vec<Row> = tx.fetch_all(&select).await?;
        let keyed = |row: Row| row.read().map(|kept| (kept.posted.part.key(), kept));
        rows.into_iter().map(keyed).collect()
    }

    fn select_parts(&self) -> SelectStatement {
        Query::select()
            .columns([
                PostedParts::RunId,
                PostedParts::WorkflowId,
                PostedParts::UpdatedAt,
                PostedParts::IsShown,
                PostedParts::Packed,
            ])
            .from(PostedParts::Table)
            .and_where(self.owns((PostedParts::Table, PostedParts::OrganizationId)))
            .order_by(PostedParts::Kind, Order::Asc)
            .order_by(PostedParts::Id, Order::Asc)
            .take()
    }

    /// Keeps what was posted of one run, and whether that is shown, in place of what was posted of the same before.
    pub(super) async fn keep_parts<'a>(
        &self,
        tx: &mut Tx,
        run_id: RunId,
        workflow_id: Option<WorkflowId>,
        parts: impl Iterator<Item = (&'a Posted, bool)>,
    ) -> Result<(), StoreError> {
        let row = |(posted, is_shown): (&Posted, bool)| {
            Ok(vec![
                self.organization_id().0.into(),
                run_id.0.into(),
                posted.part.kind().into(),
                posted.part.id().into(),
                workflow_id.map(|id| id.0).into(),
                posted.updated_at.map(Timestamp::micros).into(),
                is_shown.into(),
                packed::pack_json(&posted.part)?.into(),
            ])
        };
        let rows = parts.map(row).collect::<Result<_, serde_json::Error>>().map_err(packed::unwritable)?;
        let replace =
            OnConflict::columns(COLUMNS.into_iter().take(4)).update_columns(COLUMNS.into_iter().skip(4)).to_owned();
        insert_rows(tx, PostedParts::Table, &COLUMNS, rows, Some(replace)).await
    }

    /// Notes which parts of a run are shown now.
    pub(super) async fn mark_parts<'a>(
        &self,
        tx: &mut Tx,
        run_id: RunId,
        parts: impl Iterator<Item = (&'a Posted, bool)>,
    ) -> Result<(), StoreError> {
        for (posted, is_shown) in parts {
            let update = Query::update()
                .table(PostedParts::Table)
                .value(PostedParts::IsShown, is_shown)
                .and_where(self.owns((PostedParts::Table, PostedParts::OrganizationId)))
                .and_where(Expr::col(PostedParts::RunId).eq(run_id.0))
                .and_where(Expr::col(PostedParts::Kind).eq(posted.part.kind()))
                .and_where(Expr::col(PostedParts::Id).eq(posted.part.id()))
                .take();
            tx.execute(&update).await?;
        }
        Ok(())
    }
}

impl Row {
    fn read(self) -> Result<Kept, StoreError> {
        let part = packed::unpack_json(&self.packed)
            .map_err(|error| StoreError::Inconsistent { table: "posted_parts", problem: error.to_string() })?;
        let posted = Posted { part, updated_at: self.updated_at.map(time).transpose()? };
        Ok(Kept { posted, is_shown: self.is_shown })
    }
}
