//! What opens is drawn when it is opened first, and stays as it is from then on.

use super::hydrated::use_hydrated;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// A `details` element whose content is drawn once it was open: the element, whether it ever was, and what its `toggle`
/// calls. An element that is made open toggles too, and one that was closed opens again; neither draws anything anew.
pub fn use_opened(open: bool) -> (NodeRef<html::Details>, ReadSignal<bool>, impl Fn(ev::Event) + Copy) {
    let (was_opened, set_opened) = signal(open);
    let details = NodeRef::<html::Details>::new();
    // Somebody may have opened it before the script came.
    if !use_hydrated().get_untracked() {
        details.on_load(move |details| {
            if details.open() && !was_opened.get_untracked() {
                set_opened.set(true);
            }
        });
    }
    let toggled = move |event: ev::Event| {
        if !was_opened.get_untracked() && is_open(&event) {
            set_opened.set(true);
        }
    };
    (details, was_opened, toggled)
}

/// Whether the element that is toggled is open now.
pub fn is_open(event: &ev::Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlDetailsElement>().ok());
    element.is_some_and(|element| element.open())
}
