//! One run for its expanded row.

use super::answer::Answer;
use crate::{
    domain::{
        ids::{OrganizationId, RunId},
        packed::Packed,
        page::PageSize,
        run_view::FoundRun,
        scope::LogsScope,
    },
    error::AppError,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// A run with everything that it shows, and where a surface lists it when the URL's query string is `search`.
#[server(prefix = "/fn", endpoint = "get_run", input = Json, output = Answer)]
pub async fn get_run(
    organization_id: OrganizationId,
    run_id: RunId,
    scope: LogsScope,
    search: String,
    size: PageSize,
) -> Result<Packed<FoundRun>, AppError> {
    crate::server::rpc::get_run(organization_id, run_id, scope, &search, size).await
}
