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
        reactive::{effect, memo},
        workflow_runs::{ListKey, Meant, WorkflowRuns},
    },
};
use leptos::prelude::*;

/// An answer, with what was asked for.
type Answered = (Meant, Result<Unread<RunsSummary>, AppError>);

/// What is shown: the last summary that came, of what it is, and whether one that is wanted could not be had.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shown {
    summary: Option<(Meant, RunsSummary)>,
    has_failed: bool,
}

/// The figures of what is listed. Until those of another filter have come, the former stay, dimmed.
#[component]
pub fn Figures(runs: WorkflowRuns) -> impl IntoView {
    let organization_id = use_frame().viewer.current.organization_id;
    // The rows of a filter come first; only then is it asked what they come to. A signal, as a memo would ask twice.
    let listed = RwSignal::new(None::<Meant>);
    effect(move || {
        let meant = runs.listed.is_of(&runs.key.with(ListKey::text)).then(|| runs.meant.get());
        if meant.is_some() && listed.with_untracked(|listed| *listed != meant) {
            listed.set(meant);
        }
    });
    let answer = LocalResource::new(move || {
        let listed = listed.get();
        runs.renewed.track();
        async move {
            let (scope, search) = listed.clone()?;
            Some((listed?, get_summary(organization_id, scope, search).await))
        }
    });
    let current =
        move || answer.get().flatten().filter(|(meant, _): &Answered| runs.meant.with(|wanted| wanted == meant));
    let shown = memo(move |before: Option<&Shown>| {
        let before = before.cloned().unwrap_or_default();
        match current().map(|(meant, answer)| answer.map(|summary| (meant, summary.read()))) {
            Some(Ok((meant, Ok(summary)))) => Shown { summary: Some((meant, summary)), has_failed: false },
            Some(_) => Shown { has_failed: true, ..before },
            None => before,
        }
    });
    let is_old = memo(move |_| current().is_none());
    let pointed = RwSignal::new(None::<Pointed>);
    // What one points at stays as one sees it, whatever is written meanwhile.
    let drawn = memo(move |before: Option<&Option<(Meant, Histogram)>>| {
        shown.with(|shown| {
            let (meant, summary) = shown.summary.as_ref()?;
            let before = before.cloned().flatten().filter(|(before, _)| before == meant && pointed.get().is_some());
            Some(before.unwrap_or_else(|| (meant.clone(), summary.histogram.clone())))
        })
    });
    let histogram = memo(move |_| drawn.get().map(|(_, histogram)| histogram).unwrap_or_default());
    let drawn_of = memo(move |_| drawn.with(|drawn| drawn.as_ref().map(|(meant, _)| meant.clone())));
    effect(move || {
        drawn_of.track();
        pointed.set(None);
    });
    view! {
        <div class="overview-in" class:overview-old=is_old aria-busy=move || is_old.get().to_string()>
            {move || {
                let Shown { summary, has_failed } = shown.get();
                let note = has_failed.then(|| view! { <p class="overview-note" role="status">"The overview could not be loaded"</p> });
                (note, summary.map(|(_, summary)| view! { <Sums summary /> }))
            }}
            <RunsOverTime histogram is_old pointed runs />
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
