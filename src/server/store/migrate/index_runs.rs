//! Gives every organization its run index that has none: those from before there was one (migration 10).

use crate::{
    domain::ids::OrganizationId,
    server::store::{
        engine::Db,
        error::StoreError,
        run_index::OfIndex,
        schema::{Organizations, RunIndexes},
    },
};
use sea_query::{Expr, ExprTrait, Query};
use sqlx::FromRow;
use uuid::Uuid;

#[derive(FromRow)]
struct OrganizationRow {
    id: Uuid,
}

/// One organization after the other, each whole or not at all.
pub async fn index_runs(db: &Db) -> Result<(), StoreError> {
    let indexed = Query::select().column(RunIndexes::OrganizationId).from(RunIndexes::Table).take();
    let select = Query::select()
        .column(Organizations::Id)
        .from(Organizations::Table)
        .and_where(Expr::col(Organizations::Id).not_in_subquery(indexed))
        .take();
    let organizations: Vec<OrganizationRow> = db.begin().await?.fetch_all(&select).await?;
    for OrganizationRow { id } in organizations {
        let id = OrganizationId(id);
        // Another server may have been quicker.
        let mut tx = db.begin_alone(id).await?;
        let index = OfIndex::of(id);
        if !index.is_there(&mut tx).await? {
            index.rebuild(&mut tx).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}
