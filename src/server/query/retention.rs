//! Taking away runs that are kept no longer, a few at a time: whoever writes meanwhile gets in between.

use super::removed::remove_files;
use crate::{
    domain::{removal::Removal, retention::RetentionDays, time::Timestamp},
    server::{
        files::Files,
        store::{Db, Due, OrgDb, StoreError},
    },
};
use std::time::Duration;

/// Runs of the first transaction.
const FIRST: u64 = 20;
/// Runs of any, at least: fewer hardly take less time.
const FEWEST: u64 = 10;
/// And at most.
const MOST: u64 = 500;
/// How long a transaction should take others' turn to write, its commit not counted.
const HELD: Duration = Duration::from_millis(10);

/// What was taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    pub runs: u64,
    /// The longest that others who write had to wait for one transaction.
    pub longest: Duration,
}

/// Takes away all runs of an organization that are older than so many days, and says why.
pub async fn prune(
    org: &OrgDb,
    files: &Files,
    days: RetentionDays,
    why: &Removal,
    now: Timestamp,
) -> Result<Pruned, StoreError> {
    let (mut at_once, mut pruned) = (FIRST, Pruned::default());
    loop {
        let Due { runs, is_long } = org.expired_runs(days.before(now), at_once).await?;
        let Some(first) = runs.first().copied() else { return Ok(pruned) };
        if is_long {
            while let Some(held) = org.take_steps(first, days.before(now)).await? {
                pruned.longest = pruned.longest.max(held);
                give_way(held).await;
            }
        }
        let taken = org.take_expired(runs, days.before(now), why.clone()).await?;
        // Another server may have been first.
        pruned.runs += taken.runs.len() as u64;
        pruned.longest = pruned.longest.max(taken.held);
        remove_files(org, files, &taken.runs).await;
        at_once = next(at_once, taken.runs.len() as u64, taken.worked);
        give_way(taken.held).await;
    }
}

/// As long as it took, the turn is others': of other processes, too.
async fn give_way(held: Duration) {
    tokio::time::sleep(held.max(Duration::from_millis(1))).await;
}

/// How many runs are taken away at once after so many were to be, and so many were in so long.
fn next(at_once: u64, taken: u64, worked: Duration) -> u64 {
    // Fewer because they are long, or because another server was first: that says nothing of others.
    if taken < at_once && worked <= HELD {
        return at_once;
    }
    let fitting = u128::from(taken) * HELD.as_micros() / worked.as_micros().max(1);
    u64::try_from(fitting).unwrap_or(MOST).clamp(FEWEST, MOST.min(at_once * 2))
}

/// Gives room that lies free back to the disk, a little at a time.
pub async fn give_back_room(db: &Db) -> Result<(), StoreError> {
    while db.give_back_room().await? {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_taken_as_fit_into_the_time() {
        let millis = Duration::from_millis;
        for (at_once, taken, worked, expected) in [
            (20, 20, millis(10), 20),
            (20, 20, millis(1), 40),
            (400, 400, millis(2), 500),
            (500, 500, millis(100), 50),
            (20, 20, millis(1_000), 10),
            (10, 10, Duration::ZERO, 20),
            (40, 1, millis(3), 40),
            (40, 0, millis(1), 40),
            (40, 4, millis(20), 10),
        ] {
            assert_eq!(next(at_once, taken, worked), expected, "{taken} of {at_once} in {worked:?}");
        }
    }
}
