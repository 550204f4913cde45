//! A run that a link led to and the page does not list: why it is not below, the way to where it is listed, and the run
//! itself as a row (P-14).

use super::answered::Answered;
use crate::{
    context::use_frame,
    domain::{
        access::Viewer,
        ids::RunId,
        run::RunSummary,
        run_view::{ExpandedRun, Place},
        source,
        text::thousands,
        time::Timestamp,
    },
    logs_query::{FilterKind, LogsQuery},
    paths,
    ui::{
        hooks::{clock::use_now, hydrated::use_hydrated, workflow_runs::WorkflowRuns},
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
    let here = Memo::new(move |before: Option<&Option<ExpandedRun>>| {
        let (_, answer) = runs.run.get().flatten().filter(|(asked, _)| *asked == run_id)?;
        match answer {
            Ok(found) => found.read().ok()?.here().cloned(),
            // A run that is shown stays when it cannot be asked for again.
            Err(error) if error.is_passing() => before.cloned().flatten(),
            Err(_) => None,
        }
    });
    let row = Memo::new(move |_| here.with(|here| here.as_ref().map(|here| here.row.clone())));
    let way = Way { runs, now: use_now(), hydrated: use_hydrated(), viewer: StoredValue::new(use_frame().viewer) };
    let head = move || {
        // What moves the run elsewhere also takes this place away, and either may be first.
        let run = here.try_get().flatten()?;
        let (reason, href) = if is_listed.get() {
            let href = runs.href(|query| query.with_search(""));
            ("not among the rows that hold what you search for".to_owned(), Some(href))
        } else {
            (way.reason(&run), way.href(&run))
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
    let has_row = Memo::new(move |_| row.with(Option::is_some));
    let content = move || {
        if has_row.get() {
            Either::Left(view! {
                <div class="runs">
                    <table class="runs-table linked-run-table" aria-label="Linked run" role="table">
                        <Head shows_teammate />
                        <tbody role="rowgroup">
                            <Row id=run_id run=row runs shows_teammate needle=Memo::new(|_| None) />
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

/// What says why a run is not here, and leads to where it is.
#[derive(Clone, Copy)]
struct Way {
    runs: WorkflowRuns,
    now: Signal<Timestamp>,
    hydrated: ReadSignal<bool>,
    viewer: StoredValue<Viewer>,
}

impl Way {
    /// Why a run is not on this page.
    fn reason(self, run: &ExpandedRun) -> String {
        let ExpandedRun { row, place, .. } = run;
        if place.scope != self.runs.scope.get() {
            let by = row.ai_employee_name.as_ref().map(|name| format!("done by {name}, "));
            return format!("{}by way of {}", by.unwrap_or_default(), source::label(&row.source));
        }
        if place.excluded_by.is_empty() {
            return format!("on page {}", thousands(place.page.get()));
        }
        let reasons = place.excluded_by.iter().map(|kind| self.reason_of(*kind, row));
        reasons.collect::<Vec<_>>().join(", ")
    }

    /// What of a run a filter does not let pass.
    fn reason_of(self, kind: FilterKind, row: &RunSummary) -> String {
        let time = |time| time_words(time, self.hydrated.get());
        let wanted = self.runs.query.with(|query| query.filters.words(kind, |_| None, time)).unwrap_or_default();
        match kind {
            FilterKind::Status => format!("{}, not {wanted}", row.status.label()),
            FilterKind::Channel => format!("{}, not {wanted}", source::label(&row.source)),
            FilterKind::Model => format!("model {}, not {wanted}", row.model.as_deref().unwrap_or("unknown")),
            FilterKind::Skill => format!("skill {}", row.workflow_name),
            FilterKind::Teammate => format!("done by {}", row.ai_employee_name.as_deref().unwrap_or("no teammate")),
            FilterKind::Date => {
                let range = self.runs.query.with(|query| query.filters.to_run_filter(self.now.get()).started);
                let is_older = range.and_then(|range| range.from).is_some_and(|from| row.created_at < from);
                format!("{} than {wanted}", if is_older { "older" } else { "newer" })
            }
            FilterKind::Duration => format!("duration not {wanted}"),
            FilterKind::Tokens => format!("tokens not {wanted}"),
        }
    }

    /// Where the run is listed, with as many of the filters as let it pass; `None` when the viewer may not go there.
    fn href(self, run: &ExpandedRun) -> Option<String> {
        let Place { scope, excluded_by, page } = &run.place;
        if *scope == self.runs.scope.get() {
            let mut query = self.runs.query.get();
            for kind in excluded_by {
                query.filters.clear(*kind);
            }
            return Some(query.with_search("").with_page(*page).href(&self.runs.path.get()));
        }
        if !self.viewer.with_value(|viewer| scope.is_open_to(viewer)) {
            return None;
        }
        let path = paths::run(*scope, run.row.id);
        let (path, search) = path.split_once('?')?;
        Some(LogsQuery::parse(search).with_page(*page).href(path))
    }
}
