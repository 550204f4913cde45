//! Errors as the API answers them: RFC 9457 problem documents. The only place where a store error becomes an answer.

use super::store::StoreError;
use crate::error::AppError;
use axum::{
    Json,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// A problem document.
#[derive(Debug, Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a [crate::domain::document::Fault]>,
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (detail, errors) = match &self {
            Self::BadRequest(faults) => {
                let all = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
                (all, Some(faults.as_slice()))
            }
            other => (other.to_string(), None),
        };
        let problem = Problem {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: self.status(),
            detail,
            errors,
        };
        let mut headers: Vec<(HeaderName, String)> =
            vec![(header::CONTENT_TYPE, "application/problem+json".to_owned())];
        match self {
            Self::TooMany(seconds) => headers.push((header::RETRY_AFTER, seconds.to_string())),
            Self::Unavailable => headers.push((header::RETRY_AFTER, "1".to_owned())),
            Self::SignedOut => headers.push((header::WWW_AUTHENTICATE, "Bearer".to_owned())),
            _ => {}
        }
        let mut response = (status, Json(problem)).into_response();
        for (name, value) in headers {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(%cause, "the database is not available");
                Self::Unavailable
            }
            other => {
                tracing::error!(error = %other, "a statement failed");
                Self::Internal
            }
        }
    }
}
