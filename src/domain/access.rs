//! Who is looking, and what they may see.

use super::ids::{OrganizationId, UserId};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// What a member may do in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Schema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Member,
}

/// Not a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be admin or member")]
pub struct UnknownRole;

impl Role {
    /// The word of the database and the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Admin, Self::Member].into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// What an API token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    #[serde(rename = "runs:read")]
    RunsRead,
    #[serde(rename = "runs:write")]
    RunsWrite,
}

/// Not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be runs:read or runs:write, or both with a comma between")]
pub struct UnknownScope;

impl Scope {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RunsRead => "runs:read",
            Self::RunsWrite => "runs:write",
        }
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::RunsRead, Self::RunsWrite].into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

/// An organization that a person belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Membership {
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub role: Role,
}

/// A signed-in person, looking at one of their organizations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Viewer {
    pub user_id: UserId,
    pub email: String,
    /// The organization that pages show.
    pub current: Membership,
    /// All organizations of this person, the current one too, by name.
    pub memberships: Vec<Membership>,
}

/// What a tool asks of those who open it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ToolGate {
    pub is_org_admin: bool,
}

/// Whether a tool opens for a viewer (P-2).
pub fn can_access_tool(gate: ToolGate, viewer: &Viewer) -> bool {
    !gate.is_org_admin || viewer.current.role == Role::Admin
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn viewer(role: Role) -> Viewer {
        let current =
            Membership { organization_id: OrganizationId(Uuid::nil()), organization_name: "Halden".into(), role };
        let memberships = vec![current.clone()];
        Viewer { user_id: UserId(Uuid::nil()), email: "ada@halden.example".into(), current, memberships }
    }

    #[test]
    fn p2_a_gate_for_admins_stops_members_only() {
        let admins_only = ToolGate { is_org_admin: true };
        assert!(can_access_tool(admins_only, &viewer(Role::Admin)));
        assert!(!can_access_tool(admins_only, &viewer(Role::Member)));
        assert!(can_access_tool(ToolGate::default(), &viewer(Role::Member)));
    }

    #[test]
    fn words_are_read_back() {
        for role in [Role::Admin, Role::Member] {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for scope in [Scope::RunsRead, Scope::RunsWrite] {
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
    }
}
