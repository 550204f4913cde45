//! The overview (P-50): what the runs come to that the filters show, on all pages together. It is asked for when the rows
//! are there, and shown by code that the browser loads then too.

#![expect(clippy::unnecessary_wraps, reason = "what is loaded later may fail to come, so `figures` has to be a result")]

mod figures;
mod histogram;

use crate::ui::{
    hooks::{
        reactive::{effect, memo},
        workflow_runs::WorkflowRuns,
    },
    kit::not_loaded::NotLoaded,
};
use figures::Figures;
use leptos::{prelude::*, wasm_split};

/// Everything that only the overview needs lies behind this function, in a file of its own.
#[wasm_split::wasm_split(overview, wasm_split_path = leptos::wasm_split, fallible)]
fn figures(runs: WorkflowRuns) -> Result<AnyView, NotLoaded> {
    Ok(view! { <Figures runs /> }.into_any())
}

/// The place of the overview, as high from the start as it will be.
#[component]
pub fn Overview(runs: WorkflowRuns) -> impl IntoView {
    let (is_due, set_due) = signal(false);
    effect(move || {
        if runs.listed.has_come() {
            set_due.set(true);
        }
    });
    // Of what words find only the list is known.
    let is_of_words = memo(move |_| runs.query.with(|query| query.sought().is_some()));
    let arrive = move || {
        (is_due.get() && !is_of_words.get()).then(|| {
            let arrived = Suspend::new(async move {
                match figures(runs).await {
                    Ok(figures) => figures,
                    Err(NotLoaded) => {
                        view! { <p class="overview-note">"The overview cannot be shown: load the page again"</p> }
                            .into_any()
                    }
                }
            });
            view! { <Transition>{arrived}</Transition> }.into_any()
        })
    };
    view! {
        <section class="overview needs-script" role="region" aria-label="Overview" hidden=is_of_words>
            {move || arrive()}
        </section>
    }
}
