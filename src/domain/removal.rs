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
    /// Somebody who keeps the installation took away all that such a rule names.
    Pruned(String),
}

const MOVED: &str = "moved";
const RETENTION: &str = "retention";
const PRUNED: &str = "pruned";

/// A run that was here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    pub at: Timestamp,
    pub removal: Removal,
}

/// Not a reason that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a run is removed as moved, by a rule or by hand")]
pub struct UnknownRemoval;

impl Removal {
    /// The word for it, and the rule where there is one: as the store keeps it.
    pub fn parts(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Moved => (MOVED, None),
            Self::Retention(rule) => (RETENTION, Some(rule)),
            Self::Pruned(rule) => (PRUNED, Some(rule)),
        }
    }

    /// Reads [`parts`](Self::parts).
    pub fn of_parts(reason: &str, rule: Option<String>) -> Result<Self, UnknownRemoval> {
        match (reason, rule) {
            (MOVED, None) => Ok(Self::Moved),
            (RETENTION, Some(rule)) => Ok(Self::Retention(rule)),
            (PRUNED, Some(rule)) => Ok(Self::Pruned(rule)),
            _ => Err(UnknownRemoval),
        }
    }
}

impl Removed {
    /// What is said to those who come for the run; `None` when it is no more to them than one that never was.
    pub fn sentence(&self) -> Option<String> {
        let day = self.at.to_datetime().format("%-d %b %Y");
        let (by, rule) = match &self.removal {
            Removal::Moved => return None,
            Removal::Retention(rule) => ("a rule of its organization", rule),
            Removal::Pruned(rule) => ("hand", rule),
        };
        Some(format!("This run existed. It was removed on {day} by {by}: {rule}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_and_a_move_is_not() {
        let at = "2026-11-05T14:00:00Z".parse().unwrap();
        let rule = "runs older than 90 days".to_owned();
        for (removal, sentence) in [
            (
                Removal::Retention(rule.clone()),
                Some(
                    "This run existed. It was removed on 5 Nov 2026 by a rule of its organization: runs older than 90 days.",
                ),
            ),
            (
                Removal::Pruned(rule),
                Some("This run existed. It was removed on 5 Nov 2026 by hand: runs older than 90 days."),
            ),
            (Removal::Moved, None),
        ] {
            assert_eq!(Removed { at, removal }.sentence().as_deref(), sentence);
        }
    }

    #[test]
    fn a_removal_is_read_as_it_is_kept() {
        let rule = || "runs older than 7 days".to_owned();
        for removal in [Removal::Moved, Removal::Retention(rule()), Removal::Pruned(rule())] {
            let (reason, rule) = removal.parts();
            assert_eq!(Removal::of_parts(reason, rule.map(str::to_owned)), Ok(removal));
        }
        assert_eq!(Removal::of_parts("lost", None), Err(UnknownRemoval));
        assert_eq!(Removal::of_parts("retention", None), Err(UnknownRemoval));
    }
}
