//! What the menus of the filters offer.

use super::json::Json;
use crate::{
    domain::{ids::OrganizationId, run_view::FilterOptions, scope::LogsScope, unread::Unread},
    error::AppError,
};
use leptos::prelude::*;

/// The organization's own channels, models and skills, and how many runs each option would give a surface beside the other
/// filters of a URL's query string.
#[server(prefix = "/fn", endpoint = "get_filter_options", input = Json, output = Json)]
pub async fn get_filter_options(
    organization_id: OrganizationId,
    scope: LogsScope,
    search: String,
) -> Result<Unread<FilterOptions>, AppError> {
    crate::server::rpc::get_filter_options(organization_id, scope, &search).await
}
