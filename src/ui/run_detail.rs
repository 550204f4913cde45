//! An expanded run: loaded when it is asked for, once (P-13).

mod messages;
mod metadata;
mod steps;

use crate::{
    context::use_frame,
    domain::{failure::Failure, ids::RunId, run::RunDetail},
    error::AppError,
    server_fns::get_run,
};
use leptos::{either::Either, prelude::*};
use messages::Messages;
use metadata::{Costs, Metadata};
use steps::Steps;

/// The details of one run.
#[component]
pub fn RunDetailPanel(run_id: RunId) -> impl IntoView {
    let organization_id = use_frame().viewer.current.organization_id;
    let answer = Resource::new(|| (), move |()| get_run(organization_id, run_id));
    view! {
        <section class="run-detail" role="region" aria-label="Run details">
            <Suspense fallback=|| {
                view! {
                    <p class="run-detail-loading" role="status">
                        "Loading the run…"
                    </p>
                }
            }>
                {move || Suspend::new(async move {
                    match answer.await {
                        Ok(detail) => Either::Left(view! { <Loaded detail /> }),
                        Err(error) => {
                            let retry = move |_| answer.refetch();
                            Either::Right(view! { <NotLoaded error on:click=retry /> })
                        }
                    }
                })}
            </Suspense>
        </section>
    }
}

#[component]
fn Loaded(detail: RunDetail) -> impl IntoView {
    let RunDetail { run, steps, steps_total, attachments, voice_transcripts } = detail;
    let costs = run.costs.clone();
    view! {
        {run.failure.clone().map(|failure| view! { <FailureBanner failure /> })}
        <div class="run-detail-parts">
            <div class="run-detail-main">
                <Messages
                    input=run.input_message.clone()
                    output=run.output_message.clone()
                    error=run.error_message.clone()
                />
                <Steps steps steps_total run=run.clone() />
            </div>
            <aside class="run-detail-facts" aria-label="Facts">
                <Metadata run files=attachments.len() calls=voice_transcripts.len() />
                <Costs lines=costs />
            </aside>
        </div>
    }
}

/// The one sentence on a failed run (P-41).
#[component]
fn FailureBanner(failure: Failure) -> impl IntoView {
    view! {
        <p class="run-failure">
            <strong>{failure.headline()}</strong>
            {failure.reason().map(|reason| view! { <span dir="auto">{format!(" · {reason}")}</span> })}
            {failure
                .last_good_step
                .clone()
                .map(|step| {
                    view! { <span class="run-failure-before">{format!("Last step that worked: {step}")}</span> }
                })}
        </p>
    }
}

#[component]
fn NotLoaded(error: AppError) -> impl IntoView {
    let (title, advice) = match error {
        AppError::NotFound => ("This run is not here".to_owned(), error.advice()),
        other => (other.to_string(), other.advice()),
    };
    view! {
        <div class="notice" role="alert">
            <h2>{title}</h2>
            <p>{advice}</p>
            <button class="button">"Try again"</button>
        </div>
    }
}
