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

/// Runs of the first transaction, and of any: a statement takes its time of however few it is, and many bytes are not taken away
/// at once anyway.
const FIRST: u64 = 20;
const FEWEST: u64 = 10;
const MOST: u64 = 500;
/// How long a transaction should take others' turn to write, its commit not counted.
const HELD: Duration = Duration::from_millis(10);

/// Takes away all runs of an organization that are older than so many days, and says why; how many.
pub async fn prune(
    org: &OrgDb,
    files: &Files,
    days: RetentionDays,
    why: &Removal,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let (mut at_once, mut count) = (FIRST, 0);
    loop {
        let Due { runs, is_long } = org.expired_runs(days.before(now), at_once).await?;
        let Some(first) = runs.first().copied() else { return Ok(count) };
        if is_long {
            while let Some(held) = org.take_steps(first, days.before(now)).await? {
                give_way(held).await;
            }
        }
        let taken = org.take_expired(runs, days.before(now), why.clone()).await?;
        // Another server may have been first.
        count += taken.runs.len() as u64;
        remove_files(org, files, &taken.runs).await;
        at_once = next(at_once, taken.held);
        give_way(taken.held).await;
    }
}

/// As long as it took, the turn is others': of other processes, too.
async fn give_way(held: Duration) {
    tokio::time::sleep(held.max(Duration::from_millis(1))).await;
}

/// How many runs are taken away at once when so many took so long.
fn next(at_once: u64, held: Duration) -> u64 {
    let fitting = u128::from(at_once) * HELD.as_micros() / held.as_micros().max(1);
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
        for (at_once, held, expected) in [
            (20, millis(10), 20),
            (20, millis(1), 40),
            (400, millis(2), 500),
            (500, millis(100), 50),
            (20, millis(1_000), 10),
            (10, Duration::ZERO, 20),
        ] {
            assert_eq!(next(at_once, held), expected, "{at_once} in {held:?}");
        }
    }
}
