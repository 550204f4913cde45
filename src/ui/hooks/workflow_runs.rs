//! `use_workflow_runs`: the one source of runs of all surfaces.

use super::{asked::Asked, hydrated::use_hydrated, page_size::use_page_size, reactive::memo};
use crate::{
    context::use_frame,
    domain::{
        ids::RunId,
        page::PageSize,
        run_view::{FilterOptions, FoundBy, FoundRun, RunsAnswer},
        scope::LogsScope,
    },
    logs_query::LogsQuery,
    server_fns::{get_filter_options, get_run, list_runs},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

/// What decides which rows are listed: the surface, its URL and the page size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListKey {
    scope: LogsScope,
    search: String,
    size: PageSize,
}

impl ListKey {
    /// What is listed, however many rows a page has.
    pub fn without_size(&self) -> (LogsScope, String) {
        (self.scope, self.search.clone())
    }

    /// What it is made of.
    pub fn parts(self) -> (LogsScope, String, PageSize) {
        (self.scope, self.search, self.size)
    }

    /// As text, another for another key.
    pub fn text(&self) -> String {
        format!("{}#{}", text_of(self.scope, &self.search), self.size)
    }
}

/// Which runs are meant, on all pages together: the surface, and what its URL asks for.
pub type Meant = (LogsScope, String);

/// As text, another for others.
pub fn meant_text((scope, search): &Meant) -> String {
    text_of(*scope, search)
}

fn text_of(scope: LogsScope, search: &str) -> String {
    format!("{}?{}&{}", scope.path(), scope.tab(), search)
}

/// What becomes of the entry of the browser's history that one leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// It stays, and back leads to it: another page or filter.
    Push,
    /// It is replaced: typing, and what is expanded.
    Replace,
}

/// The runs of a surface, as its URL says.
#[derive(Clone, Copy)]
pub struct WorkflowRuns {
    pub scope: Memo<LogsScope>,
    /// The state of the URL.
    pub query: Memo<LogsQuery>,
    /// The path of the page, to which links lead.
    pub path: Memo<String>,
    /// Which runs are meant.
    pub meant: Memo<Meant>,
    /// What is wanted now.
    pub key: Memo<ListKey>,
    /// What the server answered last. While it is asked again, what it answered before.
    pub listed: Asked<RunsAnswer>,
    /// The run that the URL names.
    pub expanded: Memo<Option<RunId>>,
    /// That run, asked for by its id.
    pub run: Asked<FoundRun>,
    /// What the menus of the filters offer, asked for by what is meant.
    pub options: Asked<FilterOptions>,
    /// What the id in the search box turned out to be.
    pub found_by: RwSignal<Option<FoundBy>>,
    /// Goes up when the same may be answered otherwise: one asked again, or heard of a write.
    pub renewed: RwSignal<u32>,
    /// Whether the server is being asked again. What it renders itself is never on its way.
    pub busy: Memo<bool>,
    /// How the table's transition says that it waits.
    pub set_pending: WriteSignal<bool>,
    go: Callback<(String, History)>,
}

/// Asks for the runs of a surface whenever what decides them changes, and for the run that is expanded.
pub fn use_workflow_runs(scope: Memo<LogsScope>) -> WorkflowRuns {
    let location = use_location();
    let query = memo(move |_| location.search.with(|search| LogsQuery::parse(search)));
    let (size, _) = use_page_size();
    let key = memo(move |_| ListKey { scope: scope.get(), search: query.with(LogsQuery::list_key), size: size.get() });
    let organization_id = use_frame().viewer.current.organization_id;
    let listed = Asked::new(memo(move |_| key.with(ListKey::text)), move || {
        let (scope, search, size) = key.get_untracked().parts();
        Some(list_runs(organization_id, scope, search, size))
    });
    let expanded = memo(move |_| query.with(|query| query.run));
    let run_text = memo(move |_| expanded.get().map(|run| run.to_string()).unwrap_or_default());
    let run = Asked::new(run_text, move || {
        // Where it is listed is asked for the list of this moment: later ones do not ask again.
        let (scope, search, size) = key.get_untracked().parts();
        Some(get_run(organization_id, expanded.get_untracked()?, scope, search, size))
    });
    let meant = memo(move |_| (scope.get(), query.with(LogsQuery::filter_key)));
    let options = Asked::new(memo(move |_| meant.with(meant_text)), move || {
        let (scope, search) = meant.get_untracked();
        Some(get_filter_options(organization_id, scope, search))
    });
    let (pending, set_pending) = signal(false);
    let hydrated = use_hydrated();
    let busy = memo(move |_| hydrated.get() && pending.get());
    let navigate = use_navigate();
    let go = Callback::new(move |(href, history): (String, History)| {
        let replace = history == History::Replace;
        navigate(&href, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
    });
    WorkflowRuns {
        scope,
        query,
        path: location.pathname,
        meant,
        key,
        listed,
        expanded,
        run,
        options,
        found_by: RwSignal::new(None),
        renewed: RwSignal::new(0),
        busy,
        set_pending,
        go,
    }
}

impl WorkflowRuns {
    /// The address of another state of this page.
    pub fn href(&self, change: impl FnOnce(&LogsQuery) -> LogsQuery) -> String {
        self.query.with(change).href(&self.path.get())
    }

    /// Goes to another state of this page; nothing when it is this one.
    pub fn go(&self, history: History, change: impl FnOnce(&LogsQuery) -> LogsQuery) {
        let next = self.query.with_untracked(change);
        if self.query.with_untracked(|query| *query != next) {
            self.go.run((next.href(&self.path.get_untracked()), history));
        }
    }

    /// Goes to an address of this site.
    pub fn go_to(&self, href: String) {
        self.go.run((href, History::Push));
    }

    /// Asks for everything on the page again.
    pub fn refresh(&self) {
        self.listed.refetch();
        if self.expanded.get_untracked().is_some() {
            self.run.refetch();
        }
        self.options.refetch();
        self.renew();
    }

    /// Has what is summed up over all pages summed up again.
    pub fn renew(&self) {
        self.renewed.update(|renewed| *renewed += 1);
    }
}
