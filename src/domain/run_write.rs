//! A run to be written: its document, and what the rules make of it.

use super::{
    account::Account,
    document::{Fault, RunDocument},
    engine_state::EngineState,
    failure::{self, Failure},
    ids::{RunId, WorkflowId},
    json::Json,
    list_state,
};

/// Everything that is stored of a run but what follows from other runs, which is its source.
#[derive(Debug, Clone)]
pub struct RunWrite {
    pub run_id: RunId,
    pub workflow_id: WorkflowId,
    pub document: RunDocument,
    pub failure: Option<Failure>,
    pub list_state: Json,
    /// `runtimeContext.isAsync`, from which the source may follow.
    pub is_async: bool,
    /// The pairs of `runtimeContext.state` that can be asked for.
    pub state_values: Vec<(String, String)>,
}

impl RunWrite {
    /// Reads what the rules need from a document.
    pub fn new(run_id: RunId, workflow_id: WorkflowId, document: RunDocument) -> Self {
        let mut state = EngineState::read(document.state.as_ref());
        Self {
            failure: failure::explain(document.status, &document.steps, document.error_message.as_deref()),
            is_async: state.is_async == true,
            state_values: std::mem::take(&mut state.pairs),
            list_state: list_state::compress(state, &document.steps),
            run_id,
            workflow_id,
            document,
        }
    }

    /// As [`new`](Self::new), for a document of a stream, which has to name its run and workflow itself.
    pub fn named(document: RunDocument) -> Result<Self, Vec<Fault>> {
        match (document.id, document.workflow_id) {
            (Some(run_id), Some(workflow_id)) => Ok(Self::new(run_id, workflow_id, document)),
            (run_id, workflow_id) => {
                let missing = [("id", run_id.is_none()), ("workflow_id", workflow_id.is_none())];
                let faults = missing.into_iter().filter(|(_, missing)| *missing);
                Err(faults.map(|(name, _)| Fault::new(name, "is needed here")).collect())
            }
        }
    }

    /// What the document says of itself.
    pub fn account(&self) -> Account {
        Account { updated_at: self.document.updated_at, is_final: self.document.status.is_final() }
    }
}
