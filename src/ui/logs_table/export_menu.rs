//! What the filters show, all pages, as a file (P-52): links that the browser saves.

use crate::{
    context::use_frame,
    paths,
    ui::{
        hooks::{clock::use_now, workflow_runs::WorkflowRuns},
        kit::{
            icon::{Glyph, Icon},
            tabs::step_by_arrows,
        },
    },
};
use leptos::{html, prelude::*};

/// How a file may be written, as it is called and as the API is asked for it.
const FORMATS: [(&str, &str); 2] =
    [("CSV, for spreadsheets", "format=csv&bom=true"), ("NDJSON, for programs", "format=ndjson")];

const MENU: &str = "export-menu";

/// The menu.
#[component]
pub fn ExportMenu(runs: WorkflowRuns) -> impl IntoView {
    let organization_id = use_frame().viewer.current.organization_id;
    let now = use_now();
    let menu = NodeRef::<html::Div>::new();
    let close = move |_| {
        if let Some(menu) = menu.get_untracked() {
            // One that is closed already refuses to be closed again.
            let _ = menu.hide_popover();
        }
    };
    let item = move |(words, format): (&'static str, &'static str)| {
        let href = move || {
            let scope = runs.scope.get();
            let asked = runs.query.with(|query| query.exported(scope, runs.found_by.get(), now.get()));
            paths::api_export(organization_id, &asked, format)
        };
        // Saved by the browser; the page stays, and the router does not take it for one of its own.
        view! {
            <a class="menu-item" role="menuitem" href=move || href() download rel="external" on:click=close>
                <span class="menu-words">{words}</span>
            </a>
        }
        .into_any()
    };
    view! {
        // What words find is not exported.
        <button
            type="button"
            class="button"
            popovertarget=MENU
            aria-haspopup="menu"
            hidden=move || runs.query.with(|query| query.sought().is_some())
        >
            <Glyph icon=Icon::Download />
            "Export"
        </button>
        <div
            class="menu-list filter-menu"
            id=MENU
            popover="auto"
            node_ref=menu
            role="menu"
            aria-label="Export"
            on:keydown=move |event| step_by_arrows(&event, "[role=menuitem]")
        >
            {FORMATS.map(item).into_iter().collect_view()}
        </div>
    }
}
