//! Whether the page can be seen: not in a tab that is hidden.

use super::reactive::effect;
use leptos::{ev, prelude::*};

/// Whether it can be seen. Nobody sees it while the server renders it.
pub fn use_visible() -> ReadSignal<bool> {
    let (is_visible, set_visible) = signal(false);
    effect(move || {
        set_visible.set(!document().hidden());
        let listener = window_event_listener(ev::visibilitychange, move |_| set_visible.set(!document().hidden()));
        on_cleanup(move || listener.remove());
    });
    is_visible
}
