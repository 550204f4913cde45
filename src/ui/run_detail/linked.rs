//! A run that a link led to and the page does not list: why it is not below, the way to where it is listed, and the run
//! itself as a row (P-14).

use super::answered::Answered;
use crate::{
    context::use_frame,
    domain::{ids::RunId, place::Here, run_view::ExpandedRun},
    ui::{
        hooks::{hydrated::use_hydrated, reactive::memo, workflow_runs::WorkflowRuns},
        kit::moment::time_words,
        logs_table::{Head, Row},
    },
};
use leptos::{either::Either, prelude::*};

/// The run.
#[component]
pub fn Linked(
    run_id: RunId,
    runs: WorkflowRuns,
    /// Whether the page lists it, but not among the rows that hold what is searched for.
    is_listed: Memo<bool>,
) -> impl IntoView {
    let shows_teammate = runs.scope.with_untracked(|scope| scope.shows_teammate());
    let here = memo(move |before: Option<&Option<ExpandedRun>>| {
        match runs.run.answer_to(&run_id.to_string())? {
            Ok(found) => found.here().cloned(),
            // A run that is shown stays when it cannot be asked for again.
            Err(error) if error.is_passing() => before.cloned().flatten(),
            Err(_) => None,
        }
    });
    let row = memo(move |_| here.with(|here| here.as_ref().map(|here| here.row.clone())));
    let (hydrated, viewer) = (use_hydrated(), StoredValue::new(use_frame().viewer));
    let head = move || {
        // What moves the run elsewhere also takes this place away, and either may be first.
        let run = here.try_get().flatten()?;
        let (reason, href) = if is_listed.get() {
            let href = runs.href(|query| query.with_search(""));
            ("not among the rows that hold what you search for".to_owned(), Some(href))
        } else {
            runs.query.with(|query| {
                let here = Here { scope: runs.scope.get(), query };
                let reason = run.place.reason(&run.row, here, |time| time_words(time, hydrated.get()));
                (reason, viewer.with_value(|viewer| run.place.href(&run.row, here, viewer)))
            })
        };
        let link = href.map(|href| {
            view! {
                <a class="button" href=href data-noscroll="">
                    "Show it in the list"
                </a>
            }
        });
        Some(view! {
            <header class="linked-run-head">
                <p>
                    <strong>"Linked run"</strong>
                    {format!(" · {reason}")}
                </p>
                {link}
            </header>
        })
    };
    let has_row = memo(move |_| row.with(Option::is_some));
    let content = move || {
        if has_row.get() {
            Either::Left(view! {
                <div class="runs">
                    <table class="runs-table linked-run-table" aria-label="Linked run" role="table">
                        <Head shows_teammate />
                        <tbody role="rowgroup">
                            <Row id=run_id run=row runs shows_teammate needle=memo(|_| None) found=memo(|_| None) />
                        </tbody>
                    </table>
                </div>
            })
        } else {
            Either::Right(view! { <Answered run_id runs /> })
        }
    };
    view! {
        {head}
        {content}
    }
}
