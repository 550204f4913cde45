//! Alloy Logs: execution logs for AI teammates. One crate built twice, as a server and for the browser;
//! the two feature gates below are all that tells the builds apart.
#![recursion_limit = "512"]

pub mod app;
pub mod context;
pub mod domain;
pub mod error;
pub mod logs_query;
pub mod paths;
pub mod server_fns;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;

/// Takes over the page that the server rendered. Where a run is expanded in it, with what shows one at hand.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let search = leptos::prelude::window().location().search().unwrap_or_default();
    if logs_query::LogsQuery::parse(&search).run.is_some() {
        // Without it the page stays as it is, of links and forms.
        if ui::run_detail::load_details().await.is_err() {
            return;
        }
    }
    leptos::mount::hydrate_body(app::App);
}
