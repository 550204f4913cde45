//! The teammates of an organization.

use super::{error::StoreError, org_db::OrgDb, schema::AiEmployees};
use crate::domain::ids::AiEmployeeId;
use sea_query::Query;
use sqlx::FromRow;
use uuid::Uuid;

#[derive(FromRow)]
struct NameRow {
    id: Uuid,
    name: String,
}

impl OrgDb {
    /// The teammates of the organization, by name.
    pub async fn ai_employees(&self) -> Result<Vec<(AiEmployeeId, String)>, StoreError> {
        let select = Query::select()
            .columns([AiEmployees::Id, AiEmployees::Name])
            .from(AiEmployees::Table)
            .and_where(self.owns((AiEmployees::Table, AiEmployees::OrganizationId)))
            .take();
        let mut rows: Vec<NameRow> = self.db.fetch_all(&select).await?;
        rows.sort_by_cached_key(|row| (row.name.to_lowercase(), row.id));
        Ok(rows.into_iter().map(|row| (AiEmployeeId(row.id), row.name)).collect())
    }
}
