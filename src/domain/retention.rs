//! How long runs are kept.

use super::{removal::Removal, time::Timestamp};
use chrono::TimeDelta;
use std::str::FromStr;

/// After how many days runs are taken away, by their creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionDays(u32);

/// A hundred years.
const MOST: u32 = 36_500;

/// Not a number of days after which runs can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of days from 1 to {MOST}")]
pub struct InvalidDays;

impl RetentionDays {
    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// What was created before this is taken away now.
    pub fn before(self, now: Timestamp) -> Timestamp {
        now.plus(-TimeDelta::days(self.0.into()))
    }

    /// Why a run is taken away that an organization's rule names.
    pub fn by_rule(self) -> Removal {
        Removal::Retention(self.words())
    }

    /// … or that somebody takes away who keeps the installation.
    pub fn by_hand(self) -> Removal {
        Removal::Pruned(self.words())
    }

    fn words(self) -> String {
        format!("runs older than {} {}", self.0, if self.0 == 1 { "day" } else { "days" })
    }
}

impl TryFrom<u32> for RetentionDays {
    type Error = InvalidDays;

    fn try_from(days: u32) -> Result<Self, InvalidDays> {
        (1..=MOST).contains(&days).then_some(Self(days)).ok_or(InvalidDays)
    }
}

impl FromStr for RetentionDays {
    type Err = InvalidDays;

    fn from_str(text: &str) -> Result<Self, InvalidDays> {
        text.parse::<u32>().map_err(|_| InvalidDays)?.try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_at_least_one_and_count_back_from_now() {
        let now: Timestamp = "2026-11-25T15:00:00Z".parse().unwrap();
        let days: RetentionDays = "90".parse().unwrap();
        assert_eq!((days.get(), days.before(now).to_string().as_str()), (90, "2026-08-27T15:00:00.000Z"));
        assert_eq!(days.by_rule(), Removal::Retention("runs older than 90 days".to_owned()));
        assert_eq!(RetentionDays(1).by_hand(), Removal::Pruned("runs older than 1 day".to_owned()));
        for text in ["0", "-1", "90d", "", "36501", "1.5"] {
            assert_eq!(text.parse::<RetentionDays>(), Err(InvalidDays), "{text}");
        }
    }
}
