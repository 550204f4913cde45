//! The session cookie: read by no script, sent to this site only, and behind TLS bound to this host.

use super::{super::settings::Settings, secret::Secret};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use cookie::time::Duration;

const NAME: &str = "alloy_session";
/// Browsers take a cookie of this prefix only by TLS, for the whole host and from the host itself.
const HOST_NAME: &str = "__Host-alloy_session";

/// What it is called.
pub const fn name(behind_tls: bool) -> &'static str {
    if behind_tls { HOST_NAME } else { NAME }
}

/// The secret that a request carries.
pub fn read(jar: &CookieJar, settings: &Settings) -> Option<Secret> {
    Secret::from_cookie(jar.get(name(settings.behind_tls()))?.value())
}

/// The cookie that carries a secret, or that takes it away.
pub fn write(secret: Option<&Secret>, settings: &Settings) -> Cookie<'static> {
    let max_age = i64::from(settings.session_max_days) * 24 * 60 * 60;
    Cookie::build((name(settings.behind_tls()), secret.map(Secret::to_cookie).unwrap_or_default()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(settings.behind_tls())
        .max_age(Duration::seconds(if secret.is_some() { max_age } else { 0 }))
        .build()
}
