//! Keeping the search index: as many runs at a time as keep writers waiting for a moment only. While the words of some are
//! kept, which is for the database to do, those of the next ones are made.

use crate::server::store::{KeptWords, OrgDb, ReadyWords, StoreError};
use std::time::{Duration, Instant};

/// Runs of the first round, and the fewest and most of one.
const FIRST: u64 = 64;
const FEWEST: u64 = 8;
const MOST: u64 = 512;
/// How long writers may be kept out, and below which more runs are taken at a time.
const LONG: Duration = Duration::from_millis(50);
const SHORT: Duration = Duration::from_millis(20);

/// After how many words these are settled, and at the end of a turn: less often takes longer at a time, more often longer in
/// all.
const UNSETTLED: u64 = 40_000;

/// How long one organization may keep the others waiting.
const TURN: Duration = Duration::from_millis(500);

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
    /// How many runs were asked for.
    most: u64,
    /// The words of the next ones, where these were made.
    next: Option<ReadyWords>,
    /// Whether there are no others.
    is_all: bool,
    /// How many words are to be settled.
    unsettled: u64,
}

/// Puts runs into the index that are not there as they are, for about as long as a turn takes, and waits at its end until
/// others could write. Where another server was faster, it leaves the next ones to that one, for as long.
pub async fn take_turn(org: &OrgDb) -> Result<CaughtUp, StoreError> {
    let (mut most, mut runs, mut unsettled, mut ready, began) = (FIRST, 0, 0, None, Instant::now());
    loop {
        let goes_on = began.elapsed() < TURN;
        let round = match Box::pin(round(org, ready.take(), most, goes_on, unsettled)).await {
            Err(error) if !error.is_passing() => {
                let kept = Box::pin(org.index_next()).await?;
                Round { kept, most: FEWEST, next: None, is_all: false, unsettled: unsettled + kept.words }
            }
            round => round?,
        };
        ready = round.next;
        let Some(kept) = round.kept.runs else {
            tokio::time::sleep(TURN).await;
            return Ok(CaughtUp { runs, is_all: false });
        };
        runs += kept;
        unsettled = round.unsettled;
        if round.is_all {
            return Ok(CaughtUp { runs, is_all: true });
        }
        if ready.is_none() && !goes_on {
            org.let_others_in().await;
            return Ok(CaughtUp { runs, is_all: false });
        }
        most = match round.kept.held {
            held if held > LONG => (round.most / 2).max(FEWEST),
            held if held < SHORT => (round.most * 2).min(MOST),
            _ => round.most,
        };
    }
}

/// Keeps the words of some runs and may settle them; makes those of the next ones meanwhile if it goes on.
async fn round(
    org: &OrgDb,
    ready: Option<ReadyWords>,
    most: u64,
    goes_on: bool,
    unsettled: u64,
) -> Result<Round, StoreError> {
    let ready = match ready {
        Some(ready) => ready,
        None => org.next_words(None, most).await?,
    };
    let keep = async {
        let kept = org.keep_words(&ready).await?;
        let unsettled = unsettled + kept.words;
        let is_due = unsettled >= UNSETTLED || (unsettled > 0 && (ready.is_last || !goes_on));
        if is_due && let Err(error) = org.settle_words().await {
            tracing::warn!(%error, "words in the search index are slow to look up");
        }
        Ok::<_, StoreError>((kept, if is_due { 0 } else { unsettled }))
    };
    let next = async {
        // If they cannot be made, that is said when it is their turn.
        if goes_on && !ready.is_last { org.next_words(Some(&ready), most).await.ok() } else { None }
    };
    let (kept, next) = tokio::join!(keep, next);
    let (kept, unsettled) = kept?;
    let is_kept = kept.runs.is_some();
    let next = next.filter(|_| is_kept);
    Ok(Round { kept, most: ready.most, next, is_all: ready.is_last && is_kept, unsettled })
}

/// Puts all runs into the index that are not there as they are; how many.
pub async fn catch_up(org: &OrgDb) -> Result<u64, StoreError> {
    let mut runs = 0;
    loop {
        let caught_up = take_turn(org).await?;
        runs += caught_up.runs;
        if caught_up.is_all {
            return Ok(runs);
        }
    }
}

/// Makes the index of an organization again; of how many runs.
pub async fn make_again(org: &OrgDb) -> Result<u64, StoreError> {
    org.restart_index().await?;
    catch_up(org).await
}
