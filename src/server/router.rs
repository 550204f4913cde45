//! All routes behind the layers that every request passes.

use super::{AppState, api, assets, guard, pages, rpc, settings::Settings, telemetry};
use crate::{error::AppError, paths};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::post,
};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    timeout::RequestBodyTimeoutLayer,
};

/// The whole service.
pub fn build(state: AppState) -> Router {
    let settings = state.settings.clone();
    let handler_timeout = Settings::millis(settings.handler_timeout_ms);
    // What is smaller than a packet gains nothing; sound and pictures are compressed as they are.
    // Events would wait for each other.
    let worth_it = SizeAbove::new(1_024)
        .and(NotForContentType::const_new("image/"))
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::SSE);
    Router::new()
        .route(&format!("{}/{{*name}}", paths::SERVER_FUNCTIONS), post(rpc::handle))
        .merge(assets::routes(&state.leptos))
        .merge(pages::routes(&state))
        .layer(middleware::from_fn_with_state(handler_timeout, guard::in_time))
        .merge(api::routes(&settings))
        .layer(middleware::from_fn_with_state(state.clone(), guard::same_origin))
        .layer(DefaultBodyLimit::max(settings.max_body_bytes))
        .layer(RequestBodyTimeoutLayer::new(Settings::millis(settings.body_timeout_ms)))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it))
        .layer(middleware::from_fn_with_state(state.clone(), without_foreign_errors))
        .layer(middleware::from_fn_with_state(state.clone(), guard::security_headers))
        .layer(middleware::from_fn(telemetry::log_request))
        .with_state(state)
}

/// What a library refuses by itself under `/api` becomes a problem document.
async fn without_foreign_errors(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let of_api = request.uri().path().starts_with("/api");
    let response = next.run(request).await;
    let plain = response.headers().get("content-type").is_none_or(|value| value.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if of_api && plain => {
            AppError::TooLarge(state.settings.max_body_bytes as u64).into_response()
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE if of_api && plain => AppError::UnsupportedMediaType.into_response(),
        StatusCode::METHOD_NOT_ALLOWED if of_api && plain => AppError::MethodNotAllowed.into_response(),
        _ => response,
    }
}
