//! What is told of runs that were written, to a reader who asks for those of a filter.

use crate::{
    domain::{
        change::{Position, RunEvent, RunLeft},
        filter::RunFilter,
        ids::RunId,
        run::RunSummary,
    },
    server::store::{Became, ChangedRun, OrgDb, StoreError},
};
use std::collections::HashMap;

/// What became of a run since a reader was told of runs last; one that was removed has left, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Created(Box<RunEvent>),
    Updated(Box<RunEvent>),
    Left(RunLeft),
}

/// Some changes, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Where one stands after each run that was looked at, and what there is to tell of it.
    pub runs: Vec<(Position, Option<Change>)>,
    /// Where one stands after all of them.
    pub to: Position,
}

/// The changes after a position, of at most so many runs. A run that was written several times is told of once, as it is
/// now.
pub async fn after(org: &OrgDb, filter: &RunFilter, from: Position, most: u64) -> Result<Changes, StoreError> {
    let mut snapshot = org.snapshot().await?;
    let written = snapshot.changed_runs(from, most).await?;
    let is_all = (written.len() as u64) < most;
    let last_change = if is_all { Some(snapshot.last_change().await?) } else { None };
    let ids: Vec<_> = written.iter().map(|run| run.id).collect();
    let fitting = if ids.is_empty() { Vec::new() } else { snapshot.summaries_of(filter, &ids).await? };
    drop(snapshot);
    let mut fitting: HashMap<RunId, RunSummary> = fitting.into_iter().map(|run| (run.id, run)).collect();
    let next = written.iter().skip(1).map(|run| Some(run.last_change)).chain([None]);
    let runs: Vec<_> = written
        .iter()
        .zip(next)
        .map(|(run, next)| {
            let is_last_of_write = next.map_or(is_all, |next| next != run.last_change);
            let within = Position { change: run.last_change, run: run.id };
            let position = if is_last_of_write { Position::after(run.last_change) } else { within };
            (position, change(*run, fitting.remove(&run.id), from))
        })
        .collect();
    let told = runs.last().map_or(from, |(position, _)| *position);
    let to = last_change.map_or(told, |change| told.max(Position::after(change)));
    Ok(Changes { runs, to })
}

fn change(run: ChangedRun, row: Option<RunSummary>, from: Position) -> Option<Change> {
    let Became::Written { first_change, status, duration_ms } = run.became else {
        return Some(Change::Left(RunLeft { id: run.id, status: None, duration_ms: None }));
    };
    // Of those of a write that was told in part, all that came by it are new.
    let is_new = Position { change: first_change, run: run.id } > from;
    match row {
        Some(row) => {
            let event = Box::new(RunEvent { appeared: first_change, run: row });
            Some(if is_new { Change::Created(event) } else { Change::Updated(event) })
        }
        None if is_new => None,
        None => Some(Change::Left(RunLeft { id: run.id, status: Some(status), duration_ms })),
    }
}
