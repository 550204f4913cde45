//! `PUT …/workflows/{workflowId}/runs/{runId}/`: a whole run, created or replaced.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
    examples,
    extract::{JsonBytes, RunInPath, RunsWriter},
    query::{Nothing, Query},
    run_detail,
};
use crate::{
    domain::{
        document::{self, Fault, RunDocument},
        run::Run,
        run_write::RunWrite,
    },
    error::AppError,
    server::{
        query::{get_run::get_run_alone, ingest},
        settings::Settings,
        store::WriteOutcome,
    },
};
use axum::{Json, http::StatusCode};
use serde_json::json;

pub fn endpoint(settings: &Settings) -> Endpoint {
    let description = Description::new("Writing", "putRun", "Create or replace a run")
        .more(
            "The whole run, with its steps and costs, is on disk when this answers. The same document twice is one run. One whose \
             `updated_at` is older than what is stored changes nothing, and is answered with what is stored. Where the clocks do not \
             tell, an end is not undone by a document without one, and else the last document stays. Ids of a workflow, teammate or \
             conversation not seen before create it. Ids of steps and of token history must differ within the document.",
        )
        .takes::<RunDocument>("The run; all but `status` and `created_at` may be left out", examples::document_text())
        .answers::<Run>(201, "The run, created", json!(examples::run()))
        .answers::<Run>(200, "The run, replaced or left as it was", json!(examples::run()))
        .fails([
            AppError::BadRequest(vec![Fault::new("steps[2].id", "stands here twice")]),
            AppError::NotFound,
            AppError::TooLarge(settings.max_document_bytes as u64),
            AppError::UnsupportedMediaType,
        ]);
    Endpoint::of_organization(Verb::Put, run_detail::PATH, handle, description)
        .with_body_limit(settings.max_document_bytes)
        .taking_gzip()
}

/// Stores a run document and answers the run as it is now stored; it is on disk by then.
async fn handle(
    RunsWriter(access): RunsWriter,
    RunInPath(key): RunInPath,
    _: Query<Nothing>,
    JsonBytes(body): JsonBytes,
) -> Result<(StatusCode, Json<Run>), AppError> {
    let workflow_id = key.workflow_id.ok_or(AppError::NotFound)?;
    let document = document::parse(&body).map_err(AppError::BadRequest)?;
    let faults = document.strays_from(key.id, workflow_id);
    if !faults.is_empty() {
        return Err(AppError::BadRequest(faults));
    }
    let outcomes = ingest::write(&access.org, vec![RunWrite::new(key.id, workflow_id, document)]).await?;
    let status = match outcomes.as_slice() {
        [WriteOutcome::Created] => StatusCode::CREATED,
        [WriteOutcome::OtherWorkflow] => return Err(AppError::NotFound),
        _ => StatusCode::OK,
    };
    let run = get_run_alone(&access.org, key.id).await?.ok_or(AppError::NotFound)?;
    Ok((status, Json(run)))
}
