//! A payload that is too long to come with its run.

use super::answer::Answer;
use crate::{
    domain::{
        ids::{OrganizationId, RunId},
        payload::{Payload, PayloadKey},
    },
    error::AppError,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// One payload of a run, whole.
#[server(prefix = "/fn", endpoint = "get_payload", input = Json, output = Answer)]
pub async fn get_payload(organization_id: OrganizationId, run_id: RunId, key: PayloadKey) -> Result<Payload, AppError> {
    crate::server::rpc::get_payload(organization_id, run_id, key).await
}
