//! `/api/session`: signing in and out with JSON, and who is asking.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
    extract::{ClientAddress, JsonBody},
};
use crate::{
    domain::{
        access::{Role, Scope},
        document::Fault,
        ids::{OrganizationId, UserId},
    },
    error::AppError,
    server::{
        AppState,
        auth::{
            access::{self, Who},
            cookie,
        },
        clock,
        query::sign_in,
        settings::Settings,
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use axum_extra::extract::cookie::CookieJar;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{ToSchema, openapi::ResponseBuilder};
use uuid::Uuid;

/// What signing in takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    #[schema(format = Password)]
    password: String,
}

/// Who is asking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
struct WhoIsAsking {
    organization_id: OrganizationId,
    organization_name: String,
    user_id: Option<UserId>,
    email: Option<String>,
    role: Option<Role>,
    scopes: Vec<Scope>,
}

pub fn endpoints(settings: &Settings) -> [Endpoint; 3] {
    let example = WhoIsAsking {
        organization_id: OrganizationId(Uuid::from_u128(0xe2a4_c6d8_1b3d_4f5a_8c7e_9a0b_1c2d_3e4f)),
        organization_name: "Halden".to_owned(),
        user_id: None,
        email: None,
        role: None,
        scopes: vec![Scope::RunsRead],
    };
    let nothing = |what: &str| ResponseBuilder::new().description(what);
    let show = Description::new("Session", "getSession", "Who is asking, by cookie or token")
        .answers::<WhoIsAsking>(200, "The organization, and the person or what the token may do", json!(example))
        .fails([AppError::SignedOut, AppError::Unavailable]);
    let create = Description::new("Session", "signIn", "Sign in")
        .more(format!(
            "After {} wrong passwords in a quarter of an hour for one account, or {} from one address, one has to wait.",
            settings.sign_in_per_account, settings.sign_in_per_address
        ))
        .takes::<Credentials>("Who signs in", json!({ "email": "admin@halden.example", "password": "…" }))
        .answer(204, nothing("Signed in; the cookie says so"))
        .fails([
            AppError::BadRequest(vec![Fault::new("password", "is missing, unknown or not of its type")]),
            AppError::SignedOut,
            AppError::Forbidden,
            AppError::TooLarge(settings.max_body_bytes as u64),
            AppError::UnsupportedMediaType,
            AppError::TooMany(900),
            AppError::Unavailable,
        ]);
    let delete = Description::new("Session", "signOut", "Sign out")
        .answer(204, nothing("Signed out"))
        .fails([AppError::Forbidden, AppError::Unavailable]);
    [
        Endpoint::of_caller(Verb::Get, PATH, show_caller, show),
        Endpoint::public(Verb::Post, PATH, sign_in_by_json, Some(create)),
        Endpoint::public(Verb::Delete, PATH, sign_out, Some(delete)),
    ]
}

const PATH: &str = "/api/session";

/// Signs in.
async fn sign_in_by_json(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    jar: CookieJar,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<(CookieJar, StatusCode), AppError> {
    let secret =
        sign_in::sign_in(&state.db, &state.throttle, &credentials.email, credentials.password, address, clock::now())
            .await?;
    Ok((jar.add(cookie::write(Some(&secret), &state.settings)), StatusCode::NO_CONTENT))
}

/// Signs out; whoever is not signed in is so already.
async fn sign_out(
    State(state): State<AppState>,
    headers: HeaderMap,
    jar: CookieJar,
) -> Result<(CookieJar, StatusCode), AppError> {
    if let Some(session) = access::session(&state, &headers).await? {
        sign_in::sign_out(&session).await?;
    }
    Ok((jar.add(cookie::write(None, &state.settings)), StatusCode::NO_CONTENT))
}

/// Says who is asking, by cookie or token.
async fn show_caller(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<WhoIsAsking>, AppError> {
    if headers.contains_key(header::AUTHORIZATION) {
        let (access, organization_name) = access::token(&state, &headers).await?.ok_or(AppError::SignedOut)?;
        let scopes = match access.who {
            Who::Token { scopes, .. } => scopes,
            Who::Person(_) => Vec::new(),
        };
        return Ok(Json(WhoIsAsking {
            organization_id: access.org.organization_id(),
            organization_name,
            user_id: None,
            email: None,
            role: None,
            scopes,
        }));
    }
    let session = access::session(&state, &headers).await?.ok_or(AppError::SignedOut)?;
    Ok(Json(WhoIsAsking {
        organization_id: session.org().organization_id(),
        organization_name: session.person.organization_name,
        user_id: Some(session.person.user_id),
        email: Some(session.person.email),
        role: Some(session.person.role),
        scopes: vec![Scope::RunsRead],
    }))
}
