//! One run for its expanded row.

use crate::{
    domain::{
        ids::{OrganizationId, RunId},
        run::RunDetail,
    },
    error::AppError,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// A run with everything inside it.
#[server(prefix = "/fn", endpoint = "get_run", input = Json)]
pub async fn get_run(organization_id: OrganizationId, run_id: RunId) -> Result<RunDetail, AppError> {
    crate::server::rpc::get_run(organization_id, run_id).await
}
