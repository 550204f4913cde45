//! The REST API: one file an endpoint, each with its parameters, its answer and its handler.

mod extract;
mod health;
mod params;
mod run_detail;
mod run_write;
mod runs_list;
mod session;

pub use extract::ClientAddress;

use super::{AppState, settings::Settings};
use crate::error::AppError;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{any, get, post, put},
};

/// The routes under `/api` and `/health`. Paths of the API answer with and without a trailing slash.
pub fn routes(settings: &Settings) -> Router<AppState> {
    let run =
        get(run_detail::handle).merge(put(run_write::handle).layer(DefaultBodyLimit::max(settings.max_document_bytes)));
    let organizations = Router::new()
        .route("/workflows/runs", get(runs_list::handle))
        .route("/workflows/runs/", get(runs_list::handle))
        .route("/workflows/{workflow_id}/runs/{run_id}", run.clone())
        .route("/workflows/{workflow_id}/runs/{run_id}/", run);
    Router::new()
        .nest("/api/organizations/{organization_id}", organizations)
        .route("/api/session", post(session::create).get(session::show).delete(session::delete))
        .route("/api", any(nothing))
        .route("/api/", any(nothing))
        .route("/api/{*rest}", any(nothing))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .method_not_allowed_fallback(async || AppError::MethodNotAllowed)
}

/// Under `/api` even what is not there is a problem document.
async fn nothing() -> AppError {
    AppError::NotFound
}
