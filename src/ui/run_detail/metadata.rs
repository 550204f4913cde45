//! The facts of a run, each when it is known, and what it cost.

use crate::{
    domain::{
        cost::{CostLine, Usd},
        duration,
        ids::RunId,
        run::Run,
        source,
        text::thousands,
    },
    paths,
    ui::{
        hooks::workflow_runs::WorkflowRuns,
        kit::{moment::Exact, status_badge::StatusBadge},
    },
};
use leptos::prelude::*;

/// The facts.
#[component]
pub fn Metadata(run: Run, files: usize, calls: usize, related: Vec<RunId>, runs: WorkflowRuns) -> impl IntoView {
    let times = [
        ("Created", Some(run.created_at)),
        ("Started", run.started_at),
        ("Completed", run.completed_at),
        ("Failed", run.failed_at),
        ("Suspended", run.suspended_at),
        ("Cancelled", run.cancelled_at),
    ];
    let count = |number: usize| (number > 0).then(|| number.to_string());
    view! {
        <dl class="facts">
            <dt>"Status"</dt>
            <dd>
                <StatusBadge status=run.status />
            </dd>
            <Id name="Run" id=Some(run.id.to_string()) />
            <Fact name="Skill" value=Some(run.workflow_name) />
            <Fact name="AI Teammate" value=run.ai_employee_name />
            <Fact name="Channel" value=Some(source::label(&run.source)) />
            <Fact name="Model" value=run.model />
            <Fact name="Conversation" value=run.conversation_title />
            <Id name="Conversation ID" id=run.conversation_id.map(|id| id.to_string()) />
            <Fact name="Trigger" value=run.trigger_id />
            {times
                .into_iter()
                .filter_map(|(name, time)| Some((name, time?)))
                .map(|(name, time)| {
                    view! {
                        <dt>{name}</dt>
                        <dd>
                            <Exact time />
                        </dd>
                    }
                })
                .collect_view()}
            <Fact name="Duration" value=run.duration_ms.map(duration::label) />
            <Fact name="Attachments" value=count(files) />
            <Fact name="Voice calls" value=count(calls) />
            <Related related runs />
        </dl>
    }
}

#[component]
fn Fact(name: &'static str, value: Option<String>) -> impl IntoView {
    value.map(|value| {
        view! {
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
        }
    })
}

#[component]
fn Id(name: &'static str, id: Option<String>) -> impl IntoView {
    id.map(|id| {
        view! {
            <dt>{name}</dt>
            <dd class="facts-id">{id}</dd>
        }
    })
}

/// The runs that it has to do with, to be looked at from where one is.
#[component]
fn Related(related: Vec<RunId>, runs: WorkflowRuns) -> impl IntoView {
    let scope = runs.scope.get_untracked();
    let link = move |id: RunId| {
        view! {
            <dd class="facts-id">
                <a href=paths::run(scope, id)>{id.to_string()}</a>
            </dd>
        }
    };
    (!related.is_empty()).then(|| {
        view! {
            <dt>"Related runs"</dt>
            {related.into_iter().map(link).collect_view()}
        }
    })
}

/// The cost per kind of key, with its sum when there are several.
#[component]
pub fn Costs(lines: Vec<CostLine>) -> impl IntoView {
    if lines.is_empty() {
        return None;
    }
    let sum = (lines.len() > 1).then(|| CostLine::sum(&lines, "Sum"));
    let row = |line: CostLine, class: &'static str| {
        let tokens = |count: i64| u64::try_from(count).map(thousands).unwrap_or_default();
        view! {
            <tr class=class>
                <th scope="row">{line.key_type}</th>
                <td>{tokens(line.input_tokens)}</td>
                <td>{tokens(line.output_tokens)}</td>
                <td>{tokens(line.cached_input_tokens)}</td>
                <td>{line.usd_cost.map_or_else(|| "–".to_owned(), Usd::exact_label)}</td>
            </tr>
        }
    };
    Some(view! {
        <table class="costs" aria-label="Costs">
            <thead>
                <tr>
                    <th scope="col">"Key"</th>
                    <th scope="col">"In"</th>
                    <th scope="col">"Out"</th>
                    <th scope="col">"Cached"</th>
                    <th scope="col">"USD"</th>
                </tr>
            </thead>
            <tbody>
                {lines.into_iter().map(|line| row(line, "")).collect_view()} {sum.map(|sum| row(sum, "costs-sum"))}
            </tbody>
        </table>
    })
}
