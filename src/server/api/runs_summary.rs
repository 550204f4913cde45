//! `GET …/workflows/runs/summary/`: what the runs of a filter come to.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
    examples,
    extract::RunsReader,
    params::{self, FilterParams},
    query::Query,
};
use crate::{
    domain::summary::RunsSummary,
    error::AppError,
    server::{clock, query::summary::summary},
};
use axum::Json;
use serde_json::json;

pub fn endpoint() -> Endpoint {
    let description = Description::new("Reading", "summarizeRuns", "What runs come to: counts, percentiles, sums, a histogram and facets")
        .more(
            "All of the runs that a list with the same parameters has. The facets say how many runs each option of a filter would \
             give under the others. Where `conversation_id`, `trigger_id`, `state[…]`, `ended` or `finished` is asked for and more \
             than 100,000 runs fit, or the list does not have all of them, it is of the newest ones, and `total_capped` says so; and \
             there are facets only where no more than 10,000 runs fit what is asked for of these five.",
        );
    let description = params::described_filters()
        .into_iter()
        .fold(description, Description::parameter)
        .answers::<RunsSummary>(200, "What they come to", json!(examples::summary()))
        .fails([AppError::unknown_parameter()]);
    Endpoint::of_organization(Verb::Get, "/workflows/runs/summary/", handle, description)
}

async fn handle(
    RunsReader(access): RunsReader,
    Query(FilterParams { filter }): Query<FilterParams>,
) -> Result<Json<RunsSummary>, AppError> {
    Ok(Json(summary(&access.org, &filter, clock::now()).await?))
}
