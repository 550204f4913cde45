//! The demo at work: runs as an engine writes them, from their beginning to their end.

use super::{
    DemoFile, DemoRun, compose,
    draw::{Draw, Stream},
    steps::after,
};
use crate::domain::{
    document::RunDocument,
    json::Json,
    status::RunStatus,
    step::{StepLog, ToolCall},
    time::Timestamp,
};
use chrono::TimeDelta;
use serde_json::Value;

/// How long a run takes at most, in milliseconds.
const LONGEST: i64 = 45_000;
/// How long it waits to be taken up.
const WAITS: i64 = 1_200;
/// How long it is at work at least, even when it does nothing.
const WORKS: i64 = 1_500;

/// A run that goes on. What will become of it is known from the beginning, and told as time passes.
pub struct LiveRun {
    whole: RunDocument,
    /// The bytes of its attachments, which it has at its end.
    pub files: Vec<DemoFile>,
    /// Up to when it was told.
    told: Option<Timestamp>,
}

/// How long after one run the next begins.
pub fn until_next(seed: u64, now: Timestamp, rate: u32) -> TimeDelta {
    let millis = Draw::new(seed, Stream::Live, now.millis().unsigned_abs()).between(1_500, 6_000);
    TimeDelta::milliseconds(millis / i64::from(rate.max(1)))
}

impl LiveRun {
    /// A run that begins now. Its times are so many times as short as usual.
    pub fn begin(seed: u64, now: Timestamp, rate: u32) -> Self {
        let rate = i64::from(rate.max(1));
        let DemoRun { document: mut whole, files } = compose::run_to_come(seed, now, LONGEST / rate);
        // Long enough that one sees it wait, and work.
        move_all(&mut whole, |time| after(time, WAITS / rate));
        if let Some(started_at) = whole.started_at {
            let least = after(started_at, WORKS / rate);
            for end in ends(&mut whole) {
                *end = end.map(|end| end.max(least));
            }
            let took = whole.finished_at().map(|end| end.millis_since(started_at));
            whole.duration_ms = whole.duration_ms.and(took);
        }
        Self { whole, files, told: None }
    }

    /// When there is something to tell that has not been told; `None` when all has.
    pub fn next(&self) -> Option<Timestamp> {
        let run = &self.whole;
        let of_steps = run.steps.iter().flat_map(|step| [step.started_at, step.ended_at]);
        let all = of_steps.chain([Some(run.created_at), run.started_at, Some(self.end())]).flatten();
        all.filter(|time| self.told.is_none_or(|told| *time > told)).min()
    }

    /// Up to a moment it has been told.
    pub const fn told(&mut self, until: Timestamp) {
        self.told = Some(until);
    }

    /// When it ends or stops.
    fn end(&self) -> Timestamp {
        let run = &self.whole;
        run.finished_at().or(run.suspended_at).unwrap_or(run.created_at)
    }

    /// As the engine knows it at a moment.
    pub fn at(&self, now: Timestamp) -> RunDocument {
        let whole = RunDocument { updated_at: Some(now), ..self.whole.clone() };
        if now >= self.end() {
            return whole;
        }
        let started_at = whole.started_at.filter(|time| *time <= now);
        let steps: Vec<_> = whole.steps.iter().filter_map(|step| step_at(step, now)).collect();
        let state = whole.state.as_ref().map(|state| {
            let mut state = state.to_value();
            state["currentStepId"] = steps.last().and_then(|step| step.step_id.clone()).into();
            state["error"] = Value::Null;
            Json::from(&state)
        });
        RunDocument {
            status: if started_at.is_some() { RunStatus::Running } else { RunStatus::Pending },
            started_at,
            steps,
            state,
            ..unfinished(whole)
        }
    }

    /// As it is when it is stopped at a moment.
    pub fn stopped(&self, now: Timestamp) -> RunDocument {
        let known = self.at(now);
        if known.status.is_final() || known.status == RunStatus::Suspended {
            return known;
        }
        let stop = |step: StepLog| match step.ended_at {
            None => StepLog { status: Some(RunStatus::Cancelled.to_string()), ended_at: Some(now), ..step },
            Some(_) => step,
        };
        let steps = known.steps.into_iter().map(stop).collect();
        RunDocument { status: RunStatus::Cancelled, cancelled_at: Some(now), steps, ..known }
    }
}

/// Without what a run has at its end only.
fn unfinished(run: RunDocument) -> RunDocument {
    RunDocument {
        completed_at: None,
        failed_at: None,
        suspended_at: None,
        cancelled_at: None,
        duration_ms: None,
        output_message: None,
        error_message: None,
        token_history: Vec::new(),
        attachments: Vec::new(),
        voice_transcripts: Vec::new(),
        ..run
    }
}

fn step_at(step: &StepLog, now: Timestamp) -> Option<StepLog> {
    step.started_at.filter(|time| *time <= now)?;
    let is_over = step.ended_at.is_some_and(|time| time <= now);
    let tool_calls = step.tool_calls.iter().filter_map(|call| call_at(call, now)).collect();
    if is_over {
        return Some(StepLog { tool_calls, ..step.clone() });
    }
    Some(StepLog {
        status: Some(RunStatus::Running.to_string()),
        ended_at: None,
        duration_ms: None,
        output: None,
        error: None,
        tool_calls,
        ..step.clone()
    })
}

fn call_at(call: &ToolCall, now: Timestamp) -> Option<ToolCall> {
    call.started_at.filter(|time| *time <= now)?;
    if call.ended_at.is_some_and(|time| time <= now) {
        return Some(call.clone());
    }
    Some(ToolCall { result: None, error: None, ended_at: None, ..call.clone() })
}

/// Moves all times of a run but that of its creation.
fn move_all(run: &mut RunDocument, to: impl Fn(Timestamp) -> Timestamp) {
    run.started_at = run.started_at.map(&to);
    for end in ends(run) {
        *end = end.map(&to);
    }
    let of_steps = run.steps.iter_mut().flat_map(|step| {
        let of_calls = step.tool_calls.iter_mut().flat_map(|call| [&mut call.started_at, &mut call.ended_at]);
        of_calls.chain([&mut step.started_at, &mut step.ended_at])
    });
    for time in of_steps {
        *time = time.map(&to);
    }
}

/// The ways in which a run may have ended or stopped.
const fn ends(run: &mut RunDocument) -> [&mut Option<Timestamp>; 4] {
    [&mut run.completed_at, &mut run.failed_at, &mut run.suspended_at, &mut run.cancelled_at]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run_write::RunWrite;
    use std::collections::BTreeSet;

    fn runs() -> impl Iterator<Item = LiveRun> {
        let start: Timestamp = "2026-11-21T03:10:00Z".parse().unwrap();
        (0..150).map(move |n| LiveRun::begin(7, after(start, n * 4_321), 1))
    }

    /// Everything that is told of a run, in order.
    fn told(mut run: LiveRun) -> Vec<RunDocument> {
        let mut all = Vec::new();
        while let Some(moment) = run.next() {
            all.push(run.at(moment));
            run.told(moment);
        }
        all
    }

    #[test]
    fn a_run_waits_works_and_ends_within_a_minute() {
        let (mut ids, mut ends) = (BTreeSet::new(), BTreeSet::new());
        for run in runs() {
            let told = told(run);
            let statuses: Vec<_> = told.chunk_by(|a, b| a.status == b.status).map(|same| same[0].status).collect();
            assert_eq!(statuses[..2], [RunStatus::Pending, RunStatus::Running], "{statuses:?}");
            assert!(statuses.len() == 3 && statuses[2] != RunStatus::Running, "{statuses:?}");
            let (first, last) = (&told[0], told.last().unwrap());
            assert!(last.updated_at.unwrap().millis_since(first.created_at) <= 60_000);
            assert_eq!(told.iter().map(|run| run.steps.len()).max(), Some(last.steps.len()));
            assert!(told.iter().map(|run| run.steps.len()).is_sorted());
            assert!(ids.insert(last.id));
            ends.insert(statuses[2]);
        }
        assert_eq!(ends.len(), 4);
    }

    #[test]
    fn at_every_moment_its_document_is_sound() {
        for run in runs().take(40) {
            for document in told(run) {
                assert_eq!(document.faults(), []);
                let now = document.updated_at.unwrap();
                assert!(document.steps.iter().all(|step| step.started_at <= Some(now) && step.ended_at <= Some(now)));
                RunWrite::named(document).unwrap();
            }
        }
    }

    #[test]
    fn one_that_is_stopped_is_cancelled_unless_it_has_ended() {
        for mut run in runs().take(40) {
            while let Some(moment) = run.next() {
                let (known, stopped) = (run.at(moment), run.stopped(moment));
                assert!(stopped.steps.iter().all(|step| step.status.as_deref() != Some("running")));
                assert!(known.status == stopped.status || stopped.cancelled_at == Some(moment));
                run.told(moment);
            }
        }
    }
}
