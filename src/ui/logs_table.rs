//! `AiTeammateLogsTable`: the one table of all three surfaces. A surface is a value; what differs between them is
//! asked of that value.

mod cells;
mod date_form;
mod export_menu;
mod filter_bar;
mod filter_menu;
mod linked_run;
mod live;
mod news;
mod pager;
mod row;
mod search_box;
mod states;
mod toolbar;
mod way_on;

use crate::{
    context::use_frame,
    domain::{
        filters::FilterKind,
        page::{Page, Total},
        row_match::Needle,
        run::RunSummary,
        run_match::Searched,
        run_view::{FilterOptions, FoundBy, RunsAnswer},
        scope::LogsScope,
        text::thousands,
    },
    error::AppError,
    logs_query::LogsQuery,
    ui::{
        hooks::{
            hydrated::use_hydrated,
            landing::provide_landing,
            reactive::{effect, memo},
            workflow_runs::{ListKey, WorkflowRuns, meant_text, use_workflow_runs},
        },
        kit::{link::HiddenFields, moment::time_words},
        overview::Overview,
        run_detail::load_details,
    },
};
use filter_bar::FilterBar;
use leptos::{prelude::*, task::spawn_local, text_prop::TextProp};
use leptos_meta::Title;
use linked_run::LinkedRun;
use live::{ROWS, use_live};
use news::News;
use pager::Pager;
pub use row::Row;
use search_box::{SearchBox, use_needle};
use states::{Failed, Loading, NoRows};
use toolbar::Toolbar;
pub use way_on::WayOn;

/// The form whose buttons expand rows when there is no script.
const ROWS_FORM: &str = "runs-form";

/// What the table shows: the last page that could be loaded, and what went wrong since.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shown {
    /// What was asked for last, of what was answered.
    key: Option<String>,
    page: Option<Page<RunSummary>>,
    /// The number of the last write that is in it.
    as_of: u64,
    found_by: Option<FoundBy>,
    /// How a search of all runs went.
    searched: Option<Searched>,
    /// What is said of the run that was looked for, where it was here once.
    removed: Option<String>,
    error: Option<AppError>,
}

impl Shown {
    /// Which answer it is.
    fn origin(&self) -> (Option<String>, u64) {
        (self.key.clone(), self.as_of)
    }
}

/// The table of a surface.
#[component]
pub fn AiTeammateLogsTable(
    /// Which surface; it may become another one with the same columns.
    scope: Memo<LogsScope>,
    /// What the page is called, to which its title adds the filters.
    #[prop(into)]
    title: Signal<String>,
) -> impl IntoView {
    let runs = use_workflow_runs(scope);
    let search = use_needle(runs);
    // What was offered before stays when it cannot be asked for again.
    let options =
        memo(move |before: Option<&FilterOptions>| match runs.options.answer_to(&runs.meant.with(meant_text)) {
            Some(Ok(options)) => options,
            _ => before.cloned().unwrap_or_default(),
        });
    // Memos of an answer are read when it has come. On the server it comes on another thread, and one that ran at that
    // moment would keep what it saw before.
    view! {
        <Toolbar runs />
        <Overview runs />
        <div class="find">
            <SearchBox search runs />
            <Transition fallback=move || {
                view! { <FilterBar runs options=memo(|_| FilterOptions::default()) /> }
            }>
                {Suspend::new(async move {
                    runs.options.ready().await;
                    view! {
                        <PageTitle runs title options />
                        <FilterBar runs options />
                    }
                    .into_any()
                })}
            </Transition>
        </div>
        <Transition fallback=Loading set_pending=runs.set_pending>
            {Suspend::new(async move {
                runs.listed.ready().await;
                view! { <Runs runs needle=search.needle /> }.into_any()
            })}
        </Transition>
    }
}

/// The title of the page, which names the filters in force.
#[component]
fn PageTitle(runs: WorkflowRuns, title: Signal<String>, options: Memo<FilterOptions>) -> impl IntoView {
    let active = filters_in_words(runs, options);
    let title = move || {
        let filters: Vec<_> = active.get().into_iter().map(|(_, words)| words).collect();
        let words = runs.query.with(|query| query.q.as_ref().map(|q| format!("“{}”", q.trim())));
        let all: Vec<_> = filters.into_iter().chain(words).collect();
        if all.is_empty() { title.get() } else { format!("{}: {}", title.get(), all.join(", ")) }
    };
    // The server asks for the title when the page has been rendered, and what it is made of has gone with the page.
    let text = if is_server() { TextProp::from(title()) } else { TextProp::from(title) };
    view! { <Title text /> }
}

/// The filters in force, each in words.
fn filters_in_words(runs: WorkflowRuns, options: Memo<FilterOptions>) -> Memo<Vec<(FilterKind, String)>> {
    let teammates = StoredValue::new(use_frame().teammates);
    let hydrated = use_hydrated();
    memo(move |_| {
        let name_of = |id: &str| {
            let skill = options.with(|options| {
                options.skills.iter().find(|skill| skill.id.to_string() == id).map(|skill| skill.name.clone())
            });
            skill.or_else(|| {
                teammates.with_value(|teammates| {
                    teammates
                        .iter()
                        .find(|teammate| teammate.id.to_string() == id)
                        .map(|teammate| teammate.name.clone())
                })
            })
        };
        let time = |time| time_words(time, hydrated.get());
        let words = |kind| Some((kind, runs.query.with(|query| query.filters.words(kind, name_of, time))?));
        let offered = |kind: &FilterKind| runs.scope.get().offers(*kind);
        FilterKind::ALL.into_iter().filter(offered).filter_map(words).collect()
    })
}

/// The rows, from the answer that is there.
#[component]
fn Runs(runs: WorkflowRuns, needle: Memo<Option<Needle>>) -> impl IntoView {
    let shows_teammate = runs.scope.with_untracked(|scope| scope.shows_teammate());
    let shown = memo(move |before: Option<&Shown>| {
        let wanted = runs.key.with(ListKey::text);
        // Until what is wanted has come, what was there before stays; what comes late is not even looked at.
        let Some(answer) = runs.listed.answer_to(&wanted) else { return before.cloned().unwrap_or_default() };
        let key = Some(wanted);
        match answer {
            Ok(RunsAnswer { page, as_of, found_by, searched, removed }) => {
                Shown { key, page: Some(page), as_of, found_by, searched, removed, error: None }
            }
            Err(error) => Shown { key, error: Some(error), ..before.cloned().unwrap_or_default() },
        }
    });
    effect(move || runs.found_by.set(shown.with(|shown| shown.found_by)));
    let live = use_live(runs, shown);
    let page = live.page;
    let ids = memo(move |_| {
        let fits = |run: &&RunSummary| {
            needle.with(|needle| needle.as_ref().is_none_or(|needle| needle.find_in(run).is_some()))
        };
        page.with(|page| page.iter().flat_map(|page| &page.rows).filter(fits).map(|run| run.id).collect::<Vec<_>>())
    });
    let in_hand = memo(move |_| page.with(|page| page.as_ref().map_or(0, |page| page.rows.len())));
    let note = move || {
        let (found, total) =
            shown.with(|shown| (shown.found_by, shown.page.as_ref().map_or(Total::default(), |page| page.total)));
        let sought = runs.query.with(LogsQuery::sought).unwrap_or_default();
        if let Some(words) = shown.with(|shown| shown.searched.as_ref().map(|searched| searched.words(&sought, total)))
        {
            return words;
        }
        let picked = needle.with(Option::is_some);
        match (picked, found) {
            (true, _) => {
                let count = ids.with(Vec::len);
                format!("{} of {} on this page", thousands(count as u64), thousands(in_hand.get() as u64))
            }
            (false, Some(FoundBy::Conversation)) => "Found by conversation ID".to_owned(),
            (false, Some(FoundBy::Run)) => "Found by run ID".to_owned(),
            (false, None) => String::new(),
        }
    };
    let current = memo(move |_| shown.with(|shown| shown.key.clone()) == Some(runs.key.with(ListKey::text)));
    let rows_of = move |id| {
        memo(move |_| {
            page.with(|page| page.as_ref().and_then(|page| page.rows.iter().find(|run| run.id == id).cloned()))
        })
    };
    let found_in = move |id| memo(move |_| shown.with(|shown| shown.searched.as_ref()?.found_in(id).cloned()));
    provide_landing(memo(move |_| {
        let run = runs.expanded.get()?;
        shown.with(|shown| Some((run, shown.searched.as_ref()?.found_in(run).cloned()?)))
    }));
    // Whoever comes near the rows may expand one: what that needs is loaded by then.
    let (is_near, set_near) = signal(false);
    let come_near = move || {
        if !is_near.get_untracked() {
            set_near.set(true);
            spawn_local(async {
                // Whoever expands a row tries again, and is told.
                let _ = load_details().await;
            });
        }
    };
    let collapsed = Signal::derive(move || runs.href(|query| query.with_run(None)));
    let is_empty = move || ids.with(Vec::is_empty);
    let is_hidden_by_words = move || in_hand.get() > 0 && is_empty();
    view! {
        {move || shown.with(|shown| shown.error.clone()).map(|error| view! { <Failed error runs /> }.into_any())}
        <p class="runs-note" role="status">
            {move || note()}
        </p>
        <LinkedRun runs page ids current needle />
        {move || {
            let page = page.get().filter(|_| is_empty());
            let removed = shown.with(|shown| shown.removed.clone());
            page.map(|page| view! { <NoRows page runs by_words=is_hidden_by_words() removed /> }.into_any())
        }}
        <form id=ROWS_FORM method="get" hidden=true>
            <HiddenFields href=collapsed />
        </form>
        <div
            class=ROWS
            class:runs-busy=move || runs.busy.get()
            hidden=move || is_empty()
            aria-busy=move || runs.busy.get().to_string()
            on:pointerenter=move |_| come_near()
            on:focusin=move |_| come_near()
            on:pointerleave=move |_| live.settle()
            // The focus is on its way.
            on:focusout=move |_| request_animation_frame(move || live.settle())
        >
            <News live runs />
            <table class="runs-table" aria-label="Runs" role="table">
                <Head shows_teammate />
                <tbody role="rowgroup">
                    <For each=move || ids.get() key=|id| *id let:id>
                        <Row id run=rows_of(id) runs shows_teammate needle found=found_in(id) arrives=live.has_arrived(id) />
                    </For>
                </tbody>
            </table>
        </div>
        <Pager page runs />
    }
}

/// The names of the columns.
#[component]
pub fn Head(shows_teammate: bool) -> impl IntoView {
    view! {
        <thead role="rowgroup">
            <tr role="row">
                <Heading class="runs-status" text="Status" />
                <Heading class="runs-skill" text="Skill" />
                {shows_teammate.then(|| view! { <Heading class="runs-teammate" text="AI Teammate" /> }.into_any())}
                <Heading class="runs-channel" text="Channel" />
                <Heading class="runs-model" text="Model" />
                <Heading class="runs-duration runs-number" text="Duration" />
                <Heading class="runs-tokens runs-number" text="Tokens" />
                <Heading class="runs-cost runs-number" text="Cost" />
                <Heading class="runs-created runs-number" text="Created" />
            </tr>
        </thead>
    }
}

#[component]
fn Heading(class: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <th class=class role="columnheader" scope="col">
            {text}
        </th>
    }
}
