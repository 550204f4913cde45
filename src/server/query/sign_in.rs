//! Signing in and out, and switching to another organization.

use crate::{
    domain::{access::Viewer, ids::OrganizationId, time::Timestamp},
    error::AppError,
    server::{
        auth::{access::Session, password, secret::Secret, throttle::Throttle},
        store::{Db, OrgDb},
    },
};
use std::net::IpAddr;

/// Opens a session for whoever knows the password of an email, in the first of their organizations. Whether the
/// email or the password was wrong is not told, neither by the answer nor by its time.
pub async fn sign_in(
    db: &Db,
    throttle: &Throttle,
    email: &str,
    password: String,
    address: IpAddr,
    now: Timestamp,
) -> Result<Secret, AppError> {
    throttle.begin(email, address, now).map_err(AppError::TooMany)?;
    let user = db.find_user(email).await?;
    let fits = password::verify(password, user.as_ref().map(|user| user.password_hash.clone())).await;
    let user = user.filter(|_| fits).ok_or(AppError::SignedOut)?;
    throttle.succeed(email, address);
    let memberships = db.memberships(user.id).await?;
    let first = memberships.first().ok_or(AppError::SignedOut)?;
    let secret = new_secret(first.organization_id)?;
    let org = OrgDb::new(db.clone(), first.organization_id);
    org.insert_session(&secret.hash(), user.id, now, now).await?;
    Ok(secret)
}

/// Ends a session.
pub async fn sign_out(session: &Session) -> Result<(), AppError> {
    Ok(session.org().delete_session(&session.secret.hash()).await?)
}

/// Ends a session and opens one in another organization of the same person.
pub async fn switch(
    db: &Db,
    session: &Session,
    viewer: &Viewer,
    organization_id: OrganizationId,
    now: Timestamp,
) -> Result<Secret, AppError> {
    if !viewer.memberships.iter().any(|membership| membership.organization_id == organization_id) {
        return Err(AppError::Forbidden);
    }
    let secret = new_secret(organization_id)?;
    let org = OrgDb::new(db.clone(), organization_id);
    // It is the same sign-in: the longest time that it may last goes on running.
    org.insert_session(&secret.hash(), viewer.user_id, session.person.created_at, now).await?;
    sign_out(session).await?;
    Ok(secret)
}

fn new_secret(organization_id: OrganizationId) -> Result<Secret, AppError> {
    Secret::generate(organization_id).map_err(|error| {
        tracing::error!(%error, "no session can be made");
        AppError::Internal
    })
}
