//! `GET …/runs/{runId}/attachments/{attachmentId}`: the bytes of a file. Nothing that could run is answered as what it
//! says it is, so that no uploaded page or drawing ever runs in our origin.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
    extract::{AttachmentInPath, RunInPath, RunsReader},
    query::{Nothing, Query},
};
use crate::{
    domain::media,
    error::AppError,
    server::{AppState, query::get_run::get_attachment},
};
use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use http_range_header::{EndPosition, StartPosition, parse_range_header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::ops::RangeInclusive;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, ResponseBuilder, Type};

/// What may stand in a file name that a header carries (RFC 8187).
const NOT_IN_HEADER: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'!').remove(b'#').remove(b'&');

/// Whatever a browser should still make of a file: it runs nothing, and loads nothing but itself.
const POLICY: &str = "default-src 'none'; media-src 'self'; sandbox; frame-ancestors 'self'";

/// A run is named with its skill, as everywhere, or by its id alone, which is enough.
pub fn endpoints() -> [Endpoint; 2] {
    let get = |path, id| Endpoint::of_organization(Verb::Get, path, handle, describe(id));
    [
        get("/workflows/{workflow_id}/runs/{run_id}/attachments/{attachment_id}", "getAttachmentOfWorkflowRun"),
        get("/runs/{run_id}/attachments/{attachment_id}", "getAttachment"),
    ]
}

fn describe(id: &str) -> Description {
    let bytes = || {
        let any = ObjectBuilder::new().schema_type(Type::String).content_encoding("binary");
        ContentBuilder::new().schema(Some(any)).build()
    };
    let answer = |description: &str| {
        let served = media::all_served().into_iter();
        served.fold(ResponseBuilder::new().description(description), |answer, kind| answer.content(kind, bytes()))
    };
    Description::new("Reading", id, "The bytes of a file of a run")
        .more(
            "Pictures, sound and text are answered to be shown, everything else as `application/octet-stream` to be saved. \
             A header `Range: bytes=0-1023` asks for a part.",
        )
        .answer(200, answer("All bytes"))
        .answer(206, answer("The bytes of the range"))
        .fails([AppError::unknown_parameter(), AppError::NotFound, AppError::BeyondTheEnd(48_213)])
}

async fn handle(
    RunsReader(access): RunsReader,
    RunInPath(key): RunInPath,
    AttachmentInPath(id): AttachmentInPath,
    _: Query<Nothing>,
    State(state): State<AppState>,
    request: Parts,
) -> Result<Response, AppError> {
    let attachment = get_attachment(&access.org, key, id).await?.ok_or(AppError::NotFound)?;
    let organization_id = access.org.organization_id();
    let size = state.files.size(organization_id, key.id, id).await?.ok_or(AppError::NotFound)?;
    // Only a GET has parts (RFC 9110, section 14.2).
    let part = if request.method == Method::GET { one_range(&request.headers, size)? } else { None };
    let exclusive = part.as_ref().map(|part| *part.start()..part.end() + 1);
    let body = state.files.read(organization_id, key.id, id, exclusive).await?;
    access.opened(key.id);
    let shown = if media::preview(&attachment.media_type).is_some() { "inline" } else { "attachment" };
    let name = utf8_percent_encode(&attachment.name, NOT_IN_HEADER);
    let answer = [
        (header::CONTENT_TYPE, media::served_as(&attachment.media_type).to_owned()),
        (header::CONTENT_DISPOSITION, format!("{shown}; filename*=UTF-8''{name}")),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let length = |bytes: u64| (header::CONTENT_LENGTH, bytes.to_string());
    Ok(match part {
        None => (StatusCode::OK, answer, [length(size)], body).into_response(),
        Some(part) => {
            let place = (header::CONTENT_RANGE, format!("bytes {}-{}/{size}", part.start(), part.end()));
            let bytes = part.end() - part.start() + 1;
            (StatusCode::PARTIAL_CONTENT, answer, [length(bytes), place], body).into_response()
        }
    })
}

/// The range that is asked for. What cannot be understood is not heeded, nor is a range of a version that we cannot
/// tell from the present one (RFC 9110, section 14).
fn one_range(headers: &HeaderMap, size: u64) -> Result<Option<RangeInclusive<u64>>, AppError> {
    let asked = headers.get(header::RANGE).filter(|_| !headers.contains_key(header::IF_RANGE));
    let Some(Ok(asked)) = asked.and_then(|asked| asked.to_str().ok()).map(parse_range_header) else { return Ok(None) };
    let [range] = asked.ranges.as_slice() else { return Ok(None) };
    let last = size.checked_sub(1).ok_or(AppError::BeyondTheEnd(size))?;
    let start = match range.start {
        StartPosition::Index(first) if first > last => return Err(AppError::BeyondTheEnd(size)),
        StartPosition::Index(first) => first,
        StartPosition::FromLast(count) => size.saturating_sub(count),
    };
    let end = match range.end {
        EndPosition::Index(end) => end.min(last),
        EndPosition::LastByte => last,
    };
    Ok((start <= end).then_some(start..=end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(asked: &str, size: u64) -> Result<Option<RangeInclusive<u64>>, AppError> {
        one_range(&HeaderMap::from_iter([(header::RANGE, asked.parse().unwrap())]), size)
    }

    #[test]
    fn one_range_within_the_file_is_answered() {
        for (asked, part) in [
            ("bytes=0-9", Some(0..=9)),
            ("bytes=90-", Some(90..=99)),
            ("bytes=-10", Some(90..=99)),
            ("bytes=-1000", Some(0..=99)),
            ("bytes=9-5", None),
            ("bytes=0-1000", Some(0..=99)),
            ("bytes=0-1,5-9", None),
            ("bytes=x", None),
            ("lines=0-9", None),
        ] {
            assert_eq!(range(asked, 100), Ok(part), "{asked}");
        }
        assert_eq!(range("bytes=100-", 100), Err(AppError::BeyondTheEnd(100)));
        assert_eq!(range("bytes=0-", 0), Err(AppError::BeyondTheEnd(0)));
    }
}
