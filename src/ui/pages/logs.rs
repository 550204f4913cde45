//! `/logs`: every run of the organization, for its admins.

use super::access_denied::AccessDenied;
use crate::{context::use_frame, domain::scope::LogsScope, ui::logs_table::AiTeammateLogsTable};
use leptos::{either::Either, prelude::*};

/// The page.
#[component]
pub fn LogsPage() -> impl IntoView {
    if !LogsScope::Organization.is_open_to(&use_frame().viewer) {
        return Either::Left(view! { <AccessDenied /> });
    }
    Either::Right(view! {
        <header class="page-head">
            <div>
                <h1>"Execution Logs"</h1>
                <p>"All skill executions across the organization"</p>
            </div>
        </header>
        <AiTeammateLogsTable scope=LogsScope::Organization title="Execution Logs" />
    })
}
