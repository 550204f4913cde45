//! Whether the page's script has taken over. Until then everything shown is what the server wrote.

use super::reactive::effect;
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Hydrated(ReadSignal<bool>);

/// Provides the signal, and marks the root element when hydration is done.
pub fn provide_hydrated() {
    let (hydrated, set_hydrated) = signal(false);
    provide_context(Hydrated(hydrated));
    effect(move || {
        set_hydrated.set(true);
        if let Some(root) = document().document_element() {
            // An attribute of a plain name is never refused.
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
}

/// Whether the page's script has taken over.
pub fn use_hydrated() -> ReadSignal<bool> {
    expect_context::<Hydrated>().0
}
