//! One filter: a button that opens a list of what it can be, and beside it the way out when it is in force. The list is a
//! popover of links, so it opens, closes and chooses without a script too.

use super::{date_form::DateForm, filter_bar::FilterOption};
use crate::{
    domain::{filters::FilterKind, row_match::Needle, run_view::FilterOptions, text::thousands},
    logs_query::LogsQuery,
    ui::{
        hooks::{
            reactive::memo,
            workflow_runs::{History, WorkflowRuns},
        },
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
    /// Where it says how many runs each of them would give, if that is known.
    options: Memo<FilterOptions>,
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
    let fitting = memo(move |_| {
        let needle = typed.with(|typed| Needle::new(typed));
        let fits = |option: &&FilterOption| needle.as_ref().is_none_or(|needle| needle.is_in(&option.words));
        offers.with(|offers| offers.iter().filter(fits).take(SHOWN).cloned().collect::<Vec<_>>())
    });
    let chosen = memo(move |_| runs.query.with(|query| query.filters.value(kind)));
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
        let count = move || count_of(kind, value, options);
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
                <span class="menu-count" data-count=move || count()></span>
                {move || is_chosen().then(|| view! { <Glyph icon=Icon::Check /> }.into_any())}
            </a>
        }
        .into_any()
    };
    let is_searched = memo(move |_| offers.with(Vec::len) > UNSEARCHED);
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
            .into_any()
        })
    };
    let nothing = move || {
        fitting.with(Vec::is_empty).then(|| view! { <p class="menu-nothing">"Nothing to choose from"</p> }.into_any())
    };
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
                {move || words.get().map(|words| view! { <span class="filter-words" aria-hidden="true">{words}</span> }.into_any())}
            </button>
            {move || words.get().map(|words| view! { <Remove kind words runs /> }.into_any())}
            <div
                class="menu-list filter-menu"
                id=id
                popover="auto"
                node_ref=popover
                on:keydown=step
            >
                {move || search()}
                <div class="filter-options" role="listbox" aria-label=kind.label()>
                    {move || fitting.get().into_iter().map(option).collect_view()}
                </div>
                {move || nothing()}
                {(kind == FilterKind::Date).then(|| view! { <DateForm runs close=Callback::new(move |()| close()) /> }.into_any())}
            </div>
        </div>
    }
}

/// How many runs an option would give.
fn count_of(kind: FilterKind, value: StoredValue<String>, options: Memo<FilterOptions>) -> Option<String> {
    options.with(|options| value.with_value(|value| options.count(kind, value))).map(thousands)
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
