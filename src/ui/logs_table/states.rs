//! What stands in place of rows: while there are none yet, when there are none, and when they could not be had (P-12).

use super::WayOn;
use crate::{
    domain::{page::Page, run::RunSummary, text::thousands},
    error::AppError,
    logs_query::LogsQuery,
    ui::hooks::workflow_runs::WorkflowRuns,
};
use leptos::prelude::*;

/// Rows to come, on a first visit from within the site.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <div class="runs runs-loading" role="status" aria-label="Loading runs">
            {(0..10).map(|_| view! { <div class="runs-loading-row"></div> }.into_any()).collect_view()}
        </div>
    }
}

/// No rows: past the last page, nothing that fits, or nothing at all yet.
#[component]
pub fn NoRows(
    page: Page<RunSummary>,
    runs: WorkflowRuns,
    /// Whether there are rows, but none that holds the words of the search box.
    by_words: bool,
    /// What is said of the run that was looked for, where it was here once.
    removed: Option<String>,
) -> impl IntoView {
    let query = runs.query;
    if by_words {
        let href = move || runs.href(|query| query.with_search(""));
        return view! {
            <section class="notice">
                <h2>"No row on this page holds that"</h2>
                <p>"Words are looked for in the rows of this page. Filters narrow all pages."</p>
                <a class="button" href=move || href() data-noscroll="">
                    "Show all rows"
                </a>
            </section>
        }
        .into_any();
    }
    if page.total.rows > 0 {
        let last = page.last_page();
        let href = move || runs.href(|query| query.on_page(last));
        return view! {
            <section class="notice">
                <h2>"Past the last page"</h2>
                <p>{format!("There are {} pages.", thousands(page.total_pages()))}</p>
                <a class="button" href=move || href()>
                    {format!("Go to page {}", thousands(last.get()))}
                </a>
            </section>
        }
        .into_any();
    }
    if query.with_untracked(LogsQuery::is_narrowed) {
        let (asked, sought) =
            query.with_untracked(|query| (query.search().asks_the_server(), query.sought().is_some()));
        let heading = if removed.is_some() { "This run is not here" } else { "No run fits" };
        let words = if page.total.is_capped && !sought {
            "None of the newest 20,000 of these runs fits all of the filters. A Date Range that ends earlier looks further back."
        } else if page.total.is_capped {
            "None of the newest runs with all of these words fits the filters. A Date Range makes the search go further back."
        } else if sought {
            "No run has all of these words, with the filters that are set. The beginnings of words are enough."
        } else if asked {
            "No conversation and no run of this id fits, with the filters that are set. It may also belong to another organization."
        } else {
            "No run fits all of the filters at once."
        };
        let href = move || runs.href(LogsQuery::without_filters);
        return view! {
            <section class="notice">
                <h2>{heading}</h2>
                <p>{removed.unwrap_or_else(|| words.to_owned())}</p>
                <a class="button" href=move || href()>
                    "Show all runs"
                </a>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="notice">
            <h2>"No runs yet"</h2>
            <p>"Runs appear here as soon as a teammate executes a skill."</p>
        </section>
    }
    .into_any()
}

/// The rows could not be had; those that are there stay.
#[component]
pub fn Failed(error: AppError, runs: WorkflowRuns) -> impl IntoView {
    view! {
        <section class="notice notice-bad" role="alert">
            <h2>{error.to_string()}</h2>
            <p>{error.advice()}</p>
            <WayOn error runs again=|runs| runs.refresh() />
        </section>
    }
}
