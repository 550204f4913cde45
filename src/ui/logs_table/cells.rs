//! What stands in the cells of a row.

use crate::{
    domain::{
        cost::{self, CostLine},
        duration,
        ids::AiEmployeeId,
        run::RunSummary,
        source,
        status::RunStatus,
        text::thousands,
    },
    ui::{
        hooks::clock::use_now,
        kit::{avatar::Avatar, bar::Bar},
    },
};
use leptos::{either::Either, prelude::*};

/// The skill, the beginning of the input, and why it failed if it did.
#[component]
pub fn Skill(run: RunSummary) -> impl IntoView {
    let failure = run.failure.as_ref().map(|failure| {
        let reason = failure.reason().map(|reason| format!(" · {reason}")).unwrap_or_default();
        format!("{}{reason}", failure.headline())
    });
    view! {
        <span class="cell-skill">{run.workflow_name}</span>
        <span class="cell-input" dir="auto">
            {run.input_message}
        </span>
        {failure
            .map(|failure| {
                view! {
                    <span class="cell-failure" title=failure.clone()>
                        {failure.clone()}
                    </span>
                }
            })}
    }
}

/// The teammate, if one did it.
#[component]
pub fn Teammate(id: Option<AiEmployeeId>, name: Option<String>) -> impl IntoView {
    match (id, name) {
        (Some(id), Some(name)) => Either::Left(view! {
            <span class="cell-teammate">
                <Avatar id=id.0 name=name.clone() />
                <span class="cell-name">{name}</span>
            </span>
        }),
        _ => Either::Right(Absent()),
    }
}

/// In place of a value that the run does not have.
#[component]
fn Absent() -> impl IntoView {
    view! { <span class="cell-absent">"–"</span> }
}

/// The model, if one was asked.
#[component]
pub fn Model(name: Option<String>) -> impl IntoView {
    name.map_or_else(|| Either::Left(Absent()), Either::Right)
}

/// Where it came from.
#[component]
pub fn Channel(source: String) -> impl IntoView {
    view! { <span class="tag">{source::label(&source)}</span> }
}

/// How long it took; of one that is at it, how long so far. The bar is to half a minute, where most runs end.
#[component]
pub fn Duration(run: RunSummary) -> impl IntoView {
    let now = use_now();
    let (started, fixed) = (run.started_at.unwrap_or(run.created_at), run.duration_ms);
    let is_running = run.status == RunStatus::Running;
    let millis = Signal::derive(move || fixed.or_else(|| is_running.then(|| now.get().millis_since(started).max(0))));
    let class = if run.status == RunStatus::Failed { "bar-bad" } else { "bar-quiet" };
    #[expect(clippy::cast_precision_loss, reason = "the length of a bar")]
    let length = move || millis.get().map_or(0.0, |millis| (millis as f64 / 300.0).min(100.0));
    view! {
        <span class="cell-duration">
            {move || {
                millis.get().map_or_else(|| Either::Left(Absent()), |millis| Either::Right(duration::label(millis)))
            }} <span class="cell-duration-bar">{move || view! { <Bar start=0.0 length=length() class /> }}</span>
        </span>
    }
}

/// All tokens.
#[component]
pub fn Tokens(total: Option<i64>) -> impl IntoView {
    let total = total.and_then(|total| u64::try_from(total).ok());
    total.map_or_else(|| Either::Left(Absent()), |total| Either::Right(thousands(total)))
}

/// What it cost over all kinds of key.
#[component]
pub fn Cost(lines: Vec<CostLine>) -> impl IntoView {
    cost::total(&lines).map_or_else(|| Either::Left(Absent()), |total| Either::Right(total.label()))
}
