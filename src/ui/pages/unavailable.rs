//! What stands instead of every page while the server cannot even tell who is asking.

use crate::{context::set_status, error::AppError};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page says what is wrong, and offers to try again.
#[component]
pub fn UnavailablePage(error: AppError) -> impl IntoView {
    set_status(error.status());
    view! {
        <Title text=error.to_string() />
        <main class="notice" id="page">
            <h1>{error.to_string()}</h1>
            <p>{error.advice()}</p>
            <form method="get">
                <button class="button">"Try again"</button>
            </form>
        </main>
    }
}
