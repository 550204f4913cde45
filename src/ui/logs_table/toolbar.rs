//! What one does with the whole list.

use crate::ui::{
    hooks::workflow_runs::WorkflowRuns,
    kit::icon::{Glyph, Icon},
};
use leptos::prelude::*;

/// The tools above the table.
#[component]
pub fn Toolbar(runs: WorkflowRuns) -> impl IntoView {
    let refresh = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        runs.answer.refetch();
    };
    view! {
        // Without a script the form asks for the same page again.
        <form class="toolbar" method="get">
            {move || {
                runs.query
                    .with(crate::logs_query::LogsQuery::pairs)
                    .into_iter()
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                    .collect_view()
            }}
            <button class="button" class:button-busy=move || runs.busy.get() on:click=refresh>
                <Glyph icon=Icon::Refresh />
                "Refresh"
            </button>
        </form>
    }
}
