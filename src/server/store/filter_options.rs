//! What the menus of the filters offer: the values that the organization's runs have.

use super::{error::StoreError, org_db::Snapshot, schema::Workflows};
use crate::domain::{facets::Facets, filter::RunFilter, ids::WorkflowId, time::Timestamp};
use sea_query::Query;
use sqlx::FromRow;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What runs have of which a menu offers what there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownValues {
    pub sources: BTreeSet<String>,
    pub models: BTreeSet<String>,
}

#[derive(FromRow)]
struct SkillRow {
    id: Uuid,
    name: String,
}

impl Snapshot {
    /// The sources and models of the runs that there are.
    pub async fn known_values(&mut self) -> Result<KnownValues, StoreError> {
        let index = self.index().await?;
        let (sources, models) =
            index.kinds().map(|kind| (kind.source.clone(), kind.model.clone())).unzip::<_, _, _, Vec<_>>();
        Ok(KnownValues { sources, models: models.into_iter().flatten().collect() })
    }

    /// How many runs each option would give, its dates being relative to a moment; `None` when the filter asks for what is not
    /// counted, of very many runs.
    pub async fn facets(&mut self, filter: &RunFilter, now: Timestamp) -> Result<Option<Facets>, StoreError> {
        if let Some(facets) = self.index().await?.facets(filter, now) {
            return Ok(Some(facets));
        }
        Ok(self.index_of_few(filter).await?.and_then(|(few, known)| few.facets(&known, now)))
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
