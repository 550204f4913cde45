//! The secrets behind sessions and API tokens: 256 random bits that name their organization. The database keeps
//! only their hash. (The well-known session crates carry ids of 128 bits and one kind of expiry; the promise here
//! is 256 bits, and an idle and an absolute end.)

use crate::domain::ids::OrganizationId;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

const ORGANIZATION_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;
/// With what an API token begins, so that people and scanners know one when they see it.
const TOKEN_PREFIX: &str = "alk_";

/// A secret that opens one organization. Its text is shown once, its `Debug` never.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    organization_id: OrganizationId,
    random: [u8; SECRET_BYTES],
}

/// The system has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers: {0}")]
pub struct NoRandomness(getrandom::Error);

impl Secret {
    /// A new one.
    pub fn generate(organization_id: OrganizationId) -> Result<Self, NoRandomness> {
        let mut random = [0; SECRET_BYTES];
        getrandom::fill(&mut random).map_err(NoRandomness)?;
        Ok(Self { organization_id, random })
    }

    /// The organization that it opens, if its hash is known there.
    pub const fn organization_id(&self) -> OrganizationId {
        self.organization_id
    }

    /// What the database keeps of it. A plain hash is enough for 256 random bits.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.random).to_vec()
    }

    /// As a cookie carries it.
    pub fn to_cookie(&self) -> String {
        URL_SAFE_NO_PAD.encode([self.organization_id.0.as_bytes().as_slice(), self.random.as_slice()].concat())
    }

    /// Reads a cookie.
    pub fn from_cookie(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (organization, random) = bytes.split_at_checked(ORGANIZATION_BYTES)?;
        Some(Self {
            organization_id: OrganizationId(Uuid::from_slice(organization).ok()?),
            random: random.try_into().ok()?,
        })
    }

    /// As an API token.
    pub fn to_token(&self) -> String {
        format!("{TOKEN_PREFIX}{}", self.to_cookie())
    }

    /// Reads an API token.
    pub fn from_token(text: &str) -> Option<Self> {
        Self::from_cookie(text.strip_prefix(TOKEN_PREFIX)?)
    }
}

/// What a secret is called where it must not be shown: the beginning of its hash, which tells nothing of it.
pub fn called(hash: &[u8]) -> String {
    hash.first_chunk().map_or_else(String::new, |start| format!("{:016x}", u64::from_be_bytes(*start)))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret(of {})", self.organization_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_and_never_shown() {
        let secret = Secret::generate(OrganizationId(Uuid::from_u128(7))).unwrap();
        assert_eq!(Secret::from_cookie(&secret.to_cookie()), Some(secret.clone()));
        assert_eq!(Secret::from_token(&secret.to_token()), Some(secret.clone()));
        assert_eq!(Secret::from_token(&secret.to_cookie()), None);
        assert_eq!(format!("{secret:?}"), "Secret(of 00000000-0000-0000-0000-000000000007)");
        for text in ["", "x", "alk_", &secret.to_cookie()[1..], &format!("{}AA", secret.to_cookie())] {
            assert_eq!(Secret::from_cookie(text), None, "{text}");
        }
    }

    #[test]
    fn no_two_are_alike() {
        let organization_id = OrganizationId(Uuid::nil());
        assert_ne!(
            Secret::generate(organization_id).unwrap().hash(),
            Secret::generate(organization_id).unwrap().hash()
        );
    }
}
