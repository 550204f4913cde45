//! The steps of a run as lines of a waterfall: children under their parents, calls of tools where they happened, each at
//! its place on the run's own time line (P-17).

use super::{run::Run, step::StepLog, time::Timestamp};
use std::{borrow::Borrow, collections::HashMap};

/// A line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Line {
    pub of: LineOf,
    /// How many parents it lies under.
    pub depth: usize,
}

/// What a line shows, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineOf {
    Step(usize),
    /// The call of a step.
    Call(usize, usize),
}

/// Puts steps and calls into the order of their lines. A parent that is not there counts as none, and a circle of parents
/// is entered at its first step.
pub fn arrange(steps: &[impl Borrow<StepLog>]) -> Vec<Line> {
    let steps: Vec<&StepLog> = steps.iter().map(Borrow::borrow).collect();
    let at: HashMap<&str, usize> = steps.iter().enumerate().map(|(at, step)| (step.id.as_str(), at)).collect();
    let parent = |step: &StepLog| step.parent_id.as_deref().and_then(|id| at.get(id)).copied();
    let mut children = vec![Vec::new(); steps.len()];
    for (position, step) in steps.iter().enumerate() {
        if let Some(parent) = parent(step) {
            children[parent].push(position);
        }
    }
    let mut lines = Vec::with_capacity(steps.len());
    let mut seen = vec![false; steps.len()];
    let outer = (0..steps.len()).filter(|at| parent(steps[*at]).is_none());
    // What is in a circle is reached from no outer step.
    for start in outer.chain(0..steps.len()) {
        let mut waiting = vec![Line { of: LineOf::Step(start), depth: 0 }];
        while let Some(line) = waiting.pop() {
            let LineOf::Step(step) = line.of else {
                lines.push(line);
                continue;
            };
            if std::mem::replace(&mut seen[step], true) {
                continue;
            }
            lines.push(line);
            let calls = steps[step].tool_calls.iter().enumerate();
            let calls = calls.map(|(call, log)| (log.started_at, LineOf::Call(step, call)));
            let inner = children[step].iter().map(|child| (steps[*child].started_at, LineOf::Step(*child)));
            let mut inside: Vec<_> = calls.chain(inner).collect();
            inside.sort_by_key(|(started, _)| *started);
            waiting.extend(inside.into_iter().rev().map(|(_, of)| Line { of, depth: line.depth + 1 }));
        }
    }
    lines
}

/// The span of time that the lanes show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    start: Timestamp,
    millis: i64,
}

/// A stretch of a lane, in hundredths of a percent of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stretch {
    pub start: u32,
    pub length: u32,
}

/// A whole lane.
pub const WHOLE: u32 = 10_000;
/// What took no time is still to be seen.
const SHORTEST: u32 = 60;

impl Span {
    /// From the first beginning to the last end of a run and these steps.
    pub fn of(run: &Run, steps: &[impl Borrow<StepLog>]) -> Self {
        let steps = steps.iter().map(Borrow::borrow);
        let begins = steps.clone().filter_map(|step| step.started_at).chain(run.started_at);
        let start = begins.min().unwrap_or(run.created_at);
        let ends = steps.filter_map(|step| step.ended_at.or(step.started_at));
        let end = ends.chain([run.completed_at, run.failed_at, run.cancelled_at].into_iter().flatten()).max();
        Self { start, millis: end.map_or(0, |end| end.millis_since(start)).max(1) }
    }

    /// How long it is, in milliseconds.
    pub const fn millis(self) -> i64 {
        self.millis
    }

    /// Where something lies in the lane; without an end it goes on to the end of the lane.
    pub fn place(self, started: Option<Timestamp>, ended: Option<Timestamp>) -> Option<Stretch> {
        let started = started?;
        let part = |millis: i64| {
            let part = i128::from(millis.clamp(0, self.millis)) * i128::from(WHOLE) / i128::from(self.millis);
            u32::try_from(part).unwrap_or(WHOLE)
        };
        let start = part(started.millis_since(self.start)).min(WHOLE - SHORTEST);
        let length = ended.map_or(WHOLE - start, |ended| part(ended.millis_since(started)));
        Some(Stretch { start, length: length.clamp(SHORTEST, WHOLE - start) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step(id: &str, parent: Option<&str>, calls: &[&str]) -> StepLog {
        let calls: Vec<_> = calls
            .iter()
            .map(|at| serde_json::json!({ "id": at, "name": at, "started_at": format!("2026-11-21T14:00:{at}Z") }))
            .collect();
        serde_json::from_value(serde_json::json!({
            "id": id, "parent_id": parent, "started_at": format!("2026-11-21T14:00:{id}Z"), "tool_calls": calls
        }))
        .unwrap()
    }

    fn printed(steps: &[StepLog]) -> String {
        let name = |of| match of {
            LineOf::Step(step) => steps[step].id.clone(),
            LineOf::Call(step, call) => format!("({})", steps[step].tool_calls[call].id),
        };
        let lines: Vec<_> =
            arrange(steps).iter().map(|line| format!("{}{}", ">".repeat(line.depth), name(line.of))).collect();
        lines.join(" ")
    }

    #[test]
    fn p17_children_and_calls_stand_where_they_happened() {
        let steps = [
            step("01", None, &["02", "05"]),
            step("06", None, &[]),
            step("03", Some("01"), &["04"]),
            step("07", Some("06"), &[]),
            step("08", Some("gone"), &[]),
        ];
        assert_eq!(printed(&steps), "01 >(02) >03 >>(04) >(05) 06 >07 08");
    }

    #[test]
    fn a_circle_of_parents_is_shown_once() {
        let steps = [step("01", Some("02"), &[]), step("02", Some("01"), &[]), step("03", Some("03"), &[])];
        assert_eq!(printed(&steps), "01 >02 03");
    }

    #[test]
    fn a_lane_shows_when_something_was_done() {
        let time = |text: &str| Some(format!("2026-11-21T14:00:{text}Z").parse().unwrap());
        let span = Span { start: time("00").unwrap(), millis: 10_000 };
        let place = |from, to| span.place(from, to).map(|stretch| (stretch.start, stretch.length));
        assert_eq!(place(time("02"), time("05")), Some((2_000, 3_000)));
        assert_eq!(place(time("02"), time("02")), Some((2_000, SHORTEST)));
        assert_eq!(place(time("02"), None), Some((2_000, 8_000)));
        assert_eq!(place(time("59"), None), Some((WHOLE - SHORTEST, SHORTEST)));
        assert_eq!(place(None, time("02")), None);
    }

    proptest! {
        #[test]
        fn every_step_stands_once(parents in proptest::collection::vec(proptest::option::of(0..12_usize), 0..12)) {
            let steps: Vec<_> = parents
                .iter()
                .enumerate()
                .map(|(at, parent)| step(&format!("{at:02}"), parent.map(|at| format!("{at:02}")).as_deref(), &[]))
                .collect();
            let mut shown: Vec<_> = arrange(&steps).iter().map(|line| line.of).collect();
            shown.sort_by_key(|of| match of { LineOf::Step(at) | LineOf::Call(at, _) => *at });
            prop_assert_eq!(shown, (0..steps.len()).map(LineOf::Step).collect::<Vec<_>>());
        }
    }
}
