//! Organizations and people, before one organization is known: at sign-in and on the command line.

use super::{
    engine::Db,
    error::StoreError,
    schema::{Memberships, Organizations, Users},
};
use crate::domain::{
    access::Membership,
    ids::{OrganizationId, UserId},
    retention::{InvalidDays, RetentionDays},
    time::Timestamp,
};
use sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, OnConflict, Order, Query};
use sqlx::FromRow;
use uuid::Uuid;

/// A person as sign-in needs them.
#[derive(Debug, Clone)]
pub struct UserRow {
    pub id: UserId,
    pub password_hash: String,
}

#[derive(FromRow)]
struct RawUser {
    id: Uuid,
    password_hash: String,
}

#[derive(FromRow)]
struct RawMembership {
    organization_id: Uuid,
    organization_name: String,
    role: String,
}

/// An organization as whoever runs the program knows it.
#[derive(Debug, Clone)]
pub struct OrganizationRow {
    pub id: OrganizationId,
    pub name: String,
    /// How long its runs are kept; `None` for ever.
    pub retention: Option<RetentionDays>,
}

#[derive(FromRow)]
struct RawOrganization {
    id: Uuid,
    name: String,
    retention_days: Option<i64>,
}

#[derive(FromRow)]
struct IdRow {
    id: Uuid,
}

impl RawOrganization {
    fn read(self) -> Result<OrganizationRow, StoreError> {
        let days = |days: i64| u32::try_from(days).map_err(|_| InvalidDays)?.try_into();
        let retention = self.retention_days.map(days).transpose().map_err(|error: InvalidDays| {
            StoreError::Inconsistent { table: "organizations", problem: error.to_string() }
        })?;
        Ok(OrganizationRow { id: OrganizationId(self.id), name: self.name, retention })
    }
}

/// How an email is stored and found.
fn canonical(email: &str) -> String {
    email.trim().to_lowercase()
}

impl Db {
    /// Whether the database can answer at all.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.fetch_count(&Query::select().expr(Expr::val(1_i64)).take()).await.map(drop)
    }

    /// How many organizations there are.
    pub async fn count_organizations(&self) -> Result<u64, StoreError> {
        let count = Query::select().expr(Func::count(Expr::col(Asterisk))).from(Organizations::Table).take();
        self.fetch_count(&count).await
    }

    /// All organizations, for what the program does by itself and for all of them.
    pub async fn organizations(&self) -> Result<Vec<OrganizationRow>, StoreError> {
        let select = Query::select()
            .columns([Organizations::Id, Organizations::Name, Organizations::RetentionDays])
            .from(Organizations::Table)
            .order_by(Organizations::Name, Order::Asc)
            .take();
        let rows: Vec<RawOrganization> = self.fetch_all(&select).await?;
        rows.into_iter().map(RawOrganization::read).collect()
    }

    /// How long an organization keeps its runs; `None` for ever.
    pub async fn set_retention(&self, id: OrganizationId, days: Option<RetentionDays>) -> Result<(), StoreError> {
        let update = Query::update()
            .table(Organizations::Table)
            .value(Organizations::RetentionDays, days.map(|days| i64::from(days.get())))
            .and_where(Expr::col(Organizations::Id).eq(id.0))
            .take();
        self.execute(&update).await.map(drop)
    }

    /// Makes an organization; `false` when there is one of that name or id.
    pub async fn insert_organization(
        &self,
        id: OrganizationId,
        name: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let insert = Query::insert()
            .into_table(Organizations::Table)
            .columns([Organizations::Id, Organizations::Name, Organizations::CreatedAt])
            .values_panic([id.0.into(), name.into(), now.micros().into()])
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .take();
        Ok(self.execute(&insert).await? == 1)
    }

    /// The organization of this id, else of this name.
    pub async fn find_organization(&self, id_or_name: &str) -> Result<Option<OrganizationId>, StoreError> {
        let by = |condition| {
            Query::select().column(Organizations::Id).from(Organizations::Table).and_where(condition).take()
        };
        if let Ok(id) = id_or_name.parse::<Uuid>()
            && let Some(row) = self.fetch_optional::<IdRow>(&by(Expr::col(Organizations::Id).eq(id))).await?
        {
            return Ok(Some(OrganizationId(row.id)));
        }
        let named = by(Expr::col(Organizations::Name).eq(id_or_name));
        Ok(self.fetch_optional::<IdRow>(&named).await?.map(|row| OrganizationId(row.id)))
    }

    /// Makes a person; `false` when somebody has that email.
    pub async fn insert_user(
        &self,
        id: UserId,
        email: &str,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let insert = Query::insert()
            .into_table(Users::Table)
            .columns([Users::Id, Users::Email, Users::PasswordHash, Users::CreatedAt])
            .values_panic([id.0.into(), canonical(email).into(), password_hash.into(), now.micros().into()])
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .take();
        Ok(self.execute(&insert).await? == 1)
    }

    /// The person with this email.
    pub async fn find_user(&self, email: &str) -> Result<Option<UserRow>, StoreError> {
        let email = canonical(email);
        if email.contains('\0') {
            return Ok(None);
        }
        let select = Query::select()
            .columns([Users::Id, Users::PasswordHash])
            .from(Users::Table)
            .and_where(Expr::col(Users::Email).eq(email))
            .take();
        let row: Option<RawUser> = self.fetch_optional(&select).await?;
        Ok(row.map(|row| UserRow { id: UserId(row.id), password_hash: row.password_hash }))
    }

    /// The organizations of a person, by name.
    pub async fn memberships(&self, user_id: UserId) -> Result<Vec<Membership>, StoreError> {
        let select = Query::select()
            .columns([(Memberships::Table, Memberships::OrganizationId), (Memberships::Table, Memberships::Role)])
            .expr_as(Expr::col((Organizations::Table, Organizations::Name)), Alias::new("organization_name"))
            .from(Memberships::Table)
            .inner_join(
                Organizations::Table,
                Expr::col((Organizations::Table, Organizations::Id))
                    .equals((Memberships::Table, Memberships::OrganizationId)),
            )
            .and_where(Expr::col((Memberships::Table, Memberships::UserId)).eq(user_id.0))
            .take();
        let rows: Vec<RawMembership> = self.fetch_all(&select).await?;
        let mut memberships = rows
            .into_iter()
            .map(|row| {
                let role = row.role.parse().map_err(|error: crate::domain::access::UnknownRole| {
                    StoreError::Inconsistent { table: "memberships", problem: error.to_string() }
                })?;
                let organization_id = OrganizationId(row.organization_id);
                Ok(Membership { organization_id, organization_name: row.organization_name, role })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        memberships
            .sort_by_cached_key(|membership| (membership.organization_name.to_lowercase(), membership.organization_id));
        Ok(memberships)
    }
}
