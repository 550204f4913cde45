//! `/logs`: every run of the organization, for its admins.

use super::access_denied::AccessDenied;
use crate::{
    context::use_frame,
    domain::scope::LogsScope,
    ui::{hooks::reactive::memo, logs_table::AiTeammateLogsTable},
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn LogsPage() -> impl IntoView {
    if !LogsScope::Organization.is_open_to(&use_frame().viewer) {
        return view! { <AccessDenied /> }.into_any();
    }
    view! {
        <header class="page-head">
            <div>
                <h1>"Execution Logs"</h1>
                <p>"All skill executions across the organization"</p>
            </div>
        </header>
        <AiTeammateLogsTable scope=memo(|_| LogsScope::Organization) title="Execution Logs" />
    }
    .into_any()
}
