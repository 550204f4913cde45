//! Why a run is not here any more, and what is said of it.

use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Removal {
    /// Its spans turned out to be another run's.
    Moved,
    /// A rule of its organization, in words.
    Retention(String),
}

const MOVED: &str = "moved";
const RETENTION: &str = "retention";

/// A run that was here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    pub at: Timestamp,
    pub removal: Removal,
}

/// Not a reason that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a run is removed as moved or by a rule")]
pub struct UnknownRemoval;

impl Removal {
    /// By the rule that takes away what is older than so many days.
    pub fn older_than(days: u32) -> Self {
        Self::Retention(format!("runs older than {days} {}", if days == 1 { "day" } else { "days" }))
    }

    /// The word for it, and the rule where there is one: as the store keeps it.
    pub fn parts(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Moved => (MOVED, None),
            Self::Retention(rule) => (RETENTION, Some(rule)),
        }
    }

    /// Reads [`parts`](Self::parts).
    pub fn of_parts(reason: &str, rule: Option<String>) -> Result<Self, UnknownRemoval> {
        match (reason, rule) {
            (MOVED, None) => Ok(Self::Moved),
            (RETENTION, Some(rule)) => Ok(Self::Retention(rule)),
            _ => Err(UnknownRemoval),
        }
    }
}

impl Removed {
    /// What is said to those who come for the run; `None` when it is no more to them than one that never was.
    pub fn sentence(&self) -> Option<String> {
        match &self.removal {
            Removal::Moved => None,
            Removal::Retention(rule) => {
                let day = self.at.to_datetime().format("%-d %b %Y");
                Some(format!("This run existed. It was removed on {day} by a rule: {rule}."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_and_a_move_is_not() {
        let at = "2026-11-05T14:00:00Z".parse().unwrap();
        let by_rule = Removed { at, removal: Removal::older_than(90) };
        let sentence = "This run existed. It was removed on 5 Nov 2026 by a rule: runs older than 90 days.";
        assert_eq!(by_rule.sentence().as_deref(), Some(sentence));
        assert_eq!(Removal::older_than(1).parts(), ("retention", Some("runs older than 1 day")));
        assert_eq!(Removed { at, removal: Removal::Moved }.sentence(), None);
    }

    #[test]
    fn a_removal_is_read_as_it_is_kept() {
        for removal in [Removal::Moved, Removal::older_than(7)] {
            let (reason, rule) = removal.parts();
            assert_eq!(Removal::of_parts(reason, rule.map(str::to_owned)), Ok(removal));
        }
        assert_eq!(Removal::of_parts("lost", None), Err(UnknownRemoval));
        assert_eq!(Removal::of_parts("retention", None), Err(UnknownRemoval));
    }
}
