//! How many runs came since the page was listed, over the top of the table, where it moves nothing (P-51).

use super::live::Live;
use crate::{
    domain::page::PageNumber,
    ui::{
        hooks::workflow_runs::WorkflowRuns,
        kit::{
            icon::{Glyph, Icon},
            link::is_plain_click,
        },
    },
};
use leptos::{ev::MouseEvent, prelude::*};

/// The way to them: to the first page, and on it, to let them come in.
#[component]
pub fn News(live: Live, runs: WorkflowRuns) -> impl IntoView {
    let bring_in = move |event: MouseEvent| {
        let on_first = runs.query.with_untracked(|query| query.page == PageNumber::FIRST);
        if on_first && is_plain_click(&event) {
            event.prevent_default();
            live.bring_in();
        }
    };
    view! {
        <div class="news" role="status">
            {move || {
                live
                    .news()
                    .map(|text| {
                        let href = runs.href(|query| query.on_page(PageNumber::FIRST));
                        view! {
                            <a class="button news-link" href=href on:click=bring_in>
                                <Glyph icon=Icon::ArrowUp />
                                {text}
                            </a>
                        }
                            .into_any()
                    })
            }}
        </div>
    }
}
