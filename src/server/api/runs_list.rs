//! `GET …/workflows/runs/`: the list.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
    examples,
    extract::RunsReader,
    params::{self, ListParams},
    query::Query,
};
use crate::{
    domain::{
        document::Fault,
        page::{Page, PageRequest},
        run::Run,
        run_match::{RunMatch, Searched},
    },
    error::AppError,
    server::{
        AppState, ListAsked,
        kept::Kept,
        query::{list_runs, run_view::unwritable, search_runs},
        store::OrgDb,
    },
};
use axum::{
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// A page of runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunPage)]
struct Answer {
    /// Newest first by `created_at`, then by `id`.
    data: Vec<ListedRun>,
    pagination: Pagination,
    /// With `q` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<Search>,
}

/// A run of a list.
#[derive(Debug, Serialize, ToSchema)]
struct ListedRun {
    #[serde(flatten)]
    run: Run,
    /// Where `q` was found in it, with `q` alone; absent when its texts have changed since.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    found: Option<RunMatch>,
}

/// How a search went.
#[derive(Debug, Serialize, ToSchema)]
struct Search {
    /// How long it took, in milliseconds.
    took_ms: u64,
    /// How many of the runs written last are not searched yet; of more than 10,000 it says that.
    behind: u64,
}

/// Which page it is, and of how many.
#[derive(Debug, Serialize, ToSchema)]
struct Pagination {
    page: u64,
    limit: u64,
    /// How many runs fit, on all pages together, or at least fit.
    total: u64,
    /// True when there may be more than that; else absent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    total_capped: bool,
    total_pages: u64,
}

impl Answer {
    fn new(page: Page<Run>, searched: Option<Searched>) -> Self {
        let pagination = Pagination {
            page: page.request.page.get(),
            limit: page.request.limit.get(),
            total: page.total.rows,
            total_capped: page.total.is_capped,
            total_pages: page.total_pages(),
        };
        let search = searched.as_ref().map(|searched| Search { took_ms: searched.took_ms, behind: searched.behind });
        let found_in = |id| searched.as_ref().and_then(|searched| searched.found_in(id)).cloned();
        let data = page.rows.into_iter().map(|run| ListedRun { found: found_in(run.id), run }).collect();
        Self { data, pagination, search }
    }
}

pub fn endpoint() -> Endpoint {
    let page = Page { rows: vec![examples::listed_run()], request: PageRequest::default(), total: 12_481.into() };
    let example = Answer::new(page, None);
    let faults = vec![
        Fault::new("limit", "must be a whole number from 1 to 100"),
        Fault::new("stauts", "is not a parameter here"),
    ];
    let description = Description::new("Reading", "listRuns", "The runs of an organization, newest first")
        .more(
            "A run is listed when it fits every parameter that is given. A parameter that is unknown, given twice or malformed is a \
             400 that names it; one that begins with `_` is not heeded. Without `exclude` each run has its whole `flow` and `state`. \
             `pagination.total_capped` is true when there may be more runs than were counted. With `trigger_id` or `state` no more than \
             10,000 are counted (with `duration` and `tokens` above 4,294,967,293 too, where some run has as much); more are on the pages after `total_pages`. Together with other filters, and with `ended` and `finished`, \
             all of them are found where one of these parameters leads to less than 20,000 runs, or no more than 10,000 fit those that \
             the page has a menu for; else the newest 20,000 are looked at, up to the end of `started` if it has one. With `q` the newest 10,000 are counted and listed. Runs are searched a moment after they were written, and `search.behind` says how many are not yet.",
        );
    let description = params::described()
        .into_iter()
        .fold(description, Description::parameter)
        .answers::<Answer>(200, "A page of runs", json!(example))
        .fails([AppError::BadRequest(faults)]);
    Endpoint::of_organization(Verb::Get, "/workflows/runs/", handle, description)
}

/// Answers a page of the runs that the parameters ask for.
async fn handle(
    RunsReader(access): RunsReader,
    State(state): State<AppState>,
    Query(params): Query<ListParams>,
) -> Result<Response, AppError> {
    let key = (access.org.organization_id(), params);
    // What is kept is answered without asking twice.
    let kept = access.stamp.and_then(|stamp| state.asked.kept_lists.get(&key, stamp));
    if let Some(body) = kept {
        return Ok(answer(body));
    }
    let list = {
        let (state, key) = (state.clone(), key.clone());
        move || {
            let (state, key, org) = (state.clone(), key.clone(), access.org.clone());
            async move { Box::pin(kept_list(&state.asked.kept_lists, &org, key)).await }
        }
    };
    let body = state.asked.lists.ask(key, list).await.ok_or(AppError::Unavailable)??;
    Ok(answer(body))
}

fn answer(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// As it was answered last, if nothing has changed since. What is found by words changes as it is indexed; questions about
/// state may be long themselves, and are not kept either.
async fn kept_list(kept: &Kept<ListAsked>, org: &OrgDb, key: ListAsked) -> Result<Bytes, AppError> {
    let (_, params) = &key;
    if params.search.is_some() || !params.filter.state.is_empty() {
        return list(org, params).await;
    }
    let stamp = org.stamp().await?;
    if let Some(body) = kept.get(&key, stamp) {
        return Ok(body);
    }
    let body = list(org, params).await?;
    kept.keep(key, stamp, body.clone());
    Ok(body)
}

async fn list(org: &OrgDb, params: &ListParams) -> Result<Bytes, AppError> {
    let ListParams { filter, search, request, columns } = params;
    let answer = match search {
        None => Answer::new(list_runs::runs(org, filter, *request, *columns).await?, None),
        Some(query) => {
            let found = Box::pin(search_runs::runs(org, query, filter, *request, *columns)).await?;
            Answer::new(found.page, Some(found.searched))
        }
    };
    // Without the room to grow that it was written in.
    serde_json::to_vec(&answer).map(|body| Bytes::from(body.into_boxed_slice())).map_err(unwritable)
}
