//! The steps of a run at their places in time: one after another, or side by side in the lanes of a group.

use super::{
    draw::Draw,
    skills::{Skill, Step, Work},
};

/// A step at its place, in milliseconds since the run started.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    pub step: &'static Step,
    /// Which item of the run it is about, from 1, for steps that happen for each.
    pub item: Option<usize>,
    /// The place of the group in the list.
    pub parent: Option<usize>,
    pub start: i64,
    pub end: i64,
}

/// What decides about the steps of a run.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    pub skill: &'static Skill,
    /// Of the flow.
    pub version: u8,
    pub items: usize,
    /// In percent of the usual time.
    pub pace: i64,
}

/// All steps of a run that goes through to the end, each group before what is inside it.
pub fn lay_out(scope: Scope, draw: &mut Draw) -> Vec<Slot> {
    let mut slots = Vec::new();
    place(scope, None, 0, draw, &mut slots);
    slots
}

/// Puts down the steps inside the group at `parent`, or those outside of all groups, and says when the last one ends.
fn place(scope: Scope, parent: Option<usize>, from: i64, draw: &mut Draw, slots: &mut Vec<Slot>) -> i64 {
    let group = parent.map(|at| slots[at].step);
    let mut lanes = vec![from; lanes_of(group)];
    for step in scope.skill.steps.iter().filter(|step| step.parent == group.map(|group| group.id)) {
        if step.since > scope.version || !draw.chance(step.percent) {
            continue;
        }
        let items = if step.each { scope.items } else { 1 };
        for item in 1..=items {
            let lane = (0..lanes.len()).min_by_key(|lane| lanes[*lane]).unwrap_or(0);
            let start = lanes[lane] + draw.between(1, 24);
            let at = slots.len();
            slots.push(Slot { step, item: step.each.then_some(item), parent, start, end: start });
            let end = match step.work {
                Work::Group { .. } => place(scope, Some(at), start, draw, slots) + draw.between(1, 6),
                _ => start + (draw.skewed(step.typical_ms) * scope.pace / 100).max(4),
            };
            slots[at].end = end;
            lanes[lane] = end;
        }
    }
    lanes.into_iter().max().unwrap_or(from)
}

const fn lanes_of(group: Option<&Step>) -> usize {
    match group {
        Some(Step { work: Work::Group { lanes }, .. }) => *lanes,
        _ => 1,
    }
}

/// Lets every group end after the last step inside it, once steps were taken away.
pub fn close_groups(slots: &mut [Slot]) {
    for at in (0..slots.len()).rev() {
        let inside = slots.iter().filter(|slot| slot.parent == Some(at)).map(|slot| slot.end).max();
        if let (Work::Group { .. }, Some(end)) = (slots[at].step.work, inside) {
            slots[at].end = end + 2;
        }
    }
}

/// Stretches or squeezes all times, so that what took `from` takes `to`.
pub fn rescale(slots: &mut [Slot], from: i64, to: i64) {
    for slot in slots {
        slot.start = slot.start * to / from.max(1);
        slot.end = slot.end * to / from.max(1);
    }
}
