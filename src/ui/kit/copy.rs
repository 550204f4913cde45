//! Copying to the clipboard: where the page is not served over TLS too, which has no asynchronous clipboard.

use super::icon::{Glyph, Icon};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// How long the button says what it did.
const SAID_FOR: Duration = Duration::from_secs(2);

/// How the last copy went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Copied,
    Refused,
}

/// A button that copies a text, and says so.
#[component]
pub fn CopyButton(
    /// What is copied, as the button says it: `run ID`.
    what: &'static str,
    text: Callback<(), String>,
    #[prop(default = "button")] class: &'static str,
) -> impl IntoView {
    let outcome = RwSignal::new(None);
    let copy = move |_| {
        spawn_local(async move {
            let copied = copy_text(&text.run(())).await;
            outcome.set(Some(if copied { Outcome::Copied } else { Outcome::Refused }));
            set_timeout(
                move || {
                    outcome.try_set(None);
                },
                SAID_FOR,
            );
        });
    };
    let icon = move || if outcome.get() == Some(Outcome::Copied) { Icon::Check } else { Icon::Copy };
    let said = move || match outcome.get() {
        Some(Outcome::Copied) => format!("Copied {what}"),
        Some(Outcome::Refused) => format!("The browser does not let the page copy the {what}"),
        None => String::new(),
    };
    view! {
        <span class="copy needs-script">
            <button type="button" class=class class:copy-done=move || outcome.get() == Some(Outcome::Copied) on:click=copy>
                {move || view! { <Glyph icon=icon() /> }}
                {format!("Copy {what}")}
            </button>
            <span class="copy-said" class:visually-hidden=move || outcome.get() != Some(Outcome::Refused) role="status">
                {move || said()}
            </span>
        </span>
    }
}

/// Whether the text is on the clipboard now.
async fn copy_text(text: &str) -> bool {
    if window().is_secure_context() && JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok() {
        return true;
    }
    copy_selected(text).unwrap_or(false)
}

/// The old way: a field with the text, selected.
fn copy_selected(text: &str) -> Option<bool> {
    let document = document().dyn_into::<web_sys::HtmlDocument>().ok()?;
    let focused = document.active_element().and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    let field: web_sys::HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    field.set_value(text);
    field.set_class_name("visually-hidden");
    document.body()?.append_child(&field).ok()?;
    field.select();
    let copied = document.exec_command("copy").unwrap_or(false);
    field.remove();
    if let Some(focused) = focused {
        let _ = focused.focus();
    }
    Some(copied)
}
