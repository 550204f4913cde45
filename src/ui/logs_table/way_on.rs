//! What one can do when there is no answer.

use crate::{error::AppError, paths, ui::hooks::workflow_runs::WorkflowRuns};
use leptos::prelude::*;

/// A button that tries again; where that is of no use, the link that is.
#[component]
pub fn WayOn(error: AppError, runs: WorkflowRuns, again: fn(WorkflowRuns)) -> impl IntoView {
    let here = move || runs.href(Clone::clone);
    let link = |words: &'static str, href: Signal<String>| {
        view! {
            <a class="button" rel="external" href=move || href.get()>
                {words}
            </a>
        }
        .into_any()
    };
    match error {
        AppError::Outdated => link("Load the page again", Signal::derive(here)),
        AppError::SignedOut => link("Sign in", Signal::derive(move || paths::login_then(&here()))),
        _ => view! {
            <button type="button" class="button" on:click=move |_| again(runs)>
                "Try again"
            </button>
        }
        .into_any(),
    }
}
