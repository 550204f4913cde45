//! Keeping the search index: as many runs at a time as writers do not notice.

use crate::server::store::{OrgDb, StoreError};
use std::time::{Duration, Instant};

/// Runs of the first round, and the fewest and most of one.
const FIRST: u64 = 64;
const FEWEST: u64 = 8;
const MOST: u64 = 512;
/// How long writers may be kept out, and below which more runs are taken at a time.
const LONG: Duration = Duration::from_millis(50);
const SHORT: Duration = Duration::from_millis(20);

/// How long a burst of writes keeps it from its work, a round at a time.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was put into an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaughtUp {
    pub runs: u64,
    /// Whether all runs are there as they are.
    pub is_all: bool,
}

/// Waits while others write much, though not for ever.
pub async fn let_others_write(org: &OrgDb) {
    org.lull(PATIENCE).await;
}

/// Puts runs into the index that are not there as they are, until about so much time has passed.
pub async fn take_turn(org: &OrgDb, within: Duration) -> Result<CaughtUp, StoreError> {
    let (mut most, mut runs, began) = (FIRST, 0, Instant::now());
    loop {
        let some = org.index_some(most).await?;
        runs += some.runs;
        if some.is_all || began.elapsed() >= within {
            return Ok(CaughtUp { runs, is_all: some.is_all });
        }
        if some.held > LONG {
            most = (most / 2).max(FEWEST);
        } else if some.held < SHORT {
            most = (most * 2).min(MOST);
        }
    }
}

/// Puts all runs into the index that are not there as they are; how many.
pub async fn catch_up(org: &OrgDb) -> Result<u64, StoreError> {
    take_turn(org, Duration::MAX).await.map(|caught_up| caught_up.runs)
}

/// Makes the index of an organization again; of how many runs.
pub async fn make_again(org: &OrgDb) -> Result<u64, StoreError> {
    org.restart_index().await?;
    catch_up(org).await
}
