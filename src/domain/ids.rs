//! One type per kind of id, so that a run id cannot be passed where a workflow id is meant.

use postcard_schema::Schema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Schema, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// The tenant: everything else belongs to exactly one.
    OrganizationId
    /// A person, who may be a member of several organizations.
    UserId
    /// An AI teammate.
    AiEmployeeId
    /// A workflow, shown to people as a skill.
    WorkflowId
    /// A conversation, in which runs may take part.
    ConversationId
    /// One execution of a workflow.
    RunId
    /// A file that belongs to a run.
    AttachmentId
    /// What was said in a call that belongs to a run.
    VoiceTranscriptId
}
