//! The only way to an organization's rows.

use super::engine::Db;
use crate::domain::ids::OrganizationId;
use sea_query::{Expr, ExprTrait, IntoColumnRef};

/// A database that carries its organization: every query is a method of it and begins with that organization.
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

    /// The condition with which every statement begins.
    pub(super) fn owns(&self, organization_column: impl IntoColumnRef) -> Expr {
        Expr::col(organization_column).eq(self.organization_id.0)
    }
}
