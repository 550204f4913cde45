//! `GET …/workflows/runs/events/`: runs as they are written, as server-sent events.

use super::{
    describe::{self, Description},
    endpoint::{Endpoint, Verb},
    extract::{LastEventId, StandingReader},
    params::{self, EventParams},
    query::Query,
};
use crate::{
    domain::{
        change::{RUN_CREATED, RUN_LEFT, RUN_UPDATED, RunEvent, RunLeft},
        document::Fault,
    },
    error::AppError,
    server::AppState,
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use utoipa::openapi::{ContentBuilder, ResponseBuilder};

const MEDIA_TYPE: &str = "text/event-stream";

pub fn endpoint() -> Endpoint {
    let stream = ContentBuilder::new().schema(Some(describe::text(None))).build();
    let description = Description::new("Reading", "streamRunEvents", "Runs as they are written")
        .more(format!(
            "Server-sent events without end, of the runs that fit the parameters: `{RUN_CREATED}` with a `RunEvent` for a run that \
             was not there at the event told last, `{RUN_UPDATED}` with a `RunEvent` for one that was, and `{RUN_LEFT}` with a `RunLeft` \
             for one that was written and does not fit, whether it did before or not, or that is not there any more, and then has no \
             `status`. A run that was written several times is told of \
             once, as it is then; one may be told of twice.\n\nWith the header `Last-Event-ID`, which browsers send by themselves when \
             they come again, or else with `after`, the stream begins with what was written since that event, however long ago; `0` is \
             before all. Without them it begins now. A comment comes every 15 seconds. The stream ends when its credentials do."
        ))
        .names::<RunEvent>()
        .names::<RunLeft>();
    let description = params::described_filters()
        .into_iter()
        .chain([params::described_after(), params::described_last_event_id()])
        .fold(description, Description::parameter)
        .answer(200, ResponseBuilder::new().description("Events").content(MEDIA_TYPE, stream))
        .fails([AppError::BadRequest(vec![Fault::new("page", "is not a parameter here")]), AppError::TooMany(10)]);
    Endpoint::of_organization(Verb::Get, "/workflows/runs/events/", handle, description).without_timeout()
}

/// Tells of runs for as long as the reader may read and does.
async fn handle(
    StandingReader(standing): StandingReader,
    Query(params): Query<EventParams>,
    LastEventId(last): LastEventId,
    State(state): State<AppState>,
) -> Result<Response, AppError> {
    let live = state.live.clone();
    let events = live.events(state, standing, params.filters.filter, last.or(params.after)).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
        // Proxies would keep it back until there is more.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(events)).into_response())
}
