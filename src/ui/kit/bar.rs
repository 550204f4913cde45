//! A horizontal bar inside its lane, drawn in SVG because the policy of the page allows no inline style.

use crate::domain::waterfall::Stretch;
use leptos::prelude::*;

/// A bar over a stretch of its lane, if there is one. Decoration: the number stands beside it.
#[component]
pub fn Bar(
    stretch: Signal<Option<Stretch>>,
    /// Which bar, and what else its lane is.
    class: &'static str,
) -> impl IntoView {
    let percent = |part: u32| format!("{}.{:02}%", part / 100, part % 100);
    view! {
        <svg class=format!("bar {class}") width="100%" height="100%" preserveAspectRatio="none" aria-hidden="true">
            {move || {
                stretch
                    .get()
                    .map(|Stretch { start, length }| {
                        view! { <rect x=percent(start) width=percent(length) height="100%" rx="2"></rect> }
                    })
            }}
        </svg>
    }
}
