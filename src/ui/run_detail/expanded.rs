//! The whole of an expanded run: what one does with it, why it failed, and its parts as tabs (P-15).

use super::{
    attachments::Attachments,
    context::Context,
    conversation::Conversation,
    copy_bar::CopyBar,
    failure::FailureBanner,
    flow::FlowPart,
    metadata::{Costs, Metadata},
    payload::{Payloads, provide_payloads},
    steps::Steps,
    voice::Voice,
};
use crate::{
    context::use_frame,
    domain::{
        json::Json,
        payload::{PayloadKey, RunPayload},
        run::{Flow, Run, RunDetail},
        run_part::RunPart,
        run_view::RunView,
        text::thousands,
        unread::Unread,
    },
    paths,
    ui::{
        hooks::{
            reactive::memo,
            workflow_runs::{History, WorkflowRuns},
        },
        kit::{
            json_tree::JsonTree,
            tabs::{Tab, Tabs},
        },
    },
};
use leptos::prelude::*;
use std::{mem, sync::Arc};

/// The id of the panel below the tabs.
const PANEL: &str = "run-part";

/// The run.
#[component]
pub fn Expanded(
    shown: RunView,
    /// The same as text, which is what `Raw` shows.
    text: Unread<RunView>,
    runs: WorkflowRuns,
) -> impl IntoView {
    let RunView { mut detail, cut, turns } = shown;
    let organization_id = use_frame().viewer.current.organization_id;
    provide_payloads(Payloads::new(organization_id, detail.run.id, cut));
    let parts = parts(&detail);
    let first = parts.first().map_or(RunPart::Raw, |(part, _)| *part);
    let has = {
        let parts: Vec<_> = parts.iter().map(|(part, _)| *part).collect();
        move |part: RunPart| parts.contains(&part)
    };
    // A part that this run does not have shows the first that it has.
    let part = memo(move |_| Some(runs.query.with(|query| query.part)).filter(|part| has(*part)).unwrap_or(first));
    let tabs = parts
        .iter()
        .map(|(kind, count)| {
            let kind = *kind;
            let href = Signal::derive(move || runs.href(|query| query.with_part(kind)));
            let choose = Callback::new(move |()| runs.go(History::Replace, |query| query.with_part(kind)));
            let count = count.map(|count| view! { " " <span class="tab-count">{thousands(count)}</span> });
            view! {
                <Tab href selected=memo(move |_| part.get() == kind) choose controls=PANEL>
                    {kind.label()}
                    {count}
                </Tab>
            }
        })
        .collect_view();
    let run = detail.run.clone();
    let (files, calls) = (detail.attachments.len(), detail.voice_transcripts.len());
    let related = detail.related_runs.clone();
    let steps: Vec<_> = mem::take(&mut detail.steps).into_iter().map(Arc::new).collect();
    let shown = StoredValue::new((detail, steps, turns, text));
    let panel = move || {
        let part = part.get();
        shown.with_value(|(detail, steps, turns, text)| match part {
            RunPart::Steps => view! {
                <Steps run=detail.run.clone() steps=steps.clone() total=detail.steps_total />
            }
            .into_any(),
            RunPart::Conversation => {
                view! { <Conversation run=detail.run.clone() turns=turns.clone() runs /> }.into_any()
            }
            RunPart::Context => view! { <Context state=detail.run.state.clone() /> }.into_any(),
            RunPart::Flow => view! {
                <FlowPart run=detail.run.clone() steps=steps.clone() total=detail.steps_total />
            }
            .into_any(),
            RunPart::Attachments => view! { <Attachments files=detail.attachments.clone() /> }.into_any(),
            RunPart::Voice => view! {
                <Voice calls=detail.voice_transcripts.clone() files=detail.attachments.clone() />
            }
            .into_any(),
            RunPart::Raw => view! { <Raw run=detail.run.clone() text=text.clone() /> }.into_any(),
        })
    };
    view! {
        <CopyBar run=run.clone() runs />
        {run.failure.clone().map(|failure| view! { <FailureBanner failure /> })}
        <div class="run-detail-parts">
            <div class="run-detail-main">
                <Tabs label="Parts of the run">{tabs}</Tabs>
                <div class="run-part" id=PANEL role="tabpanel" aria-label=move || part.get().label()>
                    {panel}
                </div>
            </div>
            <aside class="run-detail-facts" aria-label="Facts">
                <Metadata run=run.clone() files calls related runs />
                <Costs lines=run.costs />
            </aside>
        </div>
    }
}

/// The parts that a run has, with how much is in them where that is counted.
fn parts(detail: &RunDetail) -> Vec<(RunPart, Option<u64>)> {
    let run = &detail.run;
    let payloads = expect_context::<Payloads>();
    let has = |payload| payloads.bytes(&PayloadKey::Run(payload)).is_some();
    let (files, calls) = (detail.attachments.len() as u64, detail.voice_transcripts.len() as u64);
    let speaks = run.conversation_id.is_some()
        || [&run.input_message, &run.output_message, &run.error_message].into_iter().any(Option::is_some);
    RunPart::ALL
        .into_iter()
        .filter_map(|part| {
            let (is_there, count) = match part {
                RunPart::Steps => (detail.steps_total > 0, Some(detail.steps_total)),
                RunPart::Conversation => (speaks, None),
                RunPart::Context => (run.state.is_some() || has(RunPayload::State), None),
                RunPart::Flow => (matches!(run.flow, Flow::Read(Some(_))) || has(RunPayload::Flow), None),
                RunPart::Attachments => (files > 0, Some(files)),
                RunPart::Voice => (calls > 0, Some(calls).filter(|calls| *calls > 1)),
                RunPart::Raw => (true, None),
            };
            is_there.then_some((part, count))
        })
        .collect()
}

/// The run as JSON: what the page has of it, and the whole of it to be saved.
#[component]
fn Raw(run: Run, text: Unread<RunView>) -> impl IntoView {
    let href = paths::api_run(run.organization_id, run.workflow_id, run.id);
    let tree = text.member("detail").map(|json: Json| view! { <JsonTree json label="Run" /> });
    view! {
        <p class="run-part-note">
            "Long payloads are left out here. " <a href=href rel="external" download=format!("{}.json", run.id)>
                "Download the whole run"
            </a>
        </p>
        {tree}
    }
}
