//! Where one is in the list, the ways to its other pages, and how long a page is (P-7, P-8).

use crate::{
    domain::{
        page::{Page, PageNumber, PageSize},
        run::RunSummary,
        text::thousands,
    },
    ui::{
        hooks::{
            page_size::use_page_size,
            reactive::memo,
            workflow_runs::{History, WorkflowRuns},
        },
        kit::icon::{Glyph, Icon},
    },
};
use leptos::prelude::*;

/// The foot of the list.
#[component]
pub fn Pager(page: Memo<Option<Page<RunSummary>>>, runs: WorkflowRuns) -> impl IntoView {
    let range = move || {
        page.with(|page| {
            page.as_ref()
                .and_then(Page::positions)
                .zip(page.as_ref())
                .map(|((first, last), page)| format!("{}–{} of {}", thousands(first), thousands(last), page.total))
        })
    };
    let number = move || {
        page.with(|page| {
            page.as_ref()
                .filter(|page| page.total.rows > 0)
                .map(|page| format!("Page {} of {}", thousands(page.request.page.get()), thousands(page.total_pages())))
        })
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <SizeChoice page runs />
            <span class="pager-range" role="status">
                {move || range()}
            </span>
            <span class="pager-links">
                <PageLink page to=|page| page.newer().map(|_| PageNumber::FIRST) runs label="First page">
                    <Glyph icon=Icon::ChevronsLeft />
                </PageLink>
                <PageLink page to=Page::newer runs label="Newer">
                    <Glyph icon=Icon::ChevronLeft />
                    "Newer"
                </PageLink>
                <span class="pager-number">{move || number()}</span>
                <PageLink page to=Page::older runs label="Older">
                    "Older"
                    <Glyph icon=Icon::ChevronRight />
                </PageLink>
                <PageLink page to=|page| page.older().map(|_| page.last_page()) runs label="Last page">
                    <Glyph icon=Icon::ChevronsRight />
                </PageLink>
            </span>
        </nav>
    }
}

/// A link to another page; without one to go to it stays in its place, as no link.
#[component]
fn PageLink(
    page: Memo<Option<Page<RunSummary>>>,
    /// Which page it leads to from there.
    to: fn(&Page<RunSummary>) -> Option<PageNumber>,
    runs: WorkflowRuns,
    label: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    let link = move |number| {
        let href = runs.href(|query| query.on_page(number));
        view! {
            <a class="button" href=href aria-label=label title=label>
                {children.with_value(|children| children())}
            </a>
        }
        .into_any()
    };
    let place = move || {
        view! {
            <span class="button button-off" aria-hidden="true">
                {children.with_value(|children| children())}
            </span>
        }
        .into_any()
    };
    let to = memo(move |_| page.with(|page| page.as_ref().and_then(to)));
    view! { {move || to.get().map_or_else(place, link)} }
}

/// How many rows a page has. The first row of the page stays on it.
#[component]
fn SizeChoice(page: Memo<Option<Page<RunSummary>>>, runs: WorkflowRuns) -> impl IntoView {
    let (size, choose) = use_page_size();
    let change = move |event: leptos::ev::Event| {
        let chosen = PageSize::from_stored(Some(&event_target_value(&event)));
        let before = page.with_untracked(|page| page.as_ref().map_or(0, |page| page.request.offset()));
        let number = PageNumber::try_from(before / chosen.get() + 1).unwrap_or_default();
        choose(chosen);
        runs.go(History::Replace, |query| query.with_page(number));
    };
    view! {
        <label class="pager-size">
            "Rows per page" <select class="button" on:change=change prop:value=move || size.get().to_string()>
                {PageSize::ALL
                    .into_iter()
                    .map(|option| {
                        view! {
                            <option value=option.to_string() selected=move || size.get() == option>
                                {option.to_string()}
                            </option>
                        }
                            .into_any()
                    })
                    .collect_view()}
            </select>
        </label>
    }
}
