//! The step logs of a run, with what went into each step and what came out.

use super::{
    case::Case,
    course::Course,
    draw::Draw,
    failures,
    schedule::Slot,
    skills::{Skill, Work},
    tools,
};
use crate::domain::{
    json::Json,
    step::{StepLog, ToolCall},
    text::cut,
    time::Timestamp,
};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// What all steps of a run have in common.
pub struct Setting<'a> {
    pub skill: &'static Skill,
    pub case: &'a Case,
    pub input_message: &'a str,
    pub started_at: Timestamp,
}

/// The step logs, each group before what is inside it.
pub fn logs(setting: &Setting<'_>, course: &Course, draw: &mut Draw) -> Vec<StepLog> {
    (0..course.slots.len()).map(|index| log(setting, course, index, draw)).collect()
}

fn log(setting: &Setting<'_>, course: &Course, index: usize, draw: &mut Draw) -> StepLog {
    let slot = &course.slots[index];
    let is_open = course.is_open(index);
    let is_last = index + 1 == course.slots.len();
    let error = course.mishap.as_ref().filter(|_| is_last).map(|mishap| mishap.error.clone());
    let (input, output) = payloads(setting, slot, draw);
    let over = !is_open && course.status_of(index) == "completed";
    StepLog {
        id: log_id(index),
        parent_id: slot.parent.map(log_id),
        step_id: Some(slot.step.id.to_owned()),
        name: Some(slot.item.map_or_else(|| slot.step.name.to_owned(), |item| format!("{} {item}", slot.step.name))),
        kind: Some(slot.step.work.kind().to_owned()),
        status: Some(course.status_of(index).to_owned()),
        started_at: Some(after(setting.started_at, slot.start)),
        ended_at: (!is_open).then(|| after(setting.started_at, slot.end)),
        duration_ms: (!is_open).then_some(slot.end - slot.start),
        input: Some(Json::from(&input)),
        output: over.then(|| Json::from(&output)),
        tool_calls: tool_calls(setting, slot, is_open, error.as_deref(), draw),
        error,
    }
}

fn log_id(index: usize) -> String {
    format!("log_{:04}", index + 1)
}

/// `millis` after `start`.
pub fn after(start: Timestamp, millis: i64) -> Timestamp {
    start.plus(TimeDelta::milliseconds(millis))
}

/// What goes into a step and what comes out when it works.
fn payloads(setting: &Setting<'_>, slot: &Slot, draw: &mut Draw) -> (Value, Value) {
    let case = setting.case;
    match slot.step.work {
        Work::Think => {
            let thought = case.fill(draw.word(setting.skill.thoughts));
            let answer = json!({ "text": thought, "confidence": draw.hundredths(61, 99) });
            match slot.item {
                Some(item) => (json!({ "item": item, "pages": [item, item + 1] }), answer),
                None => (json!({ "task": slot.step.name, "message": cut(setting.input_message, 160) }), answer),
            }
        }
        Work::Tool(tool) => (
            json!({ "tool": tool, "item": slot.item, "about": case.word(if setting.skill.faces_customers { "order" } else { "company" }) }),
            json!({ "ok": true, "rows": draw.between(1, 9) }),
        ),
        Work::Rule => (
            json!({ "amount_cents": case.cents, "limit_cents": 50_000 }),
            json!({ "branch": if case.cents > 50_000 { "above_limit" } else { "within_limit" } }),
        ),
        Work::Group { lanes } => (json!({ "side_by_side": lanes }), json!({ "all": "done" })),
        Work::Approval => (
            json!({ "question": case.fill("Release {amount} for {company}?"), "asked": case.colleague.name, "expires": case.iso_day(-3) }),
            json!({ "answer": "yes", "by": case.colleague.name, "comment": draw.pick(&["ok", "", "fine, but ask me earlier next time", "👍"]) }),
        ),
    }
}

fn tool_calls(
    setting: &Setting<'_>,
    slot: &Slot,
    is_open: bool,
    error: Option<&str>,
    draw: &mut Draw,
) -> Vec<ToolCall> {
    let tool = match slot.step.work {
        Work::Tool(tool) => tool,
        // A model may look something up by itself; its own errors are not the tool's.
        Work::Think if error.is_none() && slot.item.is_none() && draw.chance(9) => "policy.search",
        _ => return Vec::new(),
    };
    let at = |millis: i64| after(setting.started_at, millis);
    let length = slot.end - slot.start;
    let retried = !is_open && error.is_none() && length > 40 && draw.chance(3);
    let begin = if retried { slot.start + length / 2 } else { slot.start + length.min(2) };
    let (arguments, result) = tools::call(tool, setting.case, draw);
    let last = ToolCall {
        id: format!("call_{}", draw.hex(10)),
        name: tool.to_owned(),
        arguments: Some(Json::from(&arguments)),
        result: (error.is_none() && !is_open).then(|| Json::from(&result)),
        error: error.map(str::to_owned),
        started_at: Some(at(begin)),
        ended_at: (!is_open).then(|| at(slot.end)),
    };
    let first = retried.then(|| ToolCall {
        id: format!("call_{}", draw.hex(10)),
        result: None,
        error: Some(failures::passing(draw).to_owned()),
        started_at: Some(at(slot.start)),
        ended_at: Some(at(begin - 2)),
        ..last.clone()
    });
    first.into_iter().chain([last]).collect()
}
