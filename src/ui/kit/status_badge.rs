//! The status of a run or step: a dot in its colour, and its word.

use crate::domain::status::RunStatus;
use leptos::prelude::*;

/// A run's status.
#[component]
pub fn StatusBadge(status: RunStatus) -> impl IntoView {
    view! {
        <span class=format!("status status-{status}")>
            <span class="status-dot" aria-hidden="true"></span>
            {status.label()}
        </span>
    }
}
