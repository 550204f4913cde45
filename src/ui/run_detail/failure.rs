//! The one sentence on a failed run (P-41).

use crate::domain::failure::Failure;
use leptos::prelude::*;

/// Which step failed, why, and what worked last.
#[component]
pub fn FailureBanner(failure: Failure) -> impl IntoView {
    let reason = failure.reason().map(|reason| view! { <span dir="auto">{format!(" · {reason}")}</span> });
    let before = failure.last_good_step.as_ref().map(|step| {
        view! { <span class="run-failure-before">{format!("Last step that worked: {step}")}</span> }
    });
    view! {
        <p class="run-failure">
            <strong>{failure.headline()}</strong>
            {reason}
            {before}
        </p>
    }
}
