//! Tabs that are links: one of them is where one is.

use super::link::is_plain_click;
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    prelude::*,
};
use wasm_bindgen::JsCast;

/// A tab.
#[component]
pub fn Tab(
    #[prop(into)] href: Signal<String>,
    selected: Memo<bool>,
    /// What a click does, when it does not just follow the link.
    #[prop(optional, into)]
    choose: Option<Callback<()>>,
    /// The panel that it shows.
    #[prop(optional, into)]
    controls: Option<String>,
    children: Children,
) -> impl IntoView {
    let click = move |event: MouseEvent| {
        if let Some(choose) = choose.filter(|_| is_plain_click(&event)) {
            event.prevent_default();
            choose.run(());
        }
    };
    view! {
        <a
            class="tab"
            role="tab"
            href=move || href.get()
            aria-selected=move || selected.get().to_string()
            aria-controls=move || controls.clone().filter(|_| selected.get())
            on:click=click
        >
            {children()}
        </a>
    }
}

/// The list of tabs. Arrow keys go from one to the next.
#[component]
pub fn Tabs(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=move |event| step_by_arrows(&event, "[role=tab]")>
            {children()}
        </div>
    }
}

/// Moves the focus among the elements of a list that fit a selector, by the arrow keys, Home and End.
pub fn step_by_arrows(event: &KeyboardEvent, selector: &str) {
    let Some(place) = event.current_target().and_then(|place| place.dyn_into::<web_sys::Element>().ok()) else {
        return;
    };
    let Ok(found) = place.query_selector_all(selector) else { return };
    let Some(end) = found.length().checked_sub(1) else { return };
    let focused = document().active_element();
    let here = (0..=end).find(|at| {
        let item = found.get(*at);
        focused.as_ref().is_some_and(|focused| item.is_some_and(|item| item.is_same_node(Some(focused))))
    });
    let next = match (event.key().as_str(), here) {
        ("ArrowRight" | "ArrowDown", Some(at)) => (at + 1).min(end),
        ("ArrowRight" | "ArrowDown" | "Home", _) => 0,
        ("ArrowLeft" | "ArrowUp", at) => at.unwrap_or_default().saturating_sub(1),
        ("End", _) => end,
        _ => return,
    };
    event.prevent_default();
    if let Some(item) = found.get(next).and_then(|item| item.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element of the page takes the focus or leaves it where it is.
        let _ = item.focus();
    }
}
