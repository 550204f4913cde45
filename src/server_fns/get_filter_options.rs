//! What the menus of the filters offer.

use crate::{
    domain::{ids::OrganizationId, run_view::FilterOptions, unread::Unread},
    error::AppError,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// The organization's own channels, models and skills.
#[server(prefix = "/fn", endpoint = "get_filter_options", input = Json)]
pub async fn get_filter_options(organization_id: OrganizationId) -> Result<Unread<FilterOptions>, AppError> {
    crate::server::rpc::get_filter_options(organization_id).await
}
