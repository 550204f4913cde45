//! The steps of a run on its own time line, nested as they ran, with the tools that they called (P-17).

use crate::{
    domain::{
        duration,
        run::Run,
        step::{StepLog, ToolCall},
        text::thousands,
        time::Timestamp,
    },
    ui::kit::bar::Bar,
};
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};

/// How far a step may be indented; deeper ones stand as far in.
const DEEPEST: usize = 6;

/// The span of time that the lanes show.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: Timestamp,
    millis: i64,
}

impl Span {
    fn of(run: &Run, steps: &[StepLog]) -> Self {
        let begins = steps.iter().filter_map(|step| step.started_at).chain(run.started_at);
        let start = begins.min().unwrap_or(run.created_at);
        let ends = steps.iter().filter_map(|step| step.ended_at.or(step.started_at));
        let end = ends.chain([run.completed_at, run.failed_at, run.cancelled_at].into_iter().flatten()).max();
        Self { start, millis: end.map_or(0, |end| end.millis_since(start)).max(1) }
    }

    /// Where something lies in the lane, in hundredths of it; what took no time is still to be seen.
    #[expect(clippy::cast_precision_loss, reason = "the place of a bar")]
    fn place(self, started: Option<Timestamp>, ended: Option<Timestamp>) -> Option<(f64, f64)> {
        let started = started?;
        let hundredths = |millis: i64| (millis as f64 / self.millis as f64 * 100.0).clamp(0.0, 100.0);
        let start = hundredths(started.millis_since(self.start)).min(99.0);
        let length = ended.map_or(100.0 - start, |ended| hundredths(ended.millis_since(started)));
        Some((start, length.max(0.6)))
    }
}

/// The steps that were loaded.
#[component]
pub fn Steps(steps: Vec<StepLog>, steps_total: u64, run: Run) -> impl IntoView {
    if steps.is_empty() {
        return None;
    }
    let span = Span::of(&run, &steps);
    let failed = run.failure.and_then(|failure| failure.step_id);
    let depths = depths(&steps);
    let shown = steps.len() as u64;
    let rows = steps
        .into_iter()
        .zip(depths)
        .map(|(step, depth)| {
            let is_cause = failed.as_deref() == Some(step.id.as_str());
            view! { <Step step depth span is_cause /> }
        })
        .collect_view();
    let more =
        (shown < steps_total).then(|| format!("The first {} of {} steps.", thousands(shown), thousands(steps_total)));
    Some(view! {
        <section class="steps">
            <h2>"Steps " <span class="steps-count">{thousands(steps_total)}</span></h2>
            <ol class="steps-list">{rows}</ol>
            {more.map(|more| view! { <p class="steps-more">{more}</p> })}
        </section>
    })
}

/// How deep each step lies under its parents; a parent that is not there, or a circle, ends the count.
fn depths(steps: &[StepLog]) -> Vec<usize> {
    let parents: HashMap<&str, &str> =
        steps.iter().filter_map(|step| Some((step.id.as_str(), step.parent_id.as_deref()?))).collect();
    let known: HashSet<&str> = steps.iter().map(|step| step.id.as_str()).collect();
    let depth = |step: &StepLog| {
        let parent = |id: &&str| parents.get(id).copied().filter(|parent| known.contains(parent));
        std::iter::successors(Some(step.id.as_str()), parent).skip(1).take(DEEPEST).count()
    };
    steps.iter().map(depth).collect()
}

#[component]
fn Step(step: StepLog, depth: usize, span: Span, is_cause: bool) -> impl IntoView {
    let has_failed = step.has_failed();
    let state = match step.status.as_deref() {
        _ if has_failed => "failed",
        Some("running") => "running",
        Some("skipped" | "cancelled" | "pending") => "off",
        _ => "completed",
    };
    let name = step.label().to_owned();
    let time = step.millis().map(duration::label);
    let place = span.place(step.started_at, step.ended_at);
    // A step often fails with the words of its tool, which stand below it anyway.
    let error = step.error.filter(|error| !step.tool_calls.iter().any(|call| call.error.as_ref() == Some(error)));
    let calls = step.tool_calls.into_iter().map(|call| view! { <Call call depth span /> }).collect_view();
    view! {
        <li class="step" class:step-cause=is_cause>
            <div class=format!("step-line step-depth-{depth}")>
                <span class="step-name">
                    <span class=format!("status-dot step-{state}") aria-hidden="true"></span>
                    <span class="step-label">{name}</span>
                    <span class="visually-hidden">{format!(", {state}")}</span>
                </span>
                <span class="step-lane">
                    {place
                        .map(|(start, length)| {
                            view! { <Bar start length class=if has_failed { "bar-bad" } else { "bar-step" } /> }
                        })}
                </span>
                <span class="step-time">{time}</span>
            </div>
            {error
                .map(|error| {
                    view! {
                        <p class="step-error" dir="auto">
                            {error}
                        </p>
                    }
                })}
            {calls}
        </li>
    }
}

#[component]
fn Call(call: ToolCall, depth: usize, span: Span) -> impl IntoView {
    let time = call.started_at.zip(call.ended_at).map(|(start, end)| duration::label(end.millis_since(start)));
    let class = if call.error.is_some() { "bar-bad" } else { "bar-tool" };
    let place = span.place(call.started_at, call.ended_at);
    view! {
        <div class=format!("step-line step-call step-depth-{depth}")>
            <span class="step-name">
                <span class="step-label">{call.name}</span>
            </span>
            <span class="step-lane">{place.map(|(start, length)| view! { <Bar start length class /> })}</span>
            <span class="step-time">{time}</span>
        </div>
        {call
            .error
            .map(|error| {
                view! {
                    <p class="step-error" dir="auto">
                        {error}
                    </p>
                }
            })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, parent: Option<&str>) -> StepLog {
        let parent = parent.map_or_else(|| "null".to_owned(), |parent| format!("\"{parent}\""));
        serde_json::from_str(&format!(r#"{{ "id": "{id}", "parent_id": {parent} }}"#)).unwrap()
    }

    #[test]
    fn steps_are_as_deep_as_their_parents_go() {
        let steps = [
            step("a", None),
            step("b", Some("a")),
            step("c", Some("b")),
            step("d", Some("gone")),
            step("e", Some("e")),
        ];
        assert_eq!(depths(&steps), [0, 1, 2, 0, DEEPEST]);
    }
}
