//! What server functions run: access first, then the query layer. Called over HTTP by the browser, and directly
//! while a page is rendered.

use super::{
    AppState,
    auth::access::{self, Access},
    clock,
    policy::Policy,
    query::{self, run_view::Asked, search_runs::Found},
    routes::{Kind, Route},
    search::query::SearchQuery,
    store::OrgDb,
};
use crate::{
    domain::{
        access::Scope,
        filter::RunFilter,
        ids::{ConversationId, OrganizationId, RunId},
        packed::Packed,
        page::{Page, PageRequest, PageSize},
        payload::{Payload, PayloadKey},
        run::RunSummary,
        run_match::Searched,
        run_view::{FilterOptions, FoundBy, FoundRun, RunsAnswer, StepsView},
        scope::LogsScope,
        search::Search,
        summary::RunsSummary,
        unread::Unread,
    },
    error::AppError,
    logs_query::LogsQuery,
    paths, server_fns,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::{
    prelude::*,
    server_fn::{ServerFn, axum::server_fn_paths, error::SERVER_FN_ERROR_HEADER},
};
use leptos_axum::handle_server_fns_with_context;
use serde::Serialize;

/// The largest error that is read back to find its status.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// Who may call which server function. One that is not in here is answered 401.
const POLICIES: [(&str, Policy); 6] = [
    (server_fns::GetFilterOptions::PATH, Policy::Organization(Scope::RunsRead)),
    (server_fns::GetPayload::PATH, Policy::Organization(Scope::RunsRead)),
    (server_fns::GetRun::PATH, Policy::Organization(Scope::RunsRead)),
    (server_fns::GetSteps::PATH, Policy::Organization(Scope::RunsRead)),
    (server_fns::GetSummary::PATH, Policy::Organization(Scope::RunsRead)),
    (server_fns::ListRuns::PATH, Policy::Organization(Scope::RunsRead)),
];

fn policy_of(path: &str) -> Option<Policy> {
    POLICIES.iter().find(|(known, _)| *known == path).map(|(_, policy)| *policy)
}

/// The server functions, as routes.
pub fn listed() -> Vec<Route> {
    let functions = server_fn_paths();
    functions
        .map(|(path, method)| Route {
            method: method.to_string(),
            path: path.to_owned(),
            kind: Kind::ServerFunction,
            policy: policy_of(path).unwrap_or(Policy::Nobody),
        })
        .collect()
}

/// Answers a call of a server function. Leptos redirects a failed call to its `Referer` when it asks for HTML; no
/// call of ours does, so that is never said.
pub async fn handle(State(state): State<AppState>, mut request: Request<Body>) -> Response {
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let known = server_fn_paths().any(|(path, method)| path == request.uri().path() && method == request.method());
    if !known {
        return AppError::NotFound.into_response();
    }
    if policy_of(request.uri().path()).is_none() {
        return AppError::SignedOut.into_response();
    }
    let response =
        handle_server_fns_with_context(move || provide_context(state.clone()), request).await.into_response();
    if response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        with_status_of_error(response).await
    } else {
        response
    }
}

/// A failed call is always a 500 to Leptos; its error knows better.
async fn with_status_of_error(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, MAX_ERROR_BYTES).await else {
        return AppError::Internal.into_response();
    };
    let status = AppError::de(bytes.clone()).status();
    parts.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Response::from_parts(parts, bytes.into())
}

/// A page of a logs surface, as its URL says it.
pub async fn list_runs(
    organization_id: OrganizationId,
    scope: LogsScope,
    search: &str,
    size: PageSize,
) -> Result<Packed<RunsAnswer>, AppError> {
    let query = LogsQuery::parse(search);
    let request = PageRequest { page: query.page, limit: size.into() };
    let access = reader(organization_id).await?;
    // Before the list: a write between the two is told twice, and not never.
    let as_of = access.org.last_change().await?;
    if let Some(text) = query.sought() {
        let filter = scope.narrow(query.filters.to_run_filter(clock::now()));
        let found = search_all(&access, &text, &filter, request).await?;
        let searched = Some(found.searched);
        return packed(&RunsAnswer { page: found.page, as_of, found_by: None, searched, removed: None });
    }
    let (filter, kind) = Box::pin(meant(&access.org, scope, &query)).await?;
    let page = Box::pin(query::list_runs::summaries(&access.org, &filter, request)).await?;
    let found_by = kind.filter(|_| page.total.rows > 0);
    let removed = match filter.run_id.filter(|_| page.total.rows == 0) {
        Some(run_id) => removed(&access, run_id).await?,
        None => None,
    };
    packed(&RunsAnswer { page, as_of, found_by, searched: None, removed })
}

/// What is found in all runs, or why a text cannot be looked for.
async fn search_all(
    access: &Access,
    text: &str,
    filter: &RunFilter,
    request: PageRequest,
) -> Result<Found<RunSummary>, AppError> {
    match SearchQuery::parse(text) {
        Ok(query) => Ok(Box::pin(query::search_runs::summaries(&access.org, &query, filter, request)).await?),
        Err(problem) => Ok(Found {
            page: Page { rows: Vec::new(), request, total: 0.into() },
            searched: Searched { problem: Some(problem.to_string()), ..Searched::default() },
        }),
    }
}

/// Which runs a URL asks a surface for, and by what the id in its search box finds them.
async fn meant(org: &OrgDb, scope: LogsScope, query: &LogsQuery) -> Result<(RunFilter, Option<FoundBy>), AppError> {
    let filter = scope.narrow(query.filters.to_run_filter(clock::now()));
    let by_run = |id| (RunFilter { run_id: Some(RunId(id)), ..filter.clone() }, Some(FoundBy::Run));
    Ok(match query.search() {
        Search::Empty | Search::Text(_) => (filter, None),
        Search::RunLink(id) => by_run(id),
        // An id is a conversation's, and a run's where no conversation has it (P-20).
        Search::Id(id) => {
            let by_conversation = RunFilter { conversation_id: Some(ConversationId(id)), ..filter.clone() };
            if query::list_runs::total(org, &by_conversation).await? > 0 {
                (by_conversation, Some(FoundBy::Conversation))
            } else {
                by_run(id)
            }
        }
    })
}

/// What the menus of the filters offer, with how many runs each option would give.
pub async fn get_filter_options(
    organization_id: OrganizationId,
    scope: LogsScope,
    search: &str,
) -> Result<Packed<FilterOptions>, AppError> {
    let access = reader(organization_id).await?;
    let query = LogsQuery::parse(search);
    let (filter, _) = Box::pin(meant(&access.org, scope, &query)).await?;
    let options = Box::pin(query::filter_options::filter_options(&access.org, &filter, clock::now())).await?;
    // What words would find under each option is not counted.
    let counts = options.counts.filter(|_| query.sought().is_none());
    packed(&FilterOptions { counts, ..options })
}

/// What the runs come to that a URL asks a surface for.
pub async fn get_summary(
    organization_id: OrganizationId,
    scope: LogsScope,
    search: &str,
) -> Result<Unread<RunsSummary>, AppError> {
    let access = reader(organization_id).await?;
    let (filter, _) = Box::pin(meant(&access.org, scope, &LogsQuery::parse(search))).await?;
    unread(&Box::pin(query::summary::summary(&access.org, &filter, clock::now())).await?)
}

/// One run with everything that it shows, or the organization of the viewer that has it.
pub async fn get_run(
    organization_id: OrganizationId,
    run_id: RunId,
    scope: LogsScope,
    search: &str,
    size: PageSize,
) -> Result<Packed<FoundRun>, AppError> {
    let access = reader(organization_id).await?;
    let asked = Asked { scope, filters: LogsQuery::parse(search).filters, size, now: clock::now() };
    if let Some(run) = Box::pin(query::run_view::expanded(&access.org, run_id, &asked)).await? {
        access.opened(run_id);
        return packed(&FoundRun::Here(Box::new(run)));
    }
    let elsewhere = Box::pin(elsewhere(organization_id, run_id)).await?;
    let found = match elsewhere {
        Some(elsewhere) => Some(elsewhere),
        None => removed(&access, run_id).await?.map(FoundRun::Removed),
    };
    packed(&found.ok_or(AppError::NotFound)?)
}

/// What is said of a run that was here, if anything is.
async fn removed(access: &Access, run_id: RunId) -> Result<Option<String>, AppError> {
    let removed = access.org.removed_run(run_id).await?;
    Ok(removed.and_then(|removed| removed.sentence()))
}

/// The run in another organization of the same person, where a page of theirs lists it.
async fn elsewhere(organization_id: OrganizationId, run_id: RunId) -> Result<Option<FoundRun>, AppError> {
    let (state, parts) = request()?;
    let Some(session) = Box::pin(access::session(&state, &parts.headers)).await? else { return Ok(None) };
    let viewer = Box::pin(session.viewer(&state)).await?;
    let others = viewer.memberships.into_iter().filter(|other| other.organization_id != organization_id);
    for other in others {
        // With a token, which is of one organization, the others are not to be seen.
        let Ok(access) = reader(other.organization_id).await else { continue };
        let found = Box::pin(query::get_run::get_run_alone(&access.org, run_id)).await?;
        if let Some(scope) = found.and_then(|run| LogsScope::that_shows(&run, other.role)) {
            return Ok(Some(FoundRun::InAnother {
                organization_id: other.organization_id,
                organization_name: other.organization_name,
                href: paths::run(scope, run_id),
            }));
        }
    }
    Ok(None)
}

/// Steps of a run from `offset` on.
pub async fn get_steps(
    organization_id: OrganizationId,
    run_id: RunId,
    offset: u64,
) -> Result<Unread<StepsView>, AppError> {
    let access = reader(organization_id).await?;
    let steps = query::run_view::steps(&access.org, run_id, offset).await?.ok_or(AppError::NotFound)?;
    access.opened(run_id);
    unread(&steps)
}

/// One payload of a run, whole.
pub async fn get_payload(organization_id: OrganizationId, run_id: RunId, key: PayloadKey) -> Result<Payload, AppError> {
    let access = reader(organization_id).await?;
    let payload = query::get_run::get_payload(&access.org, run_id.into(), &key).await?.ok_or(AppError::NotFound)?;
    access.opened(run_id);
    Ok(payload)
}

fn packed<T: Serialize>(value: &T) -> Result<Packed<T>, AppError> {
    Packed::new(value).map_err(|error| {
        tracing::error!(%error, "an answer cannot be packed");
        AppError::Internal
    })
}

fn unread<T: Serialize>(value: &T) -> Result<Unread<T>, AppError> {
    Unread::new(value).map_err(query::run_view::unwritable)
}

fn request() -> Result<(AppState, Parts), AppError> {
    use_context::<AppState>().zip(use_context::<Parts>()).ok_or(AppError::Internal)
}

async fn reader(organization_id: OrganizationId) -> Result<Access, AppError> {
    let (state, parts) = request()?;
    Box::pin(access::authorize(&state, &parts.headers, organization_id)).await?.to_read_runs()
}
