//! The steps of a run that did not come with it.

use super::answer::Answer;
use crate::{
    domain::{
        ids::{OrganizationId, RunId},
        run_view::StepsView,
        unread::Unread,
    },
    error::AppError,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// Steps of a run from `offset` on.
#[server(prefix = "/fn", endpoint = "get_steps", input = Json, output = Answer)]
pub async fn get_steps(
    organization_id: OrganizationId,
    run_id: RunId,
    offset: u64,
) -> Result<Unread<StepsView>, AppError> {
    crate::server::rpc::get_steps(organization_id, run_id, offset).await
}
