//! `GET …/workflows/{workflowId}/runs/{runId}/`: one run.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
    examples,
    extract::{RunInPath, RunsReader},
    query::{Nothing, Query},
};
use crate::{
    domain::{
        ids::RunId,
        run::{Run, RunDetail},
        step::{Attachment, StepLog, VoiceTranscript},
    },
    error::AppError,
    server::query::get_run::get_run,
};
use axum::Json;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// The path of a run.
pub const PATH: &str = "/workflows/{workflow_id}/runs/{run_id}/";

/// RUN with what lies inside it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunDetail)]
struct Answer {
    #[serde(flatten)]
    run: Run,
    /// In order; the first 1,000. The others are at `…/steps/?offset=1000`.
    steps: Vec<StepLog>,
    steps_total: u64,
    attachments: Vec<Attachment>,
    voice_transcripts: Vec<VoiceTranscript>,
    /// Other runs that it has to do with, which may not be there.
    related_runs: Vec<RunId>,
}

impl From<RunDetail> for Answer {
    fn from(detail: RunDetail) -> Self {
        Self {
            run: detail.run,
            steps: detail.steps,
            steps_total: detail.steps_total,
            attachments: detail.attachments,
            voice_transcripts: detail.voice_transcripts,
            related_runs: detail.related_runs,
        }
    }
}

pub fn endpoint() -> Endpoint {
    let document = examples::document();
    let example = Answer {
        run: examples::run(),
        steps_total: document.steps.len() as u64,
        steps: document.steps,
        attachments: document.attachments,
        voice_transcripts: document.voice_transcripts,
        related_runs: document.related_runs,
    };
    let description = Description::new("Reading", "getRun", "One run with everything inside it")
        .more("A run that is not there and one of another workflow are the same 404.")
        .answers::<Answer>(200, "The run", json!(example))
        .fails([AppError::unknown_parameter(), AppError::NotFound]);
    Endpoint::of_organization(Verb::Get, PATH, handle, description)
}

/// Answers a run; one that is not there and one of another workflow are the same 404.
async fn handle(
    RunsReader(access): RunsReader,
    RunInPath(key): RunInPath,
    _: Query<Nothing>,
) -> Result<Json<Answer>, AppError> {
    let detail = get_run(&access.org, key).await?.ok_or(AppError::NotFound)?;
    access.opened(key.id);
    Ok(Json(detail.into()))
}
