//! `use_workflow_runs`: the one source of runs of all surfaces.

use super::{hydrated::use_hydrated, page_size::use_page_size};
use crate::{
    context::use_frame,
    domain::{page::Page, run::RunSummary, scope::LogsScope},
    error::AppError,
    logs_query::LogsQuery,
    server_fns::list_runs,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The runs of a surface, as its URL says.
#[derive(Clone, Copy)]
pub struct WorkflowRuns {
    /// The state of the URL.
    pub query: Memo<LogsQuery>,
    /// The path of the page, to which links lead.
    pub path: Memo<String>,
    /// What the server answered last. While it is asked again, what it answered before.
    pub answer: Resource<Result<Page<RunSummary>, AppError>>,
    /// Whether the server is being asked again. What it renders itself is never on its way.
    pub busy: Signal<bool>,
    /// How the table's transition says that it waits.
    pub set_pending: WriteSignal<bool>,
}

/// Asks for the runs of a surface whenever what decides them changes; an expanded run does not.
pub fn use_workflow_runs(scope: Signal<LogsScope>) -> WorkflowRuns {
    let location = use_location();
    let query = Memo::new(move |_| location.search.with(|search| LogsQuery::parse(search)));
    let wanted = Memo::new(move |_| query.with(|query| query.with_run(None).to_string()));
    let (size, _) = use_page_size();
    let organization_id = use_frame().viewer.current.organization_id;
    let answer = Resource::new(
        move || (scope.get(), wanted.get(), size.get()),
        move |(scope, search, size)| list_runs(organization_id, scope, search, size),
    );
    let (pending, set_pending) = signal(false);
    let hydrated = use_hydrated();
    let busy = Signal::derive(move || hydrated.get() && pending.get());
    WorkflowRuns { query, path: location.pathname, answer, busy, set_pending }
}
