//! What the menus of the filters offer: the values that the organization's runs have.

use super::{
    engine::StoreError,
    org_db::Snapshot,
    schema::{RunCounts, Workflows},
};
use crate::domain::{facet::Facet, ids::WorkflowId};
use sea_query::{CommonTableExpression, Expr, ExprTrait, Iden, Query, UnionType, WithClause, WithQuery};
use sqlx::FromRow;
use uuid::Uuid;

/// The values of a facet, one after the other.
#[derive(Debug, Clone, Copy, Iden)]
enum Values {
    Table,
    Value,
}

#[derive(FromRow)]
struct ValueRow {
    value: String,
}

#[derive(FromRow)]
struct SkillRow {
    id: Uuid,
    name: String,
}

impl Snapshot {
    /// The values of a facet that runs have or had. Every value costs one step into the index of the kept counts,
    /// however many hours are counted for it.
    pub async fn facet_values(&mut self, facet: Facet) -> Result<Vec<String>, StoreError> {
        let rows: Vec<ValueRow> = self.tx.fetch_all(&self.values(facet)).await?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }

    fn values(&self, facet: Facet) -> WithQuery {
        let first = |more: Option<Expr>| {
            Query::select()
                .expr(Expr::col((RunCounts::Table, RunCounts::Value)).min())
                .from(RunCounts::Table)
                .and_where(self.owns((RunCounts::Table, RunCounts::OrganizationId)))
                .and_where(Expr::col((RunCounts::Table, RunCounts::Facet)).eq(facet.as_str()))
                .and_where_option(more)
                .take()
        };
        let known = || Expr::col((Values::Table, Values::Value));
        let next = first(Some(Expr::col((RunCounts::Table, RunCounts::Value)).gt(known())));
        let next = Query::select()
            .expr(Expr::SubQuery(None, Box::new(next.into())))
            .from(Values::Table)
            .and_where(known().is_not_null())
            .take();
        let all = first(None).union(UnionType::All, next).take();
        let mut table = CommonTableExpression::new();
        table.table_name(Values::Table).column(Values::Value).query(all);
        let mut clause = WithClause::new();
        clause.recursive(true).cte(table);
        Query::select().column(Values::Value).from(Values::Table).and_where(known().is_not_null()).take().with(clause)
    }

    /// The skills of the organization by name.
    pub async fn skills(&mut self) -> Result<Vec<(WorkflowId, String)>, StoreError> {
        let select = Query::select()
            .columns([Workflows::Id, Workflows::Name])
            .from(Workflows::Table)
            .and_where(self.owns((Workflows::Table, Workflows::OrganizationId)))
            .take();
        let mut rows: Vec<SkillRow> = self.tx.fetch_all(&select).await?;
        rows.sort_by_cached_key(|row| (row.name.to_lowercase(), row.id));
        Ok(rows.into_iter().map(|row| (WorkflowId(row.id), row.name)).collect())
    }
}
