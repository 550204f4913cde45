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
            workflow_runs::{History, WorkflowRuns},
        },
        kit::icon::{Glyph, Icon},
    },
};
use leptos::{either::Either, prelude::*};

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
    let to = move |choose: fn(&Page<RunSummary>) -> Option<PageNumber>| {
        Signal::derive(move || page.with(|page| page.as_ref().and_then(choose)))
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <SizeChoice page runs />
            <span class="pager-range" role="status">
                {range}
            </span>
            <span class="pager-links">
                <PageLink to=to(|page| page.newer().map(|_| PageNumber::FIRST)) runs label="First page">
                    <Glyph icon=Icon::ChevronsLeft />
                </PageLink>
                <PageLink to=to(Page::newer) runs label="Newer">
                    <Glyph icon=Icon::ChevronLeft />
                    "Newer"
                </PageLink>
                <span class="pager-number">{number}</span>
                <PageLink to=to(Page::older) runs label="Older">
                    "Older"
                    <Glyph icon=Icon::ChevronRight />
                </PageLink>
                <PageLink to=to(|page| page.older().map(|_| page.last_page())) runs label="Last page">
                    <Glyph icon=Icon::ChevronsRight />
                </PageLink>
            </span>
        </nav>
    }
}

/// A link to another page; without one to go to it stays in its place, as no link.
#[component]
fn PageLink(
    to: Signal<Option<PageNumber>>,
    runs: WorkflowRuns,
    label: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    move || match to.get() {
        Some(number) => {
            let href = runs.href(|query| query.on_page(number));
            Either::Left(view! {
                <a class="button" href=href aria-label=label title=label>
                    {children.with_value(|children| children())}
                </a>
            })
        }
        None => Either::Right(view! {
            <span class="button button-off" aria-hidden="true">
                {children.with_value(|children| children())}
            </span>
        }),
    }
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
                    })
                    .collect_view()}
            </select>
        </label>
    }
}
