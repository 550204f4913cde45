//! Errors as the API answers them: RFC 9457 problem documents. The only place where a store error becomes an answer.

use super::{aside::Panicked, files::FilesError, store::StoreError};
use crate::{domain::document::Fault, error::AppError};
use axum::{
    Json,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says it all.
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// Of a 400: everything that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<Fault>>,
}

impl Problem {
    /// The document that tells of an error.
    pub fn of(error: &AppError) -> Self {
        let (detail, errors) = match error {
            AppError::BadRequest(faults) => {
                (faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "), Some(faults.clone()))
            }
            other => (other.to_string(), None),
        };
        let title = status_of(error).canonical_reason().unwrap_or("Error");
        Self { r#type: "about:blank", title, status: error.status(), detail, errors }
    }
}

fn status_of(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = (status_of(&self), Json(Problem::of(&self))).into_response();
        let also: Option<(HeaderName, String)> = match self {
            Self::SignedOut => Some((header::WWW_AUTHENTICATE, "Bearer".to_owned())),
            Self::BeyondTheEnd(size) => Some((header::CONTENT_RANGE, format!("bytes */{size}"))),
            ref other => other.retry_after().map(|seconds| (header::RETRY_AFTER, seconds.to_string())),
        };
        let kind = (header::CONTENT_TYPE, "application/problem+json".to_owned());
        for (name, value) in also.into_iter().chain([kind]) {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            tracing::warn!(%error, "the database is not available");
            Self::Unavailable
        } else {
            tracing::error!(%error, "a statement failed");
            Self::Internal
        }
    }
}

impl From<Panicked> for AppError {
    fn from(_: Panicked) -> Self {
        Self::Internal
    }
}

impl From<FilesError> for AppError {
    fn from(error: FilesError) -> Self {
        tracing::warn!(%error, "the files of the attachments are not available");
        Self::Unavailable
    }
}
