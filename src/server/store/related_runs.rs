//! Which runs are meant by those that a run names as related: a trace by its own id, which may have become another run.

use super::{
    error::StoreError,
    org_db::Snapshot,
    schema::{TraceRuns, WorkflowRuns as Runs},
};
use crate::domain::{document::MAX_RELATED, ids::RunId};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

#[derive(FromRow)]
struct Row {
    trace_id: Uuid,
    run_id: Uuid,
}

impl Snapshot {
    /// The runs that are meant, each once and never the run itself: where one is the id of a trace that became other runs,
    /// these. One of which nothing is known stays as it was named.
    pub async fn related_runs(&mut self, of: RunId, named: Vec<RunId>) -> Result<Vec<RunId>, StoreError> {
        if named.is_empty() {
            return Ok(named);
        }
        let select = Query::select()
            .columns([(TraceRuns::Table, TraceRuns::TraceId), (TraceRuns::Table, TraceRuns::RunId)])
            .from(TraceRuns::Table)
            .inner_join(
                Runs::Table,
                self.owns((Runs::Table, Runs::OrganizationId))
                    .and(Expr::col((Runs::Table, Runs::Id)).equals((TraceRuns::Table, TraceRuns::RunId))),
            )
            .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
            .and_where(Expr::col((TraceRuns::Table, TraceRuns::TraceId)).is_in(named.iter().map(|id| id.0)))
            .order_by((TraceRuns::Table, TraceRuns::RunId), Order::Asc)
            .take();
        let mut became: HashMap<RunId, Vec<RunId>> = HashMap::new();
        for row in self.tx.fetch_all::<Row>(&select).await? {
            became.entry(RunId(row.trace_id)).or_default().push(RunId(row.run_id));
        }
        let meant = named.into_iter().flat_map(|id| became.get(&id).cloned().unwrap_or_else(|| vec![id]));
        let mut seen = HashSet::from([of]);
        Ok(meant.filter(|id| seen.insert(*id)).take(MAX_RELATED).collect())
    }
}
