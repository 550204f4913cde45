//! A horizontal bar inside its lane, drawn in SVG because the policy of the page allows no inline style.

use leptos::prelude::*;

/// A bar from `start` to `start + length`, in hundredths of its lane. Decoration: the number stands beside it.
#[component]
pub fn Bar(start: f64, length: f64, #[prop(into)] class: String) -> impl IntoView {
    let length = length.clamp(0.0, 100.0 - start.clamp(0.0, 100.0));
    view! {
        <svg class=format!("bar {class}") width="100%" height="100%" preserveAspectRatio="none" aria-hidden="true">
            <rect x=format!("{start:.2}%") width=format!("{length:.2}%") height="100%" rx="2"></rect>
        </svg>
    }
}
