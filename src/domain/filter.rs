//! Which runs are asked for. One value, shared by the list, its count and whatever else counts runs.

use super::{
    ids::{AiEmployeeId, ConversationId, RunId, WorkflowId},
    range::Range,
    status::RunStatus,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run is asked for when it meets every part that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RunFilter {
    pub run_id: Option<RunId>,
    pub conversation_id: Option<ConversationId>,
    pub workflow_id: Option<WorkflowId>,
    pub ai_employee_id: Option<AiEmployeeId>,
    pub trigger_id: Option<String>,
    pub status: Option<RunStatus>,
    /// The resolved source, see [`super::source`].
    pub source: Option<String>,
    pub model: Option<String>,
    /// Exact values of `state.runtimeContext.state`, as [`super::engine_state::state_text`] writes them.
    pub state: BTreeMap<String, String>,
    /// When it was created.
    pub started: Option<Range<Timestamp>>,
    /// When it completed; neither failed nor suspended.
    pub ended: Option<Range<Timestamp>>,
    /// When it completed, failed or was cancelled.
    pub finished: Option<Range<Timestamp>>,
    /// In milliseconds.
    pub duration: Option<Range<u64>>,
    /// All tokens of the run.
    pub tokens: Option<Range<u64>>,
}
