//! The status of a run: mostly completed, some failed, and the newest ones as a page of them should show.

use super::{draw::Draw, oddities::Oddity};
use crate::domain::status::RunStatus;
use std::ops::Range;

use RunStatus::{Cancelled, Completed, Failed, Pending, Running, Suspended};

/// The newest runs, newest first: the first page has something of everything.
const NEWEST: [RunStatus; 25] = [
    Running, Pending, Completed, Failed, Running, Completed, Suspended, Completed, Failed, Completed, Completed,
    Completed, Failed, Completed, Cancelled, Completed, Completed, Completed, Failed, Completed, Completed, Suspended,
    Completed, Completed, Failed,
];

const LATER: [(i64, RunStatus); 4] = [(837, Completed), (80, Failed), (42, Cancelled), (31, Suspended)];
const JUST_NOW: [(i64, RunStatus); 6] =
    [(600, Completed), (80, Failed), (30, Cancelled), (30, Suspended), (200, Running), (60, Pending)];

/// How old in hours the runs of a bad afternoon are, when much failed at once.
const INCIDENT: Range<i64> = 116..128;
const IN_INCIDENT: [(i64, RunStatus); 3] = [(52, Completed), (42, Failed), (6, Cancelled)];

/// The status of the run that has `age` newer ones and was created so many hours ago. Only one of the last hour may
/// still be waiting or at work.
pub fn status(age: u64, hours_old: i64, in_last_hour: bool, oddity: Oddity, draw: &mut Draw) -> RunStatus {
    let chance = match hours_old {
        _ if in_last_hour => draw.weighted(&JUST_NOW),
        hours if INCIDENT.contains(&hours) => draw.weighted(&IN_INCIDENT),
        _ => draw.weighted(&LATER),
    };
    let planned = usize::try_from(age).ok().and_then(|age| NEWEST.get(age).copied());
    match planned.unwrap_or(chance) {
        _ if oddity.completes() => Completed,
        Running | Pending if !in_last_hour => Completed,
        status => status,
    }
}

/// What becomes of a run that one watches.
pub fn to_come(draw: &mut Draw) -> RunStatus {
    draw.weighted(&[(78, Completed), (15, Failed), (4, Cancelled), (3, Suspended)])
}
