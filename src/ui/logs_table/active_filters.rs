//! The filters that are in force, each with a way out (P-28).

use crate::{
    context::use_frame,
    domain::scope::LogsScope,
    logs_query::FilterKind,
    ui::{
        hooks::workflow_runs::WorkflowRuns,
        kit::icon::{Glyph, Icon},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// The chips of the filters in force; nothing when there are none.
#[component]
pub fn ActiveFilters(runs: WorkflowRuns, scope: Signal<LogsScope>) -> impl IntoView {
    let teammates = StoredValue::new(use_frame().teammates);
    let name_of = move |id: &str| {
        teammates.with_value(|teammates| {
            teammates.iter().find(|teammate| teammate.id.to_string() == id).map(|teammate| teammate.name.clone())
        })
    };
    let active = Memo::new(move |_| {
        let words = |kind: FilterKind| Some((kind, runs.query.with(|query| query.filters.words(kind, name_of))?));
        FilterKind::ALL.into_iter().filter(|kind| scope.get().offers(*kind)).filter_map(words).collect::<Vec<_>>()
    });
    move || {
        (!active.with(Vec::is_empty)).then(|| {
            let chips = active
                .get()
                .into_iter()
                .map(|(kind, words)| {
                    let href = move || runs.query.with(|query| query.without(kind).href(&runs.path.get()));
                    view! { <Remove href label=kind.label() words=words /> }
                })
                .collect_view();
            let clear = move || runs.query.with(|query| query.without_filters().href(&runs.path.get()));
            view! {
                <div class="filters" role="group" aria-label="Active filters">
                    {chips}
                    <GoButton href=clear class="button button-quiet" label="Clear filters">
                        "Clear filters"
                    </GoButton>
                </div>
            }
        })
    }
}

#[component]
fn Remove(
    href: impl Fn() -> String + Copy + Send + Sync + 'static,
    label: &'static str,
    words: String,
) -> impl IntoView {
    view! {
        <GoButton href class="chip" label=format!("Remove filter: {label} {words}")>
            <span class="chip-label">{label} " "</span>
            {words}
            <Glyph icon=Icon::Close />
        </GoButton>
    }
}

/// A button that goes to a place of this site: without a script it submits what the place's query says.
#[component]
fn GoButton(
    href: impl Fn() -> String + Copy + Send + Sync + 'static,
    class: &'static str,
    #[prop(into)] label: String,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let fields = move || {
        let href = href();
        let query = href.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| view! { <input type="hidden" name=name.into_owned() value=value.into_owned() /> })
            .collect_view()
    };
    let go = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        navigate(&href(), leptos_router::NavigateOptions::default());
    };
    view! {
        <form method="get">
            {fields} <button class=class aria-label=label on:click=go>
                {children()}
            </button>
        </form>
    }
}
