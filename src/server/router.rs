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
use std::sync::Arc;
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    timeout::RequestBodyTimeoutLayer,
};

/// The whole service.
pub fn build(state: &AppState) -> Router {
    let settings = &state.settings;
    let handler_timeout = Settings::millis(settings.handler_timeout_ms);
    // What is smaller than a packet gains nothing; sound and pictures are compressed as they are.
    // Events would wait for each other.
    let worth_it = SizeAbove::new(1_024)
        .and(NotForContentType::const_new("image/"))
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::SSE);
    let timeout = RequestBodyTimeoutLayer::new(Settings::millis(settings.body_timeout_ms));
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it);
    Router::new()
        .route(&format!("{}/{{*name}}", paths::SERVER_FUNCTIONS), post(rpc::handle))
        .merge(assets::routes(&state.leptos))
        .merge(pages::routes(state))
        .layer(middleware::from_fn_with_state(handler_timeout, guard::in_time))
        .merge(api::routes(settings))
        // All at once: each layer of the router by itself would be boxed, and each function copies what it is around.
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(settings.clone(), every_request))
                .layer(compression)
                .layer(timeout)
                .layer(DefaultBodyLimit::max(settings.max_body_bytes)),
        )
        .with_state(state.clone())
}

/// What every request passes: it is logged, comes from where it may, and its answer has its headers.
async fn every_request(State(settings): State<Arc<Settings>>, request: Request, next: Next) -> Response {
    telemetry::logged(request, async |request| {
        let of_api = request.uri().path().starts_with("/api");
        let mut response = if guard::is_of_same_origin(&request, &settings) {
            next.run(request).await
        } else {
            AppError::Forbidden.into_response()
        };
        if of_api {
            response = without_foreign_errors(response, &settings);
        }
        guard::add_headers(response.headers_mut(), &settings);
        response
    })
    .await
}

/// What a library refuses by itself under `/api` becomes a problem document.
fn without_foreign_errors(response: Response, settings: &Settings) -> Response {
    let plain = response.headers().get("content-type").is_none_or(|value| value.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if plain => AppError::TooLarge(settings.max_body_bytes as u64).into_response(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE if plain => AppError::UnsupportedMediaType.into_response(),
        StatusCode::METHOD_NOT_ALLOWED if plain => AppError::MethodNotAllowed.into_response(),
        _ => response,
    }
}
