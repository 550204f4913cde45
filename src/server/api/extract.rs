//! Extractors whose refusals are problem documents, unlike axum's own.

use super::super::{
    AppState,
    auth::access::{self, Access, Standing},
    otlp::receive::Encoding,
};
use crate::{
    domain::{
        change::{InvalidPosition, Position},
        document::Fault,
        ids::{AttachmentId, OrganizationId},
        run::RunKey,
    },
    error::AppError,
};
use axum::{
    body::Bytes,
    extract::{ConnectInfo, FromRequest, FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
};
use futures_util::TryStreamExt;
use serde::de::DeserializeOwned;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    str::FromStr,
};
use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;

/// The header by which browsers say how far a stream came.
pub const LAST_EVENT_ID: &str = "last-event-id";

/// Access to read the runs of the organization in the path. A handler that takes it cannot be reached without.
pub struct RunsReader(pub Access);

impl FromRequestParts<AppState> for RunsReader {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        Ok(Self(organization_access(parts, state).await?.to_read_runs()?))
    }
}

/// The same for long, see [`Standing`].
pub struct StandingReader(pub Standing);

impl FromRequestParts<AppState> for StandingReader {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let RunsReader(access) = RunsReader::from_request_parts(parts, state).await?;
        Ok(Self(Standing::new(access, &parts.headers)))
    }
}

/// Which event the reader of a stream was told last, when it says so.
pub struct LastEventId(pub Option<Position>);

impl FromRequestParts<AppState> for LastEventId {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, AppError> {
        let Some(id) = parts.headers.get(LAST_EVENT_ID) else { return Ok(Self(None)) };
        let position = id.to_str().map_err(|_| InvalidPosition).and_then(str::parse);
        let position =
            position.map_err(|error| AppError::BadRequest(vec![Fault::new(LAST_EVENT_ID, error.to_string())]));
        position.map(|position| Self(Some(position)))
    }
}

/// Access to write runs into the organization in the path.
pub struct RunsWriter(pub Access);

impl FromRequestParts<AppState> for RunsWriter {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        Ok(Self(organization_access(parts, state).await?.to_write_runs()?))
    }
}

/// Access to write runs into the organization whose token is sent.
pub struct OwnRunsWriter(pub Access);

impl FromRequestParts<AppState> for OwnRunsWriter {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        Ok(Self(access::of_token(state, &parts.headers).await?.to_write_runs()?))
    }
}

/// `checkOrganizationAccess` for the organization in the path.
async fn organization_access(parts: &mut Parts, state: &AppState) -> Result<Access, AppError> {
    let params = path_params(parts, state).await.ok();
    // An id that is none belongs to no organization of the caller's; it is told no more than any other.
    let organization_id = params.and_then(|params| path_id(&params, "organization_id"));
    let organization_id = organization_id.unwrap_or(OrganizationId(uuid::Uuid::nil()));
    access::authorize(state, &parts.headers, organization_id).await
}

/// The run in the path, and its skill where the path has one. What is no id names nothing that exists.
pub struct RunInPath(pub RunKey);

impl FromRequestParts<AppState> for RunInPath {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let params = path_params(parts, state).await?;
        let names_skill = params.iter().any(|(name, _)| name == "workflow_id");
        let workflow_id = path_id(&params, "workflow_id");
        if names_skill && workflow_id.is_none() {
            return Err(AppError::NotFound);
        }
        Ok(Self(RunKey { id: path_id(&params, "run_id").ok_or(AppError::NotFound)?, workflow_id }))
    }
}

/// The attachment in the path.
pub struct AttachmentInPath(pub AttachmentId);

impl FromRequestParts<AppState> for AttachmentInPath {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let params = path_params(parts, state).await?;
        path_id(&params, "attachment_id").map(Self).ok_or(AppError::NotFound)
    }
}

async fn path_params(parts: &mut Parts, state: &AppState) -> Result<RawPathParams, AppError> {
    RawPathParams::from_request_parts(parts, state).await.map_err(|_| AppError::NotFound)
}

fn path_id<T: FromStr>(params: &RawPathParams, name: &str) -> Option<T> {
    params.iter().find(|(key, _)| *key == name)?.1.parse().ok()
}

/// The address of the client: the connection's, or what the trusted proxy at its other end says.
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let is_proxy = state.settings.trusted_proxy.parse() == Ok(peer);
        Ok(Self(if is_proxy { forwarded_for(&parts.headers).unwrap_or(peer) } else { peer }))
    }
}

/// The last address that was added, which is the proxy's own word; those before are anybody's.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// How many bytes the body of this request may have, where that is not what all others may.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub usize);

/// The bytes of a body that says it is JSON.
pub struct JsonBytes(pub Bytes);

impl FromRequest<AppState> for JsonBytes {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        require_type(request.headers(), &["application/json"])?;
        whole_body(request, state).await.map(Self)
    }
}

/// The bytes of a body that says it is a merge patch, or JSON, which a patch is.
pub struct PatchBytes(pub Bytes);

impl FromRequest<AppState> for PatchBytes {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        require_type(request.headers(), &["application/merge-patch+json", "application/json"])?;
        whole_body(request, state).await.map(Self)
    }
}

/// The bytes of an export request of OpenTelemetry.
pub struct OtlpBody {
    pub encoding: Encoding,
    pub bytes: Bytes,
}

impl FromRequest<AppState> for OtlpBody {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        if is_compressed(request.headers()) {
            return Err(AppError::UnsupportedMediaType);
        }
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let encoding = Encoding::from_content_type(content_type.unwrap_or_default());
        let encoding = encoding.map_err(|_| AppError::UnsupportedMediaType)?;
        Ok(Self { encoding, bytes: whole_body(request, state).await? })
    }
}

/// A file of any type.
pub struct FileBody {
    pub media_type: String,
    pub bytes: Bytes,
}

impl FromRequest<AppState> for FileBody {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        if is_compressed(request.headers()) {
            return Err(AppError::UnsupportedMediaType);
        }
        let media_type = request.headers().get(header::CONTENT_TYPE).map_or(Ok(UNKNOWN_TYPE), HeaderValue::to_str);
        let media_type = media_type.map_err(|_| AppError::UnsupportedMediaType)?.to_owned();
        Ok(Self { media_type, bytes: whole_body(request, state).await? })
    }
}

/// What a file is that does not say what it is (RFC 9110, section 8.3).
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// All of a body, which has its limit.
async fn whole_body(request: Request, state: &AppState) -> Result<Bytes, AppError> {
    let limit = request.extensions().get::<BodyLimit>().map_or(state.settings.max_body_bytes, |limit| limit.0);
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge(limit as u64),
        _ => AppError::BadRequest(vec![Fault::new("", "the body did not arrive whole")]),
    })
}

fn is_compressed(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity")
}

/// Only a body that says it is of one of these types, and that is not compressed any more.
fn require_type(headers: &HeaderMap, wanted: &[&str]) -> Result<(), AppError> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let is_wanted = wanted.iter().any(|wanted| essence.eq_ignore_ascii_case(wanted));
    if is_wanted && !is_compressed(headers) { Ok(()) } else { Err(AppError::UnsupportedMediaType) }
}

/// A body of JSON documents, one a line, as it comes.
pub struct LinesBody(pub Pin<Box<dyn AsyncRead + Send>>);

impl FromRequest<AppState> for LinesBody {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, AppError> {
        require_type(request.headers(), &["application/x-ndjson"])?;
        let chunks = request.into_body().into_data_stream().map_err(io::Error::other);
        Ok(Self(Box::pin(StreamReader::new(chunks))))
    }
}

/// A JSON body.
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        let JsonBytes(bytes) = JsonBytes::from_request(request, state).await?;
        // Left to itself, serde also takes an array with the members in order.
        if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
            return Err(AppError::BadRequest(vec![Fault::new("", "must be a JSON object")]));
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            // The message of a wrong type would quote the value, which may be a password.
            let message = match error.inner().classify() {
                serde_json::error::Category::Data => "is missing, unknown or not of its type",
                _ => "is not JSON",
            };
            AppError::BadRequest(vec![Fault::new(if path == "." { "" } else { &path }, message)])
        })?;
        let rest = reader.end().map_err(|_| AppError::BadRequest(vec![Fault::new("", "goes on after its end")]));
        rest.map(|()| Self(read))
    }
}
