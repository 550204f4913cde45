//! What server functions run: access first, then the query layer. Called over HTTP by the browser, and directly
//! while a page is rendered.

use super::{
    AppState,
    auth::access::{self, Access},
    clock,
    policy::Policy,
    query::{get_run, list_runs},
    routes::{Kind, Route},
};
use crate::{
    domain::{
        access::Scope,
        ids::{OrganizationId, RunId},
        page::{Page, PageRequest, PageSize},
        run::{RunDetail, RunSummary},
        scope::LogsScope,
    },
    error::AppError,
    logs_query::LogsQuery,
    server_fns::{GetRun, ListRuns},
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

/// The largest error that is read back to find its status.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// Who may call which server function. One that is not in here is answered 401.
const POLICIES: [(&str, Policy); 2] =
    [(ListRuns::PATH, Policy::Organization(Scope::RunsRead)), (GetRun::PATH, Policy::Organization(Scope::RunsRead))];

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
    let status = serde_json::from_slice(&bytes).map_or(500, |error: AppError| error.status());
    parts.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Response::from_parts(parts, bytes.into())
}

/// A page of a logs surface, as its URL says it.
pub async fn list_runs(
    organization_id: OrganizationId,
    scope: LogsScope,
    search: &str,
    size: PageSize,
) -> Result<Page<RunSummary>, AppError> {
    let query = LogsQuery::parse(search);
    let filter = scope.narrow(query.filters.to_run_filter(clock::now()));
    let request = PageRequest { page: query.page, limit: size.into() };
    let access = reader(organization_id).await?;
    Ok(Box::pin(list_runs::summaries(&access.org, &filter, request)).await?)
}

/// One run with everything inside it.
pub async fn get_run(organization_id: OrganizationId, run_id: RunId) -> Result<RunDetail, AppError> {
    let access = reader(organization_id).await?;
    let detail = get_run::get_run(&access.org, run_id.into()).await?.ok_or(AppError::NotFound)?;
    access.opened(run_id);
    Ok(detail)
}

async fn reader(organization_id: OrganizationId) -> Result<Access, AppError> {
    let (Some(state), Some(parts)) = (use_context::<AppState>(), use_context::<Parts>()) else {
        return Err(AppError::Internal);
    };
    Box::pin(access::authorize(&state, &parts.headers, organization_id)).await?.to_read_runs()
}
