//! A run that the URL names and the page does not list. The one that a link led to is shown in a place of its own. Any
//! other was left behind by a change of page or filter, and leaves the URL (P-14).

use crate::{
    domain::{ids::RunId, page::Page, row_match::Needle, run::RunSummary, scope::LogsScope},
    ui::{
        hooks::{
            reactive::{effect, memo},
            workflow_runs::{History, ListKey, WorkflowRuns},
        },
        run_detail::{Arriving, Shown},
    },
};
use leptos::prelude::*;

/// The place above the table, where there is such a run.
#[component]
pub fn LinkedRun(
    runs: WorkflowRuns,
    page: Memo<Option<Page<RunSummary>>>,
    /// The rows that are shown.
    ids: Memo<Vec<RunId>>,
    /// Whether the rows are those that the URL asks for.
    current: Memo<bool>,
    needle: Memo<Option<Needle>>,
) -> impl IntoView {
    let linked = use_linked_run(runs, ids, current, needle);
    let is_listed = memo(move |_| {
        linked.get().is_some_and(|id| page.with(|page| page.iter().flat_map(|page| &page.rows).any(|run| run.id == id)))
    });
    let place = move |run_id| {
        view! {
            <section class="linked-run" role="region" aria-label="Linked run">
                <Arriving run_id runs shown=Shown::AboveTable { is_listed } />
            </section>
        }
        .into_any()
    };
    view! { {move || linked.get().map(place)} }
}

/// What a run was linked to: the list at that moment.
type Arrival = (Option<RunId>, (LogsScope, String), Option<Needle>);

fn use_linked_run(
    runs: WorkflowRuns,
    ids: Memo<Vec<RunId>>,
    current: Memo<bool>,
    needle: Memo<Option<Needle>>,
) -> Memo<Option<RunId>> {
    // Not the page size: a browser that remembers another than the server was told asks again by itself.
    let now = move || (runs.expanded.get(), runs.key.with(ListKey::without_size), needle.get());
    // A run that comes with another list is not a link to that list, but one that was expanded before.
    let arrival = memo(move |before: Option<&Arrival>| match before {
        Some(before) if before.0 == runs.expanded.get() => before.clone(),
        _ => now(),
    });
    let off_page = memo(move |_| runs.expanded.get().filter(|run| !ids.with(|ids| ids.contains(run))));
    // Whether it just arrived is asked first, so that it is noted when a run arrives and not when it is missed.
    let linked = memo(move |_| {
        let is_arriving = arrival.get() == now();
        off_page.get().filter(|_| is_arriving)
    });
    effect(move || {
        if current.get() && !runs.busy.get() && off_page.get().is_some() && linked.get().is_none() {
            runs.go(History::Replace, |query| query.with_run(None));
        }
    });
    linked
}
