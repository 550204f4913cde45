//! What stands before handlers: the origin rule for requests by cookie, the headers that every answer has, and the time
//! within which it comes.

use super::settings::Settings;
use crate::error::AppError;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// Answers for a handler that takes longer than it may.
pub async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => AppError::Unavailable.into_response(),
    }
}

/// Whether it is no other site that makes a browser send a request. A program that sends neither cookies nor an origin
/// acts for nobody but itself.
pub fn is_of_same_origin(request: &Request, settings: &Settings) -> bool {
    let headers = request.headers();
    let by_browser = headers.contains_key(header::COOKIE)
        || headers.contains_key(header::ORIGIN)
        || headers.contains_key(SEC_FETCH_SITE);
    // A token is nothing that a browser adds by itself; beside a cookie it proves nothing.
    let by_token = headers.contains_key(header::AUTHORIZATION) && !headers.contains_key(header::COOKIE);
    request.method().is_safe() || by_token || !by_browser || comes_from_here(headers, settings)
}

const SEC_FETCH_SITE: &str = "sec-fetch-site";

fn comes_from_here(headers: &HeaderMap, settings: &Settings) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    match settings.public_origin() {
        Some(public) => origin == public,
        None => text(header::HOST).is_some_and(|host| origin == format!("http://{host}")),
    }
}

/// Adds the headers that every answer has, unless its handler chose otherwise.
pub fn add_headers(headers: &mut HeaderMap, settings: &Settings) {
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "same-origin");
    default(header::CACHE_CONTROL, "no-store");
    default(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    if settings.behind_tls() {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// The policy of a page: only scripts that carry its nonce run, and what those load.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}
