//! `POST …/workflows/runs/`: run documents, one a line, as many as there are.

use super::{
    describe::{self, Description},
    endpoint::{Endpoint, Verb},
    extract::{LinesBody, RunsWriter},
    query::{Nothing, Query},
};
use crate::{
    domain::document::Fault,
    error::AppError,
    server::{
        AppState,
        query::ingest::{self, LinesError, Rejected, Report},
    },
};
use axum::{Json, extract::State};
use serde_json::json;

pub fn endpoint() -> Endpoint {
    let example = Report {
        accepted: 16,
        rejected_total: 1,
        rejected: vec![Rejected { line: 17, errors: vec![Fault::new("status", "unknown variant `done`")] }],
    };
    let description = Description::new("Writing", "postRuns", "Create or replace many runs")
        .more(
            "A run document a line, each with its `id` and `workflow_id`; any number of lines, compressed by gzip if you like. A bad \
             line does not stop the others. Runs are on disk when this answers; when it does not, those before may be, and sending all \
             again does no harm.",
        )
        .takes_text("application/x-ndjson", "A JSON object a line", describe::text(None))
        .answers::<Report>(200, "What became of the lines", json!(example))
        .fails([
            AppError::BadRequest(vec![Fault::new("", "the body did not arrive whole")]),
            AppError::UnsupportedMediaType,
        ]);
    Endpoint::of_organization(Verb::Post, "/workflows/runs/", handle, description).taking_gzip().without_timeout()
}

/// Stores the documents as they come; all that are counted are on disk.
async fn handle(
    RunsWriter(access): RunsWriter,
    _: Query<Nothing>,
    State(state): State<AppState>,
    LinesBody(lines): LinesBody,
) -> Result<Json<Report>, AppError> {
    match Box::pin(ingest::write_lines(&access.org, lines, state.settings.max_document_bytes)).await {
        Ok(report) => Ok(Json(report)),
        Err(LinesError::Read(_)) => Err(AppError::BadRequest(vec![Fault::new("", "the body did not arrive whole")])),
        Err(LinesError::Store(error)) => Err(error.into()),
    }
}
