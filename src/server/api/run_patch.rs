//! `PATCH …/workflows/{workflowId}/runs/{runId}/`: some members of a run, by a merge patch.

use super::{
    describe::{Description, object},
    endpoint::{Endpoint, Verb},
    examples,
    extract::{PatchBytes, RunInPath, RunsWriter},
    query::{Nothing, Query},
    run_detail,
};
use crate::{
    domain::{
        document::{self, Fault},
        run::Run,
        run_edit::{Change, RunEdit},
    },
    error::AppError,
    server::{
        query::{get_run::get_run_alone, ingest},
        settings::Settings,
        store::WriteOutcome,
    },
};
use axum::Json;
use serde_json::json;

pub fn endpoint(settings: &Settings) -> Endpoint {
    let patch = object().examples([json!({ "status": "completed", "completed_at": "2026-11-21T14:02:18.000Z" })]);
    let description = Description::new("Writing", "patchRun", "Change a run")
        .more(
            "A JSON merge patch (RFC 7396) of the run document: members that it names are replaced, `null` takes one away, objects \
             are merged, and lists are replaced whole. `updated_at` is the engine's clock as in a whole document: a patch that is older \
             than what is stored, or that undoes an end by the same clock, changes nothing. Unlike whole documents and posted parts, \
             patches that overtake one another lose what they said, unless each carries its `updated_at`; and a run that is made of \
             traces is made again, without them, when more of it comes.",
        )
        .takes_text("application/merge-patch+json", "The members that change", patch)
        .answers::<Run>(200, "The run, changed or left as it was", json!(examples::run()))
        .fails([
            AppError::BadRequest(vec![Fault::new("status", "unknown variant `done`")]),
            AppError::NotFound,
            AppError::TooLarge(settings.max_document_bytes as u64),
            AppError::UnsupportedMediaType,
        ]);
    Endpoint::of_organization(Verb::Patch, run_detail::PATH, handle, description)
        .with_body_limit(settings.max_document_bytes)
        .taking_gzip()
}

/// Changes a run and answers it as it is now stored; it is on disk by then.
async fn handle(
    RunsWriter(access): RunsWriter,
    RunInPath(key): RunInPath,
    _: Query<Nothing>,
    PatchBytes(body): PatchBytes,
) -> Result<Json<Run>, AppError> {
    let patch = document::read(&body).map_err(AppError::BadRequest)?;
    let edit = RunEdit { run_id: key.id, workflow_id: key.workflow_id, change: Change::Patch(patch) };
    match ingest::edit(&access.org, edit).await? {
        WriteOutcome::Refused(faults) => Err(AppError::BadRequest(faults)),
        WriteOutcome::Missing | WriteOutcome::OtherWorkflow => Err(AppError::NotFound),
        _ => get_run_alone(&access.org, key.id).await?.map(Json).ok_or(AppError::NotFound),
    }
}
