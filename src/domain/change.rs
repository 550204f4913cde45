//! What a stream of events tells of runs that were written, and how far it has come.

use super::{ids::RunId, run::RunSummary, status::RunStatus};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an event is called that tells of a run which was not there before the event that its reader was told last.
pub const RUN_CREATED: &str = "run-created";
/// … of one that was.
pub const RUN_UPDATED: &str = "run-updated";
/// … of one that was, and that does not fit the filters, whether it did before or not; or that is not there any more.
pub const RUN_LEFT: &str = "run-left";

/// How far a reader has been told: of all runs up to a write of their organization, or of part of those of one write, which
/// are told in the order of their ids. Printed, it is the id of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The number of the write.
    pub change: u64,
    /// The last run of it that was told; the last id that there could be when all were.
    pub run: RunId,
}

impl Position {
    /// Of all runs up to a write.
    pub const fn after(change: u64) -> Self {
        Self { change, run: RunId(Uuid::max()) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { change, run } = *self;
        if self == &Self::after(change) { write!(f, "{change}") } else { write!(f, "{change}.{run}") }
    }
}

/// Not the id of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be the id of an event of this stream")]
pub struct InvalidPosition;

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (change, run) = text.split_once('.').map_or((text, None), |(change, run)| (change, Some(run)));
        let is_number = !change.is_empty() && change.bytes().all(|byte| byte.is_ascii_digit());
        let change =
            Some(change).filter(|_| is_number).and_then(|change| change.parse().ok()).ok_or(InvalidPosition)?;
        // What a database integer holds.
        i64::try_from(change).map_err(|_| InvalidPosition)?;
        match run {
            None => Ok(Self::after(change)),
            Some(run) => Ok(Self { change, run: run.parse().map_err(|_| InvalidPosition)? }),
        }
    }
}

/// What `run-created` and `run-updated` carry: no more than a row of a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunEvent {
    /// The number of the write by which the run came. An event's `id` begins with that of the last.
    pub appeared: u64,
    /// As it is now.
    pub run: RunSummary,
}

/// What `run-left` carries: what becomes of a row that one may be looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunLeft {
    pub id: RunId,
    /// `null` when the run is not there any more.
    pub status: Option<RunStatus>,
    pub duration_ms: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_is_printed_and_nothing_else_is() {
        let run = RunId(Uuid::from_u128(7));
        for (position, text) in [
            (Position::after(0), "0"),
            (Position::after(1_234), "1234"),
            (Position { change: 12, run }, "12.00000000-0000-0000-0000-000000000007"),
        ] {
            assert_eq!(position.to_string(), text);
            assert_eq!(text.parse(), Ok(position));
        }
        for text in ["", "x", "-1", "+1", "1.", "1.2", ".", "9223372036854775808", "1 ", "1.nonsense"] {
            assert_eq!(text.parse::<Position>(), Err(InvalidPosition), "{text}");
        }
    }

    #[test]
    fn within_a_write_one_is_not_yet_after_it() {
        let run = RunId(Uuid::from_u128(u128::MAX - 1));
        assert!(Position::after(11) < Position { change: 12, run });
        assert!(Position { change: 12, run } < Position::after(12));
    }
}
