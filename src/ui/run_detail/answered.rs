//! What came of asking for a run: the run, another organization that has it, or why there is nothing.

use super::{expanded::Expanded, steps::provide_shown};
use crate::{
    domain::{
        ids::{OrganizationId, RunId},
        run_view::{FoundRun, RunView},
        unread::Unread,
    },
    error::AppError,
    paths,
    ui::{
        hooks::{
            reactive::memo,
            workflow_runs::{History, WorkflowRuns},
        },
        logs_table::WayOn,
    },
};
use leptos::{either::EitherOf5, prelude::*};

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Run(Unread<RunView>),
    Elsewhere { organization_id: OrganizationId, organization_name: String, href: String },
    Removed(String),
    Failed(AppError),
}

/// The answer. The same again changes nothing, so that what is open stays open; and a run that is shown stays when it
/// cannot be asked for again.
#[component]
pub fn Answered(run_id: RunId, runs: WorkflowRuns) -> impl IntoView {
    provide_shown();
    let answer = memo(move |before: Option<&Option<Answer>>| {
        let before = before.cloned().flatten();
        // While another run is asked for, or this one anew.
        let Some(answer) = runs.run.answer_to(&run_id.to_string()) else { return before };
        match answer {
            Ok(FoundRun::Here(run)) => Some(Answer::Run(run.view)),
            Ok(FoundRun::InAnother { organization_id, organization_name, href }) => {
                Some(Answer::Elsewhere { organization_id, organization_name, href })
            }
            Ok(FoundRun::Removed(sentence)) => Some(Answer::Removed(sentence)),
            Err(error) if error.is_passing() && matches!(before, Some(Answer::Run(_))) => before,
            Err(error) => Some(Answer::Failed(error)),
        }
    });
    move || match answer.get() {
        None => EitherOf5::A(()),
        Some(Answer::Run(view)) => EitherOf5::B(match view.read() {
            Ok(shown) => view! { <Expanded shown text=view runs /> }.into_any(),
            // Of a newer version.
            Err(_) => view! { <Failed error=AppError::Outdated runs /> }.into_any(),
        }),
        Some(Answer::Elsewhere { organization_id, organization_name, href }) => EitherOf5::C(view! {
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
        Some(Answer::Removed(sentence)) => EitherOf5::D(view! {
            <div class="notice" role="alert">
                <h2>"This run is not here"</h2>
                <p>{sentence}</p>
                <p class="notice-ways needs-script">
                    <Close runs />
                </p>
            </div>
        }),
        Some(Answer::Failed(error)) => EitherOf5::E(view! { <Failed error runs /> }),
    }
}

#[component]
fn Failed(error: AppError, runs: WorkflowRuns) -> impl IntoView {
    let title = match error {
        AppError::NotFound => "This run is not here".to_owned(),
        ref other => other.to_string(),
    };
    view! {
        <div class="notice" role="alert">
            <h2>{title}</h2>
            <p>{error.advice()}</p>
            <p class="notice-ways needs-script">
                <WayOn error runs again=|runs| runs.run.refetch() />
                <Close runs />
            </p>
        </div>
    }
}

#[component]
fn Close(runs: WorkflowRuns) -> impl IntoView {
    let close = move |_| runs.go(History::Replace, |query| query.with_run(None));
    view! {
        <button type="button" class="button button-quiet" on:click=close>
            "Close"
        </button>
    }
}
