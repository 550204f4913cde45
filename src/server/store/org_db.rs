//! The only ways to an organization's rows: by single statements, and by a snapshot of one moment.

use super::{
    engine::{Db, Tx},
    error::StoreError,
    run_index::KeptIndexes,
    run_walk::Way,
};
use crate::{
    domain::{filter::RunFilter, ids::OrganizationId},
    server::run_index::RunIndex,
};
use sea_query::{Expr, ExprTrait, IntoColumnRef};
use std::sync::Arc;

/// A database that carries its organization: every query is a method of it or of its [`Snapshot`], and begins with that
/// organization.
/// Made in `auth` from a credential that was checked, and in `cli` for whoever runs the program.
#[derive(Debug, Clone)]
pub struct OrgDb {
    pub(super) db: Db,
    organization_id: OrganizationId,
}

impl OrgDb {
    /// The rows of one organization.
    pub const fn new(db: Db, organization_id: OrganizationId) -> Self {
        Self { db, organization_id }
    }

    /// The organization whose rows these are.
    pub const fn organization_id(&self) -> OrganizationId {
        self.organization_id
    }

    /// What the organization has at this moment.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(self.within(self.db.begin_reading().await?))
    }

    /// The same as a part of very much that is read, snapshot after snapshot.
    pub async fn bulk_snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(self.within(self.db.begin_reading_much().await?))
    }

    /// What the organization has within a transaction.
    pub(super) fn within(&self, tx: Tx) -> Snapshot {
        let indexes = Arc::clone(&self.db.indexes);
        Snapshot { tx, organization_id: self.organization_id, indexes, index: None, way: None }
    }

    /// The condition with which every statement begins.
    pub(super) fn owns(&self, organization_column: impl IntoColumnRef) -> Expr {
        Expr::col(organization_column).eq(self.organization_id.0)
    }
}

/// An organization's rows as they were at one moment, so that what is read in several statements fits together.
/// It holds a connection: to be dropped as soon as everything is read.
pub struct Snapshot {
    pub(super) tx: Tx,
    organization_id: OrganizationId,
    pub(super) indexes: Arc<KeptIndexes>,
    /// Read when it is asked for first.
    pub(super) index: Option<Arc<RunIndex>>,
    /// How the list is found that was asked for last.
    pub(super) way: Option<(RunFilter, Way)>,
}

impl Snapshot {
    /// The organization whose rows these are.
    pub const fn organization_id(&self) -> OrganizationId {
        self.organization_id
    }

    /// The condition with which every statement begins.
    pub(super) fn owns(&self, organization_column: impl IntoColumnRef) -> Expr {
        Expr::col(organization_column).eq(self.organization_id.0)
    }
}
