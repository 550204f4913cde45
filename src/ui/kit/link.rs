//! Links and buttons that lead to another state of a page: real ones without a script, quick ones with it.

use leptos::{ev::MouseEvent, prelude::*};

/// Whether a click asks for nothing else than to follow the link here, and not for a tab or window of its own.
pub fn is_plain_click(event: &MouseEvent) -> bool {
    event.button() == 0 && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key())
}

/// The parameters of an address as hidden fields of a form that asks for it.
#[component]
pub fn HiddenFields(#[prop(into)] href: Signal<String>) -> impl IntoView {
    let field = |name: String, value: String| view! { <input type="hidden" name=name value=value /> }.into_any();
    view! {
        {move || {
            let href = href.get();
            let query = href.split_once('?').map_or("", |(_, query)| query);
            form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| field(name.into_owned(), value.into_owned()))
                .collect_view()
        }}
    }
}

/// A button that goes to a place of this site.
#[component]
pub fn GoButton(
    #[prop(into)] href: Signal<String>,
    go: Callback<String>,
    class: &'static str,
    #[prop(into)] label: Signal<String>,
    children: Children,
) -> impl IntoView {
    let click = move |event: MouseEvent| {
        event.prevent_default();
        go.run(href.get_untracked());
    };
    view! {
        <form method="get">
            <HiddenFields href />
            <button class=class aria-label=move || label.get() on:click=click>
                {children()}
            </button>
        </form>
    }
}
