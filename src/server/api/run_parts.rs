//! `POST …/workflows/{workflowId}/runs/{runId}/steps/` and `…/token-history/`: parts of a run, as they come about.

use super::{
    describe::{Description, query_parameter},
    endpoint::{Endpoint, Verb},
    examples,
    extract::{JsonBytes, RunInPath, RunsWriter},
    query::{Query, QueryParams, value},
};
use crate::{
    domain::{
        document::{self, Fault, TokenUsage},
        posted::{self, Part, Posted},
        run_edit::{Change, RunEdit},
        step::StepLog,
        time::Timestamp,
    },
    error::AppError,
    server::{auth::access::Access, query::ingest, settings::Settings, store::WriteOutcome},
};
use axum::{Json, http::StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, Ref},
};

/// What became of parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartsReport {
    /// How many are stored, or were before.
    accepted: usize,
}

/// The engine's clock.
#[derive(Debug, Default)]
struct PartsParams {
    updated_at: Option<Timestamp>,
}

impl QueryParams for PartsParams {
    fn read(&mut self, name: &str, text: &str) -> Option<Result<(), String>> {
        (name == "updated_at").then(|| value(text).map(|time| self.updated_at = Some(time)))
    }
}

pub fn endpoints(settings: &Settings) -> [Endpoint; 2] {
    let (path, document) = ("/workflows/{workflow_id}/runs/{run_id}", examples::document());
    let steps = describe("postSteps", "Write steps of a run", "StepLog", json!(document.steps), settings);
    let usages = json!(document.token_history);
    let usages = describe("postTokenHistory", "Write what calls of models cost", "TokenUsage", usages, settings);
    let post_steps = Endpoint::of_organization(Verb::Post, &format!("{path}/steps/"), handle_steps, steps);
    let post_usages = Endpoint::of_organization(Verb::Post, &format!("{path}/token-history/"), handle_usages, usages);
    [post_steps, post_usages].map(|post| post.with_body_limit(settings.max_document_bytes).taking_gzip())
}

fn describe(id: &str, summary: &str, schema: &str, example: Value, settings: &Settings) -> Description {
    let rows = ArrayBuilder::new().items(Ref::from_schema_name(schema)).examples([example]);
    Description::new("Writing", id, summary)
        .more(
            "An array; each replaces what is stored under its `id` in the run. They may come before their run and are kept until it \
             comes. Of two accounts of one part, in a document of the run or posted, the one with the newer `updated_at` is shown; where \
             that does not tell, one that has ended; and else the last. Posted steps stand in the order of their start.",
        )
        .parameter(query_parameter("updated_at", "The engine's clock", Timestamp::schema()))
        .takes_text("application/json", "The parts", rows)
        .answers::<PartsReport>(200, "All are stored, and the run shows them", json!(PartsReport { accepted: 2 }))
        .answers::<PartsReport>(202, "All are stored, and wait for the run", json!(PartsReport { accepted: 2 }))
        .fails([
            AppError::BadRequest(vec![Fault::new("[2].id", "stands here twice")]),
            AppError::NotFound,
            AppError::TooLarge(settings.max_document_bytes as u64),
            AppError::UnsupportedMediaType,
        ])
}

async fn handle_steps(
    RunsWriter(access): RunsWriter,
    run: RunInPath,
    Query(params): Query<PartsParams>,
    body: JsonBytes,
) -> Result<(StatusCode, Json<PartsReport>), AppError> {
    store::<StepLog>(&access, run, &params, &body, Part::Step).await
}

async fn handle_usages(
    RunsWriter(access): RunsWriter,
    run: RunInPath,
    Query(params): Query<PartsParams>,
    body: JsonBytes,
) -> Result<(StatusCode, Json<PartsReport>), AppError> {
    store::<TokenUsage>(&access, run, &params, &body, Part::TokenUsage).await
}

/// Stores parts; they are on disk when it answers.
async fn store<T: DeserializeOwned + Clone>(
    access: &Access,
    RunInPath(key): RunInPath,
    PartsParams { updated_at }: &PartsParams,
    JsonBytes(body): &JsonBytes,
    part: fn(T) -> Part,
) -> Result<(StatusCode, Json<PartsReport>), AppError> {
    let faults = |rows: &[T]| posted::faults(rows.iter().cloned().map(part));
    let rows = document::read_rows(body, faults).map_err(AppError::BadRequest)?;
    let parts: Vec<Part> = rows.into_iter().map(part).collect();
    let accepted = parts.len();
    let parts = parts.into_iter().map(|part| Posted { part, updated_at: *updated_at }).collect();
    let edit = RunEdit { run_id: key.id, workflow_id: key.workflow_id, change: Change::Parts(parts) };
    let status = match ingest::edit(&access.org, edit).await? {
        WriteOutcome::Refused(faults) => return Err(AppError::BadRequest(faults)),
        WriteOutcome::Missing | WriteOutcome::OtherWorkflow => return Err(AppError::NotFound),
        WriteOutcome::Waiting => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    Ok((status, Json(PartsReport { accepted })))
}
