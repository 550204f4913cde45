//! What stands in the cells of a row.

use crate::{
    domain::{
        cost::{self, CostLine},
        duration,
        ids::AiEmployeeId,
        row_match::Needle,
        run::RunSummary,
        source,
        status::RunStatus,
        text::thousands,
        waterfall::{Stretch, WHOLE},
    },
    ui::{
        hooks::clock::use_seconds,
        kit::{avatar::Avatar, bar::Bar, marked::Marked},
    },
};
use leptos::prelude::*;

/// The skill, the beginning of the input, and why it failed if it did.
#[component]
pub fn Skill(run: RunSummary, needle: Memo<Option<Needle>>) -> impl IntoView {
    let failure = run.failure.as_ref().map(|failure| {
        let reason = failure.reason().map(|reason| format!(" · {reason}")).unwrap_or_default();
        format!("{}{reason}", failure.headline())
    });
    view! {
        <span class="cell-skill">
            <Marked text=run.workflow_name needle />
        </span>
        <span class="cell-input" dir="auto">
            <Marked text=run.input_message.unwrap_or_default() needle />
        </span>
        {failure
            .map(|failure| {
                view! {
                    <span class="cell-failure" title=failure.clone()>
                        {failure.clone()}
                    </span>
                }
                    .into_any()
            })}
    }
}

/// The teammate, if one did it.
#[component]
pub fn Teammate(id: Option<AiEmployeeId>, name: Option<String>, needle: Memo<Option<Needle>>) -> impl IntoView {
    match (id, name) {
        (Some(id), Some(name)) => view! {
            <span class="cell-teammate">
                <Avatar id=id.0 name=name.clone() />
                <span class="cell-name">
                    <Marked text=name needle />
                </span>
            </span>
        }
        .into_any(),
        _ => absent(),
    }
}

/// In place of a value that the run does not have.
fn absent() -> AnyView {
    view! { <span class="cell-absent">"–"</span> }.into_any()
}

/// The model, if one was asked.
#[component]
pub fn Model(name: Option<String>, needle: Memo<Option<Needle>>) -> impl IntoView {
    name.map_or_else(absent, |text| view! { <Marked text needle /> }.into_any())
}

/// Where it came from.
#[component]
pub fn Channel(source: String, needle: Memo<Option<Needle>>) -> impl IntoView {
    view! {
        <span class="tag">
            <Marked text=source::label(&source) needle />
        </span>
    }
}

/// How long it took; of one that is at it, how long so far. The bar is to half a minute, where most runs end.
#[component]
pub fn Duration(run: RunSummary) -> impl IntoView {
    let now = use_seconds();
    let (started, fixed) = (run.started_at.unwrap_or(run.created_at), run.duration_ms);
    let is_running = run.status == RunStatus::Running;
    let millis = move || fixed.or_else(|| is_running.then(|| now.get().millis_since(started).max(0)));
    let class = if run.status == RunStatus::Failed { "bar-bad" } else { "bar-quiet" };
    let stretch = Signal::derive(move || {
        let part = millis().map_or(0, |millis| millis / 3).clamp(0, WHOLE.into());
        Some(Stretch { start: 0, length: u32::try_from(part).unwrap_or(WHOLE) })
    });
    view! {
        <span class="cell-duration">
            {move || millis().map_or_else(absent, |millis| duration::label(millis).into_any())} <span class="cell-duration-bar"><Bar stretch class /></span>
        </span>
    }
}

/// All tokens.
#[component]
pub fn Tokens(total: Option<i64>) -> impl IntoView {
    let total = total.and_then(|total| u64::try_from(total).ok());
    total.map_or_else(absent, |total| thousands(total).into_any())
}

/// What it cost over all kinds of key.
#[component]
pub fn Cost(lines: Vec<CostLine>) -> impl IntoView {
    cost::total(&lines).map_or_else(absent, |total| total.label().into_any())
}
