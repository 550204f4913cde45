//! The titles of conversations that were given none, and conversations that no run is left of.

use super::{
    engine::Tx,
    error::StoreError,
    org_db::OrgDb,
    schema::{Conversations, WorkflowRuns as Runs},
};
use crate::domain::{ids::ConversationId, run::temporary_title, time::Timestamp};
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sqlx::FromRow;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(FromRow)]
struct FirstRunRow {
    created_at: i64,
}

#[derive(FromRow)]
struct FirstInputRow {
    input_preview: Option<String>,
}

#[derive(FromRow)]
struct TitleRow {
    title: Option<String>,
}

impl OrgDb {
    /// A temporary title for a conversation, made from its first runs; `None` when it has none.
    pub async fn temporary_title(&self, id: ConversationId) -> Result<Option<String>, StoreError> {
        let first = |columns: &mut SelectStatement| {
            columns
                .from(Runs::Table)
                .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
                .and_where(Expr::col(Runs::ConversationId).eq(id.0))
                .order_by(Runs::CreatedAt, Order::Asc)
                .order_by(Runs::Id, Order::Asc)
                .limit(1)
                .take()
        };
        let created = first(Query::select().column(Runs::CreatedAt));
        let Some(created) = self.db.fetch_optional::<FirstRunRow>(&created).await? else { return Ok(None) };
        let with_input =
            first(Query::select().column(Runs::InputPreview).and_where(Expr::col(Runs::InputPreview).is_not_null()));
        let input = self.db.fetch_optional::<FirstInputRow>(&with_input).await?.and_then(|row| row.input_preview);
        let created_at = Timestamp::from_micros(created.created_at)
            .map_err(|error| StoreError::Inconsistent { table: "workflow_runs", problem: error.to_string() })?;
        Ok(Some(temporary_title(input.as_deref(), created_at)))
    }

    /// Gives a conversation that has no title this one. Of several that try at once one writes, and all answer what was
    /// written.
    pub async fn title_once(&self, id: ConversationId, title: &str) -> Result<Option<String>, StoreError> {
        let write = Query::update()
            .table(Conversations::Table)
            .value(Conversations::Title, title)
            .and_where(self.owns((Conversations::Table, Conversations::OrganizationId)))
            .and_where(Expr::col(Conversations::Id).eq(id.0))
            .and_where(Expr::col(Conversations::Title).is_null())
            .take();
        let mut tx = self.db.begin().await?;
        // Lists show it. First, as in every write, so that no two wait for each other.
        self.next_change(&mut tx).await?;
        let is_written = tx.execute(&write).await? > 0;
        let stored = Query::select()
            .column(Conversations::Title)
            .from(Conversations::Table)
            .and_where(self.owns((Conversations::Table, Conversations::OrganizationId)))
            .and_where(Expr::col(Conversations::Id).eq(id.0))
            .take();
        let title = tx.fetch_optional::<TitleRow>(&stored).await?.and_then(|row| row.title);
        if is_written {
            tx.commit().await?;
        }
        Ok(title)
    }

    /// Forgets what those of some conversations are called that no run is left of, as a title may be what somebody said; and the
    /// conversation, unless one has to know its channel when it goes on.
    pub(super) async fn forget_conversations(
        &self,
        tx: &mut Tx,
        ids: impl Iterator<Item = Uuid>,
    ) -> Result<(), StoreError> {
        let ids: BTreeSet<Uuid> = ids.collect();
        if ids.is_empty() {
            return Ok(());
        }
        let left = Query::select()
            .expr(Expr::val(1))
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col((Runs::Table, Runs::ConversationId)).equals((Conversations::Table, Conversations::Id)))
            .take();
        let is_left = self
            .owns((Conversations::Table, Conversations::OrganizationId))
            .and(Expr::col((Conversations::Table, Conversations::Id)).is_in(ids))
            .and(Expr::exists(left).not());
        let untitle = Query::update()
            .table(Conversations::Table)
            .value(Conversations::Title, None::<String>)
            .and_where(is_left.clone())
            .take();
        tx.execute(&untitle).await?;
        let delete = Query::delete()
            .from_table(Conversations::Table)
            .and_where(is_left)
            .and_where(Expr::col((Conversations::Table, Conversations::Channel)).is_null())
            .take();
        tx.execute(&delete).await.map(drop)
    }
}
