//! Group commit: writes that arrive while one is being committed share the next transaction, so that many runs cost one
//! wait for the disk, and two writers never meet.

use super::{
    engine::Db,
    error::StoreError,
    org_db::OrgDb,
    run_write::{RunChange, WriteOutcome},
};
use crate::domain::ids::OrganizationId;
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// Bytes of one transaction: enough runs to share a commit, few enough that nobody waits for it long.
const AT_ONCE: usize = 8 * 1024 * 1024;

/// Bytes that may wait in a lane. Beyond, writers are told to come back.
const MAX_WAITING: usize = 128 * 1024 * 1024;

/// A transaction that takes longer is given up, so that a connection that is lost without a word stops nobody for good.
const PATIENCE: Duration = Duration::from_secs(25);

/// Without a write for so long, nobody is writing much.
const QUIET: Duration = Duration::from_millis(100);

/// Writes that are one transaction, alone or with others.
#[derive(Debug)]
struct Job {
    org: OrgDb,
    changes: Vec<RunChange>,
    /// About how many bytes they take.
    weight: usize,
    answer: oneshot::Sender<Result<Vec<WriteOutcome>, StoreError>>,
}

impl Job {
    fn is_alone(&self) -> bool {
        self.changes.iter().any(RunChange::is_alone)
    }
}

/// What waits to be written, by who is written for one after the other (see [`Db::lane`]). A lane that is there has a task
/// that works on it.
#[derive(Debug, Default)]
pub(super) struct WriteQueue {
    lanes: Mutex<HashMap<Option<OrganizationId>, VecDeque<Job>>>,
    /// When a job came last.
    last: Mutex<Option<Instant>>,
}

impl OrgDb {
    /// Writes changes in one transaction: all are on disk, whole, when this returns, or none is. Goes on when nobody waits
    /// for it any more.
    pub(super) async fn enqueue(&self, changes: Vec<RunChange>) -> Result<Vec<WriteOutcome>, StoreError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let (answer, answered) = oneshot::channel();
        let lane = self.db.lane(self.organization_id());
        let weight = changes.iter().map(RunChange::weight).sum();
        let is_first = self.db.queue.push(lane, Job { org: self.clone(), changes, weight, answer })?;
        if is_first {
            tokio::spawn(work_on(self.db.clone(), lane));
        }
        answered.await.unwrap_or(Err(StoreError::Unavailable(sqlx::Error::WorkerCrashed)))
    }
}

impl OrgDb {
    /// Done when nothing was written here for a moment, or after so long all the same: for work that others should not wait
    /// for.
    pub async fn lull(&self, at_most: Duration) {
        let began = Instant::now();
        while began.elapsed() < at_most && self.db.queue.last().is_some_and(|last| last.elapsed() < QUIET) {
            tokio::time::sleep(QUIET).await;
        }
    }
}

impl WriteQueue {
    fn lanes(&self) -> MutexGuard<'_, HashMap<Option<OrganizationId>, VecDeque<Job>>> {
        // Nothing that can fail is done while it is held.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> MutexGuard<'_, Option<Instant>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a job wait. Whether its lane is new and needs a task.
    fn push(&self, lane: Option<OrganizationId>, job: Job) -> Result<bool, StoreError> {
        *self.last() = Some(Instant::now());
        let mut lanes = self.lanes();
        let waiting: usize = lanes.get(&lane).into_iter().flatten().map(|job| job.weight).sum();
        if waiting > 0 && waiting + job.weight > MAX_WAITING {
            return Err(StoreError::Busy);
        }
        let is_first = !lanes.contains_key(&lane);
        lanes.entry(lane).or_default().push_back(job);
        Ok(is_first)
    }

    /// The jobs of the next transaction. With the last of them the lane is given up.
    fn next(&self, lane: Option<OrganizationId>) -> Vec<Job> {
        let mut lanes = self.lanes();
        let Some(waiting) = lanes.get_mut(&lane) else { return Vec::new() };
        let fitting = together(waiting.iter().map(|job| (job.weight, job.is_alone())));
        let mut jobs: Vec<_> = waiting.drain(..fitting).collect();
        // Those of one organization stay in order, and share their statements.
        jobs.sort_by_key(|job| job.org.organization_id());
        if jobs.is_empty() {
            lanes.remove(&lane);
        }
        jobs
    }
}

/// How many of those that wait share the next transaction, by how much each weighs and whether it is alone. The first always
/// does.
fn together(waiting: impl Iterator<Item = (usize, bool)>) -> usize {
    let (mut sum, mut is_shared) = (0, true);
    let fitting = waiting.enumerate().take_while(|(n, (weight, is_alone))| {
        let fits = *n == 0 || (is_shared && !is_alone && sum + weight <= AT_ONCE);
        sum += weight;
        is_shared &= !is_alone;
        fits
    });
    fitting.count()
}

async fn work_on(db: Db, lane: Option<OrganizationId>) {
    loop {
        let jobs = db.queue.next(lane);
        if jobs.is_empty() {
            return;
        }
        // In a task of its own: one that panics takes its own jobs with it, and not the lane.
        if let Err(error) = tokio::spawn(settle(db.clone(), jobs)).await {
            tracing::error!(%error, "writes were given up");
        }
    }
}

/// Commits jobs and answers them. When they fail together, and not because the database is out of reach, each gets a
/// transaction of its own, so that none fails for what another one sent, or for how
/// long they took together.
async fn settle(db: Db, jobs: Vec<Job>) {
    match commit_in_time(&db, &jobs).await {
        Ok(outcomes) => {
            for (job, outcomes) in jobs.into_iter().zip(outcomes) {
                answer(job, Ok(outcomes));
            }
        }
        Err(error) if jobs.len() == 1 || (error.is_passing() && !matches!(error, StoreError::TooSlow)) => {
            let error = Arc::new(error);
            for job in jobs {
                answer(job, Err(StoreError::Shared(Arc::clone(&error))));
            }
        }
        Err(_) => {
            for job in jobs {
                let outcome = commit_in_time(&db, std::slice::from_ref(&job)).await;
                answer(job, outcome.map(|outcomes| outcomes.into_iter().flatten().collect()));
            }
        }
    }
}

fn answer(job: Job, outcome: Result<Vec<WriteOutcome>, StoreError>) {
    // Whoever asked may have gone.
    let _ = job.answer.send(outcome);
}

async fn commit_in_time(db: &Db, jobs: &[Job]) -> Result<Vec<Vec<WriteOutcome>>, StoreError> {
    let given_up = |_| Err(StoreError::TooSlow);
    tokio::time::timeout(PATIENCE, commit(db, jobs)).await.unwrap_or_else(given_up)
}

/// One transaction; the outcomes of each job.
async fn commit(db: &Db, jobs: &[Job]) -> Result<Vec<Vec<WriteOutcome>>, StoreError> {
    let Some(first) = jobs.first() else { return Ok(Vec::new()) };
    let mut tx = db.begin_alone(first.org.organization_id()).await?;
    let began = Instant::now();
    let (mut outcomes, mut to_fold): (Vec<Vec<WriteOutcome>>, Vec<&OrgDb>) =
        (Vec::with_capacity(jobs.len()), Vec::new());
    for jobs in jobs.chunk_by(|a, b| a.org.organization_id() == b.org.organization_id()) {
        let org = &jobs[0].org;
        let changes: Vec<_> = jobs.iter().flat_map(|job| &job.changes).collect();
        let mut view = org.within(tx);
        let applied = org.apply(&mut view, &changes).await?;
        let mut written = applied.outcomes.into_iter();
        outcomes.extend(jobs.iter().map(|job| written.by_ref().take(job.changes.len()).collect()));
        to_fold.extend(applied.is_fold_due.then_some(org));
        tx = view.tx;
    }
    tx.commit().await?;
    for outcome in outcomes.iter_mut().flatten() {
        if let WriteOutcome::Taken(taken) = outcome {
            taken.held = began.elapsed();
        }
    }
    to_fold.into_iter().for_each(OrgDb::fold_index_aside);
    let written = jobs.iter().zip(&outcomes).filter(|(_, outcomes)| outcomes.iter().any(WriteOutcome::is_written));
    let written: BTreeSet<_> = written.map(|(job, _)| job.org.organization_id()).collect();
    for organization_id in written {
        db.announce(organization_id);
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_share_a_transaction_and_a_removal_shares_none() {
        assert_eq!(together(std::iter::empty()), 0);
        let (write, removal, large, larger) = ((1, false), (1, true), (AT_ONCE, false), (AT_ONCE * 2, false));
        for (mut waiting, expected) in [
            (vec![write, write, write], vec![3]),
            (vec![removal, removal], vec![1, 1]),
            (vec![write, write, removal, write, write], vec![2, 1, 2]),
            (vec![write, large, write], vec![1, 1, 1]),
            (vec![larger, write, write], vec![1, 2]),
        ] {
            let mut transactions = Vec::new();
            while !waiting.is_empty() {
                let fitting = together(waiting.iter().copied());
                assert!(fitting > 0);
                waiting.drain(..fitting);
                transactions.push(fitting);
            }
            assert_eq!(transactions, expected);
        }
    }
}
