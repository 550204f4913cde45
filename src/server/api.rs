//! The REST API: one file an endpoint, each with its parameters, its answer, its description and its handler.

mod attachment;
mod attachment_write;
mod describe;
mod docs;
pub mod endpoint;
mod examples;
pub mod extract;
mod health;
mod openapi;
mod otlp;
pub mod params;
mod query;
mod run_detail;
mod run_events;
mod run_parts;
mod run_patch;
mod run_payload;
mod run_steps;
mod run_write;
mod runs_export;
mod runs_list;
mod runs_stream;
mod runs_summary;
mod session;

use super::{AppState, settings::Settings};
use crate::error::AppError;
use axum::{Extension, Router, routing::any};
use endpoint::Endpoint;
use openapi::OpenApiText;

/// All endpoints: what is not in here is not served.
pub fn endpoints(settings: &Settings) -> Vec<Endpoint> {
    let mut endpoints = vec![runs_list::endpoint(), run_detail::endpoint(), run_write::endpoint(settings)];
    endpoints.push(run_patch::endpoint(settings));
    endpoints.extend(run_parts::endpoints(settings));
    endpoints.push(attachment_write::endpoint(settings));
    endpoints.extend([
        runs_stream::endpoint(),
        run_events::endpoint(),
        runs_summary::endpoint(),
        runs_export::endpoint(),
    ]);
    endpoints.extend(otlp::endpoints(settings));
    endpoints.extend(run_payload::endpoints());
    endpoints.extend(run_steps::endpoints());
    endpoints.extend(attachment::endpoints());
    endpoints.extend(session::endpoints(settings));
    endpoints.push(openapi::endpoint());
    endpoints.extend(docs::endpoints());
    endpoints.extend(health::endpoints());
    endpoints
}

/// Serves the endpoints, and a problem document for whatever else is asked under `/api`.
pub fn routes(settings: &Settings) -> Router<AppState> {
    let endpoints = endpoints(settings);
    let described = OpenApiText::of(&endpoints, settings);
    endpoints
        .into_iter()
        .fold(Router::new(), |router, endpoint| endpoint.mount(router, Settings::millis(settings.handler_timeout_ms)))
        .route("/api", any(nothing))
        .route("/api/", any(nothing))
        .route("/api/{*rest}", any(nothing))
        .method_not_allowed_fallback(async || AppError::MethodNotAllowed)
        .layer(Extension(described))
}

async fn nothing() -> AppError {
    AppError::NotFound
}
