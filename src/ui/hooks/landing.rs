//! Where one lands in a run that a search of all runs found: at what was found (P-23).

use super::reactive::effect;
use crate::domain::{ids::RunId, run_match::RunMatch};
use leptos::{either::Either, html, prelude::*};

/// What was found in which run.
type Found = (RunId, RunMatch);

#[derive(Clone, Copy)]
struct Landing {
    found: Memo<Option<Found>>,
    /// Where one has been brought: a run that is written anew is drawn again, and moves nobody.
    reached: StoredValue<Option<Found>>,
}

/// Tells what was found in the run that is expanded.
pub fn provide_landing(found: Memo<Option<Found>>) {
    let reached = StoredValue::new(None);
    effect(move || {
        if found.with(Option::is_none) {
            reached.set_value(None);
        }
    });
    provide_context(Landing { found, reached });
}

/// What was found in the run that is being expanded, when it was found.
pub fn use_landing() -> Option<RunMatch> {
    use_context::<Landing>().and_then(|landing| landing.found.get_untracked()).map(|(_, found)| found)
}

/// Whether one has still to be brought to what was found; from now on one has been.
pub fn use_arrival() -> bool {
    use_context::<Landing>().is_some_and(|Landing { found, reached }| {
        let found = found.get_untracked();
        let is_new = reached.with_value(|reached| *reached != found);
        reached.set_value(found);
        is_new
    })
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

/// Something that was found, which is marked, and brought into sight when one comes for it.
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
    if use_arrival() {
        bring_into_sight(item);
    }
    Either::Right(view! {
        <div class="landed" node_ref=item>
            {children()}
        </div>
    })
}
