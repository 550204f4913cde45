//! What came of asking for a run: the run, another organization that has it, or why there is nothing.

use super::expanded::Expanded;
use crate::{
    domain::{ids::RunId, run_view::FoundRun},
    error::AppError,
    paths,
    ui::hooks::workflow_runs::{History, WorkflowRuns},
};
use leptos::{either::EitherOf4, prelude::*};

/// The answer. The same again changes nothing, so that what is open stays open.
#[component]
pub fn Answered(run_id: RunId, runs: WorkflowRuns) -> impl IntoView {
    let answer = Memo::new(move |before: Option<&Option<Result<FoundRun, AppError>>>| {
        let answer = runs.run.get().flatten()?;
        match answer.and_then(|found| found.read().map_err(|_| AppError::Internal)) {
            // The URL names another run by now.
            Ok(FoundRun::Here(run)) if run.row.id != run_id => before.cloned().flatten(),
            other => Some(other),
        }
    });
    move || match answer.get() {
        None => EitherOf4::A(()),
        Some(Ok(FoundRun::Here(run))) => EitherOf4::B(match run.view.read() {
            Ok(shown) => view! { <Expanded shown text=run.view runs /> }.into_any(),
            Err(_) => view! { <Failed error=AppError::Internal runs /> }.into_any(),
        }),
        Some(Ok(FoundRun::InAnother { organization_id, organization_name, href })) => EitherOf4::C(view! {
            <div class="notice">
                <h2>{format!("This run belongs to {organization_name}")}</h2>
                <p>"You are a member there too. Switch to see it."</p>
                <form method="post" action=paths::ORGANIZATION>
                    <input type="hidden" name="next" value=href />
                    <button class="button" name="organization_id" value=organization_id.to_string()>
                        {format!("Switch to {organization_name}")}
                    </button>
                </form>
            </div>
        }),
        Some(Err(error)) => EitherOf4::D(view! { <Failed error runs /> }),
    }
}

#[component]
fn Failed(error: AppError, runs: WorkflowRuns) -> impl IntoView {
    let title = match error {
        AppError::NotFound => "This run is not here".to_owned(),
        ref other => other.to_string(),
    };
    let again = move |_| runs.run.refetch();
    let close = move |_| runs.go(History::Replace, |query| query.with_run(None));
    view! {
        <div class="notice" role="alert">
            <h2>{title}</h2>
            <p>{error.advice()}</p>
            <p class="notice-ways needs-script">
                <button type="button" class="button" on:click=again>
                    "Try again"
                </button>
                <button type="button" class="button button-quiet" on:click=close>
                    "Close"
                </button>
            </p>
        </div>
    }
}
