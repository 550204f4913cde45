//! Writing runs: what the rules make of a document is worked out here, before a transaction begins.

use crate::{
    domain::{
        document::{Fault, RunDocument},
        engine_state::EngineState,
        failure,
        ids::{RunId, WorkflowId},
        list_state,
    },
    server::store::{OrgDb, RunWrite, StoreError, WriteOutcome},
};

/// Reads what the rules need from a document.
pub fn prepare(run_id: RunId, workflow_id: WorkflowId, document: RunDocument) -> RunWrite {
    let mut state = EngineState::read(document.state.as_ref());
    RunWrite {
        failure: failure::explain(document.status, &document.steps, document.error_message.as_deref()),
        is_async: state.is_async == true,
        state_values: std::mem::take(&mut state.pairs),
        list_state: list_state::compress(state, &document.steps),
        run_id,
        workflow_id,
        document,
    }
}

/// Takes a document of a stream apart, which has to name its run and workflow itself.
pub fn prepare_named(document: RunDocument) -> Result<RunWrite, Vec<Fault>> {
    match (document.id, document.workflow_id) {
        (Some(run_id), Some(workflow_id)) => Ok(prepare(run_id, workflow_id, document)),
        (run_id, workflow_id) => {
            let missing = [("id", run_id.is_none()), ("workflow_id", workflow_id.is_none())];
            let faults = missing.into_iter().filter(|(_, missing)| *missing);
            Err(faults.map(|(name, _)| Fault::new(name, "is needed here")).collect())
        }
    }
}

/// Writes runs; all of them are on disk when this returns.
pub async fn write(org: &OrgDb, writes: &[RunWrite]) -> Result<Vec<WriteOutcome>, StoreError> {
    org.write_runs(writes).await
}
