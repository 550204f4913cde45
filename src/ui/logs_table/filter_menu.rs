//! One filter: a button that opens a list of what it can be, and beside it the way out when it is in force. The list is a
//! popover of links, so it opens, closes and chooses without a script too.

use super::{date_form::DateForm, filter_bar::FilterOption};
use crate::{
    domain::{facets::OptionCounts, filters::FilterKind, text::thousands},
    logs_query::LogsQuery,
    ui::{
        hooks::workflow_runs::{History, WorkflowRuns},
        kit::{
            icon::{Glyph, Icon},
            link::{GoButton, is_plain_click},
            tabs::step_by_arrows,
        },
    },
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// A menu of more options than this can be searched (P-27).
const UNSEARCHED: usize = 8;
/// How many options are shown at once; the others are found by searching.
const SHOWN: usize = 100;

/// The filter.
#[component]
pub fn FilterMenu(
    kind: FilterKind,
    offers: Memo<Vec<FilterOption>>,
    /// How many runs each option would give, if that is known.
    counts: Memo<Option<OptionCounts>>,
    /// What is chosen, in words.
    words: Memo<Option<String>>,
    runs: WorkflowRuns,
) -> impl IntoView {
    let id = format!("filter-{}", kind.key());
    let popover = NodeRef::<html::Div>::new();
    let close = move || {
        if let Some(popover) = popover.get_untracked() {
            // One that is closed already refuses to be closed again.
            let _ = popover.hide_popover();
        }
    };
    let typed = RwSignal::new(String::new());
    let fitting = Memo::new(move |_| {
        let wanted = typed.with(|typed| typed.trim().to_lowercase());
        let fits = |option: &&FilterOption| option.words.to_lowercase().contains(&wanted);
        offers.with(|offers| offers.iter().filter(fits).take(SHOWN).cloned().collect::<Vec<_>>())
    });
    let chosen = Memo::new(move |_| runs.query.with(|query| query.filters.value(kind)));
    let option = move |option: FilterOption| {
        let value = StoredValue::new(option.value);
        let is_chosen = move || chosen.with(|chosen| value.with_value(|value| chosen.as_ref() == Some(value)));
        // Choosing what is chosen takes the filter away.
        let next = move |query: &LogsQuery| {
            if query.filters.value(kind) == Some(value.get_value()) {
                query.without(kind)
            } else {
                value.with_value(|value| query.with(kind, value))
            }
        };
        let choose = move |event: leptos::ev::MouseEvent| {
            if is_plain_click(&event) {
                event.prevent_default();
                close();
                runs.go(History::Push, next);
            }
        };
        let count = move || count_of(value, counts);
        view! {
            <a
                class="menu-item"
                role="option"
                aria-description=move || count().map(|count| format!("{count} runs"))
                aria-selected=move || is_chosen().to_string()
                href=move || runs.href(next)
                on:click=choose
            >
                <span class="menu-words" dir="auto">{option.words}</span>
                <span class="menu-count" data-count=count></span>
                {move || is_chosen().then(|| view! { <Glyph icon=Icon::Check /> })}
            </a>
        }
    };
    let is_searched = Memo::new(move |_| offers.with(Vec::len) > UNSEARCHED);
    let search = move || {
        is_searched.get().then(|| {
            view! {
                <input
                    class="menu-search needs-script"
                    type="search"
                    aria-label=format!("Search {}", kind.label())
                    placeholder="Search"
                    autocomplete="off"
                    autofocus=true
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            }
        })
    };
    let nothing =
        move || fitting.with(Vec::is_empty).then(|| view! { <p class="menu-nothing">"Nothing to choose from"</p> });
    let step = move |event: leptos::ev::KeyboardEvent| {
        // In a field the arrows belong to the field; only the search leads down into its list.
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let in_field = target.as_ref().is_some_and(|target| target.tag_name() == "INPUT");
        let leads_down = target.is_some_and(|target| target.class_list().contains("menu-search"));
        if !in_field || (leads_down && event.key() == "ArrowDown") {
            step_by_arrows(&event, "[role=option]");
        }
    };
    view! {
        <div class="filter" class:filter-on=move || words.with(Option::is_some)>
            <button type="button" class="filter-button" popovertarget=id.clone() aria-haspopup="listbox">
                <span>{kind.label()}</span>
                {move || words.get().map(|words| view! { <span class="filter-words" aria-hidden="true">{words}</span> })}
            </button>
            {move || words.get().map(|words| view! { <Remove kind words runs /> })}
            <div
                class="menu-list filter-menu"
                id=id
                popover="auto"
                node_ref=popover
                on:keydown=step
            >
                {search}
                <div class="filter-options" role="listbox" aria-label=kind.label()>
                    <For each=move || fitting.get() key=|option| option.value.clone() children=option />
                </div>
                {nothing}
                {(kind == FilterKind::Date).then(|| view! { <DateForm runs close=Callback::new(move |()| close()) /> })}
            </div>
        </div>
    }
}

/// How many runs an option would give.
fn count_of(value: StoredValue<String>, counts: Memo<Option<OptionCounts>>) -> Option<String> {
    let count = |counts: &OptionCounts| value.with_value(|value| counts.get(value).copied().unwrap_or_default());
    counts.with(|counts| counts.as_ref().map(count)).map(thousands)
}

/// The way out of a filter.
#[component]
fn Remove(kind: FilterKind, words: String, runs: WorkflowRuns) -> impl IntoView {
    let href = Signal::derive(move || runs.href(|query| query.without(kind)));
    view! {
        <GoButton
            href
            go=Callback::new(move |href| runs.go_to(href))
            class="filter-remove"
            label=format!("Remove filter: {} {words}", kind.label())
        >
            <Glyph icon=Icon::Close />
        </GoButton>
    }
}
