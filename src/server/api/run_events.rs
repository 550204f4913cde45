//! `GET …/workflows/runs/events/`: runs as they are written, as server-sent events.

use super::{
    describe::{self, Description, query_parameter, text},
    endpoint::{Endpoint, Verb},
    extract::{LastEventId, StandingReader},
    params::{self, FilterParams},
    query::{self, Query, QueryParams},
};
use crate::{
    domain::{
        change::{Position, RUN_CREATED, RUN_LEFT, RUN_UPDATED, RunEvent, RunLeft},
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
use utoipa::openapi::{
    ContentBuilder, ObjectBuilder, Required, ResponseBuilder,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

const MEDIA_TYPE: &str = "text/event-stream";

const AFTER: &str = "after";

/// What a stream of events asks for: the filters of a list, and from where on.
#[derive(Debug, Default)]
struct EventParams {
    filters: FilterParams,
    after: Option<Position>,
}

impl QueryParams for EventParams {
    fn read(&mut self, name: &str, text: &str) -> Option<Result<(), String>> {
        match name {
            AFTER => Some(query::value(text).map(|after| self.after = Some(after))),
            name => self.filters.read(name, text),
        }
    }
}

/// From where on events are told, as a parameter and as a header.
fn places() -> [Parameter; 2] {
    let event_id: fn() -> ObjectBuilder =
        || text(Some("^[0-9]{1,18}([.][0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")).examples(["4711"]);
    let header = ParameterBuilder::new()
        .name("Last-Event-ID")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The `id` of the last event that was read"))
        .schema(Some(event_id()));
    [query_parameter(AFTER, "As `Last-Event-ID`, which counts before it", event_id()).build(), header.build()]
}

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
        .chain(places())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ids::AiEmployeeId, scope::LogsScope, time::Timestamp},
        logs_query::LogsQuery,
        server::api::{params::ListParams, query::parse},
    };

    #[test]
    fn p51_a_page_hears_of_what_its_list_asks_for() {
        let id = "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d";
        let nora = AiEmployeeId(id.parse().unwrap());
        for scope in [LogsScope::Organization, LogsScope::Teammate(nora), LogsScope::TeammateApi(nora)] {
            for search in [
                "page=3&q=wet".to_owned(),
                "status=failed&channel=a+%26+b%3D&model=%E6%A8%A1&duration=1-10s&tokens=gt10k".to_owned(),
                format!("skill={id}&teammate=00000000-0000-4000-8000-000000000001&duration=5..&tokens=..100"),
                "date=2026-11-20T10:00:00Z..2026-11-21T10:00:00.123Z".to_owned(),
            ] {
                let query = LogsQuery::parse(&search);
                let listed = scope.narrow(query.filters.to_run_filter(Timestamp::EPOCH));
                let heard: EventParams = parse(&query.watched(scope, None)).unwrap();
                assert_eq!(heard.filters.filter, listed, "{search}");
            }
        }
    }

    #[test]
    fn a_stream_takes_the_filters_of_a_list_and_nothing_of_its_page() {
        let params: EventParams = parse("status=failed&state[region]=eu&after=12&channel=api").unwrap();
        let list: ListParams = parse("status=failed&state[region]=eu&channel=api").unwrap();
        assert_eq!((params.filters.filter, params.after), (list.filter, Some(Position::after(12))));
        let Err(AppError::BadRequest(faults)) = parse::<EventParams>("page=1&limit=2&exclude=flow&after=x") else {
            panic!("it is refused")
        };
        let named: Vec<_> = faults.iter().map(|fault| fault.param.as_str()).collect();
        assert_eq!(named, ["page", "limit", "exclude", "after"]);
    }
}
