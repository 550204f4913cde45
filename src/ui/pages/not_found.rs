//! What stands where there is nothing, or nothing for this organization.

use crate::{context::set_status, error::AppError, paths};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page says so, and offers a way on.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_status(AppError::NotFound.status());
    view! {
        <Title text="Not found" />
        <section class="notice">
            <h1>"Not found"</h1>
            <p>{AppError::NotFound.advice()}</p>
            <a class="button" rel="external" href=paths::START>
                "Go to the start"
            </a>
        </section>
    }
}
