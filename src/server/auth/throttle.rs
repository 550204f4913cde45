//! Tries to sign in are counted by account and by address until they succeed; after a number of them one has to wait.

use super::super::settings::Settings;
use crate::domain::time::Timestamp;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// The span in which tries count together.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Accounts and addresses remembered at once, some 10 MB of them.
const REMEMBERED: usize = 100_000;

/// An account or address by its digest, so that what is remembered has one size and tells nothing.
type Who = [u8; 32];

#[derive(Debug, Clone, Copy)]
struct Tries {
    since: Timestamp,
    times: u32,
}

/// How often it was tried in vain lately.
#[derive(Debug)]
pub struct Throttle {
    per_account: u32,
    per_address: u32,
    tries: Mutex<HashMap<Who, Tries>>,
}

impl Throttle {
    /// With the limits of the settings.
    pub fn new(settings: &Settings) -> Self {
        Self {
            per_account: settings.sign_in_per_account,
            per_address: settings.sign_in_per_address,
            tries: Mutex::default(),
        }
    }

    /// Counts a try before its password is looked at, so that many at once are counted too; or says how many
    /// seconds to wait.
    pub fn begin(&self, email: &str, address: IpAddr, now: Timestamp) -> Result<(), u64> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= REMEMBERED {
            tries.retain(|_, tries| !tries.is_over(now));
        }
        let both = self.both(email, address);
        let left = |(who, limit): &(Who, u32)| {
            let tries = tries.get(who).filter(|tries| tries.times >= *limit && !tries.is_over(now))?;
            u64::try_from(tries.since.plus(WINDOW).millis_since(now)).ok().map(|left| left.div_ceil(1_000))
        };
        if let Some(seconds) = both.iter().filter_map(left).max() {
            return Err(seconds);
        }
        for (who, _) in both {
            if tries.len() < REMEMBERED || tries.contains_key(&who) {
                let entry = tries.entry(who).or_insert(Tries { since: now, times: 0 });
                if entry.is_over(now) {
                    *entry = Tries { since: now, times: 0 };
                }
                entry.times += 1;
            }
        }
        Ok(())
    }

    /// Takes back the count of a try whose password was right.
    pub fn succeed(&self, email: &str, address: IpAddr) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        for (who, _) in self.both(email, address) {
            if let Some(entry) = tries.get_mut(&who) {
                entry.times = entry.times.saturating_sub(1);
            }
        }
    }

    fn both(&self, email: &str, address: IpAddr) -> [(Who, u32); 2] {
        let account = Sha256::digest(email.trim().to_lowercase());
        // Whoever has one address of version 6 has 2⁶⁴ of them.
        let network = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets()[..8].to_vec(),
        };
        [
            (account.into(), self.per_account),
            (Sha256::digest([b"address ", &network[..]].concat()).into(), self.per_address),
        ]
    }
}

impl Tries {
    fn is_over(&self, now: Timestamp) -> bool {
        self.since.plus(WINDOW) <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn too_many_wrong_passwords_have_to_wait_a_quarter_of_an_hour() {
        let throttle = Throttle { per_account: 2, per_address: 3, tries: Mutex::default() };
        let (here, there) = (IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv4Addr::UNSPECIFIED));
        let start: Timestamp = "2026-11-21T14:00:00Z".parse().unwrap();
        assert_eq!(throttle.begin("Ada@halden.example", here, start), Ok(()));
        throttle.succeed("ada@halden.example", here);
        assert_eq!(throttle.begin("ada@halden.example ", here, start), Ok(()));
        assert_eq!(throttle.begin("ada@halden.example", here, start), Ok(()));
        assert_eq!(throttle.begin("ada@halden.example", there, start), Err(900));
        assert_eq!(throttle.begin("bob@halden.example", here, start), Ok(()));
        assert_eq!(throttle.begin("eve@halden.example", here, start.plus(TimeDelta::minutes(5))), Err(600));
        assert_eq!(throttle.begin("ada@halden.example", here, start.plus(WINDOW)), Ok(()));
    }
}
