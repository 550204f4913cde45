//! `/api/session`: signing in and out with JSON, and who is asking.

use super::extract::{ClientAddress, JsonBody};
use crate::{
    domain::{
        access::{Role, Scope},
        ids::{OrganizationId, UserId},
    },
    error::AppError,
    server::{
        AppState,
        auth::{access, cookie},
        clock,
        query::sign_in,
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use axum_extra::extract::cookie::CookieJar;
use serde::{Deserialize, Serialize};

/// What signing in takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: String,
    password: String,
}

/// Who is asking.
#[derive(Debug, Serialize)]
pub struct WhoIsAsking {
    organization_id: OrganizationId,
    organization_name: String,
    user_id: Option<UserId>,
    email: Option<String>,
    role: Option<Role>,
    scopes: Vec<Scope>,
}

/// Signs in.
pub async fn create(
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
pub async fn delete(
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
pub async fn show(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<WhoIsAsking>, AppError> {
    if headers.contains_key(header::AUTHORIZATION) {
        let (org, scopes, organization_name) = access::token(&state, &headers).await?.ok_or(AppError::SignedOut)?;
        return Ok(Json(WhoIsAsking {
            organization_id: org.organization_id(),
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
