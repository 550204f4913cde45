//! `PUT …/workflows/{workflowId}/runs/{runId}/`: a whole run, created or replaced.

use super::extract::{JsonBytes, PathIds, RunsWriter};
use crate::{
    domain::{
        document::{self, Fault},
        ids::{RunId, WorkflowId},
        run::Run,
    },
    error::AppError,
    server::{
        query::{get_run::get_run_alone, ingest},
        store::WriteOutcome,
    },
};
use axum::{Json, http::StatusCode};

/// Stores a run document and answers the run as it is now stored; it is on disk by then.
pub async fn handle(
    RunsWriter(access): RunsWriter,
    PathIds(workflow_id, run_id): PathIds<WorkflowId, RunId>,
    JsonBytes(body): JsonBytes,
) -> Result<(StatusCode, Json<Run>), AppError> {
    let document = document::parse(&body).map_err(AppError::BadRequest)?;
    let other = |name, differs: bool| differs.then(|| Fault::new(name, "is not the one in the path"));
    let faults: Vec<Fault> = [
        other("id", document.id.is_some_and(|id| id != run_id)),
        other("workflow_id", document.workflow_id.is_some_and(|id| id != workflow_id)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !faults.is_empty() {
        return Err(AppError::BadRequest(faults));
    }
    let outcomes = ingest::write(&access.org, &[ingest::prepare(run_id, workflow_id, document)]).await?;
    let status = match outcomes.as_slice() {
        [WriteOutcome::Created] => StatusCode::CREATED,
        [WriteOutcome::OtherWorkflow] => return Err(AppError::NotFound),
        _ => StatusCode::OK,
    };
    let run = get_run_alone(&access.org, run_id).await?.ok_or(AppError::NotFound)?;
    Ok((status, Json(run)))
}
