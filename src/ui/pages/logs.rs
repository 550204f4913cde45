//! `/logs`: every run of the organization, for its admins.

use super::access_denied::AccessDenied;
use crate::{
    context::use_frame,
    domain::{
        access::{ToolGate, can_access_tool},
        scope::LogsScope,
    },
    ui::logs_table::AiTeammateLogsTable,
};
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

/// Whom the page lets in (P-2).
pub const GATE: ToolGate = ToolGate { is_org_admin: true };

/// The page.
#[component]
pub fn LogsPage() -> impl IntoView {
    if !can_access_tool(GATE, &use_frame().viewer) {
        return Either::Left(view! { <AccessDenied /> });
    }
    Either::Right(view! {
        <Title text="Execution Logs" />
        <header class="page-head">
            <div>
                <h1>"Execution Logs"</h1>
                <p>"All skill executions across the organization"</p>
            </div>
        </header>
        <AiTeammateLogsTable scope=LogsScope::Organization />
    })
}
