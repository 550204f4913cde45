//! How far a run gets: the steps it went through, where it stopped, and when.

use super::{
    case::Case,
    draw::Draw,
    failures::{self, Mishap},
    schedule::{self, Scope, Slot},
    skills::{Step, Work},
};
use crate::domain::status::RunStatus;

/// Where people have to say yes in skills that have no such step of their own.
const ASK: Step = Step {
    id: "ask_person",
    name: "Wait for an answer",
    work: Work::Approval,
    typical_ms: 1,
    parent: None,
    since: 1,
    percent: 100,
    each: false,
};

/// The steps of a run and what became of the last one.
pub struct Course {
    pub status: RunStatus,
    pub slots: Vec<Slot>,
    /// Of the last step, when it failed.
    pub mishap: Option<Mishap>,
    /// When the run ended or stopped, in milliseconds since it started.
    pub until: i64,
}

impl Course {
    /// The course of a run that has had `elapsed` milliseconds so far.
    pub fn new(status: RunStatus, scope: Scope, case: &Case, elapsed: i64, draw: &mut Draw) -> Self {
        let slots = schedule::lay_out(scope, draw);
        let mut course = Self { status, slots, mishap: None, until: 0 };
        match status {
            RunStatus::Pending => course.slots.clear(),
            RunStatus::Completed => {}
            RunStatus::Failed if draw.chance(9) => course.stop_between_steps(draw),
            RunStatus::Failed => course.fail(case, draw),
            RunStatus::Running | RunStatus::Cancelled => course.stop_in_a_step(draw),
            RunStatus::Suspended => course.wait_for_a_person(scope, draw),
        }
        schedule::close_groups(&mut course.slots);
        course.fit(elapsed, draw);
        course
    }

    /// What the step at `index` came to, in the engine's words.
    pub fn status_of(&self, index: usize) -> &'static str {
        let last = match self.status {
            RunStatus::Failed if self.mishap.is_some() => "failed",
            RunStatus::Running | RunStatus::Suspended | RunStatus::Cancelled => self.status.as_str(),
            _ => return "completed",
        };
        if self.holds_last(index) { last } else { "completed" }
    }

    /// Whether the step has no end yet.
    pub fn is_open(&self, index: usize) -> bool {
        matches!(self.status, RunStatus::Running | RunStatus::Suspended) && self.holds_last(index)
    }

    /// Whether the step is the last one or a group around it.
    pub fn holds_last(&self, index: usize) -> bool {
        let mut at = self.slots.len().checked_sub(1);
        while let Some(place) = at {
            if place == index {
                return true;
            }
            at = self.slots[place].parent;
        }
        false
    }

    /// Cuts after a step that does something itself, seldom the first.
    fn stop_in_a_step(&mut self, draw: &mut Draw) {
        let stops: Vec<usize> = (0..self.slots.len()).filter(|at| is_work(&self.slots[*at])).collect();
        let last = if stops.len() > 1 && draw.chance(92) { &stops[1..] } else { &stops };
        let at = *draw.pick(last);
        self.slots.truncate(at + 1);
    }

    fn fail(&mut self, case: &Case, draw: &mut Draw) {
        self.stop_in_a_step(draw);
        if let Some(last) = self.slots.last_mut() {
            let mishap = failures::in_step(last.step, case, draw);
            last.end = mishap.takes_ms.map_or(last.end, |millis| last.start + millis + draw.between(1, 9));
            self.mishap = Some(mishap);
        }
    }

    fn stop_between_steps(&mut self, draw: &mut Draw) {
        let ends: Vec<usize> = (0..self.slots.len()).filter(|at| self.slots[*at].parent.is_none()).collect();
        let keep = *draw.pick(&ends);
        self.slots.truncate(keep);
    }

    fn wait_for_a_person(&mut self, scope: Scope, draw: &mut Draw) {
        let own = scope.skill.steps.iter().find(|step| step.work == Work::Approval);
        if let Some(step) = own.filter(|step| self.slots.iter().any(|slot| slot.step.id == step.id)) {
            let at = self.slots.iter().position(|slot| slot.step.id == step.id);
            self.slots.truncate(at.unwrap_or(0));
        } else {
            self.stop_between_steps(draw);
        }
        let start = self.slots.iter().map(|slot| slot.end).max().unwrap_or(0) + draw.between(2, 20);
        self.slots.push(Slot { step: own.unwrap_or(&ASK), item: None, parent: None, start, end: start });
    }

    /// Makes the times fit into what has elapsed: what is over was over before now, what runs is still running.
    fn fit(&mut self, elapsed: i64, draw: &mut Draw) {
        let over = (0..self.slots.len()).filter(|at| !self.is_open(*at)).map(|at| self.slots[at].end).max();
        let reached = over.max(self.slots.last().map(|slot| slot.start)).unwrap_or(0);
        let room = elapsed * draw.between(55, 85) / 100;
        if reached > room || (self.status == RunStatus::Running && reached > 0) {
            schedule::rescale(&mut self.slots, reached, room);
            self.until = room;
        } else {
            self.until = reached;
        }
    }
}

const fn is_work(slot: &Slot) -> bool {
    matches!(slot.step.work, Work::Think | Work::Tool(_))
}
