//! What many runs come to.

use super::answer::Answer;
use crate::{
    domain::{ids::OrganizationId, scope::LogsScope, summary::RunsSummary, unread::Unread},
    error::AppError,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// What the runs come to that a surface lists, on all pages, for a URL's query string.
#[server(prefix = "/fn", endpoint = "get_summary", input = Json, output = Answer)]
pub async fn get_summary(
    organization_id: OrganizationId,
    scope: LogsScope,
    search: String,
) -> Result<Unread<RunsSummary>, AppError> {
    crate::server::rpc::get_summary(organization_id, scope, &search).await
}
