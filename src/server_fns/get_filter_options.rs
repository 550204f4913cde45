//! What the menus of the filters offer.

use super::answer::Answer;
use crate::{
    domain::{ids::OrganizationId, packed::Packed, run_view::FilterOptions, scope::LogsScope},
    error::AppError,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// The organization's own channels, models and skills, and how many runs each option would give a surface beside the other
/// filters of a URL's query string.
#[server(prefix = "/fn", endpoint = "get_filter_options", input = Json, output = Answer)]
pub async fn get_filter_options(
    organization_id: OrganizationId,
    scope: LogsScope,
    search: String,
) -> Result<Packed<FilterOptions>, AppError> {
    crate::server::rpc::get_filter_options(organization_id, scope, &search).await
}
