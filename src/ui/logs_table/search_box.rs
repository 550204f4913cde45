//! The one search box: words pick among the rows in hand as one types, or are looked for in all runs; an id or a link asks
//! the server (P-19 to P-23).

use crate::{
    domain::{
        row_match::Needle,
        search::{self, Search},
    },
    ui::{
        hooks::{
            reactive::{effect, memo},
            workflow_runs::{History, WorkflowRuns},
        },
        kit::{
            icon::{Glyph, Icon},
            link::HiddenFields,
        },
    },
};
use leptos::{html, leptos_dom::helpers::debounce, prelude::*};
use std::time::Duration;

/// How long one has to rest before what was typed stands in the URL.
const REST: Duration = Duration::from_millis(250);

/// What stands in the box.
#[derive(Clone, Copy)]
pub struct SearchText {
    typed: RwSignal<String>,
    /// What is looked for in the rows in hand; `None` when nothing is, or the server is asked.
    pub needle: Memo<Option<Needle>>,
}

/// The text of the box: the URL's, until somebody types.
pub fn use_needle(runs: WorkflowRuns) -> SearchText {
    let in_url = memo(move |_| runs.query.with(|query| query.q.clone().unwrap_or_default()));
    let typed = RwSignal::new(in_url.get_untracked());
    // Back and forward change the URL; what is typed comes there later, and is then the same.
    Effect::new(move |before: Option<String>| {
        let now = in_url.get();
        if before.is_some_and(|before| before != now) && typed.with_untracked(|typed| typed.trim() != now.trim()) {
            typed.set(now.clone());
        }
        now
    });
    let is_everywhere = memo(move |_| runs.query.with(|query| query.everywhere));
    let needle = memo(move |_| match typed.with(|typed| search::classify(typed)) {
        Search::Text(text) if !is_everywhere.get() => Needle::new(&text),
        Search::Empty | Search::Text(_) | Search::Id(_) | Search::RunLink(_) => None,
    });
    SearchText { typed, needle }
}

/// The box. Without a script it is a form that asks for the page again.
#[component]
pub fn SearchBox(search: SearchText, runs: WorkflowRuns) -> impl IntoView {
    let SearchText { typed, .. } = search;
    let first = typed.get_untracked();
    let settle = move |text: String| runs.go(History::Replace, |query| query.with_search(&text));
    let mut settle_at_rest = debounce(REST, move |text: String| {
        // By then the box may hold something else, or be gone.
        if typed.try_with_untracked(|typed| *typed == text).unwrap_or(false) {
            settle(text);
        }
    });
    let input = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        typed.set(text.clone());
        if search::classify(&text).asks_the_server() {
            settle(text);
        } else {
            settle_at_rest(text);
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = typed.get_untracked();
        runs.go(History::Push, |query| query.with_search_of_all(&text));
    };
    // What somebody typed before the script came is still there.
    let field = NodeRef::<html::Input>::new();
    field.on_load(move |field| {
        let there = field.value();
        if there != typed.get_untracked() {
            typed.set(there.clone());
            settle(there);
        }
    });
    // Back, forward and what empties the box from elsewhere; not what is being typed.
    effect(move || {
        let typed = typed.get();
        if let Some(field) = field.get().filter(|field| field.value() != typed) {
            field.set_value(&typed);
        }
    });
    let others = Signal::derive(move || runs.href(|query| query.with_search("").with_run(None)));
    view! {
        <form class="search" role="search" method="get" on:submit=submit>
            <HiddenFields href=others />
            <Glyph icon=Icon::Search />
            <input
                class="search-input"
                type="search"
                name="q"
                aria-label="Search runs"
                placeholder="Search or paste ID"
                autocomplete="off"
                spellcheck="false"
                node_ref=field
                value=first
                on:input=input
            />
            <button class="button search-all" name="scope" value="all">
                "Search all runs"
            </button>
        </form>
    }
}
