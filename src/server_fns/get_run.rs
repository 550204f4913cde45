//! One run for its expanded row.

use super::json::Json;
use crate::{
    domain::{
        ids::{OrganizationId, RunId},
        page::PageSize,
        run_view::FoundRun,
        scope::LogsScope,
        unread::Unread,
    },
    error::AppError,
};
use leptos::prelude::*;

/// A run with everything that it shows, and where a surface lists it when the URL's query string is `search`.
#[server(prefix = "/fn", endpoint = "get_run", input = Json, output = Json)]
pub async fn get_run(
    organization_id: OrganizationId,
    run_id: RunId,
    scope: LogsScope,
    search: String,
    size: PageSize,
) -> Result<Unread<FoundRun>, AppError> {
    crate::server::rpc::get_run(organization_id, run_id, scope, &search, size).await
}
