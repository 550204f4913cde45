//! An expanded run: asked for when it is expanded, once (P-13), and shown by code that the browser loads then too.

#![expect(clippy::unnecessary_wraps, reason = "what is loaded later may fail to come, so `details` has to be a result")]

mod answered;
mod attachments;
mod context;
mod conversation;
mod copy_bar;
mod expanded;
mod failure;
mod flow;
mod flow_graph;
mod linked;
mod metadata;
mod payload;
mod step;
mod steps;
mod voice;

use crate::{
    domain::ids::RunId,
    ui::{
        hooks::workflow_runs::{History, WorkflowRuns},
        kit::not_loaded::NotLoaded,
    },
};
use answered::Answered;
use leptos::{prelude::*, wasm_split};
use linked::Linked;
use wasm_bindgen::JsCast;

/// Where a run is shown.
#[derive(Clone, Copy)]
pub enum Shown {
    /// Below its row.
    BelowRow,
    /// Above the table, with a row of its own. Whether the page lists it all the same.
    AboveTable { is_listed: Memo<bool> },
}

/// Everything that only an expanded run needs lies behind this function, in a file of its own. `load_details` gets the
/// file and calls nothing.
#[wasm_split::wasm_split(
    run_details,
    wasm_split_path = leptos::wasm_split,
    preload(
        /// Loads what shows an expanded run.
        load_details
    ),
    fallible
)]
pub fn details(run_id: RunId, runs: WorkflowRuns, shown: Shown) -> Result<AnyView, NotLoaded> {
    Ok(match shown {
        Shown::BelowRow => view! { <Answered run_id runs /> }.into_any(),
        Shown::AboveTable { is_listed } => view! { <Linked run_id runs is_listed /> }.into_any(),
    })
}

/// The details of one run.
#[component]
pub fn RunDetailPanel(run_id: RunId, runs: WorkflowRuns) -> impl IntoView {
    let collapse_on_escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            runs.go(History::Replace, |query| query.with_run(None));
            focus_row(run_id);
        }
    };
    view! {
        <section class="run-detail" role="region" aria-label="Run details" on:keydown=collapse_on_escape>
            <Arriving run_id runs shown=Shown::BelowRow />
        </section>
    }
}

/// A run, when both it and what shows it have come.
#[component]
pub fn Arriving(run_id: RunId, runs: WorkflowRuns, shown: Shown) -> impl IntoView {
    // Not in a closure, so once: what is shown follows later answers by itself.
    let arrived = Suspend::new(async move {
        runs.run.ready().await;
        match details(run_id, runs, shown).await {
            Ok(details) => details,
            Err(NotLoaded) => view! {
                <div class="notice" role="alert">
                    <h2>"The run cannot be shown"</h2>
                    <p>"Load the page again. There may be a newer version, or no connection."</p>
                </div>
            }
            .into_any(),
        }
    });
    view! { <Transition fallback=Loading>{arrived}</Transition> }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <p class="run-detail-loading" role="status">
            "Loading the run…"
        </p>
    }
}

/// The id of the button that expands a run.
pub fn toggle_id(run_id: RunId) -> String {
    format!("toggle-{run_id}")
}

/// Puts the focus on the row of a run.
pub fn focus_row(run_id: RunId) {
    // After the rows have been drawn anew.
    request_animation_frame(move || {
        let toggle = document().get_element_by_id(&toggle_id(run_id));
        if let Some(toggle) = toggle.and_then(|toggle| toggle.dyn_into::<web_sys::HtmlElement>().ok()) {
            // An element of the page takes the focus or leaves it where it is.
            let _ = toggle.focus();
        }
    });
}
