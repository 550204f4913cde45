//! Who may call a route.

use crate::domain::access::Scope;
use std::fmt;

/// Every route has one; there is no way to add a route without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Anybody.
    Public,
    /// Whoever has credentials, about these alone.
    Caller,
    /// A person who is signed in; everybody else is sent to sign in.
    Page,
    /// Nobody: a server function for which nobody has said who may call it.
    Nobody,
    /// A token of this scope, in the organization that is the token's.
    Token(Scope),
    /// A member of the organization, or its token of this scope. Writing is for tokens only.
    Organization(Scope),
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Caller => f.write_str("caller"),
            Self::Page => f.write_str("signed-in"),
            Self::Nobody => f.write_str("nobody"),
            Self::Token(scope) => write!(f, "token {}", scope.as_str()),
            Self::Organization(scope) => write!(f, "organization {}", scope.as_str()),
        }
    }
}
