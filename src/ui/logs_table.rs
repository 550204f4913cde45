//! `AiTeammateLogsTable`: the one table of all three surfaces. A surface is a value; what differs between them is
//! asked of that value.

mod active_filters;
mod cells;
mod pager;
mod row;
mod states;
mod toolbar;

use crate::{
    domain::{ids::RunId, page::Page, run::RunSummary, scope::LogsScope},
    error::AppError,
    ui::{
        hooks::workflow_runs::{WorkflowRuns, use_workflow_runs},
        run_detail::RunDetailPanel,
    },
};
use active_filters::ActiveFilters;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use pager::Pager;
use row::Row;
use states::{Failed, Loading, NoRows};
use toolbar::Toolbar;

/// The form whose buttons expand rows when there is no script.
const ROWS_FORM: &str = "runs-form";

/// What the table shows: the last page that could be loaded, and what went wrong since.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shown {
    page: Option<Page<RunSummary>>,
    error: Option<AppError>,
}

/// The table of a surface.
#[component]
pub fn AiTeammateLogsTable(
    /// Which surface; it may become another one with the same columns.
    #[prop(into)]
    scope: Signal<LogsScope>,
) -> impl IntoView {
    let runs = use_workflow_runs(scope);
    view! {
        <Toolbar runs />
        <ActiveFilters runs scope />
        <Transition fallback=Loading set_pending=runs.set_pending>
            <Runs runs scope />
        </Transition>
    }
}

/// The rows, from the answer that is there.
#[component]
fn Runs(runs: WorkflowRuns, scope: Signal<LogsScope>) -> impl IntoView {
    let shows_teammate = scope.with_untracked(|scope| scope.shows_teammate());
    let shown = Memo::new(move |before: Option<&Shown>| match runs.answer.get() {
        Some(Ok(page)) => Shown { page: Some(page), error: None },
        Some(Err(error)) => Shown { page: before.and_then(|shown| shown.page.clone()), error: Some(error) },
        None => before.cloned().unwrap_or_default(),
    });
    let ids = Memo::new(move |_| {
        shown.with(|shown| shown.page.iter().flat_map(|page| &page.rows).map(|run| run.id).collect::<Vec<_>>())
    });
    let expanded = Memo::new(move |_| runs.query.with(|query| query.run));
    let linked = use_linked_run(runs, ids, expanded);
    let page = Memo::new(move |_| shown.with(|shown| shown.page.clone()));
    view! {
        {move || shown.with(|shown| shown.error.clone()).map(|error| view! { <Failed error runs /> })}
        {move || linked.get().map(|run_id| view! { <LinkedRun run_id /> })}
        {move || ids.with(Vec::is_empty).then(|| page.get().map(|page| view! { <NoRows page runs /> }))}
        <form id=ROWS_FORM method="get" hidden=true>
            {move || {
                runs.query
                    .with(|query| query.with_run(None).pairs())
                    .into_iter()
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                    .collect_view()
            }}
        </form>
        <div
            class="runs"
            class:runs-busy=move || runs.busy.get()
            hidden=move || ids.with(Vec::is_empty)
            aria-busy=move || runs.busy.get().to_string()
        >
            <table class="runs-table" aria-label="Runs" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <Heading class="runs-status" text="Status" />
                        <Heading class="runs-skill" text="Skill" />
                        {shows_teammate.then(|| view! { <Heading class="runs-teammate" text="AI Teammate" /> })}
                        <Heading class="runs-channel" text="Channel" />
                        <Heading class="runs-model" text="Model" />
                        <Heading class="runs-duration runs-number" text="Duration" />
                        <Heading class="runs-tokens runs-number" text="Tokens" />
                        <Heading class="runs-cost runs-number" text="Cost" />
                        <Heading class="runs-created runs-number" text="Created" />
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For each=move || ids.get() key=|id| *id let:id>
                        <Row id page runs shows_teammate expanded />
                    </For>
                </tbody>
            </table>
        </div>
        <Pager page runs />
    }
}

#[component]
fn Heading(class: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <th class=class role="columnheader" scope="col">
            {text}
        </th>
    }
}

/// A run that the URL names and the page does not list: the one that a link led to stays, in a place of its own;
/// any other was left behind by a change of page or filter, and leaves the URL (P-14).
fn use_linked_run(runs: WorkflowRuns, ids: Memo<Vec<RunId>>, expanded: Memo<Option<RunId>>) -> Memo<Option<RunId>> {
    let arrived_with = expanded.get_untracked();
    let off_page = Memo::new(move |_| expanded.get().filter(|run| !ids.with(|ids| ids.contains(run))));
    let linked = Memo::new(move |_| off_page.get().filter(|run| Some(*run) == arrived_with));
    let navigate = use_navigate();
    Effect::new(move || {
        if !runs.busy.get() && off_page.get().is_some() && linked.get().is_none() {
            let here = runs.query.with_untracked(|query| query.with_run(None).href(&runs.path.get_untracked()));
            navigate(&here, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
    });
    linked
}

#[component]
fn LinkedRun(run_id: RunId) -> impl IntoView {
    view! {
        <section class="linked-run" role="region" aria-label="Linked run">
            <RunDetailPanel run_id />
        </section>
    }
}
