//! What runs cost, summed per kind of key, for all runs of a page in one query.

use super::{engine::StoreError, org_db::Snapshot, schema::TokenHistory};
use crate::domain::{
    cost::{CostLine, Usd},
    ids::RunId,
};
use sea_query::{Alias, Expr, ExprTrait, Query};
use sqlx::FromRow;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(FromRow)]
struct CostRow {
    run_id: Uuid,
    key_type: String,
    input_tokens: i64,
    output_tokens: i64,
    cached_input_tokens: i64,
    usd_nanos: i64,
}

impl Snapshot {
    /// The cost lines of each run, by kind of key; a run without token history is not in the map.
    pub async fn costs(&mut self, run_ids: &[RunId]) -> Result<HashMap<RunId, Vec<CostLine>>, StoreError> {
        if run_ids.is_empty() {
            return Ok(HashMap::new());
        }
        // PostgreSQL widens a sum to numeric, which is no i64.
        let sum = |column: TokenHistory| Expr::col(column).sum().cast_as(Alias::new("bigint"));
        let select = Query::select()
            .columns([TokenHistory::RunId, TokenHistory::KeyType])
            .expr_as(sum(TokenHistory::InputTokens), TokenHistory::InputTokens)
            .expr_as(sum(TokenHistory::OutputTokens), TokenHistory::OutputTokens)
            .expr_as(sum(TokenHistory::CachedInputTokens), TokenHistory::CachedInputTokens)
            .expr_as(sum(TokenHistory::UsdNanos), TokenHistory::UsdNanos)
            .from(TokenHistory::Table)
            .and_where(self.owns((TokenHistory::Table, TokenHistory::OrganizationId)))
            .and_where(Expr::col(TokenHistory::RunId).is_in(run_ids.iter().map(|id| id.0)))
            .group_by_columns([TokenHistory::RunId, TokenHistory::KeyType])
            .take();
        let rows: Vec<CostRow> = self.tx.fetch_all(&select).await?;
        let mut costs: HashMap<RunId, Vec<CostLine>> = HashMap::new();
        for row in rows {
            costs.entry(RunId(row.run_id)).or_default().push(CostLine {
                key_type: row.key_type,
                input_tokens: row.input_tokens,
                output_tokens: row.output_tokens,
                cached_input_tokens: row.cached_input_tokens,
                usd_cost: Usd::from_nanos(row.usd_nanos),
            });
        }
        // Sorted here, because the two databases do not order text alike.
        for lines in costs.values_mut() {
            lines.sort_by(|a, b| a.key_type.cmp(&b.key_type));
        }
        Ok(costs)
    }
}
