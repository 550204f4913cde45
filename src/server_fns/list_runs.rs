//! A page of a logs surface.

use super::answer::Answer;
use crate::{
    domain::{ids::OrganizationId, packed::Packed, page::PageSize, run_view::RunsAnswer, scope::LogsScope},
    error::AppError,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// The runs that a surface shows for a URL's query string.
#[server(prefix = "/fn", endpoint = "list_runs", input = Json, output = Answer)]
pub async fn list_runs(
    organization_id: OrganizationId,
    scope: LogsScope,
    search: String,
    size: PageSize,
) -> Result<Packed<RunsAnswer>, AppError> {
    crate::server::rpc::list_runs(organization_id, scope, &search, size).await
}
