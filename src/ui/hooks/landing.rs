//! Where one lands in a run that a search of all runs found: at what was found (P-23).

use crate::domain::run_match::RunMatch;
use leptos::{either::Either, html, prelude::*};

#[derive(Clone, Copy)]
struct Landing(Memo<Option<RunMatch>>);

/// Tells what was found in the run that is expanded.
pub fn provide_landing(found: Memo<Option<RunMatch>>) {
    provide_context(Landing(found));
}

/// What was found in the run that is being expanded, when it was found.
pub fn use_landing() -> Option<RunMatch> {
    use_context::<Landing>().and_then(|Landing(found)| found.get_untracked())
}

/// Brings an element into sight once it is on the page.
pub fn bring_into_sight(item: NodeRef<html::Div>) {
    item.on_load(|item| {
        request_animation_frame(move || {
            let nearest = web_sys::ScrollIntoViewOptions::new();
            nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
            item.scroll_into_view_with_scroll_into_view_options(&nearest);
        });
    });
}

/// Something that was found, which is marked and brought into sight.
#[component]
pub fn Landed(
    /// Whether it was.
    is_found: bool,
    children: Children,
) -> impl IntoView {
    if !is_found {
        return Either::Left(children());
    }
    let item = NodeRef::<html::Div>::new();
    bring_into_sight(item);
    Either::Right(view! {
        <div class="landed" node_ref=item>
            {children()}
        </div>
    })
}
