//! `GET …/workflows/runs/`: the list.

use super::{extract::RunsReader, params};
use crate::{
    domain::{page::Page, run::Run},
    error::AppError,
    server::query::list_runs,
};
use axum::{Json, extract::RawQuery};
use serde::Serialize;

/// A page of runs.
#[derive(Debug, Serialize)]
pub struct Answer {
    data: Vec<Run>,
    pagination: Pagination,
}

#[derive(Debug, Serialize)]
struct Pagination {
    page: u64,
    limit: u64,
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

/// Answers a page of the runs that the parameters ask for.
pub async fn handle(RunsReader(access): RunsReader, RawQuery(query): RawQuery) -> Result<Json<Answer>, AppError> {
    let params = params::parse(query.as_deref().unwrap_or_default())?;
    let page = list_runs::runs(&access.org, &params.filter, params.request, params.columns).await?;
    Ok(Json(page.into()))
}
