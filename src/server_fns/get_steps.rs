//! The steps of a run that did not come with it.

use super::json::Json;
use crate::{
    domain::{
        ids::{OrganizationId, RunId},
        run_view::StepsView,
        unread::Unread,
    },
    error::AppError,
};
use leptos::prelude::*;

/// Steps of a run from `offset` on.
#[server(prefix = "/fn", endpoint = "get_steps", input = Json, output = Json)]
pub async fn get_steps(
    organization_id: OrganizationId,
    run_id: RunId,
    offset: u64,
) -> Result<Unread<StepsView>, AppError> {
    crate::server::rpc::get_steps(organization_id, run_id, offset).await
}
