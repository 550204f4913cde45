//! What one does with an expanded run: hand it over, go to its neighbours, close it (P-16).

use super::{focus_row, toggle_id};
use crate::{
    domain::{ids::RunId, run::Run},
    paths,
    ui::{
        hooks::workflow_runs::{History, WorkflowRuns},
        kit::{
            copy::CopyButton,
            icon::{Glyph, Icon},
        },
    },
};
use leptos::prelude::*;

/// The bar.
#[component]
pub fn CopyBar(run: Run, runs: WorkflowRuns) -> impl IntoView {
    let id = run.id;
    let link = Callback::new(move |()| {
        let origin = window().location().origin().unwrap_or_default();
        format!("{origin}{}", paths::run(runs.scope.get_untracked(), id))
    });
    let conversation = run.conversation_id.map(|conversation| {
        view! {
            <CopyButton what="conversation ID" class="button button-quiet" text=Callback::new(move |()| conversation.to_string()) />
        }
    });
    let trigger = run.trigger_url.map(|url| {
        view! { <CopyButton what="trigger URL" class="button button-quiet" text=Callback::new(move |()| url.clone()) /> }
    });
    let close = move |_| {
        runs.go(History::Replace, |query| query.with_run(None));
        focus_row(id);
    };
    view! {
        <div class="copy-bar">
            <CopyButton what="link" text=link />
            <CopyButton what="run ID" class="button button-quiet" text=Callback::new(move |()| id.to_string()) />
            {conversation}
            {trigger}
            <span class="copy-bar-way needs-script">
                <Neighbour id runs label="Previous" forward=false />
                <Neighbour id runs label="Next" forward=true />
                <button type="button" class="button button-quiet button-icon" aria-label="Close" title="Close" on:click=close>
                    <Glyph icon=Icon::Close />
                </button>
            </span>
        </div>
    }
}

/// Expands the row before or after instead. Which that is, is read off the page, where rows may be filtered.
#[component]
fn Neighbour(id: RunId, runs: WorkflowRuns, label: &'static str, forward: bool) -> impl IntoView {
    let go = move |_| {
        if let Some(next) = neighbour(id, forward) {
            runs.go(History::Replace, |query| query.with_run(Some(next)));
            focus_row(next);
        }
    };
    view! {
        <button type="button" class="button button-quiet" on:click=go>
            {label}
        </button>
    }
}

/// The run whose row comes next.
fn neighbour(id: RunId, forward: bool) -> Option<RunId> {
    let toggles = document().query_selector_all(".run-toggle").ok()?;
    let own = toggle_id(id);
    let ids: Vec<String> = (0..toggles.length())
        .filter_map(|at| {
            use wasm_bindgen::JsCast;
            toggles.get(at)?.dyn_into::<web_sys::Element>().ok().map(|toggle| toggle.id())
        })
        .collect();
    let here = ids.iter().position(|id| *id == own)?;
    let next = if forward { here + 1 } else { here.checked_sub(1)? };
    ids.get(next)?.strip_prefix("toggle-")?.parse().ok()
}
