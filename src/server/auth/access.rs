//! Which organization a request may see, and as whom: the one way from credentials to an [`OrgDb`].

use super::{
    cookie,
    secret::{self, Secret},
};
use crate::{
    domain::{
        access::{Scope, Viewer},
        ids::{OrganizationId, RunId, UserId},
        time::Timestamp,
    },
    error::AppError,
    server::{
        AppState, clock,
        store::{OrgDb, SessionRow, Stamp},
    },
};
use axum::http::{HeaderMap, HeaderName, header};
use axum_extra::extract::cookie::CookieJar;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;

/// Under which the log says who opened what.
const AUDIT: &str = "audit";

/// A session's last use is noted this often, so that reading does not write every time.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(5);

/// A session in force.
#[derive(Debug, Clone)]
pub struct Session {
    pub secret: Secret,
    pub person: SessionRow,
    db: OrgDb,
}

/// Access to one organization.
#[derive(Debug, Clone)]
pub struct Access {
    pub org: OrgDb,
    pub who: Who,
    /// What the lists of the organization were told by when it was asked who has access, where that was told, too.
    pub stamp: Option<Stamp>,
}

/// Access that is made use of for long: with the credentials that gave it, to make sure that they still do.
#[derive(Debug, Clone)]
pub struct Standing {
    pub access: Access,
    credentials: HeaderMap,
}

/// Who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A member, whatever their role.
    Person(UserId),
    /// A token, by what it is called.
    Token { id: String, scopes: Vec<Scope> },
}

impl Access {
    /// Lets pass who may read runs: every member, and tokens with that scope.
    pub fn to_read_runs(self) -> Result<Self, AppError> {
        match &self.who {
            Who::Token { scopes, .. } if !scopes.contains(&Scope::RunsRead) => Err(AppError::Forbidden),
            Who::Token { .. } | Who::Person(_) => Ok(self),
        }
    }

    /// Lets pass who may write runs: tokens with that scope, which engines have, and no person.
    pub fn to_write_runs(self) -> Result<Self, AppError> {
        match &self.who {
            Who::Token { scopes, .. } if scopes.contains(&Scope::RunsWrite) => Ok(self),
            Who::Token { .. } | Who::Person(_) => Err(AppError::Forbidden),
        }
    }
}

impl Who {
    /// As whom one is counted.
    pub fn name(&self) -> String {
        match self {
            Self::Person(user_id) => user_id.to_string(),
            Self::Token { id, .. } => id.clone(),
        }
    }
}

impl Standing {
    /// With the credentials among the headers of a request.
    pub fn new(access: Access, headers: &HeaderMap) -> Self {
        let kept = [header::AUTHORIZATION, header::COOKIE];
        let of = |name: HeaderName| headers.get_all(&name).iter().map(move |value| (name.clone(), value.clone()));
        Self { access, credentials: kept.into_iter().flat_map(of).collect() }
    }

    /// Whether it still stands. To watch is no use of a session: one that is left alone ends all the same.
    pub async fn still(&self, state: &AppState) -> Result<(), AppError> {
        let organization_id = self.access.org.organization_id();
        let access = Box::pin(find(state, &self.credentials, organization_id, Use::Unnoted)).await?;
        access.to_read_runs().map(drop)
    }
}

impl Access {
    /// Notes who opened which run.
    pub fn opened(&self, run_id: RunId) {
        let organization_id = self.org.organization_id();
        match &self.who {
            Who::Person(user_id) => {
                tracing::info!(target: AUDIT, %organization_id, %user_id, %run_id, "a run was opened");
            }
            Who::Token { id, .. } => {
                tracing::info!(target: AUDIT, %organization_id, token = id, %run_id, "a run was opened");
            }
        }
    }
}

impl Access {
    /// Notes who exported runs.
    pub fn exported(&self) {
        let (organization_id, who) = (self.org.organization_id(), self.who.name());
        tracing::info!(target: AUDIT, %organization_id, who, "runs were exported");
    }
}

/// Whether the use of a session keeps it from ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Noted,
    Unnoted,
}

/// The session of a request, if its cookie is one that is in force.
pub async fn session(state: &AppState, headers: &HeaderMap) -> Result<Option<Session>, AppError> {
    find_session(state, headers, Use::Noted).await
}

async fn find_session(state: &AppState, headers: &HeaderMap, made: Use) -> Result<Option<Session>, AppError> {
    let Some(secret) = cookie::read(&CookieJar::from_headers(headers), &state.settings) else { return Ok(None) };
    let db = OrgDb::new(state.db.clone(), secret.organization_id());
    let hash = secret.hash();
    let Some(person) = db.session(&hash).await? else { return Ok(None) };
    let now = clock::now();
    let ended = has_ended(&person, state, now);
    let noted = if ended {
        db.delete_session(&hash).await
    } else if made == Use::Noted && person.seen_at.plus(NOTED_EVERY) <= now {
        db.touch_session(&hash, now).await
    } else {
        Ok(())
    };
    // Reading goes on where nothing can be written.
    if let Err(error) = noted {
        tracing::warn!(%error, "the use of a session could not be noted");
    }
    if ended {
        return Ok(None);
    }
    Ok(Some(Session { secret, person, db }))
}

fn has_ended(person: &SessionRow, state: &AppState, now: Timestamp) -> bool {
    let idle = TimeDelta::hours(i64::from(state.settings.session_idle_hours));
    let longest = TimeDelta::days(i64::from(state.settings.session_max_days));
    person.seen_at.plus(idle) <= now || person.created_at.plus(longest) <= now
}

impl Session {
    /// Its person, looking at the organization of the session.
    pub async fn viewer(&self, state: &AppState) -> Result<Viewer, AppError> {
        let memberships = state.db.memberships(self.person.user_id).await?;
        let current = memberships
            .iter()
            .find(|membership| membership.organization_id == self.db.organization_id())
            .cloned()
            .ok_or(AppError::SignedOut)?;
        Ok(Viewer { user_id: self.person.user_id, email: self.person.email.clone(), current, memberships })
    }

    /// The rows of the organization of the session.
    pub const fn org(&self) -> &OrgDb {
        &self.db
    }

    /// Access to any organization of its person.
    async fn access(self, state: &AppState, organization_id: OrganizationId) -> Result<Access, AppError> {
        let org = OrgDb::new(state.db.clone(), organization_id);
        // Of its own organization a session is proof enough: it ends with the membership.
        if organization_id != self.db.organization_id() && !org.has_member(self.person.user_id).await? {
            return Err(AppError::Forbidden);
        }
        Ok(Access { org, who: Who::Person(self.person.user_id), stamp: None })
    }
}

/// An API token in force, with the name of its organization.
pub async fn token(state: &AppState, headers: &HeaderMap) -> Result<Option<(Access, String)>, AppError> {
    by_secret(state, bearer(headers).and_then(Secret::from_token)).await
}

async fn by_secret(state: &AppState, secret: Option<Secret>) -> Result<Option<(Access, String)>, AppError> {
    let Some(secret) = secret else { return Ok(None) };
    let org = OrgDb::new(state.db.clone(), secret.organization_id());
    let hash = secret.hash();
    let read = {
        let (org, hash) = (org.clone(), hash.clone());
        move || {
            let (org, hash) = (org.clone(), hash.clone());
            async move { Ok(org.token(&hash).await?) }
        }
    };
    let token = state.asked.tokens.ask((org.organization_id(), hash.clone()), read).await;
    let Some(token) = token.ok_or(AppError::Unavailable)?? else { return Ok(None) };
    let who = Who::Token { id: secret::called(&hash), scopes: token.scopes };
    Ok(Some((Access { org, who, stamp: Some(token.stamp) }, token.organization_name)))
}

/// `checkOrganizationAccess`: what a request may do in an organization. No or bad credentials are a 401; an
/// organization that is not the caller's is a 403, whether there is one of that id or not.
pub async fn authorize(
    state: &AppState,
    headers: &HeaderMap,
    organization_id: OrganizationId,
) -> Result<Access, AppError> {
    find(state, headers, organization_id, Use::Noted).await
}

async fn find(
    state: &AppState,
    headers: &HeaderMap,
    organization_id: OrganizationId,
    made: Use,
) -> Result<Access, AppError> {
    if headers.contains_key(header::AUTHORIZATION) {
        let (access, _) = token(state, headers).await?.ok_or(AppError::SignedOut)?;
        let fits = access.org.organization_id() == organization_id;
        return fits.then_some(access).ok_or(AppError::Forbidden);
    }
    find_session(state, headers, made).await?.ok_or(AppError::SignedOut)?.access(state, organization_id).await
}

/// Access by a token to its own organization. Clients that know Basic credentials only send it as their password.
pub async fn of_token(state: &AppState, headers: &HeaderMap) -> Result<Access, AppError> {
    let secret = match bearer(headers) {
        Some(token) => Secret::from_token(token),
        None => basic_password(headers).as_deref().and_then(Secret::from_token),
    };
    let (access, _) = by_secret(state, secret).await?.ok_or(AppError::SignedOut)?;
    Ok(access)
}

fn basic_password(headers: &HeaderMap) -> Option<String> {
    let (scheme, credentials) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let credentials = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(credentials.trim()).ok())??;
    let credentials = String::from_utf8(credentials).ok()?;
    credentials.split_once(':').map(|(_, password)| password.to_owned())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
