//! What the index knows of a run, as the run's own row has it.

use crate::{
    domain::{
        cost::{self, CostLine},
        ids::{AiEmployeeId, WorkflowId},
        run_facts::RunFacts,
    },
    server::store::{
        engine::JsonValue,
        error::StoreError,
        run_rows::{inconsistent, time, unreadable},
        schema::WorkflowRuns as Runs,
    },
};
use sea_query::Expr;
use serde::Deserialize;
use sqlx::FromRow;
use uuid::Uuid;

/// The columns that say it.
pub(in crate::server::store) const FACTS: [Runs; 9] = [
    Runs::CreatedAt,
    Runs::Status,
    Runs::Source,
    Runs::Model,
    Runs::WorkflowId,
    Runs::AiEmployeeId,
    Runs::DurationMs,
    Runs::TotalTokens,
    Runs::Costs,
];

/// The same as one value.
pub(in crate::server::store) fn facts() -> JsonValue {
    let value = |column| match column {
        Runs::WorkflowId => JsonValue::Id(Expr::col(column)),
        Runs::AiEmployeeId => JsonValue::OptionalId(Expr::col(column)),
        _ => JsonValue::Plain(Expr::col(column)),
    };
    JsonValue::Array(FACTS.map(value).into())
}

/// As [`FACTS`] names them.
#[derive(FromRow, Deserialize)]
pub(in crate::server::store) struct FactsRow {
    created_at: i64,
    status: String,
    source: String,
    model: Option<String>,
    workflow_id: Uuid,
    ai_employee_id: Option<Uuid>,
    duration_ms: Option<i64>,
    total_tokens: Option<i64>,
    costs: Option<String>,
}

impl FactsRow {
    pub fn read(self) -> Result<RunFacts, StoreError> {
        let costs: Vec<CostLine> = match &self.costs {
            Some(costs) => serde_json::from_str(costs).map_err(unreadable)?,
            None => Vec::new(),
        };
        Ok(RunFacts {
            created_at: time(self.created_at)?,
            status: self.status.parse().map_err(inconsistent)?,
            source: self.source,
            model: self.model,
            workflow_id: WorkflowId(self.workflow_id),
            ai_employee_id: self.ai_employee_id.map(AiEmployeeId),
            duration_ms: self.duration_ms,
            total_tokens: self.total_tokens,
            cost: cost::total(&costs),
        })
    }
}
