//! Pages: who may open one, the forms that work without a script, and the rendering.

use super::{
    AppState,
    api::extract::ClientAddress,
    auth::{access, cookie},
    clock, guard,
    policy::Policy,
    query::sign_in,
    routes::{Kind, Route},
};
use crate::{
    app::{App, shell},
    context::{Boot, SetStatus},
    domain::{
        frame::{Frame, Teammate},
        ids::OrganizationId,
        page::PageSize,
        theme::Theme,
    },
    error::AppError,
    paths,
    ui::hooks::{page_size, theme},
};
use axum::{
    Form, Router,
    extract::{OriginalUri, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::{ResponseOptions, generate_route_list};
use serde::Deserialize;

/// The pages, the forms, and the page for whatever is no route at all.
pub fn routes(state: &AppState) -> Router<AppState> {
    let page = get(render);
    // Not by `leptos_routes`, which would register the server functions a second time, past their own handler.
    let pages = generate_route_list(App)
        .into_iter()
        .fold(Router::new(), |pages, listed| pages.route(listed.path(), page.clone()));
    pages
        .route(paths::START, page)
        .fallback(render)
        .layer(middleware::from_fn_with_state(state.clone(), gate))
        .route(paths::LOGIN, post(sign_in_form))
        .route(paths::LOGOUT, post(sign_out_form))
        .route(paths::ORGANIZATION, post(switch_form))
}

/// The pages and their forms, as routes.
pub fn listed() -> Vec<Route> {
    let policy = |path: &str| if path == paths::LOGIN { Policy::Public } else { Policy::Page };
    let route = |method: &str, path: &str, kind, policy| Route {
        method: method.to_owned(),
        path: path.to_owned(),
        kind,
        policy,
    };
    let pages = generate_route_list(App).into_iter();
    pages
        .map(|page| route("GET", page.path(), Kind::Page, policy(page.path())))
        .chain([
            route("GET", paths::START, Kind::Page, Policy::Page),
            route("POST", paths::LOGIN, Kind::Form, Policy::Public),
            route("POST", paths::LOGOUT, Kind::Form, Policy::Public),
            route("POST", paths::ORGANIZATION, Kind::Form, Policy::Page),
        ])
        .collect()
}

/// Gives a page its boot, and its answer its policy.
fn provide(state: &AppState) {
    provide_context(state.clone());
    if let Some(boot) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Boot>().cloned()) {
        provide_context(boot);
    }
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if let Some(nonce) = use_nonce()
        && let Ok(policy) = HeaderValue::from_str(&guard::page_policy(&nonce))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    provide_context(SetStatus::new(move |status| {
        if let Ok(status) = StatusCode::from_u16(status) {
            response.set_status(status);
        }
    }));
}

/// Lets a page be rendered for whoever is signed in; sends everybody else to sign in, and back.
async fn gate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    // A request line without a path, which a proxy would send; Leptos cannot take it.
    if request.uri().path_and_query().is_none() {
        return AppError::NotFound.into_response();
    }
    let at_login = request.uri().path() == paths::LOGIN;
    let frame = frame(&state, request.headers()).await;
    match &frame {
        Err(AppError::SignedOut) if !at_login => {
            let here = request.extensions().get::<OriginalUri>().map_or(request.uri(), |OriginalUri(uri)| uri);
            let here = here.path_and_query().map_or(paths::LOGS, |here| here.as_str());
            return Redirect::to(&paths::login_then(here)).into_response();
        }
        Ok(frame) if request.uri().path() == paths::START && request.method().is_safe() => {
            return Redirect::to(&frame.start()).into_response();
        }
        Ok(_) if at_login => return Redirect::to(&next_in(request.uri().query())).into_response(),
        _ => {}
    }
    let cookies = CookieJar::from_headers(request.headers());
    let page_size = PageSize::from_stored(cookies.get(page_size::COOKIE).map(Cookie::value));
    let theme = Theme::from_stored(cookies.get(theme::COOKIE).map(Cookie::value));
    request.extensions_mut().insert(Boot { frame, page_size, theme, now: clock::now() });
    next.run(request).await
}

async fn frame(state: &AppState, headers: &HeaderMap) -> Result<Frame, AppError> {
    let session = access::session(state, headers).await?.ok_or(AppError::SignedOut)?;
    let viewer = session.viewer(state).await?;
    let teammates = session.org().ai_employees().await?;
    Ok(Frame { viewer, teammates: teammates.into_iter().map(|(id, name)| Teammate { id, name }).collect() })
}

/// Renders the page of an address, whole; of one that is no page, the one that says so.
async fn render(State(state): State<AppState>, request: Request) -> Response {
    let options = state.leptos.clone();
    let render = leptos_axum::render_app_async_with_context(move || provide(&state), move || shell(options.clone()));
    render(request).await.into_response()
}

/// Where a query string says to go next.
fn next_in(query: Option<&str>) -> String {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let next = pairs.into_iter().find(|(key, _)| key == "next").map(|(_, next)| next.into_owned());
    paths::local_or_logs(next.as_deref()).to_owned()
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in_form(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    jar: CookieJar,
    form: Result<Form<SignInForm>, axum::extract::rejection::FormRejection>,
) -> Result<Response, AppError> {
    let Ok(Form(form)) = form else { return Ok(Redirect::to(paths::LOGIN).into_response()) };
    let next = paths::local_or_logs(Some(&form.next)).to_owned();
    match sign_in::sign_in(&state.db, &state.throttle, &form.email, form.password, address, clock::now()).await {
        Ok(secret) => Ok((jar.add(cookie::write(Some(&secret), &state.settings)), Redirect::to(&next)).into_response()),
        Err(error @ (AppError::SignedOut | AppError::TooMany(_))) => {
            let why = if error == AppError::SignedOut { "wrong" } else { "wait" };
            Ok(Redirect::to(&format!("{}&error={why}", paths::login_then(&next))).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn sign_out_form(
    State(state): State<AppState>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    if let Some(session) = access::session(&state, &headers).await? {
        sign_in::sign_out(&session).await?;
    }
    Ok((jar.add(cookie::write(None, &state.settings)), Redirect::to(paths::LOGIN)).into_response())
}

#[derive(Deserialize)]
struct SwitchForm {
    organization_id: OrganizationId,
    #[serde(default)]
    next: String,
}

async fn switch_form(
    State(state): State<AppState>,
    jar: CookieJar,
    headers: HeaderMap,
    form: Result<Form<SwitchForm>, axum::extract::rejection::FormRejection>,
) -> Result<Response, AppError> {
    let Form(form) = form.map_err(|_| AppError::NotFound)?;
    let Some(session) = access::session(&state, &headers).await? else {
        return Ok(Redirect::to(paths::LOGIN).into_response());
    };
    let viewer = session.viewer(&state).await?;
    let secret = sign_in::switch(&state.db, &session, &viewer, form.organization_id, clock::now()).await?;
    let next = paths::local_or_logs(Some(&form.next));
    Ok((jar.add(cookie::write(Some(&secret), &state.settings)), Redirect::to(next)).into_response())
}
