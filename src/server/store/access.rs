//! Sessions and API tokens of an organization, found by the hash of their secret.

use super::{
    changes::Stamp,
    error::StoreError,
    org_db::OrgDb,
    schema::{ApiTokens, Memberships, Organizations, Sessions, Users},
};
use crate::domain::{
    access::{Role, Scope},
    ids::UserId,
    time::Timestamp,
};
use sea_query::{Alias, Cond, Expr, ExprTrait, OnConflict, Order, Query};
use sqlx::FromRow;
use uuid::Uuid;

/// A session with its person, as they stand now.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub user_id: UserId,
    pub email: String,
    pub role: Role,
    pub organization_name: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

/// An API token that is in force.
#[derive(Debug, Clone)]
pub struct TokenRow {
    pub organization_name: String,
    pub scopes: Vec<Scope>,
    /// What the lists of its organization were told by when it was read.
    pub stamp: Stamp,
}

/// An API token, in force or not, without its secret.
#[derive(Debug, Clone)]
pub struct TokenFacts {
    pub secret_hash: Vec<u8>,
    pub scopes: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct RawFacts {
    secret_hash: Vec<u8>,
    scopes: String,
    created_at: i64,
    revoked_at: Option<i64>,
}

#[derive(FromRow)]
struct RawSession {
    user_id: Uuid,
    email: String,
    role: String,
    organization_name: String,
    created_at: i64,
    seen_at: i64,
}

#[derive(FromRow)]
struct RawToken {
    organization_name: String,
    scopes: String,
    #[sqlx(flatten)]
    stamp: Stamp,
}

impl OrgDb {
    /// Adds a member, or gives one another role.
    pub async fn add_member(&self, user_id: UserId, role: Role) -> Result<(), StoreError> {
        let insert = Query::insert()
            .into_table(Memberships::Table)
            .columns([Memberships::OrganizationId, Memberships::UserId, Memberships::Role])
            .values_panic([self.organization_id().0.into(), user_id.0.into(), role.as_str().into()])
            .on_conflict(
                OnConflict::columns([Memberships::OrganizationId, Memberships::UserId])
                    .update_column(Memberships::Role)
                    .to_owned(),
            )
            .take();
        self.db.execute(&insert).await.map(drop)
    }

    /// Takes a member out of the organization, and ends the sessions in which they look at it; `false` when they were none.
    pub async fn remove_member(&self, user_id: UserId) -> Result<bool, StoreError> {
        let delete = Query::delete()
            .from_table(Memberships::Table)
            .and_where(self.owns((Memberships::Table, Memberships::OrganizationId)))
            .and_where(Expr::col(Memberships::UserId).eq(user_id.0))
            .take();
        Ok(self.db.execute(&delete).await? == 1)
    }

    /// Whether a person is a member.
    pub async fn has_member(&self, user_id: UserId) -> Result<bool, StoreError> {
        let select = Query::select()
            .expr(Expr::val(1_i64))
            .from(Memberships::Table)
            .and_where(self.owns((Memberships::Table, Memberships::OrganizationId)))
            .and_where(Expr::col(Memberships::UserId).eq(user_id.0))
            .take();
        Ok(self.db.fetch_count(&select).await? == 1)
    }

    /// Stores a new session of a member who signed in at `since`.
    pub async fn insert_session(
        &self,
        secret_hash: &[u8],
        user_id: UserId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let insert = Query::insert()
            .into_table(Sessions::Table)
            .columns([
                Sessions::OrganizationId,
                Sessions::SecretHash,
                Sessions::UserId,
                Sessions::CreatedAt,
                Sessions::SeenAt,
            ])
            .values_panic([
                self.organization_id().0.into(),
                secret_hash.into(),
                user_id.0.into(),
                since.micros().into(),
                now.micros().into(),
            ])
            .take();
        self.db.execute(&insert).await.map(drop)
    }

    /// A session, with the role that its person has now.
    pub async fn session(&self, secret_hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        let select = Query::select()
            .columns([(Sessions::Table, Sessions::UserId), (Sessions::Table, Sessions::CreatedAt)])
            .column((Sessions::Table, Sessions::SeenAt))
            .column((Users::Table, Users::Email))
            .column((Memberships::Table, Memberships::Role))
            .expr_as(Expr::col((Organizations::Table, Organizations::Name)), Alias::new("organization_name"))
            .from(Sessions::Table)
            .inner_join(
                Memberships::Table,
                Cond::all().add(self.owns((Memberships::Table, Memberships::OrganizationId))).add(
                    Expr::col((Memberships::Table, Memberships::UserId)).equals((Sessions::Table, Sessions::UserId)),
                ),
            )
            .inner_join(Organizations::Table, self.owns((Organizations::Table, Organizations::Id)))
            .inner_join(Users::Table, Expr::col((Users::Table, Users::Id)).equals((Sessions::Table, Sessions::UserId)))
            .and_where(self.owns((Sessions::Table, Sessions::OrganizationId)))
            .and_where(Expr::col((Sessions::Table, Sessions::SecretHash)).eq(secret_hash))
            .take();
        let Some(row) = self.db.fetch_optional::<RawSession>(&select).await? else { return Ok(None) };
        let time = |micros| Timestamp::from_micros(micros).map_err(|error| inconsistent("sessions", error));
        Ok(Some(SessionRow {
            user_id: UserId(row.user_id),
            email: row.email,
            role: row.role.parse().map_err(|error| inconsistent("memberships", error))?,
            organization_name: row.organization_name,
            created_at: time(row.created_at)?,
            seen_at: time(row.seen_at)?,
        }))
    }

    /// Notes that a session was used.
    pub async fn touch_session(&self, secret_hash: &[u8], now: Timestamp) -> Result<(), StoreError> {
        let update = Query::update()
            .table(Sessions::Table)
            .value(Sessions::SeenAt, now.micros())
            .and_where(self.owns((Sessions::Table, Sessions::OrganizationId)))
            .and_where(Expr::col(Sessions::SecretHash).eq(secret_hash))
            .take();
        self.db.execute(&update).await.map(drop)
    }

    /// Ends a session.
    pub async fn delete_session(&self, secret_hash: &[u8]) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table(Sessions::Table)
            .and_where(self.owns((Sessions::Table, Sessions::OrganizationId)))
            .and_where(Expr::col(Sessions::SecretHash).eq(secret_hash))
            .take();
        self.db.execute(&delete).await.map(drop)
    }

    /// Stores a new API token.
    pub async fn insert_token(&self, secret_hash: &[u8], scopes: &[Scope], now: Timestamp) -> Result<(), StoreError> {
        let scopes = scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",");
        let insert = Query::insert()
            .into_table(ApiTokens::Table)
            .columns([ApiTokens::OrganizationId, ApiTokens::SecretHash, ApiTokens::Scopes, ApiTokens::CreatedAt])
            .values_panic([self.organization_id().0.into(), secret_hash.into(), scopes.into(), now.micros().into()])
            .take();
        self.db.execute(&insert).await.map(drop)
    }

    /// All API tokens, the oldest first.
    pub async fn tokens(&self) -> Result<Vec<TokenFacts>, StoreError> {
        let select = Query::select()
            .columns([ApiTokens::SecretHash, ApiTokens::Scopes, ApiTokens::CreatedAt, ApiTokens::RevokedAt])
            .from(ApiTokens::Table)
            .and_where(self.owns((ApiTokens::Table, ApiTokens::OrganizationId)))
            .order_by(ApiTokens::CreatedAt, Order::Asc)
            .order_by(ApiTokens::SecretHash, Order::Asc)
            .take();
        let time = |micros| Timestamp::from_micros(micros).map_err(|error| inconsistent("api_tokens", error));
        let rows: Vec<RawFacts> = self.db.fetch_all(&select).await?;
        rows.into_iter()
            .map(|row| {
                Ok(TokenFacts {
                    secret_hash: row.secret_hash,
                    scopes: row.scopes,
                    created_at: time(row.created_at)?,
                    revoked_at: row.revoked_at.map(time).transpose()?,
                })
            })
            .collect()
    }

    /// Takes an API token out of force; `false` when it was so already, or is not there.
    pub async fn revoke_token(&self, secret_hash: &[u8], now: Timestamp) -> Result<bool, StoreError> {
        let update = Query::update()
            .table(ApiTokens::Table)
            .value(ApiTokens::RevokedAt, now.micros())
            .and_where(self.owns((ApiTokens::Table, ApiTokens::OrganizationId)))
            .and_where(Expr::col(ApiTokens::SecretHash).eq(secret_hash))
            .and_where(Expr::col(ApiTokens::RevokedAt).is_null())
            .take();
        Ok(self.db.execute(&update).await? == 1)
    }

    /// An API token, unless it was revoked.
    pub async fn token(&self, secret_hash: &[u8]) -> Result<Option<TokenRow>, StoreError> {
        let mut select = Query::select()
            .column((ApiTokens::Table, ApiTokens::Scopes))
            .expr_as(Expr::col((Organizations::Table, Organizations::Name)), Alias::new("organization_name"))
            .from(ApiTokens::Table)
            .inner_join(Organizations::Table, self.owns((Organizations::Table, Organizations::Id)))
            .and_where(self.owns((ApiTokens::Table, ApiTokens::OrganizationId)))
            .and_where(Expr::col((ApiTokens::Table, ApiTokens::SecretHash)).eq(secret_hash))
            .and_where(Expr::col((ApiTokens::Table, ApiTokens::RevokedAt)).is_null())
            .take();
        Stamp::select(&mut select);
        let Some(row) = self.db.fetch_optional::<RawToken>(&select).await? else { return Ok(None) };
        let scopes = row.scopes.split(',').map(str::parse).collect::<Result<_, _>>();
        Ok(Some(TokenRow {
            organization_name: row.organization_name,
            scopes: scopes.map_err(|error| inconsistent("api_tokens", error))?,
            stamp: row.stamp,
        }))
    }
}

fn inconsistent(table: &'static str, problem: impl std::fmt::Display) -> StoreError {
    StoreError::Inconsistent { table, problem: problem.to_string() }
}
