//! Structured logs: what was asked, how it was answered and how long it took; never a payload, query or secret.

use super::settings::Settings;
use axum::{
    extract::{MatchedPath, Request},
    response::Response,
};
use std::{io::IsTerminal, time::Instant};
use tracing::Instrument;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Sets up logging to standard error; a bad filter is named.
pub fn start(settings: &Settings) -> Result<(), String> {
    let filter =
        EnvFilter::try_new(&settings.log).map_err(|error| format!("the log filter cannot be read: {error}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    let started = if settings.log_format == "json" {
        registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init()
    } else {
        let colours = std::io::stderr().is_terminal();
        registry.with(fmt::layer().with_ansi(colours).with_writer(std::io::stderr)).try_init()
    };
    started.map_err(|error| error.to_string())
}

/// Logs one line a request under its route, with an id that the answer carries as `x-request-id`.
pub async fn logged(request: Request, answer: impl AsyncFnOnce(Request) -> Response) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let id = super::clock::new_id().simple().to_string();
    let span = tracing::info_span!("request", id, %method, route);
    let began = Instant::now();
    let mut response = answer(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let millis = began.elapsed().as_secs_f64() * 1_000.0;
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!(status, millis, "answered");
        } else {
            tracing::info!(status, millis, "answered");
        }
    });
    if let Ok(id) = id.parse() {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
