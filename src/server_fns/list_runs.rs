//! A page of a logs surface.

use super::json::Json;
use crate::{
    domain::{ids::OrganizationId, page::PageSize, run_view::RunsAnswer, scope::LogsScope, unread::Unread},
    error::AppError,
};
use leptos::prelude::*;

/// The runs that a surface shows for a URL's query string.
#[server(prefix = "/fn", endpoint = "list_runs", input = Json, output = Json)]
pub async fn list_runs(
    organization_id: OrganizationId,
    scope: LogsScope,
    search: String,
    size: PageSize,
) -> Result<Unread<RunsAnswer>, AppError> {
    crate::server::rpc::list_runs(organization_id, scope, &search, size).await
}
