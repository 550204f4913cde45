//! What stands around every page: who is signed in, and whom the side bar lists.

use super::{
    access::{Role, Viewer},
    ids::AiEmployeeId,
};
use crate::paths;
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

/// The frame of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Frame {
    pub viewer: Viewer,
    /// The teammates of the viewer's organization, by name.
    pub teammates: Vec<Teammate>,
}

impl Frame {
    /// Where one starts: the list, or for members, who have none, their first teammate.
    pub fn start(&self) -> String {
        let teammate = self.teammates.first().filter(|_| self.viewer.current.role == Role::Member);
        teammate.map_or_else(|| paths::LOGS.to_owned(), |teammate| paths::teammate(teammate.id))
    }
}

/// A teammate by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Teammate {
    pub id: AiEmployeeId,
    pub name: String,
}
