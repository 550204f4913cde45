//! `GET …/workflows/{workflowId}/runs/{runId}/`: one run.

use super::extract::{PathIds, RunsReader};
use crate::{
    domain::{
        ids::{RunId, WorkflowId},
        run::{Run, RunDetail, RunKey},
        step::{Attachment, StepLog, VoiceTranscript},
    },
    error::AppError,
    server::query::get_run::get_run,
};
use axum::Json;
use serde::Serialize;

/// RUN with what lies inside it.
#[derive(Debug, Serialize)]
pub struct Answer {
    #[serde(flatten)]
    run: Run,
    steps: Vec<StepLog>,
    steps_total: u64,
    attachments: Vec<Attachment>,
    voice_transcripts: Vec<VoiceTranscript>,
}

impl From<RunDetail> for Answer {
    fn from(detail: RunDetail) -> Self {
        Self {
            run: detail.run,
            steps: detail.steps,
            steps_total: detail.steps_total,
            attachments: detail.attachments,
            voice_transcripts: detail.voice_transcripts,
        }
    }
}

/// Answers a run; one that is not there and one of another workflow are the same 404.
pub async fn handle(
    RunsReader(access): RunsReader,
    PathIds(workflow_id, run_id): PathIds<WorkflowId, RunId>,
) -> Result<Json<Answer>, AppError> {
    let key = RunKey { id: run_id, workflow_id: Some(workflow_id) };
    let detail = get_run(&access.org, key).await?;
    Ok(Json(detail.ok_or(AppError::NotFound)?.into()))
}
