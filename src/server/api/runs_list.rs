//! `GET …/workflows/runs/`: the list.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
    examples,
    extract::RunsReader,
    params::{self, ListParams},
    query::Query,
};
use crate::{
    domain::{
        document::Fault,
        page::{Page, PageRequest},
        run::Run,
    },
    error::AppError,
    server::query::list_runs,
};
use axum::Json;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// A page of runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunPage)]
struct Answer {
    /// Newest first by `created_at`, then by `id`.
    data: Vec<Run>,
    pagination: Pagination,
}

/// Which page it is, and of how many.
#[derive(Debug, Serialize, ToSchema)]
struct Pagination {
    page: u64,
    limit: u64,
    /// How many runs fit, on all pages together.
    total: u64,
    total_pages: u64,
}

impl From<Page<Run>> for Answer {
    fn from(page: Page<Run>) -> Self {
        let pagination = Pagination {
            page: page.request.page.get(),
            limit: page.request.limit.get(),
            total: page.total,
            total_pages: page.total_pages(),
        };
        Self { data: page.rows, pagination }
    }
}

pub fn endpoint() -> Endpoint {
    let example: Answer =
        Page { rows: vec![examples::listed_run()], request: PageRequest::default(), total: 12_481 }.into();
    let faults = vec![
        Fault::new("limit", "must be a whole number from 1 to 100"),
        Fault::new("stauts", "is not a parameter here"),
    ];
    let description = Description::new("Reading", "listRuns", "The runs of an organization, newest first")
        .more(
            "A run is listed when it fits every parameter that is given. A parameter that is unknown, given twice or malformed is a \
             400 that names it; one that begins with `_` is not heeded. Without `exclude` each run has its whole `flow` and `state`.",
        );
    let description = params::described()
        .into_iter()
        .fold(description, Description::parameter)
        .answers::<Answer>(200, "A page of runs", json!(example))
        .fails([AppError::BadRequest(faults)]);
    Endpoint::of_organization(Verb::Get, "/workflows/runs/", handle, description)
}

/// Answers a page of the runs that the parameters ask for.
async fn handle(RunsReader(access): RunsReader, Query(params): Query<ListParams>) -> Result<Json<Answer>, AppError> {
    let page = list_runs::runs(&access.org, &params.filter, params.request, params.columns).await?;
    Ok(Json(page.into()))
}
