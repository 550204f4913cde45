//! What one does with the whole list.

use super::export_menu::ExportMenu;
use crate::ui::{
    hooks::workflow_runs::WorkflowRuns,
    kit::{
        icon::{Glyph, Icon},
        link::HiddenFields,
    },
};
use leptos::prelude::*;

/// The tools above the table.
#[component]
pub fn Toolbar(runs: WorkflowRuns) -> impl IntoView {
    let refresh = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        runs.refresh();
    };
    let here = Signal::derive(move || runs.href(Clone::clone));
    view! {
        // Without a script the form asks for the same page again.
        <form class="toolbar" method="get">
            <HiddenFields href=here />
            <button class="button" class:button-busy=move || runs.busy.get() on:click=refresh>
                <Glyph icon=Icon::Refresh />
                "Refresh"
            </button>
            <ExportMenu runs />
        </form>
    }
}
