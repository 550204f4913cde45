//! A run as a row, and the row below it when it is expanded (P-11, P-13).

use super::{
    ROWS_FORM,
    cells::{Channel, Cost, Duration, Model, Skill, Teammate, Tokens},
};
use crate::{
    domain::{
        ids::RunId,
        row_match::{Needle, RowMatch},
        run::RunSummary,
        run_match::RunMatch,
        time::ago,
    },
    ui::{
        hooks::{
            clock::use_now,
            reactive::memo,
            workflow_runs::{History, WorkflowRuns},
        },
        kit::{
            marked::{Marked, pieces},
            moment::Ago,
            status_badge::StatusBadge,
        },
        run_detail::{RunDetailPanel, toggle_id},
    },
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// One run.
#[component]
pub fn Row(
    id: RunId,
    /// What the row says; it may become another while the row stays.
    run: Memo<Option<RunSummary>>,
    runs: WorkflowRuns,
    shows_teammate: bool,
    /// What is marked in it.
    needle: Memo<Option<Needle>>,
    /// Where a search of all runs found it.
    found: Memo<Option<RunMatch>>,
    /// Whether it comes into a page that is there.
    #[prop(optional)]
    arrives: bool,
) -> impl IntoView {
    let is_open = memo(move |_| runs.expanded.get() == Some(id));
    let detail_id = format!("run-{id}");
    let toggle = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if selects_text() || hits_link(&event) {
            return;
        }
        let next = (!is_open.get_untracked()).then_some(id);
        // Where it was found is what one wants to see.
        let part = found.with_untracked(|found| found.as_ref().and_then(|found| found.field.part()));
        let part = part.filter(|_| next.is_some()).unwrap_or_default();
        runs.go(History::Replace, |query| query.with_run(next).with_part(part));
    };
    let colspan = if shows_teammate { "9" } else { "8" };
    view! {
        <tr class="run" class:run-arrives=arrives class:run-open=move || is_open.get() role="row" on:click=toggle>
            {
                let detail_id = detail_id.clone();
                move || {
                    run
                        .get()
                        .map(|run| {
                            view! { <Cells run shows_teammate needle found is_open detail_id=detail_id.clone() /> }
                                .into_any()
                        })
                }
            }
        </tr>
        {move || {
            is_open
                .get()
                .then(|| {
                    view! {
                        <tr class="run-detail-row" role="row" id=detail_id.clone()>
                            <td role="cell" colspan=colspan>
                                <RunDetailPanel run_id=id runs />
                            </td>
                        </tr>
                    }
                        .into_any()
                })
        }}
    }
}

#[component]
fn Cells(
    run: RunSummary,
    shows_teammate: bool,
    needle: Memo<Option<Needle>>,
    found: Memo<Option<RunMatch>>,
    is_open: Memo<bool>,
    detail_id: String,
) -> impl IntoView {
    let now = use_now();
    let label = {
        let (status, skill, created_at) = (run.status.label(), run.workflow_name.clone(), run.created_at);
        move || format!("{status}, {skill}, {}", ago(created_at, now.get()))
    };
    // Without a script the button asks for this page with the run expanded, or without it.
    let name = move || (!is_open.get()).then_some("run");
    view! {
        <td class="runs-status" role="cell">
            <button
                class="run-toggle"
                id=toggle_id(run.id)
                form=ROWS_FORM
                name=move || name()
                value=run.id.to_string()
                aria-label=move || label()
                aria-expanded=move || is_open.get().to_string()
                aria-controls=move || is_open.get().then(|| detail_id.clone())
            >
                <StatusBadge status=run.status />
            </button>
        </td>
        <td class="runs-skill" role="cell">
            <Skill run=run.clone() needle />
            <Elsewhere run=run.clone() needle />
            <FoundIn found />
        </td>
        {shows_teammate
            .then(|| {
                view! {
                    <td class="runs-teammate" role="cell">
                        <Teammate id=run.ai_employee_id name=run.ai_employee_name.clone() needle />
                    </td>
                }
                    .into_any()
            })}
        <td class="runs-channel" role="cell">
            <Channel source=run.source.clone() needle />
        </td>
        <td class="runs-model" role="cell" title=run.model.clone()>
            <Model name=run.model.clone() needle />
        </td>
        <td class="runs-duration runs-number" role="cell">
            <Duration run=run.clone() />
        </td>
        <td class="runs-tokens runs-number" role="cell">
            <Tokens total=run.total_tokens />
        </td>
        <td class="runs-cost runs-number" role="cell">
            <Cost lines=run.costs.clone() />
        </td>
        <td class="runs-created runs-number" role="cell">
            <Ago time=run.created_at />
        </td>
    }
}

/// The words around what was found where the row does not show it.
#[component]
fn Elsewhere(run: RunSummary, needle: Memo<Option<Needle>>) -> impl IntoView {
    let shown = move |place, words: String| {
        view! {
            <span class="cell-found" dir="auto">
                <span class="cell-found-place">{place} ": "</span>
                <Marked text=words needle />
            </span>
        }
        .into_any()
    };
    view! {
        {move || match needle.with(|needle| needle.as_ref().and_then(|needle| needle.find_in(&run))) {
            Some(RowMatch::Elsewhere { place, words }) => Some(shown(place, words)),
            _ => None,
        }}
    }
}

/// Where a search of all runs found it, with what matches marked.
#[component]
fn FoundIn(found: Memo<Option<RunMatch>>) -> impl IntoView {
    let shown = |found: RunMatch| {
        view! {
            <span class="cell-found cell-found-in" dir="auto">
                <span class="cell-found-place">{found.place()} ": "</span>
                {pieces(found.pieces().into_iter())}
            </span>
        }
        .into_any()
    };
    view! { {move || found.get().map(shown)} }
}

/// Whether the click ended a selection of text, which is not meant to expand anything.
fn selects_text() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

fn hits_link(event: &leptos::ev::MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.and_then(|target| target.closest("a").ok().flatten()).is_some()
}
