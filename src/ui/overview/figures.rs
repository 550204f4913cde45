//! The figures, with the histogram beside them.

use super::histogram::{Pointed, RunsOverTime};
use crate::{
    context::use_frame,
    domain::{
        cost::Usd,
        duration,
        status::RunStatus,
        summary::{Histogram, RunsSummary},
        text::{compact, thousands},
        unread::Unread,
    },
    error::AppError,
    server_fns::get_summary,
    ui::hooks::{
        reactive::memo,
        workflow_runs::{ListKey, Meant, WorkflowRuns},
    },
};
use leptos::prelude::*;

/// An answer, with what was asked for.
type Answered = (Meant, Result<Unread<RunsSummary>, AppError>);

/// What is shown: the last summary that came, and whether it is of what is wanted.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shown {
    summary: Option<RunsSummary>,
    has_failed: bool,
}

/// The figures of what is listed. Until those of another filter have come, the former stay, dimmed.
#[component]
pub fn Figures(runs: WorkflowRuns) -> impl IntoView {
    let organization_id = use_frame().viewer.current.organization_id;
    // The rows of a filter come first; only then is it asked what they come to.
    let listed = memo(move |before: Option<&Meant>| {
        let has_come = runs.listed.is_of(&runs.key.with(ListKey::text));
        before.filter(|_| !has_come).cloned().unwrap_or_else(|| runs.meant.get())
    });
    let answer = LocalResource::new(move || {
        let meant = listed.get();
        runs.renewed.track();
        async move {
            let (scope, search) = meant.clone();
            (meant, get_summary(organization_id, scope, search).await)
        }
    });
    let current = move || answer.get().filter(|(meant, _): &Answered| runs.meant.with(|wanted| wanted == meant));
    let shown = memo(move |before: Option<&Shown>| {
        let before = before.cloned().unwrap_or_default();
        match current().map(|(_, answer)| answer.map(|summary| summary.read())) {
            Some(Ok(Ok(summary))) => Shown { summary: Some(summary), has_failed: false },
            Some(_) => Shown { has_failed: true, ..before },
            None => before,
        }
    });
    let is_old = move || current().is_none();
    let pointed = RwSignal::new(None::<Pointed>);
    let is_choosing = memo(move |_| pointed.get().is_some_and(Pointed::is_choosing));
    // Some of it is chosen of what one sees, whatever is written meanwhile.
    let histogram = memo(move |before: Option<&Histogram>| match before.filter(|_| is_choosing.get()) {
        Some(before) => before.clone(),
        None => shown.with(|shown| shown.summary.as_ref().map(|summary| summary.histogram.clone()).unwrap_or_default()),
    });
    view! {
        <div class="overview-in" class:overview-old=is_old aria-busy=move || is_old().to_string()>
            {move || {
                let Shown { summary, has_failed } = shown.get();
                let note = has_failed.then(|| view! { <p class="overview-note" role="status">"The overview could not be loaded"</p> });
                (note, summary.map(|summary| view! { <Sums summary /> }))
            }}
            <RunsOverTime histogram pointed runs />
        </div>
    }
}

#[component]
fn Sums(summary: RunsSummary) -> impl IntoView {
    let more = if summary.total_capped { "+" } else { "" };
    let millis = |millis: Option<u64>| {
        millis.map_or_else(nothing, |millis| duration::label(i64::try_from(millis).unwrap_or(i64::MAX)))
    };
    let failed = summary.statuses.get(&RunStatus::Failed).copied().unwrap_or_default();
    let rate = summary.failure_rate.map_or_else(nothing, |rate| format!("{:.1}%", rate * 100.0));
    let failed_runs = format!("{} runs failed", thousands(failed));
    let tokens = thousands(summary.total_tokens);
    view! {
        <dl class="figures">
            <Figure name="Runs" value=thousands(summary.total) + more />
            <div class="figure" class:figure-bad=failed.gt(&0) title=failed_runs>
                <dt>"Failed"</dt>
                <dd>{rate}</dd>
            </div>
            <Figure name="Cost" value=summary.usd_cost.map_or_else(nothing, Usd::label) />
            <Figure name="p50 duration" value=millis(summary.duration_p50_ms) />
            <Figure name="p95 duration" value=millis(summary.duration_p95_ms) />
            <div class="figure" title=format!("{tokens} tokens")>
                <dt>"Tokens"</dt>
                <dd>{compact(summary.total_tokens)}</dd>
            </div>
        </dl>
    }
}

#[component]
fn Figure(name: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="figure">
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

fn nothing() -> String {
    "–".to_owned()
}
