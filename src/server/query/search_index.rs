//! Keeping the search index: as many runs at a time as writers do not notice. While the words of some are kept, which is for
//! the database to do, those of the next ones are made.

use crate::server::store::{KeptWords, OrgDb, ReadyWords, StoreError};
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

/// What came of some runs.
struct Round {
    kept: KeptWords,
    /// The words of the next ones, where these were made.
    next: Option<ReadyWords>,
    /// Whether there are no others.
    is_all: bool,
}

/// Puts runs into the index that are not there as they are, until about so much time has passed.
pub async fn take_turn(org: &OrgDb, within: Duration) -> Result<CaughtUp, StoreError> {
    let (mut most, mut runs, mut ready, began) = (FIRST, 0, None, Instant::now());
    loop {
        let goes_on = began.elapsed() < within;
        let round = match Box::pin(round(org, ready.take(), most, goes_on)).await {
            Err(error) if !error.is_passing() => Box::pin(one(org)).await?,
            round => round?,
        };
        runs += round.kept.runs.unwrap_or_default();
        ready = round.next;
        if round.is_all || (ready.is_none() && !goes_on) {
            return Ok(CaughtUp { runs, is_all: round.is_all });
        }
        if round.kept.held > LONG {
            most = (most / 2).max(FEWEST);
        } else if round.kept.held < SHORT {
            most = (most * 2).min(MOST);
        }
    }
}

/// Keeps the words of some runs, and makes those of the next ones meanwhile if it goes on.
async fn round(org: &OrgDb, ready: Option<ReadyWords>, most: u64, goes_on: bool) -> Result<Round, StoreError> {
    let ready = match ready {
        Some(ready) => ready,
        None => org.next_words(None, most).await?,
    };
    let next = async {
        // Those that cannot be made now cannot be made in a round of their own either, which says why.
        if goes_on && !ready.is_last { org.next_words(Some(&ready), most).await.ok() } else { None }
    };
    let (kept, next) = tokio::join!(org.keep_words(&ready), next);
    let kept = kept?;
    let is_kept = kept.runs.is_some();
    Ok(Round { kept, next: next.filter(|_| is_kept), is_all: ready.is_last && is_kept })
}

/// Puts one run into the index by itself, or goes past it when its words cannot be kept: it does not keep others out.
async fn one(org: &OrgDb) -> Result<Round, StoreError> {
    match round(org, None, 1, false).await {
        Err(error) if !error.is_passing() => {
            Ok(Round { kept: org.pass_by_next(&error).await?, next: None, is_all: false })
        }
        round => round,
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
