//! Passwords: argon2id with the crate's parameters, off the async threads, few at a time.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// A hash takes 19 MiB and a core for some 20 ms; more at once would only wait for each other.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What is verified when nobody has the email, so that both answers take the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

/// The longest password that is hashed, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// The password cannot be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the password must not be empty")]
    Empty,
    #[error("the password is longer than 1024 bytes")]
    TooLong,
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// Hashes a password for storage.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    match password.len() {
        0 => Err(PasswordError::Empty),
        1..=MAX_PASSWORD_BYTES => hash_now(password),
        _ => Err(PasswordError::TooLong),
    }
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| PasswordError::Hash(error.to_string()))
}

/// Whether a password is the one behind a hash; without a hash it is not, after the same time.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    if password.len() > MAX_PASSWORD_BYTES {
        return false;
    }
    let Ok(place) = AT_ONCE.acquire().await else { return false };
    let verified = tokio::task::spawn_blocking(move || {
        // Held by the work itself, which goes on when nobody waits for it any more.
        let _place = place;
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let fits = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && fits
    });
    verified.await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_somebody_fits() {
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse".into(), Some(stored.clone())).await);
        assert!(!verify("wrong".into(), Some(stored.clone())).await);
        assert!(!verify("correct horse".into(), Some("garbage".into())).await);
        assert!(!verify("nobody has this password".into(), None).await);
        assert!(!verify("x".repeat(MAX_PASSWORD_BYTES + 1), Some(stored)).await);
    }

    #[test]
    fn an_empty_or_endless_password_is_refused() {
        assert!(matches!(hash(""), Err(PasswordError::Empty)));
        assert!(matches!(hash(&"x".repeat(2_000)), Err(PasswordError::TooLong)));
    }
}
