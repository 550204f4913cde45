//! What was said: the run's own input, output and error whole, between the turns of its conversation before and after.

use super::payload::PayloadView;
use crate::{
    domain::{
        payload::{Payload, PayloadKey, RunPayload},
        run::{Run, RunSummary},
        run_match::MatchField,
    },
    ui::{
        hooks::{
            landing::{Landed, use_landing},
            workflow_runs::WorkflowRuns,
        },
        kit::{moment::Exact, status_badge::StatusBadge},
    },
};
use leptos::{either::Either, prelude::*};

/// The conversation.
#[component]
pub fn Conversation(run: Run, turns: Vec<RunSummary>, runs: WorkflowRuns) -> impl IntoView {
    let own = run.id;
    let has_own = turns.iter().any(|turn| turn.id == own);
    let title = run.conversation_title.clone();
    let alone = (!has_own).then(|| view! { <OwnTurn run=run.clone() /> });
    let turns = turns
        .into_iter()
        .map(|turn| {
            if turn.id == own {
                Either::Left(view! {
                    <li class="turn turn-own" aria-current="true">
                        <OwnTurn run=run.clone() />
                    </li>
                })
            } else {
                let href = move || runs.href(|query| query.with_run(Some(turn.id)).with_part(query.part));
                Either::Right(view! {
                    <li class="turn">
                        <header class="turn-head">
                            <StatusBadge status=turn.status />
                            <Exact time=turn.created_at />
                            <a href=href data-noscroll="">
                                "Open this run"
                            </a>
                        </header>
                        <Said by="said-in" text=turn.input_message />
                        <Said by="said-out" text=turn.output_message />
                    </li>
                })
            }
        })
        .collect_view();
    view! {
        {title.map(|title| view! { <h2 class="conversation-title" dir="auto">{title}</h2> })}
        {alone}
        <ol class="turns" aria-label="Turns of the conversation">
            {turns}
        </ol>
    }
}

/// The messages of this run.
#[component]
fn OwnTurn(run: Run) -> impl IntoView {
    let found = use_landing().map(|found| found.field);
    let messages = [
        (MatchField::Input, RunPayload::Input, run.input_message),
        (MatchField::Output, RunPayload::Output, run.output_message),
        (MatchField::Error, RunPayload::Error, run.error_message),
    ];
    let messages = messages.into_iter().map(|(field, key, text)| {
        view! {
            <Landed is_found=found == Some(field)>
                <PayloadView key=PayloadKey::Run(key) label=field.label() payload=text.map(Payload::Text) />
            </Landed>
        }
    });
    messages.collect_view()
}

/// The beginning of what somebody said.
#[component]
fn Said(by: &'static str, text: Option<String>) -> impl IntoView {
    text.map(|text| {
        view! {
            <p class=by dir="auto">
                {text}
            </p>
        }
    })
}
