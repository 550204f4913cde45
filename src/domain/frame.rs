//! What stands around every page: who is signed in, and whom the side bar lists.

use super::{access::Viewer, ids::AiEmployeeId};
use serde::{Deserialize, Serialize};

/// The frame of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pub viewer: Viewer,
    /// The teammates of the viewer's organization, by name.
    pub teammates: Vec<Teammate>,
}

/// A teammate by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teammate {
    pub id: AiEmployeeId,
    pub name: String,
}
